"""When a place is open, taken and free: opening hours, closures, buffers, shared units, composed rooms.

Pure: the rows come in as the dataclasses below, whoever loaded them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from .intervals import MIDNIGHT, Span, at_local, dates_of, local_date, local_day, merged, within, without


@dataclass(frozen=True, slots=True)
class Hours:
    """One row of opening hours. ``closes`` 00:00 means the end of the day; a lunch closure is two rows."""

    weekday: int
    opens: time
    closes: time
    valid_from: date | None = None
    valid_to: date | None = None

    def applies(self, day: date, weekday: int) -> bool:
        return (
            self.weekday == weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )

    def on(self, day: date) -> Span:
        last = day + timedelta(days=1) if self.closes == MIDNIGHT else day
        return Span(at_local(day, self.opens), at_local(last, self.closes))


class DayChange(NamedTuple):
    """A date that is not what its weekday says: closed, or open as another weekday (0 = Monday)."""

    open_as: int | None
    reason: str


@dataclass(slots=True)
class OpeningCalendar:
    """The opening hours of one place; answers are remembered, since a search asks for each day often."""

    hours: Sequence[Hours]
    changes: Mapping[date, DayChange] = field(default_factory=dict)
    proposed: Mapping[date, str] = field(
        default_factory=dict
    )  # days off that nobody has confirmed: they count as open
    _known: dict[date, list[Span]] = field(default_factory=dict, init=False, repr=False)

    def opening(self, day: date) -> list[Span]:
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = self._work_out(day)
        return found

    def _work_out(self, day: date) -> list[Span]:
        change = self.changes.get(day)
        if change is not None and change.open_as is None:
            return []
        weekday = day.weekday() if change is None or change.open_as is None else change.open_as
        return merged(row.on(day) for row in self.hours if row.applies(day, weekday))

    def closed_because(self, day: date) -> str | None:
        """The reason of a closure on this date; None on ordinary days, open or not."""
        change = self.changes.get(day)
        return change.reason if change is not None and change.open_as is None else None

    def may_close_because(self, day: date) -> str | None:
        """The reason why this date may still become a day off, where it is open so far."""
        return self.proposed.get(day) if self.opening(day) else None

    def is_open_over(self, span: Span) -> bool:
        """One stretch of the day on which the span begins holds all of it: the usual case, found at once."""
        return any(stretch.covers(span) for stretch in self.opening(local_date(span.start)))

    def opening_over(self, span: Span) -> list[Span]:
        return merged(stretch for day in dates_of(span) for stretch in self.opening(day))

    def closed_within(self, span: Span) -> list[Span]:
        """The parts of the span outside opening hours."""
        return without([span], self.opening_over(span))

    def only_pause_missing(self, span: Span) -> bool:
        """The span runs over a pause inside one day (lunch) but starts and ends in opening hours."""
        days = list(dates_of(span))
        opening = self.opening(days[0])
        if len(days) != 1 or len(opening) < 2:
            return False
        return (
            opening[0].start <= span.start
            and span.end <= opening[-1].end
            and any(o.start <= span.start < o.end for o in opening)
            and any(o.start < span.end <= o.end for o in opening)
        )


class DayPlan(NamedTuple):
    """One local day cut into three parts that together are the whole day."""

    free: list[Span]
    busy: list[Span]
    closed: list[Span]


def plan_day(day: date, opening: Iterable[Span], taken: Iterable[Span]) -> DayPlan:
    """Use outside opening hours counts as busy: what happens there is real."""
    whole = [local_day(day)]
    busy = within(taken, whole)
    open_time = within(opening, whole)
    return DayPlan(without(open_time, busy), busy, without(without(whole, open_time), busy))


class Use(NamedTuple):
    """What holds one unit of a place, buffers included."""

    block: Span
    unit: int


def blocked(span: Span, before: timedelta, after: timedelta) -> Span:
    """A use with its preparing and clearing time: what must not overlap."""
    return Span(span.start - before, span.end + after)


def free_units(units: int, uses: Iterable[Use], block: Span) -> list[int]:
    """The units (1..n) that nobody holds at any moment of the block."""
    held = {use.unit for use in uses if use.block.overlaps(block)}
    return [unit for unit in range(1, units + 1) if unit not in held]


def crowded(units: int, uses: Iterable[Use], needed: int) -> list[Span]:
    """The stretches in which fewer than ``needed`` units are free."""
    uses = list(uses)
    if units == 1:
        return merged(use.block for use in uses)
    edges = sorted([(u.block.start, 1) for u in uses] + [(u.block.end, -1) for u in uses])
    full: list[Span] = []
    held, since = 0, None
    for moment, step in edges:
        held += step
        if since is None and units - held < needed:
            since = moment
        elif since is not None and units - held >= needed:
            full.append(Span(since, moment))
            since = None
    return merged(full)


@dataclass(frozen=True, slots=True)
class Part:
    """How a place is made up: ``parts`` empty = atomic; ``contents`` are the machines standing inside."""

    id: int
    units: int = 1
    parts: tuple[int, ...] = ()
    contents: tuple[int, ...] = ()


class Seat(NamedTuple):
    """One unit of one atomic place: what an occupancy row holds."""

    resource_id: int
    unit: int


def atoms_of(place: int, parts: Mapping[int, Part]) -> list[int]:
    """The atomic places that a composed one consists of, itself when it is atomic. A loop is cut."""
    seen: set[int] = set()
    found: list[int] = []
    waiting = [place]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if parts[current].parts:
            waiting.extend(parts[current].parts)
        else:
            found.append(current)
    return sorted(found)


def exclusive_seats(place: int, parts: Mapping[int, Part]) -> list[Seat]:
    """Everything that the use of a whole place takes: all units of all its atoms and the machines inside."""
    ids = {inside for atom in atoms_of(place, parts) for inside in parts[atom].contents}
    ids |= set(parts[place].contents)
    atoms = set(atoms_of(place, parts)) | {atom for i in ids for atom in atoms_of(i, parts)}
    return [Seat(atom, unit) for atom in sorted(atoms) for unit in range(1, parts[atom].units + 1)]
