"""Nothing of a decided result before its hour: each role below secretary reads the same, whatever the outcome is.

Two copies of the demo differ in who won and in nothing else. Every page, list, search, feed and file that a role reaches is
asked for in both; a name at another place, a count, a rank or a status that differs would be a leak.
"""

from __future__ import annotations

import difflib
import io
import pathlib
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from incubator.core import clock
from incubator.core.access import ROLE_PERMISSIONS, Permission
from incubator.core.db import db
from incubator.models import Entry, Notification, Publication, RoleGrant, Team
from tests.access.addresses import addresses
from tests.crawl import secret
from tests.crawl.conftest import Walk, sign_ins, start
from tests.crawl.test_pages import STARTS

TWICE = ("secretary2", "referee2")  # the same role again
KNOWS = ("organiser", "secretary", *TWICE)
BELOW = ["", *(email for part, email in sign_ins().items() if part not in KNOWS)]


@dataclass(frozen=True)
class Worlds:
    """The same demo with two outcomes; `doors` are addresses of the secret contest that links may not lead to."""

    one: Flask
    other: Flask
    now: datetime
    doors: list[str]
    sent_before: int  # the last message of the demo itself


@pytest.fixture(scope="module")
def worlds(demo_copy, tmp_path_factory) -> Iterator[Worlds]:
    folder, twin = demo_copy("secret"), tmp_path_factory.mktemp("secret-twin")
    now = clock.now()  # after the demo was loaded, whose roles begin with it
    for one in start(folder):
        one.config["QUIET_OUTBOX"] = True
        with one.app_context(), clock.frozen(now):
            sent = db.session.scalars(sa.select(sa.func.max(Notification.id))).one() or 0
            secret.decide(now)
            db.session.remove()
            db.engine.dispose()
        shutil.copytree(folder, twin, symlinks=True, dirs_exist_ok=True)
        for other in start(twin):
            other.config["QUIET_OUTBOX"] = True
            with other.app_context(), clock.frozen(now):
                secret.turn_over()
                secret.schedule(now)
                theirs = digest_of_list()
            with one.app_context(), clock.frozen(now):
                secret.schedule(now)
                assert digest_of_list() != theirs, "the two lists differ, or the test shows nothing"
                doors = doors_of(one)
            yield Worlds(one, other, now, doors, sent)


def digest_of_list() -> str:
    return db.session.scalars(
        sa.select(Publication.hash).where(Publication.decision_number == secret.SIGNS[0])
    ).one()


def doors_of(app: Flask) -> list[str]:
    """Addresses of the contest and its entries, guarded or not, and searches for what might be found."""
    team = db.session.scalars(
        sa.select(Team.name)
        .join(Entry, Entry.team_id == Team.id)
        .join(Entry.edition)
        .filter_by(slug=secret.EDITION)
    ).first()
    searches = [
        f"/{place}search?q={word}"
        for place in ("vi/", "")
        for word in (team, "giải nhất", "77", secret.EDITION)
    ]
    public = [
        rule.rule.replace("<language:lang>", "vi")
        .replace("<any(vi, en):lang>", "vi")
        .replace("<edition>", secret.EDITION)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and "edition" in rule.arguments
        and rule.arguments <= {"lang", "edition"}
    ]
    known = [
        a.path for a in addresses(app)[0] if "GET" in a.methods and secret.EDITION in f"{a.what} {a.path}"
    ]
    guessed = [
        f"/vi/results/{secret.EDITION}/official-1{rest}"
        for rest in ("", "/v1", "/v1.json", "/v1.csv", "/v1.xlsx", "/v1.pdf")
    ]
    return sorted({*searches, *public, *known, *guessed})


@pytest.mark.parametrize("email", BELOW)
def test_every_page_reads_the_same_whoever_won(worlds, email):
    with clock.frozen(worlds.now):
        walk = Walk(worlds.one, email, each=1)
        pages = [p.path for p in walk.run(STARTS if email else ["/vi/", "/en/", "/login"]) if told(p.html)]
        here, there = walk.client(), [Walk(worlds.other, email).client() for _twice in (1, 2)][-1]
        paths = list(dict.fromkeys([*worlds.doors, *pages]))
        differ = {}
        for path in paths:
            mine, theirs = read(here, path), read(there, path)
            if mine != theirs or any(sign in mine for sign in secret.SIGNS):
                differ[path] = list(
                    difflib.unified_diff(mine.splitlines(), theirs.splitlines(), lineterm="", n=0)
                )[:9]
    assert differ == {}


def told(html: str) -> bool:
    """Whether a page says anything about contests: the others cannot leak a result."""
    return any(word in html for word in (secret.EDITION, "Sáng tạo", "innovation", "award", "giải"))


def read(client: FlaskClient, path: str) -> str:
    """An answer as text: status, file name, content; without what differs between two visits anyway."""
    answer = client.get(path)
    head = f"{answer.status_code} {answer.headers.get('Content-Disposition', '')} {answer.headers.get('Location', '')}\n"
    body = answer.get_data()
    answer.close()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as sheet:
            return head + "".join(
                sheet.read(n).decode("utf-8", "replace")
                for n in sheet.namelist()
                if not n.startswith("docProps/")
            )
    text = body.decode("utf-8", "replace")
    text = re.sub(
        r'(name="(?:csrf[_-]token|token)" (?:value|content)|name="key"[^>]*value)="[^"]*"', "", text
    )
    return head + re.sub(r'data-csrf="[^"]*"|"X-CSRFToken":[^}]*', "", text)


def test_whoever_decides_sees_the_difference(worlds):
    """The two worlds are told apart by somebody, or the test above could not fail."""
    with clock.frozen(worlds.now):
        clients = [Walk(app, "thuky@demo.example").client() for app in (worlds.one, worlds.other)]
        assert any(read(clients[0], path) != read(clients[1], path) for path in worlds.doors)


def test_no_message_and_no_file_tells_it(worlds):
    with worlds.one.app_context():
        knowing = [r for r, held in ROLE_PERMISSIONS.items() if Permission.RESULTS_VIEW in held]
        trusted = sa.select(RoleGrant.person_id).where(RoleGrant.role.in_(knowing))
        sent = db.session.scalars(
            sa.select(Notification.kind).where(
                Notification.id > worlds.sent_before, Notification.person_id.not_in(trusted)
            )
        ).all()
        assert sent == []
        folders = [pathlib.Path(worlds.one.config[name]) for name in ("PUBLISHED_PATH", "MAIL_PATH")]
    files = [f for folder in folders if folder.exists() for f in folder.rglob("*") if f.is_file()]
    assert not [f for f in files if any(sign.encode() in f.read_bytes() for sign in secret.SIGNS)]
