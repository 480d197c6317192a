"""A model in whole numbers as plain rows, and the two solvers that can read it.

CP-SAT counts in whole numbers and is quick where few pairs are left; HiGHS leans on its linear programs and is
better where unequal hours fill mentors up. HiGHS works in floating point: its answers are checked in whole
numbers by whoever asks, its bound is rounded down.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .coverage import Bools, Ints

ALONE = 6.0
"""Seconds that one worker of CP-SAT has before several start."""
TOGETHER = 8
ENOUGH = 1e-3


@dataclass(frozen=True)
class Solved:
    """Which columns are taken (None: no answer), a bound on the goal, and whether the solver came to its end."""

    taken: Bools | None
    bound: int | None
    proved: bool


@dataclass
class Rows:
    """Yes-or-no columns under rows `low <= sum(weight x column) <= high`; `None` is no limit."""

    width: int = 0
    columns: list[Ints] = field(default_factory=list)
    weights: list[Ints] = field(default_factory=list)
    low: list[int | None] = field(default_factory=list)
    high: list[int | None] = field(default_factory=list)

    def column(self) -> int:
        self.width += 1
        return self.width - 1

    def add(
        self, columns: Iterable[int], weights: Sequence[int] | Ints | None, low: int | None, high: int | None
    ) -> None:
        chosen = np.fromiter(columns, dtype=np.int64)
        self.columns.append(chosen)
        self.weights.append(
            np.ones(len(chosen), dtype=np.int64) if weights is None else np.asarray(weights, dtype=np.int64)
        )
        self.low.append(low)
        self.high.append(high)

    def at_least(self, goal: Ints, value: int) -> None:
        used = np.flatnonzero(goal)
        self.add(used, goal[used], value, None)


def by_counting(rows: Rows, goal: Ints | None, seconds: float, hint: Bools | None) -> Solved:
    """CP-SAT: one worker first, then several from what it found."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(rows.width)]
    for columns, weights, low, high in zip(rows.columns, rows.weights, rows.low, rows.high, strict=True):
        held = [x[c] for c in columns]
        if high == 1 and low in (None, 1) and (weights == 1).all():
            (model.add_exactly_one if low == 1 else model.add_at_most_one)(held)
        else:
            model.add_linear_constraint(
                cp_model.LinearExpr.weighted_sum(held, weights.tolist()),
                -(1 << 60) if low is None else low,
                (1 << 60) if high is None else high,
            )
    if goal is not None:
        model.maximize(cp_model.LinearExpr.weighted_sum(x, goal.tolist()))
    until = time.monotonic() + max(seconds, 0.1)
    solver = cp_model.CpSolver()
    status = cp_model.UNKNOWN
    for workers, most in ((1, ALONE), (TOGETHER, math.inf)):
        if hint is not None:
            model.clear_hints()
            for column, used in zip(x, hint.tolist(), strict=True):
                model.add_hint(column, used)
        left = until - time.monotonic()
        if status in (cp_model.OPTIMAL, cp_model.INFEASIBLE) or left <= 0:
            break
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = min(most, left)
        solver.parameters.num_workers = workers
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = 1
        status = solver.solve(model)
        if status == cp_model.FEASIBLE:
            hint = np.array([solver.boolean_value(column) for column in x])
    if status == cp_model.INFEASIBLE:
        return Solved(None, None, True)
    bound = (
        None
        if goal is None or status == cp_model.UNKNOWN
        else math.floor(solver.best_objective_bound + ENOUGH)
    )
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solved(None, bound, False)
    taken = np.array([solver.boolean_value(column) for column in x])
    return Solved(taken, bound, status == cp_model.OPTIMAL)


def by_relaxing(rows: Rows, goal: Ints | None, seconds: float, *, first: bool = False) -> Solved:
    """HiGHS: branch and cut; with `first` it stops at the first answer. Where it breaks off, CP-SAT reads the rows."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    number = np.repeat(np.arange(len(rows.columns)), [len(c) for c in rows.columns])
    table = sparse.csr_matrix(
        (np.concatenate(rows.weights), (number, np.concatenate(rows.columns))),
        shape=(len(rows.columns), rows.width),
    )
    low = np.array([-np.inf if v is None else v for v in rows.low])
    high = np.array([np.inf if v is None else v for v in rows.high])
    until = time.monotonic() + seconds
    cost: NDArray[np.float64] = np.zeros(rows.width) if goal is None else -goal.astype(float)
    done = milp(
        cost,
        constraints=LinearConstraint(table, low, high),
        integrality=np.ones(rows.width),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 1e6 if first else 0.0, "time_limit": max(seconds, 0.1)},
    )
    if done.status == 2:
        return Solved(None, None, True)
    if done.status not in (0, 1):  # neither solved nor out of time: floating point got in its way
        return by_counting(rows, goal, until - time.monotonic(), None)
    dual = done.get("mip_dual_bound")
    bound = None if goal is None or dual is None or not math.isfinite(dual) else math.floor(-dual + ENOUGH)
    taken = None if done.x is None else np.asarray(done.x > 0.5)
    return Solved(taken, bound, done.status == 0)
