"""Whose name may stand on a public page: the consent of this moment, by age on the day (rules.md, consent and names).

Under 7 the guardian alone answers, from 7 to 17 child and guardian, from 18 the person. An unknown birth date is
taken for a child's. Silence is no consent, and one withdrawal is enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SELF, GUARDIAN = "self", "guardian"


@dataclass(frozen=True, slots=True)
class Answer:
    """One party's answer; the later one (by `order`) of a party counts."""

    party: str
    given: bool
    withdrawn: bool
    order: int


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def parties_needed(born: date | None, day: date) -> frozenset[str]:
    if born is None:
        return frozenset({SELF, GUARDIAN})
    age = age_on(born, day)
    if age < 7:
        return frozenset({GUARDIAN})
    return frozenset({SELF, GUARDIAN}) if age < 18 else frozenset({SELF})


def may_publish(born: date | None, answers: Iterable[Answer], day: date) -> bool:
    """Whether the name may be shown on `day`."""
    latest: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda a: a.order):
        latest[answer.party] = answer
    agreed = {party for party, a in latest.items() if a.given and not a.withdrawn}
    # A guardian or a child who takes the consent back stops it, whoever else had to be asked.
    refused = any(a.withdrawn or not a.given for a in latest.values())
    return not refused and parties_needed(born, day) <= agreed


def initials(full_name: str) -> str:
    """“Nguyễn Văn An” -> “N. V. A.”: what a certificate's page shows without consent."""
    return " ".join(f"{word[0].upper()}." for word in full_name.split() if word)
