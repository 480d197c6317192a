"""Search first: which places fit a wish, which nearly fit, and what to offer instead. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from itertools import islice

from .availability import DayPlan, OpeningCalendar, Use, blocked, crowded, free_units, plan_day
from .intervals import Span, dates_of, local_date, local_day, within, without

Judge = Callable[["Place", Span], "Answer"]


QUARTER = timedelta(minutes=15)
_A_QUARTER = local_day(date(2000, 1, 1)).start  # local time has been whole hours from UTC ever since


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say to one place at one time: codes that refuse, and codes that make it a request."""

    refusals: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(slots=True)
class Place:
    """A bookable place with its opening hours and what holds it, for the days searched."""

    id: int
    name: str
    calendar: OpeningCalendar
    capacity: int | None = None
    equipment: frozenset[str] = frozenset()
    units: int = 1
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    uses: Sequence[Use] = ()
    needed: int = 1
    watched: Callable[[date], list[Span]] | None = None  # when somebody on duty is free, where one is needed
    _busy: list[Span] | None = field(default=None, init=False, repr=False)

    def busy(self) -> list[Span]:
        """Stretches without enough free units, sorted; worked out once."""
        if self._busy is None:
            self._busy = crowded(self.units, self.uses, self.needed)
        return self._busy

    def busy_near(self, span: Span) -> list[Span]:
        busy = self.busy()
        first = max(bisect_left(busy, (span.start,)) - 1, 0)
        near: list[Span] = []
        for block in busy[first:]:
            if block.start >= span.end:
                break
            if block.end > span.start:
                near.append(block)
        return near

    def is_free(self, span: Span) -> bool:
        block = blocked(span, self.before, self.after)
        if self.units == 1:
            return not self.busy_near(block)
        return len(free_units(self.units, self.uses, block)) >= self.needed

    def day(self, day: date) -> DayPlan:
        return plan_day(day, self.calendar.opening(day), self.busy_near(local_day(day)))

    def gaps(self, day: date, now: datetime) -> list[Span]:
        """Free stretches of a day that a use with its buffers fits into, from the next quarter of an hour on."""
        now += -(now - _A_QUARTER) % QUARTER
        open_time = self.calendar.opening(day)
        if not open_time:
            return []
        margin = max(self.before, self.after)
        wide = Span(open_time[0].start - margin, open_time[-1].end + margin)
        busy = self.busy_near(wide)
        if not busy:
            gaps: list[Span] = list(open_time)
        else:
            # A use may not begin until its preparation fits after the last block, nor clear into the next.
            shut = [Span(block.start - self.after, block.end + self.before) for block in busy]
            gaps = without(open_time, shut)
        if self.watched is not None:
            gaps = within(gaps, self.watched(day))
        return [Span(max(gap.start, now), gap.end) for gap in gaps if gap.end > now]


@dataclass(frozen=True, slots=True)
class Wish:
    """When, how long, how many people, what equipment."""

    span: Span
    people: int = 1
    equipment: frozenset[str] = frozenset()


class Fit(IntEnum):
    """How well a place answers a wish, best first."""

    NOW = 0
    REQUEST = 1
    SHIFTED = 2
    LACKS = 3
    NO = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """One place in the list of answers; ``span`` is what could be booked, None when nothing near."""

    place: Place
    fit: Fit
    span: Span | None
    shift: timedelta = timedelta()
    lacks: tuple[str, ...] = ()
    answer: Answer = field(default_factory=Answer)
    spare: int = 0

    def order(self) -> tuple[int, timedelta, int, int, str]:
        return (int(self.fit), abs(self.shift), len(self.lacks), self.spare, self.place.name)


def nearest_free(place: Place, wanted: Span, days: Sequence[date], now: datetime) -> Span | None:
    """The free time of the same length whose start lies nearest to the wanted one on the given days."""
    best: Span | None = None
    for day in days:
        for gap in place.gaps(day, now):
            for start in _near_starts(gap, wanted):
                span = Span(start, start + wanted.length)
                nearer = best is None or abs(start - wanted.start) < abs(best.start - wanted.start)
                if nearer and place.is_free(span):
                    best = span
    return best


def _near_starts(gap: Span, wanted: Span) -> Iterable[datetime]:
    """In a gap only three starts can be nearest: the wanted one, the first and the last that fit."""
    if gap.length < wanted.length:
        return
    last = gap.end - wanted.length
    yield min(max(wanted.start, gap.start), last)
    if gap.start != last:
        yield gap.start
        yield last


def search(places: Iterable[Place], wish: Wish, judge: Judge, now: datetime) -> list[Offer]:
    """Every place once, ordered by fit: at once, on request, at a near time, lacking something, no."""
    return sorted((_offer(place, wish, judge, now) for place in places), key=Offer.order)


def _offer(place: Place, wish: Wish, judge: Judge, now: datetime) -> Offer:
    spare = 0 if place.capacity is None else place.capacity - wish.people
    lacks = tuple(sorted(wish.equipment - place.equipment))
    answer = judge(place, wish.span)
    fixed = tuple(code for code in answer.refusals if code in _NO_OTHER_TIME_HELPS)
    if fixed:
        return Offer(place, Fit.NO, None, lacks=lacks, answer=Answer(fixed), spare=abs(spare))
    if not answer.refusals and place.is_free(wish.span):
        fit = Fit.LACKS if lacks else Fit.REQUEST if answer.conditions else Fit.NOW
        return Offer(place, fit, wish.span, lacks=lacks, answer=answer, spare=spare)
    day = local_date(wish.span.start)
    near = nearest_free(place, wish.span, [day], now)
    if near is not None:
        again = judge(place, near)
        if not again.refusals:
            shift = near.start - wish.span.start
            fit = Fit.LACKS if lacks else Fit.SHIFTED
            return Offer(place, fit, near, shift, lacks, again, spare)
    return Offer(place, Fit.NO, None, lacks=lacks, answer=answer, spare=abs(spare))


_NO_OTHER_TIME_HELPS = frozenset(
    {"capacity", "training", "adult", "nobody", "empty", "long", "short", "outage"}
)


def alternatives(
    places: Sequence[Place],
    wish: Wish,
    judge: Judge,
    now: datetime,
    *,
    own: int,
    days: int = 14,
    most: int = 3,
) -> list[Offer]:
    """Three other ways: the same place nearby, another place then, the same place another day.

    What one of these cannot give the others fill up; fewer only where nothing else is to be had in these days.
    """
    found: list[Offer] = []
    mine = next((place for place in places if place.id == own), None)
    wanted_days = list(dates_of(wish.span))
    if mine is not None:
        found += _first_good(mine, wish, judge, now, wanted_days[:1])
    others = [p for p in places if p.id != own and wish.equipment <= p.equipment]
    fitting = [o for o in search(others, wish, judge, now) if o.fit in (Fit.NOW, Fit.REQUEST)]
    found += fitting[: most - 1]
    later = [wanted_days[0] + timedelta(days=n) for n in range(1, days)]
    on_later_days = _same_clock(mine, wish, judge, now, later) if mine is not None else iter(())
    if len(found) < most:
        found += islice(on_later_days, 1)
    if len(found) < most:
        found += fitting[most - 1 :]
    if len(found) < most:
        found += [o for o in search(others, wish, judge, now) if o.fit is Fit.SHIFTED]
    if len(found) < most:
        found += islice(on_later_days, most - len(found))
    return found[:most]


def _first_good(place: Place, wish: Wish, judge: Judge, now: datetime, days: Sequence[date]) -> list[Offer]:
    near = nearest_free(place, wish.span, days, now)
    if near is None or near == wish.span:
        return []
    answer = judge(place, near)
    if answer.refusals:
        return []
    return [Offer(place, Fit.SHIFTED, near, near.start - wish.span.start, answer=answer)]


def _same_clock(
    place: Place, wish: Wish, judge: Judge, now: datetime, days: Sequence[date]
) -> Iterator[Offer]:
    """Later days on which the place can be had, each nearest to the wanted clock time."""
    for day in days:
        shift = timedelta(days=(day - local_date(wish.span.start)).days)
        offers = _first_good(place, Wish(wish.span.shifted(shift), wish.people), judge, now, [day])
        exact = wish.span.shifted(shift)
        if not offers and place.is_free(exact) and not judge(place, exact).refusals:
            offers = [Offer(place, Fit.SHIFTED, exact, shift, answer=judge(place, exact))]
        if offers:
            yield Offer(place, Fit.SHIFTED, offers[0].span, shift, answer=offers[0].answer)
