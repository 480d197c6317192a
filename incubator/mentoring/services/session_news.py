"""Who reads news of a session: mentor, the team's speakers, and the coach of young members."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db
from ...models import IncubationCase, MemberPart, MentoringSession, Mentorship, Person, TeamMember
from ...spaces.intervals import local_date
from ..queries.rights import speakers_of

CONSENT_AGE = 16


def tell_sides(
    session: MentoringSession,
    mentorship: Mentorship,
    case: IncubationCase,
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    before: datetime | None = None,
    machine_id: int = 0,
) -> None:
    """Both sides but who did it, and the coach where a member is under 16. `before`: when it was to be."""
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
    context = {
        "session_id": session.id,
        "case_id": case.id,
        "starts": session.starts_at.isoformat(),
        "reason": reason,
        "missed_by": session.missed_by,
        "before": before.isoformat() if before else "",
    }
    if machine_id:
        context["machine_id"] = machine_id
    activity.notify_many(
        kind,
        [
            {"person_id": p, "url": f"/mentoring/sessions/{session.id}", "context": context}
            for p in sorted(people - {actor.person_id or 0})
        ],
        at=at,
    )


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
