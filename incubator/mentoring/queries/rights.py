"""Who belongs to a case, for the policies."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Cohort, IncubationCase, MemberPart, Mentorship, TeamMember
from ..policies import CaseRights

SPEAKING = (MemberPart.CAPTAIN, MemberPart.COACH)


def speakers_of(team_id: int) -> frozenset[int]:
    """Captain and coach of a team now."""
    rows = db.session.scalars(
        sa.select(TeamMember.person_id).where(
            TeamMember.team_id == team_id, TeamMember.valid_to.is_(None), TeamMember.part.in_(SPEAKING)
        )
    )
    return frozenset(rows)


def rights_of(case_id: int) -> CaseRights:
    """Three statements. Raises NotFound."""
    row = db.session.execute(
        sa.select(IncubationCase.team_id, Cohort.programme_id)
        .join(Cohort, Cohort.id == IncubationCase.cohort_id)
        .where(IncubationCase.id == case_id)
    ).first()
    if row is None:
        raise NotFound(_("Không có hồ sơ ươm tạo này."))
    members = db.session.execute(
        sa.select(TeamMember.person_id, TeamMember.part).where(
            TeamMember.team_id == row.team_id, TeamMember.valid_to.is_(None)
        )
    ).all()
    mentors = db.session.scalars(
        sa.select(Mentorship.person_id).where(Mentorship.case_id == case_id, Mentorship.ended_at.is_(None))
    )
    return CaseRights(
        case_id=case_id,
        programme_id=row.programme_id,
        speakers=frozenset(p for p, part in members if part in SPEAKING),
        members=frozenset(p for p, _part in members),
        mentors=frozenset(mentors),
    )
