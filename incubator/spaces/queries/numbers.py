"""The centre's year in numbers: loads the rows, `figures.py` counts them. Local dates throughout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Booking,
    BookingState,
    Event,
    EventAttendance,
    EventRegistration,
    EventSession,
    EventState,
    Occupancy,
    OccupancyState,
    Organisation,
    Purpose,
    RegistrationState,
    Resource,
)
from ..figures import Line, Occurrence, UseOfPlace, complete, day_of, grouped, month_of, use_of_places
from ..intervals import Span, local_date, local_days
from .place_rows import PlaceRow
from .world import load_calendars, place_rows

LONGEST_BY_DAY = 31
HELD_EVENTS = (EventState.PUBLISHED, EventState.DONE)
COUNTED = (BookingState.CONFIRMED, BookingState.DONE, BookingState.NO_SHOW)


def occurrences(first: date, until: date) -> list[Occurrence]:
    """Every lượt that begins in [first, until): bookings and meetings of events, each once."""
    window = local_days(first, until)
    return [*_bookings(window), *_sessions(window)]


def _atoms(kind: str, ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Owner id -> atomic places that it held; released rows too, what was once used stays used: not where it only
    would have been."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = db.session.execute(
        sa.select(Occupancy.owner_id, Occupancy.resource_id).where(
            Occupancy.owner_kind == kind,
            Occupancy.owner_id.in_(ids),
            Occupancy.state.not_in((OccupancyState.DISPLACED, OccupancyState.MOVED)),
        )
    )
    for owner_id, resource_id in rows:
        found[owner_id].add(resource_id)
    return {owner: tuple(sorted(places)) for owner, places in found.items()}


def _bookings(window: Span) -> list[Occurrence]:
    rows = db.session.execute(
        sa.select(
            Booking.id,
            Booking.starts_at,
            Booking.ends_at,
            Booking.checked_out_at,
            Booking.resource_id,
            Booking.purpose,
            sa.func.coalesce(Organisation.name, Booking.body_name),
            Booking.expected,
            Booking.checked_in,
            Booking.confirmed,
            Booking.state,
            Booking.price,
        )
        .outerjoin(Organisation, Organisation.id == Booking.organisation_id)
        .where(Booking.state.in_(COUNTED), Booking.starts_at >= window.start, Booking.starts_at < window.end)
        .order_by(Booking.starts_at)
    ).all()
    atoms = _atoms("booking", [row[0] for row in rows])
    return [
        Occurrence(
            Span(r[1], min(r[2], r[3]) if r[3] is not None and r[3] > r[1] else r[2]),
            atoms.get(r[0], (r[4],)),
            r[5].value,
            r[6] or "",
            r[7],
            r[8],
            r[9],
            r[10] is BookingState.NO_SHOW,
            r[11],
        )
        for r in rows
    ]


def _sessions(window: Span) -> list[Occurrence]:
    present = (
        sa.select(sa.func.count(EventAttendance.id))
        .where(EventAttendance.session_id == EventSession.id)
        .scalar_subquery()
    )
    seated = (
        sa.select(sa.func.count(EventRegistration.id))
        .where(
            EventRegistration.event_id == EventSession.event_id,
            EventRegistration.state == RegistrationState.REGISTERED,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            EventSession.id,
            EventSession.starts_at,
            EventSession.ends_at,
            EventSession.resource_id,
            sa.func.coalesce(Organisation.name, "BIIC"),
            seated,
            present,
            EventSession.confirmed,
            Event.trains,
        )
        .join(Event, Event.id == EventSession.event_id)
        .outerjoin(Organisation, Organisation.id == Event.host_id)
        .where(
            Event.state.in_(HELD_EVENTS),
            EventSession.displaced_at.is_(None),
            EventSession.is_kept,
            EventSession.starts_at >= window.start,
            EventSession.starts_at < window.end,
        )
    ).all()
    atoms = _atoms("event", [row[0] for row in rows])
    return [
        Occurrence(
            Span(r[1], r[2]),
            atoms.get(r[0], (r[3],)),
            Purpose.TRAINING if r[8] else Purpose.EVENT,
            r[4],
            int(r[5]),
            int(r[6]) or None,
            r[7],
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Crowded:
    """A use in which more people were counted than its place has seats: staff look again, the numbers count them."""

    starts_at: datetime
    place: str
    place_en: str
    people: int
    seats: int


def crowded(first: date, until: date) -> list[Crowded]:
    """Those that begin in [first, until), the most people first."""
    window = local_days(first, until)
    counted = sa.func.coalesce(Booking.confirmed, Booking.checked_in).label("people")
    bookings = sa.select(Booking.starts_at, Booking.resource_id, counted).where(
        Booking.state.in_(COUNTED), Booking.state != BookingState.NO_SHOW
    )
    sessions = (
        sa.select(EventSession.starts_at, EventSession.resource_id, EventSession.confirmed)
        .join(Event, Event.id == EventSession.event_id)
        .where(
            Event.state.in_(HELD_EVENTS),
            EventSession.displaced_at.is_(None),
            EventSession.is_kept,
        )
    )
    uses = sa.union_all(bookings, sessions).subquery()
    rows = db.session.execute(
        sa.select(uses.c.starts_at, Resource.name, Resource.name_en, uses.c.people, Resource.capacity)
        .join(Resource, Resource.id == uses.c.resource_id)
        .where(
            uses.c.starts_at >= window.start, uses.c.starts_at < window.end, uses.c.people > Resource.capacity
        )
        .order_by(uses.c.people.desc(), uses.c.starts_at)
    )
    return [Crowded(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Report:
    """Numbers of a period, for screen, chart and workbook."""

    first: date
    until: date
    count: int
    people: int
    no_shows: int
    no_show_rate: float  # of those that have begun
    coming: int  # of `count`, those that have not begun yet: their people are the expected ones
    people_coming: int
    price: int  # đồng, as fixed when booked; missed uses too
    places: list[tuple[PlaceRow, UseOfPlace]]
    purposes: list[Line]
    organisations: list[Line]
    crowded: list[Crowded]
    steps: list[Line]  # the months of a longer period, the days of a month, also those without use

    @property
    def used(self) -> list[tuple[PlaceRow, UseOfPlace]]:
        return [line for line in self.places if line[1].count]

    @property
    def unused(self) -> list[PlaceRow]:
        return [place for place, use in self.places if not use.count]


def report(first: date, until: date, *, now: datetime) -> Report:
    rows = occurrences(first, until)
    coming = [row for row in rows if row.span.start > now]
    begun = len(rows) - len(coming)
    atomic = _atomic_ids()
    places = {i: row for i, row in place_rows().items() if i in atomic}
    uses = use_of_places(rows, load_calendars(places.values(), first, until), first, until)
    by_place = [(places[use.place], use) for use in uses]
    return Report(
        first,
        until,
        len(rows),
        sum(row.people for row in rows if not row.no_show),
        sum(row.no_show for row in rows),
        sum(row.no_show for row in rows) / begun if begun else 0.0,
        len(coming),
        sum(row.people for row in coming),
        sum(row.price for row in rows),
        sorted(by_place, key=lambda line: -line[1].used),
        grouped(rows, lambda row: row.purpose),
        grouped(rows, lambda row: row.organisation),
        crowded(first, until),
        _steps(rows, first, until),
    )


def _steps(rows: list[Occurrence], first: date, until: date) -> list[Line]:
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    if len(days) <= LONGEST_BY_DAY:
        return complete(grouped(rows, day_of), days)
    return complete(grouped(rows, month_of), dict.fromkeys((day.year, day.month) for day in days))


def _atomic_ids() -> set[int]:
    return set(db.session.scalars(sa.select(Resource.id).where(Resource.composed.is_(False))))


def year_figures(year: int) -> dict[str, int]:
    """`bookings` (lượt) and `people` of a local year, computed from rows, for the report of figures."""
    rows = occurrences(date(year, 1, 1), date(year + 1, 1, 1))
    return {"bookings": len(rows), "people": sum(row.people for row in rows if not row.no_show)}


def years() -> list[int]:
    """Local years that have bookings, newest first."""
    low, high = db.session.execute(
        sa.select(sa.func.min(Booking.starts_at), sa.func.max(Booking.starts_at))
    ).one()
    if low is None or high is None:
        return []
    return list(range(local_date(high).year, local_date(low).year - 1, -1))
