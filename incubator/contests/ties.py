"""Shared ranks and the ties that somebody has to decide.

Used by every kind of stage (marks, matches, runs, quiz): a place in a ranking is a key of
comparable values, the higher the better; equal keys share a rank and the next rank counts them
all (1, 2, 2, 4). A tie only matters where a line runs through it: the cut or a prize's last place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from ..states import TieOutcome

Key = tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its rank; `shared` is set by a decision that the tied go through together."""

    entry_id: int
    key: Key
    rank: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """Equal entries with a line between them: `places` of them are on the good side of it."""

    rank: int
    entry_ids: tuple[int, ...]
    places: int
    line: str

    @property
    def group(self) -> frozenset[int]:
        return frozenset(self.entry_ids)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one tied group.

    `order` lists the entries best first in steps; entries of one step stay equal. It is empty for
    `SHARE`, which keeps the group together: all advance, all are awarded.
    """

    entry_ids: frozenset[int]
    outcome: TieOutcome
    order: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        listed = [entry_id for step in self.order for entry_id in step]
        if self.outcome is TieOutcome.SHARE:
            if listed:
                raise ValueError("a shared place has no order")
        elif sorted(listed) != sorted(self.entry_ids):
            raise ValueError("the order must name each tied entry once")


@dataclass(frozen=True, slots=True)
class Line:
    """A place after which something ends: `after` entries are in. `name` says what it is."""

    name: str
    after: int


def rank(keys: Mapping[int, Key]) -> list[Placed]:
    """Entries best first with shared ranks 1, 2, 2, 4; inside a tie by id, so that runs repeat exactly."""
    ordered = sorted(keys.items(), key=lambda item: (tuple(-value for value in item[1]), item[0]))
    placed: list[Placed] = []
    for key, group in groupby(ordered, key=lambda item: item[1]):
        place = len(placed) + 1
        placed += [Placed(entry_id, key, place) for entry_id, _ in group]
    return placed


def tied_groups(placed: Sequence[Placed]) -> list[tuple[Placed, ...]]:
    """Groups of two and more with the same rank, best first."""
    groups = (tuple(group) for _, group in groupby(placed, key=lambda p: p.rank))
    return [group for group in groups if len(group) > 1]


def ties_that_matter(placed: Sequence[Placed], lines: Iterable[Line]) -> list[Tie]:
    """Undecided ties that a line runs through, best rank first; one per tie and line."""
    ordered_lines = sorted(lines, key=lambda line: line.after)
    found = []
    for group in tied_groups(placed):
        if group[0].shared:
            continue
        first = group[0].rank
        last = first + len(group) - 1
        ids = tuple(p.entry_id for p in group)
        crossing = [line for line in ordered_lines if first <= line.after < last]
        found += [Tie(first, ids, line.after - first + 1, line.name) for line in crossing]
    return found


def decide(placed: Sequence[Placed], decisions: Iterable[Decision]) -> list[Placed]:
    """The ranking after the decisions, applied in the order in which they were taken.

    A decision whose entries no longer stand together as one tied group is stale (marks changed
    since) and is passed over, so the tie is asked again.
    """
    current = list(placed)
    for decision in decisions:
        current = _apply(current, decision)
    return current


def _apply(placed: list[Placed], decision: Decision) -> list[Placed]:
    group = [p for p in placed if p.entry_id in decision.entry_ids]
    ranks = {p.rank for p in group}
    if len(ranks) != 1 or len(group) != len(decision.entry_ids):
        return placed
    at_rank = [p for p in placed if p.rank in ranks]
    if len(at_rank) != len(group):
        return placed
    start = placed.index(at_rank[0])
    return [*placed[:start], *_reordered(group, decision), *placed[start + len(group) :]]


def _reordered(group: Sequence[Placed], decision: Decision) -> list[Placed]:
    if decision.outcome is TieOutcome.SHARE:
        return [Placed(p.entry_id, p.key, p.rank, shared=True) for p in group]
    by_id = {p.entry_id: p for p in group}
    place = group[0].rank
    ordered: list[Placed] = []
    for step in decision.order:
        ordered += [Placed(entry_id, by_id[entry_id].key, place) for entry_id in sorted(step)]
        place += len(step)
    return ordered
