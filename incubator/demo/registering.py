"""This year's registrations that are open: what teacher, captain and organiser find to do in them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

import sqlalchemy as sa

from ..contests.queries import editions as edition_reads
from ..contests.queries import entries as entry_reads
from ..contests.services import decisions, draft_rows, drafts, submission, teams
from ..core import clock
from ..core.access import Actor, Grant, Role, ScopeKind
from ..core.db import db, transaction
from ..models import Account, ConsentPurpose, Edition, Entry, Organisation, Person
from . import season, words
from .entries import born_in, schools_of

TITLE = "open registration"


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


def load(ctx: season.Context) -> None:
    """The teacher's school: ready, wrong, unfinished, returned, accepted teams; further schools send theirs."""
    slug = ctx.notes["registering"]
    edition = edition_reads.get_edition(slug)
    chosen = [s for s in schools_of("lower_secondary") if s.slug != "thcs-binh-thang"][:8] + schools_of(
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
    _captain(ctx, at)


def _captain(ctx: season.Context, at: datetime) -> None:
    """The student leads a team of two with an idea that is not finished."""
    edition = edition_reads.get_edition(ctx.notes["ideas"])
    [division] = edition.divisions
    random = ctx.random("ideas")
    student = ctx.people["student"]
    account = db.session.scalar(sa.select(Account.id).where(Account.person_id == student.id))
    actor = Actor(person_id=student.id, account_id=account, name=student.full_name)
    agreed = {ConsentPurpose.TAKE_PART: True, ConsentPurpose.PUBLISH_NAME: True}
    with transaction():
        person = db.session.get_one(Person, student.id)
        person.birth_date = date(ctx.today.year - 20, 3, 14)
        entry = teams.start(
            edition, division, person, team_name="Vườn Xanh Số", class_name="", organisation=None, answers=agreed,
            actor=actor, at=at,
        )  # fmt: skip
        link = teams.team_link(entry, actor=actor, at=at)
        teams.join(
            link, entry, full_name=words.person(random), birth_date=date(ctx.today.year - 21, 9, 2), class_name="",
            answers=agreed, actor=ctx.actor, at=at + timedelta(hours=3),
        )  # fmt: skip


def _row(random: Random, edition: Edition, school: Organisation, coach: str) -> drafts.RowInput:
    division = edition.divisions[0 if "primary" in school.levels else 1]
    members = tuple(
        drafts.MemberInput(
            words.person(random),
            born_in(random, division).strftime("%d/%m/%Y"),
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
