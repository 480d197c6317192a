"""Step 3: judges meet many others, and no judges stay apart whose marks are to be compared."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from .board import Board, pair

SWAPS_PER_PLACE = 12


def spread(board: Board, draw: random.Random) -> None:
    """Random swaps that lower how often the same two judges meet; loads do not change."""
    places = [(e, j) for e in board.seats for j in sorted(board.has[e]) if not board.fixed(e, j)]
    if len(places) < 2:
        return
    fits = {e: set(judges) for e, judges in board.allowed.items()}
    for _ in range(SWAPS_PER_PLACE * len(places)):
        x, y = draw.randrange(len(places)), draw.randrange(len(places))
        (first, a), (second, b) = places[x], places[y]
        if first == second or a == b or not _may_swap(board, fits, first, a, second, b):
            continue
        if _swap_gain(board, first, a, second, b) > 0:
            _swap(board, first, a, second, b)
            places[x], places[y] = (first, b), (second, a)


def _may_swap(board: Board, fits: Mapping[int, set[int]], first: int, a: int, second: int, b: int) -> bool:
    return b in fits[first] and a in fits[second] and b not in board.has[first] and a not in board.has[second]


def _swap(board: Board, first: int, a: int, second: int, b: int) -> None:
    board.take(first, a)
    board.take(second, b)
    board.give(first, b)
    board.give(second, a)


def _swap_gain(board: Board, first: int, a: int, second: int, b: int) -> int:
    """How much the number of repeated meetings falls."""
    gain = 0
    for entry, leaves, comes in ((first, a, b), (second, b, a)):
        for other in board.has[entry]:
            if other != leaves:
                gain += board.pairs[pair(leaves, other)] - 1 - board.pairs[pair(comes, other)]
    return gain


def components(judges_of: Mapping[int, Iterable[int]]) -> tuple[frozenset[int], ...]:
    """Groups of judges linked by shared entries, largest first."""
    parent: dict[int, int] = {}

    def root(x: int) -> int:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for judges in judges_of.values():
        listed = list(judges)
        for judge in listed:
            parent[root(judge)] = root(listed[0])
    groups: dict[int, set[int]] = {}
    for judge in parent:
        groups.setdefault(root(judge), set()).add(judge)
    return tuple(sorted((frozenset(g) for g in groups.values()), key=lambda g: (-len(g), min(g))))


def of_group(board: Board, group: int) -> dict[int, set[int]]:
    """The judges of each entry of a group; entries without a judge are left out."""
    return {e: board.has[e] for e, s in board.seats.items() if s.group == group and board.has[e]}


def join(board: Board) -> None:
    """Join unlinked groups of judges by one swap each, where conflicts and panels allow it."""
    fits = {e: set(judges) for e, judges in board.allowed.items()}
    for group in sorted({s.group for s in board.seats.values()}):
        parts = components(of_group(board, group))
        while len(parts) > 1 and _join_one(board, fits, group, parts):
            parts = components(of_group(board, group))


def _join_one(
    board: Board, fits: Mapping[int, set[int]], group: int, parts: Sequence[frozenset[int]]
) -> bool:
    inside = of_group(board, group)
    before = len(parts)
    for first_part, second_part in combinations(parts, 2):
        for first in (e for e, js in inside.items() if js & first_part):
            for second in (e for e, js in inside.items() if js & second_part):
                for a in sorted(inside[first]):
                    for b in sorted(inside[second]):
                        if (
                            board.fixed(first, a)
                            or board.fixed(second, b)
                            or not _may_swap(board, fits, first, a, second, b)
                        ):
                            continue
                        _swap(board, first, a, second, b)
                        if len(components(of_group(board, group))) < before:
                            return True
                        _swap(board, first, b, second, a)
    return False
