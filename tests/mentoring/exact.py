"""Two exact solvers that share nothing with the product's: assignment by scipy, and staged branch and cut by HiGHS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp

from incubator.mentoring.matching import Problem
from incubator.mentoring.matching.instance import Instance
from incubator.mentoring.matching.solving import Result

BIG = 1 << 22


def worth_of(problem: Problem) -> np.ndarray:
    """Stage 3 of every pair, in tenths of a point."""
    assert problem.scores is not None
    asked = problem.mentor_scores if problem.mentor_scores is not None else np.full(problem.scores.shape, 500)
    kept = np.array([[(t.id, m.id) in problem.keep for m in problem.mentors] for t in problem.teams])
    setting = problem.settings
    return (
        setting.team_share * problem.scores
        + setting.mentor_share * np.maximum(asked, 0)
        + 10 * setting.keep_bonus * kept
    )


def by_assignment(instance: Instance, floor: bool) -> list[int]:
    """One place a team, heads only, at most two classes: places filled a class, the floor, the total."""
    classes = sorted(set(instance.level.tolist()))
    size = len(instance.level) + 1
    rank = np.array([classes.index(k) for k in instance.level.tolist()])
    column = np.repeat(np.arange(len(instance.heads)), instance.heads)
    urgent = (float(BIG) * size ** (len(classes) - 1 - rank))[:, None]

    def best(pairs: np.ndarray) -> tuple[list[int], int]:
        weight = np.where(pairs, instance.value + BIG * float(size) + urgent * size, 0)[:, column]
        row, col = linear_sum_assignment(np.hstack([weight, np.zeros((size - 1, size - 1))]), maximize=True)
        real = [
            (r, int(column[c])) for r, c in zip(row.tolist(), col.tolist(), strict=True) if c < len(column)
        ]
        real = [(r, j) for r, j in real if pairs[r, j]]
        counts = [sum(int(rank[r]) == k for r, _j in real) for k in range(len(classes))]
        return counts, sum(int(instance.value[r, j]) for r, j in real)

    counts, total = best(instance.allowed)
    if not floor or not sum(counts):
        return [*counts, total]
    points = np.unique(instance.score[instance.allowed])
    low, high = 0, len(points)
    while high - low > 1:
        middle = (low + high) // 2
        reached = best(instance.allowed & (instance.score >= points[middle]))[0] == counts
        low, high = (middle, high) if reached else (low, middle)
    return [*counts, int(points[low]), best(instance.allowed & (instance.score >= points[low]))[1]]


class Staged:
    """Any problem, by HiGHS: one stage after the other, each kept as a row of the next."""

    def __init__(self, problem: Problem) -> None:
        assert problem.scores is not None
        self.problem, self.rows = problem, list[tuple[dict[int, int], float, float]]()
        self.pairs = [
            (i, p, j)
            for i, team in enumerate(problem.teams)
            for p, place in enumerate(team.places)
            for j, mentor in enumerate(problem.mentors)
            if problem.scores[i, j] >= 0 and ("any" in (place.kind, mentor.kind) or place.kind == mentor.kind)
        ]
        self.placed = len(self.pairs)
        self.lowest = self.placed + len(problem.teams)
        self._limits()

    def _limits(self) -> None:
        groups: dict[tuple[Any, ...], dict[int, int]] = {}
        for v, (i, p, j) in enumerate(self.pairs):
            groups.setdefault(("place", i, p), {})[v] = 1
            groups.setdefault(("once", i, j), {})[v] = 1
            groups.setdefault(("heads", j), {})[v] = 1
            groups.setdefault(("hours", j), {})[v] = self.problem.teams[i].places[p].hours
        for key, group in groups.items():
            mentor = self.problem.mentors[key[1]] if key[0] in ("heads", "hours") else None
            most = 1 if mentor is None else mentor.max_teams if key[0] == "heads" else mentor.max_hours
            if most is not None:
                self.rows.append((group, -np.inf, most))
        for lock in self.problem.locks:
            held = [v for v, (i, _p, j) in enumerate(self.pairs) if self._is(lock.team, lock.mentor, i, j)]
            self.rows.append((dict.fromkeys(held, 1), 1, 1))
        for i in range(len(self.problem.teams)):
            own = [v for v, pair in enumerate(self.pairs) if pair[0] == i]
            self.rows += [({v: 1, self.placed + i: -1}, -np.inf, 0) for v in own]
            self.rows.append(({**dict.fromkeys(own, 1), self.placed + i: -1}, 0, np.inf))

    def _is(self, team: str, mentor: str, i: int, j: int) -> bool:
        return (self.problem.teams[i].id, self.problem.mentors[j].id) == (team, mentor)

    def _most(self, goal: Mapping[int, int]) -> int:
        width = self.lowest + 1
        table = sparse.lil_matrix((len(self.rows), width))
        for n, (row, _low, _high) in enumerate(self.rows):
            for v, weight in row.items():
                table[n, v] = weight
        cost = np.zeros(width)
        for v, weight in goal.items():
            cost[v] = -weight
        high = np.r_[np.ones(width - 1), 3000]
        limits = LinearConstraint(table.tocsr(), [r[1] for r in self.rows], [r[2] for r in self.rows])
        found = milp(
            cost,
            constraints=limits,
            integrality=np.ones(width),
            bounds=Bounds(0, high),
            options={"mip_rel_gap": 0.0},
        )
        assert found.status == 0
        reached = round(-found.fun)
        self.rows.append((dict(goal), reached, np.inf))
        return reached

    def stages(self) -> list[int]:
        """Places filled in each class, the floor (where it counts), the total."""
        problem, found = self.problem, list[int]()
        assert problem.scores is not None
        for priority in sorted({t.priority for t in problem.teams}):
            found.append(
                self._most(
                    {v: 1 for v, pair in enumerate(self.pairs) if problem.teams[pair[0]].priority == priority}
                )
            )
        if problem.settings.floor:
            for i in range(len(problem.teams)):
                sums = {v: int(problem.scores[i, j]) for v, (k, _p, j) in enumerate(self.pairs) if k == i}
                self.rows.append(({**sums, self.lowest: -1, self.placed + i: -3000}, -3000, np.inf))
            found.append(self._most({self.lowest: 1}))
        worth = worth_of(problem)
        found.append(self._most({v: int(worth[i, j]) for v, (i, _p, j) in enumerate(self.pairs)}))
        return found


def stages_of(problem: Problem, result: Result) -> list[int]:
    """The same figures of an answer of ours, counted from its pairs."""
    priority = {t.id: t.priority for t in problem.teams}
    counts = [sum(priority[p.team] == k for p in result.pairs) for k in sorted(set(priority.values()))]
    floor = [result.floor] if problem.settings.floor else []
    return [*counts, *floor, sum(p.value for p in result.pairs)]
