"""Nothing of a result before its hour: crawl every page that a role can reach, before and after it is scheduled."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urldefrag, urlsplit

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.models import Account, AuditEvent, Notification, Person, PublicationKind
from tests.factories import make_account, make_user

from .factories import HOUR

# Pages of every domain are visited for what they say; their warnings are their own tests' business.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

STARTS = {
    None: ["/vi/", "/en/", "/vi/results", "/vi/contests", "/vi/search?q=doi", "/vi/news", "/login"],
    "in": [
        "/home",
        "/publishing/teams",
        "/search?q=doi",
        "/notifications",
        "/contests/",
        "/judging/",
        "/vi/results",
    ],
}
MOST = 45
# Switching the work place, endless calendars, and the audit screen, whose own lines about the visit differ; it is checked by itself below.
SKIPPED = ("/static/", "/logout", "/home/", "/spaces", "/calendar", "/audit", "/vi/biic", "/en/biic")
SECRET = ("93,78", "93.78", "99/QĐ-MẬT", "Người Ký Kín")


def crawl(client, starts):
    """Text by path of every page and file that links lead to; forms are not sent."""
    seen, queue = {}, list(starts)
    while queue and len(seen) < MOST:
        path = queue.pop(0)
        if path in seen:
            continue
        answer = client.get(path)
        seen[path] = plain(answer)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            if answer.status_code in (302, 303):
                queue.append(local(answer.headers["Location"]) or "/login")
            continue
        for link in re.findall(r"""(?:href|action|src)=["']?([^"'\s>]+)""", answer.text):
            found = local(unescape(link))
            if found and found not in seen and not found.startswith(SKIPPED):
                queue.append(found)
    return seen


def local(link):
    parts = urlsplit(urldefrag(link)[0])
    if (
        parts.scheme not in ("", "http")
        or parts.netloc not in ("", "localhost")
        or not parts.path.startswith("/")
    ):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def plain(answer):
    """Status, file name and text, without what differs on each request anyway."""
    text = answer.data.decode("utf-8", "replace")
    text = re.sub(r'(name="csrf_token" value|name="csrf-token" content)="[^"]*"', "", text)
    text = re.sub(r'data-csrf="[^"]*"|X-CSRFToken[^}]*', "", text)
    return answer.status_code, answer.headers.get("Content-Disposition", ""), text


def people(world):
    judge = make_user(Role.JUDGE, ScopeKind.EDITION, world.edition.id, full_name="Giám Khảo")
    staff = make_user(Role.STAFF, full_name="Cán Bộ")
    admin = make_user(Role.ADMINISTRATOR, full_name="Quản Trị")
    coach = make_account(world.rows[0].coach)
    pupil_id = db.session.scalar(
        sa.select(Person.id)
        .join_from(Person, Account, isouter=True)
        .where(Account.id.is_(None), Person.birth_date.is_not(None))
    )
    pupil = make_account(db.session.get(Person, pupil_id))
    return {
        "teacher": world.teacher,
        "judge": judge,
        "staff": staff,
        "administrator": admin,
        "coach": coach,
        "pupil": pupil,
    }


@pytest.fixture
def secret_world(world):
    world.rows[1].stage_entry.score_e4 = 937800
    db.session.commit()
    return world


def schedule(world, actor):
    from datetime import date, timedelta

    from incubator.core.db import transaction
    from incubator.publishing import services

    decision = services.Decision("99/QĐ-MẬT", date(2026, 3, 1), "Người Ký Kín")
    with transaction():
        return services.publish(
            world.edition, PublicationKind.OFFICIAL, world.final, visible_at=HOUR + timedelta(hours=3), decision=decision,
            actor=actor, at=HOUR,
        )  # fmt: skip


@pytest.mark.parametrize("who", [None, "teacher", "judge", "staff", "administrator", "coach", "pupil"])
def test_scheduling_a_result_changes_no_page_of_anybody_below_secretary(
    secret_world, client, sign_in, actor_of, who
):
    accounts = people(secret_world)
    db.session.commit()
    browser = sign_in(accounts[who]) if who else client
    starts = STARTS["in"] if who else STARTS[None]
    starts = [
        *starts,
        f"/vi/results/{secret_world.edition.slug}",
        f"/vi/results/{secret_world.edition.slug}/official-2/v1.json",
    ]
    with clock.frozen(HOUR):
        before = crawl(browser, starts)
        schedule(secret_world, actor_of(secret_world.organiser))
        after = crawl(browser, starts)
    assert len(before) > 5
    assert sorted(before) == sorted(after)
    assert [p for p in before if before[p] != after[p]] == []
    for path, (_status, name, text) in after.items():
        assert not any(s in text or s in name for s in SECRET), path


def test_no_message_and_no_readable_audit_before_the_hour(secret_world, sign_in, actor_of):
    made = schedule(secret_world, actor_of(secret_world.organiser))
    assert db.session.scalar(sa.select(sa.func.count(Notification.id))) == 0
    kept = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.object_id == made.id, AuditEvent.verb.like("publishing.%"))
    ).all()
    assert not any("93" in str(event.after.get("rank", "")) for event in kept)
    assert all(set(event.after) == {"kind", "version", "hash", "visible_at"} for event in kept)


@pytest.mark.parametrize("who", ["organiser", "secretary"])
def test_secretary_and_organiser_do_see_the_schedule(secret_world, sign_in, actor_of, who):
    schedule(secret_world, actor_of(secret_world.organiser))
    with clock.frozen(HOUR):
        assert (
            "Hẹn " in sign_in(getattr(secret_world, who)).get(f"/publishing/{secret_world.edition.slug}").text
        )
