"""Search by fit, near misses and alternatives, against a model that tries every minute."""

from __future__ import annotations

import time as stopwatch
from datetime import date, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.spaces.availability import DayChange, Hours, OpeningCalendar, Use
from incubator.spaces.finding import (
    Answer,
    Fit,
    Offer,
    Place,
    Wish,
    alternatives,
    nearest_free,
    search,
)
from incubator.spaces.intervals import Span, at_local

DAY = date(2026, 3, 3)
NOW = at_local(DAY, time(0))
HOURS = [Hours(d, time(7, 30), time(11, 30)) for d in range(5)] + [
    Hours(d, time(13, 30), time(17)) for d in range(5)
]


def between(start: float, end: float, day: date = DAY) -> Span:
    zero = at_local(day, time())
    return Span(zero + timedelta(hours=start), zero + timedelta(hours=end))


def place(number: int = 1, *taken: Span, **changes: object) -> Place:
    uses = [Use(span, 1) for span in taken]
    return Place(number, f"Phòng {number}", OpeningCalendar(HOURS), uses=uses, **changes)  # type: ignore[arg-type]


def judge(found: Place, span: Span) -> Answer:
    """Opening hours and size only; the rest of the rules has its own tests."""
    if found.capacity is not None and found.capacity < 10:
        return Answer(("capacity",))
    if found.calendar.closed_within(span) and not found.calendar.only_pause_missing(span):
        return Answer((), ("outside",)) if found.calendar.opening(DAY) else Answer(("closed",))
    return Answer()


def ids(offers: list[Offer]) -> list[tuple[int, Fit]]:
    return [(offer.place.id, offer.fit) for offer in offers]


def test_places_are_ordered_by_fit_then_by_spare_seats() -> None:
    wish = Wish(between(8, 10), 10, frozenset({"projector"}))
    gear = frozenset({"projector"})
    places = [
        place(1, capacity=100, equipment=gear),
        place(2, capacity=12, equipment=gear),
        place(3, capacity=15),
        place(4, between(9, 10), capacity=20, equipment=gear),
        place(5, capacity=8, equipment=gear),
    ]
    found = search(places, wish, judge, NOW)
    assert ids(found) == [(2, Fit.NOW), (1, Fit.NOW), (4, Fit.SHIFTED), (3, Fit.LACKS), (5, Fit.NO)]
    assert found[2].span == between(13.5, 15.5)
    assert found[3].lacks == ("projector",)
    assert found[4].answer.refusals == ("capacity",)


def test_outside_hours_is_a_request() -> None:
    found = search([place()], Wish(between(18, 19), 10), judge, NOW)
    assert ids(found) == [(1, Fit.REQUEST)]


taken = st.lists(
    st.tuples(st.integers(26, 70), st.integers(1, 12)).map(lambda p: between(p[0] / 4, (p[0] + p[1]) / 4)),
    max_size=7,
)


@given(taken, st.integers(30, 66), st.integers(2, 8), st.integers(0, 2), st.integers(0, 2))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_nearest_free_time_is_the_nearest_of_all(
    blocks: list[Span], start: int, quarters: int, before: int, after: int
) -> None:
    quarter = timedelta(minutes=15)
    one = place(1, *blocks, before=before * quarter, after=after * quarter)
    wanted = between(start / 4, (start + quarters) / 4)
    free = [
        s
        for s in (between(q / 4, (q + quarters) / 4) for q in range(0, 96 - quarters))
        if one.is_free(s) and not one.calendar.closed_within(s)
    ]
    best = nearest_free(one, wanted, [DAY], NOW)
    if not free:
        assert best is None
    else:
        assert best is not None
        assert abs(best.start - wanted.start) == min(abs(s.start - wanted.start) for s in free)
        assert one.is_free(best)


def test_three_alternatives_of_three_kinds() -> None:
    places = [place(1, between(8, 10)), place(2), place(3, between(8, 9))]
    found = alternatives(places, Wish(between(8, 10), 10), judge, NOW, own=1)
    assert ids(found) == [(1, Fit.SHIFTED), (2, Fit.NOW), (1, Fit.SHIFTED)]
    assert found[0].span is not None
    assert not found[0].span.overlaps(between(8, 10))
    assert found[2].span == between(8, 10, DAY + timedelta(days=1))


def test_alternatives_of_a_closed_day_lie_on_later_days() -> None:
    calendar = OpeningCalendar(HOURS, {DAY: DayChange(None, "Tết")})
    only = Place(1, "Phòng", calendar, uses=[Use(between(8, 10), 1)])
    found = alternatives([only], Wish(between(8, 10), 10), judge, NOW, own=1)
    days = [DAY + timedelta(days=n) for n in (1, 2, 3)]
    assert [offer.span for offer in found] == [between(8, 10, day) for day in days]


def test_where_the_place_itself_never_fits_others_make_three() -> None:
    def too_small(place: Place, span: Span) -> Answer:
        return Answer(("capacity",)) if place.id == 1 else judge(place, span)

    places = [place(n) for n in range(1, 6)]
    assert len(alternatives(places, Wish(between(8, 10), 10), too_small, NOW, own=1)) == 3


def test_shared_units_are_free_while_enough_are_left() -> None:
    shared = Place(
        1,
        "Bàn",
        OpeningCalendar(HOURS),
        units=3,
        needed=2,
        uses=[Use(between(8, 9), 1), Use(between(8, 12), 2)],
    )
    assert not shared.is_free(between(8, 9))
    assert shared.is_free(between(9, 10))


def test_search_of_forty_places_for_thirty_days_is_fast() -> None:
    days = [DAY + timedelta(days=n) for n in range(30)]
    calendar = OpeningCalendar(HOURS)
    places = [
        Place(n, f"Phòng {n:02}", calendar, uses=[Use(between(8 + n % 4, 10 + n % 4, d), 1) for d in days])
        for n in range(40)
    ]
    started = stopwatch.perf_counter()
    for day in days:
        search(places, Wish(between(9, 11, day), 10), judge, NOW)
    assert stopwatch.perf_counter() - started < 1.5  # a smoke limit; the bench measures
