"""Runs of a stage and their live ranking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import sqlalchemy as sa

from ...core.db import db
from ...models import Run, StageEntry
from .. import runs
from ..standings import OpenTie
from .snapshot import Board


def load_runs(board: Board) -> dict[int, list[Run]]:
    """Every attempt by stage entry, replaced ones too."""
    rows = db.session.scalars(
        sa.select(Run)
        .join(StageEntry, StageEntry.id == Run.stage_entry_id)
        .where(StageEntry.stage_division_id == board.tournament.stage_division_id)
        .order_by(Run.attempt, Run.id)
    )
    found: dict[int, list[Run]] = defaultdict(list)
    for row in rows:
        found[row.stage_entry_id].append(row)
    return dict(found)


def any_runs(stage_division_id: int) -> bool:
    """Whether an attempt was entered in a stage."""
    wanted = (
        sa.select(Run.id)
        .join(StageEntry, StageEntry.id == Run.stage_entry_id)
        .where(StageEntry.stage_division_id == stage_division_id)
    )
    return db.session.scalar(wanted.limit(1)) is not None


def run_rows(board: Board, known: Mapping[int, Sequence[Run]] | None = None) -> list[runs.RunRow]:
    """The ranking as it stands."""
    loaded = known if known is not None else load_runs(board)
    scores: dict[Hashable, list[runs.RunScore]] = {
        side: [
            runs.RunScore(run.attempt, run.total, run.time_ms, run.no_show, run.replaced_at is not None)
            for run in loaded.get(side, ())
        ]
        for side in board.sides
        if side not in board.gone
    }
    assert board.game.runs is not None
    decisions = [decision.order for decision in board.orders("cut")]
    return runs.ranking(scores, board.game.runs, decisions=decisions)


def open_run_ties(board: Board, rows: Sequence[runs.RunRow]) -> list[OpenTie]:
    """Level teams of which some would go on and some would not."""
    cut = int(board.tournament.cut.get("advance", 0))
    found: dict[int, list[Hashable]] = defaultdict(list)
    for row in rows:
        if row.tied and row.rank is not None:
            found[row.rank].append(row.team)
    return [
        OpenTie(frozenset(teams), rank, board.game.chain.last)
        for rank, teams in found.items()
        if rank <= cut < rank + len(teams) - 1
    ]
