"""The sets of places one mentor can take: heads and hours, in whole numbers.

`Knapsack` knows one mentor's pairs. At given profits it finds the best set, what any set with a given pair
can bring at most, and every set within a gap of the best.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

import numpy as np

from .coverage import Ints

NEVER = np.int64(-(1 << 60))


class Knapsack:
    """Sets of at most `heads` of a mentor's pairs whose hours stay under `most` (-1: no such limit)."""

    def __init__(self, pairs: Ints, hours: Ints, heads: int, most: int) -> None:
        self.pairs, self.heads = pairs, min(heads, len(pairs))
        limited = hours if most >= 0 else np.zeros_like(hours)
        step = gcd(*limited.tolist()) or 1
        self.hours, self.most = limited // step, max(most, 0) // step

    @property
    def size(self) -> int:
        """How many numbers one look at all sets takes."""
        return len(self.pairs) * (self.heads + 1) * (self.most + 1)

    def tables(self, profit: Ints) -> list[Ints]:
        """`tables[i][k, h]`: the most that pairs i and later bring with k places and h hours left."""
        last = np.zeros((self.heads + 1, self.most + 1), dtype=np.int64)
        found = [last]
        for i in range(len(self.pairs) - 1, -1, -1):
            here, hours = found[-1], int(self.hours[i])
            if profit[i] > 0 and hours <= self.most and self.heads:
                taken = here[:-1, : self.most + 1 - hours] + profit[i]
                here = here.copy()
                here[1:, hours:] = np.maximum(here[1:, hours:], taken)
            found.append(here)
        return found[::-1]

    def best(self, profit: Ints, tables: list[Ints]) -> tuple[int, ...]:
        """The best set, as numbers of pairs."""
        left, room, chosen = self.heads, self.most, []
        for i in range(len(self.pairs)):
            if tables[i][left, room] != tables[i + 1][left, room]:
                chosen.append(i)
                left, room = left - 1, room - int(self.hours[i])
        return tuple(chosen)

    def with_pair(self, profit: Ints, tables: list[Ints]) -> Ints:
        """What a set with each pair brings at most (the pair itself may be counted twice: never too little)."""
        found = np.full(len(self.pairs), NEVER, dtype=np.int64)
        if self.heads:
            able = np.flatnonzero(self.hours <= self.most)
            found[able] = profit[able] + tables[0][self.heads - 1, self.most - self.hours[able]]
        return found

    def within(self, profit: Ints, tables: list[Ints], least: int) -> Iterator[tuple[int, ...]]:
        """Every set that brings at least `least`; the empty one too where it does."""
        stack: list[tuple[int, int, int, int, tuple[int, ...]]] = [(0, self.heads, self.most, 0, ())]
        while stack:
            i, left, room, sum_, chosen = stack.pop()
            if i == len(self.pairs):
                yield chosen
                continue
            if sum_ + int(tables[i + 1][left, room]) >= least:
                stack.append((i + 1, left, room, sum_, chosen))
            hours = int(self.hours[i])
            if left and hours <= room:
                more = sum_ + int(profit[i])
                if more + int(tables[i + 1][left - 1, room - hours]) >= least:
                    stack.append((i + 1, left - 1, room - hours, more, (*chosen, i)))
