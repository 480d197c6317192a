"""The staged optimum: places filled class by class, then the floor, then the total, then the hash.

Each stage keeps what the stage before reached. Where every team has one place the whole is an
assignment and is solved by flows in milliseconds; limits that cross (the sum of a team's two
mentors, unequal hours, a mentor who fits both places) go on to `search`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .coverage import NOBODY, Bools, Ints, Matching, Shortage, counts, cover, shortage
from .flow import best_assignment, prices, total
from .instance import Instance
from .limits import crossing_limits, floor_of


@dataclass(frozen=True)
class Stage:
    """One stage's value beside the bound that proves it: equal means optimal."""

    name: str
    value: int
    bound: int
    proof: dict[str, object] = field(default_factory=dict)

    @property
    def proved(self) -> bool:
        return self.value == self.bound


@dataclass(frozen=True)
class Outcome:
    """Who sits in which place (`mate[row]`, NOBODY where empty), and what each stage proved."""

    mate: Ints
    stages: tuple[Stage, ...]
    method: str
    mentor_price: Ints | None
    """Worth of one more place of each mentor, tenths of a point; None where only a search proved it."""

    @property
    def proved(self) -> bool:
        return all(stage.proved for stage in self.stages)


def optimum(instance: Instance, seconds: float) -> Outcome:
    """Solve all stages. Never fails for a team that cannot be placed: it stays without a mentor."""
    if crossing_limits(instance):
        from .search import searched_optimum

        return searched_optimum(instance, seconds)
    return _assigned(instance)


def _assigned(instance: Instance) -> Outcome:
    first = cover(instance.allowed, instance.heads, instance.level)
    assert first is not None
    stages = coverage_stages(instance, first)
    spare = spare_rows(instance, first)
    allowed, lowest = instance.allowed, None
    if instance.floor:
        lowest = highest_floor(instance, first)
        allowed = allowed & (instance.score >= lowest.value)
        stages.append(lowest)
    weight = instance.weight()
    chosen = best_assignment(weight, allowed, instance.heads, instance.level, spare)
    assert chosen is not None
    dual = prices(weight, allowed, instance.heads, instance.level, spare, chosen)
    stages += value_stages(instance, chosen, dual.bound)
    return Outcome(chosen.mate, tuple(stages), "flow", dual.mentor >> instance.tie_shift)


def value_stages(instance: Instance, chosen: Matching, bound: int) -> list[Stage]:
    """Total and tie-break from one bound on both: the tie-break fills the low bits."""
    value, tie = total(instance.value, chosen), total(instance.tie, chosen)
    low = (1 << instance.tie_shift) - 1
    return [Stage("total", value, bound >> instance.tie_shift), Stage("tie", tie, bound & low)]


def spare_rows(instance: Instance, matching: Matching) -> Ints:
    """Rows left out per class."""
    size = int(instance.level.max(initial=-1)) + 1
    every = np.bincount(instance.level, minlength=size)
    return (every - counts(matching, instance.level)).astype(np.int64)


def coverage_stages(instance: Instance, matching: Matching, bound: Ints | None = None) -> list[Stage]:
    """One stage a class; the bound is Hall's: rows that share too few places."""
    reached = counts(matching, instance.level)
    every = np.bincount(instance.level, minlength=len(reached))
    stages, before = [], 0
    for level in range(len(reached)):
        if not every[level]:
            continue
        proof = shortage(instance.allowed, instance.heads, matching, instance.level, upto=level)
        most = int(every[: level + 1].sum()) - proof.missing - before
        if bound is not None:
            most = int(bound[level])
        before += int(reached[level])
        stages.append(Stage(f"coverage:{level}", int(reached[level]), most, _hall(proof)))
    return stages


def _hall(proof: Shortage) -> dict[str, object]:
    return {"places": len(proof.rows), "mentors": len(proof.mentors), "heads": proof.heads}


def highest_floor(instance: Instance, covered: Matching) -> Stage:
    """Largest F such that the same counts are reached with pairs of at least F points only."""
    most = counts(covered, instance.level)
    spare = spare_rows(instance, covered)
    start = best_assignment(instance.score, instance.allowed, instance.heads, instance.level, spare)
    assert start is not None
    if not most.sum():
        return Stage("floor", 0, 0)
    steps = np.unique(instance.score[instance.allowed])
    low = int(np.searchsorted(steps, floor_of(instance, start)))
    high = len(steps)
    best, guess = start, int(np.searchsorted(steps, _ceiling(instance, spare)))
    while high - low > 1:
        middle = guess if low < guess < high else (low + high) // 2
        guess = NOBODY
        found = cover(_at_least(instance, int(steps[middle])), instance.heads, instance.level, best, most)
        low, high = (middle, high) if found is not None else (low, middle)
        best = found if found is not None else best
    value = int(steps[low])
    return Stage("floor", value, value, _no_higher(instance, steps, low, best))


def _ceiling(instance: Instance, spare: Ints) -> int:
    """No floor can pass the best pair of a row that must be filled."""
    sure = spare[instance.level] == 0
    best = np.where(instance.allowed, instance.score, -1).max(axis=1)
    return int(best[sure].min()) if sure.any() else int(best.max(initial=0))


def _at_least(instance: Instance, points: int) -> Bools:
    return instance.allowed & (instance.score >= points)


def _no_higher(instance: Instance, steps: Ints, low: int, best: Matching) -> dict[str, object]:
    """The next step up and the places that then share too few mentors."""
    if low + 1 >= len(steps):
        return {"next": None}
    allowed = _at_least(instance, int(steps[low + 1]))
    found = cover(allowed, instance.heads, instance.level, best)
    assert found is not None
    return {"next": int(steps[low + 1]), **_hall(shortage(allowed, instance.heads, found, instance.level))}
