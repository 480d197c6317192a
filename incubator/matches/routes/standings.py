"""Standings at the desk: tables, ties to settle, closing the round; teams and those who leave."""

from __future__ import annotations

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import Conflict, DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import StagePresence, TieOutcome
from .. import forms
from ..queries import lists
from ..queries.snapshot import Board
from ..queries.views import bracket_view, table_view
from ..services import closing, rulings
from ..wording import decision_name
from .frame import MANAGE, bp, tab_items


@bp.get("/<slug>/standings")
@require(MANAGE)
def standings(slug: str) -> str:
    board = lists.board_for(current_actor(), slug)
    return _standings(board)


def _standings(board: Board, form: forms.TieForm | None = None) -> str:
    ties = [
        (
            boundary,
            name,
            tie,
            sorted((board.sides[int(str(t))] for t in tie.teams), key=lambda side: side.team),
        )
        for boundary, name, tie in board.open_ties()
    ]
    best = [
        (place, count, [(row, board.sides[int(str(row.line.team))]) for row in board.best[place].rows])
        for place, count in board.best_cuts
    ]
    return render_template(
        "matches/standings.html", board=board, tables=[table_view(board, group) for group in board.groups], ties=ties,
        best=best, bracket=bracket_view(board), form=form or forms.TieForm(), decisions=board.decisions,
        decision_name=decision_name, blockers=closing.blockers(board), tabs=tab_items(board.game),
    )  # fmt: skip


@bp.post("/<slug>/standings/tie")
@require(MANAGE)
def tie(slug: str) -> Response | tuple[str, int]:
    """The order is typed as numbers of the teams in the list, best first: “2 1 3”."""
    board = lists.board_for(current_actor(), slug)
    form = forms.TieForm()
    try:
        if not form.validate():
            raise Invalid(_("Xem lại các ô được đánh dấu."))
        sides = [int(part) for part in form.order.data.replace(",", " ").split() if part.isdigit()]
        with transaction():
            rulings.settle_tie(
                board.tournament.id, form.boundary.data, sides, TieOutcome(form.outcome.data),
                actor=current_actor(), at=clock.now(), reason=form.reason.data,
            )  # fmt: skip
    except DomainError as error:
        form.take(error)
        return _standings(lists.board_for(current_actor(), slug), form), 422
    flash(_("Đã ghi phân định."))
    return go("matches.standings", slug=slug)


@bp.post("/<slug>/close")
@require(MANAGE)
def close(slug: str) -> Response:
    board = lists.board_for(current_actor(), slug)
    with transaction():
        found = closing.close(board.tournament.id, actor=current_actor(), at=clock.now())
    through = sum(bool(placing.advanced) for placing in found.values())
    flash(_("Đã chuyển hạng vào vòng thi: %(n)s đội đi tiếp.", n=through))
    return go("matches.standings", slug=slug)


@bp.get("/<slug>/teams")
@require(MANAGE)
def teams(slug: str) -> str:
    board = lists.board_for(current_actor(), slug)
    group_of = {side: g.name for g in board.groups for side in board.members.get(g.id, [])}
    return render_template(
        "matches/teams.html", board=board, sides=list(board.sides.values()), group_of=group_of,
        presences=StagePresence, tabs=tab_items(board.game),
    )  # fmt: skip


@bp.post("/<slug>/teams/<int:side_id>")
@require(MANAGE)
def remove(slug: str, side_id: int) -> Response:
    board = lists.board_for(current_actor(), slug)
    if side_id not in board.sides:
        raise NotFound(_("Không có đội này trong vòng."))
    way = request.form.get("presence", "withdrawn")
    reason = request.form.get("reason", "").strip()
    if way not in ("withdrawn", "disqualified"):
        raise Conflict(_("Chọn rút khỏi giải hoặc truất quyền thi đấu."))
    if not reason:
        raise Invalid(_("Ghi lý do đội rời giải."), field="reason")
    with transaction():
        rulings.remove_team(side_id, StagePresence(way), reason, actor=current_actor(), at=clock.now())
    flash(_("Đã ghi đội rời giải."))
    return go("matches.teams", slug=slug)
