"""Longer views: all places over a week, and a month at a glance. Read once, cut into days here."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ...core.access import Actor
from ...core.i18n import _
from ...models import OccupancyState
from ..availability import OpeningCalendar
from ..intervals import HALF_HOUR, Span, at_local, monday_of
from .bars import Shown, Viewer, bar, grouped, together, viewer_for
from .place_rows import PlaceRow, own_places
from .world import OUTAGES, Entry, World, load, may_close

CLOCK = [f"{n // 60:02d}:{n % 60:02d}" for n in range(1441)]
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class Mini(NamedTuple):
    """One use in a cell of the week."""

    look: str
    times: str
    label: str
    url: str


class Brief(NamedTuple):
    """One place on one day: what takes place, and how many stretches are still free."""

    minis: Sequence[Mini]
    gaps: int


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """Places × days."""

    monday: date
    days: list[date]
    rows: list[tuple[PlaceRow, list[Brief]]]
    may_close: dict[date, str]


class Days:
    """Local days in a row, with the midnights between them, so that no moment is converted one by one."""

    def __init__(self, first: date, count: int) -> None:
        self.dates = [first + timedelta(days=n) for n in range(count)]
        self.midnights = [at_local(first + timedelta(days=n)) for n in range(count + 1)]

    def touched(self, span: Span) -> range:
        first = max(bisect_right(self.midnights, span.start) - 1, 0)
        last = min(
            bisect_right(self.midnights, span.end - timedelta(microseconds=1)) - 1, len(self.dates) - 1
        )
        return range(first, last + 1)

    def times(self, number: int, span: Span) -> str:
        """The part of a span on one day: 08:00–10:00."""
        start, end = max(span.start, self.midnights[number]), min(span.end, self.midnights[number + 1])
        if end - start >= _DAY:
            return _("cả ngày")
        a, b = (start - self.midnights[number]) // _MINUTE, -(-(end - self.midnights[number]) // _MINUTE)
        return f"{CLOCK[a]}–{CLOCK[b]}"


def week_grid(actor: Actor, day: date, *, now: datetime) -> WeekGrid:
    """Every place over Monday to Sunday, in the same number of statements as one day."""
    monday = monday_of(day)
    days = Days(monday, 7)
    places, staff = own_places()
    world = load(places, monday, monday + timedelta(days=7), reader=actor.person_id or 0, people=staff)
    viewer, openings = viewer_for(actor), _Openings(days, now)
    rows = [(place, _briefs(world, viewer, place, days, openings, now)) for place in places.values()]
    return WeekGrid(monday, days.dates, rows, may_close(world.calendars.values(), days.dates))


class _Openings:
    """How many stretches an empty day has, once for each calendar: most cells of a week are empty."""

    def __init__(self, days: Days, now: datetime) -> None:
        self.days, self.now = days, now
        self.known: dict[int, list[int]] = {}

    def empty(self, calendar: OpeningCalendar) -> list[int]:
        found = self.known.get(id(calendar))
        if found is None:
            found = self.known[id(calendar)] = [
                sum(s.end - max(s.start, self.now) >= HALF_HOUR for s in calendar.opening(day))
                for day in self.days.dates
            ]
        return found


def _briefs(
    world: World, viewer: Viewer, place: PlaceRow, days: Days, openings: _Openings, now: datetime
) -> list[Brief]:
    entries = world.entries_of(place.id)
    calendar = world.calendars[place.id]
    empty = openings.empty(calendar)
    is_watched = place.rules.supervision == "required"
    if not entries and not is_watched:
        return [Brief((), gaps) for gaps in empty]
    shared = place.rules.shared
    by_day: dict[int, list[Entry]] = defaultdict(list)
    touched: set[int] = set()
    for entry in entries:
        touched.update(days.touched(entry.block))
        if not shared or entry.owner_kind in OUTAGES:
            for number in days.touched(entry.span):
                by_day[number].append(entry)
    searched = world.place(place.id, units=1 if shared else None, watched=is_watched)
    briefs = []
    for number, day in enumerate(days.dates):
        gaps = empty[number]
        if gaps and (is_watched or number in touched):
            gaps = sum(gap.length >= HALF_HOUR for gap in searched.gaps(day, now))
        briefs.append(Brief(_minis(by_day.get(number, ()), number, days, viewer), gaps))
    return briefs


def _minis(entries: Sequence[Entry], number: int, days: Days, viewer: Viewer) -> Sequence[Mini]:
    if not entries:
        return ()
    solid = together(e for e in entries if e.state is not OccupancyState.REQUESTED)
    minis: list[tuple[Span, Shown]] = [(span, what) for span, _block, what in solid]
    minis += grouped([e for e in entries if e.state is OccupancyState.REQUESTED])
    found = []
    for span, what in sorted(minis, key=lambda pair: pair[0]):
        look, label, _small, _times, url = bar(span, what, viewer)
        found.append(Mini(look, days.times(number, span), label, url))
    return found


@dataclass(slots=True)
class MonthDay:
    """One day of a month: what may be read of it, how much is used, why it is closed."""

    day: date
    inside: bool
    is_open: bool
    closed: str = ""
    may_close: str = ""
    uses: int = 0
    waiting: int = 0
    free: int = 0  # places with a free stretch
    minis: list[Mini] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MonthGrid:
    first: date
    weeks: list[list[MonthDay]]
    place: PlaceRow | None

    @property
    def days(self) -> list[MonthDay]:
        return [day for week in self.weeks for day in week if day.inside]


MOST_MINIS = 4


def month_grid(actor: Actor, day: date, *, now: datetime, place_id: int | None = None) -> MonthGrid:
    """The weeks of a month: of one place everything that takes place, of all only what has a title to read."""
    first = day.replace(day=1)
    until = (first + timedelta(days=32)).replace(day=1)
    start, end = monday_of(first), monday_of(until - _DAY) + timedelta(days=7)
    places, staff = own_places()
    chosen = places.get(place_id) if place_id is not None else None
    shown = {chosen.id: chosen} if chosen is not None else places
    world = load(shown, start, end, reader=actor.person_id or 0, people={**staff, **places})
    days, viewer = Days(start, (end - start).days), viewer_for(actor)
    cells = [MonthDay(d, first <= d < until, *_opening(world, d)) for d in days.dates]
    off = may_close(world.calendars.values(), days.dates)
    for cell in cells:
        cell.may_close = off.get(cell.day, "")
    _fill(cells, world, days, viewer, is_one=chosen is not None)
    openings = _Openings(days, now)
    for place in shown.values():
        for number, brief in enumerate(_briefs(world, viewer, place, days, openings, now)):
            cells[number].free += bool(brief.gaps)
    return MonthGrid(first, [cells[n : n + 7] for n in range(0, len(cells), 7)], chosen)


def _opening(world: World, day: date) -> tuple[bool, str]:
    """Whether anything is open, and the reason when all is closed."""
    calendars = {id(c): c for c in world.calendars.values()}.values()
    is_open = any(c.opening(day) for c in calendars)
    because = next((c.closed_because(day) for c in calendars if c.closed_because(day)), None)
    return is_open, "" if is_open else because or ""


def _fill(cells: list[MonthDay], world: World, days: Days, viewer: Viewer, *, is_one: bool) -> None:
    seen: set[tuple[str, int, datetime]] = set()
    entries = {id(e): e for place in world.places for e in world.entries_of(place)}.values()
    for entry in sorted(entries, key=lambda e: e.span):
        key = (entry.owner_kind, entry.owner_id, entry.span.start)
        if key in seen:
            continue
        seen.add(key)
        is_shown = is_one or (entry.title_public and entry.title) or viewer.is_mine(entry)
        for number in days.touched(entry.span):
            cell = cells[number]
            if entry.state is OccupancyState.REQUESTED:
                cell.waiting += 1
            elif entry.owner_kind not in OUTAGES:
                cell.uses += 1
            if is_shown and len(cell.minis) < MOST_MINIS:
                what = [entry] if entry.state is OccupancyState.REQUESTED else entry
                look, label, _small, _times, url = bar(entry.span, what, viewer)
                cell.minis.append(Mini(look, days.times(number, entry.span), label, url))


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def previous_month(day: date) -> date:
    return (day.replace(day=1) - _DAY).replace(day=1)
