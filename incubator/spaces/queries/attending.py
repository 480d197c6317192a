"""What a person has to be at: own bookings, sessions of events with a seat, and what the domains above add."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.together import Asking, ask_together
from ...core.web import lang, named, public_url
from ...models import (
    Booking,
    BookingState,
    Event,
    EventRegistration,
    EventSession,
    EventState,
    Occupancy,
    RegistrationState,
    Resource,
)
from ..calendar_feed import FeedEntry
from ..intervals import Span
from ..services.trainings import contacts_of

BACK = timedelta(days=90)
GONE_FOR = timedelta(days=30)
DOMAIN = "biic.spaces"
LOST = (BookingState.CANCELLED, BookingState.DECLINED, BookingState.DISPLACED, BookingState.NO_SHOW)

Source = Callable[[int, datetime], Asking[list[FeedEntry]]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """`source(person_id, since)` is one of `core/together.py` and ends with what that person has to be at and ends after
    `since`, as far as the person may see it; what was cancelled is left out here once it is old."""
    if source not in _sources:
        _sources.append(source)


def of_person(person_id: int, *, now: datetime) -> list[FeedEntry]:
    """One statement, however many domains add to it."""
    sources = (_bookings, _seats, *_sources)
    found = [e for part in ask_together(source(person_id, now - BACK) for source in sources) for e in part]
    kept = [entry for entry in found if not entry.cancelled or entry.changed_at > now - GONE_FOR]
    return sorted(kept, key=lambda entry: (entry.span.start, entry.uid))


def _bookings(person_id: int, since: datetime) -> Asking[list[FeedEntry]]:
    rows = yield (
        sa.select(
            Booking.id,
            Booking.code,
            Booking.title,
            Booking.state,
            Booking.starts_at,
            Booking.ends_at,
            Booking.changed_at,
            Booking.version,
            Resource.name.label("place"),
            Resource.name_en.label("place_en"),
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.requester_id == person_id, Booking.ends_at > since)
    )
    return [
        FeedEntry(
            uid=f"booking-{row.id}@{DOMAIN}",
            span=Span(row.starts_at, row.ends_at),
            summary=row.title or named(row, "place"),
            location=named(row, "place"),
            changed_at=row.changed_at,
            sequence=row.version,
            cancelled=row.state in LOST,
            tentative=row.state is BookingState.REQUESTED,
            url=public_url("spaces.show", code=row.code),
        )
        for row in rows
    ]


def event_sessions() -> sa.Select[*tuple[Any, ...]]:
    """Sessions of events that were published, as `session_entry` reads them."""
    held = (Occupancy.owner_kind == "event", Occupancy.owner_id == EventSession.id)
    return (
        sa.select(
            EventSession.id,
            EventSession.starts_at,
            EventSession.ends_at,
            EventSession.displaced_at,
            EventSession.removed_at,
            Event.title,
            Event.title_en,
            Event.slug,
            Event.state,
            Event.created_at,
            Resource.name.label("place"),
            Resource.name_en.label("place_en"),
            sa.select(sa.func.max(Occupancy.sequence)).where(*held).scalar_subquery().label("sequence"),
            sa.select(sa.func.max(Occupancy.changed_at)).where(*held).scalar_subquery().label("changed_at"),
        )
        .join(Event, Event.id == EventSession.event_id)
        .join(Resource, Resource.id == EventSession.resource_id)
        .where(Event.state != EventState.DRAFT)
    )


def session_entry(row: Any, *, changes: int = 0, given_back_at: datetime | None = None) -> FeedEntry:
    """A session for everybody, or for the holder of a seat that changed so often and was given back then."""
    changed_at = row.changed_at or row.created_at
    off = row.removed_at is not None or row.state is EventState.CANCELLED
    return FeedEntry(
        uid=f"event-session-{row.id}@{DOMAIN}",
        span=Span(row.starts_at, row.ends_at),
        summary=named(row, "title"),
        location="" if row.displaced_at else named(row, "place"),
        changed_at=max(changed_at, given_back_at or changed_at),
        sequence=(row.sequence or 0) + changes,
        cancelled=bool(given_back_at) or off,
        tentative=row.displaced_at is not None,  # it has lost its room and will be held if another is found
        url=public_url("spaces_public.event", lang=lang(), slug=row.slug),
    )


def _seats(person_id: int, since: datetime) -> Asking[list[FeedEntry]]:
    """A seat is the person's who took it, or whose own address it was taken under; without one it was given back."""
    own = sa.or_(
        EventRegistration.person_id == person_id,
        sa.and_(EventRegistration.person_id.is_(None), EventRegistration.contact.in_(contacts_of(person_id))),
    )
    seated = EventRegistration.state == RegistrationState.REGISTERED
    rows = yield (
        event_sessions()
        .add_columns(
            seated.label("seated"),
            EventRegistration.sequence.label("changes"),
            EventRegistration.given_back_at,
        )
        .join(EventRegistration, EventRegistration.event_id == Event.id)
        .where(
            own,
            EventSession.ends_at > since,
            seated | EventRegistration.given_back_at.is_not(None),
            # What was taken out before was never this person's to be at.
            EventSession.is_kept | (EventSession.removed_at > EventRegistration.registered_at),
        )
    )
    # Two seats of one person are one thing to be at: the one that is kept counts.
    best = {row.id: row for row in sorted(rows, key=lambda row: row.seated)}
    return [
        session_entry(row, changes=row.changes, given_back_at=None if row.seated else row.given_back_at)
        for row in best.values()
    ]


def public_events(*, now: datetime) -> list[FeedEntry]:
    rows = db.session.execute(
        event_sessions().where(EventSession.ends_at > now - BACK).order_by(EventSession.starts_at)
    )
    return [session_entry(row) for row in rows]
