"""Group tables as pages show them, with the reason for every place."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ....core.i18n import _
from ....models import MatchGroup
from ...explain import Because, neighbours
from ...games import Aggregate
from ...runs import RunRow
from ...standings import Row, Table
from ...wording import CHANCES, criterion_name, decision_name, value_text
from ..sides import Side
from ..snapshot import Board
from .leavers import group_notes


@dataclass(slots=True)
class TableRow:
    rank: int
    side_id: int
    team: str
    school: str
    row: Row
    diff: int
    cut: bool
    chance: str = ""


@dataclass(slots=True)
class TableView:
    id: int
    name: str
    provisional: bool
    played: int
    expected: int
    rows: list[TableRow]
    because: list[str]
    ties: int
    draws: bool
    specials: bool
    notes: list[str]


def table_view(board: Board, group: MatchGroup) -> TableView:
    ranked = board.tables[group.id]
    verdicts = board.chances(group)
    rows: list[TableRow] = []
    for row in ranked.rows:
        side = board.sides[int(str(row.line.team))]
        verdict = None if side.id in board.gone else verdicts.get(row.line.team)
        rows.append(
            TableRow(
                row.rank,
                side.id,
                side.team,
                side.school,
                row,
                row.line.scored - row.line.against,
                cut=len(rows) + 1 == board.per_group,
                chance=str(CHANCES[verdict]) if verdict else "",
            )
        )
    return TableView(
        group.id,
        group.name,
        ranked.provisional,
        ranked.played,
        ranked.expected,
        rows,
        because(board, ranked, board.reach),
        len(ranked.ties),
        board.game.draws,
        board.game.special is not None,
        group_notes(board, group),
    )


@dataclass(slots=True)
class BestView:
    """Those who took one place in their groups, compared with each other; `count` of them go on."""

    place: int
    count: int
    provisional: bool
    rows: list[tuple[Row, Side]]
    because: list[str]


def best_views(board: Board) -> list[BestView]:
    found = []
    for place, count in board.best_cuts:
        ranked = board.best[place]
        averaged = ranked.chain.criteria[0].aggregate is Aggregate.AVERAGE  # sums alone would not explain it
        reasons = (
            [reason_text(board, item) for item in neighbours(ranked)]
            if averaged
            else because(board, ranked, count)
        )
        rows = [(row, board.sides[int(str(row.line.team))]) for row in ranked.rows]
        found.append(BestView(place, count, ranked.provisional, rows, reasons))
    return found


def because(board: Board, ranked: Table, reach: int = 0) -> list[str]:
    """One sentence for every two neighbours that the first criterion did not part.

    Of a complete table it also says where somebody still has to tell level teams apart, down to the place `reach`.
    """
    if not ranked.played:
        return []
    first = ranked.chain.criteria[0]
    found = [reason_text(board, item) for item in neighbours(ranked) if not _plain(item, first)]
    if not found:
        found = [_("Xếp theo %(criterion)s; không có đội bằng nhau.", criterion=criterion_name(first))]
    waiting = [] if ranked.provisional else [tie for tie in ranked.ties if tie.matters_for(reach)]
    return found + [_("Hạng %(a)s–%(b)s chờ phân định.", a=tie.first, b=tie.last) for tie in waiting]


def _plain(item: Any, first: Any) -> bool:
    return isinstance(item, Because) and item.criterion == first


def reason_text(board: Board, item: Any) -> str:
    """“EIU Falcon xếp trên TDMU Thunder vì hiệu số đối đầu +5 so với 0.”"""
    upper, lower = board.sides[item.upper].team, board.sides[item.lower].team
    if not isinstance(item, Because):
        return _("%(a)s và %(b)s bằng nhau ở mọi tiêu chí.", a=upper, b=lower)
    if item.criterion is None:
        return _("%(a)s xếp trên %(b)s theo %(how)s.", a=upper, b=lower, how=decision_name(item.how))
    values = [value_text(item.criterion, value) for value in item.values]
    text = _(
        "%(a)s xếp trên %(b)s vì %(criterion)s %(x)s so với %(y)s.",
        a=upper,
        b=lower,
        criterion=criterion_name(item.criterion),
        x=values[0],
        y=values[1],
    )
    if len(item.among) > 2:
        teams = ", ".join(sorted(board.sides[int(str(side))].team for side in item.among))
        text += " " + _("Xét riêng các trận giữa %(teams)s.", teams=teams)
    return text


def run_reasons(board: Board, rows: Sequence[RunRow]) -> list[str]:
    """How teams of a runs stage that stand level in everything came to their order, a sentence a pair."""
    at = {row.team: row for row in rows}
    names: dict[Hashable, str] = {side.id: side.team for side in board.sides.values()}
    return [
        _("%(a)s xếp trên %(b)s theo %(how)s.", a=names[a], b=names[b], how=decision_name(decision.how))
        for decision in board.orders("cut")
        for a, b in pairwise(decision.order)
        if a in at and b in at and at[a].key == at[b].key
    ]
