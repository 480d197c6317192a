"""Which price counts for whom on a day, and what a stretch of time comes to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.core.db import transaction
from incubator.spaces.intervals import Span
from incubator.spaces.prices import Rate, price, price_for, prices_on
from incubator.spaces.queries import setup
from incubator.spaces.services import terms
from tests.factories import AT
from tests.spaces.factories import MONDAY, SYSTEM, span

DAY = date(2026, 3, 2)
days = st.none() | st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3))
rates = st.builds(Rate, st.sampled_from(["", "company", "school"]), st.integers(0, 9), days, days)


@pytest.mark.parametrize(
    ("minutes", "dong"), [(1, 20_000), (30, 20_000), (31, 40_000), (120, 80_000), (0, 0)]
)
def test_price_counts_every_started_half_hour(minutes: int, dong: int) -> None:
    start = span(8, 9).start
    assert price(Span(start, start + timedelta(minutes=minutes)), 20_000) == dong
    assert price(Span(start, start + timedelta(minutes=minutes)), 0) == 0


@pytest.mark.parametrize(
    ("kind", "dong"), [("company", 0), ("school", 5), ("", 5)], ids=["own", "everybody", "nobody's"]
)
def test_the_own_kind_comes_before_everybody_even_when_it_is_free(kind: str, dong: int) -> None:
    assert price_for(kind, {"": 5, "company": 0}) == dong
    assert price_for(kind, {}) == 0


@given(st.lists(rates, max_size=6))
def test_of_several_the_one_that_began_last_counts(several: list[Rate]) -> None:
    chosen = prices_on(several, DAY)
    held = [r for r in several if r.holds_on(DAY)]
    assert set(chosen) == {r.organisation_kind for r in held}
    assert list(chosen) == sorted(chosen)
    for kind, dong in chosen.items():
        own = [r for r in held if r.organisation_kind == kind]
        last = max(r.valid_from or date.min for r in own)
        assert dong in {r.per_half_hour for r in own if (r.valid_from or date.min) == last}


def test_a_rate_holds_on_its_first_and_its_last_day() -> None:
    rate = Rate("", 5, DAY, DAY + timedelta(days=1))
    around = [DAY + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [rate.holds_on(day) for day in around] == [False, True, True, False]


def test_prices_are_listed_latest_first_the_one_from_ever_last(centre: Any) -> None:
    later = MONDAY + timedelta(days=7)
    with transaction():
        terms.set_price(centre.room, 50_000, actor=SYSTEM, at=AT)
        terms.set_price(centre.room, 80_000, actor=SYSTEM, at=AT, valid_from=later)
    assert [rule.per_half_hour for rule in setup.prices_of(centre.room.id)] == [80_000, 50_000]
    assert setup.prices_on(centre.room.id, MONDAY) == [("", 50_000)]
    assert setup.prices_on(centre.room.id, later) == [("", 80_000)]
