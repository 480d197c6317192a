"""Use in numbers: lượt, hours, people, share of open and of all hours, no-shows. Pure, by local dates.

A lượt is one occurrence that was not declined. People = confirmed head-count, else checked-in, else expected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .availability import OpeningCalendar
from .intervals import Span, clipped, local_date, local_day, local_days, merged, total, within


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One booking or event as it counts. ``places`` are the atomic places that it held."""

    span: Span
    places: tuple[int, ...]
    purpose: str
    organisation: str
    expected: int = 0
    checked_in: int | None = None
    confirmed: int | None = None
    no_show: bool = False
    price: int = 0

    @property
    def people(self) -> int:
        if self.confirmed is not None:
            return self.confirmed
        return self.expected if self.checked_in is None else self.checked_in


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report."""

    key: Hashable
    count: int
    people: int
    hours: float
    no_shows: int
    price: int = 0

    @property
    def no_show_rate(self) -> float:
        return self.no_shows / self.count if self.count else 0.0


def grouped(rows: Iterable[Occurrence], key: Callable[[Occurrence], Hashable]) -> list[Line]:
    """Lines by purpose, organisation or month, largest first; hours are those of the occurrence, once."""
    groups: dict[Hashable, list[Occurrence]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    lines = [_line(name, members) for name, members in groups.items()]
    return sorted(lines, key=lambda line: (-line.count, str(line.key)))


def _line(key: Hashable, rows: list[Occurrence]) -> Line:
    return Line(
        key,
        len(rows),
        sum(row.people for row in rows if not row.no_show),
        sum((row.span.length for row in rows), timedelta()) / timedelta(hours=1),
        sum(row.no_show for row in rows),
        sum(row.price for row in rows),
    )


def complete(lines: Iterable[Line], keys: Iterable[Hashable]) -> list[Line]:
    """One line for each key, in their order; where nothing took place it says so."""
    known = {line.key: line for line in lines}
    return [known.get(key) or Line(key, 0, 0, 0.0, 0) for key in keys]


def day_of(row: Occurrence) -> date:
    return local_date(row.span.start)


def month_of(row: Occurrence) -> tuple[int, int]:
    day = local_date(row.span.start)
    return day.year, day.month


@dataclass(frozen=True, slots=True)
class UseOfPlace:
    """Hours of one place in a period. ``open_used`` lies inside opening hours, so its share is at most 1."""

    place: int
    used: float
    open_used: float
    open_hours: float
    all_hours: float
    count: int

    @property
    def open_share(self) -> float:
        return self.open_used / self.open_hours if self.open_hours else 0.0

    @property
    def all_share(self) -> float:
        return self.used / self.all_hours if self.all_hours else 0.0


def use_of_places(
    rows: Iterable[Occurrence], calendars: Mapping[int, OpeningCalendar], first: date, until: date
) -> list[UseOfPlace]:
    """How much each place was used from ``first`` up to, not including, ``until``.

    Parallel uses of one shared place count once: the question is when it was in use. No-shows are no use.
    """
    window = local_days(first, until)
    spans: dict[int, list[Span]] = defaultdict(list)
    for row in rows:
        if not row.no_show:
            for place in row.places:
                spans[place].append(row.span)
    return [_use(place, spans[place], calendar, window) for place, calendar in calendars.items()]


def _use(place: int, spans: list[Span], calendar: OpeningCalendar, window: Span) -> UseOfPlace:
    inside = clipped(spans, window)
    used = merged(inside)
    opening = [s for day in days_between(window) for s in calendar.opening(day)]
    hour = timedelta(hours=1)
    return UseOfPlace(
        place,
        total(used) / hour,
        total(within(used, opening)) / hour,
        total(opening) / hour,
        window.length / hour,
        len(inside),
    )


def days_between(window: Span) -> Iterable[date]:
    day = local_date(window.start)
    while local_day(day).start < window.end:
        yield day
        day += timedelta(days=1)
