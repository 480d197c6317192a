"""What judging keeps about a person: panels, own sheets with their words."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.personal import Leaving, first, moment
from ..core.together import Asking
from ..models import Assignment, Edition, Panel, PanelMember, ScoreSheet, Stage, StageDivision, StageEntry


def tell(person_id: int) -> Asking[dict[str, Any]]:
    """A judge's own marks and words are the judge's at any time; what others gave is not told."""
    panels, sheets = yield [
        sa.select(
            Panel.id, Edition.name.label("edition"), Stage.name.label("stage"), Panel.name, Panel.chair_id
        )
        .join(Stage, Stage.id == Panel.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(
            sa.or_(
                Panel.chair_id == person_id,
                Panel.secretary_id == person_id,
                sa.exists().where(PanelMember.panel_id == Panel.id, PanelMember.person_id == person_id),
            )
        ),
        sa.select(
            Assignment.id,
            Edition.name.label("edition"),
            Stage.name.label("stage"),
            Assignment.state,
            Assignment.reason,
            ScoreSheet.total_e2,
            ScoreSheet.comment,
            ScoreSheet.own_note,
            ScoreSheet.panel_note,
            ScoreSheet.submitted_at,
        )
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(Assignment.judge_id == person_id),
    ]
    return {
        "panels": [
            {"edition": r.edition, "stage": r.stage, "panel": r.name, "chair": r.chair_id == person_id}
            for r in sorted(panels, key=first)
        ],
        "sheets": [
            {
                "edition": r.edition,
                "stage": r.stage,
                "state": r.state,
                "reason": r.reason,
                "total_e2": r.total_e2,
                "comment": r.comment,
                "own_note": r.own_note,
                "panel_note": r.panel_note,
                "submitted_at": moment(r.submitted_at),
            }
            for r in sorted(sheets, key=first)
        ],
    }


def blank(leaving: Leaving) -> None:
    """Marks count on; they point at a row without a name."""
