"""One recurrence rule of a calendar file: its starts near a window, in bounded time. Pure."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr

from .calendar_file import UnreadableCalendarError

MOST_OCCURRENCES = 50_000
MOST_SECONDS = 20.0
# The calendar with its weekdays repeats every 400 years.
_ERA = timedelta(days=146_097)
_FINE = {"SECONDLY", "MINUTELY", "HOURLY"}
_FINE_BY = {"BYMONTH", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND"}
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(slots=True)
class Budget:
    """Stops files that would expand for ever: by time on the way to the window, by number inside it."""

    left: int = MOST_OCCURRENCES
    steps: int = 0
    until: float = field(default_factory=lambda: stopwatch.monotonic() + MOST_SECONDS)

    def begin(self, summary: str) -> None:
        if stopwatch.monotonic() > self.until:
            raise UnreadableCalendarError("too_slow", summary=summary)

    def step(self, summary: str) -> None:
        self.steps += 1
        if self.steps % 64 == 0:
            self.begin(summary)

    def keep(self, summary: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise UnreadableCalendarError("too_many", summary=summary, most=MOST_OCCURRENCES)


def until_of(value: Any, zone: tzinfo) -> datetime | None:
    """The last possible start in the rule's own wall time, None without one; a date includes that date."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime.combine(value, time.max)
    try:
        return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # “until the end of time”
        return None


def starts_of(
    rule: Any, first: datetime, early: datetime, late: datetime, summary: str, budget: Budget
) -> Iterator[datetime]:
    """The starts of one rule from `early` to before `late`, in wall time.

    dateutil looks for a date that never comes until the year 9999, so it is asked in the latest era that holds
    the window: what would take minutes from today takes half a second from there.
    """
    budget.begin(summary)
    _refuse_endless(rule, summary)
    later = max(0, (9998 - max(first.year, late.year)) // 400) * _ERA
    parts = rule.to_ical().decode().split(";")
    text = ";".join(part for part in parts if not part.upper().startswith("UNTIL="))
    early, late = early + later, late + later
    expanded: Any = rrulestr(text, dtstart=first + later)
    for moment in expanded:
        budget.step(summary)
        if moment >= late:
            return
        if moment >= early:
            yield moment - later


def _refuse_endless(rule: Any, summary: str) -> None:
    """Rules within the day with conditions on days, and dates that no calendar has."""
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    by = {str(name).upper() for name in rule if str(name).upper().startswith("BY")}
    if "BYEASTER" in by or (frequency in _FINE and not by <= _FINE_BY):
        raise UnreadableCalendarError("too_fine", summary=summary)
    if any(int(number) < 1 for number in rule.get("INTERVAL", [])):
        raise ValueError("INTERVAL")
    months = [int(month) for month in rule.get("BYMONTH", range(1, 13))]
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", [])]
    if not any(
        1 <= day <= _DAYS_IN_MONTH[month - 1] for month in months for day in days or [1] if 1 <= month <= 12
    ):
        raise UnreadableCalendarError("no_such_day", summary=summary)
