"""What the messages of mentoring join to their ids when they are rendered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.together import Asking
from ..core.web import named, vn_datetime
from ..models import Cohort, IncubationCase, MentoringSession, Resource
from . import wording

KINDS = (
    "offer",
    "offer_reminder",
    "offer_closed",
    "case_opened",
    "case_moved",
    "mentor_found",
    "mentorship_ended",
    "session",
    "session_back",
    "session_cancelled",
    "session_lost",
    "session_missed",
    "session_moved",
    "session_notes",
    "session_without",
)


@messages.builder(*(f"mentoring/{kind}" for kind in KINDS))
def _cases(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    """The case's title, the place of a session, a machine that is missing there, and the moments in words."""
    cases, places, machines = yield [
        sa.select(IncubationCase.id, IncubationCase.title).where(
            IncubationCase.id.in_({c.get("case_id", 0) for c in contexts})
        ),
        sa.select(MentoringSession.id, Resource.name, Resource.name_en)
        .join(Resource, MentoringSession.resource_id == Resource.id)
        .where(MentoringSession.id.in_({c.get("session_id", 0) for c in contexts})),
        sa.select(Resource.id, Resource.name, Resource.name_en).where(
            Resource.id.in_({c.get("machine_id", 0) for c in contexts})
        ),
    ]
    titles = {row.id: row.title for row in cases}
    rooms = {row.id: named(row) for row in places}
    missing = {row.id: named(row) for row in machines}
    return [
        {
            "title": titles.get(c.get("case_id", 0), ""),
            "place": rooms.get(c.get("session_id", 0)),
            "machine": missing.get(c.get("machine_id", 0), ""),
            **_moments(c),
        }
        for c in contexts
    ]


@messages.builder("mentoring/approved", "mentoring/invited", "mentoring/pause_over")
def _cohorts(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    """The cohort's name in the reader's language; messages of before keep the name that they have stored."""
    found = yield sa.select(Cohort.id, Cohort.name, Cohort.name_en).where(
        Cohort.id.in_({c.get("cohort_id", 0) for c in contexts})
    )
    names = {row.id: named(row) for row in found}
    return [{"cohort": names.get(c.get("cohort_id", 0), c.get("cohort", ""))} for c in contexts]


def _moments(context: dict[str, Any]) -> dict[str, Any]:
    words = {
        name: vn_datetime(datetime.fromisoformat(context[name]))
        for name in ("due", "starts", "before")
        if context.get(name)
    }
    if context.get("reason"):
        words["reason"] = wording.own(context["reason"])
    if context.get("missed_by"):
        words["missed"] = str(wording.MISSED_BY[context["missed_by"]])
    if context.get("stage"):
        words["stage"] = str(wording.STAGES[context["stage"]])
    return words
