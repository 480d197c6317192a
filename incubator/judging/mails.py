"""What the messages of judging need joined when they are rendered."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.db import db
from ..models import Assignment, Edition, Entry, Stage, StageDivision, StageEntry


@messages.builder("judging/reminder")
@messages.builder("judging/more_entries")
def _stage(context: dict[str, Any]) -> dict[str, Any]:
    row = db.session.execute(
        sa.select(Stage.name, Edition.name.label("edition"))
        .join(Edition, Edition.id == Stage.edition_id)
        .where(Stage.id == context["stage_id"])
    ).first()
    return {
        "stage": row.name if row else "",
        "edition": row.edition if row else "",
        "left": context.get("left", 0),
    }


@messages.builder("judging/reopened")
def _sheet(context: dict[str, Any]) -> dict[str, Any]:
    row = db.session.execute(
        sa.select(Entry.number, Entry.code, Stage.blind, Assignment.reason)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(Assignment.id == context["assignment_id"])
    ).first()
    if row is None:
        return {"label": "", "reason": ""}
    return {"label": row.code if row.blind else row.number or row.code, "reason": row.reason}
