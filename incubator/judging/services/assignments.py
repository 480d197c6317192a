"""Who judges what: assigned by the machine, moved by hand, taken over when somebody is absent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services import stages as contest_stages
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Entry,
    Mark,
    Panel,
    PanelMember,
    Project,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
    StageState,
)
from .. import allocation, policies, scoring
from ..queries import conflicts as conflict_queries
from ..queries import ranking
from .panels import panel_of

GONE = (AssignmentState.DECLINED, AssignmentState.REMOVED)
COMING = (StagePresence.EXPECTED, StagePresence.PRESENT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the machine did, and what it could not do."""

    plan: allocation.Plan
    added: int
    without_panel: tuple[int, ...]  # stage entries that no panel judges


def method_of(stage: Stage) -> scoring.Method:
    """The stage's rules of tabulation; the defaults until somebody sets them."""
    stored = stage.settings.get("scoring")
    return scoring.Method.of(stored) if stored else scoring.Method()


def assign(stage: Stage, *, actor: Actor, at: datetime, seed: int = 0, keep: bool = True) -> Outcome:
    """Give every entry of the stage its judges. Sheets with marks always stay; the rest too when `keep`.

    Raises Conflict when no division of the stage is planned or open.
    """
    ensure(policies.can_manage(actor, stage.edition_id))
    enter_accepted(stage)
    rows = _entries(stage)
    panels = list(db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id)))
    people = _judges(panels)
    if not rows or not people:
        raise Conflict(_("Cần có bài dự thi và ít nhất một giám khảo trong tiểu ban trước khi phân công."))
    held = _held(stage)
    wanted = method_of(stage).expected
    panel_by_entry = {r.id: panel_of(panels, r.division_id, r.field or "") for r in rows}
    kept = {r.id: [a for a in held.get(r.id, []) if keep or a.marked] for r in rows}
    seats = [
        allocation.Seat(r.id, panel.id, wanted, r.division_id, tuple(a.judge_id for a in kept[r.id]))
        for r in rows
        if (panel := panel_by_entry[r.id]) is not None
    ]
    barred = set(conflict_queries.conflicts_of([r.id for r in rows], [j.id for j in people]))
    plan = allocation.allocate(seats, people, barred, seed=seed)
    dropped = [a.id for r in rows for a in held.get(r.id, []) if a not in kept[r.id]]
    if dropped:
        db.session.execute(sa.delete(Assignment).where(Assignment.id.in_(dropped)))
    new = [
        (entry, judge, panel_by_entry[entry].id)  # type: ignore[union-attr]
        for entry, judges in plan.judges_of.items()
        for judge in judges
        if judge not in {a.judge_id for a in kept[entry]}
    ]
    _insert(new, stage, Random(seed), at)
    activity.record(
        "judging.assigned", stage, actor=actor, at=at, edition_id=stage.edition_id,
        after={"added": len(new), "seed": seed, "short": len(plan.shortfalls), "loads": {str(k): v for k, v in plan.loads.items()}},
    )  # fmt: skip
    return Outcome(plan, len(new), tuple(e for e, p in panel_by_entry.items() if p is None))


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
            StageEntry.presence.in_(COMING),
        )
        .order_by(StageEntry.position, StageEntry.id)
    ).all()


def _judges(panels: Sequence[Panel]) -> list[allocation.Judge]:
    members = db.session.execute(
        sa.select(PanelMember.person_id, PanelMember.panel_id, PanelMember.most, PanelMember.reserve).where(
            PanelMember.panel_id.in_([p.id for p in panels]), PanelMember.absent_since.is_(None)
        )
    ).all()
    places: dict[int, list[Any]] = defaultdict(list)
    for member in members:
        places[member.person_id].append(member)
    return [
        allocation.Judge(
            person,
            frozenset(m.panel_id for m in listed),
            min((m.most for m in listed if m.most is not None), default=None),
            all(m.reserve for m in listed),
        )
        for person, listed in places.items()
    ]


def _held(stage: Stage) -> dict[int, list[Any]]:
    """Living assignments per stage entry; `marked` tells whether a sheet holds marks."""
    rows = db.session.execute(
        sa.select(
            Assignment.id,
            Assignment.stage_entry_id,
            Assignment.judge_id,
            ScoreSheet.id.is_not(None).label("marked"),
        )
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            StageDivision.stage_id == stage.id, Assignment.state.not_in(GONE), Assignment.practice.is_(False)
        )
    )
    held: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        held[row.stage_entry_id].append(row)
    return held


def _insert(new: list[tuple[int, int, int]], stage: Stage, draw: Random, at: datetime) -> None:
    """Insert or revive assignments. Dossiers come to each judge in an order of their own (marks rise with position);
    live rounds keep the order of the stage."""
    if not new:
        return
    order = {e: i for i, e in enumerate(sorted({entry for entry, _j, _p in new}))}
    places: dict[tuple[int, int], int] = {}
    for judge in sorted({j for _e, j, _p in new}):
        mine = sorted(entry for entry, j, _p in new if j == judge)
        if stage.blind:
            draw.shuffle(mine)
        places |= {(entry, judge): (n if stage.blind else order[entry]) for n, entry in enumerate(mine)}
    old = {
        (r.stage_entry_id, r.judge_id): r.id
        for r in db.session.execute(
            sa.select(Assignment.id, Assignment.stage_entry_id, Assignment.judge_id)
            .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
            .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
            .where(
                StageDivision.stage_id == stage.id,
                sa.or_(Assignment.state == AssignmentState.REMOVED, Assignment.practice.is_(True)),
            )
        )
    }
    revived = [old[e, j] for e, j, _p in new if (e, j) in old]
    if revived:
        _forget_tries(revived)
        db.session.execute(
            sa.update(Assignment)
            .where(Assignment.id.in_(revived))
            .values(state=AssignmentState.ASSIGNED, practice=False, reason="")
        )
    fresh = [
        {
            "stage_entry_id": e, "judge_id": j, "panel_id": p, "position": places[e, j],
            "state": AssignmentState.ASSIGNED, "reason": "", "practice": False, "created_at": at,
        }
        for e, j, p in new
        if (e, j) not in old
    ]  # fmt: skip
    if fresh:
        db.session.execute(sa.insert(Assignment), fresh)


def _forget_tries(assignment_ids: Sequence[int]) -> None:
    """A practice sheet that becomes a real one begins empty: what was tried never counts."""
    tried = sa.select(Assignment.id).where(Assignment.id.in_(assignment_ids), Assignment.practice.is_(True))
    sheets = list(db.session.scalars(sa.select(ScoreSheet.id).where(ScoreSheet.assignment_id.in_(tried))))
    db.session.execute(sa.delete(Mark).where(Mark.sheet_id.in_(sheets)))
    db.session.execute(sa.delete(ScoreSheet).where(ScoreSheet.id.in_(sheets)))


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
            Assignment.state.not_in(GONE),
            Assignment.practice.is_(False),
        )
    )
    if taken:
        raise Conflict(_("Người nhận đã chấm bài này rồi. Chọn giám khảo khác."))
    assignment.state, assignment.reason = AssignmentState.REMOVED, reason or _("Chuyển cho giám khảo khác")
    db.session.flush()
    _insert([(assignment.stage_entry_id, to_judge, assignment.panel_id or 0)], stage, Random(0), at)
    activity.record(
        "judging.moved", assignment, actor=actor, at=at, edition_id=stage.edition_id,
        before={"judge": assignment.judge_id}, after={"judge": to_judge}, reason=reason,
    )  # fmt: skip


def take_over(judge_id: int, stage: Stage, *, actor: Actor, at: datetime, seed: int = 0) -> Outcome:
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
    people = [j for j in _judges(panels) if j.id != judge_id]
    reserves = {j.id for j in people if j.reserve}
    held = _held(stage)
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
    _insert(
        [(e, j, panel_by_entry[e]) for e, js in plan.judges_of.items() for j in js], stage, Random(seed), at
    )
    activity.record(
        "judging.taken_over", stage, actor=actor, at=at, edition_id=stage.edition_id,
        before={"judge": judge_id}, after={"moved": len(moved), "left": len(entries) - len(moved)},
    )  # fmt: skip
    for person in sorted({j for js in plan.judges_of.values() for j in js}):
        activity.notify("judging/more_entries", person_id=person, at=at, url="/judging/", stage_id=stage.id)
    return Outcome(plan, len(moved), ())


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
            StageEntry.presence.in_(COMING),
            Assignment.judge_id == judge_id,
            Assignment.practice.is_(False),
            Assignment.state.in_((AssignmentState.ASSIGNED, AssignmentState.OPEN, AssignmentState.REOPENED)),
        )
        .order_by(Assignment.position)
    ).all()


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
    held = {a.judge_id for a in _held(stage).get(stage_entry_id, [])}
    if judge_id in held:
        raise Invalid(_("Người này đã có trong danh sách chấm bài."), field="judge")
    _insert([(stage_entry_id, judge_id, panel.id)], stage, Random(0), at)
    activity.record(
        "judging.judge.more", stage, actor=actor, at=at, edition_id=stage.edition_id,
        after={"judge": judge_id, "stage_entry": stage_entry_id},
    )  # fmt: skip


def give_practice(stage: Stage, stage_entry_id: int, *, actor: Actor, at: datetime) -> int:
    """Let every judge of the stage try the sheet on one entry that is not theirs. Nothing of it counts or freezes."""
    ensure(policies.can_manage(actor, stage.edition_id))
    panels = list(db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id)))
    have = set(
        db.session.scalars(sa.select(Assignment.judge_id).where(Assignment.stage_entry_id == stage_entry_id))
    )
    rows = [
        {
            "stage_entry_id": stage_entry_id, "judge_id": j.id, "panel_id": min(j.panels), "position": -1,
            "state": AssignmentState.ASSIGNED, "reason": "", "practice": True, "created_at": at,
        }
        for j in _judges(panels)
        if j.id not in have
    ]  # fmt: skip
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
