"""Who judges what: assigned by the machine, moved by hand, taken over when somebody is absent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services import stages as contest_stages
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Entry,
    Panel,
    Project,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
)
from .. import allocation, policies
from ..queries import conflicts as conflict_queries
from ..queries import inputs, ranking
from . import places
from .panels import panel_of


def assign(stage: Stage, *, actor: Actor, at: datetime, seed: int = 0, keep: bool = True) -> places.Outcome:
    """Give every entry of the stage its judges. Sheets with marks always stay; the rest too when `keep`.

    Raises Conflict when no division of the stage is planned or open.
    """
    ensure(policies.can_manage(actor, stage.edition_id))
    enter_accepted(stage)
    rows = _entries(stage)
    panels = list(db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id)))
    people = places.judges_in(panels)
    if not people:
        raise Conflict(_("Chưa có giám khảo nào trong tiểu ban. Thêm giám khảo rồi phân công."))
    if not rows:
        raise Conflict(_why_empty(stage))
    held = places.held(stage)
    wanted = inputs.method_of(stage).expected
    panel_ids = {r.id: panel.id for r in rows if (panel := panel_of(panels, r.division_id, r.field or ""))}
    kept = {r.id: [a for a in held.get(r.id, []) if keep or a.marked] for r in rows}
    seats = [
        allocation.Seat(r.id, panel_ids[r.id], wanted, r.division_id, tuple(a.judge_id for a in kept[r.id]))
        for r in rows
        if r.id in panel_ids
    ]
    barred = set(conflict_queries.conflicts_of([r.id for r in rows], [j.id for j in people]))
    plan = allocation.allocate(seats, people, barred, seed=seed)
    dropped = [a.id for r in rows for a in held.get(r.id, []) if a not in kept[r.id]]
    if dropped:
        db.session.execute(sa.delete(Assignment).where(Assignment.id.in_(dropped)))
    new = [
        (entry, judge, panel_ids[entry])
        for entry, judges in plan.judges_of.items()
        for judge in judges
        if judge not in {a.judge_id for a in kept[entry]}
    ]
    places.insert(new, stage, Random(seed), at)
    activity.record(
        "judging.assigned",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={
            "added": len(new),
            "seed": seed,
            "short": len(plan.shortfalls),
            "loads": {str(k): v for k, v in plan.loads.items()},
        },
    )
    return places.Outcome(plan, len(new), tuple(r.id for r in rows if r.id not in panel_ids))


def _why_empty(stage: Stage) -> str:
    """Why there is no entry to be assigned: what has to happen first."""
    parts = db.session.scalars(sa.select(StageDivision).where(StageDivision.stage_id == stage.id)).all()
    planned = [p for p in parts if p.state is StageState.PLANNED]
    if any(ranking.earlier_part(part, stage) is not None for part in planned):
        return _("Vòng chưa mở nên chưa có bài: bài vào vòng này khi mở vòng, sau khi vòng trước có kết quả.")
    if planned:
        return _("Chưa có bài nào được duyệt. Duyệt hồ sơ đăng ký trước: bài được duyệt tự vào vòng này.")
    return _("Vòng này không còn bài nào nhận phiếu chấm.")


def enter_accepted(stage: Stage) -> int:
    """Bring what is accepted by now into the planned divisions of an edition's first stage, so that judges can be
    assigned before it opens; opening brings in what was accepted later."""
    parts = db.session.scalars(
        sa.select(StageDivision).where(
            StageDivision.stage_id == stage.id, StageDivision.state == StageState.PLANNED
        )
    ).all()
    return sum(contest_stages.fill_first(part) for part in parts if ranking.earlier_part(part, stage) is None)


def _entries(stage: Stage) -> Sequence[Any]:
    """Entries that still take marks, in the order of the stage."""
    return db.session.execute(
        sa.select(StageEntry.id, StageDivision.division_id, Project.field)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .where(
            StageDivision.stage_id == stage.id,
            StageDivision.state.in_((StageState.PLANNED, StageState.OPEN)),
            StageEntry.presence.in_(places.COMING),
        )
        .order_by(StageEntry.position, StageEntry.id)
    ).all()


def give_practice(stage: Stage, stage_entry_id: int, *, actor: Actor, at: datetime) -> int:
    """Let every judge of the stage try the sheet on one entry that is not theirs. Nothing of it counts or freezes."""
    ensure(policies.can_manage(actor, stage.edition_id))
    panels = list(db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id)))
    have = set(
        db.session.scalars(sa.select(Assignment.judge_id).where(Assignment.stage_entry_id == stage_entry_id))
    )
    rows = [
        {
            "stage_entry_id": stage_entry_id,
            "judge_id": j.id,
            "panel_id": min(j.panels),
            "position": -1,
            "state": AssignmentState.ASSIGNED,
            "reason": "",
            "practice": True,
            "created_at": at,
        }
        for j in places.judges_in(panels)
        if j.id not in have
    ]
    if rows:
        db.session.execute(sa.insert(Assignment), rows)
    activity.record(
        "judging.practice",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"judges": len(rows)},
    )
    return len(rows)
