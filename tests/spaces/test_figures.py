"""Counts and shares by local date."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.spaces.availability import Hours, OpeningCalendar
from incubator.spaces.figures import Occurrence, grouped, month_of, use_of_places
from incubator.spaces.intervals import Span, at_local

DAY = date(2024, 3, 1)
CALENDAR = OpeningCalendar([Hours(d, time(8), time(12)) for d in range(5)])


def row(start: float, end: float, day: date = DAY, **changes: object) -> Occurrence:
    zero = at_local(day, time())
    span = Span(zero + timedelta(hours=start), zero + timedelta(hours=end))
    values: dict[str, object] = {
        "places": (1,),
        "purpose": "training",
        "organisation": "BIIC",
        "expected": 10,
    }
    return Occurrence(span, **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "people"),
    [({}, 10), ({"checked_in": 7}, 7), ({"checked_in": 7, "confirmed": 8}, 8), ({"confirmed": 0}, 0)],
)
def test_people_are_confirmed_else_checked_in_else_expected(counts: dict[str, int], people: int) -> None:
    assert row(8, 9, **counts).people == people


def test_the_first_hours_of_a_month_belong_to_it() -> None:
    assert month_of(row(1, 3)) == (2024, 3)
    assert month_of(row(23, 25, date(2024, 2, 29))) == (2024, 2)


def test_lines_count_no_shows_but_not_their_people() -> None:
    rows = [row(8, 10), row(9, 10, no_show=True), row(8, 9, purpose="meeting")]
    lines = grouped(rows, lambda r: r.purpose)
    assert [(line.key, line.count, line.people, line.hours, line.no_shows) for line in lines] == [
        ("training", 2, 10, 3.0, 1),
        ("meeting", 1, 10, 1.0, 0),
    ]
    assert lines[0].no_show_rate == 0.5
    assert grouped([], lambda r: r.purpose) == []


def test_evenings_count_as_use_but_not_against_opening_hours() -> None:
    [use] = use_of_places(
        [row(10, 14), row(18, 20), row(18, 19)], {1: CALENDAR}, DAY, DAY + timedelta(days=1)
    )
    assert (use.used, use.open_used, use.open_hours, use.all_hours, use.count) == (6.0, 2.0, 4.0, 24.0, 3)
    assert use.open_share == 0.5
    assert use.all_share == 0.25


def test_a_place_that_never_opens_has_no_share() -> None:
    [use] = use_of_places([], {1: OpeningCalendar([])}, DAY, DAY)
    assert (use.open_share, use.all_share) == (0.0, 0.0)


@given(st.lists(st.tuples(st.integers(-10, 50), st.integers(1, 30)), max_size=12))
def test_shares_never_pass_one(raw: list[tuple[int, int]]) -> None:
    rows = [row(start, start + length) for start, length in raw]
    [use] = use_of_places(rows, {1: CALENDAR}, DAY, DAY + timedelta(days=1))
    assert 0 <= use.open_used <= use.open_hours
    assert use.open_used <= use.used <= use.all_hours
