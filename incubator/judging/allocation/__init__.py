"""Who judges what: balanced, random by a seed, without conflicts, and such that marks can be compared.

Three steps, each exact about what it promises:
1. Fill as many places as the conflicts and caps allow (augmenting paths: no other assignment fills more).
2. Even out the loads along exchange paths until no judge could hand an entry, directly or through others, to one
   with two entries fewer; that makes the sum of squared loads as small as it can be.
3. Swap judges between entries so that the same two judges meet less often, loads unchanged, and join groups of
   judges that share no entry: marks of groups that never meet cannot be compared.
Places that the caller keeps are never moved.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from .board import Board, board_of
from .meetings import components, join, of_group, spread
from .places import even_out, fill
from .plan import Judge, Plan, Seat, Shortfall

__all__ = ["Judge", "Plan", "Seat", "Shortfall", "allocate", "components"]


def allocate(
    seats: Sequence[Seat],
    judges: Sequence[Judge],
    conflicts: Collection[tuple[int, int]] = (),
    *,
    seed: int = 0,
) -> Plan:
    """Assign judges to entries. `conflicts` are (judge, entry) pairs. The same input and seed give the same plan."""
    draw = random.Random(seed)
    barred = set(conflicts)
    board = board_of(seats, judges, barred, draw)
    order = sorted(board.seats)
    draw.shuffle(order)
    fill(board, order, draw, reserve=False)
    even_out(board)
    spread(board, draw)
    fill(board, order, draw, reserve=True)
    join(board)
    return _plan(board, barred)


def _plan(board: Board, barred: set[tuple[int, int]]) -> Plan:
    judges_of = {e: tuple(sorted(board.has[e])) for e in board.seats}
    loads = {j: len(held) for j, held in board.holds.items()}
    short = tuple(
        Shortfall(e, s.wanted - len(board.has[e]), _cause(board, e, barred))
        for e, s in board.seats.items()
        if len(board.has[e]) < s.wanted
    )
    groups = sorted({s.group for s in board.seats.values()})
    return Plan(
        judges_of=judges_of,
        loads=loads,
        shortfalls=short,
        components={g: components(of_group(board, g)) for g in groups},
        most_together=max(board.pairs.values(), default=0),
        reserves_used=tuple(j for j, n in loads.items() if n and board.judges[j].reserve),
    )


def _cause(board: Board, entry: int, barred: set[tuple[int, int]]) -> str:
    seat = board.seats[entry]
    members = [j.id for j in board.judges.values() if seat.panel in j.panels]
    if len(members) < seat.wanted:
        return "panel"
    return "conflicts" if sum((j, entry) not in barred for j in members) < seat.wanted else "caps"
