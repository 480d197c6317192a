"""The calendar as people see it: places × hours of a day, one place hour by hour, gaps for phones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...core.access import Actor
from ..intervals import HALF_HOUR, Span, at_local, local_date, local_day, local_time, monday_of
from .bars import Row, Viewer, cells_of, full_times, notes_of, viewer_for
from .place_rows import PlaceRow, own_places
from .world import OUTAGES, World, load, load_calendars, may_close, own_calendars

FIRST_HOUR, LAST_HOUR = 7, 21
MOST_SHOWN_GAPS = 6
NIGHT = timedelta(hours=12)  # what lasts longer is seen by day as well
LOOK_AHEAD = 21  # days searched for one that is open


@dataclass(frozen=True, slots=True)
class DayGrid:
    day: date
    first_hour: int
    last_hour: int
    rows: list[Row]
    now_hour: int | None
    now_half: bool
    may_close: str = ""  # why the day may still become a day off


def first_open(now: datetime) -> datetime:
    """The next moment at which something of the centre is open: where calendars and searches begin."""
    today = local_date(now)
    calendars = own_calendars(today, today + timedelta(days=LOOK_AHEAD))
    for n in range(LOOK_AHEAD):
        day = today + timedelta(days=n)
        spans = [span for c in calendars for span in c.opening(day) if span.end - HALF_HOUR > now]
        if spans:
            return max(now, min(span.start for span in spans))
    return now


def day_world(actor: Actor, day: date) -> World:
    """Every place on one day, for the grid and for a search of that day."""
    places, staff = own_places()
    return load(places, day, day + timedelta(days=1), reader=actor.person_id or 0, people=staff)


def day_grid(actor: Actor, day: date, world: World, *, now: datetime, people: int = 0) -> DayGrid:
    """Every place on one day."""
    viewer = viewer_for(actor)
    first, last = _hours(world, [day])
    rows = [_row(world, viewer, place, day, (first, last), now, people) for place in world.places.values()]
    here = local_time(now)
    shown = here.hour if here.date() == day and first <= here.hour < last else None
    off = may_close(world.calendars.values(), [day])
    return DayGrid(day, first, last, rows, shown, here.minute >= 30, off.get(day, ""))


def place_week(actor: Actor, place: PlaceRow, day: date, *, now: datetime) -> tuple[DayGrid, ...]:
    """One place, seven days, hour by hour."""
    monday = monday_of(day)
    days = [monday + timedelta(days=n) for n in range(7)]
    world = load({place.id: place}, monday, monday + timedelta(days=7), reader=actor.person_id or 0)
    viewer = viewer_for(actor)
    first, last = _hours(world, days)
    off = may_close(world.calendars.values(), days)
    return tuple(
        DayGrid(
            d,
            first,
            last,
            [_row(world, viewer, place, d, (first, last), now, 0)],
            None,
            False,
            off.get(d, ""),
        )
        for d in days
    )


def may_close_on(place: PlaceRow, day: date) -> str:
    """Why a day may still become a day off of a place; empty where it is sure."""
    calendar = load_calendars([place], day, day + timedelta(days=1))[place.id]
    return calendar.may_close_because(day) or ""


def _hours(world: World, days: Sequence[date]) -> tuple[int, int]:
    """07-21, wider when something takes place earlier or later."""
    first, last = FIRST_HOUR, LAST_HOUR
    usual = {
        day: Span(at_local(day) + first * 2 * HALF_HOUR, at_local(day) + last * 2 * HALF_HOUR) for day in days
    }
    for entries in world.entries.values():
        for entry in entries:
            if entry.owner_kind in OUTAGES or any(span.covers(entry.span) for span in usual.values()):
                continue
            for day in days:
                whole = local_day(day)
                if not entry.span.overlaps(whole):
                    continue
                if entry.span.length <= NIGHT and not whole.covers(entry.span):  # before and after midnight
                    first, last = (first, 24) if entry.span.start >= whole.start else (0, last)
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
    hours: tuple[int, int],
    now: datetime,
    people: int,
) -> Row:
    whole = local_day(day)
    entries = [e for e in world.entries_of(place.id) if e.block.overlaps(whole)]
    watched = place.rules.supervision == "required"
    searched = world.place(place.id, units=1 if place.rules.shared else None, watched=watched)
    gaps = [gap for gap in searched.gaps(day, now) if gap.length >= HALF_HOUR]
    too_small = bool(place.capacity and people > place.capacity)
    if place.rules.shared:
        entries = full_times(entries, place, searched.busy_near(whole))
    opening = world.calendars[place.id].opening(day)
    cells = cells_of(entries, opening, whole.start, *hours, now, viewer)
    notes = notes_of(world, viewer, place, day, entries)
    return Row(place, day, cells, gaps[:MOST_SHOWN_GAPS], notes, too_small)
