"""What the screen at a door shows, and what a phone at that door may check in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.web import named
from ...models import Booking, BookingState, EventSession, Occupancy, OccupancyState, Resource
from ..intervals import Span, local_date, local_day
from ..services.occupancy import topology
from ..settings import CHECK_IN_FROM

OPEN = (OccupancyState.CONFIRMED, OccupancyState.HELD)


@dataclass(frozen=True, slots=True)
class DoorLine:
    """One use at a door: its title only where it is public."""

    span: Span
    title: str
    owner_kind: str
    owner_id: int
    code: str = ""
    checked_in: int | None = None
    expected: int = 0
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class Door:
    resource: Resource
    current: DoorLine | None
    coming: list[DoorLine]
    free_until: datetime | None


def resource_of(slug: str) -> Resource:
    resource = db.session.scalar(
        sa.select(Resource).where(Resource.slug == slug, Resource.retired_at.is_(None))
    )
    if resource is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    return resource


def seats_of(resource_id: int) -> int | None:
    return db.session.scalar(sa.select(Resource.capacity).where(Resource.id == resource_id))


def door(slug: str, *, now: datetime) -> Door:
    """Now, next, and until when the place is free."""
    resource = resource_of(slug)
    lines = _lines(resource, local_day(local_date(now)))
    current = next((line for line in lines if line.span.start <= now < line.span.end), None)
    coming = [line for line in lines if line.span.start > now]
    return Door(resource, current, coming[:4], coming[0].span.start if coming and current is None else None)


def arrivals(slug: str, *, now: datetime) -> list[DoorLine]:
    """What may be checked in at this door just now, no-shows that came late too."""
    resource = resource_of(slug)
    window = Span(now - timedelta(hours=24), now + CHECK_IN_FROM)
    lines = [line for line in _lines(resource, window) if line.span.end > now]
    known = {line.owner_id for line in lines if line.owner_kind == "booking"}
    late = db.session.scalars(
        sa.select(Booking).where(
            Booking.resource_id == resource.id,
            Booking.state == BookingState.NO_SHOW,
            Booking.starts_at <= now,
            Booking.ends_at > now,
        )
    )
    lines += [_booking_line(b) for b in late if b.id not in known]
    return [line for line in lines if line.span.start - CHECK_IN_FROM <= now and (line.code or line.event_id)]


def _lines(resource: Resource, window: Span) -> list[DoorLine]:
    atoms = topology([resource.id]).atoms([resource.id])
    rows = db.session.execute(
        sa.select(
            Occupancy.owner_kind,
            Occupancy.owner_id,
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.title,
            Occupancy.title_public,
        )
        .where(
            Occupancy.resource_id.in_(atoms),
            Occupancy.state.in_(OPEN),
            Occupancy.starts_at < window.end,
            Occupancy.ends_at > window.start,
        )
        .distinct()
        .order_by(Occupancy.starts_at)
    ).all()
    booking_ids = [r[1] for r in rows if r[0] == "booking"]
    session_ids = [r[1] for r in rows if r[0] == "event"]
    bookings = {b.id: b for b in db.session.scalars(sa.select(Booking).where(Booking.id.in_(booking_ids)))}
    of_events = sa.select(EventSession).options(joinedload(EventSession.event))
    sessions = {s.id: s for s in db.session.scalars(of_events.where(EventSession.id.in_(session_ids)))}
    found = []
    for kind, owner_id, start, end, title, is_public in rows:
        shown = title if is_public and title else _("Đã có lịch")
        booking, session = bookings.get(owner_id), sessions.get(owner_id)
        if kind == "booking" and booking is not None:
            found.append(
                DoorLine(
                    Span(start, end),
                    shown,
                    kind,
                    owner_id,
                    booking.code,
                    booking.checked_in,
                    booking.expected,
                )
            )
        elif kind == "event" and session is not None:
            shown = named(session.event, "title") if is_public else shown
            found.append(DoorLine(Span(start, end), shown, kind, owner_id, event_id=session.event_id))
        else:
            found.append(DoorLine(Span(start, end), shown, kind, owner_id))
    return found


def _booking_line(b: Booking) -> DoorLine:
    title = b.title if b.title_public else _("Lượt đến muộn")
    return DoorLine(Span(b.starts_at, b.ends_at), title, "booking", b.id, b.code, b.checked_in, b.expected)
