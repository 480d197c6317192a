"""What the messages of mentoring join to their ids when they are rendered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..activity.messages import builder
from ..core.db import db
from ..core.web import vn_datetime
from ..models import IncubationCase, MentoringSession, Resource
from . import wording

KINDS = (
    "offer", "offer_reminder", "offer_closed", "case_opened", "case_moved", "mentor_found", "mentorship_ended",
    "session", "session_cancelled", "session_notes",
)  # fmt: skip


def case_values(context: dict[str, Any]) -> dict[str, Any]:
    """The case's title and the moments in words."""
    title = db.session.scalar(
        sa.select(IncubationCase.title).where(IncubationCase.id == context.get("case_id", 0))
    )
    values: dict[str, Any] = {"title": title or ""}
    for name in ("due", "starts"):
        if context.get(name):
            values[name] = vn_datetime(datetime.fromisoformat(context[name]))
    if context.get("stage"):
        values["stage"] = str(wording.STAGES[context["stage"]])
    if context.get("session_id"):
        values["place"] = db.session.scalar(
            sa.select(Resource.name)
            .join(MentoringSession, MentoringSession.resource_id == Resource.id)
            .where(MentoringSession.id == context["session_id"])
        )
    return values


for kind in KINDS:
    builder(f"mentoring/{kind}")(case_values)
