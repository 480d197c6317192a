"""Who has already a place, who may still get one, who cannot any more.

Every way the remaining matches of a group may end (won, drawn, lost) is tried. Margins are unknown, so
teams that would
be level are ordered only by criteria whose values are already certain; otherwise each of them may end on
top. A verdict
is therefore never wrong, and `POSSIBLE` may be cautious.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from incubator.matches.games import Criterion, DropRule, Game, Scope
from incubator.matches.ledger import Ledger, Line, sort_key
from incubator.matches.outcomes import Outcome, Reason, Result, SideResult, Team

Pair = tuple[Team, Team]
_MOST_ENDINGS = 2500  # seven open matches with draws; above that points alone are compared


class Chance(StrEnum):
    CLINCHED = "clinched"
    POSSIBLE = "possible"
    ELIMINATED = "eliminated"


def chances(
    teams: Sequence[Team],
    results: Sequence[Result],
    remaining: Sequence[Pair],
    game: Game,
    places: int,
    *,
    maybe: int | None = None,
    drop: DropRule | None = None,
) -> dict[Team, Chance]:
    """A verdict per team. `maybe` is the last place that may still lead on (best runners-up); default
    `places`."""
    reach = max(places, maybe or 0)
    ends = 3 if game.draws else 2
    if ends ** len(remaining) > _MOST_ENDINGS:
        ranges = _by_points(teams, results, remaining, game, drop)
    else:
        ranges = _by_endings(teams, results, remaining, game, drop)
    return {team: _verdict(ranges[team], places, reach) for team in teams}


def _verdict(span: tuple[int, int], places: int, reach: int) -> Chance:
    best, worst = span
    if worst <= places:
        return Chance.CLINCHED
    return Chance.ELIMINATED if best > reach else Chance.POSSIBLE


def _by_endings(
    teams: Sequence[Team],
    results: Sequence[Result],
    remaining: Sequence[Pair],
    game: Game,
    drop: DropRule | None,
) -> dict[Team, tuple[int, int]]:
    spans = {team: (len(teams), 1) for team in teams}
    for ending in _endings(remaining, game):
        view = _View([*results, *ending], ending, game, drop)
        place = 1
        for tier in view.tiers(frozenset(teams), 0):
            for team in tier:
                best, worst = spans[team]
                spans[team] = (min(best, place), max(worst, place + len(tier) - 1))
            place += len(tier)
    return spans


def _endings(remaining: Sequence[Pair], game: Game) -> Iterator[list[Result]]:
    w, d, lo = Outcome.WIN, Outcome.DRAW, Outcome.LOSS
    ways = [(w, lo), (lo, w)] + ([(d, d)] if game.draws else [])
    for ending in product(ways, repeat=len(remaining)):
        yield [
            Result(SideResult(red, own), SideResult(blue, other), Reason.SCORE)
            for (red, blue), (own, other) in zip(remaining, ending, strict=True)
        ]


@dataclass(slots=True)
class _View:
    """One way the group may end: tiers whose inner order is open."""

    results: Sequence[Result]
    assumed: Sequence[Result]
    game: Game
    drop: DropRule | None

    def tiers(self, teams: frozenset[Team], at: int) -> list[frozenset[Team]]:
        criteria = self.game.chain.criteria
        if len(teams) < 2 or at >= len(criteria):
            return [teams]
        criterion = criteria[at]
        if not self._certain(criterion, teams):
            return [teams]
        if criterion.scope is Scope.MUTUAL:
            return self._block(teams, at)
        return [tier for part in self._split(criterion, teams, teams) for tier in self.tiers(part, at + 1)]

    def _block(self, teams: frozenset[Team], at: int) -> list[frozenset[Team]]:
        """A block of mutual criteria, as `standings` applies it, as far as its values are certain."""
        chain = self.game.chain
        end = at
        while end < len(chain.criteria) and chain.criteria[end].scope is Scope.MUTUAL:
            end += 1
        level, parted = [teams], False
        for criterion in chain.criteria[at:end]:
            if not self._certain(criterion, teams):
                # What is apart stays apart; within a part the rest of the block may order anyhow.
                return level
            level = [sub for part in level for sub in self._split(criterion, part, teams)]
            parted = len(level) > 1
            if parted and chain.reapply == "each":
                break
        again = parted and chain.reapply != "never"
        return [tier for part in level for tier in self.tiers(part, at if again else end)]

    def _split(
        self, criterion: Criterion, teams: frozenset[Team], among: frozenset[Team]
    ) -> list[frozenset[Team]]:
        lines = self._lines(criterion, teams, among)
        buckets: dict[tuple[bool, object], set[Team]] = {}
        for team in teams:
            buckets.setdefault(sort_key(criterion, lines[team].value(criterion)), set()).add(team)
        return [frozenset(buckets[key]) for key in sorted(buckets)]

    def _certain(self, criterion: Criterion, teams: frozenset[Team]) -> bool:
        if criterion.stat in ("rating", "lot"):
            return False
        if criterion.stat in ("points", "wins", "draws", "losses"):
            return not self.drop or criterion.scope is Scope.MUTUAL or self._drops_by(criterion)
        mutual = criterion.scope is Scope.MUTUAL
        for result in self.assumed:
            inside = (result.red.team in teams) + (result.blue.team in teams)
            if inside == 2 or (inside and not mutual):
                return False
        return True

    def _drops_by(self, criterion: Criterion) -> bool:
        """Whether the best matches are picked by this criterion first, so that margins do not change its sum."""
        overall = [item for item in self.game.chain.criteria if item.scope is Scope.OVERALL]
        return overall[0].stat == criterion.stat

    def _lines(
        self, criterion: Criterion, teams: frozenset[Team], among: frozenset[Team]
    ) -> Mapping[Team, Line]:
        ledger = Ledger(self.results, self.game.points)
        if criterion.scope is Scope.MUTUAL:
            return {team: ledger.mutual(team, among) for team in teams}
        overall = [item for item in self.game.chain.criteria if item.scope is Scope.OVERALL]
        return {team: ledger.line(team, self.drop, overall) for team in teams}


def _by_points(
    teams: Sequence[Team],
    results: Sequence[Result],
    remaining: Sequence[Pair],
    game: Game,
    drop: DropRule | None,
) -> dict[Team, tuple[int, int]]:
    ledger = Ledger(results, game.points)
    left = Counter(team for pair in remaining for team in pair)
    low = {team: ledger.line(team, None, ()).points for team in teams}
    if drop:  # a bad match may yet be dropped or not: only what is certain counts
        low = dict.fromkeys(teams, 0)
    high = {team: ledger.line(team, None, ()).points + game.points.win * left[team] for team in teams}
    return {
        team: (
            1 + sum(low[other] > high[team] for other in teams if other != team),
            1 + sum(high[other] >= low[team] for other in teams if other != team),
        )
        for team in teams
    }
