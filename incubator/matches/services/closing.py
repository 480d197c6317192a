"""What match play hands on to the contest: ranks, who goes through, and the stage's own state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...contests.services import stages as contest_stages
from ...contests.stages import StageFacts
from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import (
    Assignment,
    DrawPick,
    GroupPlace,
    Run,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
    Tournament,
)
from ..queries.board import load_board, with_stage
from ..queries.placings import Placing, blockers, placings, run_blockers, run_placings
from ..queries.snapshot import Board
from .contest import audit, ensure_open, get_for_writing, touch


def close(tournament_id: int, *, actor: Actor, at: datetime) -> Mapping[int, Placing]:
    """Decide the stage: write ranks and who goes through, and fill the next stage. Refused while something blocks it.

    After publication only the ranks are written anew, for a corrected publication; who advanced stays.
    """
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament, after_publication=True)
    part = tournament.stage_division
    published = part.state is StageState.PUBLISHED
    found = _found(load_board(tournament_id))
    entries = db.session.scalars(sa.select(StageEntry).where(StageEntry.stage_division_id == part.id)).all()
    none = Placing(None, None)
    for entry in entries:
        placing = found.get(entry.id, none)
        entry.rank, entry.result, entry.score_e4 = placing.rank, _with_key(placing), placing.score_e4
        entry.advanced = entry.advanced if published else placing.advanced
    touch(tournament)
    db.session.flush()
    through = sorted(side for side, placing in found.items() if placing.advanced)
    audit(tournament, "tournament.close", tournament, actor=actor, at=at, after={"advanced": through})
    if not published:
        _decide(part, found, {entry.id: entry.entry_id for entry in entries}, actor=actor, at=at)
    return found


def _with_key(placing: Placing) -> dict[str, Any]:
    """What prizes are ranked by: the place itself, a better one being higher."""
    return placing.result if placing.rank is None else {**placing.result, "key": [-10_000 * placing.rank]}


def _found(board: Board) -> dict[int, Placing]:
    if board.game.runs is not None:
        stops = run_blockers(board)
        if stops:
            raise Conflict(" ".join(stops), blockers=stops)
        return run_placings(board)
    stops = blockers(board)
    if stops or not board.matches:
        raise Conflict(" ".join(stops) or _("Chưa có trận nào."), blockers=stops)
    return placings(board)


def _decide(
    part: StageDivision,
    found: Mapping[int, Placing],
    entry_of: Mapping[int, int],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Close and decide the contest's stage, and place those who go through, best first, in the next one."""
    edition_id = part.stage.edition_id
    facts = StageFacts(state=part.state, tabulated=True)
    for state in (StageState.CLOSED, StageState.DECIDED):
        contest_stages.move(part, state, facts, edition_id=edition_id, actor=actor, at=at)
    following = later_part(part)
    if following is None:
        return
    known = set(
        db.session.scalars(sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == following.id))
    )
    through = sorted(
        (side for side, placing in found.items() if placing.advanced),
        key=lambda side: (found[side].rank or 0, side),
    )
    contest_stages.place(following, [entry_of[side] for side in through if entry_of[side] not in known])


def later_part(part: StageDivision) -> StageDivision | None:
    """The division's next stage."""
    return db.session.scalar(
        sa.select(StageDivision)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(
            Stage.edition_id == part.stage.edition_id,
            StageDivision.division_id == part.division_id,
            Stage.position > part.stage.position,
        )
        .order_by(Stage.position)
        .limit(1)
    )


def stage_changed(part_id: Any, state: Any = None, **_more: Any) -> None:
    """Receiver of the contests' signal: a stage that opens again has no ranks, and nobody has gone on from it."""
    if state is not StageState.OPEN:
        return
    tournament = db.session.scalar(
        sa.select(Tournament).where(Tournament.stage_division_id == part_id).options(*with_stage())
    )
    ranked = sa.select(StageEntry).where(
        StageEntry.stage_division_id == part_id, StageEntry.rank.is_not(None)
    )
    entries = db.session.scalars(ranked).all()
    if tournament is None or not entries:
        return
    _take_back(tournament.stage_division)
    for entry in entries:
        entry.rank, entry.advanced, entry.result, entry.score_e4 = None, None, {}, None
    touch(tournament)
    db.session.flush()


def _take_back(part: StageDivision) -> None:
    """Entries leave the next stage again. Refused once it has begun or a draw or schedule was built on them."""
    following = later_part(part)
    if following is None:
        return
    mine = sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == part.id)
    theirs = sa.select(StageEntry.id).where(
        StageEntry.stage_division_id == following.id, StageEntry.entry_id.in_(mine)
    )
    used = db.session.scalar(
        sa.select(
            sa.or_(
                sa.exists().where(Assignment.stage_entry_id.in_(theirs)),
                sa.exists().where(Run.stage_entry_id.in_(theirs)),
                sa.exists().where(DrawPick.stage_entry_id.in_(theirs)),
                sa.exists().where(GroupPlace.stage_entry_id.in_(theirs)),
            )
        )
    )
    if used or following.state is not StageState.PLANNED:
        raise Conflict(_("Vòng sau đã bắt đầu nên vòng này không mở lại được. Dùng đính chính."))
    db.session.execute(
        sa.delete(StageEntry).where(StageEntry.id.in_(theirs)).execution_options(synchronize_session=False)
    )
