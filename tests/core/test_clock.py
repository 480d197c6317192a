"""Days and hours of the province as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime

from incubator.core import clock


def test_a_deadline_that_is_a_date_ends_just_before_local_midnight() -> None:
    assert clock.end_of_day(date(2026, 10, 15)) == datetime(2026, 10, 15, 16, 59, 59, tzinfo=UTC)


def test_a_local_day_begins_at_seventeen_hours_of_the_day_before() -> None:
    assert clock.day_span(date(2026, 10, 15)) == (
        datetime(2026, 10, 14, 17, tzinfo=UTC),
        datetime(2026, 10, 15, 17, tzinfo=UTC),
    )
