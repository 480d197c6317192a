"""Results: entered by one person, confirmed by another, corrected by a new version. Odd cases have defined
effects.

The table of odd cases is in docs/matches.md; each of them is a `presence` of a side or a ruling here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Match,
    MatchState,
    ResultState,
    ResultVersion,
)
from .. import policies
from ..games import Game
from ..outcomes import Presence, Result, Ruling, Sheet, decide
from ..queries.board import load_board
from ..queries.snapshot import Board
from ..refusal_words import invalid
from ..refusals import RuleError
from ..scoresheet import BLUE, RED, Tally
from .calling import (
    bump,
    current_play,
    ensure_head,
    match_for_writing,
    parts_at,
    refuse_if_started,
    started_dependents,
    tournament_of,
    undo_call,
)
from .contest import audit, edition_of, touch
from .events import stored_tally

_BIGGEST = 100_000


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody enters at the review. `scores` None: as the events count; `specials` in tenths of a second,
    None for a side: as the events count, 0: none."""

    presences: tuple[Presence, Presence] = (Presence.PRESENT, Presence.PRESENT)
    scores: tuple[int, int] | None = None
    specials: tuple[int | None, int | None] = (None, None)
    ruling: Ruling = field(default_factory=Ruling)
    votes: Mapping[str, Any] = field(default_factory=dict)
    signatures: Sequence[Mapping[str, Any]] = ()
    note: str = ""


def propose_result(match_id: int, entered: Entered, *, actor: Actor, at: datetime) -> ResultVersion:
    """Enter the result of a called match for the head referee. The first entry, or again after it was sent
    back."""
    match = match_for_writing(match_id)
    parts = parts_at(actor, match.tournament_id, match.court_id)
    tournament = tournament_of(match)
    edition = edition_of(tournament)
    ensure(policies.can_referee(actor, parts) or policies.can_manage(actor, edition))
    if match.state in (MatchState.SCHEDULED, MatchState.CANCELLED):
        raise Conflict(_("Trận chưa được gọi nên chưa nhập kết quả được."))
    if match.state in (MatchState.PROPOSED, MatchState.CONFIRMED):
        raise Conflict(_("Trận đã có kết quả. Muốn đổi thì đính chính."))
    board = load_board(match.tournament_id)
    match = board.by_id[match_id]
    version = _new_version(board, match, entered, actor, at)
    match.state = MatchState.PROPOSED
    bump(match, at)
    touch(tournament)
    db.session.flush()
    audit(tournament, "result.propose", version, actor=actor, at=at, after=_facts(version))
    return version


def _new_version(board: Board, match: Match, entered: Entered, actor: Actor, at: datetime) -> ResultVersion:
    play = current_play(match.id)
    counted = stored_tally(board.game, play.id) if play else Tally()
    if any(entered.specials) and board.game.special is None:
        raise Invalid(_("Luật chơi này không có thắng tuyệt đối; để trống hai ô giây."), field="red_special")
    sheets = _sheets(match, entered, counted, board.game)
    try:
        result = decide(
            board.game,
            *sheets,
            ruling=entered.ruling,
            knockout=bool(match.round),
            key=match.id,
            counts=match.counts,
        )
    except RuleError as error:
        raise invalid(error, "ruling") from error
    number = 1 + (
        db.session.scalar(
            sa.select(sa.func.max(ResultVersion.number)).where(ResultVersion.match_id == match.id)
        )
        or 0
    )
    version = ResultVersion(
        match_id=match.id,
        play_id=play.id if play else None,
        number=number,
        red_id=match.red_id,
        blue_id=match.blue_id,
        **_outcomes(result),
        sheets=[_stored(sheet) for sheet in sheets],
        ruling=_stored_ruling(entered),
        signatures=[dict(item) for item in entered.signatures],
        note=entered.note,
        entered_by_id=actor.person_id,
        entered_at=at,
    )
    db.session.add(version)
    return version


def _sheets(match: Match, entered: Entered, counted: Tally, game: Game) -> tuple[Sheet, Sheet]:
    found = []
    least = -_BIGGEST if game.least_score is None else game.least_score
    for side, team in ((RED, match.red_id), (BLUE, match.blue_id)):
        sheet = counted.sheet(side, team, entered.presences[side])
        score = entered.scores[side] if entered.scores else sheet.score
        if not least <= score <= _BIGGEST:
            negative = _("Điểm phải từ −100.000 đến 100.000.")
            raise Invalid(negative if least else _("Điểm phải từ 0 đến 100.000."), field="scores")
        typed = entered.specials[side]
        special = sheet.special_at if typed is None else typed or None
        found.append(
            Sheet(team, score, special, sheet.counts, sheet.parts, sheet.conduct, entered.presences[side])
        )
    return found[0], found[1]


def _outcomes(result: Result) -> dict[str, Any]:
    return {
        "red_outcome": str(result.red.outcome),
        "blue_outcome": str(result.blue.outcome),
        "red_score": result.red.scored,
        "blue_score": result.blue.scored,
        "reason": str(result.reason),
    }


def _stored(sheet: Sheet) -> dict[str, Any]:
    return {
        "score": sheet.score,
        "special": sheet.special_at,
        "counts": dict(sheet.counts),
        "parts": dict(sheet.parts),
        "conduct": sheet.conduct,
        "presence": str(sheet.presence),
    }


def _stored_ruling(entered: Entered) -> dict[str, Any]:
    ruling = entered.ruling
    if not ruling.how and ruling.penalty is None:
        return {}
    penalty = list(ruling.penalty) if ruling.penalty else None
    return {"how": ruling.how, "winner": ruling.winner, "penalty": penalty, "votes": dict(entered.votes)}


def _facts(version: ResultVersion) -> dict[str, Any]:
    return {
        "match": version.match_id,
        "number": version.number,
        "score": [version.red_score, version.blue_score],
        "outcome": [version.red_outcome, version.blue_outcome],
        "reason": version.reason,
    }


def proposal_of(match_id: int) -> ResultVersion:
    """The result that waits for confirmation, of several the latest. Raises Conflict when none does."""
    found = db.session.scalar(
        sa.select(ResultVersion)
        .where(ResultVersion.match_id == match_id, ResultVersion.state == ResultState.PROPOSED)
        .order_by(ResultVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise Conflict(_("Không có kết quả nào chờ xác nhận."))
    return found


def confirm_result(match_id: int, *, actor: Actor, at: datetime, dependents: str = "") -> ResultVersion:
    """The head referee confirms what somebody else entered; from now on it counts.

    If it changes who plays in a match that has already been called, it is refused until `dependents` says
    what happens to those: "keep" (they stand as played) or "replay" (they go back to the schedule).
    """
    match = match_for_writing(match_id)
    tournament = ensure_head(actor, match, after_publication=True)
    version = proposal_of(match_id)
    ensure(
        policies.can_confirm(actor, version.entered_by_id),
        _("Người xác nhận phải khác người nhập kết quả."),
    )
    board = load_board(match.tournament_id)
    match = board.by_id[match_id]
    before = {m.code: board.filled[m.code] for m in started_dependents(board, match)}
    db.session.execute(
        sa.update(ResultVersion)
        .where(ResultVersion.match_id == match_id, ResultVersion.state == ResultState.CONFIRMED)
        .values(state=ResultState.SUPERSEDED)
    )
    version.state = ResultState.CONFIRMED
    version.confirmed_by_id, version.confirmed_at = actor.person_id, at
    match.state = MatchState.CONFIRMED
    bump(match, at)
    touch(tournament)
    db.session.flush()
    _settle_dependents(match, before, dependents, actor, at)
    audit(tournament, "result.confirm", version, actor=actor, at=at, after=_facts(version))
    return version


def _settle_dependents(
    match: Match, before: Mapping[str, Any], dependents: str, actor: Actor, at: datetime
) -> None:
    """Matches that were called with a team which the new result no longer gives them."""
    if not before:
        return
    after = load_board(match.tournament_id)
    changed = [
        code
        for code in before
        if {after.by_code[code].red_id, after.by_code[code].blue_id}
        != {after.filled[code].red, after.filled[code].blue}
    ]
    if not changed:
        return
    if dependents == "replay":
        undo_call(
            [after.by_code[code].id for code in changed], _("Kết quả trận trước thay đổi"), actor=actor, at=at
        )
    elif dependents != "keep":
        refuse_if_started(after, after.by_id[match.id])


def return_result(match_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """The head referee sends a proposal back to the court."""
    match = match_for_writing(match_id)
    tournament = ensure_head(actor, match, after_publication=True)
    version = proposal_of(match_id)
    if not reason.strip():
        raise Invalid(_("Ghi lý do trả lại."), field="reason")
    version.state = ResultState.RETURNED
    confirmed = db.session.scalar(
        sa.select(ResultVersion.id).where(
            ResultVersion.match_id == match_id, ResultVersion.state == ResultState.CONFIRMED
        )
    )
    match.state = MatchState.CONFIRMED if confirmed else MatchState.REVIEW
    bump(match, at)
    touch(tournament)
    audit(tournament, "result.return", version, actor=actor, at=at, reason=reason)


def correct_result(match_id: int, entered: Entered, *, actor: Actor, at: datetime) -> ResultVersion:
    """Enter a correction of a confirmed result, with its reason; it counts when another person confirms
    it."""
    match = match_for_writing(match_id)
    tournament = ensure_head(actor, match, after_publication=True)
    if match.state is not MatchState.CONFIRMED:
        raise Conflict(_("Chỉ đính chính được kết quả đã xác nhận."))
    if not entered.note.strip():
        raise Invalid(_("Ghi lý do đính chính."), field="note")
    pending = sa.select(ResultVersion.id).where(
        ResultVersion.match_id == match_id, ResultVersion.state == ResultState.PROPOSED
    )
    if db.session.scalar(pending.limit(1)):
        raise Conflict(_("Đã có một đính chính chờ xác nhận."))
    board = load_board(match.tournament_id)
    version = _new_version(board, board.by_id[match_id], entered, actor, at)
    touch(tournament)
    db.session.flush()
    audit(
        tournament, "result.correct", version, actor=actor, at=at, after=_facts(version), reason=entered.note
    )
    return version
