"""Half-open spans and local dates, against a slow model of minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.spaces.intervals import (
    Span,
    at_local,
    clipped,
    dates_of,
    local_date,
    local_day,
    local_week,
    merged,
    total,
    within,
    without,
)

ZERO = datetime(2026, 3, 1, tzinfo=UTC)


def minutes(start: int, end: int) -> Span:
    return Span(ZERO + timedelta(minutes=start), ZERO + timedelta(minutes=end))


def cells(spans: list[Span]) -> set[int]:
    """The slow model: every minute that a list of spans contains."""
    return {
        minute
        for span in spans
        for minute in range(
            int((span.start - ZERO) / timedelta(minutes=1)), int((span.end - ZERO) / timedelta(minutes=1))
        )
    }


spans = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda p: minutes(min(p), max(p))), max_size=12
)


def test_spans_that_touch_do_not_overlap() -> None:
    assert not minutes(0, 60).overlaps(minutes(60, 120))
    assert minutes(0, 61).overlaps(minutes(60, 120))


@given(spans)
def test_merged_keeps_the_time_and_leaves_gaps_between(some: list[Span]) -> None:
    joined = merged(some)
    assert cells(joined) == cells(some)
    assert all(a.end < b.start for a, b in zip(joined, joined[1:], strict=False))


@given(spans, spans)
def test_within_and_without_split_the_time(left: list[Span], right: list[Span]) -> None:
    assert cells(within(left, right)) == cells(left) & cells(right)
    assert cells(without(left, right)) == cells(left) - cells(right)
    assert total(within(left, right)) + total(without(left, right)) == total(merged(left))


@given(spans)
def test_clipped_stays_inside_its_window(some: list[Span]) -> None:
    window = minutes(50, 200)
    assert cells(clipped(some, window)) == cells(some) & cells([window])


@pytest.mark.parametrize("clock", [time(0, 0), time(3, 30), time(6, 59, 59)])
def test_the_hours_before_seven_belong_to_their_local_date(clock: time) -> None:
    moment = at_local(date(2026, 1, 1), clock)
    assert moment.tzinfo is UTC
    assert moment.date() == date(2025, 12, 31)
    assert local_date(moment) == date(2026, 1, 1)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_lies_in_its_local_day_and_week(moment: datetime) -> None:
    day = local_day(local_date(moment))
    week = local_week(local_date(moment))
    assert day.start <= moment < day.end
    assert week.covers(day)
    assert week.length == timedelta(days=7)


def test_dates_of_a_span_that_ends_at_midnight_leaves_the_next_date_out() -> None:
    day = date(2026, 2, 3)
    assert list(dates_of(local_day(day))) == [day]
    assert list(dates_of(Span(at_local(day, time(23)), at_local(day + timedelta(days=1), time(1))))) == [
        day,
        day + timedelta(days=1),
    ]
