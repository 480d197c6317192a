"""The problem as arrays: one row a place, one column a mentor, in an order that input order cannot change."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from .coverage import Bools, Ints
from .problem import ANY_KIND, Mentor, Place, Settings, Team

TIE_BITS = 20
LOCKED = 0
"""Class of locked places: before every priority class, with one mentor to choose from."""


@dataclass(frozen=True)
class Pin:
    """A held pair that may take more than one kind of place: one of `rows` has `mentor`."""

    rows: tuple[int, ...]
    mentor: int


@dataclass(frozen=True)
class Instance:
    """Arrays for the solvers. `score`, `value`, `tie` and `allowed` have a row a place.

    `value` is in tenths of a point; `hours` is None for a mentor without an hours limit that binds.
    """

    team: Ints
    place: Ints
    level: Ints
    score: Ints
    value: Ints
    tie: Ints
    allowed: Bools
    heads: Ints
    hours: Ints
    row_hours: Ints
    floor: bool
    pins: tuple[Pin, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.team)

    def weight(self) -> Ints:
        """Value first, hash below: one whole number a pair."""
        return (self.value << self.tie_shift) + self.tie

    @property
    def tie_shift(self) -> int:
        return TIE_BITS + max(1, self.rows).bit_length()

    @property
    def several_places(self) -> bool:
        return len(np.unique(self.team)) < self.rows

    @property
    def hours_bind(self) -> bool:
        return bool((self.hours >= 0).any())


def id_hash(salt: str, side: str, key: str) -> int:
    """64 bits from salt and id; the same on every machine."""
    digest = blake2b(f"{salt}\x1f{side}\x1f{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def tie_break(salt: str, teams: list[str], mentors: list[str]) -> Ints:
    """20 bits a pair, splitmix64 over the hashes of both ids: reproducible, and no name comes first."""
    t = np.array([id_hash(salt, "team", key) for key in teams], dtype=np.uint64)
    m = np.array([id_hash(salt, "mentor", key) for key in mentors], dtype=np.uint64)
    x: NDArray[np.uint64] = t[:, None] + m[None, :] * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x = x ^ (x >> np.uint64(31))
    return (x >> np.uint64(64 - TIE_BITS)).astype(np.int64)


def pair_values(settings: Settings, score: Ints, mentor_score: Ints, keep: Bools) -> Ints:
    """0.8 team + 0.2 mentor + keep-bonus, in tenths of a point."""
    value = settings.team_share * score + settings.mentor_share * mentor_score
    return value + 10 * settings.keep_bonus * keep


def fits(place: Place, mentor: Mentor) -> bool:
    return ANY_KIND in (place.kind, mentor.kind) or place.kind == mentor.kind


def place_rows(teams: list[Team]) -> tuple[Ints, Ints]:
    """Team index and place index of every row."""
    pairs = [(t, p) for t, team in enumerate(teams) for p in range(len(team.places))]
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def kind_matrix(teams: list[Team], mentors: list[Mentor], team: Ints, place: Ints) -> Bools:
    kinds = {p.kind for t in teams for p in t.places}
    by_kind = {k: np.array([fits(Place(k), m) for m in mentors], dtype=bool) for k in kinds}
    if not len(team):
        return np.zeros((0, len(mentors)), dtype=bool)
    return np.array([by_kind[teams[t].places[p].kind] for t, p in zip(team, place, strict=True)])


def hour_limits(mentors: list[Mentor], heads: Ints, row_hours: Ints, allowed: Bools) -> tuple[Ints, Ints]:
    """Hours turned into heads where that says the same; -1 where no separate limit is left.

    Returns the tightened heads and the hours that still bind (-1: none).
    """
    heads = heads.copy()
    left = np.full(len(mentors), -1, dtype=np.int64)
    for index, mentor in enumerate(mentors):
        if mentor.max_hours is None:
            continue
        costs = np.sort(row_hours[allowed[:, index]])
        fitting = int(np.searchsorted(np.cumsum(costs), mentor.max_hours, side="right"))
        heads[index] = min(heads[index], fitting)
        worst = int(costs[len(costs) - min(len(costs), int(heads[index])) :].sum())
        if worst > mentor.max_hours:
            left[index] = mentor.max_hours
    return heads, left
