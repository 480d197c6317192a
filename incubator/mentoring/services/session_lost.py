"""A session's place is taken out of service: the session stays planned, its two sides are told and move it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db, lock_rows
from ...models import MentoringSession, Mentorship, SessionState
from ...spaces.services.occupancy import Owner
from .session_news import tell_sides


def place_changed(
    _rows: Any, *, owners: Collection[Owner], because: str, actor: Actor, at: datetime, **_rest: Any
) -> None:
    """Receiver of the signal; runs inside the transaction that takes the place away. What is over stays as it was."""
    ids = {owner.id for owner in owners if owner.kind == "session"}
    lock_rows(MentoringSession, ids)
    sessions = db.session.scalars(
        sa.select(MentoringSession)
        .where(
            MentoringSession.id.in_(ids),
            MentoringSession.state == SessionState.PLANNED,
            MentoringSession.ends_at > at,
        )
        .options(sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.case))
        .order_by(MentoringSession.id)
    ).all()
    for session in sessions:
        session.displaced_at, session.displaced_why = at, because[:500]
        session.sequence += 1
        mentorship = session.mentorship
        activity.record("mentoring.session.lost_place", session, actor=actor, at=at, reason=because)
        tell_sides(
            session, mentorship, mentorship.case, "mentoring/session_lost", actor=actor, at=at, reason=because
        )
