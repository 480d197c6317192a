"""Whose name may stand on a public page: the consent of this moment, by age on the day.

Who is asked at which age says `consent_rules`. Silence is no consent, and one withdrawal is enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .consent_rules import parties_needed


@dataclass(frozen=True, slots=True)
class Answer:
    """One party's answer; the later one (by `order`) of a party counts."""

    party: str
    given: bool
    withdrawn: bool
    order: int


def may_publish(born: date | None, answers: Iterable[Answer], day: date) -> bool:
    """Whether the name may be shown on `day`."""
    latest: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda a: a.order):
        latest[answer.party] = answer
    agreed = {party for party, a in latest.items() if a.given and not a.withdrawn}
    # A guardian or a child who takes the consent back stops it, whoever else had to be asked.
    refused = any(a.withdrawn or not a.given for a in latest.values())
    return not refused and agreed.issuperset(parties_needed(born, day))


def initials(full_name: str) -> str:
    """“Nguyễn Văn An” -> “N. V. A.”: what a certificate's page shows without consent."""
    return " ".join(f"{word[0].upper()}." for word in full_name.split() if word)
