"""Mentorships end: declined by the team in time, given up by the mentor, completed, or ended by staff."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...core.web import vn_datetime
from ...models import Conflict as ConflictRow
from ...models import ConflictKind, EndReason, IncubationCase, MentoringSession, Mentorship, SessionState
from ...spaces.services.occupancy import Owner
from ...spaces.services.occupancy import release as release_places
from .. import policies
from ..queries.rights import rights_of, speakers_of
from .offers import reopen_place


def end(mentorship_id: int, reason: EndReason, *, note: str = "", actor: Actor, at: datetime) -> Mentorship:
    """End a mentorship. The team may decline until `decline_until`; later it asks staff."""
    lock_rows(Mentorship, [mentorship_id])
    row = db.session.get(Mentorship, mentorship_id)
    if row is None:
        raise NotFound(_("Không có quan hệ cố vấn này."))
    rights = rights_of(row.case_id)
    _ensure_may(row, reason, rights, actor, at)
    if reason is not EndReason.COMPLETED and not note:
        raise Invalid(_("Ghi lý do để ban điều phối tìm người phù hợp hơn."), field="note")
    row.ended_at, row.end_reason, row.end_note = at, reason, note[:500]
    _end_conflict(row, at)
    _cancel_planned(row, at)
    case = db.session.get_one(IncubationCase, row.case_id)
    if reason is not EndReason.COMPLETED:
        reopen_place(case, at)
    activity.record(
        "mentoring.mentorship.ended", row, actor=actor, at=at, reason=note, after={"reason": reason}
    )
    people = {row.person_id, *speakers_of(case.team_id)} - {actor.person_id}
    activity.notify_many(
        "mentoring/mentorship_ended",
        [
            {
                "person_id": p,
                "url": f"/mentoring/cases/{case.id}",
                "context": {"case_id": case.id, "reason": str(reason)},
            }
            for p in sorted(people)
        ],
        at=at,
    )
    return row


def _ensure_may(
    row: Mentorship, reason: EndReason, rights: policies.CaseRights, actor: Actor, at: datetime
) -> None:
    if row.ended_at is not None:
        raise Conflict(_("Quan hệ cố vấn này đã kết thúc."))
    manages = policies.can_manage(actor, rights.programme_id)
    if reason is EndReason.TEAM_DECLINED:
        ensure(policies.can_decline_mentor(actor, rights, row))
        if at > row.decline_until and not manages:
            raise Conflict(
                _(
                    "Đội xin đổi cố vấn được đến %(time)s. Liên hệ ban điều phối để đổi.",
                    time=vn_datetime(row.decline_until),
                )
            )
    elif reason is EndReason.MENTOR_STEPPED_BACK:
        ensure(policies.can_step_back(actor, row, rights.programme_id))
    elif reason is EndReason.COMPLETED:
        ensure(manages or actor.person_id == row.person_id)
    else:
        ensure(manages)


def _end_conflict(row: Mentorship, at: datetime) -> None:
    """The conflict lasts while the mentorship does; what was is kept with its end."""
    team_id = db.session.scalar(sa.select(IncubationCase.team_id).where(IncubationCase.id == row.case_id))
    db.session.execute(
        sa.update(ConflictRow)
        .where(
            ConflictRow.person_id == row.person_id,
            ConflictRow.team_id == team_id,
            ConflictRow.kind == ConflictKind.MENTORS,
            ConflictRow.valid_to.is_(None),
        )
        .values(valid_to=at)
    )


def _cancel_planned(row: Mentorship, at: datetime) -> None:
    planned = db.session.scalars(
        sa.select(MentoringSession).where(
            MentoringSession.mentorship_id == row.id,
            MentoringSession.state == SessionState.PLANNED,
            MentoringSession.starts_at > at,
        )
    ).all()
    for session in planned:
        session.state = SessionState.CANCELLED
        session.sequence += 1
    release_places([Owner("session", s.id) for s in planned], at=at)
