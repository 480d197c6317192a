"""What the centre's messages say: ids come in, names and times go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.db import db
from ..models import Booking, Event, EventRegistration, EventSession, Resource
from .intervals import Span
from .wording import span_of

BOOKING_KINDS = ("approved", "declined", "cancelled", "moved", "displaced", "kept", "replaced", "no_show")
EVENT_KINDS = ("registered", "moved_up", "event_moved", "event_cancelled")


def about_booking(context: dict[str, Any]) -> dict[str, Any]:
    """Place, time, title, and alternatives as sentences."""
    return about_bookings([context])[0]


@messages.many(about_booking)
def about_bookings(contexts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two queries for any number of messages: what they name is loaded first, then found in the session."""
    ids = {c["booking_id"] for c in contexts}
    bookings = {b.id: b for b in db.session.scalars(sa.select(Booking).where(Booking.id.in_(ids)))}
    places = {b.resource_id for b in bookings.values()}
    places |= {other["resource_id"] for c in contexts for other in c.get("alternatives", [])}
    kept = db.session.scalars(
        sa.select(Resource).where(Resource.id.in_(places))
    ).all()  # the session holds them weakly
    return [_booking_words(c, bookings[c["booking_id"]]) for c in contexts if kept]


def _booking_words(context: dict[str, Any], booking: Booking) -> dict[str, Any]:
    place = db.session.get_one(Resource, booking.resource_id)
    others = []
    for other in context.get("alternatives", []):
        resource = db.session.get_one(Resource, other["resource_id"])
        span = Span(datetime.fromisoformat(other["start"]), datetime.fromisoformat(other["end"]))
        others.append(f"{resource.name}, {span_of(span)}")
    return {
        "place": place.name,
        "when": span_of(Span(booking.starts_at, booking.ends_at)),
        "title": booking.title,
        "code": booking.code,
        "reason": context.get("reason", booking.reason),
        "others": others,
    }


def about_event(context: dict[str, Any]) -> dict[str, Any]:
    """Event, seat, and its sessions as sentences."""
    event = db.session.get_one(Event, context["event_id"])
    row = db.session.get_one(EventRegistration, context["registration_id"])
    sessions = db.session.scalars(
        sa.select(EventSession).where(EventSession.event_id == event.id).order_by(EventSession.starts_at)
    ).all()
    names = {s.resource_id: db.session.get_one(Resource, s.resource_id).name for s in sessions}
    return {
        "title": event.title,
        "name": row.full_name,
        "state": row.state.value,
        "sessions": [f"{span_of(Span(s.starts_at, s.ends_at))}, {names[s.resource_id]}" for s in sessions],
        "reason": context.get("reason", ""),
    }


for _kind in BOOKING_KINDS:
    messages.builder(f"spaces/{_kind}")(about_booking)
for _kind in EVENT_KINDS:
    messages.builder(f"spaces/{_kind}")(about_event)
