"""From typed members to persons: a school's pupil is one row, in whatever contest he or she turns up (docs/decisions/0038)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from ...accounts.queries import meant
from ...core.access import Actor
from ...core.db import db
from ...core.forms import phone_digits
from ...core.text import compare_key, search_key
from ...models import (
    Affiliation,
    AffiliationPart,
    DraftMember,
    MemberPart,
    Organisation,
    OrganisationKind,
    Person,
)

_PUPIL_KINDS = (OrganisationKind.SCHOOL,)
_STUDENT_KINDS = (OrganisationKind.COLLEGE, OrganisationKind.UNIVERSITY)


def persons_for(
    members: Sequence[DraftMember],
    organisation: Organisation | None,
    *,
    actor: Actor,
    at: datetime,
    given_back: Collection[int] = (),
) -> list[Person]:
    """A person for each member in order: known by id, found by name and birth date (coaches: by contact or
    school), or new. Affiliations with the organisation are kept up to date. Seven statements at most.

    `given_back` are the ids of the pupils who stood in the entry when it was returned: marks of a name or a birth date
    that were mended since are mended in their rows, so that answers, card and guardians stay theirs.
    """
    known = {p.id: p for p in _by_id([m.person_id for m in members if m.person_id])}
    pupils = _pupils(members, organisation)
    coaches = _coaches(members, organisation)
    returned = {p.id: p for p in _listed(given_back)}
    found = []
    for member in members:
        person = known.get(member.person_id or 0)
        if member.part is MemberPart.COACH:
            person = person or _matching_coach(member, coaches)
        elif person is None or (person.id in returned and person.birth_date != member.birth_date):
            same = pupils.get((compare_key(member.full_name), member.birth_date))
            person = same or _mended(member, person, [p for i, p in returned.items() if i not in known])
        found.append(person or _new_person(member, at))
    db.session.flush()
    if organisation is not None:
        _affiliate(members, found, organisation, at)
    return found


def _by_id(ids: list[int]) -> Sequence[Person]:
    return db.session.scalars(sa.select(Person).where(Person.id.in_(ids))).all() if ids else []


def _listed(ids: Collection[int]) -> Sequence[Person]:
    """Those of them who are known by lists only: an account speaks for itself."""
    if not ids:
        return []
    return db.session.scalars(
        sa.select(Person).where(Person.id.in_(ids), Person.erased_at.is_(None), meant.put_down_by_others())
    ).all()


def _mended(member: DraftMember, person: Person | None, returned: Sequence[Person]) -> Person | None:
    """Who stood in the returned entry with another birth date (`person`), or with other marks in the name."""
    if person is not None:
        person.birth_date = member.birth_date or person.birth_date
        return person
    key = search_key(member.full_name)
    for other in returned:
        if other.birth_date == member.birth_date and search_key(other.full_name) == key:
            other.full_name = member.full_name
            return other
    return None


def _pupils(
    members: Sequence[DraftMember], organisation: Organisation | None
) -> dict[tuple[str, object], Person]:
    """Those whom this organisation has put down before."""
    wanted = [m for m in members if m.part is not MemberPart.COACH and m.birth_date]
    if not wanted or organisation is None:
        return {}
    rows = db.session.scalars(
        sa.select(Person).where(
            Person.search_key.in_({search_key(m.full_name) for m in wanted}),
            Person.birth_date.in_({m.birth_date for m in wanted}),
            Person.erased_at.is_(None),
            meant.put_down_by_others(),
            meant.of_organisation(organisation.id),
        )
    )
    return {(compare_key(p.full_name), p.birth_date): p for p in rows}


def _coaches(members: Sequence[DraftMember], organisation: Organisation | None) -> Sequence[Person]:
    """By an address, or as a teacher of the school: one of no account, or whom an organiser has verified there."""
    keys = {search_key(m.full_name) for m in members if m.part is MemberPart.COACH}
    if not keys:
        return []
    phones = {phone_digits(m.phone) for m in members if m.phone} - {None}
    emails = {m.email for m in members if m.email}
    return db.session.scalars(
        sa.select(Person).where(
            Person.search_key.in_(keys),
            Person.erased_at.is_(None),
            sa.or_(
                meant.teaches_at(organisation.id if organisation else 0), meant.reached_by(phones, emails)
            ),
        )
    ).all()


def _matching_coach(member: DraftMember, coaches: Sequence[Person]) -> Person | None:
    key = compare_key(member.full_name)
    return next((p for p in coaches if compare_key(p.full_name) == key), None)


def _new_person(member: DraftMember, at: datetime) -> Person:
    person = Person(
        full_name=member.full_name,
        birth_date=member.birth_date,
        email=member.email or None,
        phone=phone_digits(member.phone) if member.phone else None,
        created_at=at,
    )
    db.session.add(person)
    return person


def _affiliate(
    members: Sequence[DraftMember], persons: Sequence[Person], organisation: Organisation, at: datetime
) -> None:
    """One living affiliation per person and part, with the class of now."""
    rows = db.session.scalars(
        sa.select(Affiliation).where(
            Affiliation.organisation_id == organisation.id,
            Affiliation.person_id.in_({p.id for p in persons}),
            Affiliation.valid_to.is_(None),
        )
    )
    living = {(a.person_id, a.part): a for a in rows}
    for member, person in zip(members, persons, strict=True):
        part = _part(member, organisation)
        row = living.get((person.id, part))
        if row is None:
            row = Affiliation(
                person_id=person.id, organisation_id=organisation.id, part=part, valid_from=at.date()
            )
            db.session.add(row)
            living[person.id, part] = row
        row.class_name = member.class_name or row.class_name or ""
    db.session.flush()


def _part(member: DraftMember, organisation: Organisation) -> AffiliationPart:
    if member.part is MemberPart.COACH:
        return AffiliationPart.TEACHER
    if organisation.kind in _PUPIL_KINDS:
        return AffiliationPart.PUPIL
    return AffiliationPart.STUDENT if organisation.kind in _STUDENT_KINDS else AffiliationPart.EMPLOYEE
