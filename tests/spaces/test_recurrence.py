"""Series: dates of a pattern, and changes that never bring a deleted date back."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.spaces.intervals import at_local, local_date
from incubator.spaces.recurrence import (
    Every,
    Pattern,
    Plan,
    Scope,
    chosen,
    read_rrule,
    rescheduled,
    without_dates,
)

FIRST = date(2026, 3, 3)
WEEKLY = Pattern(Every.WEEK, weekdays=(1, 3), count=6)


def plan(pattern: Pattern = WEEKLY) -> Plan:
    return Plan(pattern, FIRST, time(6, 30), timedelta(hours=2))


def test_weekdays_and_intervals() -> None:
    assert [d.day for d in WEEKLY.dates(FIRST)] == [3, 5, 10, 12, 17, 19]
    fortnight = Pattern(Every.WEEK, interval=2, until=date(2026, 4, 1))
    assert fortnight.dates(FIRST) == [FIRST, date(2026, 3, 17), date(2026, 3, 31)]


def test_months_by_nth_weekday_and_by_day() -> None:
    last = Pattern(Every.MONTH, weekdays=(1,), nth=-1, count=3)
    assert last.dates(date(2026, 3, 31)) == [date(2026, 3, 31), date(2026, 4, 28), date(2026, 5, 26)]
    second = Pattern(Every.MONTH, weekdays=(4,), nth=2, count=2)
    assert second.dates(date(2026, 3, 13)) == [date(2026, 3, 13), date(2026, 4, 10)]
    by_day = Pattern(Every.MONTH, count=3)
    assert by_day.dates(date(2026, 1, 31)) == [date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31)]


@pytest.mark.parametrize(
    "wrong", [{"interval": 0, "count": 3}, {}, {"count": 0}, {"count": 201}, {"nth": 5, "count": 1}]
)
def test_a_pattern_must_end_and_make_sense(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        Pattern(Every.WEEK, **wrong)  # type: ignore[arg-type]


def test_too_many_dates_are_refused_rather_than_cut() -> None:
    with pytest.raises(ValueError, match="count"):
        Pattern(Every.DAY, until=date(2027, 3, 3)).dates(FIRST)


patterns = st.one_of(
    st.builds(
        Pattern,
        every=st.sampled_from([Every.DAY, Every.WEEK]),
        interval=st.integers(1, 3),
        weekdays=st.lists(st.integers(0, 6), unique=True, max_size=3).map(tuple),
        count=st.integers(1, 15),
    ),
    st.builds(
        Pattern,
        every=st.just(Every.MONTH),
        weekdays=st.integers(0, 6).map(lambda d: (d,)),
        nth=st.sampled_from([-1, 1, 2, 3, 4]),
        until=st.dates(FIRST, FIRST + timedelta(days=200)),
    ),
)


@given(patterns)
def test_a_pattern_survives_being_stored(pattern: Pattern) -> None:
    assert read_rrule(pattern.rrule_text()) == pattern


@given(patterns, st.data())
def test_no_change_revives_a_deleted_date(pattern: Pattern, data: st.DataObject) -> None:
    dates = pattern.dates(FIRST)
    if not dates:
        return
    current = plan(pattern)
    deleted: set[date] = set()
    for _ in range(data.draw(st.integers(1, 5))):
        day = data.draw(st.sampled_from(dates))
        scope = data.draw(st.sampled_from(list(Scope)))
        if data.draw(st.booleans()):
            gone = chosen(current, day, scope)
            deleted |= set(gone)
            current = without_dates(current, gone)
        else:
            current = rescheduled(current, day, scope, starts=time(9), length=timedelta(hours=1), shift=1)
        assert set(current.occurrences()) == set(dates) - deleted


def test_moving_one_leaves_the_others_where_they_are() -> None:
    before = plan().occurrences()
    after = rescheduled(
        plan(), date(2026, 3, 10), Scope.ONE, starts=time(14), length=timedelta(hours=1)
    ).occurrences()
    assert {day for day in before if before[day] != after[day]} == {date(2026, 3, 10)}
    assert after[date(2026, 3, 10)].start == at_local(date(2026, 3, 10), time(14))


def test_this_and_following_starts_at_the_chosen_date() -> None:
    moved = rescheduled(
        plan(), date(2026, 3, 12), Scope.FOLLOWING, starts=time(6), length=timedelta(hours=1), shift=1
    )
    days = [local_date(s.start).day for s in moved.occurrences().values()]
    assert days == [3, 5, 10, 13, 18, 20]


def test_a_date_that_is_gone_cannot_be_chosen() -> None:
    gone = without_dates(plan(), [date(2026, 3, 5)])
    assert chosen(gone, date(2026, 3, 5), Scope.ALL) == []
    assert len(chosen(gone, date(2026, 3, 10), Scope.ALL)) == 5
