"""Comparing teams of different groups: best runners-up, best thirds, one ranking over all groups.

Groups may be uneven. `average` divides what a team gathered by its matches; `drop_last` takes out, in the
larger groups,
the matches against the teams placed below the size of the smallest one; `sum` compares as it stands.
Mutual criteria cannot apply, as these teams have not met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from incubator.matches.games import Aggregate, Chain, Criterion, Game, Scope
from incubator.matches.ledger import Ledger, Line
from incubator.matches.outcomes import Result, Team
from incubator.matches.standings import Decision, Table, rank

# Counting several matches together, these grow with the number played and must be divided in uneven groups.
_GROWS = ("points", "wins", "draws", "losses", "for", "against", "diff", "special_wins", "conduct")


@dataclass(frozen=True, slots=True)
class Placed:
    """A finished group as the comparison needs it."""

    name: str
    table: Table
    results: Sequence[Result]


def comparison_chain(game: Game, uneven: bool) -> Chain:
    """The game's chain without mutual criteria; as means per match where groups are uneven and it is so
    set."""
    kept = [criterion for criterion in game.chain.criteria if criterion.scope is Scope.OVERALL]
    if uneven and game.across == "average":
        kept = [_averaged(criterion) for criterion in kept]
    return replace(game.chain, criteria=tuple(dict.fromkeys(kept)))


def _averaged(criterion: Criterion) -> Criterion:
    grows = criterion.stat in _GROWS or criterion.stat.startswith("part:")
    return replace(criterion, aggregate=Aggregate.AVERAGE) if grows else criterion


def best_placed(
    groups: Sequence[Placed], place: int, game: Game, *, decisions: Sequence[Decision] = ()
) -> Table:
    """Rank the teams that took `place` in their groups. Groups where the place is still shared are left
    out."""
    smallest = min((len(group.table.rows) for group in groups), default=0)
    lines = [
        _line(group, team, smallest, game) for group in groups if (team := group.table.at(place)) is not None
    ]
    uneven = len({line.played for line in lines}) > 1
    return rank(
        {line.team: line for line in lines},
        comparison_chain(game, uneven),
        decisions=decisions,
        played=sum(group.table.played for group in groups),
        expected=sum(group.table.expected for group in groups),
    )


def _line(group: Placed, team: Team, smallest: int, game: Game) -> Line:
    own = next(row.line for row in group.table.rows if row.line.team == team)
    if game.across != "drop_last" or len(group.table.rows) <= smallest:
        return own
    below = {row.line.team for row in group.table.rows[smallest:]}
    kept = [result for result in group.results if not {result.red.team, result.blue.team} & below]
    line = Ledger(kept, game.points).line(team, None, ())
    line.rating, line.lot = own.rating, own.lot
    return line
