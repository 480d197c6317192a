"""The schools and people that imported rows name: found again when on record, else made, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...accounts.queries import meant
from ...core.db import Base, db
from ...core.text import collation_key, compare_key, name_sort_key, search_key
from ...models import (
    Affiliation,
    AffiliationPart,
    ImportRow,
    MemberPart,
    Organisation,
    OrganisationAlias,
    OrganisationKind,
    Person,
    SchoolLevel,
)
from ..queries.import_rules import known_schools
from ..registration_files import Coach, TeamRow
from ..registration_files.schools import SchoolRegister, levels_of, parse_school

_KINDS = {"university": OrganisationKind.UNIVERSITY, "college": OrganisationKind.COLLEGE}
Ids = list[int]


@dataclass(slots=True)
class Written:
    """Ids of everything an import made, so that it can be undone."""

    ids: dict[str, Ids] = field(default_factory=dict)

    def insert(self, model: type[Base], rows: Sequence[dict[str, Any]]) -> Ids:
        """Insert many rows in one go and return their ids in the same order."""
        if not rows:
            return []
        statement = sa.insert(model).returning(model.id, sort_by_parameter_order=True)
        made = list(db.session.scalars(statement, rows))
        self.ids.setdefault(model.__tablename__, []).extend(made)
        return made


def spelling_of(row: ImportRow) -> str:
    """The school's name as the file had it, once in Unicode; what it became when nothing was repaired."""
    for repair in row.repairs:
        if repair["field"] == "school" and not any(k.startswith("encoding") for k in repair["kinds"]):
            return str(repair["was"])[:200] or str(row.data["school"])
    return str(row.data["school"])


def find_schools(
    teams: list[TeamRow], spellings: dict[str, str], written: Written, at: datetime
) -> dict[str, int]:
    """Organisation id per school key; schools that nobody knows yet are made, with their spelling as
    alias."""
    register = SchoolRegister.of(known_schools())
    names = {team.school_key: team.school for team in teams}
    found = {key: register.ids[key] for key in names if key in register.ids}
    missing = [key for key in names if key not in found]
    slugs = _free_slugs(names[key] for key in missing)
    rows = [_school_values(names[key], slug, at) for key, slug in zip(missing, slugs, strict=True)]
    found.update(zip(missing, written.insert(Organisation, rows), strict=True))
    known = set(db.session.scalars(sa.select(OrganisationAlias.key)))
    aliases = [
        {"organisation_id": found[key], "key": key[:200], "spelling": spellings.get(key) or names[key]}
        for key in names
        if key[:200] not in known
    ]
    written.insert(OrganisationAlias, aliases)
    return found


def _school_values(name: str, slug: str, at: datetime) -> dict[str, Any]:
    levels = levels_of(parse_school(name).level)
    return {
        "slug": slug,
        "name": name,
        "kind": next((_KINDS[level] for level in levels if level in _KINDS), OrganisationKind.SCHOOL),
        "levels": [level.value for level in SchoolLevel if level.value in levels],
        "search_key": search_key(name),
        "sort_key": collation_key(name)[:400],
        "created_at": at,
        "verified_at": at,  # the organiser confirmed the list
    }


def _free_slugs(names: Iterable[str]) -> list[str]:
    taken = set(db.session.scalars(sa.select(Organisation.slug)))
    slugs = []
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:100] or "truong"
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        slugs.append(slug)
    return slugs


# -- people -------------------------------------------------------------------------------------

PersonKey = tuple[str | int, ...]


@dataclass(slots=True)
class Seat:
    """A person in a team: the key by which they are found, `also` others that mean the same person, and the values if
    they are new."""

    key: PersonKey
    name: str
    part: MemberPart
    class_name: str
    values: dict[str, Any]
    also: tuple[PersonKey, ...] = ()


def coach_keys(coach: Coach, school: int) -> list[PersonKey]:
    """By what a coach may be known, surest first: the last nine digits of the phone, the address, the school."""
    known: tuple[str | int, ...] = (coach.phone[-9:], coach.email.lower(), school)
    return [("coach", compare_key(coach.name), by) for by in known if by]


def coaches_on_record(coaches: Iterable[str], schools: Iterable[int]) -> dict[PersonKey, int]:
    """Who is meant by coaches' names with a contact, or at one of the schools (docs/decisions/0037)."""
    found: dict[PersonKey, int] = {}
    names = {search_key(name) for name in coaches}
    reached = sa.select(Person.id, Person.full_name, *meant.addresses()).order_by(Person.id)
    for person_id, name, phone, email in _rows_in(reached, Person.search_key, names):
        for contact in ((phone or "")[-9:], (email or "").lower()):
            if contact:
                found.setdefault(("coach", compare_key(name), contact), person_id)
    who, ours = meant.teaching(), set(schools)
    at_school = (
        sa.select(Person.id, Person.full_name, who.c.organisation_id)
        .join(who, who.c.person_id == Person.id)
        .order_by(Person.id)
    )
    for person_id, name, school in _rows_in(at_school, Person.search_key, names):
        if school in ours:
            found.setdefault(("coach", compare_key(name), school), person_id)
    return found


@dataclass(slots=True)
class PeopleFinder:
    """Finds or makes the people of all teams at once."""

    written: Written
    schools: dict[str, int]
    distinct: set[tuple[str, str]]
    at: datetime

    def of(self, teams: list[TeamRow]) -> list[list[tuple[Seat, int]]]:
        """Per team its pupils and its coaches, each with the person's id."""
        seats = [self._seats(team) for team in teams]
        wanted = {seat.key: seat for team in seats for seat in team}
        ids = self._known(wanted)
        new = [key for key in wanted if key not in ids]
        made = self.written.insert(Person, [self._new(wanted[key]) for key in new])
        ids.update(zip(new, made, strict=True))
        self._affiliate(teams, seats, ids)
        return [[(seat, ids[seat.key]) for seat in team] for team in seats]

    def _seats(self, team: TeamRow) -> list[Seat]:
        seats, school = [], self.schools[team.school_key]
        for member in team.members:
            born = member.birth_date
            key: PersonKey = ("pupil", *member.key, school)
            if (
                member.key in self.distinct
            ):  # ruled to be two children: told apart by team, and nobody on record
                key = (*key, team.team_key)
            part = MemberPart.CAPTAIN if member.captain else MemberPart.MEMBER
            seats.append(Seat(key, member.name, part, member.class_name, {"birth_date": born}))
        for coach in team.coaches:
            if coach.name:
                values = {
                    "phone": coach.phone[:20] or None,
                    "email": coach.email[:254] or None,
                    "title": coach.title[:40],
                }
                key, *also = coach_keys(coach, school)
                seats.append(Seat(key, coach.name, MemberPart.COACH, "", values, tuple(also)))
        return seats

    def _known(self, wanted: dict[PersonKey, Seat]) -> dict[PersonKey, int]:
        """People on record: the school's pupils by name and birth date, coaches by name and phone, e-mail or school."""
        coaches = {seat.name for seat in wanted.values() if seat.part is MemberPart.COACH}
        found = {**self._pupils_on_record(wanted), **coaches_on_record(coaches, self.schools.values())}
        known = {}
        for key, seat in wanted.items():
            if (person := next((found[k] for k in (key, *seat.also) if k in found), None)) is not None:
                known[key] = person
        return known

    def _pupils_on_record(self, wanted: dict[PersonKey, Seat]) -> dict[PersonKey, int]:
        found: dict[PersonKey, int] = {}
        births = {seat.values["birth_date"] for seat in wanted.values() if seat.key[0] == "pupil"}
        statement = (
            sa.select(Person.id, Person.full_name, Person.birth_date, Affiliation.organisation_id)
            .join(Affiliation, Affiliation.person_id == Person.id)
            .where(meant.put_down_by_others())
            .order_by(Person.id)
        )
        for person_id, name, born, school in _rows_in(statement, Person.birth_date, births):
            found.setdefault(("pupil", compare_key(name), born.isoformat(), school), person_id)
        return found

    def _new(self, seat: Seat) -> dict[str, Any]:
        values = {"birth_date": None, "phone": None, "email": None, "title": "", **seat.values}
        return values | {
            "full_name": seat.name[:200],
            "search_key": search_key(seat.name)[:200],
            "sort_key": name_sort_key(seat.name)[:400],
            "created_at": self.at,
        }

    def _affiliate(self, teams: list[TeamRow], seats: list[list[Seat]], ids: dict[PersonKey, int]) -> None:
        """Note who is at which school, once a person and school."""
        wanted: dict[tuple[int, int], Seat] = {}
        for team, members in zip(teams, seats, strict=True):
            for seat in members:
                wanted.setdefault((ids[seat.key], self.schools[team.school_key]), seat)
        statement = sa.select(Affiliation.person_id, Affiliation.organisation_id)
        there = set(_rows_in(statement, Affiliation.person_id, {person for person, _ in wanted}))
        rows = [
            {
                "person_id": person,
                "organisation_id": school,
                "part": AffiliationPart.TEACHER if seat.part is MemberPart.COACH else AffiliationPart.PUPIL,
                "class_name": seat.class_name[:20],
                "valid_from": self.at.date(),
            }
            for (person, school), seat in wanted.items()
            if (person, school) not in there
        ]
        self.written.insert(Affiliation, rows)


def _rows_in(statement: Any, column: Any, values: Iterable[Any], size: int = 500) -> list[Any]:
    """Rows whose column is one of many values, asked in portions that both databases take."""
    wanted = sorted(value for value in values if value is not None)
    out: list[Any] = []
    for start in range(0, len(wanted), size):
        portion = wanted[start : start + size]
        out.extend(tuple(row) for row in db.session.execute(statement.where(column.in_(portion))))
    return out
