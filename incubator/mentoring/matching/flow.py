"""The dearest assignment with given counts, by min-cost flow, and the prices that prove it.

Weights are whole numbers (int64) throughout, so “optimal” means equal, not nearly equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from .coverage import NOBODY, Bools, Ints, Matching

FORBIDDEN = np.int64(-(1 << 61))


def best_assignment(weight: Ints, allowed: Bools, heads: Ints, level: Ints, spare: Ints) -> Matching | None:
    """Largest sum of weights with exactly `spare[k]` rows of class k left out; None if there is none."""
    rows, mentors = allowed.shape
    if rows == 0:
        return Matching.empty(0, mentors)
    network = min_cost_flow.SimpleMinCostFlow()
    row, mentor = np.nonzero(allowed)
    network.add_arcs_with_capacity_and_unit_cost(
        row, rows + mentor, np.ones(len(row), dtype=np.int64), -weight[row, mentor]
    )
    sink = rows + mentors + len(spare)
    columns = np.arange(rows, sink)
    room = np.concatenate([heads, spare]).astype(np.int64)
    network.add_arcs_with_capacity_and_unit_cost(
        columns, np.full(len(columns), sink), room, np.zeros(len(columns), dtype=np.int64)
    )
    idle = np.flatnonzero(spare[level] > 0)
    network.add_arcs_with_capacity_and_unit_cost(
        idle, rows + mentors + level[idle], np.ones(len(idle), dtype=np.int64), np.zeros(len(idle), np.int64)
    )
    network.set_nodes_supplies(np.arange(rows), np.ones(rows, dtype=np.int64))
    network.set_node_supply(sink, -rows)
    if network.solve() != network.OPTIMAL:
        return None
    used = np.flatnonzero(network.flows(np.arange(len(row))))
    matching = Matching.empty(rows, mentors)
    matching.mate[row[used]] = mentor[used]
    matching.load += np.bincount(mentor[used], minlength=mentors)
    return matching


@dataclass(frozen=True)
class Prices:
    """Dual prices: what one more place of a mentor is worth, and the bound they prove."""

    mentor: Ints
    idle: Ints
    bound: int
    reduced: Ints
    """weight − price − the row's own best: 0 on pairs that an optimum may use, else negative."""


def prices(weight: Ints, allowed: Bools, heads: Ints, level: Ints, spare: Ints, chosen: Matching) -> Prices:
    """Prices under which `chosen` is best for every row; their bound equals its sum.

    Raises ArithmeticError when `chosen` is not optimal (an exchange would gain).
    """
    mentors = len(heads)
    table = _with_idle_columns(weight, allowed, level, spare)
    column = np.where(chosen.mate >= 0, chosen.mate, mentors + level)
    gain = _exchange_gains(table, column)
    start = np.zeros(table.shape[1], dtype=np.int64)
    lowest = int(weight[allowed].max(initial=0))
    start[mentors:] = -lowest
    price = _longest(start, gain)
    own = table - price
    best = own.max(axis=1)
    if (own[np.arange(len(own)), column] != best).any() or (price[:mentors][chosen.load < heads] != 0).any():
        raise ArithmeticError("the assignment is not optimal")
    bound = int(best.sum() + (price * np.concatenate([heads, spare])).sum())
    reduced = np.where(allowed, own[:, :mentors] - best[:, None], FORBIDDEN)
    return Prices(price[:mentors], price[mentors:], bound, reduced)


def _with_idle_columns(weight: Ints, allowed: Bools, level: Ints, spare: Ints) -> Ints:
    idle = np.full((len(weight), len(spare)), FORBIDDEN, dtype=np.int64)
    waits = np.flatnonzero(spare[level] > 0)
    idle[waits, level[waits]] = 0
    return np.hstack([np.where(allowed, weight, FORBIDDEN), idle])


def _exchange_gains(table: Ints, column: Ints) -> Ints:
    """gain[a, b]: the most that moving one row from column a to column b adds."""
    width = table.shape[1]
    gain = np.full((width, width), FORBIDDEN, dtype=np.int64)
    order = np.argsort(column, kind="stable")
    if not len(order):
        return gain
    own = table[order, column[order]]
    change = np.where(table[order] > FORBIDDEN // 2, table[order] - own[:, None], FORBIDDEN)
    held, first = np.unique(column[order], return_index=True)
    gain[held] = np.maximum.reduceat(change, first, axis=0)
    return gain


def _longest(start: Ints, gain: Ints) -> Ints:
    price = start
    for _ in range(len(start) + 1):
        better = np.maximum(price, (price[:, None] + gain).max(axis=0))
        if (better == price).all():
            return price
        price = better
    raise ArithmeticError("the assignment is not optimal")


def total(weight: Ints, chosen: Matching) -> int:
    """Sum of the weights of the chosen pairs."""
    held = np.flatnonzero(chosen.mate != NOBODY)
    return int(weight[held, chosen.mate[held]].sum())
