"""Who holds which entry: the rows that assigning, moving and taking over read and write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Assignment,
    AssignmentState,
    Mark,
    Panel,
    PanelMember,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
)
from .. import allocation

GONE = (AssignmentState.DECLINED, AssignmentState.REMOVED)


COMING = (StagePresence.EXPECTED, StagePresence.PRESENT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the machine did, and what it could not do."""

    plan: allocation.Plan
    added: int
    without_panel: tuple[int, ...]  # stage entries that no panel judges


def judges_in(panels: Sequence[Panel]) -> list[allocation.Judge]:
    """Who may be given entries: members of the panels who are here, each with cap and reserve."""
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


def held(stage: Stage) -> dict[int, list[Any]]:
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
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.stage_entry_id].append(row)
    return found


def insert(new: list[tuple[int, int, int]], stage: Stage, draw: Random, at: datetime) -> None:
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
            "stage_entry_id": e,
            "judge_id": j,
            "panel_id": p,
            "position": places[e, j],
            "state": AssignmentState.ASSIGNED,
            "reason": "",
            "practice": False,
            "created_at": at,
        }
        for e, j, p in new
        if (e, j) not in old
    ]
    if fresh:
        db.session.execute(sa.insert(Assignment), fresh)


def _forget_tries(assignment_ids: Sequence[int]) -> None:
    """A practice sheet that becomes a real one begins empty: what was tried never counts."""
    tried = sa.select(Assignment.id).where(Assignment.id.in_(assignment_ids), Assignment.practice.is_(True))
    sheets = list(db.session.scalars(sa.select(ScoreSheet.id).where(ScoreSheet.assignment_id.in_(tried))))
    db.session.execute(sa.delete(Mark).where(Mark.sheet_id.in_(sheets)))
    db.session.execute(sa.delete(ScoreSheet).where(ScoreSheet.id.in_(sheets)))
