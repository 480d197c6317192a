"""Which places can be filled at all: a matching grown by alternating paths, and Hall's proof of it.

Rows are places, columns are mentors. A row that is covered stays covered while a better class
is served; a row of a lower class gives way only where a higher class has no other way. That is
the greedy rule of transversal matroids, so the counts class by class are the best possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
NOBODY = -1


@dataclass
class Matching:
    """`mate[row]` is a mentor or NOBODY; `load[mentor]` counts its rows."""

    mate: Ints
    load: Ints

    @classmethod
    def empty(cls, rows: int, mentors: int) -> Matching:
        return cls(np.full(rows, NOBODY, dtype=np.int64), np.zeros(mentors, dtype=np.int64))

    def copy(self) -> Matching:
        return Matching(self.mate.copy(), self.load.copy())

    def drop(self, row: int) -> None:
        self.load[self.mate[row]] -= 1
        self.mate[row] = NOBODY


@dataclass(frozen=True)
class Reach:
    """What alternating paths from one row can touch; `end` is a mentor with room, or NOBODY."""

    end: int
    via: Ints
    rows: Ints
    mentors: Bools


def reach(row: int, allowed: Bools, heads: Ints, matching: Matching) -> Reach:
    """Breadth-first from `row`: to mentors it may have, to the rows they hold, and on."""
    seen = np.zeros(allowed.shape[1], dtype=bool)
    via = np.full(allowed.shape[1], NOBODY, dtype=np.int64)
    visited = [np.array([row])]
    frontier = visited[0]
    while len(frontier):
        fresh = allowed[frontier].any(axis=0) & ~seen
        if not fresh.any():
            break
        found = np.flatnonzero(fresh)
        via[found] = frontier[allowed[frontier][:, found].argmax(axis=0)]
        seen |= fresh
        room = found[matching.load[found] < heads[found]]
        if len(room):
            return Reach(int(room[0]), via, np.concatenate(visited), seen)
        held = (matching.mate >= 0) & fresh[matching.mate]
        frontier = np.flatnonzero(held)
        visited.append(frontier)
    return Reach(NOBODY, via, np.concatenate(visited), seen)


def shift(start: int, end: int, via: Ints, matching: Matching) -> None:
    """Move every row on the path one mentor on, so that `start` is covered and `end` takes one more."""
    matching.load[end] += 1
    mentor = end
    while True:
        row = int(via[mentor])
        before = int(matching.mate[row])
        matching.mate[row] = mentor
        if row == start:
            return
        mentor = before


def cover(
    allowed: Bools, heads: Ints, level: Ints, start: Matching | None = None, most: Ints | None = None
) -> Matching | None:
    """The matching with the best counts, class by class (0 first).

    With `most` (the counts to reach), None as soon as they cannot be reached.
    """
    matching = start.copy() if start else Matching.empty(len(allowed), len(heads))
    held = np.flatnonzero(matching.mate >= 0)
    for row in held[~allowed[held, matching.mate[held]]]:
        matching.drop(int(row))
    missing: list[int] = []
    totals = np.bincount(level, minlength=int(level.max(initial=0)) + 1)
    waiting = np.flatnonzero(matching.mate == NOBODY)
    for row in waiting[np.argsort(level[waiting], kind="stable")]:
        lost = _serve(int(row), allowed, heads, level, matching)
        if lost is not None:
            missing.append(lost)
            if most is not None and _short(missing, level, totals, most):
                return None
    return matching


def _serve(row: int, allowed: Bools, heads: Ints, level: Ints, matching: Matching) -> int | None:
    """Cover `row`; returns the row that stays uncovered for it (itself or a lower class), or None."""
    free = allowed[row] & (matching.load < heads)
    at_once = int(free.argmax())
    if free[at_once]:
        matching.mate[row] = at_once
        matching.load[at_once] += 1
        return None
    touched = reach(row, allowed, heads, matching)
    if touched.end != NOBODY:
        shift(row, touched.end, touched.via, matching)
        return None
    others = touched.rows[level[touched.rows] > level[row]]
    if not len(others):
        return row
    lost = int(max(others, key=lambda r: (level[r], r)))
    mentor = int(matching.mate[lost])
    matching.drop(lost)
    shift(row, mentor, touched.via, matching)
    return lost


def _short(missing: list[int], level: Ints, totals: Ints, most: Ints) -> bool:
    lost = np.bincount(level[missing], minlength=len(totals))
    return bool((np.cumsum(totals - lost) < np.cumsum(most)).any())


def counts(matching: Matching, level: Ints) -> Ints:
    """Places filled per class."""
    size = int(level.max(initial=-1)) + 1
    return np.bincount(level[matching.mate >= 0], minlength=size).astype(np.int64)


@dataclass(frozen=True)
class Shortage:
    """Hall's proof: these rows may use these mentors only, who have `heads` places together."""

    rows: tuple[int, ...]
    mentors: tuple[int, ...]
    heads: int

    @property
    def missing(self) -> int:
        return len(self.rows) - self.heads


def shortage(
    allowed: Bools, heads: Ints, matching: Matching, level: Ints, upto: int | None = None
) -> Shortage:
    """Why no matching fills more: rows reachable from the uncovered ones of classes <= `upto`."""
    rows: set[int] = set()
    mentors = np.zeros(len(heads), dtype=bool)
    for row in np.flatnonzero(matching.mate == NOBODY):
        if upto is None or level[row] <= upto:
            touched = reach(int(row), allowed, heads, matching)
            rows.update(int(r) for r in touched.rows)
            mentors |= touched.mentors
    chosen = tuple(int(m) for m in np.flatnonzero(mentors))
    return Shortage(tuple(sorted(rows)), chosen, int(heads[list(chosen)].sum()))
