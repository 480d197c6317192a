"""Every choice a team has for its two places, and the best of them at given prices.

A choice is a mentor or nobody for each place: two different mentors, a sum that keeps the floor, every
pin kept. Teams with one place have nobody in the second. Whole numbers throughout.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from .coverage import Bools, Ints
from .instance import Instance, Pin

NO_ROW = -1
REFUSED = np.int64(-(1 << 60))


@dataclass(frozen=True)
class Rules:
    """What one stage asks of the choices: pairs that may be used, rows that must be filled, the floor."""

    allowed: Bools
    must: Bools
    floor: int


@dataclass(frozen=True)
class Slot:
    """One place of every variant: which row, whom it may have (last column: nobody), in order of points."""

    rows: Ints
    mentors: Ints
    open: Bools
    score: Ints
    order: Ints

    @property
    def nobody(self) -> int:
        return len(self.mentors)


@dataclass(frozen=True)
class Best:
    """The best choice of every team and its worth; a choice is a column of each slot."""

    worth: Ints
    variant: Ints
    first: Ints
    second: Ints


class Duos:
    """The choices of all teams under one set of rules. A variant is a team with its pins set one way."""

    def __init__(self, instance: Instance, rules: Rules) -> None:
        self.instance, self.rules = instance, rules
        variants = [v for rows in _rows_by_team(instance) for v in _variants(instance, rows)]
        self.team = np.array([instance.team[rows[0]] for rows, _fixed in variants], dtype=np.int64)
        self.slots = tuple(self._slot(variants, place) for place in (0, 1))
        one, two = self.slots
        needed = rules.floor - one.score
        self.enough = [_first_enough(one, two, needed), _first_enough(two, one, rules.floor - two.score)]
        self.empty = one.open[:, -1] & two.open[:, -1]
        self.start = np.flatnonzero(np.r_[True, np.diff(self.team) > 0])
        self.clash = (
            np.intersect1d(
                one.mentors[one.open[:, :-1].any(axis=0)], two.mentors[two.open[:, :-1].any(axis=0)]
            ).size
            > 0
        )

    def _slot(self, variants: list[tuple[tuple[int, ...], tuple[int, ...]]], place: int) -> Slot:
        rows = np.array([r[place] if place < len(r) else NO_ROW for r, _f in variants], dtype=np.int64)
        fixed = np.array([f[place] if place < len(f) else NO_ROW for _r, f in variants], dtype=np.int64)
        real = rows != NO_ROW
        allowed = np.where(real[:, None], self.rules.allowed[rows], False)
        pinned = np.flatnonzero(fixed != NO_ROW)
        kept = allowed[pinned, fixed[pinned]]
        allowed[pinned] = False
        allowed[pinned, fixed[pinned]] = kept
        mentors = np.flatnonzero(allowed.any(axis=0))
        nobody = np.where(real, ~self.rules.must[rows], True) & (fixed == NO_ROW)
        score = np.where(real[:, None], self.instance.score[rows][:, mentors], 0)
        score = np.hstack([score, np.zeros((len(rows), 1), dtype=np.int64)])
        return Slot(
            rows,
            mentors,
            np.hstack([allowed[:, mentors], nobody[:, None]]),
            score,
            np.argsort(score, axis=1, kind="stable"),
        )

    def worth(self, weight: Ints, mentor_price: Ints, hour_price: Ints, row_price: Ints) -> list[Ints]:
        """What each mentor in each place brings, after its price; REFUSED where it may not be."""
        found = []
        for slot in self.slots:
            real = np.maximum(slot.rows, 0)
            value = weight[real][:, slot.mentors] - mentor_price[slot.mentors]
            value = value - np.outer(self.instance.row_hours[real], hour_price[slot.mentors])
            value = value - row_price[real][:, None]
            full = np.hstack([value, np.zeros((len(real), 1), dtype=np.int64)])
            found.append(np.where(slot.open, full, REFUSED))
        return found

    def best(self, worth: list[Ints]) -> Best:
        """The best choice of every team (of its best variant)."""
        value, first, second = self._pairs(np.arange(len(self.team)), worth[0], worth[1])
        if self.rules.floor > 0:
            idle = self.empty & (value < 0)
            value = np.where(idle, 0, value)
            first = np.where(idle, self.slots[0].nobody, first)
            second = np.where(idle, self.slots[1].nobody, second)
        top = np.maximum.reduceat(value, self.start)
        ends = np.r_[self.start[1:], len(self.team)]
        chosen = np.array(
            [int(s + value[s:e].argmax()) for s, e in zip(self.start, ends, strict=True)]
            if len(self.start) < len(self.team)
            else self.start
        )
        return Best(top, chosen, first[chosen], second[chosen])

    def _pairs(self, at: Ints, one: Ints, two: Ints) -> tuple[Ints, Ints, Ints]:
        """Best two per variant; where both places want the same mentor, the better of the two ways to part them."""
        value, first, second = self._any_pairs(at, one, two)
        if not self.clash:
            return value, first, second
        a, b = self.slots
        same = np.flatnonzero(
            (value > REFUSED // 2)
            & (first < a.nobody)
            & (second < b.nobody)
            & (np.r_[a.mentors, -1][first] == np.r_[b.mentors, -2][second])
        )
        if not len(same):
            return value, first, second
        left, right = one[same].copy(), two[same].copy()
        left[np.arange(len(same)), first[same]] = REFUSED
        right[np.arange(len(same)), second[same]] = REFUSED
        ways = [self._pairs(at[same], left, two[same]), self._pairs(at[same], one[same], right)]
        better = ways[1][0] > ways[0][0]
        for whole, x, y in zip((value, first, second), ways[0], ways[1], strict=True):
            whole[same] = np.where(better, y, x)
        return value, first, second

    def _any_pairs(self, at: Ints, one: Ints, two: Ints) -> tuple[Ints, Ints, Ints]:
        a, b = self.slots
        mine = np.take_along_axis(one, a.order[at], axis=1)
        other = np.take_along_axis(two, b.order[at], axis=1)
        tail = _tails(other)
        enough = self.enough[0][at]
        total = mine + np.take_along_axis(tail, enough, axis=1)
        line = np.arange(len(at))
        best = total.argmax(axis=1)
        from_ = enough[line, best]
        late = np.arange(other.shape[1])[None, :] >= from_[:, None]
        partner = np.where(late, other, REFUSED * 2).argmax(axis=1)
        return total[line, best], a.order[at][line, best], b.order[at][line, partner]

    def near(self, worth: list[Ints], best: Best, gap: int) -> list[tuple[int, int, int]]:
        """Every choice that brings at most `gap` less than its team's best: (team, first mentor, second)."""
        one, two = self.slots
        names = [np.r_[slot.mentors, NO_ROW] for slot in self.slots]
        least = best.worth[np.searchsorted(self.team[self.start], self.team)] - gap
        hope = [part.max(axis=1) for part in worth]
        able = [worth[0] >= (least - hope[1])[:, None], worth[1] >= (least - hope[0])[:, None]]
        found: list[tuple[int, int, int]] = []
        for line, team in enumerate(self.team.tolist()):
            i, j = np.flatnonzero(able[0][line]), np.flatnonzero(able[1][line])
            sums = one.score[line, i][:, None] + two.score[line, j]
            enough = (sums >= self.rules.floor) | ((i == one.nobody)[:, None] & (j == two.nobody))
            x, y = np.nonzero(enough & (worth[0][line, i][:, None] + worth[1][line, j] >= least[line]))
            pairs = zip(names[0][i[x]].tolist(), names[1][j[y]].tolist(), strict=True)
            found += [(team, a, b) for a, b in pairs if a != b or a == NO_ROW]
        return found

    def slack(self, worth: list[Ints], best: Best) -> Ints:
        """For every row and mentor: how much less the team's best choice with this pair brings (at least).

        Large where no choice has the pair. One mentor for both places is not excluded here, which
        can only make the figure smaller.
        """
        shape = self.instance.allowed.shape
        found = np.full(shape, -REFUSED, dtype=np.int64)
        top = best.worth[np.searchsorted(self.team[self.start], self.team)]
        for place in (0, 1):
            slot, other = self.slots[place], self.slots[1 - place]
            mine = np.take_along_axis(worth[place], slot.order, axis=1)
            tail = _tails(np.take_along_axis(worth[1 - place], other.order, axis=1))
            total = mine + np.take_along_axis(tail, self.enough[place], axis=1)
            lost = np.empty_like(total)
            np.put_along_axis(lost, slot.order, top[:, None] - total, axis=1)
            real = np.flatnonzero(slot.rows != NO_ROW)
            lost = np.where(slot.open[real, :-1], lost[real, :-1], -REFUSED)
            for mentor_at, mentor in enumerate(slot.mentors):
                np.minimum.at(found[:, mentor], slot.rows[real], lost[:, mentor_at])
        return np.minimum(found, -REFUSED)


def _tails(values: Ints) -> Ints:
    """Largest value from each column on, and REFUSED after the last."""
    run = np.maximum.accumulate(values[:, ::-1], axis=1)[:, ::-1]
    return np.hstack([run, np.full((len(values), 1), REFUSED)])


def _first_enough(slot: Slot, other: Slot, needed: Ints) -> Ints:
    """For each column of `slot` in order: where in the other's order the points begin to suffice."""
    wanted = np.take_along_axis(needed, slot.order, axis=1)
    ordered = np.take_along_axis(other.score, other.order, axis=1)
    found = np.empty_like(wanted)
    for line in range(len(wanted)):
        found[line] = np.searchsorted(ordered[line], wanted[line])
    return found


def _rows_by_team(instance: Instance) -> list[tuple[int, ...]]:
    order = np.lexsort((instance.place, instance.team))
    cuts = np.flatnonzero(np.diff(instance.team[order])) + 1
    return [tuple(int(r) for r in rows) for rows in np.split(order, cuts) if len(rows)]


def fits_duos(instance: Instance) -> bool:
    """Whether no team has more than two places."""
    return bool((np.bincount(instance.team) <= 2).all())


def _variants(instance: Instance, rows: tuple[int, ...]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The ways to set a team's pins: (rows, mentor fixed in each row or NO_ROW)."""
    pins = [pin for pin in instance.pins if set(pin.rows) & set(rows)]
    if not pins:
        return [(rows, (NO_ROW,) * len(rows))]
    found = []
    for seats in itertools.product(*(pin.rows for pin in pins)):
        if len(set(seats)) == len(seats):
            held = dict(zip(seats, pins, strict=True))
            found.append((rows, tuple(_mentor(held.get(row)) for row in rows)))
    return found


def _mentor(pin: Pin | None) -> int:
    return NO_ROW if pin is None else pin.mentor
