"""iCalendar in: every occurrence of somebody's file within a window, or one sentence on why not. Pure.

All-day and floating times are local. A rule is expanded in the wall time of its own zone; UNTIL written as a
date includes that date. EXDATE, RDATE (also periods) and RECURRENCE-ID (also THISANDFUTURE) count; what is
cancelled does not.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr

from .calendar_file import Components, UnreadableCalendarError, by_uid, events_of, summary_of
from .intervals import LOCAL, Span

__all__ = ["Imported", "UnreadableCalendarError", "read"]

MOST_OCCURRENCES = 50_000
MOST_SECONDS = 20.0
_DAY = timedelta(days=1)
_FINE = {"SECONDLY", "MINUTELY"}
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, order=True)
class Imported:
    """One occurrence read from a file; ``instance`` tells the occurrences of one UID apart."""

    start: datetime
    uid: str
    instance: str
    end: datetime
    summary: str
    all_day: bool = False

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(slots=True)
class _Budget:
    """Stops files that would expand for ever."""

    left: int = MOST_OCCURRENCES
    until: float = field(default_factory=lambda: stopwatch.monotonic() + MOST_SECONDS)

    def spend(self, summary: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise UnreadableCalendarError("too_many", summary=summary, most=MOST_OCCURRENCES)
        if self.left % 64 == 0 and stopwatch.monotonic() > self.until:
            raise UnreadableCalendarError("too_slow", summary=summary)


def read(data: bytes, window: Span) -> list[Imported]:
    """Occurrences that lie at least partly in the window, sorted by start.

    Raises UnreadableCalendarError for anything that is not a calendar or would not end.
    """
    groups = by_uid(events_of(data))
    budget = _Budget()
    found: list[Imported] = []
    for uid, series in groups.items():
        try:
            found += _expand(uid, series, window, budget)
        except UnreadableCalendarError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError) as error:
            raise UnreadableCalendarError(
                "bad_event",
                summary=summary_of((series.masters or series.changes)[0]),
                detail=type(error).__name__,
            ) from error
    return sorted(found)


def _expand(uid: str, series: Components, window: Span, budget: _Budget) -> Iterator[Imported]:
    changes = {_key(event["RECURRENCE-ID"].dt): event for event in _newest(series.changes, by_instance=True)}
    onward = sorted((key, event) for key, event in changes.items() if _is_this_and_future(event))
    masters = _newest(series.masters, by_instance=False)
    for event in masters:
        single = len(masters) == 1 and not any(key in event for key in ("RRULE", "RDATE"))
        yield from _master(uid, event, changes, onward, window, budget, single=single)
    for key, event in changes.items():
        if not _is_cancelled(event):
            start, end = _times(event)
            yield from _one(uid, event, start, end, f"{key:%Y%m%dT%H%M%SZ}", window, budget)


def _master(
    uid: str,
    event: Any,
    changes: dict[datetime, Any],
    onward: list[tuple[datetime, Any]],
    window: Span,
    budget: _Budget,
    *,
    single: bool,
) -> Iterator[Imported]:
    """`single`: the only occurrence of its UID; it stays the same one when the file moves it."""
    if _is_cancelled(event):
        return
    start, end = _times(event)
    length = end - start
    out = {_key(value.dt) for value in _values(event, "EXDATE")}
    out_days = {value.dt for value in _values(event, "EXDATE") if not isinstance(value.dt, datetime)}
    zone = _zone(event["DTSTART"].dt)
    out_days |= {c["RECURRENCE-ID"].dt for c in changes.values() if _is_by_day(c)}
    seen: set[datetime] = set()
    for begin, own_length in _starts(event, zone, window, length, onward, budget):
        if begin in seen or begin in out or begin.astimezone(zone).date() in out_days or begin in changes:
            continue
        seen.add(begin)
        source, shift, new_length = event, timedelta(), own_length
        for since, change in onward:
            if since <= begin:
                source = change
                shift = _times(change)[0] - since
                new_length = _times(change)[1] - _times(change)[0]
        if _is_cancelled(source):
            continue
        name = "" if single else f"{begin:%Y%m%dT%H%M%SZ}"
        yield from _one(uid, source, begin + shift, begin + shift + new_length, name, window, budget)


def _starts(
    event: Any,
    zone: tzinfo,
    window: Span,
    length: timedelta,
    onward: list[tuple[datetime, Any]],
    budget: _Budget,
) -> Iterator[tuple[datetime, timedelta]]:
    """The original starts (UTC) with their lengths: DTSTART itself, the rules, the extra dates."""
    first = _as_utc(event["DTSTART"].dt)
    yield first, length
    reach = max([length, *(abs(_times(e)[0] - since) + (_times(e)[1] - _times(e)[0]) for since, e in onward)])
    last = window.end + reach
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        for begin in _by_rule(event, rule, zone, last, budget):
            yield begin, length
    for value in _values(event, "RDATE"):
        if isinstance(value.dt, tuple):
            begin, end = value.dt
            yield _as_utc(begin), end if isinstance(end, timedelta) else _as_utc(end) - _as_utc(begin)
        else:
            yield _as_utc(value.dt), length


def _by_rule(event: Any, rule: Any, zone: tzinfo, last: datetime, budget: _Budget) -> Iterator[datetime]:
    summary = summary_of(event)
    _refuse_endless(rule, summary)
    until = rule.get("UNTIL", [None])[0]
    text = ";".join(
        part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL=")
    )
    begin = _naive(event["DTSTART"].dt, zone)
    expanded: Any = rrulestr(text, dtstart=begin)
    limit = _until(until, zone)
    for moment in expanded:
        budget.spend(summary)
        if limit is not None and moment > limit:
            return
        start = moment.replace(tzinfo=zone).astimezone(UTC)
        if start >= last:
            return
        yield start


def _refuse_endless(rule: Any, summary: str) -> None:
    """Rules finer than an hour, and dates that no calendar has, would run until the year 9999."""
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    by = [name for name in rule if str(name).upper().startswith("BY")]
    if frequency in _FINE or (frequency == "HOURLY" and by):
        raise UnreadableCalendarError("too_fine", summary=summary)
    months = [int(month) for month in rule.get("BYMONTH", range(1, 13))]
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", [])]
    if days and not any(1 <= day <= _DAYS_IN_MONTH[month - 1] for month in months for day in days):
        raise UnreadableCalendarError("no_such_day", summary=summary)


def _until(value: Any, zone: tzinfo) -> datetime | None:
    """The last possible start in the rule's own wall time."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime.combine(value, time.max)  # noqa: DTZ001 - wall time
    return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)


def _one(
    uid: str, event: Any, start: datetime, end: datetime, instance: str, window: Span, budget: _Budget
) -> Iterator[Imported]:
    budget.spend(summary_of(event))
    inside = start < window.end and (end > window.start or (start == end and start >= window.start))
    if inside:
        summary = summary_of(event)
        all_day = not isinstance(event["DTSTART"].dt, datetime)
        yield Imported(start, uid, instance, end, summary, all_day)


def _times(event: Any) -> tuple[datetime, datetime]:
    """Start and end in UTC. Without an end an all-day event is one day, a moment has no length."""
    begin = event["DTSTART"].dt
    start = _as_utc(begin)
    if "DTEND" in event:
        end = _as_utc(event["DTEND"].dt)
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start if isinstance(begin, datetime) else start + _DAY
    if not isinstance(begin, datetime) and end == start:
        end = start + _DAY
    return start, max(start, end)


def _zone(value: Any) -> tzinfo:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.tzinfo
    return LOCAL


def _as_utc(value: Any) -> datetime:
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=LOCAL)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=LOCAL).astimezone(UTC)
    raise ValueError("time")


def _naive(value: Any, zone: tzinfo) -> datetime:
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(zone)).replace(tzinfo=None)
    return datetime.combine(value, time())  # noqa: DTZ001 - wall time


def _key(value: Any) -> datetime:
    return _as_utc(value)


def _values(event: Any, name: str) -> Iterator[Any]:
    found = event.get(name, [])
    for block in found if isinstance(found, list) else [found]:
        yield from getattr(block, "dts", [block])


def _newest(events: list[Any], *, by_instance: bool) -> list[Any]:
    """Of versions of one component that with the highest SEQUENCE; equals that differ are all kept."""
    best: dict[datetime | None, int] = {}
    for event in events:
        key = _key(event["RECURRENCE-ID"].dt) if by_instance else None
        best[key] = max(best.get(key, 0), _sequence(event))
    kept: dict[tuple[datetime | None, datetime | None], Any] = {}
    for event in events:
        key = _key(event["RECURRENCE-ID"].dt) if by_instance else None
        if _sequence(event) == best[key]:
            kept[(key, None if by_instance else _as_utc(event["DTSTART"].dt))] = event
    return list(kept.values())


def _sequence(event: Any) -> int:
    return int(event.get("SEQUENCE", 0))


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _is_by_day(event: Any) -> bool:
    """Some programs name the changed date of a timed series without its time."""
    return not isinstance(event["RECURRENCE-ID"].dt, datetime)


def _is_this_and_future(event: Any) -> bool:
    return str(event["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE"
