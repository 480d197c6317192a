"""iCalendar in: every occurrence of somebody's file within a window, or one sentence on why not. Pure.

All-day and floating times are local; an exception without zone is in the zone of its series. EXDATE, RDATE (also
periods) and RECURRENCE-ID (also THISANDFUTURE) count; what is cancelled does not. A DTEND gives every occurrence
the same length, days of a DURATION are days of the calendar (RFC 5545, 3.8.5.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from .calendar_file import Components, UnreadableCalendarError, by_uid, events_of, summary_of
from .calendar_rule import Budget, starts_of, until_of
from .intervals import LOCAL, Span

__all__ = ["Imported", "UnreadableCalendarError", "read"]

_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class _Length:
    """How long an occurrence lasts: whole days by the calendar of its zone, the rest by the clock."""

    days: int
    rest: timedelta

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        try:
            whole = _from_wall(_wall(start, zone) + timedelta(days=self.days), zone) if self.days else start
            return max(start, whole + self.rest)
        except OverflowError:  # “until the end of time”
            return datetime.max.replace(tzinfo=UTC)

    @property
    def most(self) -> timedelta:
        """No occurrence is longer, also where a day has 25 hours."""
        return timedelta(days=abs(self.days) + 1) + abs(self.rest)


def read(data: bytes, window: Span) -> list[Imported]:
    """Occurrences that lie at least partly in the window, sorted by start.

    Raises UnreadableCalendarError for anything that is not a calendar or would not end.
    """
    groups = by_uid(events_of(data))
    budget = Budget()
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
                detail=str(error) if str(error).isupper() else "DTSTART, RRULE",
            ) from error
    return sorted(found)


def _expand(uid: str, series: Components, window: Span, budget: Budget) -> Iterator[Imported]:
    masters = _newest(series.masters, LOCAL)
    zone = _zone(masters[0]) if masters else LOCAL
    changes = {_instance(event, zone): event for event in _newest(series.changes, zone)}
    onward = sorted((key, event) for key, event in changes.items() if _is_this_and_future(event))
    for event in masters:
        single = len(masters) == 1 and not any(key in event for key in ("RRULE", "RDATE"))
        yield from _master(uid, event, changes, onward, window, budget, single=single)
    for key, event in changes.items():
        if not _is_cancelled(event):
            start, end = _times(event)
            yield from _one(uid, event, Span(start, end), f"{key:%Y%m%dT%H%M%SZ}", window, budget)


def _master(
    uid: str,
    event: Any,
    changes: dict[datetime, Any],
    onward: list[tuple[datetime, Any]],
    window: Span,
    budget: Budget,
    *,
    single: bool,
) -> Iterator[Imported]:
    """`single`: the only occurrence of its UID; it stays the same one when the file moves it."""
    if _is_cancelled(event):
        return
    zone = _zone(event)
    gone = {*changes, *(_as_utc(value.dt, zone) for value in _values(event, "EXDATE"))}
    gone_days = {value.dt for value in _values(event, "EXDATE") if not isinstance(value.dt, datetime)}
    gone_days |= {c["RECURRENCE-ID"].dt for c in changes.values() if _is_by_day(c)}
    for begin, length in _starts(event, window, onward, budget):
        if begin in gone or _wall(begin, zone).date() in gone_days:
            continue
        gone.add(begin)
        source, start = event, begin
        for since, change in onward:
            if since <= begin:
                source, length = change, _length(change)
                start = _from_wall(_wall(begin, zone) + _shift(since, change, zone), zone)
        if not _is_cancelled(source):
            name = "" if single else f"{begin:%Y%m%dT%H%M%SZ}"
            yield from _one(uid, source, Span(start, length.after(start, zone)), name, window, budget)


def _shift(since: datetime, change: Any, zone: tzinfo) -> timedelta:
    """By how much a change of “this and later” moves, in wall time."""
    return _wall(_times(change)[0], zone) - _wall(since, zone)


def _starts(
    event: Any, window: Span, onward: list[tuple[datetime, Any]], budget: Budget
) -> Iterator[tuple[datetime, _Length]]:
    """The original starts (UTC) with their lengths: DTSTART itself, the rules, the extra dates."""
    zone, length = _zone(event), _length(event)
    rules = event.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    first = _wall(_times(event)[0], zone)
    limits = [until_of(rule.get("UNTIL", [None])[0], zone) for rule in rules]
    # A client that deletes a whole series from its first date on writes an end before the start.
    if not limits or any(limit is None or limit >= first for limit in limits):
        yield _from_wall(first, zone), length
    moved = [abs(_shift(since, change, zone)) + _length(change).most for since, change in onward]
    reach = max([length.most, *moved])
    early, late = _wall(_within(window.start, -reach), zone), _wall(_within(window.end, reach), zone)
    for rule, limit in zip(rules, limits, strict=True):
        for moment in starts_of(rule, first, early, late, summary_of(event), budget):
            if limit is not None and moment > limit:
                break
            yield _from_wall(moment, zone), length
    for value in _values(event, "RDATE"):
        if isinstance(value.dt, tuple):
            begin, end = value.dt
            start = _as_utc(begin, zone)
            lasts = end if isinstance(end, timedelta) else _as_utc(end, zone) - start
            yield start, _Length(0, lasts)
        else:
            yield _as_utc(value.dt, zone), length


_EDGES = (datetime.min.replace(tzinfo=UTC) + 2 * _DAY, datetime.max.replace(tzinfo=UTC) - 2 * _DAY)


def _within(moment: datetime, reach: timedelta) -> datetime:
    """So far before or after, or as far as there are dates, two days left for zones."""
    first, last = _EDGES
    return moment + min(max(reach, first - moment), last - moment)


def _one(uid: str, event: Any, span: Span, instance: str, window: Span, budget: Budget) -> Iterator[Imported]:
    inside = span.start < window.end and (
        span.end > window.start or (span.start == span.end and span.start >= window.start)
    )
    if inside:
        summary = summary_of(event)
        budget.keep(summary)
        all_day = not isinstance(event["DTSTART"].dt, datetime)
        yield Imported(span.start, uid, instance, span.end, summary, all_day)


def _times(event: Any) -> tuple[datetime, datetime]:
    """Start and end in UTC."""
    start = _as_utc(event["DTSTART"].dt)
    return start, _length(event).after(start, _zone(event))


def _length(event: Any) -> _Length:
    """Without an end an all-day event is one day, a moment has no length; nothing ends before it starts."""
    begin = event["DTSTART"].dt
    by_day = not isinstance(begin, datetime)
    if "DTEND" in event:
        lasts = max(timedelta(), _as_utc(event["DTEND"].dt) - _as_utc(begin))
        return _Length(0, lasts or (_DAY if by_day else lasts))
    if "DURATION" in event:
        lasts = max(timedelta(), event["DURATION"].dt)
        return (
            _Length(lasts.days, timedelta(seconds=lasts.seconds))
            if lasts or not by_day
            else _Length(1, timedelta())
        )
    return _Length(int(by_day), timedelta())


def _zone(event: Any) -> tzinfo:
    value = event["DTSTART"].dt
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.tzinfo
    return LOCAL


def _as_utc(value: Any, zone: tzinfo = LOCAL) -> datetime:
    """A time as UTC: a date is its local midnight, a time without zone is in `zone`."""
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=LOCAL).astimezone(UTC)
    raise ValueError("time")


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _from_wall(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _instance(event: Any, zone: tzinfo) -> datetime:
    """Which occurrence of its series a change is about."""
    return _as_utc(event["RECURRENCE-ID"].dt, zone)


def _values(event: Any, name: str) -> Iterator[Any]:
    found = event.get(name, [])
    for block in found if isinstance(found, list) else [found]:
        yield from getattr(block, "dts", [block])


def _newest(events: list[Any], zone: tzinfo) -> list[Any]:
    """Of versions of one component that with the highest SEQUENCE; series that differ in their start are all kept."""
    best: dict[datetime | None, int] = {}
    kept: dict[tuple[datetime | None, datetime | None], Any] = {}
    for event in events:
        key = _instance(event, zone) if "RECURRENCE-ID" in event else None
        best[key] = max(best.get(key, 0), _sequence(event))
    for event in events:
        key = _instance(event, zone) if "RECURRENCE-ID" in event else None
        if _sequence(event) == best[key]:
            kept[(key, _as_utc(event["DTSTART"].dt) if key is None else None)] = event
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
