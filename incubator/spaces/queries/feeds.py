"""What stands in a calendar feed: one entry per occurrence, cancelled ones for a while after."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...core.web import public_url
from ...models import (
    Booking,
    BookingState,
    CalendarFeed,
    CalendarImport,
    Event,
    EventSession,
    EventState,
    FeedKind,
    Occupancy,
    OccupancyState,
    Resource,
)
from ..calendar_feed import FeedEntry
from ..intervals import Span
from ..services.occupancy import topology

BACK = timedelta(days=90)
GONE_FOR = timedelta(days=30)
GONE = (OccupancyState.RELEASED, OccupancyState.DISPLACED)
DOMAIN = "biic.spaces"


def feeds_of(actor: Actor) -> list[CalendarFeed]:
    return list(
        db.session.scalars(
            sa.select(CalendarFeed)
            .where(CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None))
            .order_by(CalendarFeed.id)
        )
    )


def entries_of(feed: CalendarFeed, *, now: datetime) -> tuple[str, list[FeedEntry]]:
    """Name and entries of a secret feed."""
    if feed.kind is FeedKind.RESOURCE and feed.resource_id is not None:
        resource = db.session.get_one(Resource, feed.resource_id)
        return resource.name, of_resource(resource, now=now)
    return _("Lượt đặt của tôi"), of_person(feed.person_id, now=now)


def of_person(person_id: int, *, now: datetime) -> list[FeedEntry]:
    """A person's own bookings with their titles."""
    rows = db.session.execute(
        sa.select(Booking, Resource.name)
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.requester_id == person_id, Booking.ends_at > now - BACK)
        .order_by(Booking.starts_at, Booking.id)
    ).all()
    gone = (BookingState.CANCELLED, BookingState.DECLINED, BookingState.DISPLACED, BookingState.NO_SHOW)
    return [
        FeedEntry(
            uid=f"booking-{b.id}@{DOMAIN}",
            span=Span(b.starts_at, b.ends_at),
            summary=b.title or name,
            location=name,
            changed_at=b.changed_at,
            sequence=b.version,
            cancelled=b.state in gone,
            tentative=b.state is BookingState.REQUESTED,
            url=public_url("spaces.show", code=b.code),
        )
        for b, name in rows
        if b.state not in gone or b.changed_at > now - GONE_FOR
    ]


def of_resource(resource: Resource, *, now: datetime) -> list[FeedEntry]:
    """What holds a place, whoever the owner is; a title only where it is public."""
    atoms = topology([resource.id]).atoms([resource.id])
    rows = db.session.scalars(
        sa.select(Occupancy)
        .where(
            Occupancy.resource_id.in_(atoms),
            Occupancy.ends_at > now - BACK,
            Occupancy.state.in_((OccupancyState.CONFIRMED, OccupancyState.HELD, *GONE)),
        )
        .order_by(Occupancy.starts_at, Occupancy.sequence.desc(), Occupancy.id)
    ).all()
    asked = _asked({row.owner_id for row in rows if row.owner_kind == "import"})
    found: dict[str, FeedEntry] = {}
    for row in sorted(rows, key=lambda row: row.state in GONE):  # who lost a machine only still has the room
        if row.state in GONE and row.changed_at < now - GONE_FOR:
            continue
        key = _name(row, asked)
        found.setdefault(
            key,
            FeedEntry(
                uid=f"{key}@{DOMAIN}",
                span=Span(row.starts_at, row.ends_at),
                summary=row.title if row.title_public and row.title else _("Đã có lịch"),
                location=resource.name,
                changed_at=row.changed_at,
                sequence=row.sequence,
                cancelled=row.state in GONE,
            ),
        )
    return list(found.values())


def _asked(imports: set[int]) -> dict[int, int]:
    """The place that each import was read into; its rows may hold the parts of it."""
    if not imports:
        return {}
    found = sa.select(CalendarImport.id, CalendarImport.resource_id).where(CalendarImport.id.in_(imports))
    return dict(db.session.execute(found).all())


def _name(row: Occupancy, asked: dict[int, int]) -> str:
    """What names an occurrence for ever: one that was imported keeps its name when a later file moves it."""
    if row.owner_kind == "import" and row.uid:
        return f"import-{asked[row.owner_id]}-{row.uid}"
    return f"{row.owner_kind}-{row.owner_id}-{row.uid or _number(row)}"


def _number(row: Occupancy) -> str:
    """Outages may hold a place in several stretches; each is an occurrence of its own."""
    return (
        "0" if row.owner_kind in ("booking", "event", "session", "match") else f"{row.starts_at:%Y%m%dT%H%M}"
    )


def public_events(*, now: datetime) -> list[FeedEntry]:
    rows = db.session.execute(
        sa.select(EventSession, Event, Resource.name)
        .join(Event, Event.id == EventSession.event_id)
        .join(Resource, Resource.id == EventSession.resource_id)
        .where(Event.state != EventState.DRAFT, EventSession.ends_at > now - BACK)
        .order_by(EventSession.starts_at)
    ).all()
    versions = _sequences([s.id for s, _event, _name in rows])
    return [
        FeedEntry(
            uid=f"event-session-{s.id}@{DOMAIN}",
            span=Span(s.starts_at, s.ends_at),
            summary=e.title,
            location=name,
            changed_at=s.displaced_at or e.created_at,
            sequence=versions.get(s.id, 0),
            cancelled=e.state is EventState.CANCELLED or s.displaced_at is not None,
            url=public_url("spaces_public.event", lang="vi", slug=e.slug),
        )
        for s, e, name in rows
    ]


def _sequences(session_ids: list[int]) -> dict[int, int]:
    return dict(
        db.session.execute(
            sa.select(Occupancy.owner_id, sa.func.max(Occupancy.sequence))
            .where(Occupancy.owner_kind == "event", Occupancy.owner_id.in_(session_ids))
            .group_by(Occupancy.owner_id)
        ).all()
    )
