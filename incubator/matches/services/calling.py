"""The way of a match to the court: called, ready, replayed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    CrewPart,
    Match,
    MatchCrew,
    MatchState,
    Play,
    ResultState,
    ResultVersion,
    Tournament,
)
from .. import policies
from ..queries.board import load_board
from ..queries.snapshot import Board
from ..wording import short_code
from .contest import audit, edition_of, ensure_open, touch, tournament_row


def parts_at(actor: Actor, tournament_id: int, court_id: int | None) -> frozenset[CrewPart]:
    """What the actor is at this court just now."""
    if actor.person_id is None:
        return frozenset()
    rows = db.session.scalars(
        sa.select(MatchCrew.part).where(
            MatchCrew.tournament_id == tournament_id,
            MatchCrew.person_id == actor.person_id,
            MatchCrew.to_at.is_(None),
            sa.or_(MatchCrew.court_id.is_(None), MatchCrew.court_id == court_id),
        )
    )
    return frozenset(rows)


def match_for_writing(match_id: int) -> Match:
    """Lock and load a match; whoever calls sees to it who may write. Raises NotFound."""
    lock_rows(Match, [match_id])
    match = db.session.get(Match, match_id)
    if match is None:
        raise NotFound(_("Không có trận này."))
    return match


def tournament_of(match: Match, *, after_publication: bool = False) -> Tournament:
    """The tournament of a match that may be changed now. Raises Conflict once its stage is decided."""
    tournament = tournament_row(match.tournament_id)
    ensure_open(tournament, after_publication=after_publication)
    return tournament


def ensure_head(actor: Actor, match: Match, *, after_publication: bool = False) -> Tournament:
    """The tournament, for those who rule at this court."""
    tournament = tournament_row(match.tournament_id)
    parts = parts_at(actor, match.tournament_id, match.court_id)
    ensure(
        policies.can_head(actor, edition_of(tournament), parts),
        _("Việc này của trọng tài chính hoặc ban thư ký."),
    )
    ensure_open(tournament, after_publication=after_publication)
    return tournament


def bump(match: Match, at: datetime) -> None:
    match.version += 1
    match.changed_at = at


def call_match(match_id: int, *, actor: Actor, at: datetime) -> Match:
    """Call both teams to the court. From now on the match has these teams, whatever changes upstream."""
    match = match_for_writing(match_id)
    tournament = tournament_of(match)
    parts = parts_at(actor, match.tournament_id, match.court_id)
    ensure(policies.can_head(actor, edition_of(tournament), parts))
    board = load_board(match.tournament_id)
    match = board.by_id[match_id]
    if match.state is not MatchState.SCHEDULED:
        raise Conflict(_("Trận này đã được gọi."))
    red, blue = board.teams(match)
    if not isinstance(red, int) or not isinstance(blue, int):
        raise Conflict(_("Chưa xác định đủ hai đội của trận này."))
    if match.group_id and (red in board.gone or blue in board.gone):
        raise Conflict(_("Một đội của trận này đã rời giải. Trận không đấu nữa."))
    _court_is_free(board, match)
    match.red_id, match.blue_id, match.state = red, blue, MatchState.CALLED
    db.session.add(Play(match_id=match.id, number=_next_number(match.id)))
    bump(match, at)
    touch(tournament)
    db.session.flush()
    audit(tournament, "match.call", match, actor=actor, at=at, after={"red": red, "blue": blue})
    return match


def _next_number(match_id: int) -> int:
    """A match that went back to the schedule keeps the plays it had."""
    last = db.session.scalar(sa.select(sa.func.max(Play.number)).where(Play.match_id == match_id))
    return 1 + (last or 0)


def _court_is_free(board: Board, match: Match) -> None:
    busy = [
        other
        for other in board.matches
        if other.court_id == match.court_id
        and other.state in (MatchState.CALLED, MatchState.READY, MatchState.RUNNING, MatchState.REVIEW)
    ]
    if busy and match.court_id is not None:
        raise Conflict(
            _("Sân đang có trận %(code)s. Xong trận đó rồi gọi tiếp.", code=short_code(busy[0].code))
        )


def set_ready(match_id: int, *, actor: Actor, at: datetime) -> None:
    """Teams and sides were checked on the court."""
    match = match_for_writing(match_id)
    ensure(policies.can_referee(actor, parts_at(actor, match.tournament_id, match.court_id)))
    tournament = tournament_of(match)
    if match.state is not MatchState.CALLED:
        raise Conflict(_("Trận chưa được gọi hoặc đã sẵn sàng."))
    match.state = MatchState.READY
    bump(match, at)
    touch(tournament)
    audit(tournament, "match.ready", match, actor=actor, at=at)


def current_play(match_id: int) -> Play | None:
    """The last play that was not voided, None without one."""
    return db.session.scalar(
        sa.select(Play)
        .where(Play.match_id == match_id, Play.voided_at.is_(None))
        .order_by(Play.number.desc())
        .limit(1)
    )


def order_replay(match_id: int, reason: str, *, actor: Actor, at: datetime, dependents: str = "") -> Play:
    """Play again: the play so far stays, struck through, with reason and who ordered it.

    Refused while a later match has already been called with a team from this one, until `dependents` says what
    happens to it: "keep" (it stands until the new result changes its teams) or "replay" (back to the schedule).
    """
    match = match_for_writing(match_id)
    tournament = ensure_head(actor, match)
    if not reason.strip():
        raise Invalid(_("Ghi lý do đấu lại."), field="reason")
    play = current_play(match_id)
    if play is None:
        raise Conflict(_("Trận chưa đấu, không có gì để đấu lại."))
    board = load_board(match.tournament_id)
    match = board.by_id[match_id]
    if dependents == "replay":
        undo_call([m.id for m in started_dependents(board, match)], reason.strip(), actor=actor, at=at)
    elif dependents != "keep":
        refuse_if_started(board, match)
    play.voided_at, play.void_reason, play.ordered_by_id = at, reason.strip(), actor.person_id
    fresh = Play(match_id=match_id, number=play.number + 1)
    db.session.add(fresh)
    db.session.execute(
        sa.update(ResultVersion)
        .where(
            ResultVersion.match_id == match_id,
            ResultVersion.state.in_([ResultState.PROPOSED, ResultState.CONFIRMED]),
        )
        .values(state=ResultState.SUPERSEDED)
    )
    match.state = MatchState.CALLED
    bump(match, at)
    touch(tournament)
    db.session.flush()
    audit(tournament, "match.replay", match, actor=actor, at=at, reason=reason, after={"play": fresh.number})
    return fresh


def started_dependents(board: Board, match: Match) -> list[Match]:
    """Matches that began with a team that comes from this one."""
    return [m for m in board.dependents(match) if m.state not in (MatchState.SCHEDULED, MatchState.CANCELLED)]


def refuse_if_started(board: Board, match: Match) -> None:
    """Raises Conflict (`dependents_started`, with the codes) where a later match began with a team from this one."""
    started = started_dependents(board, match)
    if started:
        raise Conflict(
            _(
                "Trận sau (%(codes)s) đã bắt đầu với đội từ trận này. Trọng tài chính quyết định: giữ trận sau hay đấu lại.",
                codes=", ".join(short_code(m.code) for m in started),
            ),
            code="dependents_started",
            matches=[m.code for m in started],
        )


def void_plays(match_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Strike through what was played of a match so far."""
    db.session.execute(
        sa.update(Play)
        .where(Play.match_id == match_id, Play.voided_at.is_(None))
        .values(voided_at=at, void_reason=reason, ordered_by_id=actor.person_id)
    )


def undo_call(match_ids: Collection[int], reason: str, *, actor: Actor, at: datetime) -> None:
    """Send matches back to the schedule: their plays are void and their places open again."""
    for match_id in match_ids:
        match = match_for_writing(match_id)
        tournament = ensure_head(actor, match)
        void_plays(match_id, reason, actor=actor, at=at)
        db.session.execute(
            sa.update(ResultVersion)
            .where(
                ResultVersion.match_id == match_id,
                ResultVersion.state.in_([ResultState.PROPOSED, ResultState.CONFIRMED]),
            )
            .values(state=ResultState.SUPERSEDED)
        )
        if match.round:
            match.red_id = match.blue_id = None
        match.state = MatchState.SCHEDULED
        bump(match, at)
        audit(tournament, "match.uncall", match, actor=actor, at=at, reason=reason)
