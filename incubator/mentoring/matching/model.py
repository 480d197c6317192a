"""Every limit that crosses, as rows over given pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .coverage import Bools, Ints, Matching
from .limits import Limits
from .rows import Rows, Solved, by_counting, by_relaxing


@dataclass(frozen=True)
class Answer:
    """What a search found, what it proved, and whether it came to its end."""

    matching: Matching | None
    bound: int | None
    proved: bool


class Search:
    """A model over the pairs in `allowed`."""

    def __init__(self, limits: Limits, allowed: Bools, *, capacity: bool = True) -> None:
        self.limits, self.instance = limits, limits.instance
        self.row, self.mentor = np.nonzero(allowed)
        self.rows = Rows(len(self.row))
        self.by_row = _grouped(self.row, self.instance.rows)
        self._places()
        if capacity:
            self._capacity()
        self._mentor_once()
        self._pins()
        if limits.spare is not None:
            self._counts(limits.spare)

    def _places(self) -> None:
        full = (
            self.limits.must_fill()
            if self.limits.spare is not None
            else np.zeros(self.instance.rows, dtype=bool)
        )
        for row, members in enumerate(self.by_row):
            if len(members) or full[row]:
                self.rows.add(members, None, 1 if full[row] else None, 1)

    def _capacity(self) -> None:
        instance = self.instance
        for mentor, members in enumerate(_grouped(self.mentor, len(instance.heads))):
            if len(members) > instance.heads[mentor]:
                self.rows.add(members, None, None, int(instance.heads[mentor]))
            if instance.hours[mentor] >= 0 and len(members):
                self.rows.add(
                    members, instance.row_hours[self.row[members]], None, int(instance.hours[mentor])
                )

    def _mentor_once(self) -> None:
        clash = {(int(t), int(m)) for t, m in self.limits.doubles}
        groups: dict[tuple[int, int], list[int]] = {}
        for i, (row, mentor) in enumerate(zip(self.row, self.mentor, strict=True)):
            key = (int(self.instance.team[row]), int(mentor))
            if key in clash:
                groups.setdefault(key, []).append(i)
        for members in groups.values():
            if len(members) > 1:
                self.rows.add(members, None, None, 1)

    def _pins(self) -> None:
        for pin in self.instance.pins:
            held = [i for row in pin.rows for i in self.by_row[row] if self.mentor[i] == pin.mentor]
            self.rows.add(held, None, 1, 1)

    def _counts(self, spare: Ints) -> None:
        every = np.bincount(self.instance.level, minlength=len(spare))
        for level in np.flatnonzero(spare):
            wanted = int(every[level] - spare[level])
            self.rows.add(np.flatnonzero(self.level_sum(int(level))), None, wanted, wanted)

    def level_sum(self, level: int) -> Ints:
        return np.asarray(self.instance.level[self.row] == level).astype(np.int64)

    def weighted(self, weight: Ints) -> Ints:
        return np.asarray(weight[self.row, self.mentor])

    def floor_at_least(self, points: int) -> None:
        """Every team with a mentor has at least `points` in sum."""
        if points <= 0:
            return
        full = self.limits.must_fill()
        for team in range(int(self.instance.team.max(initial=-1)) + 1):
            rows = np.flatnonzero(self.instance.team == team)
            if len(rows) == 2 and full[rows].all():
                self._enough_together(int(rows[0]), int(rows[1]), points)
            else:
                self._enough(rows, bool(full[rows].any()), points)

    def _enough(self, rows: Ints, placed: bool, points: int) -> None:
        members = [int(i) for row in rows for i in self.by_row[row]]
        each = [int(self.instance.score[self.row[i], self.mentor[i]]) for i in members]
        if placed:
            self.rows.add(members, each, points, None)
            return
        anybody = self.rows.column()
        for i in members:
            self.rows.add([i, anybody], [1, -1], None, 0)
        self.rows.add([*members, anybody], [*each, -points], 0, None)

    def _enough_together(self, first: int, second: int, points: int) -> None:
        """Of the weaker mentors of one place and the too weak ones of the other at most one: the tightest form."""
        one, two = (
            members[np.argsort(self._points(members), kind="stable")]
            for members in (self.by_row[first], self.by_row[second])
        )
        here, there = self._points(one), self._points(two)
        for number in range(len(one)):
            if number + 1 < len(one) and here[number + 1] == here[number]:
                continue
            at = int(np.searchsorted(there, points - here[number]))
            if at:
                self.rows.add([*one[: number + 1], *two[:at]], None, None, 1)

    def _points(self, members: Ints) -> Ints:
        return np.asarray(self.instance.score[self.row[members], self.mentor[members]])

    def best(
        self, goal: Ints | None, seconds: float, hint: Matching | None = None, *, first: bool = False
    ) -> Answer:
        """Maximise (or just find) within `seconds`; no matching when none keeps the limits or none was found."""
        wide = (
            None if goal is None else np.r_[goal, np.zeros(self.rows.width - len(self.row), dtype=np.int64)]
        )
        if (
            not self.rows.width or not self.rows.columns
        ):  # no pair to choose: nobody anywhere, if that is allowed
            empty = Matching.empty(self.instance.rows, len(self.instance.heads))
            possible = all(low is None or low <= 0 for low in self.rows.low)
            return Answer(empty, 0, True) if possible else Answer(None, None, True)
        if self.instance.hours_bind and goal is not None:
            return self._answer(by_relaxing(self.rows, wide, seconds, first=first))
        return self._answer(by_counting(self.rows, wide, seconds, self._hint(hint)))

    def _hint(self, hint: Matching | None) -> Bools | None:
        if hint is None:
            return None
        taken: Bools = np.zeros(self.rows.width, dtype=np.bool_)
        taken[: len(self.row)] = hint.mate[self.row] == self.mentor
        return taken

    def _answer(self, solved: Solved) -> Answer:
        if solved.taken is None:
            return Answer(None, solved.bound, solved.proved)
        matching = self.matching(solved.taken)
        return Answer(matching, solved.bound, solved.proved and matching is not None)

    def matching(self, chosen: Bools) -> Matching | None:
        """The answer that takes these columns; None where it breaks a limit after all."""
        matching = Matching.empty(self.instance.rows, len(self.instance.heads))
        taken = np.flatnonzero(chosen[: len(self.row)])
        matching.mate[self.row[taken]] = self.mentor[taken]
        matching.load += np.bincount(self.mentor[taken], minlength=len(matching.load))
        return matching if self.limits.kept(matching) else None


def _grouped(keys: Ints, size: int) -> list[Ints]:
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.searchsorted(keys[order], np.arange(1, size)))
