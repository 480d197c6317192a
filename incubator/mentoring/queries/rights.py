"""Who belongs to a case, for the policies."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import rows_of
from ...models import Cohort, IncubationCase, MemberPart, Mentorship, Team, TeamMember
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


def teams_spoken_for(actor: Actor) -> list[tuple[int, str]]:
    """Teams whose captain or coach the actor is now, by name."""
    rows = db.session.execute(
        sa.select(Team.id, Team.name)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(
            TeamMember.person_id == actor.person_id,
            TeamMember.valid_to.is_(None),
            TeamMember.part.in_(SPEAKING),
        )
        .order_by(Team.name)
    )
    return [(row.id, row.name) for row in rows]


def rights_of(case_id: int) -> CaseRights:
    """One statement. Raises NotFound."""
    case = IncubationCase.id == case_id
    found, members, mentors = rows_of(
        [
            sa.select(IncubationCase.team_id, Cohort.programme_id)
            .join(Cohort, Cohort.id == IncubationCase.cohort_id)
            .where(case),
            sa.select(TeamMember.person_id, TeamMember.part)
            .join(IncubationCase, IncubationCase.team_id == TeamMember.team_id)
            .where(case, TeamMember.valid_to.is_(None)),
            sa.select(Mentorship.person_id).where(
                Mentorship.case_id == case_id, Mentorship.ended_at.is_(None)
            ),
        ]
    )
    if not found:
        raise NotFound(_("Không có hồ sơ ươm tạo này."))
    return CaseRights(
        case_id=case_id,
        programme_id=found[0].programme_id,
        speakers=frozenset(m.person_id for m in members if m.part in SPEAKING),
        members=frozenset(m.person_id for m in members),
        mentors=frozenset(m.person_id for m in mentors),
    )
