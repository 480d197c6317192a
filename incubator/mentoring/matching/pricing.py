"""The tight bound for teams of two places: prices of mentors, hours and classes that no answer can beat.

Column generation. A linear program over the choices priced so far gives prices; at those prices every
team picks its best choice (`duos`). That gives a bound in whole numbers, which holds however the
prices were rounded, and new choices for the program. They meet at a bound that sees each team as a
whole; only the pairs within the gap are left to search.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from .coverage import NOBODY, Bools, Ints, Matching
from .duos import NO_ROW, Best, Duos, Rules
from .flow import total
from .limits import Limits

SCALE = 1 << 16
ROUNDS = 200
NEAR = 0.01


@dataclass(frozen=True)
class Goal:
    """What a stage maximises under its rules; `exact` and `most` bound the filled rows of classes."""

    weight: Ints
    rules: Rules
    exact: Mapping[int, int] = field(default_factory=dict)
    most: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Prices:
    """Scaled whole numbers: a place of each mentor, an hour of each mentor, a filled row of each class."""

    mentor: Ints
    hour: Ints
    level: Ints

    def between(self, other: Prices) -> Prices:
        return Prices(
            (self.mentor + other.mentor) // 2, (self.hour + other.hour) // 2, (self.level + other.level) // 2
        )


@dataclass(frozen=True)
class Bound:
    """`value` is the most that any answer can reach, `scaled` the same before rounding down."""

    value: int
    scaled: int
    slack: Ints
    prices: Prices
    found: Matching | None
    """A whole answer that keeps all limits, where the program came to one."""

    def within(self, value: int) -> Bools:
        """Pairs that an answer of at least `value` may use."""
        return np.asarray(self.slack <= self.scaled - value * SCALE)


class Pricing:
    """One run of column generation."""

    def __init__(self, limits: Limits, goal: Goal) -> None:
        self.limits, self.goal, self.instance = limits, goal, limits.instance
        self.duos = Duos(self.instance, goal.rules)
        self.levels = int(self.instance.level.max(initial=-1)) + 1
        self.timed = np.flatnonzero(self.instance.hours >= 0)
        self.teams = {int(t): n for n, t in enumerate(self.duos.team[self.duos.start])}
        self.choices: dict[tuple[int, int, int], None] = {}
        """(team, mentor of the first place, of the second) in order of discovery; NOBODY allowed."""
        self.scaled = goal.weight * SCALE
        self.rows = {(int(t), int(p)): r for r, (t, p) in enumerate(self._seats())}

    def _seats(self) -> list[tuple[int, int]]:
        one, two = self.duos.slots
        place = np.zeros(self.instance.rows, dtype=np.int64)
        place[two.rows[two.rows != NO_ROW]] = 1
        return list(zip(self.instance.team.tolist(), place.tolist(), strict=True))

    def bound(self, known: Sequence[Matching], until: float) -> Bound:
        """The bound. `known` are answers under the goal's rules: the program starts from their choices."""
        for matching in known:
            self._add(self._choices_of(matching))
        aim = max((total(self.goal.weight, matching) for matching in known), default=None)
        prices = self._prices(None)
        lowest, kept = None, prices
        found: Matching | None = None
        for turn in range(ROUNDS):
            best = self.duos.best(self._worth(prices))
            scaled = self._dual(prices, best)
            if lowest is None or scaled < lowest:
                lowest, kept = scaled, prices
            fresh = self._add(self._picked(best))
            if aim is not None and lowest // SCALE <= aim:
                break
            reached, exact, whole = self._program()
            if whole is not None:
                found, aim = whole, max(aim or 0, total(self.goal.weight, whole))
            if lowest // SCALE <= int(np.floor(reached + NEAR)) or time.monotonic() > until:
                break
            prices = prices.between(exact) if fresh and turn % 2 == 0 else exact
        assert lowest is not None
        worth = self._worth(kept)
        slack = self.duos.slack(worth, self.duos.best(worth))
        return Bound(lowest // SCALE, lowest, slack, kept, found)

    def _worth(self, prices: Prices) -> list[Ints]:
        return self.duos.worth(self.scaled, prices.mentor, prices.hour, prices.level[self.instance.level])

    def _dual(self, prices: Prices, best: Best) -> int:
        """The bound at these prices, scaled: Lagrange's, true for any prices that are not negative."""
        counts = {**self.goal.exact, **self.goal.most}
        return (
            int(best.worth.sum())
            + int((prices.mentor * self.instance.heads).sum())
            + int((prices.hour[self.timed] * self.instance.hours[self.timed]).sum())
            + sum(int(prices.level[k]) * n for k, n in counts.items())
        )

    def _picked(self, best: Best) -> list[tuple[int, int, int]]:
        one, two = (np.r_[slot.mentors, NOBODY] for slot in self.duos.slots)
        teams = self.duos.team[self.duos.start]
        return list(zip(teams.tolist(), one[best.first].tolist(), two[best.second].tolist(), strict=True))

    def _choices_of(self, matching: Matching) -> list[tuple[int, int, int]]:
        def seat(team: int, place: int) -> int:
            row = self.rows.get((team, place))
            return NOBODY if row is None else int(matching.mate[row])

        return [(team, seat(team, 0), seat(team, 1)) for team in self.teams]

    def _add(self, choices: list[tuple[int, int, int]]) -> int:
        before = len(self.choices)
        self.choices.update(dict.fromkeys(choices))
        return len(self.choices) - before

    def _prices(
        self, found: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None
    ) -> Prices:
        """Rounded to whole numbers; only the price of a class with an exact count may be negative."""
        mentors = len(self.instance.heads)
        mentor, hour, level = (
            found if found is not None else (np.zeros(mentors), np.zeros(mentors), np.zeros(self.levels))
        )
        whole = [np.rint(part * SCALE).astype(np.int64) for part in (mentor, hour, level)]
        for k in range(self.levels):
            if k not in self.goal.exact:
                whole[2][k] = max(0, whole[2][k]) if k in self.goal.most else 0
        return Prices(np.maximum(whole[0], 0), np.maximum(whole[1], 0), whole[2])

    def _program(self) -> tuple[float, Prices, Matching | None]:
        """Solve over the known choices: the value, the prices, and the answer where it is whole."""
        choices = np.array(list(self.choices), dtype=np.int64)
        team = np.array([self.teams[t] for t in choices[:, 0].tolist()])
        rows = [
            np.array([self.rows.get((t, p), NO_ROW) for t in choices[:, 0].tolist()], dtype=np.int64)
            for p in (0, 1)
        ]
        filled = [choices[:, p + 1] != NOBODY for p in (0, 1)]
        gain = np.zeros(len(choices))
        for p in (0, 1):
            gain[filled[p]] += self.goal.weight[rows[p][filled[p]], choices[filled[p], p + 1]]
        program = _Program(self, choices, team, rows, filled, gain)
        return program.solve()

    def answer(self, choices: Ints, taken: NDArray[np.float64]) -> Matching | None:
        """The matching of a whole solution that keeps every limit."""
        if (np.abs(taken - np.rint(taken)) > 1e-6).any():
            return None
        matching = Matching.empty(self.instance.rows, len(self.instance.heads))
        for team, first, second in choices[taken > 0.5].tolist():
            for place, mentor in enumerate((first, second)):
                if mentor != NOBODY:
                    matching.mate[self.rows[team, place]] = mentor
                    matching.load[mentor] += 1
        return matching if self.keeps(matching) else None

    def keeps(self, matching: Matching) -> bool:
        held = matching.mate != NOBODY
        counts = np.bincount(self.instance.level[held], minlength=self.levels)
        return (
            bool((matching.load <= self.instance.heads).all())
            and bool(held[self.goal.rules.must].all())
            and all(counts[k] == n for k, n in self.goal.exact.items())
            and all(counts[k] <= n for k, n in self.goal.most.items())
            and self.limits.kept(matching)
        )


class _Program:
    """The linear program over known choices. Artificial columns keep it solvable from the start."""

    def __init__(
        self, pricing: Pricing, choices: Ints, team: Ints, rows: list[Ints], filled: list[Bools], gain: NDArray[np.float64]
    ) -> None:  # fmt: skip
        self.pricing, self.choices, self.gain = pricing, choices, gain
        instance, goal = pricing.instance, pricing.goal
        width, self.teams, self.mentors = len(choices), len(pricing.teams), len(instance.heads)
        number = np.arange(width)
        mentor = [(choices[f, p + 1], number[f], rows[p][f]) for p, f in enumerate(filled)]
        who = np.concatenate([m for m, _n, _r in mentor])
        column = np.concatenate([n for _m, n, _r in mentor])
        row = np.concatenate([r for _m, _n, r in mentor])
        one = np.ones(len(who))
        heads = sparse.csr_matrix((one, (who, column)), shape=(self.mentors, width))
        hours = sparse.csr_matrix((instance.row_hours[row], (who, column)), shape=(self.mentors, width))
        level = sparse.csr_matrix((one, (instance.level[row], column)), shape=(pricing.levels, width))
        part = sparse.csr_matrix((np.ones(width), (team, number)), shape=(self.teams, width))
        self.most, self.exact = sorted(goal.most), sorted(goal.exact)
        over = sparse.vstack([heads, hours[pricing.timed], level[self.most]])
        same = sparse.vstack([part, level[self.exact]])
        self.limit = np.concatenate(
            [instance.heads, instance.hours[pricing.timed], [goal.most[k] for k in self.most]]
        )
        self.equal = np.concatenate([np.ones(self.teams), [goal.exact[k] for k in self.exact]])
        self.over = sparse.hstack([over, sparse.csr_matrix((over.shape[0], self._artificial()))]).tocsc()
        eye, extra = (
            sparse.eye(self.teams + len(self.exact)),
            sparse.eye(self.teams + len(self.exact)).tocsc(),
        )
        self.same = sparse.hstack([same, eye, -extra[:, self.teams :]]).tocsc()

    def _artificial(self) -> int:
        return self.teams + 2 * len(self.exact)

    def solve(self) -> tuple[float, Prices, Matching | None]:
        steep = 10.0 * float(np.abs(self.gain).max(initial=1)) + 1000
        cost = np.concatenate([-self.gain, np.full(self._artificial(), steep)])
        done = linprog(
            cost, A_ub=self.over, b_ub=self.limit, A_eq=self.same, b_eq=self.equal, bounds=(0, None), method="highs-ds"
        )  # fmt: skip
        if done.status != 0:
            raise ArithmeticError(f"the linear program ended with status {done.status}")
        pricing, cut = self.pricing, self.mentors + len(self.pricing.timed)
        upper, equal = -done.ineqlin.marginals, -done.eqlin.marginals
        hour, level = np.zeros(self.mentors), np.zeros(pricing.levels)
        hour[pricing.timed] = upper[self.mentors : cut]
        level[self.most], level[self.exact] = upper[cut:], equal[self.teams :]
        taken = done.x[: len(self.choices)]
        idle = done.x[len(self.choices) :].sum() < 1e-6
        whole = pricing.answer(self.choices, taken) if idle else None
        return float(-done.fun), pricing._prices((upper[: self.mentors], hour, level)), whole
