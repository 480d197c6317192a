"""Which consents stand: for names on pages, and for the people who still have to answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ...core.db import db
from ...core.together import Asking, ask
from ...models import Consent, ConsentPurpose, Entry, MemberPart, Person
from .. import consent_rules
from ..consent_rules import Answer


def answers_of(person_ids: Collection[int]) -> dict[int, list[Answer]]:
    """All answers of some people, one query."""
    return ask(answers_for(person_ids))


def answers_for(person_ids: Collection[int]) -> Asking[dict[int, list[Answer]]]:
    """`answers_of()` as a source, to be asked together with others."""
    found: dict[int, list[Answer]] = defaultdict(list)
    if not person_ids:
        return found
    rows = yield sa.select(
        Consent.id,
        Consent.person_id,
        Consent.purpose,
        Consent.party,
        Consent.given,
        Consent.at,
        Consent.withdrawn_at,
    ).where(Consent.person_id.in_(set(person_ids)))
    for row in sorted(rows, key=lambda r: r.id):
        found[row.person_id].append(
            Answer(str(row.purpose), str(row.party), row.given, row.at, row.withdrawn_at is not None)
        )
    return found


def birth_dates(person_ids: Collection[int]) -> dict[int, date | None]:
    """Birth dates of people who are not erased."""
    rows = db.session.execute(
        sa.select(Person.id, Person.birth_date).where(
            Person.id.in_(set(person_ids)), Person.erased_at.is_(None)
        )
    )
    return {row.id: row.birth_date for row in rows}


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's answers for one purpose, as a table shows them."""

    purpose: ConsentPurpose
    own: bool | None
    guardian: bool | None
    needs: tuple[str, ...]

    @property
    def complete(self) -> bool:
        said = {"self": self.own, "guardian": self.guardian}
        return all(said[party] is True for party in self.needs)


def standings(person_id: int, birth_date: date | None, day: date) -> list[Standing]:
    """All purposes of one person. One query."""
    return standings_from(answers_of([person_id])[person_id], birth_date, day)


def standings_from(answers: list[Answer], birth_date: date | None, day: date) -> list[Standing]:
    return [
        Standing(
            purpose,
            consent_rules.standing(answers, purpose, consent_rules.SELF),
            consent_rules.standing(answers, purpose, consent_rules.GUARDIAN),
            consent_rules.parties_needed(birth_date, day),
        )
        for purpose in ConsentPurpose
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody whose consent an entry needs."""

    person_id: int
    full_name: str
    birth_date: date | None

    def needs_guardian(self, day: date) -> bool:
        return consent_rules.GUARDIAN in consent_rules.parties_needed(self.birth_date, day)


def asked_of(entry: Entry) -> list[Asked]:
    """The pupils of an entry; of a draft those who are persons already, because they came in by themselves.

    Needs members with their persons, and draft_members, loaded.
    """
    joined = [
        Asked(m.person_id, m.full_name, m.birth_date)
        for m in entry.draft_members
        if m.person_id is not None and m.part is not MemberPart.COACH
    ]
    if joined:
        return joined
    living = [m for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH]
    return [Asked(m.person_id, m.full_name, m.person.birth_date) for m in living]


def standings_of(entry: Entry, day: date) -> dict[int, list[Standing]]:
    """Person → what stands for each purpose. One query."""
    asked = asked_of(entry)
    answers = answers_of([a.person_id for a in asked])
    return {a.person_id: standings_from(answers[a.person_id], a.birth_date, day) for a in asked}
