"""Who won a match, and what each side takes into the table.

Order of reasons: both out, one absent, one disqualified, one not finished, then the game's own `decided_by`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from incubator.matches.games import Game
from incubator.matches.refusals import RuleError

Team = Hashable


class Outcome(StrEnum):
    WIN = "win"
    DRAW = "draw"
    LOSS = "loss"


class Presence(StrEnum):
    """How a side stood in the match. Only `PRESENT` sides are compared by score."""

    PRESENT = "present"
    ABSENT = "absent"  # did not start
    DISQUALIFIED = "disqualified"
    NOT_FINISHED = "not_finished"


class Reason(StrEnum):
    SCORE = "score"
    SPECIAL = "special"
    PART = "part"
    WALKOVER = "walkover"
    DISQUALIFIED = "disqualified"
    NOT_FINISHED = "not_finished"
    BOTH_OUT = "both_out"
    PENALTY = "penalty"
    JURY = "jury"
    LOTS = "lots"
    DRAW = "draw"
    BYE = "bye"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one side did. `special_at` is the time of a special win in tenths of a second."""

    team: Team
    score: int = 0
    special_at: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    conduct: int = 0
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision by people: jury votes, penalties, lots. `winner` is 0 (red), 1 (blue) or None."""

    how: str = ""  # jury | lots
    winner: int | None = None
    penalty: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SideResult:
    """One side as the table counts it."""

    team: Team
    outcome: Outcome
    scored: int = 0
    special_time: int | None = None
    conduct: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A decided match. `counts` is false for surrogate and exhibition matches: shown, never in a table."""

    red: SideResult
    blue: SideResult
    reason: Reason = Reason.SCORE
    key: Hashable = None
    counts: bool = True

    @property
    def winner(self) -> Team | None:
        for side in (self.red, self.blue):
            if side.outcome is Outcome.WIN:
                return side.team
        return None

    @property
    def loser(self) -> Team | None:
        """The side that lost to a winner; None for draws and for matches that both lost."""
        if self.winner is None:
            return None
        return self.blue.team if self.red.outcome is Outcome.WIN else self.red.team

    @property
    def both_lost(self) -> bool:
        return self.red.outcome is Outcome.LOSS and self.blue.outcome is Outcome.LOSS


_OUT = (Presence.ABSENT, Presence.DISQUALIFIED)


def decide(
    game: Game,
    red: Sheet,
    blue: Sheet,
    *,
    ruling: Ruling | None = None,
    knockout: bool = False,
    key: Hashable = None,
    counts: bool = True,
) -> Result:
    """Decide a finished match. Raises `jury_needed` when the game's criteria leave it level and no draw
    may stand."""
    winner, reason = _winner(game, red, blue, ruling or Ruling(), knockout)
    return Result(
        _side(game, red, blue, winner == 0, winner is None, reason),
        _side(game, blue, red, winner == 1, winner is None, reason),
        reason,
        key,
        counts,
    )


def _winner(game: Game, red: Sheet, blue: Sheet, ruling: Ruling, knockout: bool) -> tuple[int | None, Reason]:
    out = (red.presence in _OUT, blue.presence in _OUT)
    if all(out):
        return None, Reason.BOTH_OUT
    if any(out):
        loser = red if out[0] else blue
        absent = loser.presence is Presence.ABSENT
        return int(out[0]), Reason.WALKOVER if absent else Reason.DISQUALIFIED
    unfinished = tuple(side.presence is Presence.NOT_FINISHED for side in (red, blue))
    if any(unfinished) and not all(unfinished):
        return int(unfinished[0]), Reason.NOT_FINISHED
    for rule in game.decided_by:
        found = _by_rule(rule, red, blue, ruling, knockout or not game.draws)
        if found:
            return found
    if knockout or not game.draws:
        # Penalties that were taken decide also where the game does not name them.
        found = _by_rule("penalty", red, blue, ruling, must_decide=True)
        if found:
            return found
        if ruling.winner is not None:
            return ruling.winner, Reason(ruling.how or "jury")
    if game.draws and not knockout:
        return None, Reason.DRAW
    raise RuleError("jury_needed")


def _by_rule(
    rule: str, red: Sheet, blue: Sheet, ruling: Ruling, must_decide: bool
) -> tuple[int, Reason] | None:
    name, _, part = rule.partition(":")
    if name == "special":
        times = (red.special_at, blue.special_at)
        if times == (None, None) or times[0] == times[1]:
            return None
        ranked = [float("inf") if time is None else time for time in times]
        return int(ranked[1] < ranked[0]), Reason.SPECIAL
    if name == "score":
        return _more(red.score, blue.score, Reason.SCORE)
    if name == "part":
        return _more(red.parts.get(part, 0), blue.parts.get(part, 0), Reason.PART)
    if name == "action":
        return _more(red.counts.get(part, 0), blue.counts.get(part, 0), Reason.PART)
    if name == "penalty" and must_decide and ruling.penalty:
        return _more(*ruling.penalty, Reason.PENALTY)
    return None


def _more(red: int, blue: int, reason: Reason) -> tuple[int, Reason] | None:
    return None if red == blue else (int(blue > red), reason)


def _side(game: Game, own: Sheet, other: Sheet, won: bool, level: bool, reason: Reason) -> SideResult:
    outcome = Outcome.WIN if won and not level else Outcome.LOSS
    outcome = Outcome.DRAW if reason is Reason.DRAW else outcome
    out = own.presence in _OUT
    scored = 0 if out else own.score
    parts = {} if out else own.parts
    if reason is Reason.WALKOVER and won and game.walkover is not None:
        scored, parts = game.walkover, {}
    special = own.special_at if outcome is Outcome.WIN and not out else None
    return SideResult(own.team, outcome, scored, special, own.conduct, parts)


def forfeit(game: Game, present: Team, gone: Team, *, key: Hashable = None) -> Result:
    """A match that a withdrawn or expelled team no longer plays, counted for the other one."""
    score = game.walkover or 0
    return Result(
        SideResult(present, Outcome.WIN, score), SideResult(gone, Outcome.LOSS), Reason.WITHDRAWN, key
    )
