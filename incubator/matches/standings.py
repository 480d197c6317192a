"""Group tables by a tie chain, exactly.

Contract: `table(teams, results, game)` depends on the set of results only, never on their order. All
values are
integers or `Fraction`s. What the chain cannot separate shares a rank (1, 2, 2, 4) and is an `OpenTie`.

Every separation is kept as a `Split`, so that "why is A above B" has one answer: the split that parted them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from incubator.matches.games import Chain, Criterion, DropRule, Game, Points, Scope
from incubator.matches.ledger import Ledger, Line, Value, sort_key
from incubator.matches.outcomes import Result, Team
from incubator.matches.refusals import RuleError


@dataclass(frozen=True, slots=True)
class Split:
    """One criterion applied to one set of level teams. `among` are the teams whose mutual matches were
    counted."""

    criterion: Criterion | None  # None: a decision by people (`how`)
    members: frozenset[Team]
    values: Mapping[Team, Value]
    among: frozenset[Team] | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Jury, play-off or lots on one tie: the teams from best to worst. It binds only the very set it was
    made for."""

    order: tuple[Team, ...]
    how: str

    def __post_init__(self) -> None:
        if len(set(self.order)) != len(self.order):
            raise RuleError("decision_names_team_twice")


@dataclass(frozen=True, slots=True)
class OpenTie:
    teams: frozenset[Team]
    first: int  # best rank they share
    ways: tuple[str, ...]  # how it may be settled, in the order of the rules

    @property
    def last(self) -> int:
        return self.first + len(self.teams) - 1

    def matters_for(self, places: int) -> bool:
        """Whether the tie hides who takes one of the first `places` ranks (each of them leads somewhere
        else)."""
        return self.first <= places


@dataclass(frozen=True, slots=True)
class Row:
    rank: int
    line: Line
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[Row, ...]
    splits: tuple[Split, ...]
    ties: tuple[OpenTie, ...]
    played: int
    expected: int
    chain: Chain
    unused: tuple[Decision, ...] = ()  # decisions made for a tie that is no longer this tie

    @property
    def provisional(self) -> bool:
        return self.played < self.expected

    @property
    def final(self) -> bool:
        return not self.provisional and not self.ties

    def rank_of(self, team: Team) -> int:
        return next(row.rank for row in self.rows if row.line.team == team)

    def at(self, place: int) -> Team | None:
        """The team at a place, if nobody shares it."""
        found = [row for row in self.rows if row.rank == place]
        return found[0].line.team if len(found) == 1 and not found[0].tied else None

    def parted(self, upper: Team, lower: Team) -> Split | None:
        """The split that put `upper` and `lower` apart; None while they are level."""
        for split in self.splits:
            if upper in split.members and lower in split.members:
                values = split.values
                if values[upper] != values[lower]:
                    return split
        return None


class _Ranking:
    """One walk down the chain."""

    def __init__(
        self, lines: Mapping[Team, Line], ledger: Ledger, chain: Chain, decisions: Sequence[Decision]
    ) -> None:
        self.lines, self.ledger, self.chain = lines, ledger, chain
        self.decisions = {frozenset(decision.order): decision for decision in decisions}
        self.splits: list[Split] = []
        self.used: set[frozenset[Team]] = set()

    def order(self, teams: frozenset[Team], at: int = 0) -> list[frozenset[Team]]:
        """Tiers from best to worst; a tier of several teams is a tie."""
        if len(teams) < 2:
            return [teams]
        if at >= len(self.chain.criteria):
            return self._decided(teams)
        if self.chain.criteria[at].scope is Scope.MUTUAL:
            return self._mutual_block(teams, at)
        criterion = self.chain.criteria[at]
        parts = self._split(teams, criterion, {team: self.lines[team].value(criterion) for team in teams})
        return [tier for part in parts for tier in self.order(part, at + 1)]

    def _mutual_block(self, teams: frozenset[Team], at: int) -> list[frozenset[Team]]:
        end = at
        while end < len(self.chain.criteria) and self.chain.criteria[end].scope is Scope.MUTUAL:
            end += 1
        parts = self._apply_block(teams, at, end)
        again = self.chain.reapply != "never"
        tiers: list[frozenset[Team]] = []
        for part in parts:
            # A smaller set starts the block anew on its own matches; the same set has had it and goes on.
            tiers += self.order(part, at if again and len(part) < len(teams) else end)
        return tiers

    def _apply_block(self, teams: frozenset[Team], at: int, end: int) -> list[frozenset[Team]]:
        mutual = {team: self.ledger.mutual(team, teams) for team in teams}
        parts = [teams]
        for criterion in self.chain.criteria[at:end]:
            parts = [
                sub
                for part in parts
                for sub in (
                    self._split(part, criterion, {t: mutual[t].value(criterion) for t in part}, teams)
                    if len(part) > 1
                    else [part]
                )
            ]
            if self.chain.reapply == "each" and len(parts) > 1:
                break
        return parts

    def _split(
        self,
        teams: frozenset[Team],
        criterion: Criterion,
        values: dict[Team, Value],
        among: frozenset[Team] | None = None,
    ) -> list[frozenset[Team]]:
        buckets: dict[tuple[bool, Value], set[Team]] = defaultdict(set)
        for team in teams:
            buckets[sort_key(criterion, values[team])].add(team)
        if len(buckets) > 1:
            self.splits.append(Split(criterion, teams, values, among))
        return [frozenset(buckets[key]) for key in sorted(buckets)]

    def _decided(self, teams: frozenset[Team]) -> list[frozenset[Team]]:
        decision = self.decisions.get(teams)
        if decision is None:
            return [teams]
        self.used.add(teams)
        values: dict[Team, Value] = {team: n for n, team in enumerate(decision.order, 1)}
        self.splits.append(Split(None, teams, values, how=decision.how))
        return [frozenset([team]) for team in decision.order]


def table(
    teams: Iterable[Team],
    results: Iterable[Result],
    game: Game,
    *,
    expected: int = 0,
    decisions: Sequence[Decision] = (),
    ratings: Mapping[Team, int] | None = None,
    lots: Mapping[Team, int] | None = None,
    drop: DropRule | None = None,
) -> Table:
    """The table of one group. `expected` is how many counting matches it will have (0: those given)."""
    members = list(dict.fromkeys(teams))
    counted = [result for result in results if result.counts]
    known = set(members)
    for result in counted:
        if result.red.team not in known or result.blue.team not in known:
            raise RuleError(
                "team_not_in_group",
                team=result.red.team if result.red.team not in known else result.blue.team,
            )
    ledger = Ledger(counted, game.points)
    overall = [criterion for criterion in game.chain.criteria if criterion.scope is Scope.OVERALL]
    lines = {team: ledger.line(team, drop, overall) for team in members}
    for team, line in lines.items():
        line.rating = (ratings or {}).get(team)
        line.lot = (lots or {}).get(team)
    return rank(
        lines,
        game.chain,
        decisions=decisions,
        ledger=ledger,
        played=len(counted),
        expected=expected or len(counted),
    )


def rank(
    lines: Mapping[Team, Line],
    chain: Chain,
    *,
    decisions: Sequence[Decision] = (),
    ledger: Ledger | None = None,
    played: int = 0,
    expected: int = 0,
) -> Table:
    """Order ready lines by a chain. Without a ledger the chain must not have mutual criteria."""
    ranking = _Ranking(lines, ledger or Ledger((), Points()), chain, decisions)
    tiers = ranking.order(frozenset(lines)) if lines else []
    rows, ties = _rows(tiers, lines, chain)
    unused = tuple(d for d in decisions if frozenset(d.order) not in ranking.used)
    return Table(tuple(rows), tuple(ranking.splits), tuple(ties), played, expected, chain, unused)


def _rows(
    tiers: Sequence[frozenset[Team]], lines: Mapping[Team, Line], chain: Chain
) -> tuple[list[Row], list[OpenTie]]:
    rows: list[Row] = []
    ties: list[OpenTie] = []
    for tier in tiers:
        rank = len(rows) + 1
        if len(tier) > 1:
            ties.append(OpenTie(tier, rank, chain.last))
        rows += [Row(rank, lines[team], len(tier) > 1) for team in sorted(tier, key=str)]
    return rows, ties
