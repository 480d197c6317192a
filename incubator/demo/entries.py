"""Entries of the other contests of 2024 and of this year, from teachers' and captains' hands; consents."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

import sqlalchemy as sa

from ..contests.queries import editions as edition_reads
from ..contests.queries import entries as entry_reads
from ..contests.services import consents, decisions, draft_rows, drafts, submission
from ..contests.services.bulk import BulkEntry, BulkPerson, register_many
from ..core import clock
from ..core.access import Actor, Grant, Role, ScopeKind
from ..core.db import db, transaction
from ..models import (
    ConsentParty,
    ConsentPurpose,
    Division,
    Edition,
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
        _ideas(ctx)
        _rural(ctx)
        _innovation(ctx, ctx.notes["judging"], 48, ctx.today - timedelta(days=6))
    with transaction():
        _consents(ctx)
    _registering(ctx)


# -- past and running contests -------------------------------------------------------------------------------


def _schools(level: str | None) -> list[Organisation]:
    rows = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == OrganisationKind.SCHOOL)
        .order_by(Organisation.slug)
    )
    return [s for s in rows if level is None or level in s.levels]


def _moment(random: Random, first: date, last: date) -> datetime:
    day = first + timedelta(days=random.randrange((last - first).days))
    return clock.at_local(day, time(random.randrange(7, 22), random.randrange(60)))


def _born(random: Random, division: Division) -> date:
    rules = division.eligibility
    low, high = (date.fromisoformat(rules[k]) for k in ("born_from", "born_until"))
    return low + timedelta(days=random.randrange((high - low).days + 1))


def _pupils(random: Random, division: Division, size: int, class_of: bool = True) -> list[BulkPerson]:
    people = []
    for index in range(size):
        born = _born(random, division)
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
    primary = _schools("primary")
    secondary = [s for s in _schools(None) if set(s.levels) & {"lower_secondary", "upper_secondary"}]
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


def _ideas(ctx: season.Context) -> None:
    random = ctx.random("entries:ideas")
    edition = edition_reads.get_edition("khoi-nghiep-2024")
    [division] = edition.divisions
    bodies = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind.in_((OrganisationKind.UNIVERSITY, OrganisationKind.COLLEGE)))
        .order_by(Organisation.slug)
    ).all()
    rows = []
    for index in range(42):
        title = words.idea(random)
        people = _pupils(random, division, random.randrange(1, 6), class_of=False)
        body = bodies[index % len(bodies)] if index % 6 else None
        rows.append(
            BulkEntry(
                division.id, body.id if body else None, words.team(random, index), tuple(people),
                _moment(random, date(2024, 9, 30), date(2024, 11, 10)), title, "", words.abstract(random, title),
            )
        )  # fmt: skip
    register_many(edition, rows, actor=ctx.actor, at=clock.at_local(date(2024, 11, 12), time(15)))


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


# -- registration that is open -----------------------------------------------------------------------------------


def _coordinator(person: Person, school: Organisation) -> Actor:
    return Actor(
        person_id=person.id,
        name=person.full_name,
        grants=(Grant(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id),),
    )


def _organiser(ctx: season.Context, edition: Edition) -> Actor:
    person = ctx.people["organiser"]
    return Actor(
        person_id=person.id,
        name=person.full_name,
        grants=(Grant(Role.ORGANISER, ScopeKind.EDITION, edition.id),),
    )


def _registering(ctx: season.Context) -> None:
    """The teacher's school: ready, wrong, unfinished, returned, accepted teams; further schools send theirs."""
    slug = ctx.notes["registering"]
    edition = edition_reads.get_edition(slug)
    chosen = [s for s in _schools("lower_secondary") if s.slug != "thcs-binh-thang"][:8] + _schools(
        "primary"
    )[:6]
    own = db.session.scalar(sa.select(Organisation).where(Organisation.slug == "thcs-binh-thang"))
    assert own is not None
    teacher = _coordinator(ctx.people["teacher"], own)
    at = clock.at_local(ctx.today - timedelta(days=4), time(9, 30))
    _own_school(ctx, edition, own, teacher, at)
    random = ctx.random("registering")
    for index, school in enumerate(chosen):
        with transaction():
            coach = Person(full_name=words.person(random), email=f"gv{index + 1}@demo.example", created_at=at)
            db.session.add(coach)
            db.session.flush()
            actor = _coordinator(coach, school)
            rows = [_row(random, edition, school, coach.full_name) for _ in range(random.randrange(1, 5))]
            _send(edition, school, rows, actor, at + timedelta(hours=index))
    _decide_some(ctx, edition, at + timedelta(days=1))


def _row(random: Random, edition: Edition, school: Organisation, coach: str) -> drafts.RowInput:
    division = edition.divisions[0 if "primary" in school.levels else 1]
    members = tuple(
        drafts.MemberInput(
            words.person(random),
            _born(random, division).strftime("%d/%m/%Y"),
            f"{random.choice('45' if division.slug == 'primary' else '6789')}A{random.randrange(1, 5)}",
        )
        for _ in range(random.choice((2, 3, 3)))
    )
    return drafts.RowInput(
        words.team(random), division.id, members, drafts.CoachInput(coach, f"09{random.randrange(10**8):08d}")
    )


def _send(
    edition: Edition,
    school: Organisation,
    rows: list[drafts.RowInput],
    actor: Actor,
    at: datetime,
    send: bool = True,
) -> list[Entry]:
    school = db.session.get_one(Organisation, school.id)
    saved = draft_rows.save_rows(
        rows, edition=edition, organisation=school, held=draft_rows.Held({}, {}), actor=actor, at=at
    )
    ids = [s.entry.id for s in saved if s.entry]
    if send:
        entries = entry_reads.entries_by_id(ids)
        submission.submit(entries, edition, [], actor=actor, at=at + timedelta(minutes=20))
    return entry_reads.entries_by_id(ids)


def _own_school(
    ctx: season.Context, edition: Edition, school: Organisation, teacher: Actor, at: datetime
) -> None:
    random = ctx.random("binh-thang")
    division = edition.divisions[1]
    low = date.fromisoformat(division.eligibility["born_from"])
    coach = ctx.people["teacher"].full_name
    names = ["Tương Lai STEM", "Gốm Đỏ", "Người Mở Đường", "Sao Khuê", "Mạch Vàng AI", "Chim Lạc"]
    rows = [_row(random, edition, school, coach) for _ in names]
    rows = [
        drafts.RowInput(name, r.division_id, r.members, r.coach) for name, r in zip(names, rows, strict=True)
    ]
    too_old = drafts.MemberInput("Nguyễn Văn An", f"17/05/{low.year - 2}", "9A2")
    rows[4] = drafts.RowInput("Mạch Vàng AI", division.id, (*rows[4].members[:2], too_old), rows[4].coach)
    unborn = tuple(drafts.MemberInput(m.full_name, "", m.class_name) for m in rows[5].members)
    rows[5] = drafts.RowInput("Chim Lạc", division.id, unborn, rows[5].coach)
    with transaction():
        sent = _send(edition, school, rows[:3], teacher, at)
    with transaction():
        # Ready, wrong and unfinished: what the teacher finds on the page.
        _send(edition, school, rows[3:], teacher, at + timedelta(hours=2), send=False)
    organiser = _organiser(ctx, edition)
    with transaction():
        entries = entry_reads.entries_by_id([e.id for e in sent])
        decisions.accept(entries[:1], actor=organiser, at=at + timedelta(days=1))
        decisions.send_back(
            entries[1], reason="Nhờ Thầy/Cô kiểm tra lại lớp của đội trưởng.", field_reasons={"members-0-class_name": "Lớp ghi khác với danh sách của trường."},
            due_at=clock.end_of_day(ctx.today + timedelta(days=5)), actor=organiser, at=at + timedelta(days=1),
        )  # fmt: skip


def _decide_some(ctx: season.Context, edition: Edition, at: datetime) -> None:
    """About half is accepted, one rejected; the rest waits for the organiser who tries the demo."""
    organiser = _organiser(ctx, edition)
    with transaction():
        waiting = db.session.scalars(
            sa.select(Entry.id)
            .join(Organisation, Organisation.id == Entry.organisation_id)
            .where(
                Entry.edition_id == edition.id,
                Entry.state == "submitted",
                Organisation.slug != "thcs-binh-thang",
            )
            .order_by(Entry.id)
        ).all()
        entries = entry_reads.entries_by_id(waiting[: len(waiting) // 2])
        decisions.accept(entries[1:], actor=organiser, at=at)
        decisions.reject(
            entries[0],
            reason="Đội đăng ký trùng với danh sách trường gửi bằng văn bản.",
            actor=organiser,
            at=at,
        )
