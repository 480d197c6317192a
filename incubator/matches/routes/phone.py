"""The referee's phone: big buttons, a queue that outlives a lost line, and the review after the match."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, flash, jsonify, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, ensure, require
from ...core.db import transaction
from ...core.errors import Conflict, DomainError, Invalid
from ...core.i18n import _
from ...core.text.numerals import is_count
from ...core.web import current_actor, go, named
from ...models import CrewPart, Match, MatchState
from .. import forms, policies
from ..games import ActionKind, Game
from ..queries import history, lists
from ..queries.snapshot import Board
from ..queries.views import live_tallies, match_view, signed, verdict
from ..scoresheet import Tally
from ..services import calling, contest, events, results
from ..wording import STATES

bp = Blueprint("matches_phone", __name__, url_prefix="/matches/phone")
PERMISSIONS = (Permission.MATCHES_REFEREE, Permission.MATCHES_MANAGE)


@bp.get("/")
@require(*PERMISSIONS)
def index() -> str:
    found = [
        (
            board,
            [view for view in map(partial(match_view, board), matches) if view.state != MatchState.CANCELLED],
        )
        for board, matches in lists.matches_of_referee(current_actor())
    ]
    shown = [(board, views[:12]) for board, views in found if views]
    return render_template("matches/phone_index.html", found=shown)


def _open(match_id: int) -> tuple[Board, Match, frozenset[CrewPart]]:
    board = lists.board_at_match(current_actor(), match_id)
    row = board.by_id[match_id]
    return board, row, board.parts_at(row.court_id)


@bp.get("/<int:match_id>")
@require(*PERMISSIONS)
def match(match_id: int) -> str:
    board, row, parts = _open(match_id)
    counted = live_tallies(board).get(row.id, Tally())
    view = match_view(board, row, counted)
    view.red.score, view.blue.score = counted.score
    only = board.side_at(row.court_id)
    pads = [a for a in board.game.actions if a.kind in (ActionKind.SCORE, ActionKind.TASK)]
    lesser = [a for a in board.game.actions if a not in pads]
    late = (
        history.late_events_of(row.id, current_actor().person_id) if row.state is MatchState.CONFIRMED else 0
    )
    return render_template(
        "matches/phone.html",
        board=board,
        match=view,
        row=row,
        parts=parts,
        pads=pads,
        lesser=lesser,
        counted=counted,
        game=_game(board.game),
        state=_state(row.state, row.version, counted),
        part=CrewPart,
        undo=[tap for tap in _last(counted) if only in (None, tap["side"])],
        now=_now(),
        only=only,
        late=late,
    )


def _now() -> int:
    return int(clock.now().timestamp() * 1000)


def _game(game: Game) -> dict[str, Any]:
    """What the script needs to show taps before they are saved."""
    return {
        "actions": {
            a.code: {"label": named(a, "label"), "points": a.points, "gives": a.gives} for a in game.actions
        },
        "phases": {p.code: named(p, "label") for p in game.phases},
        "lengths": {p.code: p.seconds for p in game.phases},
        "special": named(game.special, "label") if game.special else None,
    }


def _last(counted: Tally) -> list[dict[str, Any]]:
    """The latest counted taps, newest first, so that any phone can take one back."""
    return [
        {"id": e.client_id, "side": e.side, "code": e.code, "at": e.at}
        for e in reversed(counted.counted[-12:])
    ]


def _state(state: MatchState, version: int, counted: Tally) -> dict[str, Any]:
    clock_ = counted.clock
    return {
        "state": str(state),
        "label": str(STATES[state]),
        "version": version,
        "score": list(counted.score),
        "counts": [dict(side.counts) for side in counted.sides],
        "last": _last(counted),
        "end": {"id": counted.end.client_id, "at": counted.end.at} if counted.end else None,
        "clock": {
            "phase": clock_.phase,
            "left": clock_.left,
            "since": clock_.since,
            "running": clock_.running,
            "shot": clock_.shot_left,
            "possession": clock_.possession,
        },
    }


@bp.get("/<int:match_id>/state")
@require(*PERMISSIONS)
def state(match_id: int) -> Response:
    """The score as the server has it, with its time; 304 while nothing has changed."""
    match = lists.get_match(match_id)
    actor = current_actor()
    if not calling.parts_at(actor, match.tournament_id, match.court_id):
        tournament_row = contest.tournament_row(match.tournament_id)
        ensure(policies.can_manage(actor, contest.edition_of(tournament_row)))
    etag = f"{match.version}"
    if etag in request.if_none_match:
        response = FlaskResponse(status=304)
    else:
        play = calling.current_play(match_id)
        game = events.game_by_id(lists.game_id_of(match))
        counted = events.stored_tally(game, play.id) if play else Tally()
        response = jsonify(_state(match.state, match.version, counted))
    response.set_etag(etag)
    response.headers["X-Now"] = str(_now())
    return response


@bp.post("/<int:match_id>/events")
@require(*PERMISSIONS)
def receive(match_id: int) -> Response:
    """A phone's queue as JSON: {"now": its clock, "offset": measured, or null, "events": [{id, kind, at, side, code,
    value, undoes}]}."""
    data = request.get_json(silent=True)
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("events"), list)
        or not isinstance(data.get("now"), int)
        or not isinstance(data.get("offset"), int | None)
    ):
        raise Invalid(_("Sự kiện gửi lên chưa đúng dạng. Tải lại trang rồi bấm lại."))
    with transaction():
        receipt = events.receive(
            match_id,
            data["events"],
            sent_at=data["now"],
            offset=data.get("offset"),
            actor=current_actor(),
            at=clock.now(),
        )
    return jsonify(
        saved=receipt.saved,
        held=receipt.held,
        refused=receipt.refused,
        notes=receipt.notes,
        now=_now(),
        **_state(receipt.state, receipt.version, receipt.tally),
    )


def _pressed(do: str, end: str, end_at: int) -> list[dict[str, Any]]:
    """The events of one button: “kind:side:code”, “undo:id”, “adjust::ms”, “reopen” (play goes on after the end)."""
    kind, _colon, rest = do.partition(":")
    side, _colon, code = rest.partition(":")
    event = {"id": uuid.uuid4().hex, "kind": kind, "at": _now(), "side": side or None, "code": code}
    if kind == "undo":
        event |= {"side": None, "undoes": rest}
    elif kind == "adjust":
        event |= {"side": None, "code": "", "value": int(code) if is_count(code.removeprefix("-")) else 0}
    elif kind == "reopen":
        event |= {"kind": "undo", "undoes": end}
        return [event, {"id": uuid.uuid4().hex, "kind": "pause", "at": end_at}]
    return [event]


@bp.post("/<int:match_id>/tap")
@require(*PERMISSIONS)
def tap(match_id: int) -> Response:
    """The same buttons as a plain form: one tap, then back to the page."""
    batch = _pressed(
        request.form.get("do", ""), request.form.get("end", ""), request.form.get("end_at", 0, int)
    )
    with transaction():
        receipt = events.receive(match_id, batch, sent_at=_now(), actor=current_actor(), at=clock.now())
    for sentence in [*receipt.refused.values(), *receipt.held.values(), *receipt.notes.values()]:
        flash(sentence, "bad")
    return go("matches_phone.match", match_id=match_id)


@bp.post("/<int:match_id>/ready")
@require(*PERMISSIONS)
def ready(match_id: int) -> Response:
    try:
        with transaction():
            calling.set_ready(match_id, actor=current_actor(), at=clock.now())
    except Conflict as error:
        flash(error.message, "bad")
    return go("matches_phone.match", match_id=match_id)


@bp.route("/<int:match_id>/review", methods=["GET", "POST"])
@require(*PERMISSIONS)
def review(match_id: int) -> str | Response | tuple[str, int]:
    """Item by item, with team and number again; captains sign; then the head referee confirms."""
    board, row, parts = _open(match_id)
    form = forms.ResultForm()
    if form.validate_on_submit():
        try:
            if not form.checked.data:
                raise Invalid(_("Đọc lại từng mục với hai đội trưởng rồi đánh dấu."), field="checked")
            at = clock.now()
            with transaction():
                results.propose_result(match_id, form.entered(at), actor=current_actor(), at=at)
            flash(_("Đã gửi kết quả. Trọng tài chính xác nhận."))
            return go("matches_phone.review", match_id=match_id)
        except DomainError as error:
            form.take(error)
            board, row, parts = _open(match_id)
    counted = live_tallies(board).get(row.id, Tally())
    version = board.proposals.get(row.id) or board.versions.get(row.id)
    may_confirm = (
        version is not None
        and row.state is MatchState.PROPOSED
        and policies.can_head(current_actor(), board.edition, parts)
        and policies.can_confirm(current_actor(), version.entered_by_id)
    )
    page = render_template(
        "matches/review.html",
        board=board,
        match=match_view(board, row, counted),
        row=row,
        form=form,
        counted=counted,
        version=version,
        may_confirm=may_confirm,
        names=lists.names_of([version.entered_by_id] if version else []),
        verdict=verdict,
        signed=signed,
    )
    return (page, 422) if form.errors else page


@bp.post("/<int:match_id>/confirm")
@require(*PERMISSIONS)
def confirm(match_id: int) -> Response:
    try:
        with transaction():
            results.confirm_result(match_id, actor=current_actor(), at=clock.now())
    except Conflict as error:
        flash(error.message, "bad")
        return go("matches_phone.review", match_id=match_id)
    flash(_("Kết quả đã chính thức."))
    return go("matches_phone.index")
