"""Personal data in the whole demo: a deletion leaves no trace in any column of any table, a withdrawal none on any page."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from incubator.activity import seals
from incubator.contests.services import consents, privacy
from incubator.contests.services.consents import Said
from incubator.core import clock
from incubator.core.access import system_actor
from incubator.core.db import db, transaction
from incubator.core.text import search_key
from incubator.models import (
    Account,
    AuthCode,
    Certificate,
    ConsentParty,
    ConsentPurpose,
    Edition,
    EntryMember,
    Person,
    Publication,
    RoleGrant,
)
from tests.crawl.conftest import start
from tests.publishing.test_pages import text_of

ACTOR = system_actor("test")


@pytest.fixture(scope="module")
def demo(demo_copy) -> Iterator[tuple[Flask, str]]:
    folder = demo_copy("personal")
    for app in start(folder):
        app.config["QUIET_OUTBOX"] = True
        yield app, str(folder / "incubator.sqlite")


def somebody() -> dict[str, int]:
    """One of each kind: with an account, a mentor, with a card, with a certificate from an imported file."""
    account = sa.select(Account.person_id)
    alone = sa.select(Person.full_name).group_by(Person.full_name).having(sa.func.count() == 1)
    winner = (
        sa.select(Certificate.person_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(Person.birth_date.is_not(None), Person.full_name.in_(alone))
        .order_by(Certificate.id)
        .limit(1)
    )
    wanted = {
        "student": account.where(Account.email == "sinhvien@demo.example"),
        "mentor": account.where(Account.email == "covan@demo.example"),
        "card": sa.select(AuthCode.person_id).limit(1),
        "winner": winner,
    }
    return {kind: db.session.scalars(statement).one() for kind, statement in wanted.items()}


def traces(path: str, words: set[str]) -> list[str]:
    """Lines of the whole database that hold one of the words, as text or inside JSON."""
    db.session.remove()
    wanted = re.compile(
        "|".join(re.escape(w) + r"(?!\w)" for word in words for w in (word, json.dumps(word)[1:-1]))
    )
    connection = sqlite3.connect(path)
    try:
        return [line[:300] for line in connection.iterdump() if wanted.search(line)]
    finally:
        connection.close()


def test_a_deleted_person_stands_nowhere_and_every_seal_holds(demo):
    app, path = demo
    with app.app_context():
        seals.seal_pending()
        before = db.session.scalars(sa.select(Publication.hash).order_by(Publication.id)).all()
        words = set()
        for person_id in somebody().values():
            person = db.session.get_one(Person, person_id)
            copy = privacy.export(person_id)
            assert copy["person"]["name"] == person.full_name
            assert {"account", "entries", "bookings", "mentor_profile", "certificates"} <= set(copy)
            words |= {
                w for w in (person.full_name, search_key(person.full_name), person.email, person.phone) if w
            }
            with transaction() as session:
                session.execute(
                    sa.update(RoleGrant).where(RoleGrant.person_id == person_id).values(valid_to=clock.now())
                )
            with transaction():
                privacy.erase(person_id, actor=ACTOR, at=clock.now())
        assert traces(path, words) == []
        seals.seal_pending()
        assert seals.verify(seals.read_anchor()).whole
        assert db.session.scalars(sa.select(Publication.hash).order_by(Publication.id)).all() == before


def test_a_withdrawn_name_is_gone_from_every_public_page_and_download(demo):
    """Robotics 2024, two certificates and all files of the official list, in both languages and in the search."""
    app, _path = demo
    with app.app_context():
        edition = db.session.scalars(sa.select(Edition).where(Edition.slug == "robotics-2024")).one()
        pupil = db.session.execute(
            sa.select(Person, EntryMember.entry_id)
            .join(EntryMember, EntryMember.person_id == Person.id)
            .join(Certificate, Certificate.person_id == Person.id)
            .where(
                Certificate.edition_id == edition.id,
                Person.birth_date.is_not(None),
                Person.erased_at.is_(None),
            )
            .order_by(Certificate.id)
            .limit(1)
        ).one()[0]
        name, at = pupil.full_name, clock.now() - timedelta(minutes=1)
        with transaction():
            for party in (ConsentParty.SELF, ConsentParty.GUARDIAN):
                said = Said(party, "screen", name, "mẹ" if party is ConsentParty.GUARDIAN else "")
                consents.answer(pupil, {ConsentPurpose.PUBLISH_NAME: True}, said, actor=ACTOR, at=at)
        codes = db.session.scalars(sa.select(Certificate.code).where(Certificate.person_id == pupil.id)).all()
        pages = public_pages(app, [f"/vi/c/{code}" for code in codes] + [f"/vi/search?q={name}"])
        named = [path for path, text in read(app, pages).items() if name in text]
        assert {path.rpartition(".")[2] for path in named} >= {"csv", "xlsx", "json"}, (
            "the name was shown, so it can go"
        )
        with transaction():
            consents.withdraw(
                pupil.id, ConsentPurpose.PUBLISH_NAME, ConsentParty.GUARDIAN, actor=ACTOR, at=clock.now()
            )
        assert [
            path for path, text in read(app, pages).items() if name in text and "/search" not in path
        ] == []


def public_pages(app: Flask, more: list[str]) -> list[str]:
    """Every address under the edition's results that the result pages link to."""
    client, found = app.test_client(), list(more)
    for lang in ("vi", "en"):
        waiting = [f"/{lang}/results/robotics-2024"]
        while waiting:
            path = waiting.pop()
            if path in found or len(found) > 60:
                continue
            found.append(path)
            answer = client.get(path)
            links = re.findall(
                rf'href="(/{lang}/(?:results/robotics-2024|schools)[^"#]*)"',
                answer.text if answer.mimetype == "text/html" else "",
            )
            waiting += links
            answer.close()
    return found


def read(app: Flask, paths: list[str]) -> dict[str, str]:
    client, texts = app.test_client(), {}
    for path in paths:
        answer = client.get(path)
        texts[path] = text_of(answer) if answer.status_code == 200 else ""
        answer.close()
    return texts
