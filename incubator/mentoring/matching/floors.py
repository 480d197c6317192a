"""The highest floor where a team's points come from several mentors.

An upper bound from places alone (each pair with the best partner it could hope for), a lower one
from filling one kind of place at a time, and the search only for what lies between.
"""

from __future__ import annotations

import time

import numpy as np
from ortools.sat.python import cp_model

from .coverage import NOBODY, Ints, Matching, counts, cover
from .flow import best_assignment
from .instance import Instance
from .optimum import Stage, floor_of
from .search import Limits, Search, partner_best

ROUNDS = 6


def sum_floor(limits: Limits, covered: Matching, until: float) -> tuple[Matching, Stage]:
    """A matching with the same counts and the highest lowest team sum, with its bound."""
    instance = limits.instance
    most = counts(covered, instance.level)
    if not most.sum():
        return covered, Stage("floor", 0, 0)
    best = _relaxed(limits, covered)
    value, bound = floor_of(instance, best), floor_bound(instance, most)
    step = bound
    while value < step:
        found = _one_kind_at_a_time(limits, best, step)
        if found is not None:
            best, value = found, floor_of(instance, found)
            break
        step = value + (step - value) // 2 if step - value > 8 else value
    if value >= bound:
        return best, Stage("floor", value, value)
    return _search(limits, best, value, bound, until)


def floor_bound(instance: Instance, most: Ints) -> int:
    """No floor above this: its pairs alone, with any partner, no longer fill the same places."""
    hope = partner_best(instance)
    steps = np.unique(hope[instance.allowed])
    low, high = 0, len(steps)
    while high - low > 1:
        middle = (low + high) // 2
        allowed = instance.allowed & (hope >= steps[middle])
        reached = cover(allowed, instance.heads, instance.level, most=most)
        low, high = (middle, high) if reached is not None else (low, middle)
    return int(steps[low])


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


def _search(limits: Limits, best: Matching, value: int, bound: int, until: float) -> tuple[Matching, Stage]:
    instance = limits.instance
    search = Search(limits, instance.allowed & (partner_best(instance) >= value))
    points = search.model.new_int_var(value, bound, "floor")
    search.floor_at_least(points, bound)
    answer = search.best(cp_model.LinearExpr.sum([points]), until - time.monotonic(), best)
    if answer.matching is None:
        return best, Stage("floor", value, value if answer.proved else bound)
    reached = floor_of(instance, answer.matching)
    return answer.matching, Stage("floor", reached, reached if answer.proved else answer.bound)
