"""Who may take part: a division's rules as data, and the check of one entry against them.

Nothing here knows a database, a language or a clock. A refusal is a `Problem`: a code with the
person, the value and the allowed range, so that a screen can say it in any language
(`eligibility_text`) and a form can put it at the field it belongs to (`Problem.field`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Registrant(StrEnum):
    """In what part somebody registers an entry."""

    COACH = "coach"  # a teacher or other coordinator, for an organisation
    CAPTAIN = "captain"  # a member of the team, from the captain's age on
    PERSON = "person"  # somebody who enters alone


class Weight(StrEnum):
    """What a problem does to the entry."""

    MISSING = "missing"  # may stay so in a draft, must be there at submission
    BREACH = "breach"  # against a rule: mend it or ask the organiser
    WARNING = "warning"  # is shown, blocks nothing


class Code(StrEnum):
    TEAM_NAME_MISSING = "team_name_missing"
    TEAM_NAME_TAKEN = "team_name_taken"
    TEAM_TOO_SMALL = "team_too_small"
    TEAM_TOO_LARGE = "team_too_large"
    MEMBER_NAME_MISSING = "member_name_missing"
    MEMBER_TWICE = "member_twice"
    MEMBER_IN_OTHER_TEAM = "member_in_other_team"
    BIRTH_DATE_MISSING = "birth_date_missing"
    BIRTH_DATE_INVALID = "birth_date_invalid"
    BIRTH_DATE_OUT_OF_RANGE = "birth_date_out_of_range"
    CLASS_MISSING = "class_missing"
    ORGANISATION_MISSING = "organisation_missing"
    ORGANISATION_KIND = "organisation_kind"
    SCHOOL_LEVEL = "school_level"
    TOO_MANY_ENTRIES = "too_many_entries"
    COACH_MISSING = "coach_missing"
    COACH_CONTACT_MISSING = "coach_contact_missing"
    REGISTRANT_NOT_ALLOWED = "registrant_not_allowed"
    CAPTAIN_TOO_YOUNG = "captain_too_young"
    CONSENT_MISSING = "consent_missing"


@dataclass(frozen=True, slots=True)
class Rules:
    """The eligibility of one division. Both ends of a range count as inside; None means no limit."""

    born_from: date | None = None
    born_until: date | None = None
    team_min: int = 1
    team_max: int = 1
    levels: tuple[str, ...] = ()
    organisation_kinds: tuple[str, ...] = ()
    organisation_required: bool = True
    entries_per_organisation: int | None = None
    teams_per_person: int = 1
    coach_required: bool = True
    class_required: bool = False
    registrants: tuple[Registrant, ...] = (Registrant.COACH,)
    captain_from_age: int = 16
    consents: tuple[str, ...] = ("take_part",)
    rule_reference: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.team_min <= self.team_max:
            raise ValueError("team_min must be at least 1 and at most team_max")
        if self.born_from and self.born_until and self.born_from > self.born_until:
            raise ValueError("born_from must not be after born_until")
        if self.entries_per_organisation is not None and self.entries_per_organisation < 1:
            raise ValueError("entries_per_organisation must be at least 1")
        if self.teams_per_person < 1:
            raise ValueError("teams_per_person must be at least 1")
        if not self.registrants:
            raise ValueError("somebody must be allowed to register")

    @property
    def alone(self) -> bool:
        """True where an entry is one person, so that no team name is asked for."""
        return self.team_max == 1


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member as typed. `identity` is the same for the same person everywhere (name key + birth date)."""

    name: str
    birth_date: date | None = None
    birth_date_text: str = ""
    class_name: str = ""
    identity: str = ""
    other_teams: tuple[str, ...] = ()
    consents: frozenset[str] = frozenset()
    captain: bool = False


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """All that the check of one entry needs; the caller has read it beforehand."""

    team_name: str = ""
    members: tuple[MemberFacts, ...] = ()
    organisation_name: str = ""
    organisation_kind: str = ""
    organisation_levels: frozenset[str] = frozenset()
    other_entries_of_organisation: int = 0
    team_name_taken: bool = False
    coach_name: str = ""
    coach_has_contact: bool = False
    registrant: Registrant = Registrant.COACH


@dataclass(frozen=True, slots=True)
class Problem:
    """One refused or missing thing: which rule, who, what value, what is allowed, where to mend it."""

    code: Code
    weight: Weight
    field: str
    person: str = ""
    value: str | int | date | None = None
    low: int | date | None = None
    high: int | date | None = None
    allowed: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.weight is not Weight.WARNING


def check(facts: EntryFacts, rules: Rules, *, on: date) -> list[Problem]:
    """All problems of one entry, in the order of the form. `on` is the day on which ages count."""
    return [
        *_check_registrant(facts, rules, on),
        *_check_organisation(facts, rules),
        *_check_team(facts, rules),
        *_check_members(facts, rules),
        *_check_coach(facts, rules),
    ]


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.blocks]


def is_complete(problems: Iterable[Problem]) -> bool:
    """True when nothing keeps the entry from being submitted."""
    return not blocking(problems)


def age_on(birth_date: date, day: date) -> int:
    """Full years; who is born on 29 February has the birthday on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _check_registrant(facts: EntryFacts, rules: Rules, on: date) -> list[Problem]:
    if facts.registrant not in rules.registrants:
        allowed = tuple(rules.registrants)
        value = str(facts.registrant)
        return [
            Problem(Code.REGISTRANT_NOT_ALLOWED, Weight.BREACH, "registrant", value=value, allowed=allowed)
        ]
    if facts.registrant is Registrant.COACH:
        return []
    speaker = next((m for m in facts.members if m.captain), facts.members[0] if facts.members else None)
    if speaker is None or speaker.birth_date is None:
        return []
    age = age_on(speaker.birth_date, on)
    if age >= rules.captain_from_age:
        return []
    low = rules.captain_from_age
    return [Problem(Code.CAPTAIN_TOO_YOUNG, Weight.BREACH, "registrant", speaker.name, value=age, low=low)]


def _check_organisation(facts: EntryFacts, rules: Rules) -> list[Problem]:
    if not facts.organisation_name:
        if not rules.organisation_required:
            return []
        return [Problem(Code.ORGANISATION_MISSING, Weight.MISSING, "organisation")]
    found = []
    name = facts.organisation_name
    if rules.organisation_kinds and facts.organisation_kind not in rules.organisation_kinds:
        found.append(
            Problem(
                Code.ORGANISATION_KIND, Weight.BREACH, "organisation", name,
                value=facts.organisation_kind, allowed=rules.organisation_kinds,
            )
        )  # fmt: skip
    if rules.levels and not facts.organisation_levels.intersection(rules.levels):
        value = ", ".join(sorted(facts.organisation_levels))
        found.append(
            Problem(Code.SCHOOL_LEVEL, Weight.BREACH, "organisation", name, value, allowed=rules.levels)
        )
    limit = rules.entries_per_organisation
    if limit is not None and facts.other_entries_of_organisation >= limit:
        count = facts.other_entries_of_organisation + 1
        found.append(Problem(Code.TOO_MANY_ENTRIES, Weight.BREACH, "organisation", name, count, high=limit))
    return found


def _check_team(facts: EntryFacts, rules: Rules) -> list[Problem]:
    found = []
    if not facts.team_name.strip() and not rules.alone:
        found.append(Problem(Code.TEAM_NAME_MISSING, Weight.MISSING, "team_name"))
    elif facts.team_name_taken:
        found.append(Problem(Code.TEAM_NAME_TAKEN, Weight.BREACH, "team_name", value=facts.team_name.strip()))
    size, low, high = len(facts.members), rules.team_min, rules.team_max
    if size < low:
        # Fewer than the least is something still to be typed, not a fault of somebody.
        found.append(Problem(Code.TEAM_TOO_SMALL, Weight.MISSING, "members", value=size, low=low, high=high))
    elif size > high:
        found.append(Problem(Code.TEAM_TOO_LARGE, Weight.BREACH, "members", value=size, low=low, high=high))
    return found


def _check_members(facts: EntryFacts, rules: Rules) -> list[Problem]:
    found = []
    seen: set[str] = set()
    for position, member in enumerate(facts.members):
        where = f"members-{position}"
        found += _check_member(member, where, rules)
        found += _check_consents(member, where, facts, rules)
        if member.identity and member.identity in seen:
            found.append(Problem(Code.MEMBER_TWICE, Weight.BREACH, f"{where}-name", member.name))
        seen.add(member.identity)
    return found


def _check_member(member: MemberFacts, where: str, rules: Rules) -> list[Problem]:
    found = []
    if not member.name.strip():
        found.append(Problem(Code.MEMBER_NAME_MISSING, Weight.MISSING, f"{where}-name"))
    found += _check_birth_date(member, f"{where}-birth_date", rules)
    if rules.class_required and not member.class_name.strip():
        found.append(Problem(Code.CLASS_MISSING, Weight.MISSING, f"{where}-class_name", member.name))
    if len(member.other_teams) >= rules.teams_per_person:
        found.append(
            Problem(
                Code.MEMBER_IN_OTHER_TEAM, Weight.BREACH, f"{where}-name", member.name,
                value=", ".join(member.other_teams), high=rules.teams_per_person,
            )
        )  # fmt: skip
    return found


def _check_birth_date(member: MemberFacts, where: str, rules: Rules) -> list[Problem]:
    born = member.birth_date
    if born is None:
        if member.birth_date_text.strip():
            text = member.birth_date_text.strip()
            return [Problem(Code.BIRTH_DATE_INVALID, Weight.BREACH, where, member.name, value=text)]
        return [Problem(Code.BIRTH_DATE_MISSING, Weight.MISSING, where, member.name)]
    if (rules.born_from and born < rules.born_from) or (rules.born_until and born > rules.born_until):
        return [
            Problem(
                Code.BIRTH_DATE_OUT_OF_RANGE, Weight.BREACH, where, member.name,
                value=born, low=rules.born_from, high=rules.born_until,
            )
        ]  # fmt: skip
    return []


def _check_consents(member: MemberFacts, where: str, facts: EntryFacts, rules: Rules) -> list[Problem]:
    # A school's own list never waits for a consent (it only keeps names from being published);
    # who registers without a school must bring it, as nobody else vouches for the child.
    weight = Weight.WARNING if facts.registrant is Registrant.COACH else Weight.MISSING
    return [
        Problem(Code.CONSENT_MISSING, weight, f"{where}-consents", member.name, value=purpose)
        for purpose in rules.consents
        if purpose not in member.consents
    ]


def _check_coach(facts: EntryFacts, rules: Rules) -> list[Problem]:
    if not facts.coach_name.strip():
        return [Problem(Code.COACH_MISSING, Weight.MISSING, "coach_name")] if rules.coach_required else []
    if not facts.coach_has_contact:
        return [Problem(Code.COACH_CONTACT_MISSING, Weight.WARNING, "coach_contact", facts.coach_name)]
    return []


# --- stored as JSON in the division ---------------------------------------------------------------

_DATES = ("born_from", "born_until")
_NUMBERS = ("team_min", "team_max", "entries_per_organisation", "teams_per_person", "captain_from_age")
_FLAGS = ("organisation_required", "coach_required", "class_required")
_LISTS: Mapping[str, type[str]] = {
    "levels": str,
    "organisation_kinds": str,
    "registrants": Registrant,
    "consents": str,
}


def to_json(rules: Rules) -> dict[str, Any]:
    """Plain JSON types with every key, so that a stored rule does not change when a default does."""
    return {
        **{key: value.isoformat() if (value := getattr(rules, key)) else None for key in _DATES},
        **{key: getattr(rules, key) for key in (*_NUMBERS, *_FLAGS)},
        **{key: [str(value) for value in getattr(rules, key)] for key in _LISTS},
        "rule_reference": rules.rule_reference,
    }


def from_json(data: Mapping[str, Any]) -> Rules:
    """Rules from stored JSON. Keys that are not there take the defaults; unknown ones raise ValueError."""
    known = {*_DATES, *_NUMBERS, *_FLAGS, *_LISTS, "rule_reference"}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"unknown eligibility rules: {', '.join(unknown)}")
    values: dict[str, Any] = {key: data[key] for key in (*_NUMBERS, *_FLAGS, "rule_reference") if key in data}
    values |= {key: date.fromisoformat(data[key]) for key in _DATES if data.get(key)}
    for key, kind in _LISTS.items():
        if key in data:
            values[key] = tuple(kind(item) for item in data[key])
    return Rules(**values)
