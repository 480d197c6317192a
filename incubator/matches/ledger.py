"""What teams have gathered: the lines of a table, counted over all matches or over those among some teams
only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from incubator.matches.games import LOW, Aggregate, Criterion, DropRule, Points
from incubator.matches.outcomes import Outcome, Result, SideResult, Team

Value = int | Fraction | None


@dataclass(slots=True)
class Line:
    """What one team has gathered from the matches that count."""

    team: Team
    played: int = 0
    wins: int = 0
    draws: int = 0
    losses: int = 0
    points: int = 0
    scored: int = 0
    against: int = 0
    special_wins: int = 0
    special_sum: int = 0
    conduct: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    rating: int | None = None
    lot: int | None = None

    def add(self, own: SideResult, other: SideResult, points: Points) -> None:
        self.played += 1
        if own.outcome is Outcome.WIN:
            self.wins += 1
            self.points += points.win
        elif own.outcome is Outcome.DRAW:
            self.draws += 1
            self.points += points.draw
        else:
            self.losses += 1
            # A team that lost a match nobody won, or was absent, still gets only what a loss is worth.
            self.points += points.loss
        self.scored += own.scored
        self.against += other.scored
        self.conduct += own.conduct
        if own.special_time is not None:
            self.special_wins += 1
            self.special_sum += own.special_time
        for part, value in own.parts.items():
            self.parts[part] = self.parts.get(part, 0) + value

    def value(self, criterion: Criterion) -> Value:
        stat = criterion.stat
        if stat in ("rating", "lot"):
            return self.rating if stat == "rating" else self.lot
        if stat == "special_time":
            return _quotient(self.special_sum, self.special_wins)
        total = self._total(stat)
        return _quotient(total, self.played) if criterion.aggregate is Aggregate.AVERAGE else total

    def _total(self, stat: str) -> int:
        match stat:
            case "diff":
                return self.scored - self.against
            case "for":
                return self.scored
            case _ if stat.startswith("part:"):
                return self.parts.get(stat[5:], 0)
        return int(getattr(self, stat))


def _quotient(total: int, count: int) -> Value:
    return Fraction(total, count) if count else None


class Ledger:
    """Results of one group, found by pair; counts lines for the whole group or among some of its teams."""

    def __init__(self, results: Iterable[Result], points: Points) -> None:
        self.points = points
        self.of: dict[Team, list[tuple[SideResult, SideResult]]] = defaultdict(list)
        for result in results:
            if result.counts:
                self.of[result.red.team].append((result.red, result.blue))
                self.of[result.blue.team].append((result.blue, result.red))

    def line(self, team: Team, drop: DropRule | None, order: Sequence[Criterion]) -> Line:
        played = self.of.get(team, [])
        if drop and len(played) > drop.count:
            played = sorted(played, key=lambda pair: self._worth(pair, order))[: drop.count]
        return self._sum(team, played)

    def mutual(self, team: Team, among: frozenset[Team]) -> Line:
        return self._sum(team, [pair for pair in self.of.get(team, []) if pair[1].team in among])

    def _sum(self, team: Team, pairs: Iterable[tuple[SideResult, SideResult]]) -> Line:
        line = Line(team)
        for own, other in pairs:
            line.add(own, other, self.points)
        return line

    def _worth(self, pair: tuple[SideResult, SideResult], order: Sequence[Criterion]) -> tuple[object, ...]:
        """Best matches first, by the chain itself, so that a better match never hurts the team that played
        it."""
        line = self._sum(pair[0].team, [pair])
        return tuple(sort_key(criterion, line.value(criterion)) for criterion in order)


def sort_key(criterion: Criterion, value: Value) -> tuple[bool, Value]:
    """Ascending is better; no value sorts last whatever the direction."""
    if value is None:
        return (True, 0)
    return (False, value if criterion.better == LOW else -value)
