"""Standings at the desk: tables, ties to settle, closing the round; teams and those who leave."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import is_count
from ...core.web import current_actor, go
from ...models import Match, StagePresence, TieOutcome
from ..queries import lists
from ..queries.placings import blockers
from ..queries.snapshot import Board
from ..queries.ties import tie_views
from ..queries.views import best_views, bracket_view, table_view
from ..services import closing, leaving, rulings
from ..wording import decision_name, short_code
from .frame import MANAGE, bp, tab_items, told
from .running import runs_page


@bp.get("/<slug>/standings")
@require(MANAGE)
def standings(slug: str) -> str | Response:
    board = lists.board_for(current_actor(), slug)
    if board.game.runs is not None:  # ranked where its runs are entered
        return go("matches_running.board", slug=slug)
    return _standings(board)


def _standings(board: Board, error: str = "") -> str:
    return render_template(
        "matches/standings.html",
        board=board,
        tables=[table_view(board, group) for group in board.groups],
        ties=tie_views(board),
        error=error,
        typed=request.form,
        best=best_views(board),
        bracket=bracket_view(board),
        decisions=board.decisions,
        decision_name=decision_name,
        blockers=blockers(board),
        tabs=tab_items(board.game),
    )


@bp.post("/<slug>/standings/tie")
@require(MANAGE)
def tie(slug: str) -> Response | str | tuple[str, int]:
    """Settle one tie: a rank for each of its teams, how, and the paper."""
    board = lists.board_for(current_actor(), slug)
    try:
        with transaction():
            _settle(board, request.form.get("boundary", ""), request.form.get("reason", "").strip())
    except DomainError as error:
        board = lists.board_for(current_actor(), slug)
        page = _standings if board.game.runs is None else runs_page
        return page(board, error.message), 422
    flash(_("Đã ghi phân định."))
    return go("matches.standings" if board.game.runs is None else "matches_running.board", slug=slug)


def _settle(board: Board, boundary: str, reason: str) -> None:
    places = {
        int(name.removeprefix("place-")): value
        for name, value in request.form.items()
        if is_count(name.removeprefix("place-"))
    }
    if len(set(places.values())) != len(places):
        raise Invalid(_("Mỗi đội một hạng khác nhau."), field="order")
    if not reason:
        raise Invalid(_("Ghi căn cứ của việc phân định, ví dụ số biên bản."), field="reason")
    outcome = request.form.get("outcome", "")
    if outcome not in {str(value) for value in TieOutcome}:
        raise Invalid(_("Chọn cách phân định."), field="outcome")
    order = sorted(places, key=lambda side: int(places[side]) if is_count(places[side]) else 0)
    rulings.settle_tie(
        board.tournament.id,
        boundary,
        order,
        TieOutcome(outcome),
        actor=current_actor(),
        at=clock.now(),
        reason=reason,
    )


@bp.post("/<slug>/close")
@require(MANAGE)
def close(slug: str) -> Response:
    board = lists.board_for(current_actor(), slug)
    with told():
        with transaction():
            found = closing.close(board.tournament.id, actor=current_actor(), at=clock.now())
        through = sum(bool(placing.advanced) for placing in found.values())
        flash(_("Đã chốt vòng: %(n)s đội đi tiếp.", n=through) if through else _("Đã chốt vòng."))
    return go("matches.standings", slug=slug)


@bp.get("/<slug>/teams")
@require(MANAGE)
def teams(slug: str) -> str:
    return _teams(lists.board_for(current_actor(), slug))


def _teams(board: Board, error: str = "", side_id: int | None = None) -> str:
    """The teams; `error` stands above them, with the form of the team it is about open."""
    group_of = {side: g.name for g in board.groups for side in board.members.get(g.id, [])}
    return render_template(
        "matches/teams.html",
        board=board,
        sides=list(board.sides.values()),
        group_of=group_of,
        error=error,
        opened=side_id,
        typed=request.form,
        tabs=tab_items(board.game),
    )


def _board_with(slug: str, side_id: int) -> Board:
    board = lists.board_for(current_actor(), slug)
    if side_id not in board.sides:
        raise NotFound(_("Không có đội này trong vòng."))
    return board


@bp.post("/<slug>/teams/<int:side_id>")
@require(MANAGE)
def remove(slug: str, side_id: int) -> Response | tuple[str, int]:
    """A team leaves: withdrawn or disqualified, with the reason."""
    _board_with(slug, side_id)
    reason = request.form.get("reason", "").strip()
    try:
        if request.form.get("presence") not in ("withdrawn", "disqualified"):
            raise Invalid(_("Chọn rút khỏi giải hoặc truất quyền thi đấu."), field="presence")
        if not reason:
            raise Invalid(_("Ghi lý do đội rời giải."), field="reason")
        way = StagePresence(request.form["presence"])
        with transaction():
            leaving.remove_team(side_id, way, reason, actor=current_actor(), at=clock.now())
    except DomainError as error:
        return _teams(_board_with(slug, side_id), error.message, side_id), error.status
    flash(_("Đã ghi đội rời giải."))
    return go("matches.teams", slug=slug)


@bp.post("/<slug>/teams/<int:side_id>/return")
@require(MANAGE)
def bring_back(slug: str, side_id: int) -> Response | tuple[str, int]:
    """Take back that a team left."""
    team = _board_with(slug, side_id).sides[side_id].team
    try:
        with transaction():
            done = leaving.return_team(
                side_id, request.form.get("reason", ""), actor=current_actor(), at=clock.now()
            )
    except DomainError as error:
        return _teams(_board_with(slug, side_id), error.message, side_id), error.status
    said = [_("Đã đưa %(team)s trở lại giải.", team=team)]
    if done.restored:
        said.append(_("Các trận trở lại lịch: %(codes)s.", codes=_codes(done.restored)))
    if done.shifted:
        said.append(_("Các trận phải dời giờ: %(codes)s.", codes=_codes(done.shifted)))
    flash(" ".join(said))
    return go("matches.teams", slug=slug)


def _codes(matches: Iterable[Match]) -> str:
    return ", ".join(short_code(match.code) for match in matches)
