"""Teams of a tournament and stored results, as the rules of tables and brackets take them."""

from __future__ import annotations

from dataclasses import dataclass

from ...models import CrewPart, MatchState, ResultVersion, StagePresence
from ..outcomes import Outcome, Reason, Result, SideResult

PLAYED = (MatchState.REVIEW, MatchState.PROPOSED, MatchState.CONFIRMED)
GONE = (StagePresence.WITHDRAWN, StagePresence.DISQUALIFIED)
# What somebody is, on which court (None: on every court) and for which side (None: for both)
CrewPlace = tuple[CrewPart, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Side:
    """A team of the tournament; `id` is its stage entry."""

    id: int
    entry_id: int
    team: str
    school: str
    school_id: int | None
    presence: StagePresence
    because: str = ""  # why it is so


def result_from(version: ResultVersion, counts: bool = True) -> Result:
    """A stored result as the rules count it."""
    sides = []
    for n, (team, outcome, score) in enumerate(
        (
            (version.red_id, version.red_outcome, version.red_score),
            (version.blue_id, version.blue_outcome, version.blue_score),
        )
    ):
        sheet = version.sheets[n] if len(version.sheets) > n else {}
        special = sheet.get("special") if outcome == Outcome.WIN else None
        sides.append(
            SideResult(
                team, Outcome(outcome), score, special, sheet.get("conduct", 0), sheet.get("parts") or {}
            )
        )
    return Result(sides[0], sides[1], Reason(version.reason), version.match_id, counts)
