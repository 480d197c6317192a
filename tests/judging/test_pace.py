"""The board's expected finish."""

from datetime import UTC, datetime, timedelta

from incubator.judging.pace import expected_finish

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def times(*minutes):
    return [NOW - timedelta(minutes=m) for m in minutes]


def test_the_rest_takes_as_long_as_the_last_sheets_did():
    assert expected_finish(times(60, 50, 40, 30, 20, 10), 12, NOW) == NOW + timedelta(hours=2)


def test_old_sheets_do_not_slow_the_pace():
    assert expected_finish(times(600, 500, 60, 50, 40, 30, 20, 10), 12, NOW) == NOW + timedelta(hours=2)


def test_nothing_is_told_without_a_pace_or_with_nothing_left():
    assert expected_finish(times(30, 20, 10), 12, NOW) is None
    assert expected_finish([], 12, NOW) is None
    assert expected_finish(times(60, 50, 40, 30, 20), 0, NOW) is None
    assert expected_finish(times(110, 100, 90, 80, 70), 900, NOW) is None


def test_a_pile_entered_at_once_is_no_speed_of_light():
    assert expected_finish([NOW] * 5, 5, NOW) == NOW + timedelta(minutes=5)
