"""Half-open stretches of time ``[start, end)`` in UTC, and the local dates they belong to.

Every moment is aware and in UTC; dates and clock times are those of Vietnam. 00:00-07:00 local is the day
before in UTC, so nothing outside this module may call ``.date()`` on a stored moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ..core.clock import LOCAL, at_local

__all__ = [
    "HALF_HOUR",
    "LOCAL",
    "MIDNIGHT",
    "Span",
    "at_local",
    "clipped",
    "dates_of",
    "hours",
    "local_date",
    "local_day",
    "local_days",
    "local_time",
    "local_week",
    "merged",
    "monday_of",
    "total",
    "within",
    "without",
]

MIDNIGHT = time(0, 0)
HALF_HOUR = timedelta(minutes=30)


class Span(NamedTuple):
    """One stretch ``[start, end)``; two that only touch do not overlap."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def shifted(self, by: timedelta) -> Span:
        return Span(self.start + by, self.end + by)


def local_time(moment: datetime) -> datetime:
    return moment.astimezone(LOCAL)


def half_hour_from(moment: datetime) -> datetime:
    """The moment itself, or the next half hour after it."""
    here = local_time(moment)
    late = timedelta(minutes=here.minute % 30, seconds=here.second, microseconds=here.microsecond)
    return moment - late + timedelta(minutes=30) if late else moment


def local_date(moment: datetime) -> date:
    """The date in Vietnam that a moment belongs to."""
    return moment.astimezone(LOCAL).date()


def local_days(first: date, until: date) -> Span:
    """All of the local dates from ``first`` up to, not including, ``until``."""
    return Span(at_local(first, MIDNIGHT), at_local(until, MIDNIGHT))


def local_day(day: date) -> Span:
    return local_days(day, day + timedelta(days=1))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def local_week(day: date) -> Span:
    """Monday to Monday around a date."""
    monday = monday_of(day)
    return local_days(monday, monday + timedelta(days=7))


def dates_of(span: Span) -> Iterator[date]:
    """Every local date that the span touches."""
    day = local_date(span.start)
    last = local_date(span.end - timedelta(microseconds=1)) if span.end > span.start else day
    while day <= last:
        yield day
        day += timedelta(days=1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted stretches that neither overlap nor touch."""
    joined: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if joined and span.start <= joined[-1].end:
            if span.end > joined[-1].end:
                joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def within(spans: Iterable[Span], limits: Iterable[Span]) -> list[Span]:
    """The time that lies in both."""
    left, right = merged(spans), merged(limits)
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].start, right[j].start)
        end = min(left[i].end, right[j].end)
        if start < end:
            common.append(Span(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return common


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The time of ``spans`` that is not in ``taken``."""
    blocks = merged(taken)
    left: list[Span] = []
    for span in merged(spans):
        start = span.start
        for block in blocks:
            if block.end <= start:
                continue
            if block.start >= span.end:
                break
            if block.start > start:
                left.append(Span(start, block.start))
            start = max(start, block.end)
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def total(spans: Iterable[Span]) -> timedelta:
    return sum((span.length for span in spans), timedelta())


def hours(length: timedelta) -> float:
    return length / timedelta(hours=1)


def clipped(spans: Sequence[Span], window: Span) -> list[Span]:
    """The part of each span inside the window, one for one, the empty ones left out."""
    cut = (Span(max(s.start, window.start), min(s.end, window.end)) for s in spans)
    return [span for span in cut if span.start < span.end]
