"""What is needed to set a tournament up: stages without one, and what comes next on the way to the first match."""

from __future__ import annotations

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...core.web import named
from ...models import (
    Division,
    Edition,
    MatchCrew,
    MatchState,
    Stage,
    StageDivision,
    StageKind,
    StageState,
    Tournament,
)
from .. import policies
from .snapshot import Board


def free_parts(actor: Actor) -> list[tuple[int, str, StageKind]]:
    """Stages of match play or runs that have no tournament yet: (id, words, kind)."""
    rows = db.session.execute(
        sa.select(StageDivision.id, Stage, Edition, Division)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .join(Division, Division.id == StageDivision.division_id)
        .outerjoin(Tournament, Tournament.stage_division_id == StageDivision.id)
        .where(Stage.kind.in_([StageKind.MATCHES, StageKind.RUNS]), Tournament.id.is_(None))
        .order_by(Edition.id.desc(), Stage.position, StageDivision.id)
    )
    return [
        (key, f"{named(edition)} · {named(stage)} · {named(division)}", stage.kind)
        for key, stage, edition, division in rows
        if policies.can_manage(actor, edition)
    ]


def next_steps(board: Board) -> list[tuple[str, str]]:
    """What is still missing before the first match is called: (sentence, endpoint of its page)."""
    if any(match.state is not MatchState.SCHEDULED for match in board.matches):
        return []
    found = []
    if board.tournament.stage_division.state is StageState.PLANNED:
        found.append((_("Mở vòng thi để chốt danh sách đội."), "matches.settings"))
    undrawn = any(len(board.members.get(group.id, [])) < group.size for group in board.groups)
    if not board.matches and (undrawn or not board.groups):
        found.append((_("Bốc thăm chia bảng."), "matches_plan.draw"))
    if not board.matches:
        found.append((_("Lập lịch trận."), "matches_plan.schedule"))
    crew = sa.select(MatchCrew.id).where(
        MatchCrew.tournament_id == board.tournament.id, MatchCrew.to_at.is_(None)
    )
    if db.session.scalar(crew.limit(1)) is None:
        found.append((_("Phân công tổ trọng tài."), "matches_plan.crew"))
    since = board.edition.announced_at
    if since is None or since > clock.now():
        found.append(
            (_("Công khai cuộc thi: trước đó không ai mở được trang công khai và màn hình hội trường."), "")
        )
    return found
