"""The centre's part of the year's figures: lượt and people, computed from rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import numbers


@dataclass(frozen=True, slots=True)
class Computed:
    """One number of no edition; `key` says what is counted."""

    key: str
    edition: str
    value: int
    unit: str


def figures(year: int, now: datetime) -> list[Computed]:
    """`bookings` (lượt) and `people` of a local year; nothing for a year without any."""
    found = numbers.year_figures(year)
    if not found["bookings"]:
        return []
    return [
        Computed("bookings", "", found["bookings"], "lượt"),
        Computed("people", "", found["people"], "người"),
    ]
