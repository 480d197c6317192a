"""For which teams and bodies a person may book."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.text import search_key
from ...models import Entry, EntryMember, EntryState, Organisation, OrganisationAlias, Team, TeamMember

MOST = 1000
LIVE = (EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.RETURNED)


def teams_of(actor: Actor) -> list[tuple[int, str]]:
    """Teams that the actor belongs to, coaches or has registered, by name."""
    if actor.person_id is None:
        return []
    rows = db.session.execute(
        sa.select(Team.id, Team.name).where(Team.id.in_(_ids(actor.person_id))).order_by(Team.search_key)
    ).all()
    return [(row[0], row[1]) for row in rows]


def name_of(team_id: int | None) -> str:
    if team_id is None:
        return ""
    return db.session.scalar(sa.select(Team.name).where(Team.id == team_id)) or ""


def is_of_team(person_id: int, team_id: int) -> bool:
    return bool(
        db.session.scalar(sa.select(sa.exists().where(Team.id == team_id, Team.id.in_(_ids(person_id)))))
    )


def bodies() -> list[str]:
    """Names of the organisations that staff may book for, those of a name once."""
    return list(
        db.session.scalars(
            sa.select(Organisation.name)
            .where(Organisation.verified_at.is_not(None))
            .order_by(Organisation.sort_key)
            .limit(MOST)
        )
    )


def body_named(name: str) -> int | None:
    """The one organisation of this name or known spelling: its kind decides the price, its quotas count."""
    key = search_key(name)
    if not key:
        return None
    found = db.session.scalars(
        sa.select(Organisation.id)
        .outerjoin(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(sa.or_(Organisation.search_key == key, OrganisationAlias.key == key))
        .distinct()
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _ids(person_id: int) -> sa.Select[int]:
    own = sa.select(TeamMember.team_id).where(
        TeamMember.person_id == person_id, TeamMember.valid_to.is_(None)
    )
    entered = (
        sa.select(Entry.team_id)
        .join(EntryMember, EntryMember.entry_id == Entry.id)
        .where(EntryMember.person_id == person_id, EntryMember.ended_at.is_(None), Entry.state.in_(LIVE))
    )
    registered = sa.select(Entry.team_id).where(Entry.author_id == person_id, Entry.state.in_(LIVE))
    return sa.select(own.union(entered, registered).subquery().c.team_id)
