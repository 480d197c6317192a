"""A judge who does not come: the rest of the work goes to the others in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Panel,
    PanelMember,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
)
from .. import allocation, policies
from ..queries import conflicts as conflict_queries
from . import places


def take_over(judge_id: int, stage: Stage, *, actor: Actor, at: datetime, seed: int = 0) -> places.Outcome:
    """The absent judge's unsubmitted entries go to the others in one step: reserves first, then evenly.

    Their half-marked sheets are kept and not counted. Raises Conflict when there is nothing to move.
    """
    ensure(policies.can_manage(actor, stage.edition_id))
    left = _unfinished(judge_id, stage)
    if not left:
        raise Conflict(_("Giám khảo này không còn bài nào chưa nộp."))
    panel_ids = {a.panel_id for a in left if a.panel_id}
    db.session.execute(
        sa.update(PanelMember)
        .where(
            PanelMember.person_id == judge_id,
            PanelMember.panel_id.in_(panel_ids),
            PanelMember.absent_since.is_(None),
        )
        .values(absent_since=at)
    )
    panels = list(db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id)))
    people = [j for j in places.judges_in(panels) if j.id != judge_id]
    reserves = {j.id for j in people if j.reserve}
    held = places.held(stage)
    entries = [a.stage_entry_id for a in left]
    barred = set(conflict_queries.conflicts_of(entries, [j.id for j in people]))
    barred |= {(a.judge_id, e) for e in entries for a in held.get(e, [])}
    seats = [allocation.Seat(a.stage_entry_id, a.panel_id or 0, 1) for a in left]
    first = [allocation.Judge(j.id, j.panels) for j in people if j.id in reserves]
    plan = allocation.allocate(seats, first, barred, seed=seed) if first else None
    if plan is None or plan.shortfalls:
        loads = {j.id: sum(a.judge_id == j.id for rows in held.values() for a in rows) for j in people}
        plan = _by_load(seats, people, barred, loads, seed)
    moved = {e for e, judges in plan.judges_of.items() if judges}
    gone = [a.id for a in left if a.stage_entry_id in moved]
    db.session.execute(
        sa.update(Assignment)
        .where(Assignment.id.in_(gone))
        .values(state=AssignmentState.REMOVED, reason=_("Giám khảo vắng"))
    )
    panel_by_entry = {a.stage_entry_id: a.panel_id or 0 for a in left}
    places.insert(
        [(e, j, panel_by_entry[e]) for e, js in plan.judges_of.items() for j in js], stage, Random(seed), at
    )
    activity.record(
        "judging.taken_over",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"judge": judge_id},
        after={"moved": len(moved), "left": len(entries) - len(moved)},
    )
    for person in sorted({j for js in plan.judges_of.values() for j in js}):
        activity.notify("judging/more_entries", person_id=person, at=at, url="/judging/", stage_id=stage.id)
    return places.Outcome(plan, len(moved), ())


def _by_load(
    seats: list[allocation.Seat],
    people: list[allocation.Judge],
    barred: set[tuple[int, int]],
    loads: dict[int, int],
    seed: int,
) -> allocation.Plan:
    """Each entry to whoever has the least to do, counting what they already hold."""
    ceiling = max(loads.values(), default=0) + len(seats)
    for cap in range(min(loads.values(), default=0) + 1, ceiling + 1):
        able = [allocation.Judge(j.id, j.panels, max(0, cap - loads[j.id]), j.reserve) for j in people]
        plan = allocation.allocate(seats, able, barred, seed=seed)
        if not plan.shortfalls:
            return plan
    return allocation.allocate(seats, people, barred, seed=seed)


def _unfinished(judge_id: int, stage: Stage) -> Sequence[Any]:
    return db.session.execute(
        sa.select(Assignment.id, Assignment.stage_entry_id, Assignment.panel_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(
            StageDivision.stage_id == stage.id,
            StageDivision.state == StageState.OPEN,
            StageEntry.presence.in_(places.COMING),
            Assignment.judge_id == judge_id,
            Assignment.practice.is_(False),
            Assignment.state.in_((AssignmentState.ASSIGNED, AssignmentState.OPEN, AssignmentState.REOPENED)),
        )
        .order_by(Assignment.position)
    ).all()
