"""What lies on people's desks on an ordinary day: cards, papers, changes asked for, somebody new who waits."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import sqlalchemy as sa
from PIL import Image, ImageDraw

from ..accounts import schools
from ..accounts import services as accounts
from ..activity import seals
from ..contests.queries import editions as edition_reads
from ..contests.queries import entries as entry_reads
from ..contests.services import cards, consents, editions, privacy_requests, roster, school_lists
from ..core import clock
from ..core.access import Actor, Grant, Role, ScopeKind
from ..core.db import db, transaction
from ..models import AuthCode, Edition, Entry, EntryFile, FeedKind, Organisation, Person
from ..spaces.services import feeds
from . import season
from .people import make_account

TITLE = "everyday"

CODE, PIN = "DEMPH-2345K", "246810"  # printed beside the sign-ins, so that one can try a pupil's card


def load(ctx: season.Context) -> None:
    edition = edition_reads.get_edition(ctx.notes["registering"])
    school = db.session.execute(
        sa.select(Organisation).where(Organisation.slug == "thcs-binh-thang")
    ).scalar_one()
    teacher = _actor(ctx.people["teacher"], Role.COORDINATOR, ScopeKind.ORGANISATION, school.id)
    organiser = _actor(ctx.people["organiser"], Role.ORGANISER, ScopeKind.EDITION, edition.id)
    at = clock.at_local(ctx.today - timedelta(days=1), clock.local(clock.now()).time().replace(hour=9))
    accepted = entry_reads.entries_by_id(_ids(edition, school, "accepted"))
    with transaction():
        _card(ctx, accepted[0], teacher, at)
        member = accepted[0].members[0]
        wish = roster.Wish(roster.SPELLING, member.id, full_name=member.full_name + " Anh")
        roster.ask(accepted[0], wish, reason="Tên trên giấy khai sinh có thêm chữ đệm.", actor=teacher, at=at)
        for entry in entry_reads.entries_by_id(_ids(edition, school, "returned")):
            consents.guardian_links(entry, actor=teacher, at=at)
        feeds.make(FeedKind.MINE, None, actor=teacher, at=at)
    with transaction():
        _neighbour(ctx, edition, organiser, at)
        _new_teacher(ctx, at)
        _dossier(at)
        _about_data(ctx, teacher, at)
    while seals.seal_pending():
        pass


def _actor(person: Person, role: Role, scope: ScopeKind, scope_id: int) -> Actor:
    return Actor(person_id=person.id, name=person.full_name, grants=(Grant(role, scope, scope_id),))


def _ids(edition: Edition, school: Organisation, state: str) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Entry.id)
            .where(Entry.edition_id == edition.id, Entry.organisation_id == school.id, Entry.state == state)
            .order_by(Entry.id)
        )
    )


def _card(ctx: season.Context, entry: Entry, teacher: Actor, at: datetime) -> None:
    """The captain's card, with a code and a PIN that are the same in every demo."""
    pupil = entry.members[0]
    cards.give([entry], [pupil.person_id], actor=teacher, at=at)
    card = db.session.execute(sa.select(AuthCode).where(AuthCode.person_id == pupil.person_id)).scalar_one()
    card.code, card.pin_hash = CODE, accounts.hash_password(PIN)
    ctx.sign_ins.append(("Pupil with a card", f"{CODE}, PIN {PIN}", "/login/code"))


def _neighbour(ctx: season.Context, edition: Edition, organiser: Actor, at: datetime) -> None:
    """A school beside ours: its stamped list waits to be looked at, and it was given two more days."""
    author = db.session.execute(sa.select(Person).where(Person.email == "gv1@demo.example")).scalar_one()
    school = db.session.execute(
        sa.select(Organisation)
        .join(Entry, Entry.organisation_id == Organisation.id)
        .where(Entry.author_id == author.id)
        .limit(1)
    ).scalar_one()
    coordinator = _actor(author, Role.COORDINATOR, ScopeKind.ORGANISATION, school.id)
    school_lists.upload(edition, school, _scan(school.name), "danh-sach-co-dau.png", actor=coordinator, at=at)
    closes = edition_reads.closing_moment(edition)
    if closes:
        editions.extend(
            edition, until=closes + timedelta(days=2), organisation_id=school.id,
            reason="Trường nghỉ vì mưa bão, có văn bản xin lùi hạn.", actor=organiser, at=at,
        )  # fmt: skip


def _new_teacher(ctx: season.Context, at: datetime) -> None:
    """Somebody who came by the public link and waits for one click."""
    person = accounts.create_person(
        "Phan Thị Mỹ Duyên", email="giaovienmoi@demo.example", actor=ctx.actor, at=at
    )
    make_account(person, "giaovienmoi@demo.example", ctx)
    ctx.sign_ins.append(("Teacher not verified yet", "giaovienmoi@demo.example", "/home"))
    schools.join_as_teacher(person.id, "Tiểu học Đông Hòa B", at=at)


def _about_data(ctx: season.Context, teacher: Actor, at: datetime) -> None:
    """Two requests about personal data wait for the administrator."""
    student = Actor(person_id=ctx.people["student"].id, name=ctx.people["student"].full_name)
    privacy_requests.ask(
        privacy_requests.Kind.CORRECT,
        "Tên đệm trong hồ sơ thiếu dấu so với giấy khai sinh.",
        actor=teacher,
        at=at,
    )
    privacy_requests.ask(privacy_requests.Kind.COPY, "", actor=student, at=at)


def _dossier(at: datetime) -> None:
    """Pictures of two products of the past season."""
    rows = db.session.scalars(
        sa.select(Entry)
        .join(Edition, Edition.id == Entry.edition_id)
        .where(Edition.slug == "sang-tao-2024", Entry.project_id.is_not(None))
        .order_by(Entry.id)
        .limit(2)
    ).all()
    for number, entry in enumerate(rows, 1):
        stored = editions.store_file(
            _scan(f"San pham {number}"), f"anh-{number}.png", owner_id=entry.author_id, at=at
        )
        db.session.add(
            EntryFile(
                project_id=entry.project_id, file_id=stored.id, kind="picture", added_by_id=entry.author_id, added_at=at
            )
        )  # fmt: skip


def _scan(text: str) -> bytes:
    """A plain picture that stands for a scanned paper."""
    picture = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((60, 60), text.encode("ascii", "ignore").decode(), fill="black")
    for line in range(120, 700, 28):
        pen.line((60, line, 560, line), fill="#bbbbbb")
    pen.ellipse((380, 700, 520, 840), outline="#c0392b", width=6)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
