"""A session's place, or a machine in it, fails or is back: the session stays planned, its two sides are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    _rows: Any,
    *,
    actor: Actor,
    at: datetime,
    because: str = "",
    owners: Collection[Owner] = (),
    without: Collection[Owner] = (),
    back: Collection[Owner] = (),
    with_machine: Collection[Owner] = (),
    machine_id: int = 0,
    **_rest: Any,
) -> None:
    """Receiver of the signal; runs inside the transaction that changes the place. What is over stays as it was."""
    for session in _planned(owners, at):
        session.displaced_at, session.displaced_why = at, because[:500]
        session.sequence += 1
        mentorship = session.mentorship
        activity.record("mentoring.session.lost_place", session, actor=actor, at=at, reason=because)
        tell_sides(
            session, mentorship, mentorship.case, "mentoring/session_lost", actor=actor, at=at, reason=because
        )
    for session in _planned(without, at):
        mentorship = session.mentorship
        tell_sides(
            session,
            mentorship,
            mentorship.case,
            "mentoring/session_without",
            actor=actor,
            at=at,
            reason=because,
            machine_id=machine_id,
        )
    for session in _planned(back, at):
        session.displaced_at, session.displaced_why = None, ""
        session.sequence += 1
        mentorship = session.mentorship
        activity.record("mentoring.session.place_back", session, actor=actor, at=at)
        tell_sides(session, mentorship, mentorship.case, "mentoring/session_back", actor=actor, at=at)
    for session in _planned(with_machine, at):
        mentorship = session.mentorship
        tell_sides(
            session,
            mentorship,
            mentorship.case,
            "mentoring/session_back",
            actor=actor,
            at=at,
            machine_id=machine_id,
        )


def _planned(owners: Collection[Owner], at: datetime) -> Sequence[MentoringSession]:
    """The sessions among these owners that are still to be, locked."""
    ids = {owner.id for owner in owners if owner.kind == "session"}
    if not ids:
        return []
    lock_rows(MentoringSession, ids)
    return db.session.scalars(
        sa.select(MentoringSession)
        .where(
            MentoringSession.id.in_(ids),
            MentoringSession.state == SessionState.PLANNED,
            MentoringSession.ends_at > at,
        )
        .options(sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.case))
        .order_by(MentoringSession.id)
    ).all()
