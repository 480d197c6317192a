"""The secretary's desk of a tournament: what is on, what waits, and what the hall's screens show."""

from __future__ import annotations

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go, named
from ...models import HallMode, HallScreen, MatchState
from .. import forms
from ..queries import history, lists
from ..queries.placings import blockers
from ..queries.screens import screens_of
from ..queries.setting_up import next_steps
from ..queries.snapshot import Board
from ..queries.views import LIVE, match_views, overdue
from ..services import screens
from ..wording import short_code
from .frame import MANAGE, REFEREE, bp, tab_items


@bp.get("/")
@require(MANAGE, REFEREE)
def index() -> str | Response:
    rows = lists.tournaments_for(current_actor())
    return render_template("matches/index.html", rows=rows, can_make=current_actor().has(MANAGE))


@bp.get("/<slug>/")
@require(MANAGE)
def desk(slug: str) -> str | Response:
    board = lists.board_for(current_actor(), slug)
    if board.game.runs is not None:
        return go("matches_running.board", slug=slug)
    return render_template("matches/desk.html", **_desk(board))


def _desk(board: Board, adding: forms.NewScreenForm | None = None) -> dict[str, object]:
    views = match_views(board)
    by_state: dict[str, list[object]] = {"live": [], "ready": [], "proposed": [], "done": []}
    for view in views:
        if view.state == MatchState.PROPOSED or board.by_id[view.id].id in board.proposals:
            by_state["proposed"].append(view)
        elif view.state in LIVE:
            by_state["live"].append(view)
        elif view.state == MatchState.SCHEDULED and view.red.id and view.blue.id:
            by_state["ready"].append(view)
        elif view.done:
            by_state["done"].append(view)
    return {
        "board": board,
        "lists": by_state,
        "total": len(views),
        "overdue": [
            (board.courts[court], n)
            for court, n in overdue(board, clock.now()).items()
            if court in board.courts
        ],
        "screens": [(screen, _screen_form(board, screen)) for screen in screens_of(board.tournament.id)],
        "adding": adding or _new_screen_form(board),
        "blockers": blockers(board),
        "ties": len(board.open_ties()),
        "protests": history.open_protests(board.tournament.id) if board.protested else [],
        "late": history.late_events(board.tournament.id),
        "tabs": tab_items(board.game),
        "steps": next_steps(board),
    }


def _screen_form(board: Board, screen: HallScreen) -> forms.ScreenForm:
    form = forms.ScreenForm(
        formdata=None,
        prefix=f"s{screen.id}-",
        mode=str(screen.mode),
        match=screen.match_id or 0,
        group=screen.group_id or 0,
        court=screen.court_id or 0,
        text=screen.text,
    )
    form.match.choices = [(0, _("Theo sân"))] + [(m.id, short_code(m.code)) for m in board.matches]
    form.group.choices = [(0, _("Tất cả"))] + [(g.id, _("Bảng %(name)s", name=g.name)) for g in board.groups]
    form.court.choices = _court_choices(board)
    return form


def _court_choices(board: Board) -> list[tuple[int, str]]:
    return [(0, _("Mọi sân")), *((key, named(court)) for key, court in board.courts.items())]


def _new_screen_form(board: Board) -> forms.NewScreenForm:
    form = forms.NewScreenForm(prefix="new-")
    form.court.choices = _court_choices(board)
    return form


@bp.post("/<slug>/screens")
@require(MANAGE)
def screen_add(slug: str) -> Response | tuple[str, int]:
    board = lists.board_for(current_actor(), slug)
    form = _new_screen_form(board)
    if form.validate_on_submit():
        try:
            with transaction():
                screens.add_screen(
                    board.tournament.id,
                    form.name.data or "",
                    form.court.data or None,
                    actor=current_actor(),
                    at=clock.now(),
                )
            flash(_("Đã thêm màn hình."))
            return go("matches.desk", slug=slug)
        except DomainError as error:
            form.take(error)
            board = lists.board_for(current_actor(), slug)
    return render_template("matches/desk.html", **_desk(board, form)), 422


@bp.post("/<slug>/screens/<int:screen_id>")
@require(MANAGE)
def screen(slug: str, screen_id: int) -> Response:
    board = lists.board_for(current_actor(), slug)
    prefix = f"s{screen_id}-"
    mode = request.form.get(f"{prefix}mode", "next")
    if mode not in {str(m) for m in HallMode}:
        raise Invalid(_("Chọn một mục trong danh sách."))
    match = request.form.get(f"{prefix}match", 0, type=whole)
    group = request.form.get(f"{prefix}group", 0, type=whole)
    court = request.form.get(f"{prefix}court", 0, type=whole)
    known_group = {g.id for g in board.groups}
    with transaction():
        screens.set_screen(
            screen_id,
            HallMode(mode),
            actor=current_actor(),
            at=clock.now(),
            match_id=match if match in board.by_id else None,
            group_id=group if group in known_group else None,
            court_id=court or None,
            text=request.form.get(f"{prefix}text", "").strip()[:200],
        )
    flash(_("Đã đổi màn hình."))
    return go("matches.desk", slug=slug)
