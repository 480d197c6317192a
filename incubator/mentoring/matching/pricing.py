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

from .coverage import NOBODY, Bools, Ints, Matching
from .duos import NO_ROW, REFUSED, Best, Duos, Rules
from .flow import total
from .limits import Limits
from .program import Program, Table

SCALE_BITS = 16
SCALE = 1 << SCALE_BITS
ROUNDS = 200
NEAR = 0.01
GAP_SHARE = 20_000
"""One part in so many of a first bound: the choices that cost less are tried together."""
MOST_CHOICES = 20_000
TRIES = 4


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
        self.row_of, self.team_at = self._seats()

    def _seats(self) -> tuple[Ints, Ints]:
        """Row of each team and place (NO_ROW where it has none), and each team's number among those with places."""
        size = int(self.instance.team.max(initial=-1)) + 1
        row_of, team_at = np.full((size, 2), NO_ROW, dtype=np.int64), np.zeros(size, dtype=np.int64)
        for place, slot in enumerate(self.duos.slots):
            row_of[self.duos.team, place] = slot.rows
        team_at[self.duos.team[self.duos.start]] = np.arange(len(self.duos.start))
        return row_of, team_at

    def bound(self, known: Sequence[Matching], until: float, start: Prices | None = None) -> Bound:
        """The bound. `known` are answers under the goal's rules: the program starts from their choices.

        `start`, prices of an easier problem, often settles it in one turn; any prices do.
        """
        if start is not None and (settled := self._at_once(start)) is not None:
            return settled
        for matching in known:
            self._add(self._choices_of(matching))
        aim = max((total(self.goal.weight, matching) for matching in known), default=None)
        prices = start if start is not None else self.rounded(None)
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

    def _at_once(self, start: Prices) -> Bound | None:
        """The bound from one program over all choices that are good at these prices, where it is whole.

        An answer that uses another choice falls short of the first bound by more than the gap. Once an answer
        within the gap is known, only these choices count, so what is best among them is best of all.
        """
        worth = self._worth(start)
        best = self.duos.best(worth)
        first = self._dual(start, best)
        gap = first // GAP_SHARE
        for _turn in range(TRIES):
            near = self.duos.near(worth, best, gap)
            if len(near) > MOST_CHOICES:
                return None
            self._add(near)
            _reached, prices, found = self._program()
            value = 0 if found is None else total(self.goal.weight, found)
            if found is not None and value * SCALE >= first - gap:
                scaled, slack = self._among_known(prices)
                return Bound(value, scaled, slack, prices, found) if scaled // SCALE == value else None
            gap = 2 * gap if found is None else max(2 * gap, first - value * SCALE)
        return None

    def _among_known(self, prices: Prices) -> tuple[int, Ints]:
        """Lagrange's bound over the known choices alone, and what each pair loses there; no other pair is in one."""
        table = self._table()
        worth = np.zeros(len(table.team), dtype=np.int64)
        for rows, filled, mentor in table.places():
            row, who = rows[filled], mentor[filled]
            worth[filled] += (
                self.scaled[row, who]
                - prices.mentor[who]
                - prices.hour[who] * self.instance.row_hours[row]
                - prices.level[self.instance.level[row]]
            )
        top = np.full(len(self.teams), REFUSED, dtype=np.int64)
        np.maximum.at(top, table.team, worth)
        slack = np.full(self.instance.allowed.shape, -REFUSED, dtype=np.int64)
        for rows, filled, mentor in table.places():
            np.minimum.at(slack, (rows[filled], mentor[filled]), (top[table.team] - worth)[filled])
        return int(top.sum()) + self._paid(prices), slack

    def _worth(self, prices: Prices) -> list[Ints]:
        return self.duos.worth(self.scaled, prices.mentor, prices.hour, prices.level[self.instance.level])

    def _dual(self, prices: Prices, best: Best) -> int:
        """The bound at these prices, scaled: Lagrange's, true for any prices that are not negative."""
        return int(best.worth.sum()) + self._paid(prices)

    def _paid(self, prices: Prices) -> int:
        counts = {**self.goal.exact, **self.goal.most}
        return (
            int((prices.mentor * self.instance.heads).sum())
            + int((prices.hour[self.timed] * self.instance.hours[self.timed]).sum())
            + sum(int(prices.level[k]) * n for k, n in counts.items())
        )

    def _picked(self, best: Best) -> list[tuple[int, int, int]]:
        one, two = (np.r_[slot.mentors, NOBODY] for slot in self.duos.slots)
        teams = self.duos.team[self.duos.start]
        return list(zip(teams.tolist(), one[best.first].tolist(), two[best.second].tolist(), strict=True))

    def _choices_of(self, matching: Matching) -> list[tuple[int, int, int]]:
        def seat(team: int, place: int) -> int:
            row = self.row_of[team, place]
            return NOBODY if row == NO_ROW else int(matching.mate[row])

        return [(team, seat(team, 0), seat(team, 1)) for team in self.teams]

    def _add(self, choices: list[tuple[int, int, int]]) -> int:
        before = len(self.choices)
        self.choices.update(dict.fromkeys(choices))
        return len(self.choices) - before

    def rounded(
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

    def _table(self) -> Table:
        choices = np.array(list(self.choices), dtype=np.int64).reshape(-1, 3)
        rows = self.row_of[choices[:, 0]]
        return Table(choices, self.team_at[choices[:, 0]], (rows[:, 0], rows[:, 1]))

    def _program(self) -> tuple[float, Prices, Matching | None]:
        """Solve over the known choices: the value, the prices, and the answer where it is whole."""
        table = self._table()
        gain = np.zeros(len(table.team))
        for rows, filled, mentor in table.places():
            gain[filled] += self.goal.weight[rows[filled], mentor[filled]]
        return Program(self, table, gain).solve()

    def answer(self, choices: Ints, taken: NDArray[np.float64]) -> Matching | None:
        """The matching of a whole solution that keeps every limit."""
        if (np.abs(taken - np.rint(taken)) > 1e-6).any():
            return None
        matching = Matching.empty(self.instance.rows, len(self.instance.heads))
        for team, first, second in choices[taken > 0.5].tolist():
            for place, mentor in enumerate((first, second)):
                if mentor != NOBODY:
                    matching.mate[self.row_of[team, place]] = mentor
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
