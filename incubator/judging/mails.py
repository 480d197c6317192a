"""What the messages of judging need joined when they are rendered."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.together import Asking
from ..core.web import named
from ..models import Assignment, Edition, Entry, Stage, StageDivision, StageEntry


@messages.builder("judging/reminder", "judging/more_entries")
def _stages(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    rows = yield (
        sa.select(Stage.id, Stage.name.label("stage"), Edition.name, Edition.name_en)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(Stage.id.in_({c["stage_id"] for c in contexts}))
    )
    found = {row.id: {"stage": row.stage, "edition": named(row)} for row in rows}
    nothing = {"stage": "", "edition": ""}
    return [{**found.get(c["stage_id"], nothing), "left": c.get("left", 0)} for c in contexts]


@messages.builder("judging/reopened")
def _sheets(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    rows = yield (
        sa.select(Assignment.id, Entry.number, Entry.code, Stage.blind, Assignment.reason)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(Assignment.id.in_({c["assignment_id"] for c in contexts}))
    )
    found = {
        row.id: {"label": row.code if row.blind else row.number or row.code, "reason": row.reason}
        for row in rows
    }
    return [found.get(c["assignment_id"], {"label": "", "reason": ""}) for c in contexts]
