"""When the marking of a stage will be done, if judges go on as they did lately."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(hours=2)
FEWEST = 5  # sheets from which a pace can be told
SHORTEST = timedelta(minutes=5)
FURTHEST = timedelta(hours=24)


def expected_finish(submitted: Iterable[datetime], left: int, now: datetime) -> datetime | None:
    """Now plus the sheets left at the pace of the last two hours; None without a pace that tells anything."""
    recent = [moment for moment in submitted if now - WINDOW <= moment <= now]
    if left <= 0 or len(recent) < FEWEST:
        return None
    span = max(now - min(recent), SHORTEST)
    wait = span / len(recent) * left
    return now + wait if wait <= FURTHEST else None
