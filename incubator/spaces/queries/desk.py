"""What BIIC staff look at: requests with their rivals, the day sheet, what was displaced."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.todo import Todo
from ...models import (
    Booking,
    BookingState,
    Event,
    EventAttendance,
    EventRegistration,
    EventSession,
    EventState,
    Organisation,
    OrganisationKind,
    Outage,
    Person,
    RegistrationState,
    Resource,
)
from .. import policies, wording
from ..intervals import Span, local_date, local_day
from ..services.requests import next_free, rivals_of

PRIORITY = {
    OrganisationKind.SCHOOL: 1, OrganisationKind.UNIVERSITY: 1, OrganisationKind.COLLEGE: 1,
    OrganisationKind.DEPARTMENT: 1, OrganisationKind.YOUTH_UNION: 1, OrganisationKind.INCUBATOR: 2,
    OrganisationKind.FABLAB: 2, OrganisationKind.COMPANY: 3,
}  # fmt: skip


def kind_word(kind: OrganisationKind | None) -> str:
    words = {
        OrganisationKind.SCHOOL: _("Trường công lập"), OrganisationKind.UNIVERSITY: _("Trường đại học"),
        OrganisationKind.COLLEGE: _("Trường cao đẳng"), OrganisationKind.DEPARTMENT: _("Cơ quan nhà nước"),
        OrganisationKind.YOUTH_UNION: _("Đoàn thanh niên"), OrganisationKind.INCUBATOR: _("Cơ sở ươm tạo"),
        OrganisationKind.FABLAB: _("FabLab"), OrganisationKind.COMPANY: _("Doanh nghiệp"),
    }  # fmt: skip
    return words.get(kind, _("Cá nhân hoặc nhóm")) if kind else _("Cá nhân hoặc nhóm")


@dataclass(frozen=True, slots=True)
class Rival:
    """One request in the comparison. Rates are 0..1; `best` names the lines in which it is the better one."""

    booking: Booking
    who: str
    kind: str
    priority: int
    fill: float | None
    shown: float | None
    shown_of: int
    uses: int
    hours: float
    otherwise: list[tuple[int, str, Span]]
    best: frozenset[str] = frozenset()


def requests_waiting(actor: Actor) -> list[tuple[Booking, int]]:
    """Requests of the actor's sites by start, with the number of their rivals; late ones first by nature."""
    query = (
        sa.select(Booking)
        .options(
            joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
        )
        .where(Booking.state == BookingState.REQUESTED)
        .order_by(Booking.starts_at, Booking.created_at)
    )
    found = [b for b in db.session.scalars(query) if policies.can_manage(actor, b.resource.site_id)]
    return [(b, sum(_rival(b, other) for other in found)) for b in found]


def _rival(one: Booking, other: Booking) -> bool:
    return (
        one is not other
        and one.resource_id == other.resource_id
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    )


def get_request(booking_id: int, actor: Actor) -> Booking:
    booking = db.session.scalar(
        sa.select(Booking)
        .options(
            joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
        )
        .where(Booking.id == booking_id)
    )
    if booking is None or not policies.can_manage(actor, booking.resource.site_id):
        raise NotFound(_("Không có yêu cầu này."))
    return booking


def compared(booking: Booking, *, at: datetime) -> list[Rival]:
    """The request and its rivals side by side, the better value of every line marked."""
    ids = [booking.id, *(rival.id for rival in rivals_of(booking))]
    rows = db.session.scalars(
        sa.select(Booking)
        .options(
            joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
        )
        .where(Booking.id.in_(ids))
        .order_by(Booking.created_at)
    ).all()
    found = [_facts(row, at) for row in sorted(rows, key=lambda row: ids.index(row.id))]
    if len(found) < 2:
        return found
    lines: dict[str, list[float]] = {
        "kind": [-r.priority for r in found],
        "people": [r.fill or 0 for r in found],
        "shown": [r.shown if r.shown is not None else -1 for r in found],
        "used": [-r.hours for r in found],
        "sent": [-r.booking.created_at.timestamp() for r in found],
        "otherwise": [-len(r.otherwise) for r in found],
    }
    best = {line: {i for i, v in enumerate(values) if v == max(values)} for line, values in lines.items()}
    marked = [
        frozenset(line for line, winners in best.items() if i in winners and len(winners) < len(found))
        for i in range(len(found))
    ]
    return [
        Rival(
            r.booking,
            r.who,
            r.kind,
            r.priority,
            r.fill,
            r.shown,
            r.shown_of,
            r.uses,
            r.hours,
            r.otherwise,
            marks,
        )
        for r, marks in zip(found, marked, strict=True)
    ]


def _facts(booking: Booking, at: datetime) -> Rival:
    kind = booking.organisation.kind if booking.organisation else None
    uses = _history(booking, at)
    counted = [
        u
        for u in uses
        if u.checked_in is not None or u.confirmed is not None or u.state is BookingState.NO_SHOW
    ]
    shown = sum(_shown(u) for u in counted) / sum(u.expected for u in counted) if counted else None
    hours = sum((u.ends_at - u.starts_at).total_seconds() / 3600 for u in uses)
    capacity = booking.resource.capacity
    return Rival(
        booking,
        who_of(booking),
        kind_word(kind),
        PRIORITY.get(kind, 2) if kind else 2,
        booking.expected / capacity if capacity else None,
        shown,
        len(counted),
        len(uses),
        hours,
        next_free(booking, at=at, most=2),
    )


def _shown(booking: Booking) -> int:
    if booking.state is BookingState.NO_SHOW:
        return 0
    return booking.confirmed if booking.confirmed is not None else booking.checked_in or 0


def _history(booking: Booking, at: datetime) -> list[Booking]:
    """Uses of the same organisation, else the same person, in this local year."""
    if booking.organisation_id is not None:
        same = Booking.organisation_id == booking.organisation_id
    elif booking.requester_id is not None:
        same = Booking.requester_id == booking.requester_id
    else:
        return []
    year = local_date(at).year
    start = local_day(date(year, 1, 1)).start
    counting = (BookingState.CONFIRMED, BookingState.DONE, BookingState.NO_SHOW)
    return list(
        db.session.scalars(
            sa.select(Booking).where(
                same, Booking.state.in_(counting), Booking.starts_at >= start, Booking.starts_at < at
            )
        )
    )


def who_of(booking: Booking) -> str:
    """Organisation, body without an account, or person."""
    if booking.organisation is not None:
        return booking.organisation.name
    if booking.body_name:
        return booking.body_name
    return booking.requester.full_name if booking.requester is not None else _("BIIC")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One use on the day sheet, a booking or a meeting of an event."""

    span: Span
    title: str
    who: str
    phone: str
    expected: int
    checked_in: int | None
    confirmed: int | None
    layout: str
    equipment: tuple[str, ...]
    note: str
    booking: Booking | None = None
    session: EventSession | None = None


def day_sheet(actor: Actor, day: date) -> list[tuple[Resource, list[SheetLine]]]:
    """Today per place: who comes when, how the room is set up, who has arrived."""
    window = local_day(day)
    shown = (BookingState.CONFIRMED, BookingState.DONE, BookingState.NO_SHOW, BookingState.DISPLACED)
    bookings = db.session.scalars(
        sa.select(Booking)
        .options(
            joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
        )
        .where(Booking.state.in_(shown), Booking.starts_at < window.end, Booking.ends_at > window.start)
    ).all()
    sessions = db.session.scalars(
        sa.select(EventSession)
        .options(joinedload(EventSession.resource), joinedload(EventSession.event))
        .join(Event, Event.id == EventSession.event_id)
        .where(
            Event.state != EventState.CANCELLED,
            EventSession.starts_at < window.end,
            EventSession.ends_at > window.start,
        )
    ).all()
    present = _present([s.id for s in sessions])
    seated = _seated([s.event_id for s in sessions])
    lines: dict[Resource, list[SheetLine]] = defaultdict(list)
    for b in bookings:
        if policies.can_manage(actor, b.resource.site_id):
            lines[b.resource].append(_booking_line(b))
    for s in sessions:
        if policies.can_manage(actor, s.resource.site_id):
            lines[s.resource].append(_session_line(s, seated.get(s.event_id, 0), present.get(s.id, 0)))
    ordered = sorted(lines, key=lambda r: (r.kind != "room", r.position, r.name))
    return [(r, sorted(lines[r], key=lambda line: line.span)) for r in ordered]


def _booking_line(b: Booking) -> SheetLine:
    phone = b.responsible_phone or b.body_phone or (b.requester.phone if b.requester else None) or ""
    return SheetLine(
        Span(b.starts_at, b.ends_at), b.title, who_of(b), phone, b.expected, b.checked_in, b.confirmed,
        b.layout, tuple(b.equipment), b.note, booking=b,
    )  # fmt: skip


def _session_line(s: EventSession, seated: int, present: int) -> SheetLine:
    return SheetLine(
        Span(s.starts_at, s.ends_at), s.event.title, _("Sự kiện của BIIC"), "", seated or s.event.seats,
        present or None, s.confirmed, "", (), "", session=s,
    )  # fmt: skip


def _present(session_ids: list[int]) -> dict[int, int]:
    return dict(
        db.session.execute(
            sa.select(EventAttendance.session_id, sa.func.count())
            .where(EventAttendance.session_id.in_(session_ids))
            .group_by(EventAttendance.session_id)
        ).all()
    )


def _seated(event_ids: list[int]) -> dict[int, int]:
    return dict(
        db.session.execute(
            sa.select(EventRegistration.event_id, sa.func.count())
            .where(
                EventRegistration.event_id.in_(event_ids),
                EventRegistration.state == RegistrationState.REGISTERED,
            )
            .group_by(EventRegistration.event_id)
        ).all()
    )


def displaced(actor: Actor) -> list[Booking]:
    """Bookings that lost their place and wait for a decision."""
    rows = db.session.scalars(
        sa.select(Booking)
        .options(
            joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
        )
        .where(Booking.state == BookingState.DISPLACED)
        .order_by(Booking.starts_at)
    )
    return [b for b in rows if policies.can_manage(actor, b.resource.site_id)]


def outages(*, at: datetime) -> list[Outage]:
    """Running and coming ones, and those of the last two weeks."""
    return list(
        db.session.scalars(
            sa.select(Outage)
            .options(joinedload(Outage.resource))
            .where(Outage.ends_at > at - timedelta(days=14))
            .order_by(Outage.starts_at.desc())
        )
    )


def waiting_for(actor: Actor) -> list[Todo]:
    """What waits for staff, and what the actor's own bookings need."""
    from ...core import clock

    now = clock.now()
    return [*_for_staff(actor, now), *_for_guest(actor, now)]


def _for_staff(actor: Actor, now: datetime) -> list[Todo]:
    if not policies.can_manage(actor):
        return []
    found: list[Todo] = []
    waiting = requests_waiting(actor)
    if waiting:
        due = min((b.answer_by for b, _n in waiting if b.answer_by is not None), default=None)
        rivals = sum(1 for _b, n in waiting if n)
        detail = _("%(n)s yêu cầu trùng giờ nhau", n=rivals) if rivals else ""
        found.append(
            Todo(
                _("%(n)s yêu cầu đặt chỗ chờ trả lời", n=len(waiting)), "/spaces/requests", _("Trả lời"), detail,
                "hourglass-split", urgent=bool(due and due < now + timedelta(hours=8)), due_at=due, count=len(waiting),
            )
        )  # fmt: skip
    lost = displaced(actor)
    if lost:
        found.append(
            Todo(
                _("%(n)s lượt mất chỗ vì đóng cửa hoặc máy hỏng", n=len(lost)), "/spaces/outages", _("Xếp lại"),
                "", "tools", urgent=True, count=len(lost),
            )
        )  # fmt: skip
    return found


def _for_guest(actor: Actor, now: datetime) -> list[Todo]:
    if actor.person_id is None:
        return []
    rows = db.session.scalars(
        sa.select(Booking)
        .options(joinedload(Booking.resource))
        .where(
            Booking.requester_id == actor.person_id,
            Booking.state.in_((BookingState.CONFIRMED, BookingState.DISPLACED)),
            Booking.ends_at > now,
            Booking.starts_at < now + timedelta(days=2),
        )
        .order_by(Booking.starts_at)
        .limit(5)
    )
    return [
        Todo(
            _("%(place)s, %(when)s", place=b.resource.name, when=wording.span_of(Span(b.starts_at, b.ends_at))),
            f"/spaces/bookings/{b.code}", _("Xem lượt đặt"),
            b.reason if b.state is BookingState.DISPLACED else b.title, "calendar-event",
            urgent=b.state is BookingState.DISPLACED, due_at=b.starts_at,
        )
        for b in rows
    ]  # fmt: skip


def person_names(ids: set[int]) -> dict[int, str]:
    return dict(db.session.execute(sa.select(Person.id, Person.full_name).where(Person.id.in_(ids))).all())


def organisations() -> list[tuple[int, str]]:
    """For staff who book for a body that is on record."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name).order_by(Organisation.sort_key)
    ).all()
    return list(rows)
