"""Rows and sign-ins for the cases, made inside the application; every function returns plain JSON values."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, session
from flask_wtf.csrf import generate_csrf

from incubator.accounts.services.sessions import _begin
from incubator.core import clock
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import (
    Account,
    Assignment,
    AssignmentState,
    Criterion,
    Division,
    Edition,
    Mark,
    Organisation,
    OrganisationKind,
    Person,
    RoleGrant,
    ScoreSheet,
    StageDivision,
    StageEntry,
    StageState,
)


def cookie_of(account_id: int) -> dict[str, str]:
    """Headers of a signed-in browser: session cookie and CSRF token."""
    with transaction():
        person_id = db.session.scalars(sa.select(Account.person_id).where(Account.id == account_id)).one()
        key = _begin(person_id, device="Bench", at=clock.now(), account_id=account_id)
    with current_app.test_request_context():
        session["_user_id"], session["_fresh"] = str(key), True
        g.pop("csrf_token", None)  # kept for the whole context, while every person has a session of their own
        token = generate_csrf()
        serializer = current_app.session_interface.get_signing_serializer(current_app)  # type: ignore[attr-defined]
        value = serializer.dumps(dict(session))
    return {"Cookie": f"{current_app.config['SESSION_COOKIE_NAME']}={value}", "X-CSRFToken": token}


def account_of(person_id: int) -> int:
    found = db.session.scalar(sa.select(Account.id).where(Account.person_id == person_id))
    if found is None:
        with transaction() as writing:
            row = Account(person_id=person_id, email=f"bench{person_id}@example.org", created_at=clock.now())
            writing.add(row)
            writing.flush()
            found = row.id
    return found


def judges() -> list[dict[str, Any]]:
    """An open sheet for each of up to 16 connections, of different judges where there are enough."""
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.judge_id, StageDivision.rubric_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(
            StageDivision.state == StageState.OPEN,
            Assignment.practice.is_(False),
            Assignment.state.in_((AssignmentState.ASSIGNED, AssignmentState.OPEN)),
        )
        .order_by(Assignment.position, Assignment.id)
    ).all()
    seen: dict[int, Any] = {}
    for row in rows:
        seen.setdefault(row.judge_id, row)
    chosen = list({r.id: r for r in [*seen.values(), *rows]}.values())[:16]
    found = []
    for row in chosen:
        criterion = db.session.scalars(
            sa.select(Criterion).where(Criterion.rubric_id == row.rubric_id).order_by(Criterion.position)
        ).first()
        assert criterion is not None
        base = db.session.scalar(
            sa.select(sa.func.max(Mark.version))
            .join(ScoreSheet, ScoreSheet.id == Mark.sheet_id)
            .where(ScoreSheet.assignment_id == row.id, Mark.criterion_id == criterion.id)
        )
        found.append(
            {"path": f"/judging/sheets/{row.id}/marks", "criterion": criterion.id, "base": base or 0, "step": criterion.step_e2,
             "headers": cookie_of(account_of(row.judge_id))}
        )  # fmt: skip
    return found


def teachers(edition: str) -> dict[str, Any]:
    """Sixteen teachers with four schools each, and a division of the edition that is open for registration."""
    row = db.session.scalars(sa.select(Edition).where(Edition.slug == edition)).one()
    division = db.session.scalars(
        sa.select(Division).where(Division.edition_id == row.id).order_by(Division.position)
    ).first()
    assert division is not None
    schools = db.session.execute(
        sa.select(Organisation.id, Organisation.slug)
        .where(Organisation.kind == OrganisationKind.SCHOOL)
        .order_by(Organisation.id)
    ).all()[:64]
    people = []
    now = clock.now()
    from incubator.models import Person

    for number in range(16):
        own = schools[number::16]
        with transaction() as writing:
            person = Person(full_name=f"Cô Giáo Thử {number}", created_at=now)
            writing.add(person)
            writing.flush()
            writing.add_all(
                RoleGrant(
                    person_id=person.id,
                    role=Role.COORDINATOR,
                    scope=ScopeKind.ORGANISATION,
                    scope_id=s.id,
                    valid_from=now,
                    verified_at=now,
                )
                for s in own
            )
        people.append({"schools": [s.slug for s in own], "headers": cookie_of(account_of(person.id))})
    born = division.eligibility.get("born_from", "2014-01-01")
    return {
        "edition": row.slug,
        "division": division.id,
        "born": "/".join(reversed(born.split("-"))),
        "people": people,
        "salt": secrets.token_hex(3),
    }


def registering() -> str:
    """The edition that takes registrations today."""
    today = clock.today()
    return str(
        db.session.scalars(
            sa.select(Edition.slug).where(
                Edition.announced_at.is_not(None),
                Edition.registration_opens <= today,
                Edition.registration_closes >= today,
            )
        ).first()
    )


def referees() -> list[dict[str, Any]]:
    """Many matches that are being played, so that no log grows beyond a real match's, and one referee's headers."""
    from incubator.matches.queries.board import load_board
    from incubator.matches.services import calling, events
    from tests.matches.factories import AT, make_tournament

    with transaction():
        scene = make_tournament(64, 16, courts=96, schools=64)
        matches = load_board(scene.tournament.id).matches
        now = int(AT.timestamp() * 1000)
        for match, court in zip(matches, scene.tournament.court_ids, strict=True):
            match.court_id = court  # all at once, each on a court of its own
        db.session.flush()
        for match in matches:
            calling.call_match(match.id, actor=scene.actors["head"], at=AT)
            start = [{"id": f"bench-{match.id}", "kind": "start", "at": now, "code": "play"}]
            events.receive(match.id, start, sent_at=now, actor=scene.actors["timekeeper"], at=AT)
        account_id = scene.referee.id
        slug = scene.tournament.slug
    headers = cookie_of(account_id)
    return [
        {"path": f"/matches/phone/{match.id}/events", "headers": headers, "slug": slug} for match in matches
    ]


def spaces() -> dict[str, Any]:
    """40 rooms with 5,000 uses in the year, and 16 people who book."""
    from datetime import timedelta

    from incubator.core.access import system_actor
    from incubator.core.clock import at_local
    from incubator.models import Purpose, ResourceKind, Site
    from incubator.spaces.intervals import Span, monday_of
    from incubator.spaces.services import places
    from incubator.spaces.services.booking_rows import Wish
    from incubator.spaces.services.bulk import PastUse, record_past

    actor, at = system_actor("bench"), clock.now()
    site = db.session.scalars(sa.select(Site).where(Site.is_partner.is_(False)).order_by(Site.id)).first()
    assert site is not None
    salt = secrets.token_hex(3)
    with transaction():
        rooms = [
            places.make_place(
                f"bench-{salt}-{n}", f"Phòng đo {n}", ResourceKind.ROOM, site, actor=actor, at=at, capacity=20,
                rules={"horizon_days": 0},
            )
            for n in range(40)
        ]  # fmt: skip
    monday = monday_of(clock.today())
    with transaction():
        uses = []
        for n in range(5000):
            room, slot = rooms[n % 40], n // 40
            begin = at_local(monday - timedelta(days=slot // 2)) + timedelta(hours=8 + 6 * (slot % 2))
            wish = Wish(room.id, Span(begin, begin + timedelta(hours=2)), 5, Purpose.MEETING, "Đo")
            uses.append(PastUse(wish, at, confirmed=5))
        record_past(uses, actor=actor, at=at)
    people = db.session.scalars(  # grown up: children name a responsible person
        sa.select(Account.person_id)
        .join(Person)
        .where(Person.birth_date.is_(None))
        .order_by(Account.id)
        .limit(16)
    ).all()
    return {
        "rooms": [room.id for room in rooms],
        "people": [cookie_of(account_of(person)) for person in people],
        "monday": (monday + timedelta(weeks=60)).isoformat(),
    }


def search_month() -> dict[str, float]:
    """Seconds of the product's search over the forty rooms for one day and for each of thirty; the least of five."""
    import time
    from datetime import timedelta

    from incubator.core.access import system_actor
    from incubator.core.clock import at_local
    from incubator.models import ResourceKind
    from incubator.spaces import finding
    from incubator.spaces.intervals import Span
    from incubator.spaces.queries import search
    from incubator.spaces.queries.world import load, place_rows

    actor, today = system_actor("bench"), clock.today()
    now = at_local(
        today - timedelta(days=31)
    )  # the uses lie behind today; seen from before them, nothing is past

    def wish(days: int) -> finding.Wish:
        begin = at_local(today - timedelta(days=days)) + timedelta(hours=9)
        return finding.Wish(Span(begin, begin + timedelta(hours=2)), 5)

    def over(days: int) -> None:
        rows = place_rows(kinds=(ResourceKind.ROOM,))
        kept = {key: row for key, row in rows.items() if row.name.startswith("Phòng đo")}
        world = load(dict(list(kept.items())[-40:]), today - timedelta(days=days), today + timedelta(days=1))
        if len(world.places) != 40:
            raise RuntimeError(f"{len(world.places)} rooms to search in, 40 wanted")
        places = [world.place(i, units=None, watched=False) for i in world.places]
        for back in range(days):
            wanted = wish(back)
            rules = search.checker(actor, wanted.span, now)
            finding.search(places, wanted, lambda p, s, r=rules: search.answer(r, world, p, s, 5), now)

    def least(days: int) -> float:
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            over(days)
            taken.append(time.perf_counter() - began)
        return min(taken)

    return {"day": least(1), "month": least(30)}
