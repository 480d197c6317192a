"""May this person have this place at this time? At once, on request, or no, and by which rule.

Pure. A refusal carries a code and the values that its sentence needs; the sentences are in ``wording.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from .availability import OpeningCalendar
from .intervals import HALF_HOUR, Span, clipped, dates_of, local_date, local_week, monday_of, total

MOST = timedelta(days=31)  # no single use is longer, whatever a place allows


class Reason(NamedTuple):
    """One rule that speaks: ``code`` names it, ``values`` fill its sentence."""

    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules of one place. Lengths are durations, ``capacity`` people."""

    capacity: int | None = None
    lead: timedelta = timedelta()
    horizon: timedelta | None = None
    shortest: timedelta = HALF_HOUR
    longest: timedelta | None = None
    may_span_closure: bool = True
    outside_hours: bool = True
    needs_approval: bool = False
    training: str | None = None
    supervision: str = ""  # "required": somebody on duty for all; "untrained": instead of the training


@dataclass(frozen=True, slots=True)
class QuotaState:
    """Hours per local week: the limit, and what is requested or confirmed already (as spans)."""

    name: str
    limit: timedelta
    used: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What someone wants, and what is known about that person."""

    span: Span
    people: int
    now: datetime
    is_staff: bool = False
    trained_until: date | None = None
    trained: bool = False
    trusted: bool = False  # the training was judged before (proposals for a use that stands)
    supervised: bool = False  # somebody on duty is free all the time
    duty: Sequence[Span] = ()  # when somebody is, on that day; for the sentence
    is_minor: bool = False
    responsible_adult: bool = True
    quotas: Sequence[QuotaState] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refusals`` empty: bookable; ``conditions`` empty as well: at once."""

    refusals: list[Reason] = field(default_factory=list)
    conditions: list[Reason] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return not self.refusals

    @property
    def is_instant(self) -> bool:
        return not self.refusals and not self.conditions


def judge(ask: Ask, limits: Limits, calendar: OpeningCalendar) -> Verdict:
    """Apply every rule but the overlap. Staff may pass the rules of order, never those of safety and size."""
    hard = [*_of_size(ask, limits), *_of_safety(ask, limits)]
    order = [*_of_time(ask, limits), *_of_quota(ask)]
    closed, conditions = _of_opening(ask, limits, calendar)
    if ask.is_staff:
        return Verdict(hard, [])
    if limits.needs_approval:
        conditions = [*conditions, Reason("approval", {})]
    return Verdict([*hard, *order, *closed], conditions)


def _of_size(ask: Ask, limits: Limits) -> Iterable[Reason]:
    if ask.span.length <= timedelta():
        yield Reason("empty", {})
    if limits.capacity is not None and ask.people > limits.capacity:
        yield Reason("capacity", {"capacity": limits.capacity, "people": ask.people})
    if ask.span.length > MOST:
        yield Reason("long", {"longest": MOST})
    if ask.people < 1:
        yield Reason("nobody", {})


def _of_safety(ask: Ask, limits: Limits) -> Iterable[Reason]:
    if ask.is_minor and not ask.responsible_adult:
        yield Reason("adult", {})
    if limits.supervision == "required" and not ask.supervised:
        yield Reason("supervisor", {"duty": ask.duty, "day": local_date(ask.span.start)})
    if limits.training is None or ask.trusted:
        return
    if limits.supervision == "untrained":
        if not is_trained(ask) and not ask.supervised:
            values = {"training": limits.training, "duty": ask.duty, "day": local_date(ask.span.start)}
            yield Reason("untrained", values)
    elif not ask.trained:
        yield Reason("training", {"training": limits.training})
    elif not is_trained(ask):
        yield Reason("training_expired", {"training": limits.training, "until": ask.trained_until})


def is_trained(ask: Ask) -> bool:
    """The training counts on the day of the use."""
    return ask.trained and (ask.trained_until is None or ask.trained_until >= local_date(ask.span.start))


def takes_supervisor(ask: Ask, limits: Limits) -> bool:
    """Whether this use holds somebody on duty."""
    if limits.supervision == "required":
        return True
    return limits.supervision == "untrained" and limits.training is not None and not is_trained(ask)


def _of_time(ask: Ask, limits: Limits) -> Iterable[Reason]:
    if ask.span.start < ask.now:
        yield Reason("past", {})
    elif ask.span.start < ask.now + limits.lead:
        yield Reason("lead", {"lead": limits.lead, "earliest": ask.now + limits.lead})
    if limits.horizon is not None and ask.span.start > ask.now + limits.horizon:
        yield Reason("horizon", {"days": limits.horizon.days, "latest": ask.now + limits.horizon})
    if timedelta() < ask.span.length < limits.shortest:
        yield Reason("short", {"shortest": limits.shortest})
    if limits.longest is not None and ask.span.length > limits.longest:
        yield Reason("long", {"longest": limits.longest})


def _of_opening(ask: Ask, limits: Limits, calendar: OpeningCalendar) -> tuple[list[Reason], list[Reason]]:
    if calendar.is_open_over(ask.span):
        return [], []
    for day in dates_of(ask.span):
        because = calendar.closed_because(day)
        if because is not None:
            return [Reason("closed", {"day": day, "because": because})], []
    outside = calendar.closed_within(ask.span)
    if not outside:
        return [], []
    if calendar.only_pause_missing(ask.span):
        if limits.may_span_closure:
            return [], []
        return [Reason("pause", {"start": outside[0].start, "end": outside[0].end})], []
    opening = [span for day in dates_of(ask.span) for span in calendar.opening(day)]
    values = {"opening": opening, "day": local_date(ask.span.start)}
    if limits.outside_hours:
        return [], [Reason("outside", values)]
    return [Reason("outside", values)], []


def _of_quota(ask: Ask) -> Iterable[Reason]:
    for quota in ask.quotas:
        for monday in sorted({monday_of(day) for day in dates_of(ask.span)}):
            week = local_week(monday)
            used = total(clipped(quota.used, week))
            wanted = total(clipped([ask.span], week))
            if used + wanted > quota.limit:
                left = max(quota.limit - used, timedelta())
                yield Reason("quota", {"name": quota.name, "limit": quota.limit, "used": used, "left": left})
                break
