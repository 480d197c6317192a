"""What a use costs: which price of a place counts for whom on a day, and what a stretch of time comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from .intervals import HALF_HOUR, Span


class Rate(NamedTuple):
    """Đồng for a started half hour, for a kind of organisation ('' for everybody); None: without that end."""

    organisation_kind: str
    per_half_hour: int
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def prices_on(rates: Iterable[Rate], day: date) -> dict[str, int]:
    """Đồng for a started half hour by kind of organisation, everybody first: of several the one that began last."""
    held = [rate for rate in rates if rate.holds_on(day)]
    held.sort(key=lambda rate: (rate.organisation_kind, rate.valid_from or date.min))
    return {rate.organisation_kind: rate.per_half_hour for rate in held}


def price_for(kind: str, prices: Mapping[str, int]) -> int:
    """The price for a kind of organisation, else that for everybody; 0 without either."""
    return prices.get(kind, prices.get("", 0))


def price(span: Span, per_half_hour: int) -> int:
    """Đồng for a use: every started 30 minutes counts."""
    if per_half_hour <= 0 or span.length <= timedelta():
        return 0
    started = -(-span.length // HALF_HOUR)
    return started * per_half_hour
