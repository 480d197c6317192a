"""What waits for a mentor, a team and the staff."""

from __future__ import annotations

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _, ngettext
from ...core.todo import Todo
from ...core.web import vn_datetime
from ...models import (
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
from .cohorts import cohorts_for
from .maps import mapping
from .rights import SPEAKING


def waiting_for(actor: Actor) -> list[Todo]:
    """Sentences with the page that settles each."""
    if actor.person_id is None:
        return []
    return [*_offers(actor.person_id), *_minutes(actor.person_id), *_needs(actor.person_id), *_staff(actor)]


def _offers(person_id: int) -> list[Todo]:
    rows = db.session.execute(
        sa.select(Offer.id, Offer.due_at, IncubationCase.title)
        .join(IncubationCase, IncubationCase.id == Offer.case_id)
        .where(Offer.person_id == person_id, Offer.state == OfferState.SENT, Offer.due_at > clock.now())
        .order_by(Offer.due_at)
    )
    return [
        Todo(
            title=_("Lời mời cố vấn cho “%(title)s”", title=title), url=f"/mentoring/offers/{id_}", action=_("Trả lời"),
            detail=_("Trả lời trước %(time)s", time=vn_datetime(due)), icon="envelope-open", urgent=True, due_at=due,
        )
        for id_, due, title in rows
    ]  # fmt: skip


def _minutes(person_id: int) -> list[Todo]:
    rows = db.session.execute(
        sa.select(MentoringSession.id, MentoringSession.starts_at, IncubationCase.title)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(
            Mentorship.person_id == person_id,
            MentoringSession.state == SessionState.PLANNED,
            MentoringSession.ends_at < clock.now(),
        )
        .order_by(MentoringSession.starts_at)
    )
    return [
        Todo(
            title=_("Ghi biên bản buổi gặp “%(title)s”", title=title), url=f"/mentoring/sessions/{id_}", action=_("Ghi biên bản"),
            detail=vn_datetime(starts), icon="journal-text",
        )
        for id_, starts, title in rows
    ]  # fmt: skip


def _needs(person_id: int) -> list[Todo]:
    rows = db.session.execute(
        sa.select(IncubationCase.id, IncubationCase.title, sa.func.count(TeamNeed.id))
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
            title=_("Xác nhận nhu cầu của “%(title)s”", title=title), url=f"/mentoring/cases/{id_}", action=_("Xác nhận"),
            detail=ngettext("%(num)s nhu cầu đề xuất", "%(num)s nhu cầu đề xuất", count), icon="list-check",
        )
        for id_, title, count in rows
    ]  # fmt: skip


def _staff(actor: Actor) -> list[Todo]:
    if not policies.can_manage(actor):
        return []
    found = []
    cohorts = cohorts_for(actor)
    counts = mapping(
        sa.select(Commitment.cohort_id, sa.func.count())
        .where(Commitment.cohort_id.in_([c.id for c in cohorts]), Commitment.state == CommitmentState.APPLIED)
        .group_by(Commitment.cohort_id)
    )
    for cohort in cohorts:
        if count := counts.get(cohort.id, 0):
            found.append(
                Todo(
                    title=ngettext("%(num)s người đăng ký làm cố vấn", "%(num)s người đăng ký làm cố vấn", count),
                    url=f"/mentoring/cohorts/{cohort.slug}/mentors", action=_("Duyệt"), detail=cohort.name,
                    icon="person-plus", count=count,
                )
            )  # fmt: skip
    return found
