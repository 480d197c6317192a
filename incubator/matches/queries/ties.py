"""Open ties as pages show them: who is level, at which ranks, how it may be settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...core.i18n import _
from ..runs import RunRow
from ..standings import OpenTie
from ..wording import decision_name
from .ranking import open_run_ties, run_rows
from .sides import Side
from .snapshot import Board

_STORED = {"playoff": "play_off"}


@dataclass(frozen=True, slots=True)
class TieView:
    boundary: str
    where: str
    first: int
    last: int
    sides: list[Side]
    ways: list[tuple[str, str]]  # value and words, in the order of the game's rules

    @property
    def key(self) -> str:
        return self.boundary + "".join(f"-{side.id}" for side in self.sides)


def tie_views(board: Board, rows: Sequence[RunRow] | None = None) -> list[TieView]:
    return [_view(board, boundary, name, tie) for boundary, name, tie in open_ties(board, rows)]


def open_ties(board: Board, rows: Sequence[RunRow] | None = None) -> list[tuple[str, str, OpenTie]]:
    """Ties that hide who goes on: (boundary, name of the group, tie); of runs those across the cut."""
    if board.game.runs is None:
        return board.open_ties()
    return [("cut", "", tie) for tie in open_run_ties(board, run_rows(board) if rows is None else rows)]


def _view(board: Board, boundary: str, name: str, tie: OpenTie) -> TieView:
    if boundary.startswith("best:"):
        where = _("Các đội hạng %(place)s", place=boundary.partition(":")[2])
    else:
        where = _("Bảng %(name)s", name=name) if name else ""
    ways = [_STORED.get(way, way) for way in tie.ways]
    return TieView(
        boundary,
        where,
        tie.first,
        tie.last,
        sorted((board.sides[int(str(t))] for t in tie.teams), key=lambda side: side.team),
        [(way, decision_name(way)) for way in ways],
    )
