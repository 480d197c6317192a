"""What waits for a mentor, a team and the staff."""

from __future__ import annotations

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.i18n import _, ngettext
from ...core.todo import Todo
from ...core.together import Asking, alongside
from ...core.web import named, vn_datetime
from ...models import (
    Cohort,
    Commitment,
    CommitmentState,
    IncubationCase,
    MentoringSession,
    Mentorship,
    NeedState,
    Offer,
    OfferState,
    SessionState,
    TeamMember,
    TeamNeed,
)
from .. import policies
from .rights import SPEAKING


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Sentences with the page that settles each."""
    if actor.person_id is None:
        return []
    found = yield from alongside(
        _offers(actor.person_id),
        _lost(actor.person_id),
        _minutes(actor.person_id),
        _needs(actor.person_id),
        _staff(actor),
    )
    return [todo for part in found for todo in part]


def _offers(person_id: int) -> Asking[list[Todo]]:
    rows = yield (
        sa.select(Offer.id, Offer.due_at, IncubationCase.title)
        .join(IncubationCase, IncubationCase.id == Offer.case_id)
        .where(Offer.person_id == person_id, Offer.state == OfferState.SENT, Offer.due_at > clock.now())
    )
    return [
        Todo(
            title=_("Lời mời cố vấn cho “%(title)s”", title=title),
            url=f"/mentoring/offers/{id_}",
            action=_("Trả lời"),
            detail=_("Trả lời trước %(time)s", time=vn_datetime(due)),
            icon="envelope-open",
            urgent=True,
            due_at=due,
        )
        for id_, due, title in sorted(rows, key=lambda r: r.due_at)
    ]


def _lost(person_id: int) -> Asking[list[Todo]]:
    """Sessions to come whose place was taken out of service, for the mentor and whoever speaks for the team."""
    speaks = sa.exists().where(
        TeamMember.team_id == IncubationCase.team_id,
        TeamMember.person_id == person_id,
        TeamMember.valid_to.is_(None),
        TeamMember.part.in_(SPEAKING),
    )
    rows = yield (
        sa.select(MentoringSession.id, MentoringSession.starts_at, IncubationCase.title)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(
            sa.or_(Mentorship.person_id == person_id, speaks),
            MentoringSession.state == SessionState.PLANNED,
            MentoringSession.displaced_at.is_not(None),
            MentoringSession.starts_at > clock.now(),
        )
    )
    return [
        Todo(
            title=_("Buổi gặp “%(title)s” mất chỗ", title=title),
            url=f"/mentoring/sessions/{id_}",
            action=_("Chọn chỗ khác"),
            detail=vn_datetime(starts),
            icon="calendar-x",
            urgent=True,
            due_at=starts,
        )
        for id_, starts, title in sorted(rows, key=lambda r: r.starts_at)
    ]


def _minutes(person_id: int) -> Asking[list[Todo]]:
    rows = yield (
        sa.select(MentoringSession.id, MentoringSession.starts_at, IncubationCase.title)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(
            Mentorship.person_id == person_id,
            MentoringSession.state == SessionState.PLANNED,
            MentoringSession.ends_at < clock.now(),
        )
    )
    return [
        Todo(
            title=_("Ghi biên bản buổi gặp “%(title)s”", title=title),
            url=f"/mentoring/sessions/{id_}",
            action=_("Ghi biên bản"),
            detail=vn_datetime(starts),
            icon="journal-text",
        )
        for id_, starts, title in sorted(rows, key=lambda r: r.starts_at)
    ]


def _needs(person_id: int) -> Asking[list[Todo]]:
    rows = yield (
        sa.select(IncubationCase.id, IncubationCase.title, sa.func.count(TeamNeed.id).label("n"))
        .join(TeamMember, TeamMember.team_id == IncubationCase.team_id)
        .outerjoin(
            TeamNeed, sa.and_(TeamNeed.case_id == IncubationCase.id, TeamNeed.state == NeedState.PROPOSED)
        )
        .where(
            TeamMember.person_id == person_id,
            TeamMember.valid_to.is_(None),
            TeamMember.part.in_(SPEAKING),
            IncubationCase.needs_confirmed_at.is_(None),
        )
        .group_by(IncubationCase.id, IncubationCase.title)
    )
    return [
        Todo(
            title=_("Xác nhận nhu cầu của “%(title)s”", title=title),
            url=f"/mentoring/cases/{id_}",
            action=_("Xác nhận"),
            detail=ngettext("%(num)s nhu cầu đề xuất", "%(num)s nhu cầu đề xuất", count),
            icon="list-check",
        )
        for id_, title, count in sorted(rows)
    ]


def _staff(actor: Actor) -> Asking[list[Todo]]:
    if not policies.can_manage(actor):
        return []
    rows = yield (
        sa.select(
            Cohort.id,
            Cohort.slug,
            Cohort.name,
            Cohort.name_en,
            Cohort.programme_id,
            sa.func.count(Commitment.id).label("n"),
        )
        .join(Commitment, Commitment.cohort_id == Cohort.id)
        .where(Commitment.state == CommitmentState.APPLIED)
        .group_by(Cohort.id)
    )
    return [
        Todo(
            title=ngettext("%(num)s người đăng ký làm cố vấn", "%(num)s người đăng ký làm cố vấn", row.n),
            url=f"/mentoring/cohorts/{row.slug}/mentors",
            action=_("Duyệt"),
            detail=named(row),
            icon="person-plus",
            count=row.n,
        )
        for row in sorted(rows, reverse=True)
        if policies.can_manage(actor, row.programme_id)
    ]
