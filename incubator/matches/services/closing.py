"""What match play hands on: ranks and who goes through, written to the stage's entries; the hall's
screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity.services import record
from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import HallMode, HallScreen, MatchState, StageEntry
from ..queries.board import load_board
from ..queries.ranking import load_runs, run_rows
from ..queries.snapshot import Board
from .setup import get_for_writing, touch


@dataclass(slots=True)
class Placing:
    """How a stage ended for one entry."""

    rank: int
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
    """Rank of every side: by the bracket where there is one, else by group place and comparison across
    groups."""
    if board.ties:
        found = {
            side: Placing(first, first <= int(board.tournament.cut.get("advance", 0)) or None)
            for first, _last, side in board.final_places()
        }
        for group in board.groups:
            for row in board.tables[group.id].rows:
                side = int(str(row.line.team))
                if side not in found:
                    found[side] = Placing(len(found) + 1, False, _facts(group.name, row))
        return found
    return _group_placings(board)


def _group_placings(board: Board) -> dict[int, Placing]:
    """Places of equal rank in their groups share a rank; those through are marked."""
    through: set[int] = set()
    for group in board.groups:
        through |= {int(str(r.line.team)) for r in board.tables[group.id].rows if r.rank <= board.per_group}
    for place, count in board.best_cuts:
        through |= {int(str(r.line.team)) for r in board.best[place].rows if r.rank <= count}
    rows = [(row.rank, group.name, row) for group in board.groups for row in board.tables[group.id].rows]
    found: dict[int, Placing] = {}
    for place in sorted({rank for rank, _name, _row in rows}):
        first = len(found) + 1
        for _rank, name, row in [item for item in rows if item[0] == place]:
            side = int(str(row.line.team))
            found[side] = Placing(first, side in through, _facts(name, row))
    return found


def _facts(group: str, row: Any) -> dict[str, Any]:
    line = row.line
    return {
        "group": group, "place": row.rank, "played": line.played, "won": line.wins, "drawn": line.draws,
        "lost": line.losses, "for": line.scored, "against": line.against, "points": line.points,
    }  # fmt: skip


def close(tournament_id: int, *, actor: Actor, at: datetime) -> Mapping[int, Placing]:
    """Write ranks and who goes through to the stage's entries. Refused while something blocks it."""
    tournament = get_for_writing(tournament_id, actor=actor)
    board = load_board(tournament_id)
    if board.game.runs is not None:
        found = _close_runs(board)
    else:
        stops = blockers(board)
        if stops or not board.matches:
            raise Conflict(" ".join(stops) or _("Chưa có trận nào."), blockers=stops)
        found = placings(board)
    for entry in db.session.scalars(
        sa.select(StageEntry).where(StageEntry.stage_division_id == tournament.stage_division_id)
    ):
        placing = found.get(entry.id)
        if placing is not None:
            entry.rank, entry.advanced = placing.rank, placing.advanced
            entry.result, entry.score_e4 = placing.result, placing.score_e4
    touch(tournament)
    db.session.flush()
    through = sorted(side for side, placing in found.items() if placing.advanced)
    record("tournament.close", tournament, actor=actor, at=at, after={"advanced": through})
    return found


def _close_runs(board: Board) -> dict[int, Placing]:
    runs = load_runs(board)
    open_runs = [
        run for own in runs.values() for run in own if run.replaced_at is None and run.confirmed_at is None
    ]
    if open_runs:
        raise Conflict(_("Còn %(n)s lượt thi chưa được người thứ hai xác nhận.", n=len(open_runs)))
    rows = run_rows(board, runs)
    cut = int(board.tournament.cut.get("advance", 0))
    found = {}
    for row in rows:
        if row.rank is None:
            continue
        side = int(str(row.team))
        if row.tied and cut and row.rank <= cut < row.rank + sum(r.rank == row.rank for r in rows) - 1:
            raise Conflict(_("Có đội bằng nhau ở ngưỡng vào vòng sau. Phân định trước khi chốt."))
        result = {
            "points": str(row.points),
            "time": row.time,
            "attempts": [run.total for run in row.attempts],
        }
        found[side] = Placing(row.rank, row.rank <= cut if cut else None, result, int(row.points * 10000))
    return found


def set_screen(
    screen_id: int,
    mode: HallMode,
    *,
    actor: Actor,
    at: datetime,
    match_id: int | None = None,
    group_id: int | None = None,
    court_id: int | None = None,
    text: str = "",
) -> HallScreen:
    """Switch a screen in the hall."""
    row = db.session.get(HallScreen, screen_id)
    if row is None:
        raise NotFound(_("Không có màn hình này."))
    tournament = get_for_writing(row.tournament_id, actor=actor)
    if court_id is not None and court_id not in tournament.court_ids:
        raise Invalid(_("Sân này không thuộc giải đấu."), field="court")
    row.mode, row.match_id, row.group_id, row.court_id, row.text = mode, match_id, group_id, court_id, text
    row.changed_at = at
    touch(tournament)
    record("screen.set", row, actor=actor, at=at, after={"mode": str(mode)})
    return row


def add_screen(tournament_id: int, name: str, *, actor: Actor, at: datetime) -> HallScreen:
    tournament = get_for_writing(tournament_id, actor=actor)
    if not name.strip():
        raise Invalid(_("Đặt tên cho màn hình."), field="name")
    row = HallScreen(tournament_id=tournament.id, name=name.strip(), changed_at=at)
    db.session.add(row)
    db.session.flush()
    return row
