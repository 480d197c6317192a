"""Sessions: mentor, team and a place taken in one transaction; moved, held, missed, cancelled."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    IncubationCase,
    MentoringSession,
    Mentorship,
    SessionState,
)
from ...spaces.intervals import Span
from ...spaces.services import occupancy
from ...spaces.services.occupancy import Owner
from .. import policies
from ..queries.rights import rights_of
from .session_news import tell_sides
from .session_places import check_place, check_span, wants_of


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
        mentorship_id=mentorship.id,
        resource_id=resource_id,
        state=SessionState.PLANNED,
        starts_at=span.start,
        ends_at=span.end,
        agenda=agenda,
        online_url=online_url,
        created_by_id=actor.person_id,
        created_at=at,
        moves=[],
    )
    db.session.add(session)
    db.session.flush()
    occupancy.occupy(
        wants_of(mentorship, case, resource_id, span),
        owner=_owner(session),
        at=at,
        title=_title(case),
        uid=uid_of(session.id),
    )
    activity.record("mentoring.session.planned", session, actor=actor, at=at, after={"place": resource_id})
    tell_sides(session, mentorship, case, "mentoring/session", actor=actor, at=at)
    return session


def move(
    session_id: int,
    span: Span,
    *,
    resource_id: int | None,
    reason: str,
    online_url: str | None = None,
    actor: Actor,
    at: datetime,
) -> MentoringSession:
    """Another time or place; what was is kept. `online_url` None: the link stays. Also settles a lost place."""
    session, mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_book_session(actor, rights_of(case.id), mentorship))
    if session.state is not SessionState.PLANNED:
        raise Conflict(_("Buổi gặp này không còn ở trạng thái dự kiến."))
    check_span(span, at)
    link = session.online_url if online_url is None else online_url
    if resource_id is None and not link:
        raise Invalid(_("Chọn phòng, hoặc ghi đường dẫn họp trực tuyến."), field="online_url")
    if resource_id is not None:
        check_place(resource_id, span, mentorship, case)
    occupancy.move(
        wants_of(mentorship, case, resource_id, span),
        owner=_owner(session),
        at=at,
        title=_title(case),
        uid=uid_of(session.id),
    )
    reason = reason or session.displaced_why
    before = session.starts_at
    step = {
        "from": before.isoformat(),
        "to": span.start.isoformat(),
        "at": at.isoformat(),
        "by": actor.person_id,
        "reason": reason[:300],
    }
    session.moves = [*session.moves, step]
    session.starts_at, session.ends_at, session.resource_id = span.start, span.end, resource_id
    session.online_url, session.displaced_at, session.displaced_why = link, None, ""
    session.sequence += 1
    activity.record("mentoring.session.moved", session, actor=actor, at=at, reason=reason, after=step)
    tell_sides(
        session, mentorship, case, "mentoring/session_moved", actor=actor, at=at, reason=reason, before=before
    )
    return session


def cancel(session_id: int, *, reason: str, actor: Actor, at: datetime) -> MentoringSession:
    """Both sides are told and the place is free again. Raises Conflict for a session held or cancelled."""
    session, mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_book_session(actor, rights_of(case.id), mentorship))
    if session.state is not SessionState.PLANNED:
        raise Conflict(_("Buổi gặp này không còn ở trạng thái dự kiến."))
    session.state, session.sequence = SessionState.CANCELLED, session.sequence + 1
    occupancy.release([_owner(session)], at=at)
    activity.record("mentoring.session.cancelled", session, actor=actor, at=at, reason=reason)
    tell_sides(session, mentorship, case, "mentoring/session_cancelled", actor=actor, at=at, reason=reason)
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
    tell_sides(session, mentorship, case, "mentoring/session_notes", actor=actor, at=at)
    return session


def record_missed(session_id: int, missed_by: str, *, actor: Actor, at: datetime) -> MentoringSession:
    """One side did not come. No hours count; the place is free again; the other people read it."""
    session, mentorship, case = get_for_change(session_id, actor)
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
    tell_sides(session, mentorship, case, "mentoring/session_missed", actor=actor, at=at)
    return session


def take_back_missed(session_id: int, *, actor: Actor, at: datetime) -> MentoringSession:
    """Staff mend what a side noted about the other: the session waits for its minutes again."""
    session, _mentorship, case = get_for_change(session_id, actor)
    ensure(policies.can_manage(actor, rights_of(case.id).programme_id))
    if session.state is not SessionState.MISSED:
        raise Conflict(_("Buổi gặp này không ghi vắng. Tải lại trang."))
    before = {"missed_by": session.missed_by}
    session.state, session.missed_by, session.recorded_at = SessionState.PLANNED, "", None
    activity.record("mentoring.session.missed_back", session, actor=actor, at=at, before=before)
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


def uid_of(session_id: int) -> str:
    return f"session-{session_id}@mentoring"


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
