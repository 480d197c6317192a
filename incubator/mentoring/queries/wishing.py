"""Teams that a mentor may wish for: those that still look for a mentor of that kind, without anybody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Cohort,
    Commitment,
    CommitmentState,
    IncubationCase,
    Mentorship,
    NeedState,
    SkillTopic,
    TeamNeed,
    Wish,
    WishSide,
)
from ..settings import rule
from .maps import grouped
from .problem import OPEN_STAGES


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case as a mentor sees it before any offer: the project and what it needs, the most urgent first."""

    case: IncubationCase
    needs: Sequence[SkillTopic]


def cases_to_wish(person_id: int, day: date) -> list[OpenCase]:
    """Cases of the cohorts that this person mentors in, whose place of the person's kind is free; by title."""
    commitments = {
        row.cohort_id: row
        for row in db.session.scalars(
            sa.select(Commitment)
            .where(Commitment.person_id == person_id)
            .options(sa.orm.joinedload(Commitment.cohort).joinedload(Cohort.programme))
        )
        if row.state_on(day) in (CommitmentState.APPROVED, CommitmentState.PAUSED)
        and row.kind in rule(row.cohort.programme, "places")
    }
    if not commitments:
        return []
    held = sa.select(Mentorship.id).where(
        Mentorship.case_id == IncubationCase.id,
        Mentorship.ended_at.is_(None),
        sa.or_(Mentorship.person_id == person_id, Mentorship.kind == Commitment.kind),
    )
    cases = db.session.scalars(
        sa.select(IncubationCase)
        .join(Commitment, Commitment.cohort_id == IncubationCase.cohort_id)
        .where(
            Commitment.id.in_([row.id for row in commitments.values()]),
            IncubationCase.stage.in_(OPEN_STAGES),
            IncubationCase.needs_confirmed_at.is_not(None),
            ~held.exists(),
        )
        .options(sa.orm.joinedload(IncubationCase.cohort))
        .order_by(IncubationCase.title, IncubationCase.id)
    ).all()
    needs = grouped(
        db.session.execute(
            sa.select(TeamNeed.case_id, SkillTopic)
            .join(SkillTopic, SkillTopic.id == TeamNeed.topic_id)
            .where(TeamNeed.case_id.in_([case.id for case in cases]), TeamNeed.state == NeedState.OPEN)
            .order_by(TeamNeed.priority.desc(), TeamNeed.id)
        )
    )
    return [OpenCase(case, [topic for (topic,) in needs.get(case.id, ())]) for case in cases]


def wishes_of_mentor(person_id: int) -> list[int]:
    """Cases, the most wished first."""
    return list(
        db.session.scalars(
            sa.select(Wish.case_id)
            .where(Wish.person_id == person_id, Wish.side == WishSide.MENTOR)
            .order_by(Wish.rank)
        )
    )
