"""Papers and workbooks of a tournament."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template
from werkzeug.wrappers import Response as BaseResponse

from ...core import clock, pdf
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go, sent_file
from .. import papers, workbooks
from ..queries import lists
from ..queries.drawing import draw_view
from ..queries.history import history_of
from ..queries.snapshot import Board
from ..queries.views import best_views, bracket_view, match_view, match_views, table_view
from ..services import importing
from .frame import MANAGE, REFEREE, tab_items

bp = Blueprint("matches_papers", __name__, url_prefix="/matches")


@bp.get("/<slug>/papers")
@require(MANAGE)
def index(slug: str) -> str:
    return _page(lists.board_for(current_actor(), slug), "")


def _page(board: Board, error: str) -> str:
    return render_template(
        "matches/papers.html",
        board=board,
        tabs=tab_items(board.game),
        error=error,
        matches=[match for match in board.matches if match.state == "confirmed"],
    )


def _sent(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/<slug>/papers/<kind>.pdf")
@require(MANAGE)
def paper(slug: str, kind: str) -> Response:
    """draw, tables, bracket or schools."""
    board = lists.board_for(current_actor(), slug)
    data = None
    if kind == "draw" and (drawn := draw_view(board)) is not None:
        data = papers.draw_minutes(board, drawn)
    elif kind == "tables" and board.groups:
        data = papers.group_tables(
            board, [table_view(board, group) for group in board.groups], best_views(board)
        )
    elif kind == "bracket" and (found := bracket_view(board)) is not None:
        data = papers.bracket(board, found)
    elif kind == "schools" and board.matches:
        data = papers.school_schedules(board, match_views(board))
    if data is None:
        raise NotFound(_("Chưa có gì để in cho giấy này."))
    return _sent(pdf.render("official", data), f"{slug}-{kind}.pdf", "application/pdf")


@bp.get("/<slug>/papers/match/<code>.pdf")
@require(MANAGE, REFEREE)
def report(slug: str, code: str) -> Response:
    board = lists.board_of_official(current_actor(), slug)
    match = board.by_code.get(code)
    if match is None:
        raise NotFound(_("Không có trận này."))
    past = history_of(match.id)
    data = papers.match_report(board, match_view(board, match), past)
    return _sent(pdf.render("official", data), f"{slug}-{code}.pdf", "application/pdf")


@bp.get("/<slug>/papers/matches.xlsx")
@require(MANAGE)
def export(slug: str) -> Response:
    board = lists.board_for(current_actor(), slug)
    content = workbooks.export(board, match_views(board))
    response = _sent(
        content, f"{slug}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.xlsx"'
    return response


@bp.post("/<slug>/papers/import")
@require(MANAGE)
def import_(slug: str) -> BaseResponse | tuple[str, int]:
    board = lists.board_for(current_actor(), slug)
    data, _name = sent_file("file")
    try:
        if not data:
            raise Invalid(_("Chọn tệp .xlsx đã điền kết quả."), field="file")
        rows = workbooks.read_results(data)
        with transaction():
            entered = importing.import_results(
                board.tournament.id, rows, actor=current_actor(), at=clock.now()
            )
    except DomainError as error:
        return _page(lists.board_for(current_actor(), slug), error.message), 422
    if entered:
        flash(_("Đã nhập %(n)s kết quả, chờ người thứ hai xác nhận.", n=len(entered)))
    else:
        flash(_("Mọi trận trong tệp đã có kết quả; không đổi gì."))
    return go("matches.desk", slug=slug)
