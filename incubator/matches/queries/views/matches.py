"""Matches as pages show them, with the live score of those that are on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ....core.db import db
from ....core.i18n import _
from ....core.web import named
from ....models import Match, MatchEvent, MatchEventState, MatchState, Play, ResultVersion
from ...brackets import VACANT, Slot
from ...outcomes import Outcome
from ...scoresheet import Event, EventKind, Tally, tally
from ...wording import STATE_KINDS, STATES, match_name, short_code, source_text
from ...wording import label as action_label
from ..snapshot import Board
from .leavers import match_note
from .versions import reason_text

_A_DAY = 12 * 60  # minutes; a match that is left open on an earlier day or moved to another is not late
LIVE = (MatchState.CALLED, MatchState.READY, MatchState.RUNNING, MatchState.REVIEW, MatchState.PROPOSED)


@dataclass(slots=True)
class SideView:
    """One side of a match: who, what for, how many."""

    id: int | None
    team: str
    school: str
    sub: str = ""
    score: int | None = None
    won: bool = False
    lost: bool = False
    known: bool = True
    counts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class MatchView:
    id: int
    code: str
    short: str
    name: str
    state: str
    state_label: str
    state_kind: str
    court: str
    court_id: int | None
    starts_at: datetime | None
    planned_at: datetime | None
    red: SideView
    blue: SideView
    reason: str = ""
    note: str = ""
    round: int = 0
    group_id: int | None = None
    late: int = 0
    frozen: bool = False
    counts: bool = True
    protested: bool = False
    clock: dict[str, Any] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.state in (MatchState.RUNNING, MatchState.REVIEW, MatchState.PROPOSED)

    @property
    def done(self) -> bool:
        return self.state == MatchState.CONFIRMED

    @property
    def by_result(self) -> tuple[SideView | None, SideView | None]:
        """Winner and loser of an official result, also of a match that needs no play."""
        if self.state not in (MatchState.CONFIRMED, MatchState.CANCELLED) or self.red.won == self.blue.won:
            return None, None
        return (self.red, self.blue) if self.red.won else (self.blue, self.red)


def match_view(board: Board, match: Match, counted: Tally | None = None) -> MatchView:
    """One match; `counted` gives the live score of a match that is being played."""
    red, blue = board.teams(match)
    version = board.versions.get(match.id)
    view = MatchView(
        id=match.id,
        code=match.code,
        short=short_code(match.code),
        name=match_name(match.code, match.round),
        state=str(match.state),
        state_label=str(STATES[match.state]),
        state_kind=STATE_KINDS[match.state],
        court=_court(board, match.court_id),
        court_id=match.court_id,
        starts_at=match.starts_at,
        planned_at=match.planned_at,
        red=_side(board, match, red, "red"),
        blue=_side(board, match, blue, "blue"),
        round=match.round,
        group_id=match.group_id,
        late=_late(match),
        counts=match.counts,
        protested=match.id in board.protested,
        note=match_note(board, match),
    )
    if board.unplayed(match):
        view.state, view.state_label, view.state_kind = str(MatchState.CANCELLED), _("Không đấu"), "error"
    elif match.round and match.state is MatchState.SCHEDULED and board.filled[match.code].bye:
        _show_bye(view, board.filled[match.code].winner)
    if version is not None and match.state is MatchState.CONFIRMED:
        _show_result(view, version)
        if view.protested:
            view.state_label, view.state_kind = _("Chờ kết luận khiếu nại"), "provisional"
    elif counted is not None and match.state in LIVE:
        _show_live(board, view, counted)
    return view


def _court(board: Board, court_id: int | None) -> str:
    court = board.courts.get(court_id or 0)
    return named(court) if court else ""


def _late(match: Match) -> int:
    if match.planned_at is None or match.starts_at is None or match.state is not MatchState.SCHEDULED:
        return 0
    minutes = int((match.starts_at - match.planned_at).total_seconds() // 60)
    return minutes if 0 < minutes < _A_DAY else 0


def overdue(board: Board, now: datetime) -> dict[int, int]:
    """Minutes by which the next match of a court should have begun, by court; courts that keep their time are left out."""
    found: dict[int, int] = {}
    waiting = [m for m in board.matches if m.starts_at and m.court_id and m.state is MatchState.SCHEDULED]
    for match in sorted(waiting, key=lambda m: m.starts_at or now):
        if match.court_id not in found and match.starts_at and not board.unplayed(match):
            found[match.court_id or 0] = int((now - match.starts_at).total_seconds() // 60)
    return {court: minutes for court, minutes in found.items() if 0 < minutes < _A_DAY}


def _side(board: Board, match: Match, slot: Slot, name: str) -> SideView:
    sub = ""
    if match.round:
        tie = board.tie_of[match.code]
        sub = source_text(tie.red if name == "red" else tie.blue)
    side = board.side(slot)
    if side is not None:
        return SideView(side.id, side.team, side.school, sub)
    if slot is VACANT:
        return SideView(None, _("Trống"), "", known=False)
    return SideView(None, _("Chưa xác định"), "", sub, known=False)


def _show_result(view: MatchView, version: ResultVersion) -> None:
    for side, score, outcome in (
        (view.red, version.red_score, version.red_outcome),
        (view.blue, version.blue_score, version.blue_outcome),
    ):
        side.score, side.won, side.lost = score, outcome == Outcome.WIN, outcome == Outcome.LOSS
    view.reason = reason_text(version)


def _show_bye(view: MatchView, winner: Slot) -> None:
    """A match of the bracket with an empty place: nobody plays it."""
    view.state, view.state_label, view.state_kind = str(MatchState.CANCELLED), _("Không phải đấu"), "draft"
    for side in (view.red, view.blue):
        side.won = side.id is not None and side.id == winner


def _show_live(board: Board, view: MatchView, counted: Tally) -> None:
    view.frozen = board.tournament.freeze_scores and view.state in (MatchState.REVIEW, MatchState.PROPOSED)
    clock = counted.clock
    view.clock = {
        "phase": clock.phase,
        "left": clock.left,
        "since": clock.since,
        "running": clock.running,
        "shot": clock.shot_left,
        "possession": clock.possession,
    }
    for n, side in enumerate((view.red, view.blue)):
        own = counted.sides[n]
        side.score = None if view.frozen else own.score
        side.counts = (
            []
            if view.frozen
            else [(action_label(action), own.counts[action.code]) for action in board.game.actions]
        )


def live_tallies(board: Board) -> dict[int, Tally]:
    """Scores of the matches that are on now, counted from their logs in one query, once for a board."""
    if board.counted is None:
        board.counted = _count(board)
    return board.counted


def _count(board: Board) -> dict[int, Tally]:
    wanted = [match.id for match in board.matches if match.state in LIVE]
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(
            Play.match_id,
            MatchEvent.client_id,
            MatchEvent.kind,
            MatchEvent.made_at,
            MatchEvent.side,
            MatchEvent.code,
            MatchEvent.value,
            MatchEvent.undoes,
        )
        .join(Play, Play.id == MatchEvent.play_id)
        .where(
            Play.match_id.in_(wanted), Play.voided_at.is_(None), MatchEvent.state == MatchEventState.COUNTED
        )
    )
    events: dict[int, list[Event]] = {match_id: [] for match_id in wanted}
    for row in rows:
        events[row[0]].append(Event(row[1], EventKind(row[2]), *row[3:]))
    return {match_id: tally(board.game, own) for match_id, own in events.items()}


def match_views(board: Board, matches: Sequence[Match] | None = None) -> list[MatchView]:
    counted = live_tallies(board)
    return [
        match_view(board, match, counted.get(match.id))
        for match in (board.matches if matches is None else matches)
    ]
