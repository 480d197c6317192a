"""Who has already a place, who may still get one, who cannot any more.

Every way the remaining matches of a group may end is tried: won, lost, drawn where draws may stand, lost by both
(neither team appears, both are disqualified). Margins are unknown, so teams that would be level are ordered only by
criteria whose values are already certain; otherwise each of them may end on top. A verdict is therefore never wrong,
and `POSSIBLE` may be cautious.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from incubator.matches.games import Criterion, DropRule, Game, Scope
from incubator.matches.ledger import Ledger, Line, sort_key
from incubator.matches.outcomes import Outcome, Reason, Result, SideResult, Team

Pair = tuple[Team, Team]
_MOST_ENDINGS = 300  # four open matches with draws, five without; above that points alone are compared


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
    if len(_ways(game)) ** len(remaining) > _MOST_ENDINGS:
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


def _endings(remaining: Sequence[Pair], game: Game) -> Iterator[tuple[Result, ...]]:
    return product(*([_ended(pair, way) for way in _ways(game)] for pair in remaining))


def _ways(game: Game) -> list[tuple[Outcome, Outcome]]:
    """How one match may end for its two sides."""
    win, draw, loss = Outcome.WIN, Outcome.DRAW, Outcome.LOSS
    return [(win, loss), (loss, win), (loss, loss)] + ([(draw, draw)] if game.draws else [])


def _ended(pair: Pair, way: tuple[Outcome, Outcome]) -> Result:
    reason = Reason.BOTH_OUT if way[0] is way[1] is Outcome.LOSS else Reason.SCORE
    return Result(SideResult(pair[0], way[0]), SideResult(pair[1], way[1]), reason)


@dataclass(slots=True)
class _View:
    """One way the group may end: tiers whose inner order is open."""

    results: Sequence[Result]
    assumed: Sequence[Result]
    game: Game
    drop: DropRule | None
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.results, self.game.points)

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
        if criterion.scope is Scope.MUTUAL:
            return {team: self.ledger.mutual(team, among) for team in teams}
        overall = [item for item in self.game.chain.criteria if item.scope is Scope.OVERALL]
        return {team: self.ledger.line(team, self.drop, overall) for team in teams}


def _by_points(
    teams: Sequence[Team],
    results: Sequence[Result],
    remaining: Sequence[Pair],
    game: Game,
    drop: DropRule | None,
) -> dict[Team, tuple[int, int]]:
    """Spans from points alone; everything is open where the chain does not begin with them."""
    if game.chain.criteria[:1] != (Criterion("points"),):
        return dict.fromkeys(teams, (1, len(teams)))
    ledger = Ledger(results, game.points)
    left = Counter(team for pair in remaining for team in pair)
    bounds = {team: _points_between(ledger, team, left[team], dropping=drop is not None) for team in teams}
    return {
        team: (
            1 + sum(bounds[other][0] > high for other in teams if other != team),
            1 + sum(bounds[other][1] >= low for other in teams if other != team),
        )
        for team, (low, high) in bounds.items()
    }


def _points_between(ledger: Ledger, team: Team, left: int, *, dropping: bool) -> tuple[int, int]:
    """The fewest and the most points a team can end with; a match that may be dropped counts only if it widens them."""
    own = [getattr(ledger.points, side.outcome) for side, _other in ledger.of.get(team, [])]
    lowest = [*own, *[ledger.points.loss] * left]
    highest = [*own, *[ledger.points.win] * left]
    if dropping:
        lowest, highest = [min(0, value) for value in lowest], [max(0, value) for value in highest]
    return sum(lowest), sum(highest)
