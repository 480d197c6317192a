"""A day is free + busy + closed; units, buffers and composed places, against slow models."""

from __future__ import annotations

import itertools
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incubator.spaces.availability import (
    DayChange,
    Hours,
    OpeningCalendar,
    Part,
    Seat,
    Use,
    atoms_of,
    blocked,
    crowded,
    exclusive_seats,
    free_units,
    plan_day,
)
from incubator.spaces.intervals import Span, at_local, local_day, total

DAY = date(2026, 3, 3)
TUESDAY = 1
LUNCH = [Hours(d, time(7, 30), time(11, 30)) for d in range(5)] + [
    Hours(d, time(13, 30), time(17)) for d in range(5)
]


def at(hour: float, day: date = DAY) -> Span:
    start = at_local(day, time()) + timedelta(hours=hour)
    return Span(start, start + timedelta(hours=1))


def between(start: float, end: float) -> Span:
    zero = at_local(DAY, time())
    return Span(zero + timedelta(hours=start), zero + timedelta(hours=end))


half_hours = st.lists(
    st.tuples(st.integers(-8, 60), st.integers(1, 20)).map(lambda p: between(p[0] / 2, (p[0] + p[1]) / 2)),
    max_size=10,
)


@given(half_hours, st.integers(0, 6))
def test_free_busy_and_closed_are_the_whole_day(taken: list[Span], shift: int) -> None:
    calendar = OpeningCalendar(LUNCH)
    day = DAY + timedelta(days=shift)
    plan = plan_day(day, calendar.opening(day), taken)
    parts = [*plan.free, *plan.busy, *plan.closed]
    assert total(parts) == timedelta(days=1)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(parts, 2))
    assert all(not free.overlaps(use) for free in plan.free for use in taken)


def test_hours_until_midnight_end_with_the_day() -> None:
    assert Hours(TUESDAY, time(18), time(0)).on(DAY) == between(18, 24)


def test_opening_follows_validity_closures_and_swapped_days() -> None:
    saturday = date(2026, 8, 22)
    rows = [*LUNCH, Hours(5, time(8), time(12), valid_from=date(2026, 9, 1))]
    calendar = OpeningCalendar(
        rows, {saturday: DayChange(0, "Làm bù"), DAY: DayChange(None, "Tết Nguyên Đán")}
    )
    assert calendar.opening(DAY) == []
    assert calendar.closed_because(DAY) == "Tết Nguyên Đán"
    assert len(calendar.opening(saturday)) == 2
    assert calendar.closed_because(saturday) is None
    assert calendar.opening(saturday - timedelta(days=7)) == []
    assert len(calendar.opening(date(2026, 9, 5))) == 1
    assert OpeningCalendar([Hours(1, time(8), time(9), valid_to=date(2026, 3, 2))]).opening(DAY) == []


def test_a_full_day_over_lunch_misses_only_the_pause() -> None:
    calendar = OpeningCalendar(LUNCH)
    assert calendar.only_pause_missing(between(8, 16))
    assert calendar.closed_within(between(8, 16)) == [between(11.5, 13.5)]
    assert not calendar.only_pause_missing(between(8, 18))
    assert not calendar.only_pause_missing(between(12, 16))
    assert not calendar.only_pause_missing(between(8, 34))


units = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8), st.integers(1, 4)), max_size=14).map(
    lambda rows: [Use(between(a / 2, (a + b) / 2), unit) for a, b, unit in rows]
)


def disjoint(uses: list[Use]) -> list[Use]:
    kept: list[Use] = []
    for use in uses:
        if not any(k.unit == use.unit and k.block.overlaps(use.block) for k in kept):
            kept.append(use)
    return kept


@given(units, st.integers(1, 4))
def test_crowded_is_where_too_few_units_are_free(raw: list[Use], needed: int) -> None:
    uses = disjoint(raw)
    full = crowded(4, uses, needed)
    for step in range(0, 32):
        moment = between(step / 2, step / 2 + 0.5)
        few = len(free_units(4, uses, moment)) < needed
        assert few == any(span.overlaps(moment) for span in full)


def test_one_unit_must_be_free_for_the_whole_time() -> None:
    uses = [Use(between(8, 9), 1), Use(between(9, 10), 2)]
    assert crowded(2, uses, 1) == []
    assert free_units(2, uses, between(8, 10)) == []
    assert free_units(2, uses, between(9, 10)) == [1]


def test_buffers_widen_the_block() -> None:
    quarter = timedelta(minutes=15)
    assert blocked(between(8, 9), quarter, 2 * quarter) == between(7.75, 9.5)


PARTS = {
    1: Part(1),
    2: Part(2),
    3: Part(3, parts=(1, 2)),
    4: Part(4, units=3, contents=(5, 6)),
    5: Part(5),
    6: Part(6),
    7: Part(7, parts=(3, 4)),
    8: Part(8, parts=(8, 1)),
}


def test_a_hall_is_its_halves_and_a_workshop_its_machines() -> None:
    assert atoms_of(3, PARTS) == [1, 2]
    assert exclusive_seats(3, PARTS) == [Seat(1, 1), Seat(2, 1)]
    assert exclusive_seats(4, PARTS) == [Seat(4, 1), Seat(4, 2), Seat(4, 3), Seat(5, 1), Seat(6, 1)]
    assert {seat.resource_id for seat in exclusive_seats(7, PARTS)} == {1, 2, 4, 5, 6}


def test_a_place_that_contains_itself_ends() -> None:
    assert atoms_of(8, PARTS) == [1]


def test_every_day_of_a_year_adds_up() -> None:
    calendar = OpeningCalendar(LUNCH)
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        plan = plan_day(day, calendar.opening(day), [local_day(day)])
        assert total(plan.busy) == timedelta(days=1)
