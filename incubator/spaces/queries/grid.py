"""The calendar as people see it: rooms × hours of a day, rooms × days of a week, gaps for phones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...core.access import Actor
from ...models import OccupancyState
from ..intervals import HALF_HOUR, local_day, local_time, monday_of
from .bars import Row, Viewer, bar, cells_of, full_times, grouped, notes_of, viewer_for
from .world import OUTAGES, PlaceRow, World, load, place_rows

FIRST_HOUR, LAST_HOUR = 7, 21
MOST_SHOWN_GAPS = 6


@dataclass(frozen=True, slots=True)
class DayGrid:
    day: date
    first_hour: int
    last_hour: int
    rows: list[Row]
    now_hour: int | None
    now_half: bool


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """Places × days: for each day what takes place, and the hours still free."""

    monday: date
    days: list[date]
    rows: list[tuple[PlaceRow, list[Row]]]


def day_grid(actor: Actor, day: date, *, now: datetime, people: int = 0, partners: bool = False) -> DayGrid:
    """Every place on one day."""
    world = load(place_rows(partners=partners), day, day + timedelta(days=1))
    viewer = viewer_for(actor, world)
    first, last = _hours(world, [day])
    rows = [_row(world, viewer, place, day, first, last, now, people) for place in world.places.values()]
    here = local_time(now)
    shown = here.hour if here.date() == day and first <= here.hour < last else None
    return DayGrid(day, first, last, rows, shown, here.minute >= 30)


def week_grid(actor: Actor, day: date, *, now: datetime, partners: bool = False) -> WeekGrid:
    """Every place over Monday to Sunday, in the same number of statements as one day."""
    monday = monday_of(day)
    days = [monday + timedelta(days=n) for n in range(7)]
    world = load(place_rows(partners=partners), monday, monday + timedelta(days=7))
    viewer = viewer_for(actor, world)
    rows = [(place, _brief_week(world, viewer, place, days, now)) for place in world.places.values()]
    return WeekGrid(monday, days, rows)


def _brief_week(
    world: World, viewer: Viewer, place: PlaceRow, days: Sequence[date], now: datetime
) -> list[Row]:
    """A place's week without its open half-hours: only what takes place, and the gaps. Read once for all days."""
    found = world.place(place.id, units=1 if place.rules.shared else None)
    if place.rules.shared:
        entries = [e for e in world.entries_of(place.id) if e.owner_kind in OUTAGES]
    else:
        entries = world.entries_of(place.id)
    rows: list[Row] = []
    for day in days:
        whole = local_day(day)
        today = [e for e in entries if e.span.overlaps(whole)]
        solid = [e for e in today if e.state is not OccupancyState.REQUESTED]
        waiting = grouped([e for e in today if e.state is OccupancyState.REQUESTED])
        cells = [bar(e.span, e, 0, 0, 1, whole.start, viewer) for e in solid]
        cells += [bar(span, group, 2, 0, 1, whole.start, viewer) for span, group in waiting]
        gaps = [gap for gap in found.gaps(day, now) if gap.length >= HALF_HOUR] if whole.end > now else []
        rows.append(Row(place, day, cells, gaps))
    return rows


def place_week(actor: Actor, place_id: int, day: date, *, now: datetime) -> tuple[DayGrid, ...]:
    """One place, seven days, hour by hour."""
    monday = monday_of(day)
    days = [monday + timedelta(days=n) for n in range(7)]
    world = load(place_rows(ids=[place_id]), monday, monday + timedelta(days=7))
    viewer = viewer_for(actor, world)
    first, last = _hours(world, days)
    return tuple(
        DayGrid(
            d, first, last, [_row(world, viewer, world.places[place_id], d, first, last, now, 0)], None, False
        )
        for d in days
    )


def _hours(world: World, days: Sequence[date]) -> tuple[int, int]:
    """07-21, wider when something takes place earlier or later."""
    first, last = FIRST_HOUR, LAST_HOUR
    for entries in world.entries.values():
        for entry in entries:
            for day in days:
                whole = local_day(day)
                if entry.owner_kind in OUTAGES or not entry.span.overlaps(whole):
                    continue
                if entry.span.start >= whole.start:
                    first = min(first, local_time(entry.span.start).hour)
                if entry.span.end <= whole.end:
                    end = local_time(entry.span.end)
                    last = max(last, 24 if end.date() > day else -(-(end.hour * 60 + end.minute) // 60))
    return first, last


def _row(
    world: World,
    viewer: Viewer,
    place: PlaceRow,
    day: date,
    first: int,
    last: int,
    now: datetime,
    people: int,
) -> Row:
    entries = [e for e in world.entries_of(place.id) if e.block.overlaps(local_day(day))]
    searched = world.place(place.id, units=1 if place.rules.shared else None)
    gaps = [gap for gap in searched.gaps(day, now) if gap.length >= HALF_HOUR]
    row = Row(
        place, day, [], gaps[:MOST_SHOWN_GAPS], too_small=bool(place.capacity and people > place.capacity)
    )
    start = local_day(day).start
    opening = world.calendars[place.id].opening(day)
    if place.rules.shared:
        entries = full_times(entries, place, searched.busy_near(local_day(day)))
    row.cells = cells_of(entries, opening, start, first, last, now, viewer, place)
    row.notes = notes_of(world, viewer, place, day, entries)
    return row
