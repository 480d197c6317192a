"""The board on which places are given and taken."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .plan import Judge, Seat


@dataclass(slots=True)
class Board:
    """An allocation in the making: who has whom, and how often two judges meet."""

    seats: dict[int, Seat]
    judges: dict[int, Judge]
    allowed: dict[int, list[int]]  # entry -> judges without conflict, in random order
    has: dict[int, set[int]] = field(default_factory=dict)
    holds: dict[int, set[int]] = field(default_factory=dict)
    pairs: Counter[tuple[int, int]] = field(default_factory=Counter)

    def give(self, entry: int, judge: int) -> None:
        for other in self.has[entry]:
            self.pairs[pair(judge, other)] += 1
        self.has[entry].add(judge)
        self.holds[judge].add(entry)

    def take(self, entry: int, judge: int) -> None:
        self.has[entry].discard(judge)
        self.holds[judge].discard(entry)
        for other in self.has[entry]:
            self.pairs[pair(judge, other)] -= 1

    def room(self, judge: int) -> bool:
        most = self.judges[judge].most
        return most is None or len(self.holds[judge]) < most

    def fixed(self, entry: int, judge: int) -> bool:
        return judge in self.seats[entry].kept

    def met(self, entry: int, judge: int) -> int:
        return sum(self.pairs[pair(judge, other)] for other in self.has[entry])


def pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def board_of(
    seats: Sequence[Seat], judges: Sequence[Judge], barred: set[tuple[int, int]], draw: random.Random
) -> Board:
    """The places that are kept, and for each entry who may judge it, in random order."""
    people = {j.id: j for j in sorted(judges, key=lambda j: j.id)}
    by_panel: dict[int, list[int]] = {}
    for judge in people.values():
        for panel in judge.panels:
            by_panel.setdefault(panel, []).append(judge.id)
    board = Board({s.entry_id: s for s in sorted(seats, key=lambda s: s.entry_id)}, people, {})
    board.holds = {j: set() for j in people}
    for entry, seat in board.seats.items():
        able = [j for j in by_panel.get(seat.panel, ()) if (j, entry) not in barred and j not in seat.kept]
        draw.shuffle(able)
        board.allowed[entry] = able
        board.has[entry] = set()
        for kept in seat.kept:
            board.holds.setdefault(kept, set())
            if kept not in board.judges:
                board.judges[kept] = Judge(kept, frozenset(), most=0)
            board.give(entry, kept)
    return board
