"""Sessions: mentor, team and a place taken in one transaction; moved, held, missed, cancelled."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    IncubationCase,
    MemberPart,
    MentoringSession,
    Mentorship,
    Person,
    SessionState,
    TeamMember,
)
from ...spaces.intervals import Span, local_date
from ...spaces.services import occupancy
from ...spaces.services.occupancy import Owner
from .. import policies
from ..queries.rights import rights_of, speakers_of
from .session_places import check_place, check_span, wants_of

CONSENT_AGE = 16


def book(
    mentorship_id: int,
    span: Span,
    *,
    resource_id: int | None,
    agenda: str = "",
    online_url: str = "",
    actor: Actor,
    at: datetime,
) -> MentoringSession:
    """Plan a session: mentor, team and place become busy together or not at all.

    Raises Taken (409) naming who or what is busy, Invalid when the place is closed or refuses.
    """
    mentorship, case = _open_mentorship(mentorship_id)
    ensure(policies.can_book_session(actor, rights_of(case.id), mentorship))
    check_span(span, at)
    if resource_id is None and not online_url:
        raise Invalid(_("Chọn phòng, hoặc ghi đường dẫn họp trực tuyến."), field="resource_id")
    if resource_id is not None:
        check_place(resource_id, span, mentorship, case)
    session = MentoringSession(
        mentorship_id=mentorship.id, resource_id=resource_id, state=SessionState.PLANNED, starts_at=span.start,
        ends_at=span.end, agenda=agenda, online_url=online_url, created_by_id=actor.person_id, created_at=at, moves=[],
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    occupancy.occupy(
        wants_of(mentorship, case, resource_id, span),
        owner=_owner(session),
        at=at,
        title=_title(case),
        uid=uid_of(session),
    )
    activity.record("mentoring.session.planned", session, actor=actor, at=at, after={"place": resource_id})
    _tell(session, mentorship, case, "mentoring/session", actor=actor, at=at)
    return session


def move(
    session_id: int, span: Span, *, resource_id: int | None, reason: str, actor: Actor, at: datetime
) -> MentoringSession:
    """Another time or place; what was is kept."""
    session, mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_book_session(actor, rights_of(case.id), mentorship))
    if session.state is not SessionState.PLANNED:
        raise Conflict(_("Buổi gặp này không còn ở trạng thái dự kiến."))
    check_span(span, at)
    if resource_id is None and not session.online_url:
        raise Invalid(_("Chọn phòng, hoặc ghi đường dẫn họp trực tuyến."), field="resource_id")
    if resource_id is not None:
        check_place(resource_id, span, mentorship, case)
    occupancy.move(
        wants_of(mentorship, case, resource_id, span),
        owner=_owner(session),
        at=at,
        title=_title(case),
        uid=uid_of(session),
    )
    step = {
        "from": session.starts_at.isoformat(),
        "to": span.start.isoformat(),
        "at": at.isoformat(),
        "by": actor.person_id,
        "reason": reason[:300],
    }
    session.moves = [*session.moves, step]
    session.starts_at, session.ends_at, session.resource_id = span.start, span.end, resource_id
    session.sequence += 1
    activity.record("mentoring.session.moved", session, actor=actor, at=at, reason=reason, after=step)
    _tell(session, mentorship, case, "mentoring/session", actor=actor, at=at)
    return session


def cancel(session_id: int, *, reason: str, actor: Actor, at: datetime) -> MentoringSession:
    session, mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_book_session(actor, rights_of(case.id), mentorship))
    if session.state is not SessionState.PLANNED:
        raise Conflict(_("Buổi gặp này không còn ở trạng thái dự kiến."))
    session.state, session.sequence = SessionState.CANCELLED, session.sequence + 1
    occupancy.release([_owner(session)], at=at)
    activity.record("mentoring.session.cancelled", session, actor=actor, at=at, reason=reason)
    _tell(session, mentorship, case, "mentoring/session_cancelled", actor=actor, at=at, reason=reason)
    return session


def set_agenda(session_id: int, agenda: str, *, actor: Actor, at: datetime) -> MentoringSession:
    """What will be talked about; either side writes it until they meet."""
    session, mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_book_session(actor, rights_of(case.id), mentorship))
    if session.state is not SessionState.PLANNED:
        raise Conflict(_("Buổi gặp này không còn ở trạng thái dự kiến."))
    session.agenda, session.sequence = agenda, session.sequence + 1
    activity.record("mentoring.session.agenda", session, actor=actor, at=at)
    return session


def record_held(
    session_id: int,
    *,
    minutes: int,
    present: int,
    shared_note: str,
    staff_note: str,
    next_step: str,
    actor: Actor,
    at: datetime,
) -> MentoringSession:
    """The minutes of a session. It counts towards hours from then on."""
    session, mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_record_session(actor, session, rights_of(case.id).programme_id))
    if session.state not in (SessionState.PLANNED, SessionState.HELD):
        raise Conflict(_("Buổi gặp đã hủy hoặc vắng thì không ghi biên bản được."))
    if session.starts_at > at:
        raise Invalid(_("Buổi gặp chưa bắt đầu. Ghi biên bản sau khi gặp."), field="minutes")
    if not 1 <= minutes <= 600:
        raise Invalid(_("Số phút từ 1 đến 600."), field="minutes")
    if not shared_note:
        raise Invalid(_("Ghi ít nhất một dòng đã trao đổi gì."), field="shared_note")
    before = {"state": session.state, "minutes": session.minutes}
    session.state, session.minutes, session.present = SessionState.HELD, minutes, max(0, present)
    session.shared_note, session.staff_note, session.next_step = shared_note, staff_note, next_step[:500]
    session.recorded_at = at
    occupancy.end_early(_owner(session), at=at)
    activity.record(
        "mentoring.session.held", session, actor=actor, at=at, before=before, after={"minutes": minutes}
    )
    _tell(session, mentorship, case, "mentoring/session_notes", actor=actor, at=at)
    return session


def record_missed(session_id: int, missed_by: str, *, actor: Actor, at: datetime) -> MentoringSession:
    """One side did not come. No hours count; the place is free again."""
    session, _mentorship, case = get_for_change(session_id, actor)
    rights = rights_of(case.id)
    ensure(
        policies.can_record_session(actor, session, rights.programme_id) or policies.can_speak(actor, rights)
    )
    if missed_by not in ("mentor", "team"):
        raise Invalid(_("Chọn bên vắng mặt."), field="missed_by")
    if session.state is not SessionState.PLANNED or session.starts_at > at:
        raise Conflict(_("Chỉ ghi vắng cho buổi gặp dự kiến đã tới giờ."))
    session.state, session.missed_by, session.recorded_at = SessionState.MISSED, missed_by, at
    occupancy.end_early(_owner(session), at=at)
    activity.record("mentoring.session.missed", session, actor=actor, at=at, after={"missed_by": missed_by})
    return session


def get_for_change(session_id: int, actor: Actor) -> tuple[MentoringSession, Mentorship, IncubationCase]:
    """Session, mentorship and case, locked. Raises NotFound when there is none or it is not theirs to see."""
    lock_rows(MentoringSession, [session_id])
    session = db.session.scalar(
        sa.select(MentoringSession)
        .where(MentoringSession.id == session_id)
        .options(sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.case))
    )
    if session is None or not policies.can_view_case(actor, rights_of(session.mentorship.case_id)):
        raise NotFound(_("Không có buổi gặp này."))
    return session, session.mentorship, session.mentorship.case


def uid_of(session: MentoringSession) -> str:
    return f"session-{session.id}@mentoring"


def _owner(session: MentoringSession) -> Owner:
    return Owner("session", session.id)


def _title(case: IncubationCase) -> str:
    return _("Cố vấn: %(title)s", title=case.title)


def _open_mentorship(mentorship_id: int) -> tuple[Mentorship, IncubationCase]:
    row = db.session.scalar(
        sa.select(Mentorship)
        .where(Mentorship.id == mentorship_id)
        .options(sa.orm.joinedload(Mentorship.case))
    )
    if row is None:
        raise NotFound(_("Không có quan hệ cố vấn này."))
    if row.ended_at is not None:
        raise Conflict(_("Quan hệ cố vấn này đã kết thúc."))
    return row, row.case


def _tell(
    session: MentoringSession,
    mentorship: Mentorship,
    case: IncubationCase,
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """Both sides, and the coach where a member is under 16."""
    people = {mentorship.person_id, *speakers_of(case.team_id)}
    if _has_young_members(case.team_id, local_date(session.starts_at)):
        people |= set(
            db.session.scalars(
                sa.select(TeamMember.person_id).where(
                    TeamMember.team_id == case.team_id,
                    TeamMember.part == MemberPart.COACH,
                    TeamMember.valid_to.is_(None),
                )
            )
        )
    activity.notify_many(
        kind,
        [
            {"person_id": p, "url": f"/mentoring/sessions/{session.id}",
             "context": {"session_id": session.id, "case_id": case.id, "starts": session.starts_at.isoformat(), "reason": reason}}
            for p in sorted(people - {actor.person_id or 0})
        ],
        at=at,
    )  # fmt: skip


def _has_young_members(team_id: int, day: date) -> bool:
    limit = day.replace(year=day.year - CONSENT_AGE, day=min(day.day, 28))
    return (
        db.session.scalar(
            sa.select(TeamMember.id)
            .join(Person, Person.id == TeamMember.person_id)
            .where(TeamMember.team_id == team_id, TeamMember.valid_to.is_(None), Person.birth_date > limit)
            .limit(1)
        )
        is not None
    )
