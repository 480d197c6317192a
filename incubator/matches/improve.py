"""Optional improvement of a ready schedule by CP-SAT, within a time limit.

The same court times are filled anew: the shortest gap between two matches of a team is raised slot by slot
as long as a
solution is found, and within it the teams' matches are spread over the courts. What is not better is not
taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from time import monotonic
from typing import Any

from incubator.matches.pairings import Fixture
from incubator.matches.schedule import Hall, Slot

_DRIFT = 6  # a match may move at most so many starts, so that the order of turns stays recognisable


def improve(
    slots: Sequence[Slot], fixtures: Sequence[Fixture], hall: Hall, *, seconds: float = 10.0
) -> list[Slot]:
    """A schedule at least as good, of the same matches on the same court times."""
    if len(slots) < 2:
        return list(slots)
    until = monotonic() + seconds
    best = list(slots)
    starts = sorted({slot.start for slot in slots})
    gap = 1 + _shortest(best, fixtures, starts)
    while monotonic() < until:
        found = _solve(best, fixtures, hall, starts, gap, until - monotonic())
        if found is None:
            break
        best, gap = found, gap + 1
    return best


def _shortest(slots: Sequence[Slot], fixtures: Sequence[Fixture], starts: Sequence[int]) -> int:
    """The shortest distance, counted in starts, between two matches of one team."""
    at = {slot.key: starts.index(slot.start) for slot in slots}
    own: dict[Hashable, list[int]] = defaultdict(list)
    for fixture in fixtures:
        for team in fixture.teams:
            own[team].append(at[fixture.key])
    gaps = [b - a for places in own.values() for a, b in _neighbours(sorted(places))]
    return min(gaps, default=len(starts))


def _neighbours(items: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(items, items[1:], strict=False))


def _solve(
    slots: Sequence[Slot],
    fixtures: Sequence[Fixture],
    hall: Hall,
    starts: Sequence[int],
    gap: int,
    left: float,
) -> list[Slot] | None:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    at, cells = _cells(model, slots, starts)
    for key in at:
        model.add_exactly_one(at[key].values())
    for options in cells.values():
        model.add_at_most_one(options)
    matches: dict[Hashable, list[Hashable]] = defaultdict(list)
    for fixture in fixtures:
        for team in fixture.teams:
            matches[team].append(fixture.key)
    for keys in matches.values():
        for first in range(len(starts)):
            window = [x for key in keys for (n, _), x in at[key].items() if first <= n < first + gap]
            model.add_at_most_one(window)
        for one, two in zip(starts, starts[1:], strict=False):
            if two - one < hall.slot + hall.rest:
                pair = (starts.index(one), starts.index(two))
                model.add_at_most_one(x for key in keys for (n, _), x in at[key].items() if n in pair)
    model.minimize(sum(_uneven(model, keys, at, hall) for keys in matches.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(0.1, left)
    solver.parameters.random_seed = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return [_placed(slot, at[slot.key], starts, solver) for slot in slots]


def _cells(
    model: Any, slots: Sequence[Slot], starts: Sequence[int]
) -> tuple[dict[Hashable, dict[tuple[int, Hashable], Any]], dict[tuple[int, Hashable], list[Any]]]:
    at: dict[Hashable, dict[tuple[int, Hashable], Any]] = {}
    cells: dict[tuple[int, Hashable], list[Any]] = defaultdict(list)
    places = [(starts.index(slot.start), slot.court) for slot in slots]
    for slot, (own, own_court) in zip(slots, places, strict=True):
        at[slot.key] = {}
        for n, court in places:
            if abs(n - own) <= _DRIFT:
                x = model.new_bool_var("")
                model.add_hint(x, (n, court) == (own, own_court))
                at[slot.key][n, court] = x
                cells[n, court].append(x)
    return at, cells


def _uneven(model: Any, keys: Sequence[Hashable], at: Any, hall: Hall) -> Any:
    most = model.new_int_var(0, len(keys), "")
    for court in hall.courts:
        model.add(most >= sum(x for key in keys for (_, c), x in at[key].items() if c == court))
    return most


def _placed(slot: Slot, options: Any, starts: Sequence[int], solver: Any) -> Slot:
    n, court = next(cell for cell, x in options.items() if solver.value(x))
    return Slot(slot.key, court, starts[n], starts[n] + slot.end - slot.start)
