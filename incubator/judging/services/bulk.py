"""Many sheets in a few statements: for sheets that another system collected. The same rules as one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    CriterionSource,
    Mark,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
)
from .. import policies, scoring
from ..queries.inputs import criteria_of
from . import marks as hot


@dataclass(frozen=True, slots=True)
class FullSheet:
    """A complete sheet: points (e2) per judged criterion, handed in at `at`."""

    assignment_id: int
    points: Mapping[int, int]
    at: datetime
    comment: str = ""


def submit_many(part: StageDivision, stage: Stage, sheets: Iterable[FullSheet], *, actor: Actor) -> int:
    """Hand in complete sheets of assignments that hold none yet. One bad mark refuses all.

    Raises Conflict when the stage is not open or an assignment is not waiting, Invalid for a mark that does not fit.
    """
    ensure(policies.can_manage(actor, stage.edition_id))
    if part.state is not StageState.OPEN or part.rubric_id is None:
        raise Conflict(_("Vòng này không ở trạng thái đang chấm."))
    given = list(sheets)
    judges = _waiting(part.id)
    rules = {
        c.id: scoring.Rule(c.id, c.max_e2, c.step_e2, c.weight_e2)
        for c in criteria_of(part.rubric_id)
        if c.source is CriterionSource.JUDGE
    }
    for sheet in given:
        _ensure_sound(sheet, judges, rules)
    if not given:
        return 0
    db.session.execute(sa.insert(ScoreSheet), [_sheet_row(s, part.rubric_id, rules) for s in given])
    ids = dict(
        db.session.execute(
            sa.select(ScoreSheet.assignment_id, ScoreSheet.id)
            .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
            .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
            .where(StageEntry.stage_division_id == part.id)
        ).all()
    )
    db.session.execute(
        sa.insert(Mark), [row for s in given for row in _mark_rows(s, ids[s.assignment_id], judges)]
    )
    wanted = [s.assignment_id for s in given]
    for start in range(0, len(wanted), 500):
        db.session.execute(
            sa.update(Assignment)
            .where(Assignment.id.in_(wanted[start : start + 500]))
            .values(state=AssignmentState.SUBMITTED)
            .execution_options(synchronize_session=False)
        )
    hot.freeze(part.rubric_id, min(s.at for s in given))
    activity.record_many(
        [
            activity.event_values(
                "judging.sheet.submitted",
                actor=actor,
                at=s.at,
                edition_id=stage.edition_id,
                object_type="score_sheet",
                object_id=ids[s.assignment_id],
                after={"total_e2": _total_e2(s, rules)},
            )
            for s in given
        ]
    )
    return len(given)


def _waiting(part_id: int) -> dict[int, int]:
    """Assignment -> judge, for those without a sheet."""
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.judge_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            StageEntry.stage_division_id == part_id,
            Assignment.state == AssignmentState.ASSIGNED,
            Assignment.practice.is_(False),
            ScoreSheet.id.is_(None),
        )
    )
    return {r.id: r.judge_id for r in rows}


def _ensure_sound(sheet: FullSheet, judges: Mapping[int, int], rules: Mapping[int, scoring.Rule]) -> None:
    if sheet.assignment_id not in judges:
        raise Conflict(_("Phiếu %(id)s không chờ chấm.", id=sheet.assignment_id))
    if set(sheet.points) != set(rules):
        raise Invalid(_("Phiếu %(id)s thiếu hoặc thừa tiêu chí.", id=sheet.assignment_id))
    for criterion, points in sheet.points.items():
        if scoring.mark_problem(rules[criterion], points):
            raise Invalid(_("Phiếu %(id)s có điểm ngoài khoảng hoặc sai bước.", id=sheet.assignment_id))


def _total_e2(sheet: FullSheet, rules: Mapping[int, scoring.Rule]) -> int:
    return (sum(p * rules[c].weight_e2 for c, p in sheet.points.items()) + 50) // 100


def _sheet_row(sheet: FullSheet, rubric_id: int, rules: Mapping[int, scoring.Rule]) -> dict[str, Any]:
    return {
        "assignment_id": sheet.assignment_id,
        "rubric_id": rubric_id,
        "state": SheetState.SUBMITTED,
        "version": 1,
        "total_e2": _total_e2(sheet, rules),
        "comment": sheet.comment,
        "own_note": "",
        "panel_note": "",
        "source": "screen",
        "void_reason": "",
        "created_at": sheet.at,
        "saved_at": sheet.at,
        "submitted_at": sheet.at,
    }


def _mark_rows(sheet: FullSheet, sheet_id: int, judges: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "sheet_id": sheet_id,
            "criterion_id": c,
            "version": 1,
            "points_e2": p,
            "client_id": f"bulk-{c}",
            "by_id": judges[sheet.assignment_id],
            "at": sheet.at,
        }
        for c, p in sheet.points.items()
    ]
