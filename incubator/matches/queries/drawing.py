"""A draw as it stands, for the hall, the desk and the minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from ...core.db import db
from ...models import Draw as DrawRow
from ...models import DrawPick, DrawState
from .. import draw as rules
from ..flows import Entrant
from ..refusals import RuleError
from .sides import Side
from .snapshot import Board


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw as its log says, replayed at each look.

    `groups` are (name, places from 1 on: side or None); `upcoming` is the next team, `allowed` where it may go;
    `differs` is the first pick that the seed does not give, if somebody tampered with log or seed.
    """

    id: int
    seed: str
    state: DrawState
    picks: list[tuple[DrawPick, Side]]
    groups: list[tuple[str, list[Side | None]]]
    upcoming: Side | None
    allowed: tuple[str, ...]
    crowded: Mapping[str, int]
    total: int
    differs: int | None = None
    pots: Mapping[int, int] = field(default_factory=dict)


def draw_view(board: Board) -> DrawView | None:
    row = current_draw(board.tournament.id)
    if row is None:
        return None
    picks = picks_of(row.id)
    draw, differs = _replayed(row, picks)
    places: dict[str, list[Side | None]] = {
        name: [None] * size for name, size in zip(row.group_names, row.sizes, strict=True)
    }
    for pick in picks:
        places[pick.group_name][pick.position - 1] = board.sides[pick.stage_entry_id]
    schools = {side.school_id: side.school for side in board.sides.values()}
    upcoming = board.sides[draw.upcoming.key] if draw.upcoming and differs is None else None
    return DrawView(
        row.id,
        row.seed,
        row.state,
        [(pick, board.sides[pick.stage_entry_id]) for pick in picks],
        list(places.items()),
        upcoming,
        draw.allowed() if upcoming else (),
        {schools.get(key, ""): most for key, most in draw.report.crowded.items()},
        len(row.entrants),
        differs,
        {key: pot for key, _school, pot in row.entrants if pot is not None},
    )


def _replayed(row: DrawRow, picks: Sequence[DrawPick]) -> tuple[rules.Draw, int | None]:
    try:
        return rebuild(row, picks), None
    except RuleError as error:
        if error.code != "replay_differs":
            raise
        return rebuild(row, ()), int(str(error.values["number"]))


def current_draw(tournament_id: int) -> DrawRow | None:
    return db.session.scalar(
        sa.select(DrawRow).where(DrawRow.tournament_id == tournament_id, DrawRow.state != DrawState.VOID)
    )


def rebuild(row: DrawRow, picks: Sequence[DrawPick]) -> rules.Draw:
    """The rule object of a stored draw, replayed to where it stands. Raises RuleError if the log differs."""
    entrants = [Entrant(key, school, pot) for key, school, pot in row.entrants]
    draw = rules.Draw(entrants, row.group_names, row.sizes, row.seed, order=row.order)
    known = [
        rules.Pick(p.number, p.stage_entry_id, tuple(p.allowed), p.group_name, p.position, p.by_hand)
        for p in picks
    ]
    rules.replay(draw, known)
    return draw


def picks_of(draw_id: int) -> list[DrawPick]:
    return list(
        db.session.scalars(sa.select(DrawPick).where(DrawPick.draw_id == draw_id).order_by(DrawPick.number))
    )
