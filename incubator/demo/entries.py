"""Entries of the other contests of 2024 and of this year, from teachers' and captains' hands; consents."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

import sqlalchemy as sa

from ..contests.queries import editions as edition_reads
from ..contests.services import consents
from ..contests.services.bulk import BulkEntry, BulkPerson, register_many
from ..core import clock
from ..core.db import db, transaction
from ..models import (
    ConsentParty,
    ConsentPurpose,
    Division,
    Entry,
    EntryMember,
    MemberPart,
    Organisation,
    OrganisationKind,
    Person,
)
from . import season, words

TITLE = "entries"


def load(ctx: season.Context) -> None:
    with transaction():
        _innovation(ctx, "sang-tao-2024", 314, date(2024, 4, 8))
        _ideas(
            ctx,
            ctx.random("entries:ideas"),
            "khoi-nghiep-2024",
            42,
            (date(2024, 9, 30), date(2024, 11, 10)),
            date(2024, 11, 12),
        )
        _rural(ctx)
        _innovation(ctx, ctx.notes["judging"], 48, ctx.today - timedelta(days=6))
        sent = (ctx.today - timedelta(days=9), ctx.today - timedelta(days=1))
        _ideas(
            ctx,
            ctx.random("entries:living ideas"),
            ctx.notes["ideas"],
            9,
            sent,
            ctx.today - timedelta(days=1),
        )
    with transaction():
        _consents(ctx)


# -- past and running contests -------------------------------------------------------------------------------


def schools_of(level: str | None) -> list[Organisation]:
    rows = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == OrganisationKind.SCHOOL)
        .order_by(Organisation.slug)
    )
    return [s for s in rows if level is None or level in s.levels]


def _moment(random: Random, first: date, last: date) -> datetime:
    day = first + timedelta(days=random.randrange((last - first).days))
    return clock.at_local(day, time(random.randrange(7, 22), random.randrange(60)))


def born_in(random: Random, division: Division) -> date:
    rules = division.eligibility
    low, high = (date.fromisoformat(rules[k]) for k in ("born_from", "born_until"))
    return low + timedelta(days=random.randrange((high - low).days + 1))


def _pupils(random: Random, division: Division, size: int, class_of: bool = True) -> list[BulkPerson]:
    people = []
    for index in range(size):
        born = born_in(random, division)
        grade = max(1, min(12, division_year(division) - born.year - 6))
        people.append(
            BulkPerson(
                words.person(random), MemberPart.CAPTAIN if index == 0 else MemberPart.MEMBER, born,
                f"{grade}{random.choice('ABC')}{random.randrange(1, 6)}" if class_of else "",
            )
        )  # fmt: skip
    return people


def division_year(division: Division) -> int:
    return int(division.eligibility["born_until"][:4]) + (6 if division.slug == "age_6_11" else 12)


def _innovation(ctx: season.Context, slug: str, count: int, decided: date) -> None:
    """Products in five fields from schools of both ages; the first of the older ones from THCS Trịnh Hoài Đức."""
    random = ctx.random(f"entries:{slug}")
    edition = edition_reads.get_edition(slug)
    opens, closes = edition.registration_opens, edition.registration_closes
    assert opens
    assert closes
    young, old = edition.divisions
    primary = schools_of("primary")
    secondary = [s for s in schools_of(None) if set(s.levels) & {"lower_secondary", "upper_secondary"}]
    rows = []
    for index in range(count):
        division, schools = (young, primary) if index % 5 < 2 else (old, secondary)
        school = schools[random.randrange(len(schools))]
        if index == 2:
            school = next(s for s in schools if s.slug == "thcs-trinh-hoai-duc")
        people = _pupils(random, division, random.choice((1, 1, 2, 2, 3)))
        people.append(
            BulkPerson(words.person(random), MemberPart.COACH, phone=f"09{random.randrange(10**8):08d}")
        )
        field = edition.fields[index % 5]["slug"]
        title = words.product(random, field)
        rows.append(
            BulkEntry(
                division.id, school.id, f"Nhóm {people[0].name.split()[-1]} – {school.name}"[:160], tuple(people),
                _moment(random, opens, closes), title, field, words.abstract(random, title),
            )
        )  # fmt: skip
    register_many(edition, rows, actor=ctx.actor, at=clock.at_local(decided, time(16)))


def _ideas(
    ctx: season.Context, random: Random, slug: str, count: int, sent: tuple[date, date], decided: date
) -> None:
    edition = edition_reads.get_edition(slug)
    [division] = edition.divisions
    bodies = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind.in_((OrganisationKind.UNIVERSITY, OrganisationKind.COLLEGE)))
        .order_by(Organisation.slug)
    ).all()
    rows = []
    for index in range(count):
        title = words.idea(random)
        people = _pupils(random, division, random.randrange(1, 6), class_of=False)
        body = bodies[index % len(bodies)] if index % 6 else None
        rows.append(
            BulkEntry(
                division.id, body.id if body else None, words.team(random, index), tuple(people),
                _moment(random, *sent), title, "", words.abstract(random, title),
            )
        )  # fmt: skip
    register_many(edition, rows, actor=ctx.actor, at=clock.at_local(decided, time(15)))


def _rural(ctx: season.Context) -> None:
    random = ctx.random("entries:rural")
    edition = edition_reads.get_edition("nong-thon-2024")
    [division] = edition.divisions
    unions = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == OrganisationKind.YOUTH_UNION, Organisation.slug != "tinh-doan")
        .order_by(Organisation.slug)
    ).all()
    rows = []
    for index in range(30):
        title = words.farm(random, index)
        people = _pupils(random, division, 1, class_of=False)
        rows.append(
            BulkEntry(
                division.id, unions[index % len(unions)].id, people[0].name, tuple(people),
                _moment(random, date(2024, 7, 25), date(2024, 8, 24)), title, "", words.abstract(random, title),
            )
        )  # fmt: skip
    register_many(edition, rows, actor=ctx.actor, at=clock.at_local(date(2024, 8, 28), time(10)))


# -- consents ------------------------------------------------------------------------------------------------


def _consents(ctx: season.Context) -> None:
    """Papers as schools collected them: all take part, about six in ten let the name be published."""
    random = ctx.random("consents")
    rows = []
    members = db.session.execute(
        sa.select(Person.id, sa.func.min(Entry.submitted_at))
        .join(EntryMember, EntryMember.person_id == Person.id)
        .join(Entry, Entry.id == EntryMember.entry_id)
        .where(EntryMember.part != MemberPart.COACH)
        .group_by(Person.id)
        .order_by(Person.id)
    ).all()
    for person_id, moment in members:
        purposes = [ConsentPurpose.TAKE_PART]
        if random.random() < 0.6:
            purposes.append(ConsentPurpose.PUBLISH_NAME)
        if random.random() < 0.3:
            purposes.append(ConsentPurpose.INCUBATION)
        rows += [
            {"person_id": person_id, "purpose": purpose, "party": party, "at": moment,
             "relation": "mẹ" if party is ConsentParty.GUARDIAN else ""}
            for purpose in purposes
            for party in ConsentParty
        ]  # fmt: skip
    consents.answer_many(rows, at=clock.now())
