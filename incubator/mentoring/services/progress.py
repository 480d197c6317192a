"""What shows that support works: feedback, milestones, monthly figures, wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services.editions import store_file
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotAllowed
from ...core.i18n import _
from ...models import (
    Feedback,
    IncubationCase,
    MentoringSession,
    Mentorship,
    Metric,
    MetricReport,
    Milestone,
    MilestoneVerdict,
    SessionState,
    Visibility,
    Wish,
    WishSide,
)
from .. import policies
from ..queries.rights import rights_of
from ..queries.wishing import cases_to_wish

MOST_WISHES = 5


def give_feedback(
    session: MentoringSession, *, rating: int, text: str, visible_to: Visibility, actor: Actor, at: datetime
) -> Feedback:
    """One feedback a side and session; a second one replaces the first while it stands in the trail."""
    mentorship = db.session.get_one(Mentorship, session.mentorship_id)
    rights = rights_of(mentorship.case_id)
    if actor.person_id == mentorship.person_id:
        side = WishSide.MENTOR
    elif actor.person_id in rights.members:
        side = WishSide.TEAM
    else:
        raise NotAllowed(_("Chỉ cố vấn và thành viên đội góp ý về buổi gặp."))
    if session.state not in (SessionState.HELD, SessionState.MISSED):
        raise Conflict(_("Góp ý sau khi buổi gặp đã diễn ra."))
    if not 1 <= rating <= 5:
        raise Invalid(_("Chọn mức từ 1 đến 5."), field="rating")
    row = db.session.scalar(
        sa.select(Feedback).where(Feedback.session_id == session.id, Feedback.by_id == actor.person_id)
    )
    before = {"rating": row.rating} if row else None
    row = row or Feedback(session_id=session.id, by_id=actor.person_id or 0, side=side)
    row.rating, row.text, row.visible_to, row.at = rating, text, visible_to, at
    db.session.add(row)
    db.session.flush()
    activity.record(
        "mentoring.feedback.given", row, actor=actor, at=at, before=before, after={"rating": rating}
    )
    return row


def add_milestone(case: IncubationCase, *, title: str, due_on: date, actor: Actor, at: datetime) -> Milestone:
    """By the team's speakers or its mentors. Raises Invalid without a title."""
    rights = rights_of(case.id)
    ensure(policies.can_speak(actor, rights) or actor.person_id in rights.mentors)
    if not title:
        raise Invalid(_("Nhập mục tiêu, ví dụ: có 20 khách hàng dùng thử."), field="title")
    row = Milestone(case_id=case.id, title=title, due_on=due_on, by_id=actor.person_id, created_at=at)
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.milestone.added", row, actor=actor, at=at)
    return row


def report_milestone(
    row: Milestone, *, evidence: str, data: bytes | None = None, name: str = "", actor: Actor, at: datetime
) -> None:
    """The team says what was done, with words, a file, or both. A new file replaces the one before."""
    ensure(policies.can_speak(actor, rights_of(row.case_id)))
    if row.verdict in (MilestoneVerdict.MET, MilestoneVerdict.NOT_MET):
        raise Conflict(_("Mục tiêu này đã được kết luận."))
    if not evidence and data is None and row.evidence_file_id is None:
        raise Invalid(_("Ghi minh chứng hoặc gửi tệp."), field="evidence")
    before = {"file": row.evidence_file_id}
    if data is not None:
        row.evidence_file_id = store_file(data, name, owner_id=actor.person_id, at=at).id
    row.evidence, row.verdict = evidence or row.evidence, MilestoneVerdict.REPORTED
    activity.record(
        "mentoring.milestone.reported",
        row,
        actor=actor,
        at=at,
        before=before,
        after={"file": row.evidence_file_id},
    )


def judge_milestone(row: Milestone, met: bool, *, note: str = "", actor: Actor, at: datetime) -> None:
    """Mentor or staff decide; what is not met says why."""
    ensure(policies.can_judge_goal(actor, rights_of(row.case_id)))
    if row.verdict in (MilestoneVerdict.MET, MilestoneVerdict.NOT_MET):
        raise Conflict(_("Mục tiêu này đã được kết luận."))
    if not met and not note:
        raise Invalid(_("Ghi vì sao chưa đạt."), field="note")
    row.verdict = MilestoneVerdict.MET if met else MilestoneVerdict.NOT_MET
    row.note, row.decided_at = note[:500], at
    activity.record("mentoring.milestone.judged", row, actor=actor, at=at, after={"verdict": row.verdict})


def report_metrics(
    case: IncubationCase,
    period: date,
    values: Mapping[Metric, int],
    *,
    evidence: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Figures of one month; a figure that changes keeps its earlier value in the trail."""
    ensure(policies.can_speak(actor, rights_of(case.id)))
    month = period.replace(day=1)
    if month > at.date():
        raise Invalid(_("Chưa tới tháng này. Chọn tháng đã qua hoặc tháng hiện tại."), field="period")
    known = {
        row.metric: row
        for row in db.session.scalars(
            sa.select(MetricReport).where(MetricReport.case_id == case.id, MetricReport.period == month)
        )
    }
    for metric, value in values.items():
        if value < 0:
            raise Invalid(_("Số liệu không được âm."), field=metric.value)
        row = known.get(metric)
        before = {"value": row.value} if row else None
        row = row or MetricReport(case_id=case.id, period=month, metric=metric)
        row.value, row.evidence, row.by_id, row.at = value, evidence, actor.person_id, at
        db.session.add(row)
        db.session.flush()
        activity.record(
            "mentoring.metric.reported", row, actor=actor, at=at, before=before, after={"value": value}
        )


def rank_mentors(case: IncubationCase, person_ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """A team's wishes, best first."""
    ensure(policies.can_speak(actor, rights_of(case.id)))
    _rank(WishSide.TEAM, [(case.id, p) for p in person_ids], Wish.case_id == case.id)
    activity.record("mentoring.wishes.saved", case, actor=actor, at=at, after={"count": len(person_ids)})


def rank_cases(person_id: int, case_ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """A mentor's wishes, best first, among the teams that look for one like this. Wishes for teams that have one by now go."""
    ensure(actor.person_id == person_id or bool(actor.system))
    offered = {row.case.id for row in cases_to_wish(person_id, clock.local(at).date())}
    if not offered.issuperset(case_ids):
        raise Invalid(_("Có đội không còn tìm cố vấn. Tải lại trang rồi chọn."), field="wishes")
    _rank(WishSide.MENTOR, [(c, person_id) for c in case_ids], Wish.person_id == person_id)
    activity.record(
        "mentoring.wishes.saved",
        object_type="person",
        object_id=person_id,
        actor=actor,
        at=at,
        after={"count": len(case_ids)},
    )


def _rank(side: WishSide, pairs: list[tuple[int, int]], owner: sa.ColumnElement[bool]) -> None:
    if len(set(pairs)) < len(pairs) or len(pairs) > MOST_WISHES:
        raise Invalid(
            _("Chọn nhiều nhất %(most)s nguyện vọng, mỗi bên một lần.", most=MOST_WISHES), field="wishes"
        )
    db.session.execute(sa.delete(Wish).where(owner, Wish.side == side))
    db.session.add_all(
        Wish(case_id=c, person_id=p, side=side, rank=rank) for rank, (c, p) in enumerate(pairs, start=1)
    )
    db.session.flush()
