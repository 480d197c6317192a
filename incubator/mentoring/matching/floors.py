"""The highest floor where a team's points come from several mentors.

An upper bound from places alone (each pair with the best partner it could hope for), a lower one from
filling one kind of place at a time; what lies between is settled by prices and, where they are
not enough, by a search.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from .coverage import NOBODY, Ints, Matching, counts, cover
from .duos import Rules, fits_duos
from .flow import best_assignment
from .instance import Instance
from .limits import Limits, floor_of, partner_best
from .model import Search
from .optimum import Stage
from .pricing import Goal, Pricing

ROUNDS = 6


def sum_floor(limits: Limits, covered: Matching, until: float) -> tuple[Matching, Stage]:
    """A matching with the same counts and the highest lowest team sum, with its bound."""
    instance = limits.instance
    most = counts(covered, instance.level)
    if not most.sum():
        return covered, Stage("floor", 0, 0)
    best = _relaxed(limits, covered)
    value, bound = floor_of(instance, best), floor_bound(instance, most, best)
    step = bound
    while value < step:
        found = _one_kind_at_a_time(limits, best, step)
        if found is not None:
            best, value = found, floor_of(instance, found)
            break
        step = value + (step - value) // 2 if step - value > 8 else value
    return _between(limits, best, bound, most, until)


def _between(limits: Limits, best: Matching, bound: int, most: Ints, until: float) -> tuple[Matching, Stage]:
    """Halve what is open until the floor that was reached is the highest; the bound stays where time ran out."""
    value = floor_of(limits.instance, best)
    step = bound
    while value < bound:
        if time.monotonic() >= until:
            return best, Stage("floor", value, bound)
        found, impossible = _reach(limits, best, step, most, until)
        if found is not None:
            best, value = found, floor_of(limits.instance, found)
        elif impossible:
            bound = step - 1
        else:
            return best, Stage("floor", value, bound)
        step = (value + bound + 1) // 2
    return best, Stage("floor", value, value)


def _reach(
    limits: Limits, best: Matching, step: int, most: Ints, until: float
) -> tuple[Matching | None, bool]:
    """(answer with a floor of `step`, None) or (None, whether that is proved impossible)."""
    instance = limits.instance
    found = _one_kind_at_a_time(limits, best, step)
    if found is not None:
        return found, False
    allowed = instance.allowed & (partner_best(instance) >= step)
    aimed = replace(limits, floor=step)
    if fits_duos(instance):
        rules = Rules(allowed, np.zeros(instance.rows, dtype=bool), step)
        wanted = {k: int(n) for k, n in enumerate(most)}
        goal = Goal(allowed.astype(np.int64), rules, most=wanted)
        bound = Pricing(aimed, goal).bound([], until)
        if bound.value < int(most.sum()):
            return None, True
        if bound.found is not None and int((bound.found.mate != NOBODY).sum()) == int(most.sum()):
            return bound.found, False
        allowed = allowed & bound.within(int(most.sum()))
    search = Search(aimed, allowed)
    search.floor_at_least(step)
    answer = search.best(None, until - time.monotonic())
    return answer.matching, answer.proved and answer.matching is None


def floor_bound(instance: Instance, most: Ints, known: Matching) -> int:
    """No floor above this: its pairs alone, with any partner, no longer fill the same places.

    `known` fills them with the pairs that its own floor leaves, so the search starts there, and every
    try starts from the last answer.
    """
    hope = partner_best(instance)
    steps = np.unique(hope[instance.allowed])
    low = max(0, int(np.searchsorted(steps, floor_of(instance, known), side="right")) - 1)
    high, best = len(steps), known
    guess = int(np.searchsorted(steps, _hope_of_all(instance, most, hope)))
    while high - low > 1:
        middle = guess if low < guess < high else (low + high) // 2
        guess = NOBODY
        allowed = instance.allowed & (hope >= steps[middle])
        reached = cover(allowed, instance.heads, instance.level, best, most)
        low, high = (middle, high) if reached is not None else (low, middle)
        best = reached if reached is not None else best
    return int(steps[low])


def _hope_of_all(instance: Instance, most: Ints, hope: Ints) -> int:
    """What the row with the least to hope for can reach, among those that must be filled."""
    every = np.bincount(instance.level, minlength=len(most))
    own = np.where(instance.allowed, hope, -1).max(axis=1)
    sure = own[(every == most)[instance.level]]
    return int(sure.min()) if len(sure) else int(own.max(initial=0))


def _relaxed(limits: Limits, covered: Matching) -> Matching:
    instance = limits.instance
    assert limits.spare is not None
    found = best_assignment(instance.score, instance.allowed, instance.heads, instance.level, limits.spare)
    if found is None or not limits.kept(found) or floor_of(instance, found) < floor_of(instance, covered):
        return covered
    return found


def _one_kind_at_a_time(limits: Limits, start: Matching, points: int) -> Matching | None:
    """Refill the places of one kind with the rest fixed, so that the sums capped at `points` grow."""
    instance = limits.instance
    matching = start.copy()
    groups = _groups(instance)
    for turn in range(ROUNDS * len(groups)):
        rows = groups[turn % len(groups)]
        _refill(instance, matching, rows, points)
        if floor_of(instance, matching) >= points and limits.kept(matching):
            return matching
    return None


def _groups(instance: Instance) -> list[Ints]:
    """Rows with the same mentors to choose from belong together: one kind of place."""
    order = instance.place
    return [np.flatnonzero(order == p) for p in range(int(order.max()) + 1)]


def _refill(instance: Instance, matching: Matching, rows: Ints, points: int) -> None:
    others = matching.copy()
    for row in rows[matching.mate[rows] != NOBODY]:
        others.drop(int(row))
    teams = int(instance.team.max()) + 1
    sums = np.zeros(teams, dtype=np.int64)
    held = np.flatnonzero(others.mate != NOBODY)
    np.add.at(sums, instance.team[held], instance.score[held, others.mate[held]])
    base = sums[instance.team[rows]][:, None]
    reached = np.minimum(base + instance.score[rows], points) * 1024 + instance.score[rows]
    allowed = instance.allowed[rows].copy()
    index_of = np.full(teams, NOBODY, dtype=np.int64)
    index_of[instance.team[rows]] = np.arange(len(rows))
    same = held[index_of[instance.team[held]] != NOBODY]
    allowed[index_of[instance.team[same]], others.mate[same]] = False
    level = instance.level[rows]
    every = np.bincount(level, minlength=int(instance.level.max()) + 1)
    now = np.bincount(level[matching.mate[rows] != NOBODY], minlength=len(every))
    spare = (every - now).astype(np.int64)
    found = best_assignment(reached, allowed, instance.heads - others.load, level, spare)
    if found is None:
        return
    matching.mate[rows] = found.mate
    matching.load[:] = others.load + found.load
