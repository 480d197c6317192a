"""How a stage stands for those who decide it: what still blocks, and everybody's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.i18n import _
from ...models import MatchState, Run
from ..runs import RunRow
from .ranking import load_runs, open_run_ties, run_rows
from .snapshot import Board


@dataclass(slots=True)
class Placing:
    """How a stage ended for one entry."""

    rank: int | None
    advanced: bool | None
    result: dict[str, Any] = field(default_factory=dict)
    score_e4: int | None = None


def blockers(board: Board) -> list[str]:
    """What still stands before the stage can be handed on, in words."""
    found = []
    left = [
        m
        for m in board.matches
        if m.state not in (MatchState.CONFIRMED, MatchState.CANCELLED) and not _idle(board, m)
    ]
    if left:
        found.append(_("Còn %(n)s trận chưa có kết quả chính thức.", n=len(left)))
    if board.protested:
        found.append(_("Còn %(n)s khiếu nại chưa kết luận.", n=len(board.protested)))
    ties = board.open_ties()
    if ties:
        found.append(_("Còn %(n)s nhóm đội bằng nhau chưa phân định.", n=len(ties)))
    stale = [item.tie.code for item in board.filled.values() if item.stale]
    if stale:
        found.append(_("Trận %(codes)s do đội khác đã đấu.", codes=", ".join(stale)))
    return found


def _idle(board: Board, match: Any) -> bool:
    """A bracket match that needs no play, or a group match of a team that left."""
    if match.round:
        return board.filled[match.code].winner is not None
    return match.red_id in board.gone or match.blue_id in board.gone


def placings(board: Board) -> dict[int, Placing]:
    """Rank of every side: by the bracket where there is one, else by group place; the rest by place in its group."""
    if not board.ties:
        return _by_group(board, {}, through=_through(board))
    advance = board.tournament.cut.get("advance")
    found = {
        side: Placing(first, first <= int(advance) if advance else None, {"places": [first, last]})
        for first, last, side in board.final_places()
    }
    return _by_group(board, found, through=set(), left=False if advance else None)


def _through(board: Board) -> set[int]:
    """Sides that the groups send on; the place of one that left stays empty."""
    found: set[int] = set()
    for group in board.groups:
        found |= {int(str(r.line.team)) for r in board.tables[group.id].rows if r.rank <= board.per_group}
    for place, count in board.best_cuts:
        found |= {int(str(r.line.team)) for r in board.best[place].rows if r.rank <= count}
    return found - board.gone.keys()


def _by_group(
    board: Board, found: dict[int, Placing], *, through: set[int], left: bool | None = False
) -> dict[int, Placing]:
    """Add the sides that are not placed yet: those of equal rank in their groups share a rank."""
    rows = [(row.rank, group.name, row) for group in board.groups for row in board.tables[group.id].rows]
    for _rank, name, row in rows:
        known = found.get(int(str(row.line.team)))
        if known is not None:
            known.result |= _facts(name, row)
    for place in sorted({rank for rank, _name, _row in rows}):
        first = len(found) + 1
        for _rank, name, row in [item for item in rows if item[0] == place]:
            side = int(str(row.line.team))
            if side not in found:
                found[side] = Placing(first, True if side in through else left, _facts(name, row))
    return found


def _facts(group: str, row: Any) -> dict[str, Any]:
    line = row.line
    return {
        "group": group,
        "place": row.rank,
        "played": line.played,
        "won": line.wins,
        "drawn": line.draws,
        "lost": line.losses,
        "for": line.scored,
        "against": line.against,
        "points": line.points,
    }


def run_blockers(
    board: Board, runs: Mapping[int, Sequence[Run]] | None = None, rows: Sequence[RunRow] | None = None
) -> list[str]:
    """What still stands before a stage of runs can be decided, in words."""
    runs = load_runs(board) if runs is None else runs
    rows = run_rows(board, runs) if rows is None else rows
    waiting = [r for own in runs.values() for r in own if r.replaced_at is None and r.confirmed_at is None]
    found = []
    if not runs:
        found.append(_("Chưa có lượt thi nào."))
    if waiting:
        found.append(_("Còn %(n)s lượt thi chưa được người thứ hai xác nhận.", n=len(waiting)))
    if open_run_ties(board, rows):
        found.append(_("Có đội bằng nhau ở ngưỡng vào vòng sau. Phân định trước khi chốt."))
    return found


def missing_runs(board: Board, runs: Mapping[int, Sequence[Run]]) -> int:
    """Attempts of teams that are still in the contest of which nothing was entered, not even a no-show."""
    rule = board.game.runs
    made = {(side, run.attempt) for side, own in runs.items() for run in own if run.replaced_at is None}
    wanted = range(1, (rule.attempts if rule else 0) + 1)
    return sum((side, n) not in made for side in board.sides if side not in board.gone for n in wanted)


def run_placings(board: Board) -> dict[int, Placing]:
    cut = int(board.tournament.cut.get("advance", 0))
    found = {}
    for row in run_rows(board):
        result = {
            "points": str(row.points),
            "time": row.time,
            "attempts": [run.total for run in row.attempts],
        }
        advanced = None if not cut else row.rank is not None and row.rank <= cut
        score = int(row.points * 10000) if row.rank is not None else None
        found[int(str(row.team))] = Placing(row.rank, advanced, result, score)
    return found
