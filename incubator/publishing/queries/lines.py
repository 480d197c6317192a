"""Joins names to ids, under the consent of the moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.db import db
from ...models import (
    Area,
    Consent,
    ConsentPurpose,
    Entry,
    EntryMember,
    MemberPart,
    Organisation,
    Person,
    Project,
    Team,
)
from ..names import Answer, may_publish


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
            Entry.id, Entry.number, Team.name.label("team"), Project.title, Project.field, Entry.division_id,
            Entry.organisation_id, Organisation.name.label("school"), Organisation.slug, Area.name.label("area"),
            _namesakes(EntryMember.id).exists().label("after_a_member"),
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(Entry.id.in_(entry_ids))
    ).all()  # fmt: skip
    hidden = teams_to_hide([r.id for r in rows if r.after_a_member])
    return {
        r.id: Line(
            r.id, r.number or "", (r.title or r.number or "") if r.id in hidden else r.team, r.title or "", r.field or "", r.division_id, r.organisation_id,
            r.school or "", r.slug or "", r.area or "",
        )
        for r in rows
    }  # fmt: skip


def _namesakes(*columns: Any) -> Any:
    """Members of an entry whose whole name stands in their team's, as when somebody enters alone."""
    spaced = sa.literal(" ") + Team.search_key + " "
    return (
        sa.select(*columns)
        .select_from(EntryMember)
        .join(Person, Person.id == EntryMember.person_id)
        .where(
            EntryMember.entry_id == Entry.id,
            EntryMember.part != MemberPart.COACH,
            EntryMember.ended_at.is_(None),
            Person.search_key.contains(" "),
            spaced.contains(sa.literal(" ") + Person.search_key + " "),
        )
        .correlate(Entry, Team)
    )


def teams_to_hide(entry_ids: Collection[int]) -> set[int]:
    """Entries whose team is called after a member who has not agreed that the name is shown today: two queries."""
    if not entry_ids:
        return set()
    members = db.session.execute(
        _namesakes(Entry.id.label("entry_id"), Person.id.label("person_id"), Person.birth_date).where(
            Entry.id.in_(entry_ids), Team.id == Entry.team_id
        )
    ).all()
    answers = answers_of({m.person_id for m in members})
    today = clock.today()
    return {m.entry_id for m in members if not may_publish(m.birth_date, answers.get(m.person_id, ()), today)}


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


def answers_of(
    person_ids: Iterable[int], purpose: ConsentPurpose = ConsentPurpose.PUBLISH_NAME
) -> dict[int, list[Answer]]:
    """Each person's answers about one purpose, by default about publishing the name."""
    ids = set(person_ids)
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Consent.id, Consent.person_id, Consent.party, Consent.given, Consent.withdrawn_at).where(
            Consent.person_id.in_(ids), Consent.purpose == purpose
        )
    )
    found: dict[int, list[Answer]] = defaultdict(list)
    for r in rows:
        found[r.person_id].append(Answer(str(r.party), r.given, r.withdrawn_at is not None, r.id))
    return dict(found)


def may_name(person_id: int, day: date) -> bool:
    born = db.session.scalar(
        sa.select(Person.birth_date).where(Person.id == person_id, Person.erased_at.is_(None))
    )
    return may_publish(born, answers_of([person_id]).get(person_id, ()), day)
