"""Steps 1 and 2: as many places as can be filled, then loads as even as they can be."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Mapping

from .board import Board


def fill(board: Board, order: Iterable[int], draw: random.Random, *, reserve: bool) -> None:
    """Fill every place that can be filled: straight where somebody has room, else along an augmenting path."""
    for entry in order:
        while len(board.has[entry]) < board.seats[entry].wanted:
            free = [
                j
                for j in board.allowed[entry]
                if j not in board.has[entry] and board.room(j) and (reserve or not board.judges[j].reserve)
            ]
            if free:
                best = min(
                    free,
                    key=lambda j: (
                        board.judges[j].reserve,
                        len(board.holds[j]),
                        board.met(entry, j),
                        draw.random(),
                    ),
                )
                board.give(entry, best)
            elif not _augment(board, entry, reserve):
                break


def _augment(board: Board, entry: int, reserve: bool) -> bool:
    """Give `entry` a judge who is full by moving one of that judge's entries to another, and so on."""
    # judge -> (entry to be given to the judge, judge who gave it up or -1)
    came: dict[int, tuple[int, int]] = {}
    queue: deque[int] = deque()
    for judge in board.allowed[entry]:
        if judge not in board.has[entry] and (reserve or not board.judges[judge].reserve):
            came[judge] = (entry, -1)
            queue.append(judge)
    while queue:
        judge = queue.popleft()
        if board.room(judge):
            _walk(board, came, judge)
            return True
        for held in sorted(board.holds[judge]):
            if board.fixed(held, judge):
                continue
            for other in board.allowed[held]:
                if (
                    other not in came
                    and other not in board.has[held]
                    and (reserve or not board.judges[other].reserve)
                ):
                    came[other] = (held, judge)
                    queue.append(other)
    return False


def _walk(board: Board, came: Mapping[int, tuple[int, int]], judge: int) -> None:
    while True:
        entry, giver = came[judge]
        if giver != -1:
            board.take(entry, giver)
        board.give(entry, judge)
        if giver == -1:
            return
        judge = giver


def even_out(board: Board) -> None:
    """Move entries from the busiest to the least busy judges as long as that lowers the sum of squares."""
    while _relieve(board):
        pass


def _relieve(board: Board) -> bool:
    by_load = sorted(
        (j for j in board.holds if not board.judges[j].reserve), key=lambda j: (-len(board.holds[j]), j)
    )
    for start in by_load:
        came: dict[int, tuple[int, int]] = {start: (-1, -1)}
        queue = deque([start])
        while queue:
            judge = queue.popleft()
            if len(board.holds[start]) - len(board.holds[judge]) >= 2 and board.room(judge):
                _hand_over(board, came, judge)
                return True
            for entry in sorted(board.holds[judge]):
                if board.fixed(entry, judge):
                    continue
                for other in board.allowed[entry]:
                    if (
                        other not in came
                        and other not in board.has[entry]
                        and not board.judges[other].reserve
                    ):
                        came[other] = (entry, judge)
                        queue.append(other)
    return False


def _hand_over(board: Board, came: Mapping[int, tuple[int, int]], judge: int) -> None:
    while came[judge][1] != -1:
        entry, giver = came[judge]
        board.take(entry, giver)
        board.give(entry, judge)
        judge = giver
