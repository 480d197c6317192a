"""The linear program over the choices of teams that are known so far: its value, its prices, a whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from .coverage import NOBODY, Bools, Ints, Matching

if TYPE_CHECKING:
    from .pricing import Prices, Pricing


@dataclass(frozen=True)
class Table:
    """The known choices as columns: (team, first mentor, second), the number of the team, the rows of its places."""

    choices: Ints
    team: Ints
    rows: tuple[Ints, Ints]

    def places(self) -> list[tuple[Ints, Bools, Ints]]:
        """(row, whether it is filled, mentor) of each place."""
        return [(self.rows[p], self.choices[:, p + 1] != NOBODY, self.choices[:, p + 1]) for p in (0, 1)]


class Program:
    """The linear program over known choices. Artificial columns keep it solvable from the start."""

    def __init__(self, pricing: Pricing, table: Table, gain: NDArray[np.float64]) -> None:
        self.pricing, self.choices, self.gain = pricing, table.choices, gain
        instance, goal = pricing.instance, pricing.goal
        width, self.teams, self.mentors = len(table.team), len(pricing.teams), len(instance.heads)
        number = np.arange(width)
        mentor = [(who[f], number[f], rows[f]) for rows, f, who in table.places()]
        who = np.concatenate([m for m, _n, _r in mentor])
        column = np.concatenate([n for _m, n, _r in mentor])
        row = np.concatenate([r for _m, _n, r in mentor])
        one = np.ones(len(who))
        heads = sparse.csr_matrix((one, (who, column)), shape=(self.mentors, width))
        hours = sparse.csr_matrix((instance.row_hours[row], (who, column)), shape=(self.mentors, width))
        level = sparse.csr_matrix((one, (instance.level[row], column)), shape=(pricing.levels, width))
        part = sparse.csr_matrix((np.ones(width), (table.team, number)), shape=(self.teams, width))
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
            cost,
            A_ub=self.over,
            b_ub=self.limit,
            A_eq=self.same,
            b_eq=self.equal,
            bounds=(0, None),
            method="highs-ds",
        )
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
        return float(-done.fun), pricing.rounded((upper[: self.mentors], hour, level)), whole
