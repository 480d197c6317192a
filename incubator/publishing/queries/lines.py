"""Joins names to ids, under the consent of the moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ...contests.naming import may_publish
from ...contests.queries.naming import answers_of, names_instead, namesakes
from ...core.db import db
from ...models import (
    Area,
    Entry,
    EntryMember,
    MemberPart,
    Organisation,
    Person,
    Project,
    Team,
)


@dataclass(frozen=True, slots=True)
class Line:
    """What may be said of an entry to everybody: no person. A team that is called after a member who may not be named
    goes by its product or its number."""

    entry_id: int
    number: str
    team: str
    title: str
    field: str
    division_id: int
    organisation_id: int | None
    school: str
    school_slug: str
    area: str


def lines_of(entry_ids: Collection[int]) -> dict[int, Line]:
    """One query for any number of entries; two more where a team is called after a member."""
    if not entry_ids:
        return {}
    rows = db.session.execute(
        sa.select(
            Entry.id,
            Entry.number,
            Team.name.label("team"),
            Project.title,
            Project.field,
            Entry.division_id,
            Entry.organisation_id,
            Organisation.name.label("school"),
            Organisation.slug,
            Area.name.label("area"),
            namesakes(EntryMember.id).correlate(Entry, Team).exists().label("after_a_member"),
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(Entry.id.in_(entry_ids))
    ).all()
    instead = names_instead([r.id for r in rows if r.after_a_member])
    return {
        r.id: Line(
            r.id,
            r.number or "",
            instead.get(r.id, r.team),
            r.title or "",
            r.field or "",
            r.division_id,
            r.organisation_id,
            r.school or "",
            r.slug or "",
            r.area or "",
        )
        for r in rows
    }


def public_names(entry_ids: Collection[int], day: date) -> dict[int, list[str]]:
    """Names of members that may be shown on `day`, per entry: two queries. Erased people have none."""
    if not entry_ids:
        return {}
    members = db.session.execute(
        sa.select(EntryMember.entry_id, EntryMember.person_id, EntryMember.full_name, Person.birth_date)
        .join(Person, Person.id == EntryMember.person_id)
        .where(
            EntryMember.entry_id.in_(entry_ids),
            EntryMember.ended_at.is_(None),
            EntryMember.part != MemberPart.COACH,
            Person.erased_at.is_(None),
        )
        .order_by(EntryMember.entry_id, EntryMember.position)
    ).all()
    answers = answers_of({m.person_id for m in members})
    names: dict[int, list[str]] = defaultdict(list)
    for m in members:
        if may_publish(m.birth_date, answers.get(m.person_id, ()), day):
            names[m.entry_id].append(m.full_name)
    return dict(names)
