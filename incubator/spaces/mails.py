"""What the centre's messages say: ids come in, names and times go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.together import Asking
from ..core.web import named, vn_money
from ..models import Booking, Edition, Event, EventRegistration, EventSession, Resource, Stage
from .intervals import Span
from .wording import span_of

BOOKING_KINDS = (
    "approved",
    "back",
    "declined",
    "cancelled",
    "moved",
    "displaced",
    "kept",
    "replaced",
    "no_show",
    "without_machine",
)
EVENT_KINDS = ("registered", "moved_up", "event_moved", "event_cancelled")


@messages.builder(*(f"spaces/{kind}" for kind in BOOKING_KINDS))
def _bookings(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    """Place, time, title, and alternatives as sentences."""
    others = {other["resource_id"] for c in contexts for other in c.get("alternatives", [])}
    others |= {c[key] for c in contexts for key in ("machine_id", "resource_id") if key in c}
    bookings, places = yield [
        sa.select(
            Booking.id,
            Booking.starts_at,
            Booking.ends_at,
            Booking.title,
            Booking.code,
            Booking.reason,
            Booking.price,
            Resource.name,
            Resource.name_en,
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.id.in_({c["booking_id"] for c in contexts})),
        sa.select(Resource.id, Resource.name, Resource.name_en).where(Resource.id.in_(others)),
    ]
    found = {row.id: row for row in bookings}
    names = {row.id: named(row) for row in places}
    return [_booking_words(c, found.get(c["booking_id"]), names) for c in contexts]


def _booking_words(context: dict[str, Any], booking: Any, names: dict[int, str]) -> dict[str, Any]:
    others = [
        f"{names.get(other['resource_id'], '')}, "
        + span_of(Span(datetime.fromisoformat(other["start"]), datetime.fromisoformat(other["end"])))
        for other in context.get("alternatives", [])
    ]
    if booking is None:
        return {
            "place": "",
            "when": "",
            "price": "",
            "title": "",
            "code": "",
            "reason": "",
            "others": others,
            "machine": "",
            "over": False,
        }
    return {
        "place": names.get(context.get("resource_id", 0)) or named(booking),
        "when": _when(context) or span_of(Span(booking.starts_at, booking.ends_at)),
        "price": vn_money(booking.price) if booking.price else "",
        "title": booking.title,
        "code": booking.code,
        "reason": context.get("reason", booking.reason),
        "others": others,
        "machine": names.get(context.get("machine_id", 0), ""),
        "over": context.get("over", False),
    }


@messages.builder("spaces/stage_back", "spaces/stage_lost", "spaces/stage_without")
def _stages(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    """The round, where and when it was to be, and which machine is missing."""
    stages, places = yield [
        sa.select(
            Stage.id,
            Stage.name,
            Stage.name_en,
            Edition.name.label("edition"),
            Edition.name_en.label("edition_en"),
        )
        .join(Edition, Edition.id == Stage.edition_id)
        .where(Stage.id.in_({c["stage_id"] for c in contexts})),
        sa.select(Resource.id, Resource.name, Resource.name_en).where(
            Resource.id.in_(
                {i for c in contexts for i in (*c.get("resource_ids", ()), c.get("machine_id", 0))}
            )
        ),
    ]
    titles = {row.id: f"{named(row, 'edition')}: {named(row)}" for row in stages}
    names = {row.id: named(row) for row in places}
    return [
        {
            "title": titles.get(c["stage_id"], ""),
            "place": ", ".join(names[i] for i in c.get("resource_ids", ()) if i in names),
            "machine": names.get(c.get("machine_id", 0), ""),
            "when": _when(c),
            "reason": c.get("reason", ""),
        }
        for c in contexts
    ]


def _when(context: dict[str, Any]) -> str:
    if "start" not in context:
        return ""
    return span_of(Span(datetime.fromisoformat(context["start"]), datetime.fromisoformat(context["end"])))


@messages.builder(*(f"spaces/{kind}" for kind in EVENT_KINDS))
def _events(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    """Event, seat, and its sessions as sentences."""
    ids = {c["event_id"] for c in contexts}
    events, seats, sessions = yield [
        sa.select(Event.id, Event.title, Event.title_en).where(Event.id.in_(ids)),
        sa.select(EventRegistration.id, EventRegistration.full_name, EventRegistration.state).where(
            EventRegistration.id.in_({c["registration_id"] for c in contexts})
        ),
        sa.select(
            EventSession.event_id,
            EventSession.starts_at,
            EventSession.ends_at,
            Resource.name,
            Resource.name_en,
        )
        .join(Resource, Resource.id == EventSession.resource_id)
        .where(EventSession.event_id.in_(ids), EventSession.is_kept),
    ]
    titles = {row.id: named(row, "title") for row in events}
    people = {row.id: row for row in seats}
    times: dict[int, list[str]] = {}
    for row in sorted(sessions, key=lambda s: s.starts_at):
        times.setdefault(row.event_id, []).append(
            f"{span_of(Span(row.starts_at, row.ends_at))}, {named(row)}"
        )
    return [
        {
            "title": titles.get(c["event_id"], ""),
            "name": people[c["registration_id"]].full_name if c["registration_id"] in people else "",
            "state": people[c["registration_id"]].state.value if c["registration_id"] in people else "",
            "sessions": times.get(c["event_id"], []),
            "reason": c.get("reason", ""),
        }
        for c in contexts
    ]
