"""Unequal hours, exactly: a linear program over whole sets of places per mentor, and a search among the few sets left.

A mentor's heads and hours are inside the sets (`knapsacks`), so the program's bound knows that hours cannot be
split. Its prices, rounded to whole numbers, bound every answer; sets that cost more than the gap between bound
and answer are in no better answer, and the rest is a small model.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from scipy import sparse

from .coverage import Bools, Ints, Matching
from .knapsacks import Knapsack
from .model import Search
from .rows import Rows, by_relaxing

NO_LIMIT = np.int64(1 << 61)
SCALE = 1 << 12
ROUNDS = 400
NEAR = 0.01
MOST_SETS = 20_000
MOST_NUMBERS = 40_000_000
"""Beyond these the sets are too many to look at; the plain model has to do."""


@dataclass(frozen=True)
class Prices:
    """Scaled whole prices of the rows, the profit of every pair at them, and the bound they prove."""

    scaled: int
    profit: Ints
    rest: int
    """The bound without what the mentors' best sets bring."""


class Patterns:
    """Column generation over one `Search` without its capacity rows, for one goal over its columns."""

    def __init__(self, search: Search, goal: Ints) -> None:
        self.search, self.rows = search, search.rows
        self.goal = np.r_[goal, np.zeros(self.rows.width - len(goal), dtype=np.int64)]
        instance, self.pairs = search.instance, len(search.row)
        self.table = _table(self.rows)
        self.columns = self.table.tocsc()
        self.low = np.array([NO_LIMIT if v is None else v for v in self.rows.low], dtype=np.int64)
        self.high = np.array([NO_LIMIT if v is None else v for v in self.rows.high], dtype=np.int64)
        self.mentors = np.unique(search.mentor)
        self.sacks = [
            Knapsack(own, instance.row_hours[search.row[own]], int(instance.heads[m]), int(instance.hours[m]))
            for m in self.mentors
            for own in (np.flatnonzero(search.mentor == m),)
        ]
        self.sets: dict[tuple[int, ...], None] = {}

    @property
    def fits(self) -> bool:
        return sum(sack.size for sack in self.sacks) <= MOST_NUMBERS

    def start(self, known: Matching | None, sets: Iterable[tuple[int, ...]] = ()) -> None:
        """Begin with every single pair, the sets of a known answer, and those of an earlier program."""
        self.sets.update(dict.fromkeys(sets))
        for sack in self.sacks:
            for at in np.flatnonzero(sack.hours <= sack.most) if sack.heads else ():
                self.sets[(int(sack.pairs[at]),)] = None
            if known is not None:
                mine = sack.pairs[known.mate[self.search.row[sack.pairs]] == self.search.mentor[sack.pairs]]
                self.sets[tuple(mine.tolist())] = None

    def bound(self, until: float) -> Prices:
        """The best bound that was reached; below 0 (no goal of ours can be) where no answer keeps the rows."""
        program, best = _Program(self), None
        for _turn in range(ROUNDS):
            value, price = program.solve()
            found, fresh = self.priced(np.rint(price * SCALE).astype(np.int64))
            if best is None or found.scaled < best.scaled:
                best = found
            late = time.monotonic() > until
            met = best.scaled < (np.floor(value + NEAR) + 1) * SCALE
            if best.scaled < 0 or late or not program.add(fresh) or met:
                break
        assert best is not None
        if best.scaled >= 0 and program.short and self.goal.any() and not late:
            plain = Patterns(self.search, np.zeros(self.pairs, dtype=np.int64))
            plain.start(None, self.sets)
            found = plain.bound(until)
            best = found if found.scaled < 0 else best
        return best

    def priced(self, price: Ints) -> tuple[Prices, list[tuple[int, ...]]]:
        """The bound at whole prices (true for any), and the best set of every mentor."""
        price = np.where((price > 0) & (self.high == NO_LIMIT), 0, price)
        price = np.where((price < 0) & (self.low == NO_LIMIT), 0, price)
        profit = self.goal * SCALE - self.table.T @ price
        side = np.where(price > 0, self.high, np.where(price < 0, self.low, 0))
        rest = int((price * side).sum()) + int(np.maximum(profit[self.pairs :], 0).sum())
        whole, fresh = rest, []
        for sack in self.sacks:
            own = profit[sack.pairs]
            tables = sack.tables(own)
            whole += int(tables[0][-1, -1])
            fresh.append(tuple(sack.pairs[list(sack.best(own, tables))].tolist()))
        return Prices(whole, profit, rest), fresh

    def within(self, prices: Prices, gap: int) -> list[tuple[int, ...]] | None:
        """Every set that an answer of `bound - gap` (scaled) may hold; None where they are too many."""
        found: list[tuple[int, ...]] = []
        for sack in self.sacks:
            own = prices.profit[sack.pairs]
            tables = sack.tables(own)
            least = int(tables[0][-1, -1]) - gap
            sets = itertools.islice(sack.within(own, tables, least), MOST_SETS - len(found) + 1)
            found += [tuple(sack.pairs[list(chosen)].tolist()) for chosen in sets]
            if len(found) > MOST_SETS:
                return None
        return [chosen for chosen in found if chosen]

    def pairs_within(self, prices: Prices, gap: int) -> Bools:
        """Rows and mentors that an answer of `bound - gap` (scaled) may join."""
        found: Bools = np.zeros_like(self.search.instance.allowed)
        for sack in self.sacks:
            own = prices.profit[sack.pairs]
            tables = sack.tables(own)
            near = sack.pairs[sack.with_pair(own, tables) >= int(tables[0][-1, -1]) - gap]
            found[self.search.row[near], self.search.mentor[near]] = True
        return found

    def whole(
        self,
        sets: list[tuple[int, ...]],
        goal: Ints,
        least: Mapping[int, Ints],
        seconds: float,
        *,
        first: bool = False,
    ) -> tuple[Matching | None, bool]:
        """The best answer from these sets that reaches each sum in `least`, and whether the search came to its end."""
        if not sets:
            return None, True
        width, aside = len(sets), self.rows.width - self.pairs
        member = _membership(sets, self.pairs)
        table = sparse.hstack([self.columns[:, : self.pairs] @ member, self.columns[:, self.pairs :]]).tocsr()
        rows = Rows(width + aside)
        table.sort_indices()
        seen = set()
        for i in range(table.shape[0]):
            at = slice(table.indptr[i], table.indptr[i + 1])
            low, high, weights = self.rows.low[i], self.rows.high[i], table.data[at]
            if (
                high is not None
                and weights[weights > 0].sum() <= high
                and (low is None or low <= 0 <= weights.min(initial=0))
            ):
                continue  # kept whatever is taken
            key = (table.indices[at].tobytes(), weights.tobytes(), low, high)
            if key not in seen:
                seen.add(key)
                rows.add(table.indices[at], weights, low, high)
        mentor = self.search.mentor[[chosen[0] for chosen in sets]]
        for m in np.unique(mentor):
            rows.add(np.flatnonzero(mentor == m), None, None, 1)
        wide = np.zeros(aside, dtype=np.int64)
        for sum_, weight in least.items():
            rows.at_least(np.r_[member.T @ weight, wide], sum_)
        solved = by_relaxing(rows, np.r_[member.T @ goal, wide], seconds, first=first)
        if solved.taken is None:
            return None, solved.proved
        taken: Bools = np.zeros(self.rows.width, dtype=np.bool_)
        for n in np.flatnonzero(solved.taken[:width]):
            taken[list(sets[n])] = True
        return self.search.matching(taken), solved.proved


def _table(rows: Rows) -> sparse.csr_matrix:
    number = np.repeat(np.arange(len(rows.columns)), [len(c) for c in rows.columns])
    return sparse.csr_matrix(
        (np.concatenate(rows.weights), (number, np.concatenate(rows.columns))),
        shape=(len(rows.columns), rows.width),
        dtype=np.int64,
    )


def _membership(sets: list[tuple[int, ...]], pairs: int) -> sparse.csc_matrix:
    column = np.repeat(np.arange(len(sets)), [len(chosen) for chosen in sets])
    pair = np.fromiter(itertools.chain.from_iterable(sets), dtype=np.int64)
    return sparse.csc_matrix((np.ones(len(pair), dtype=np.int64), (pair, column)), shape=(pairs, len(sets)))


class _Program:
    """The linear program over the sets so far, kept between rounds so that each starts where the last ended."""

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.objective = self.solver.Objective()
        self.objective.SetMaximization()
        endless = self.solver.infinity()
        self.rows = [
            self.solver.Constraint(
                -endless if low == NO_LIMIT else float(low), endless if high == NO_LIMIT else float(high)
            )
            for low, high in zip(patterns.low.tolist(), patterns.high.tolist(), strict=True)
        ]
        self.one = {int(m): self.solver.Constraint(-endless, 1.0) for m in patterns.mentors}
        self.aside: list[Any] = []
        self.short = True
        """Whether the last solution leaves a row short."""
        steep = 20.0 * float(np.abs(patterns.goal).max(initial=1)) + 1000
        for row, low in zip(self.rows, patterns.low.tolist(), strict=True):
            if low != NO_LIMIT and low > 0:
                self.aside.append(self._column({row: float(low)}, -steep, 1.0))
        for column in range(patterns.pairs, patterns.rows.width):
            self._column(self._entries((column,)), float(patterns.goal[column]), 1.0)
        first, patterns.sets = list(patterns.sets), {}
        self.add(first)

    def _entries(self, columns: tuple[int, ...]) -> dict[Any, float]:
        found: dict[Any, float] = {}
        table = self.patterns.columns
        for column in columns:
            for at in range(table.indptr[column], table.indptr[column + 1]):
                row = self.rows[table.indices[at]]
                found[row] = found.get(row, 0.0) + float(table.data[at])
        return found

    def _column(self, entries: dict[Any, float], gain: float, most: float) -> Any:
        x = self.solver.NumVar(0.0, most, "")
        self.objective.SetCoefficient(x, gain)
        for row, weight in entries.items():
            row.SetCoefficient(x, weight)
        return x

    def add(self, sets: list[tuple[int, ...]]) -> int:
        fresh = [chosen for chosen in dict.fromkeys(sets) if chosen and chosen not in self.patterns.sets]
        for chosen in fresh:
            self.patterns.sets[chosen] = None
            entries = self._entries(chosen)
            entries[self.one[int(self.patterns.search.mentor[chosen[0]])]] = 1.0
            self._column(entries, float(self.patterns.goal[list(chosen)].sum()), self.solver.infinity())
        return len(fresh)

    def solve(self) -> tuple[float, NDArray[np.float64]]:
        status = self.solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            raise ArithmeticError(f"the linear program ended with status {status}")
        self.short = any(column.solution_value() > 1e-6 for column in self.aside)
        return self.objective.Value(), np.array([row.dual_value() for row in self.rows])
