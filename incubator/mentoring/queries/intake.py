"""Awards that could open a case."""

from __future__ import annotations

import sqlalchemy as sa

from ...contests.queries import awards
from ...core import clock
from ...core.db import db
from ...models import Award, Cohort, Division, Entry, IncubationCase, Team


def awards_without_case(
    cohort: Cohort, limit: int | None = None
) -> list[tuple[Award, Entry, Team, Division]]:
    """Awards that could open a case, newest first; none before its result is published."""
    taken = sa.select(IncubationCase.team_id).where(IncubationCase.cohort_id == cohort.id)
    opened = sa.select(IncubationCase.award_id).where(IncubationCase.award_id.is_not(None))
    rows = db.session.execute(
        sa.select(Award, Entry, Team, Division)
        .join(Entry, Entry.id == Award.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Division, Division.id == Entry.division_id)
        .options(
            sa.orm.joinedload(Award.tier), sa.orm.joinedload(Entry.project), sa.orm.joinedload(Entry.edition)
        )
        .where(
            Award.revoked_at.is_(None),
            awards.is_public(clock.now()),
            Team.id.not_in(taken),
            Award.id.not_in(opened),
        )
        .order_by(Award.at.desc(), Award.id.desc())
        .limit(limit)
    ).all()
    return [(a, e, t, d) for a, e, t, d in rows]
