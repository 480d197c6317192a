"""Whose consent is needed at what age, and whether what was answered is enough. Pure.

Under 7 the guardian alone; from 7 to 17 child and guardian; from 18 the person alone (law
on personal data, art. 24). Age counts on the day of use, so a consent of a child's guardian is
not asked for again once the child is grown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from .eligibility import age_on

SELF, GUARDIAN = "self", "guardian"


@dataclass(frozen=True, slots=True)
class Answer:
    """One party's answer for one purpose."""

    purpose: str
    party: str
    given: bool
    at: datetime
    withdrawn: bool = False


def parties_needed(birth_date: date | None, day: date) -> tuple[str, ...]:
    """Who must agree. A person whose birth date is not known counts as a child."""
    if birth_date is None:
        return (SELF, GUARDIAN)
    age = age_on(birth_date, day)
    if age < 7:
        return (GUARDIAN,)
    return (SELF, GUARDIAN) if age < 18 else (SELF,)


def standing(answers: Iterable[Answer], purpose: str, party: str) -> bool | None:
    """What a party says now: the newest answer counts; None when it was never asked or has withdrawn."""
    own = [a for a in answers if a.purpose == purpose and a.party == party]
    if not own:
        return None
    newest = max(own, key=lambda a: a.at)
    return None if newest.withdrawn else newest.given


def is_given(answers: Iterable[Answer], purpose: str, birth_date: date | None, day: date) -> bool:
    """True when each party that is needed has agreed and nobody has withdrawn."""
    kept = list(answers)
    return all(standing(kept, purpose, party) is True for party in parties_needed(birth_date, day))
