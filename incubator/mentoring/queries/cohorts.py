"""Programmes and cohorts, the pipeline board, the health of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    CaseStage,
    Cohort,
    IncubationCase,
    MentoringSession,
    Mentorship,
    Person,
    Programme,
    SessionState,
    StageChange,
)
from .. import policies
from ..settings import rule
from .maps import mapping


def cohorts_for(actor: Actor) -> list[Cohort]:
    """Cohorts that the actor manages, newest first."""
    rows = db.session.scalars(
        sa.select(Cohort)
        .options(sa.orm.joinedload(Cohort.programme))
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    ).all()
    return [row for row in rows if policies.can_manage(actor, row.programme_id)]


def get_cohort(slug: str, actor: Actor | None = None) -> Cohort:
    """A cohort with its programme; with `actor`, only for those who manage it. Raises NotFound."""
    row = db.session.scalar(
        sa.select(Cohort).where(Cohort.slug == slug).options(sa.orm.joinedload(Cohort.programme))
    )
    if row is None or (actor is not None and not policies.can_manage(actor, row.programme_id)):
        raise NotFound(_("Không có khóa này."))
    return row


@dataclass(slots=True)
class Card:
    """A case as the board shows it."""

    case: IncubationCase
    since: datetime
    mentors: list[str] = field(default_factory=list)
    places: int = 0
    last_met: datetime | None = None
    quiet: bool = False


def board(cohort: Cohort, at: datetime) -> dict[CaseStage, list[Card]]:
    """Cards by stage: four statements. `quiet`: mentored, and nobody met for the programme's quiet days."""
    cases = db.session.scalars(
        sa.select(IncubationCase)
        .where(IncubationCase.cohort_id == cohort.id)
        .options(sa.orm.joinedload(IncubationCase.team))
        .order_by(IncubationCase.priority, IncubationCase.title)
    ).all()
    since = mapping(
        sa.select(StageChange.case_id, sa.func.max(StageChange.at))
        .join(IncubationCase, IncubationCase.id == StageChange.case_id)
        .where(IncubationCase.cohort_id == cohort.id)
        .group_by(StageChange.case_id)
    )
    places = len(rule(cohort.programme, "places"))
    cards = {case.id: Card(case, since.get(case.id, case.created_at), places=places) for case in cases}
    started = _add_mentors(cards)
    _add_meetings(cards)
    edge = at - timedelta(days=int(rule(cohort.programme, "quiet_days")))
    for card in cards.values():
        last = card.last_met or started.get(card.case.id)
        active = card.case.stage in (CaseStage.PRE_INCUBATION, CaseStage.INCUBATION)
        card.quiet = active and last is not None and last < edge
    return {stage: [c for c in cards.values() if c.case.stage is stage] for stage in CaseStage}


def _add_mentors(cards: dict[int, Card]) -> dict[int, datetime]:
    started: dict[int, datetime] = {}
    rows = db.session.execute(
        sa.select(Mentorship.case_id, Person.full_name, Mentorship.started_at)
        .join(Person, Person.id == Mentorship.person_id)
        .where(Mentorship.case_id.in_(cards), Mentorship.ended_at.is_(None))
        .order_by(Mentorship.kind.desc())
    )
    for case_id, name, start in rows:
        cards[case_id].mentors.append(name)
        started[case_id] = min(start, started.get(case_id, start))
    return started


def _add_meetings(cards: dict[int, Card]) -> None:
    rows = db.session.execute(
        sa.select(Mentorship.case_id, sa.func.max(MentoringSession.starts_at))
        .join(MentoringSession, MentoringSession.mentorship_id == Mentorship.id)
        .where(Mentorship.case_id.in_(cards), MentoringSession.state == SessionState.HELD)
        .group_by(Mentorship.case_id)
    )
    for case_id, last in rows:
        cards[case_id].last_met = last


def waiting_list(cohort: Cohort) -> list[Card]:
    """Open cases with an empty place: priority first, then who waits longest."""
    cases = db.session.scalars(
        sa.select(IncubationCase)
        .where(
            IncubationCase.cohort_id == cohort.id,
            IncubationCase.waiting_since.is_not(None),
            IncubationCase.stage.not_in((CaseStage.GRADUATED, CaseStage.STOPPED)),
        )
        .options(sa.orm.joinedload(IncubationCase.team))
        .order_by(IncubationCase.priority, IncubationCase.waiting_since, IncubationCase.id)
    ).all()
    cards = {
        case.id: Card(
            case, case.waiting_since or case.created_at, places=len(rule(cohort.programme, "places"))
        )
        for case in cases
    }
    _add_mentors(cards)
    return [card for card in cards.values() if len(card.mentors) < card.places]


def programmes(actor: Actor) -> list[Programme]:
    """Programmes that the actor manages."""
    rows = db.session.scalars(sa.select(Programme).order_by(Programme.name)).all()
    return [row for row in rows if policies.can_manage(actor, row.id)]


def get_programme(slug: str, actor: Actor) -> Programme:
    """A programme that the actor manages. Raises NotFound."""
    row = db.session.scalar(sa.select(Programme).where(Programme.slug == slug))
    if row is None or not policies.can_manage(actor, row.id):
        raise NotFound(_("Không có chương trình này."))
    return row


def cohorts_in(programme: Programme) -> Sequence[Cohort]:
    return db.session.scalars(
        sa.select(Cohort)
        .where(Cohort.programme_id == programme.id)
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    ).all()


def open_cohorts(at: datetime) -> Sequence[Cohort]:
    """Cohorts that still run, for those who want to join."""
    return db.session.scalars(
        sa.select(Cohort)
        .where(Cohort.ends_on >= clock.local(at).date())
        .options(sa.orm.joinedload(Cohort.programme))
        .order_by(Cohort.starts_on)
    ).all()


def case_of(case_id: int) -> IncubationCase:
    """A case with cohort and team, after the caller has checked who asks."""
    return db.session.scalars(
        sa.select(IncubationCase)
        .where(IncubationCase.id == case_id)
        .options(
            sa.orm.joinedload(IncubationCase.cohort).joinedload(Cohort.programme),
            sa.orm.joinedload(IncubationCase.team),
            sa.orm.joinedload(IncubationCase.project),
        )
    ).one()


def programme_slug(programme_id: int) -> str:
    return db.session.scalars(sa.select(Programme.slug).where(Programme.id == programme_id)).one()


def slug_of(cohort_id: int) -> str:
    return db.session.scalars(sa.select(Cohort.slug).where(Cohort.id == cohort_id)).one()
