"""Each rule alone: what it refuses, what it turns into a request, what staff may pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.spaces.availability import DayChange, Hours, OpeningCalendar
from incubator.spaces.intervals import Span, at_local
from incubator.spaces.rules import Ask, Limits, QuotaState, Verdict, judge

MONDAY = date(2026, 3, 2)
NOW = at_local(MONDAY, time(8))
HOURS = [Hours(d, time(7, 30), time(11, 30)) for d in range(5)] + [
    Hours(d, time(13, 30), time(17)) for d in range(5)
]
CALENDAR = OpeningCalendar(HOURS, {MONDAY + timedelta(days=3): DayChange(None, "Giỗ Tổ Hùng Vương")})


def span(start: float, end: float, days: int = 1) -> Span:
    zero = at_local(MONDAY + timedelta(days=days), time())
    return Span(zero + timedelta(hours=start), zero + timedelta(hours=end))


def verdict(limits: Limits | None = None, **asked: object) -> Verdict:
    ask = replace(Ask(span(8, 10), 10, NOW), **asked)  # type: ignore[arg-type]
    return judge(ask, limits or Limits(), CALENDAR)


def codes(found: Verdict) -> list[str]:
    return [reason.code for reason in found.refusals]


def test_an_ordinary_wish_is_booked_at_once() -> None:
    assert verdict().is_instant


@pytest.mark.parametrize(
    ("limits", "asked", "code"),
    [
        (Limits(capacity=9), {}, "capacity"),
        (Limits(), {"people": 0}, "nobody"),
        (Limits(), {"span": span(8, 8)}, "empty"),
        (Limits(), {"span": span(7, 7.75, days=0)}, "past"),
        (Limits(lead=timedelta(hours=48)), {}, "lead"),
        (Limits(horizon=timedelta(days=60)), {"span": span(8, 9, days=70)}, "horizon"),
        (Limits(), {"span": span(8, 8.25)}, "short"),
        (Limits(longest=timedelta(hours=1)), {}, "long"),
        (Limits(may_span_closure=False), {"span": span(9, 15)}, "pause"),
        (Limits(outside_hours=False), {"span": span(18, 20)}, "outside"),
        (Limits(), {"span": span(9, 10, days=3)}, "closed"),
        (Limits(training="laser"), {}, "training"),
        (Limits(training="laser"), {"trained": True, "trained_until": MONDAY}, "training_expired"),
        (Limits(), {"is_minor": True, "responsible_adult": False}, "adult"),
    ],
)
def test_a_broken_rule_is_named(limits: Limits, asked: dict[str, object], code: str) -> None:
    found = verdict(limits, **asked)
    assert codes(found) == [code]
    assert not found.is_possible


def test_training_counts_until_its_last_day_and_a_supervisor_replaces_it() -> None:
    laser = Limits(training="laser")
    assert verdict(laser, trained=True, trained_until=MONDAY + timedelta(days=1)).is_instant
    assert verdict(laser, trained=True).is_instant
    assert verdict(laser, trusted=True).is_instant


def test_evenings_and_weekends_are_requests() -> None:
    for wanted in (span(18, 20), span(9, 10, days=5)):
        found = verdict(span=wanted)
        assert found.is_possible
        assert not found.is_instant
        assert [c.code for c in found.conditions] == ["outside"]


def test_a_place_that_wants_approval_takes_requests() -> None:
    assert [c.code for c in verdict(Limits(needs_approval=True)).conditions] == ["approval"]


def test_lunch_may_be_spanned_where_the_place_allows_it() -> None:
    assert verdict(span=span(9, 15)).is_instant


def test_staff_pass_order_but_not_size_or_safety() -> None:
    strict = Limits(capacity=5, training="laser", lead=timedelta(days=9), longest=timedelta(minutes=30))
    assert codes(verdict(strict, is_staff=True)) == ["capacity", "training"]
    assert verdict(Limits(lead=timedelta(days=9), needs_approval=True), is_staff=True).is_instant


@given(st.integers(0, 20), st.integers(1, 12))
def test_a_quota_counts_hours_of_the_local_week(used: int, wanted: int) -> None:
    quota = QuotaState("person", timedelta(hours=20), [span(0, used / 2, days=0), span(0, 24, days=-1)])
    found = verdict(Limits(outside_hours=True), span=span(8, 8 + wanted), quotas=(quota,))
    assert ("quota" in codes(found)) == (used / 2 + wanted > 20)


def test_a_quota_looks_at_both_weeks_of_a_night_into_monday() -> None:
    night = Span(
        at_local(MONDAY + timedelta(days=6), time(22)), at_local(MONDAY + timedelta(days=7), time(3))
    )
    next_week = [
        Span(at_local(MONDAY + timedelta(days=8), time(8)), at_local(MONDAY + timedelta(days=8), time(10)))
    ]
    assert "quota" in codes(verdict(span=night, quotas=(QuotaState("x", timedelta(hours=4), next_week),)))
    assert "quota" not in codes(verdict(span=night, quotas=(QuotaState("x", timedelta(hours=5), next_week),)))
