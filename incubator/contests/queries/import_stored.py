"""What an edition already holds, in the keys by which the reader compares."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from ...core.db import db
from ...core.text import compare_key
from ...models import (
    Division,
    Entry,
    EntryMember,
    EntryState,
    MemberPart,
    Organisation,
    Person,
    Team,
)
from ..registration_files.schools import parse_school

_COUNTED = (EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.RETURNED)
Pupil = tuple[str, str]


@dataclass(slots=True)
class StoredTeam:
    name: str
    pupils: set[Pupil] = field(default_factory=set)


@dataclass(slots=True)
class StoredEntries:
    """Teams by (school key, division, name key); the team's name by pupil."""

    by_name: dict[tuple[str, str, str], list[StoredTeam]] = field(default_factory=dict)
    by_pupil: dict[Pupil, str] = field(default_factory=dict)


def stored_entries(edition_id: int) -> StoredEntries:
    """Entries of the edition that take part or may still: submitted, accepted, returned."""
    out = StoredEntries()
    teams: dict[int, StoredTeam] = {}
    entries = db.session.execute(
        sa.select(Entry.id, Division.slug, Team.name, Organisation.name)
        .join(Division, Division.id == Entry.division_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(Entry.edition_id == edition_id, Entry.state.in_(_COUNTED))
    )
    for entry_id, division, team, school in entries:
        teams[entry_id] = StoredTeam(team)
        key = (parse_school(school or "").key, division, compare_key(team))
        out.by_name.setdefault(key, []).append(teams[entry_id])
    members = db.session.execute(
        sa.select(EntryMember.entry_id, EntryMember.full_name, Person.birth_date)
        .join(Person, Person.id == EntryMember.person_id)
        .join(Entry, Entry.id == EntryMember.entry_id)
        .where(
            Entry.edition_id == edition_id,
            Entry.state.in_(_COUNTED),
            EntryMember.part != MemberPart.COACH,
            EntryMember.ended_at.is_(None),
        )
    )
    for entry_id, name, born in members:
        pupil = (compare_key(name), born.isoformat() if born else "")
        teams[entry_id].pupils.add(pupil)
        out.by_pupil[pupil] = teams[entry_id].name
    return out
