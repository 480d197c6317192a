"""Supervisors on duty: who can watch over one more machine at a time. Pure.

A supervisor is a person's resource: its opening hours are the roster, its units the machines that the person can
watch at once. A use of a machine that needs somebody holds one unit, so nobody is in two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .availability import OpeningCalendar, Use, crowded, free_units
from .intervals import Span, local_day, merged, without


@dataclass(frozen=True, slots=True)
class Supervisor:
    """One person with the roster and what holds the person already."""

    id: int
    name: str
    calendar: OpeningCalendar
    units: int = 1
    uses: Sequence[Use] = ()
    away: Sequence[Span] = ()  # out of service: ill, on leave

    def is_free(self, span: Span) -> bool:
        """On duty all the time, and able to watch one machine more."""
        return not self.calendar.closed_within(span) and bool(free_units(self.units, self.uses, span))

    def free_on(self, day: date) -> list[Span]:
        whole = local_day(day)
        near = [use for use in self.uses if use.block.overlaps(whole)]
        return without(self.calendar.opening(day), crowded(self.units, near, 1))


Crew = Sequence[Supervisor]


def free_supervisor(crew: Crew, span: Span) -> Supervisor | None:
    """The one who takes a use: of several the one with the fewest uses that day, so that work is shared."""
    free = [one for one in crew if one.is_free(span)]
    return min(
        free, key=lambda one: (sum(use.block.overlaps(span) for use in one.uses), one.id), default=None
    )


def duty_on(crew: Crew, day: date) -> list[Span]:
    """When somebody could watch one machine more."""
    return merged(span for one in crew for span in one.free_on(day))


def roster(crew: Iterable[Supervisor], day: date) -> list[tuple[str, list[Span]]]:
    """Names with their hours of a day, for notices; who has none that day, or is away, is left out."""
    found = [(one.name, without(one.calendar.opening(day), one.away)) for one in crew]
    return [(name, spans) for name, spans in found if spans]
