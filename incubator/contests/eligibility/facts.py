"""What the check reads of one entry, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ..dossier import Missing
from .rules import Registrant


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
    DOSSIER_MISSING = "dossier_missing"


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
    value: str | int | date | Missing | None = None
    low: int | date | None = None
    high: int | date | None = None
    allowed: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.weight is not Weight.WARNING
