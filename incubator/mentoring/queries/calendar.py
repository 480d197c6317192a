"""Mentoring sessions as calendar programs read them: in the calendar of mentor and team, or one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...core.together import Asking
from ...core.web import named, public_url
from ...models import (
    IncubationCase,
    MentoringSession,
    Mentorship,
    Occupancy,
    Resource,
    SessionState,
    TeamMember,
)
from ...spaces.calendar_feed import FeedEntry
from ...spaces.intervals import Span
from ..services.sessions import uid_of


def sessions_of(person_id: int, since: datetime) -> Asking[list[FeedEntry]]:
    """Those where the person is the mentor or now belongs to the team; both may open their pages (`can_view_case`)."""
    in_team = sa.exists().where(
        TeamMember.team_id == IncubationCase.team_id,
        TeamMember.person_id == person_id,
        TeamMember.valid_to.is_(None),
    )
    rows = yield _sessions().where(
        MentoringSession.ends_at > since, sa.or_(Mentorship.person_id == person_id, in_team)
    )
    return [_entry(row) for row in rows]


def entry_of(session_id: int) -> FeedEntry:
    """For the file of one session; whoever asks has been let in to it."""
    return _entry(db.session.execute(_sessions().where(MentoringSession.id == session_id)).one())


def _sessions() -> sa.Select[*tuple[Any, ...]]:
    held_at = (
        sa.select(sa.func.max(Occupancy.changed_at))
        .where(Occupancy.owner_kind == "session", Occupancy.owner_id == MentoringSession.id)
        .scalar_subquery()
    )
    return (
        sa.select(
            MentoringSession.id,
            MentoringSession.starts_at,
            MentoringSession.ends_at,
            MentoringSession.state,
            MentoringSession.online_url,
            MentoringSession.agenda,
            MentoringSession.sequence,
            MentoringSession.moves,
            MentoringSession.displaced_at,
            MentoringSession.recorded_at,
            MentoringSession.created_at,
            IncubationCase.title,
            Resource.name.label("place"),
            Resource.name_en.label("place_en"),
            held_at.label("held_at"),
        )
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .outerjoin(Resource, Resource.id == MentoringSession.resource_id)
    )


def _entry(row: Any) -> FeedEntry:
    lost = row.state is SessionState.PLANNED and row.displaced_at is not None
    return FeedEntry(
        uid=uid_of(row.id),
        span=Span(row.starts_at, row.ends_at),
        summary=_("Cố vấn: %(title)s", title=row.title),
        location=named(row, "place") if row.place and not lost else row.online_url,
        changed_at=_changed(row),
        sequence=row.sequence,
        cancelled=row.state is SessionState.CANCELLED,
        url=public_url("mentoring.session", session_id=row.id),
        description=row.agenda,
    )


def _changed(row: Any) -> datetime:
    """When a calendar has to take the row afresh: minutes, the last move, a lost place, a cancellation, the booking."""
    moved = [datetime.fromisoformat(m["at"]) for m in row.moves if "at" in m]
    known: tuple[datetime | None, ...] = (
        row.recorded_at,
        row.displaced_at,
        row.held_at,
        row.created_at,
        *moved,
    )
    return max(at for at in known if at is not None)
