"""The exact search for limits that cross: floors on a team's sum, unequal hours, one mentor twice.

The flow without those limits gives a bound and prices. A pair whose reduced price is worse than
the gap between bound and answer is in no optimum, so the search (CP-SAT, whole numbers) sees few
pairs: start with a small gap, and widen it until the answer proves itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from .coverage import NOBODY, Bools, Ints, Matching, counts, cover
from .flow import best_assignment, prices, total
from .instance import Instance
from .limits import doubles
from .optimum import Outcome, Stage, coverage_stages, floor_of, spare_rows, value_stages


@dataclass
class Limits:
    """What every search must keep."""

    instance: Instance
    doubles: Ints
    spare: Ints | None = None
    floor: int = 0

    def kept(self, matching: Matching) -> bool:
        """Whether a matching keeps hours, mentors once a team, and the floor."""
        held = np.flatnonzero(matching.mate != NOBODY)
        mentor, hours = matching.mate[held], self.instance.row_hours[held]
        used = np.bincount(mentor, weights=hours, minlength=len(self.instance.heads))
        limit = self.instance.hours
        if (used[limit >= 0] > limit[limit >= 0]).any():
            return False
        pairs = np.stack([self.instance.team[held], mentor])
        if np.unique(pairs, axis=1).shape[1] < len(held):
            return False
        return not self.floor or not len(held) or floor_of(self.instance, matching) >= self.floor


class Search:
    """A CP-SAT model over the pairs in `allowed`."""

    def __init__(self, limits: Limits, allowed: Bools) -> None:
        self.model = cp_model.CpModel()
        self.limits = limits
        instance = limits.instance
        self.row, self.mentor = np.nonzero(allowed)
        self.x = [self.model.new_bool_var("") for _ in self.row]
        self.by_row = _grouped(self.row, instance.rows)
        self._places(instance)
        self._capacity(instance)
        self._mentor_once(instance)
        if limits.spare is not None:
            self._counts(instance, limits.spare)

    def _places(self, instance: Instance) -> None:
        for members in self.by_row:
            self.model.add_at_most_one(self.x[i] for i in members)

    def _capacity(self, instance: Instance) -> None:
        for mentor, members in enumerate(_grouped(self.mentor, len(instance.heads))):
            if len(members) > instance.heads[mentor]:
                self.model.add(
                    cp_model.LinearExpr.sum([self.x[i] for i in members]) <= int(instance.heads[mentor])
                )
            if instance.hours[mentor] >= 0:
                cost = [int(instance.row_hours[self.row[i]]) for i in members]
                spent = cp_model.LinearExpr.weighted_sum([self.x[i] for i in members], cost)
                self.model.add(spent <= int(instance.hours[mentor]))

    def _mentor_once(self, instance: Instance) -> None:
        clash = {(int(t), int(m)) for t, m in self.limits.doubles}
        groups: dict[tuple[int, int], list[int]] = {}
        for i, (row, mentor) in enumerate(zip(self.row, self.mentor, strict=True)):
            key = (int(instance.team[row]), int(mentor))
            if key in clash:
                groups.setdefault(key, []).append(i)
        for members in groups.values():
            if len(members) > 1:
                self.model.add_at_most_one(self.x[i] for i in members)

    def _counts(self, instance: Instance, spare: Ints) -> None:
        every = np.bincount(instance.level, minlength=len(spare))
        for level, left in enumerate(spare):
            self.model.add(self.level_sum(level) == int(every[level] - left))

    def level_sum(self, level: int) -> cp_model.LinearExprT:
        rows = np.flatnonzero(self.limits.instance.level == level)
        return cp_model.LinearExpr.sum([self.x[i] for row in rows for i in self.by_row[row]])

    def weighted(self, weight: Ints) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum(self.x, weight[self.row, self.mentor].tolist())

    def floor_at_least(self, points: cp_model.LinearExprT, most: int) -> None:
        """Every team with a mentor has at least `points`; `most` bounds them."""
        instance = self.limits.instance
        for team in range(int(instance.team.max(initial=-1)) + 1):
            rows = np.flatnonzero(instance.team == team)
            members = [i for row in rows for i in self.by_row[row]]
            points_each = [int(instance.score[self.row[i], self.mentor[i]]) for i in members]
            score = cp_model.LinearExpr.weighted_sum([self.x[i] for i in members], points_each)
            spare = self.limits.spare
            if spare is not None and (spare[instance.level[rows]] == 0).any():
                self.model.add(score >= points)
                continue
            placed = self.model.new_bool_var("")
            self.model.add_max_equality(placed, [self.x[i] for i in members] or [0])
            self.model.add(score + most * (1 - placed) >= points)

    def best(self, goal: cp_model.LinearExprT, seconds: float, hint: Matching | None = None) -> Answer:
        """Maximise within `seconds`; no matching when none keeps the limits or none was found."""
        if hint is not None:
            self.model.clear_hints()
            for i, x in enumerate(self.x):
                self.model.add_hint(x, int(hint.mate[self.row[i]] == self.mentor[i]))
        self.model.maximize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.1)
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return Answer(None, 0, True)
        bound = int(solver.best_objective_bound + 1e-6)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, bound, False)
        matching = Matching.empty(self.limits.instance.rows, len(self.limits.instance.heads))
        for i, x in enumerate(self.x):
            if solver.boolean_value(x):
                matching.mate[self.row[i]] = self.mentor[i]
                matching.load[self.mentor[i]] += 1
        return Answer(matching, bound, status == cp_model.OPTIMAL)


@dataclass(frozen=True)
class Answer:
    """What a search found, what it proved, and whether it came to its end."""

    matching: Matching | None
    bound: int
    proved: bool


def _grouped(keys: Ints, size: int) -> list[Ints]:
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.searchsorted(keys[order], np.arange(1, size)))


def searched_optimum(instance: Instance, seconds: float) -> Outcome:
    """All stages under crossing limits; a stage that ran out of time keeps its bound beside its value."""
    until = time.monotonic() + seconds
    limits = Limits(instance, doubles(instance))
    covered, stages = _coverage(limits, until)
    limits.spare = spare_rows(instance, covered)
    if instance.floor:
        from .floors import sum_floor

        covered, stage = sum_floor(limits, covered, until)
        limits.floor = stage.value
        stages.append(stage)
    chosen, values, price = _dearest(limits, covered, until)
    return Outcome(chosen.mate, tuple(stages + values), "search", price)


def _coverage(limits: Limits, until: float) -> tuple[Matching, list[Stage]]:
    """The flow's counts bound each class; where crossing limits spoil its answer, search class by class."""
    instance = limits.instance
    relaxed = cover(instance.allowed, instance.heads, instance.level)
    assert relaxed is not None
    if limits.kept(relaxed):
        return relaxed, coverage_stages(instance, relaxed)
    search = Search(limits, instance.allowed)
    best: Matching | None = None
    bound = counts(relaxed, instance.level).copy()
    for level in range(len(bound)):
        answer = search.best(search.level_sum(level), until - time.monotonic(), best)
        if answer.matching is None:
            break
        best = answer.matching
        bound[level] = counts(best, instance.level)[level] if answer.proved else answer.bound
        search.model.add(search.level_sum(level) >= int(counts(best, instance.level)[level]))
    best = best or Matching.empty(instance.rows, len(instance.heads))
    return best, coverage_stages(instance, best, bound)


def _dearest(limits: Limits, known: Matching, until: float) -> tuple[Matching, list[Stage], Ints | None]:
    """The largest total, then the tie-break, by widening the gap until the answer proves itself."""
    instance = limits.instance
    assert limits.spare is not None
    allowed = instance.allowed & (partner_best(instance) >= limits.floor)
    weight = instance.weight()
    relaxed = best_assignment(weight, allowed, instance.heads, instance.level, limits.spare)
    if relaxed is not None and limits.kept(relaxed):
        dual = prices(weight, allowed, instance.heads, instance.level, limits.spare, relaxed)
        return relaxed, value_stages(instance, relaxed, dual.bound), dual.mentor >> instance.tie_shift
    reduced, dual_bound = _relaxed_prices(limits, allowed)
    best, bound = _widening(limits, allowed, reduced, dual_bound, known, until)
    value = total(instance.value, best)
    search = _limited(limits, allowed & (reduced >= value - dual_bound))
    search.model.add(search.weighted(instance.value) >= value)
    answer = search.best(search.weighted(instance.tie), until - time.monotonic(), best)
    chosen = answer.matching or best
    tie = total(instance.tie, chosen)
    stages = [Stage("total", value, bound), Stage("tie", tie, tie if answer.proved else answer.bound)]
    return chosen, stages, None


def _limited(limits: Limits, allowed: Bools) -> Search:
    search = Search(limits, allowed)
    if limits.floor:
        search.floor_at_least(limits.floor, limits.floor)
    return search


def _relaxed_prices(limits: Limits, allowed: Bools) -> tuple[Ints, int]:
    instance = limits.instance
    assert limits.spare is not None
    setting = (instance.value, allowed, instance.heads, instance.level, limits.spare)
    relaxed = best_assignment(*setting)
    if relaxed is None:
        every = int(np.where(allowed, instance.value, 0).max(axis=1).sum())
        return np.zeros_like(instance.value), every
    dual = prices(*setting, relaxed)
    return dual.reduced, dual.bound


def _widening(
    limits: Limits, allowed: Bools, reduced: Ints, bound: int, known: Matching, until: float
) -> tuple[Matching, int]:
    """The largest total and the bound that was proved for it.

    A matching of value v uses no pair whose reduced price is below v − bound. So a finished search
    over the pairs within `gap` has settled everything better than bound − gap.
    """
    value = limits.instance.value
    best, gap = known, max(400, bound // 3000)
    while True:
        gap = min(gap, bound - total(value, best))
        search = _limited(limits, allowed & (reduced >= -gap))
        answer = search.best(search.weighted(value), until - time.monotonic(), best)
        if answer.matching is not None and total(value, answer.matching) > total(value, best):
            best = answer.matching
        if answer.proved and total(value, best) >= bound - gap:
            return best, total(value, best)
        if time.monotonic() >= until:
            return best, bound
        gap *= 4


def partner_best(instance: Instance) -> Ints:
    """The most that a team could sum to with this pair in this place."""
    own = np.where(instance.allowed, instance.score, 0).max(axis=1)
    teams = int(instance.team.max(initial=-1)) + 1
    sums = np.zeros(teams, dtype=np.int64)
    np.add.at(sums, instance.team, own)
    return np.asarray(instance.score + (sums[instance.team] - own)[:, None])
