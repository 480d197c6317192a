"""Repeated bookings: which dates a pattern gives, and what a change to one, some or all of them does.

Dates are local; a series keeps its deleted dates for ever, so that no later change brings one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from .intervals import Span, at_local

MOST_OCCURRENCES = 200
_FREQUENCY: dict[str, Literal[1, 2, 3]] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Every(StrEnum):
    DAY = "daily"
    WEEK = "weekly"
    MONTH = "monthly"


class Scope(StrEnum):
    """Which occurrences a change is for."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A subset of RRULE. Monthly means the ``nth`` weekday (-1 = last), or else the day of the month."""

    every: Every
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if self.interval < 1:
            raise ValueError("interval")
        if self.until is None and self.count is None:
            raise ValueError("endless")
        if self.count is not None and not 1 <= self.count <= MOST_OCCURRENCES:
            raise ValueError("count")
        if self.nth is not None and self.nth not in (-1, 1, 2, 3, 4):
            raise ValueError("nth")

    def dates(self, first: date) -> list[date]:
        """All dates from ``first`` on; at most 200, a longer pattern is refused (ValueError "count")."""
        begin = datetime.combine(first, time())  # wall time, on purpose without a zone
        days = tuple(weekday(d) for d in self.weekdays) or None
        if self.every is Every.MONTH and self.nth is not None:
            days = tuple(weekday(d, self.nth) for d in self.weekdays or (first.weekday(),))
        elif self.every is Every.MONTH:
            days = None
        rule = rrule(
            _FREQUENCY[self.every],
            dtstart=begin,
            interval=self.interval,
            byweekday=days,
            count=self.count,
            until=None if self.until is None else datetime.combine(self.until, time()),
        )
        found: list[date] = []
        for moment in rule:
            if len(found) == MOST_OCCURRENCES:
                raise ValueError("count")
            found.append(moment.date())
        return found

    def rrule_text(self) -> str:
        """As stored: RFC 5545."""
        parts = [f"FREQ={self.every.value.upper()}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            sign = "" if self.nth is None else str(self.nth)
            parts.append("BYDAY=" + ",".join(sign + _DAYS[d] for d in self.weekdays))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def read_rrule(text: str) -> Pattern:
    """The pattern that ``rrule_text`` wrote."""
    parts = dict(part.split("=", 1) for part in text.split(";"))
    tokens = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    signs = {token[:-2] for token in tokens}
    nth = int(signs.pop()) if signs and signs != {""} else None
    return Pattern(
        every=Every(parts["FREQ"].lower()),
        interval=int(parts.get("INTERVAL", 1)),
        weekdays=tuple(_DAYS.index(token[-2:]) for token in tokens),
        nth=nth,
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=datetime.strptime(parts["UNTIL"], "%Y%m%d").date() if "UNTIL" in parts else None,  # noqa: DTZ007 - its date only
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """A series: pattern, first date, clock times, dates taken out, and dates that were moved."""

    pattern: Pattern
    first: date
    starts: time
    length: timedelta
    deleted: frozenset[date] = frozenset()
    moved: Mapping[date, tuple[date, time, timedelta]] = field(default_factory=dict)

    def occurrences(self) -> dict[date, Span]:
        """Original date -> when it takes place now. Deleted dates are not among them."""
        found: dict[date, Span] = {}
        for day in self.pattern.dates(self.first):
            if day in self.deleted:
                continue
            on, clock, length = self.moved.get(day, (day, self.starts, self.length))
            start = at_local(on, clock)
            found[day] = Span(start, start + length)
        return found


def without_dates(plan: Plan, dates: Iterable[date]) -> Plan:
    return replace(plan, deleted=plan.deleted | frozenset(dates))


def chosen(plan: Plan, at: date, scope: Scope) -> list[date]:
    """The original dates, still alive, that a change at one occurrence is for."""
    alive = plan.occurrences()
    if at not in alive:
        return []
    if scope is Scope.ONE:
        return [at]
    return [day for day in alive if scope is Scope.ALL or day >= at]


def rescheduled(
    plan: Plan, at: date, scope: Scope, *, starts: time, length: timedelta, shift: int = 0
) -> Plan:
    """Move the chosen occurrences to a new clock time and by ``shift`` days.

    The pattern's own dates stay the names of the occurrences, so deleted ones stay deleted and a date moved
    alone before keeps its own day unless it is itself chosen.
    """
    moved = dict(plan.moved)
    for day in chosen(plan, at, scope):
        moved[day] = (day + timedelta(days=shift), starts, length)
    return replace(plan, moved=moved)
