"""One entry moved to another judge, or given to one more."""

from __future__ import annotations

from datetime import datetime
from random import Random

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Panel,
    Stage,
)
from .. import policies
from ..queries import conflicts as conflict_queries
from . import places


def move(
    assignment: Assignment, to_judge: int, stage: Stage, *, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Give one entry to another judge. A conflict refuses; marks already given stay with the old sheet, not counted."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if assignment.state == AssignmentState.SUBMITTED:
        raise Conflict(_("Phiếu này đã nộp. Mở lại phiếu trước nếu cần người khác chấm."))
    why = conflict_queries.conflicts_of([assignment.stage_entry_id], [to_judge])
    if why:
        raise Conflict(
            _(
                "Người nhận có xung đột với bài này: %(why)s.",
                why=conflict_queries.say(next(iter(why.values()))),
            )
        )
    taken = db.session.scalar(
        sa.select(Assignment.id).where(
            Assignment.stage_entry_id == assignment.stage_entry_id,
            Assignment.judge_id == to_judge,
            Assignment.state.not_in(places.GONE),
            Assignment.practice.is_(False),
        )
    )
    if taken:
        raise Conflict(_("Người nhận đã chấm bài này rồi. Chọn giám khảo khác."))
    assignment.state, assignment.reason = AssignmentState.REMOVED, reason or _("Chuyển cho giám khảo khác")
    db.session.flush()
    places.insert([(assignment.stage_entry_id, to_judge, assignment.panel_id or 0)], stage, Random(0), at)
    activity.record(
        "judging.moved",
        assignment,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"judge": assignment.judge_id},
        after={"judge": to_judge},
        reason=reason,
    )


def add_by_hand(
    stage_entry_id: int, judge_id: int, panel: Panel, stage: Stage, *, actor: Actor, at: datetime
) -> None:
    """One more judge for an entry, for instance to mark again where two sheets are far apart."""
    ensure(policies.can_manage(actor, stage.edition_id))
    why = conflict_queries.conflicts_of([stage_entry_id], [judge_id])
    if why:
        raise Conflict(
            _("Người này có xung đột với bài: %(why)s.", why=conflict_queries.say(next(iter(why.values()))))
        )
    held = {a.judge_id for a in places.held(stage).get(stage_entry_id, [])}
    if judge_id in held:
        raise Invalid(_("Người này đã có trong danh sách chấm bài."), field="judge")
    places.insert([(stage_entry_id, judge_id, panel.id)], stage, Random(0), at)
    activity.record(
        "judging.judge.more",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"judge": judge_id, "stage_entry": stage_entry_id},
    )
