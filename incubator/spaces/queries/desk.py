"""What BIIC staff look at: requests with their rivals, the day sheet, what was displaced."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...core.web import named
from ...models import (
    OPEN_EVENTS,
    Booking,
    BookingState,
    Event,
    EventAttendance,
    EventRegistration,
    EventSession,
    EventState,
    Outage,
    RegistrationState,
    Resource,
)
from .. import policies
from ..intervals import Span, local_day
from .bookings import whole_bookings
from .requests import who_of


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
    seats: int | None = None

    @property
    def is_crowded(self) -> bool:
        """More people were counted than the place has seats: perhaps so, perhaps a slip of the finger."""
        counted = self.confirmed if self.confirmed is not None else self.checked_in
        return self.seats is not None and counted is not None and counted > self.seats

    @property
    def takes_place(self) -> bool:
        if self.booking is not None:
            return self.booking.state in (BookingState.CONFIRMED, BookingState.DONE)
        return self.session is not None and self.session.displaced_at is None


def day_sheet(actor: Actor, day: date) -> list[tuple[Resource, list[SheetLine]]]:
    """Today per place: who comes when, how the room is set up, who has arrived."""
    window = local_day(day)
    shown = (BookingState.CONFIRMED, BookingState.DONE, BookingState.NO_SHOW, BookingState.DISPLACED)
    bookings = db.session.scalars(
        whole_bookings().where(
            Booking.state.in_(shown), Booking.starts_at < window.end, Booking.ends_at > window.start
        )
    ).all()
    sessions = db.session.scalars(
        sa.select(EventSession)
        .options(joinedload(EventSession.resource), joinedload(EventSession.event))
        .join(Event, Event.id == EventSession.event_id)
        .where(
            Event.state != EventState.CANCELLED,
            EventSession.is_kept,
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


def setups(actor: Actor, day: date) -> list[tuple[Resource, SheetLine]]:
    """What has to be ready by when, in the order of the day; not what lost its place or was given back."""
    lines = [(place, line) for place, found in day_sheet(actor, day) for line in found if line.takes_place]
    return sorted(lines, key=lambda row: (row[1].span, row[0].position, row[0].name))


def _booking_line(b: Booking) -> SheetLine:
    adult = ", ".join(part for part in (b.responsible_name, b.responsible_phone) if part)
    phone = adult or b.body_phone or (b.requester.phone if b.requester else None) or ""
    return SheetLine(
        Span(b.starts_at, b.ends_at),
        b.title,
        who_of(b),
        phone,
        b.expected,
        b.checked_in,
        b.confirmed,
        b.layout,
        tuple(b.equipment),
        b.note,
        booking=b,
        seats=b.resource.capacity,
    )


def _session_line(s: EventSession, seated: int, present: int) -> SheetLine:
    return SheetLine(
        Span(s.starts_at, s.ends_at),
        named(s.event, "title"),
        _("Sự kiện của BIIC"),
        "",
        seated or s.event.seats,
        present or None,
        s.confirmed,
        "",
        (),
        "",
        session=s,
        seats=s.resource.capacity,
    )


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
        whole_bookings().where(Booking.state == BookingState.DISPLACED).order_by(Booking.starts_at)
    )
    return [b for b in rows if policies.can_manage(actor, b.resource.site_id)]


def displaced_sessions(actor: Actor, *, at: datetime) -> list[EventSession]:
    """Meetings of events to come that lost their room: the event's page finds them another."""
    rows = db.session.scalars(
        sa.select(EventSession)
        .options(joinedload(EventSession.resource), joinedload(EventSession.event))
        .join(Event, Event.id == EventSession.event_id)
        .where(
            EventSession.displaced_at.is_not(None),
            EventSession.ends_at > at,
            Event.state.in_(OPEN_EVENTS),
        )
        .order_by(EventSession.starts_at)
    )
    return [s for s in rows if policies.can_manage(actor, s.resource.site_id)]


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
