"""Why one team stands above another, as data; `wording.py` says it in words."""

from __future__ import annotations

from dataclasses import dataclass

from incubator.matches.games import Criterion
from incubator.matches.ledger import Value
from incubator.matches.outcomes import Team
from incubator.matches.standings import Split, Table


@dataclass(frozen=True, slots=True)
class Because:
    """`upper` is above `lower` by `criterion` (or by a decision, `how`), with both values.

    `among` are the teams whose mutual matches were looked at; `level_on` are the criteria that were level
    before it.
    """

    upper: Team
    lower: Team
    criterion: Criterion | None
    values: tuple[Value, Value]
    how: str = ""
    among: frozenset[Team] = frozenset()
    level_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StillLevel:
    upper: Team
    lower: Team


def why(table: Table, upper: Team, lower: Team) -> Because | StillLevel:
    """The one reason that parts two teams of a table, whichever of them is given first."""
    split = table.parted(upper, lower)
    if split is None:
        return StillLevel(upper, lower)
    if table.rank_of(upper) > table.rank_of(lower):
        upper, lower = lower, upper
    return Because(
        upper,
        lower,
        split.criterion,
        (split.values[upper], split.values[lower]),
        split.how,
        split.among or frozenset(),
        _level_on(table, split),
    )


def _level_on(table: Table, split: Split) -> tuple[str, ...]:
    codes = [criterion.code for criterion in table.chain.criteria]
    if split.criterion is None:
        return tuple(codes)
    return tuple(codes[: codes.index(split.criterion.code)])


def neighbours(table: Table) -> list[Because | StillLevel]:
    """One reason for every two teams next to each other: enough to explain the whole table."""
    order = [row.line.team for row in table.rows]
    return [why(table, upper, lower) for upper, lower in zip(order, order[1:], strict=False)]
