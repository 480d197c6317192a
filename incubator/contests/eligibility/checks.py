"""One entry against the rules of its division."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .facts import Code, EntryFacts, MemberFacts, Problem, Weight
from .rules import Registrant, Rules


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
                Code.ORGANISATION_KIND,
                Weight.BREACH,
                "organisation",
                name,
                value=facts.organisation_kind,
                allowed=rules.organisation_kinds,
            )
        )
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
    if not facts.team_name.strip() and facts.registrant is not Registrant.PERSON and not rules.alone:
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
        found += check_member(member, where, rules)
        found += _check_consents(member, where, facts, rules)
        if member.identity and member.identity in seen:
            found.append(Problem(Code.MEMBER_TWICE, Weight.BREACH, f"{where}-name", member.name))
        seen.add(member.identity)
    return found


def check_member(member: MemberFacts, where: str, rules: Rules) -> list[Problem]:
    """Problems of one member alone; their fields begin with `where`."""
    found = []
    if not member.name.strip():
        found.append(Problem(Code.MEMBER_NAME_MISSING, Weight.MISSING, f"{where}-name"))
    found += _check_birth_date(member, f"{where}-birth_date", rules)
    if rules.class_required and not member.class_name.strip():
        found.append(Problem(Code.CLASS_MISSING, Weight.MISSING, f"{where}-class_name", member.name))
    if len(member.other_teams) >= rules.teams_per_person:
        found.append(
            Problem(
                Code.MEMBER_IN_OTHER_TEAM,
                Weight.BREACH,
                f"{where}-name",
                member.name,
                value=", ".join(filter(None, member.other_teams)),
                high=rules.teams_per_person,
            )
        )
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
                Code.BIRTH_DATE_OUT_OF_RANGE,
                Weight.BREACH,
                where,
                member.name,
                value=born,
                low=rules.born_from,
                high=rules.born_until,
            )
        ]
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
