"""Matches that lost their court to an outage or a day off, and have no other yet."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.db import db
from ...models import Match, MatchState, Occupancy, OccupancyState
from .snapshot import Board


def has_lost_court() -> sa.ColumnElement[bool]:
    """Of a match still to be called: the calendar has taken its court away."""
    own = sa.select(Occupancy.id).where(Occupancy.owner_kind == "match", Occupancy.owner_id == Match.id)
    return sa.and_(
        Match.state == MatchState.SCHEDULED,
        own.where(Occupancy.state == OccupancyState.DISPLACED).exists(),
        ~own.where(Occupancy.state == OccupancyState.CONFIRMED).exists(),
    )


def without_court(board: Board) -> list[Match]:
    """Those that will still be played, in the order of the schedule."""
    ids = set(
        db.session.scalars(
            sa.select(Match.id).where(Match.tournament_id == board.tournament.id, has_lost_court())
        )
    )
    return [match for match in board.matches if match.id in ids and not board.unplayed(match)]
