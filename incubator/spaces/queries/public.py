"""The centre for visitors: places, partners, and this week as busy and free only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...models import ResourceKind
from ..intervals import Span, half_hour_from, hours, local_date
from .grid import first_open
from .world import load, place_rows


@dataclass(frozen=True, slots=True)
class DayLine:
    """A place's day as a strip: what is open, what of it is still free; in minutes of all places' day."""

    free: tuple[Span, ...]
    open: tuple[Span, ...]
    first: datetime
    last: datetime

    @property
    def hours(self) -> float:
        return sum((hours(gap.length) for gap in self.free), 0.0)

    @property
    def length(self) -> int:
        return self._minutes(self.last) or 1

    def boxes(self, spans: tuple[Span, ...]) -> list[tuple[int, int]]:
        """(begin, width) of each span."""
        return [(self._minutes(s.start), self._minutes(s.end) - self._minutes(s.start)) for s in spans]

    def _minutes(self, moment: datetime) -> int:
        return int((moment - self.first) / timedelta(minutes=1))


def centre(now: datetime) -> dict[str, Any]:
    """`rooms`, `machines`, `partners`: lists of places; `days`: place id -> what is free of it on the day `shown`.

    That is today, and after the last hour of today the next day that opens.
    """
    rows = place_rows(partners=True)
    own = {i: r for i, r in rows.items() if not r.is_partner}
    day = local_date(first_open(now))
    world = load(own, day, day + timedelta(days=1))
    opening = [span for i in own for span in world.place(i).calendar.opening(day)]
    first = min((s.start for s in opening), default=now)
    last = max((s.end for s in opening), default=now)
    days = {
        i: DayLine(
            tuple(world.place(i).gaps(day, half_hour_from(now))),
            tuple(world.place(i).calendar.opening(day)),
            first,
            last,
        )
        for i in own
    }
    return {
        "rooms": [r for r in own.values() if r.kind is ResourceKind.ROOM],
        "machines": [r for r in own.values() if r.kind in (ResourceKind.MACHINE, ResourceKind.KIT)],
        "partners": [r for r in rows.values() if r.is_partner],
        "days": days,
        "shown": day,
    }
