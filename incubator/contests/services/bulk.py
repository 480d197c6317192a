"""Many entries at once, in a handful of statements: imported lists, whole past seasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ...accounts import services as accounts
from ...accounts.queries import meant
from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db
from ...core.forms import phone_digits
from ...core.text import compare_key, name_sort_key, search_key
from ...models import (
    Affiliation,
    AffiliationPart,
    Edition,
    Entry,
    EntryEvent,
    EntryMember,
    EntryState,
    MemberPart,
    Person,
    Project,
    Team,
)
from .numbering import free_codes, free_numbers

CHUNK = 500


@dataclass(frozen=True, slots=True)
class BulkPerson:
    name: str
    part: MemberPart
    birth_date: date | None = None
    class_name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """One entry as a list names it. `people`: captain first, then members, coaches last."""

    division_id: int
    organisation_id: int | None
    team: str
    people: tuple[BulkPerson, ...]
    submitted_at: datetime
    title: str = ""
    field: str = ""
    abstract: str = ""
    import_batch_id: int | None = None


def register_many(
    edition: Edition, rows: Sequence[BulkEntry], *, actor: Actor, at: datetime, accept: bool = True
) -> list[int]:
    """Submit (and accept) `rows` as they stand; the caller has checked them. Returns entry ids in order.

    A school's pupils are found by name and birth date (coaches by name and contact) or made; every entry gets its
    history and audit rows as if it had been sent by hand.
    """
    ensure(actor.in_edition(Permission.ENTRIES_IMPORT, edition.id))
    persons = _persons(rows, at)
    coaches = {
        persons[_key(p, r.organisation_id)] for r in rows for p in r.people if p.part is MemberPart.COACH
    }
    accounts.ensure_none_scores(coaches, edition.id, at=at)
    _affiliations(rows, persons, at)
    teams = _insert(
        Team,
        [
            {
                "name": r.team,
                "search_key": search_key(r.team),
                "organisation_id": r.organisation_id,
                "created_at": r.submitted_at,
            }
            for r in rows
        ],
    )
    projects = _insert(
        Project,
        [
            {
                "team_id": team,
                "title": r.title,
                "field": r.field,
                "abstract": r.abstract,
                "video_url": "",
                "search_key": search_key(r.title),
                "created_at": r.submitted_at,
            }
            for r, team in zip(rows, teams, strict=True)
        ],
    )
    ids = _insert(Entry, _entry_rows(edition, rows, teams, projects, at, actor, accept))
    _insert(
        EntryMember,
        [
            {
                "entry_id": entry,
                "person_id": persons[_key(p, r.organisation_id)],
                "position": position,
                "part": p.part,
                "full_name": p.name,
                "class_name": p.class_name,
            }
            for entry, r in zip(ids, rows, strict=True)
            for position, p in enumerate(r.people)
        ],
    )
    _history(edition, rows, ids, actor, at, accept)
    return ids


def _insert(model: Any, values: list[dict[str, Any]]) -> list[int]:
    """Insert rows in chunks and return their ids in the order given."""
    ids: list[int] = []
    for start in range(0, len(values), CHUNK):
        statement = sa.insert(model).returning(model.id, sort_by_parameter_order=True)
        ids += db.session.scalars(statement, values[start : start + CHUNK])
    return ids


PersonKey = tuple[object, ...]


def _key(person: BulkPerson, organisation_id: int | None) -> PersonKey:
    """Pupils by name, birth date and school; coaches by name and how they are reached."""
    if person.part is MemberPart.COACH:
        return compare_key(person.name), phone_digits(person.phone) or person.email.lower()
    return compare_key(person.name), person.birth_date, organisation_id


def _persons(rows: Sequence[BulkEntry], at: datetime) -> dict[PersonKey, int]:
    wanted = {_key(p, r.organisation_id): p for r in rows for p in r.people}
    known: dict[PersonKey, int] = {}
    days = sorted({p.birth_date for p in wanted.values() if p.birth_date})
    for start in range(0, len(days), CHUNK):
        found = db.session.execute(
            sa.select(Person.id, Person.full_name, Person.birth_date, Affiliation.organisation_id)
            .join(Affiliation, Affiliation.person_id == Person.id)
            .where(
                Person.birth_date.in_(days[start : start + CHUNK]),
                Person.erased_at.is_(None),
                meant.put_down_by_others(),
            )
        )
        known |= {(compare_key(name), born, school): person_id for person_id, name, born, school in found}
    coaches = sorted({search_key(p.name) for p in wanted.values() if p.part is MemberPart.COACH})
    for start in range(0, len(coaches), CHUNK):
        reached = db.session.execute(
            sa.select(Person.id, Person.full_name, *meant.addresses()).where(
                Person.search_key.in_(coaches[start : start + CHUNK]), Person.erased_at.is_(None)
            )
        )
        for person_id, name, phone, email in reached:
            known |= {(compare_key(name), contact): person_id for contact in (phone, email) if contact}
    new = {key: p for key, p in wanted.items() if key not in known}
    ids = _insert(
        Person,
        [
            {
                "full_name": p.name,
                "search_key": search_key(p.name),
                "sort_key": name_sort_key(p.name),
                "birth_date": p.birth_date,
                "phone": phone_digits(p.phone) if p.phone else None,
                "email": p.email.lower() or None,
                "created_at": at,
            }
            for p in new.values()
        ],
    )
    return known | dict(zip(new, ids, strict=True))


def _affiliations(rows: Sequence[BulkEntry], persons: dict[PersonKey, int], at: datetime) -> None:
    wanted: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        if row.organisation_id is None:
            continue
        for person in row.people:
            part = AffiliationPart.TEACHER if person.part is MemberPart.COACH else AffiliationPart.PUPIL
            person_id = persons[_key(person, row.organisation_id)]
            wanted[person_id, row.organisation_id] = {
                "person_id": person_id,
                "organisation_id": row.organisation_id,
                "part": part,
                "class_name": person.class_name,
                "valid_from": at.date(),
            }
    organisations = {organisation for _, organisation in wanted}
    held = set(
        db.session.execute(
            sa.select(Affiliation.person_id, Affiliation.organisation_id).where(
                Affiliation.organisation_id.in_(organisations), Affiliation.holds()
            )
        )
    )
    _insert(Affiliation, [values for key, values in wanted.items() if key not in held])


def _entry_rows(
    edition: Edition,
    rows: Sequence[BulkEntry],
    teams: list[int],
    projects: list[int],
    at: datetime,
    actor: Actor,
    accept: bool,
) -> list[dict[str, Any]]:
    by_id = {d.id: d for d in edition.divisions}
    numbers = free_numbers(edition.id, [by_id[r.division_id] for r in rows]) if accept else []
    codes = free_codes(edition.id, len(rows)) if accept else []
    values = []
    for index, (row, team, project) in enumerate(zip(rows, teams, projects, strict=True)):
        values.append(
            {
                "edition_id": edition.id,
                "division_id": row.division_id,
                "team_id": team,
                "project_id": project,
                "organisation_id": row.organisation_id,
                "number": numbers[index] if accept else None,
                "code": codes[index] if accept else "",
                "state": EntryState.ACCEPTED if accept else EntryState.SUBMITTED,
                "author_id": actor.person_id,
                "submitted_at": row.submitted_at,
                "decided_at": at if accept else None,
                "import_batch_id": row.import_batch_id,
                "created_at": row.submitted_at,
                "changed_at": at,
                "version": 1,
            }
        )
    return values


def _history(
    edition: Edition, rows: Sequence[BulkEntry], ids: list[int], actor: Actor, at: datetime, accept: bool
) -> None:
    submitted, accepted = EntryState.SUBMITTED, EntryState.ACCEPTED
    steps = [("contests.entry.submitted", EntryState.DRAFT, submitted)]
    if accept:
        steps.append(("contests.entry.accepted", submitted, accepted))
    for verb, before, after in steps:
        moments = [r.submitted_at if after is submitted else at for r in rows]
        _insert(
            EntryEvent,
            [
                {
                    "entry_id": entry,
                    "from_state": before,
                    "to_state": after,
                    "reason": "",
                    "field_reasons": {},
                    "snapshot": {},
                    "by_id": actor.person_id,
                    "at": moment,
                }
                for entry, moment in zip(ids, moments, strict=True)
            ],
        )
        activity.record_many(
            [
                activity.event_values(
                    verb,
                    actor=actor,
                    at=moment,
                    edition_id=edition.id,
                    object_type="entry",
                    object_id=entry,
                    before={"state": before},
                    after={"state": after},
                )
                for entry, moment in zip(ids, moments, strict=True)
            ]
        )
