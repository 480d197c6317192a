"""The rules of one division, and how they are stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Registrant(StrEnum):
    """In what part somebody registers an entry."""

    COACH = "coach"  # a teacher or other coordinator, for an organisation
    CAPTAIN = "captain"  # a member of the team, from the captain's age on
    PERSON = "person"  # somebody who enters alone


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
