"""The schedule as a grid of times and courts, on which a match can be dragged to another place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ....core import clock
from ....core.web import named
from ....models import MatchState
from ..snapshot import Board
from .matches import MatchView

MORE = 4  # free rows offered after the last match


@dataclass(frozen=True, slots=True)
class Cell:
    court_id: int
    court: str
    matches: list[MatchView]


@dataclass(frozen=True, slots=True)
class GridRow:
    """One time; `value` is what the form of a move takes."""

    at: datetime
    value: str
    cells: list[Cell]


def schedule_grid(board: Board, views: Sequence[MatchView]) -> list[GridRow]:
    """Every time at which a match starts or could start, with its matches by court."""
    placed: dict[tuple[datetime, int], list[MatchView]] = {}
    for view in views:
        if view.starts_at is not None and view.court_id is not None and view.state != MatchState.CANCELLED:
            placed.setdefault((view.starts_at, view.court_id), []).append(view)
    if not placed:
        return []
    times = {at for at, _court in placed}
    step = timedelta(minutes=int(board.tournament.plan.get("slot", 0)))
    first, last = min(times), max(times) + MORE * step
    # A free time is offered where a whole match fits beside those that stand.
    times |= {
        at
        for at in _free_times(board, step)
        if first <= at <= last and all(abs(at - taken) >= step for taken in times)
    }
    return [
        GridRow(
            at,
            clock.local(at).strftime("%d/%m/%Y %H:%M"),
            [Cell(key, named(court), placed.get((at, key), [])) for key, court in board.courts.items()],
        )
        for at in sorted(times)
    ]


def _free_times(board: Board, step: timedelta) -> set[datetime]:
    found: set[datetime] = set()
    for start, end in board.tournament.plan.get("windows", ()):
        at, last = datetime.fromisoformat(start).replace(second=0, microsecond=0), datetime.fromisoformat(end)
        while step and at + step <= last:
            found.add(at)
            at += step
    return found
