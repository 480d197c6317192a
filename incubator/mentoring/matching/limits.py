"""Limits that cross: what makes a problem more than an assignment, and what every answer must keep.

Apart from `search`, so that the common case never loads the solver of the rare one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .coverage import NOBODY, Bools, Ints, Matching
from .instance import Instance


def crossing_limits(instance: Instance) -> bool:
    """Whether the problem is more than an assignment."""
    several = instance.several_places
    coupled = several and (instance.floor or doubles(instance).size != 0)
    return bool(instance.pins) or instance.hours_bind or coupled


def doubles(instance: Instance) -> Ints:
    """(team, mentor) that two places of one team could both take."""
    teams = int(instance.team.max(initial=-1)) + 1
    many = np.zeros((teams, instance.allowed.shape[1]), dtype=np.int64)
    np.add.at(many, instance.team, instance.allowed.astype(np.int64))
    return np.argwhere(many > 1)


@dataclass
class Limits:
    """What every answer keeps. `spare` (rows left out per class) and `floor` come from the stages before."""

    instance: Instance
    doubles: Ints
    spare: Ints | None = None
    floor: int = 0

    def kept(self, matching: Matching) -> bool:
        """Whether a matching keeps hours, pins, mentors once a team, and the floor."""
        held = np.flatnonzero(matching.mate != NOBODY)
        mentor, hours = matching.mate[held], self.instance.row_hours[held]
        used = np.bincount(mentor, weights=hours, minlength=len(self.instance.heads))
        limit = self.instance.hours
        if (used[limit >= 0] > limit[limit >= 0]).any():
            return False
        pairs = np.stack([self.instance.team[held], mentor])
        if np.unique(pairs, axis=1).shape[1] < len(held):
            return False
        if not all((matching.mate[list(pin.rows)] == pin.mentor).any() for pin in self.instance.pins):
            return False
        return not self.floor or not len(held) or floor_of(self.instance, matching) >= self.floor

    def must_fill(self) -> Bools:
        """Rows of classes that are filled to the last place."""
        assert self.spare is not None
        return np.asarray(self.spare[self.instance.level] == 0)


def team_sums(instance: Instance, matching: Matching) -> Ints:
    """Sum of scores per team; -1 for a team without any mentor."""
    teams = int(instance.team.max(initial=-1)) + 1
    sums = np.full(teams, -1, dtype=np.int64)
    held = np.flatnonzero(matching.mate != NOBODY)
    sums[instance.team[held]] = 0
    np.add.at(sums, instance.team[held], instance.score[held, matching.mate[held]])
    return sums


def floor_of(instance: Instance, matching: Matching) -> int:
    """The lowest sum of a placed team; 0 when none is placed."""
    sums = team_sums(instance, matching)
    placed = sums[sums >= 0]
    return int(placed.min()) if len(placed) else 0


def partner_best(instance: Instance) -> Ints:
    """The most that a team could sum to with this pair in this place."""
    own = np.where(instance.allowed, instance.score, 0).max(axis=1, initial=0)
    teams = int(instance.team.max(initial=-1)) + 1
    sums = np.zeros(teams, dtype=np.int64)
    np.add.at(sums, instance.team, own)
    return np.asarray(instance.score + (sums[instance.team] - own)[:, None])
