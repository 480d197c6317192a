"""The secretary's desk of a tournament: what is on, what waits, each match with its history and odd cases."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import db, transaction
from ...core.errors import Conflict, DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import (
    HallMode,
    HallScreen,
    Match,
    MatchEvent,
    MatchEventState,
    MatchState,
    Play,
    Protest,
    ResultVersion,
    StagePresence,
    TieOutcome,
)
from .. import forms
from ..brackets import From
from ..queries import lists
from ..queries.board import Board
from ..queries.views import LIVE, bracket_view, live_tallies, match_view, match_views, table_view
from ..services import calling, closing, results, rulings
from ..wording import PRESENCES, decision_name, source_text

bp = Blueprint("matches", __name__, url_prefix="/matches")

MANAGE = Permission.MATCHES_MANAGE
REFEREE = Permission.MATCHES_REFEREE


@bp.get("/")
@require(MANAGE, REFEREE)
def index() -> str | Response:
    rows = lists.tournaments_for(current_actor())
    return render_template("matches/index.html", rows=rows)


def tab_items(slug: str) -> list[tuple[str, str]]:
    return [
        ("matches.desk", _("Bàn điều hành")),
        ("matches_plan.draw", _("Bốc thăm")),
        ("matches_plan.schedule", _("Lịch trận")),
        ("matches.standings", _("Xếp hạng")),
        ("matches.teams", _("Đội")),
        ("matches_plan.crew", _("Trọng tài")),
        ("matches_papers.index", _("Giấy tờ")),
    ]


@bp.get("/<slug>/")
@require(MANAGE)
def desk(slug: str) -> str | Response:
    board = lists.board_for(current_actor(), slug)
    if board.game.runs is not None:
        return go("matches_running.board", slug=slug)
    return render_template("matches/desk.html", **_desk(board))


def _desk(board: Board) -> dict[str, object]:
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
    screens = db.session.scalars(
        sa.select(HallScreen).where(HallScreen.tournament_id == board.tournament.id).order_by(HallScreen.id)
    ).all()
    return {
        "board": board,
        "lists": by_state,
        "total": len(views),
        "screens": [(screen, _screen_form(board, screen)) for screen in screens],
        "blockers": closing.blockers(board),
        "ties": len(board.open_ties()),
        "protests": _protests(board),
        "tabs": tab_items(board.tournament.slug),
    }


def _screen_form(board: Board, screen: HallScreen) -> forms.ScreenForm:
    form = forms.ScreenForm(
        formdata=None, prefix=f"s{screen.id}-", mode=str(screen.mode), match=screen.match_id or 0, group=screen.group_id or 0
    )  # fmt: skip
    form.match.choices = [(0, _("Theo sân"))] + [(m.id, m.code) for m in board.matches]
    form.group.choices = [(0, _("Tất cả"))] + [(g.id, _("Bảng %(name)s", name=g.name)) for g in board.groups]
    return form


def _protests(board: Board) -> list[tuple[Protest, str]]:
    rows = db.session.execute(
        sa.select(Protest, Match.code)
        .join(Match, Match.id == Protest.match_id)
        .where(Match.tournament_id == board.tournament.id, Protest.decided_at.is_(None))
    )
    return [(row[0], row[1]) for row in rows]


@bp.post("/<slug>/screens/<int:screen_id>")
@require(MANAGE)
def screen(slug: str, screen_id: int) -> Response:
    board = lists.board_for(current_actor(), slug)
    prefix = f"s{screen_id}-"
    mode = request.form.get(f"{prefix}mode", "next")
    if mode not in {str(m) for m in HallMode}:
        raise Invalid(_("Chọn một mục trong danh sách."))
    match = request.form.get(f"{prefix}match", 0, type=int)
    group = request.form.get(f"{prefix}group", 0, type=int)
    known_group = {g.id for g in board.groups}
    with transaction():
        closing.set_screen(
            screen_id, HallMode(mode), actor=current_actor(), at=clock.now(),
            match_id=match if match in board.by_id else None, group_id=group if group in known_group else None,
        )  # fmt: skip
    flash(_("Đã đổi màn hình."))
    return go("matches.desk", slug=slug)


def _match(board: Board, code: str) -> Match:
    match = board.by_code.get(code)
    if match is None:
        raise NotFound(_("Không có trận này."))
    return match


@bp.get("/<slug>/m/<code>")
@require(MANAGE, REFEREE)
def match(slug: str, code: str) -> str:
    board = lists.board_of_official(current_actor(), slug)
    return _match_page(board, _match(board, code))


def _match_page(board: Board, row: Match, form: forms.ResultForm | None = None) -> str:
    counted = live_tallies(board).get(row.id)
    versions = db.session.scalars(
        sa.select(ResultVersion).where(ResultVersion.match_id == row.id).order_by(ResultVersion.number)
    ).all()
    plays = db.session.scalars(sa.select(Play).where(Play.match_id == row.id).order_by(Play.number)).all()
    events = db.session.scalars(
        sa.select(MatchEvent)
        .where(MatchEvent.play_id.in_([play.id for play in plays]))
        .order_by(MatchEvent.made_at, MatchEvent.id)
    ).all()
    protests = db.session.scalars(sa.select(Protest).where(Protest.match_id == row.id)).all()
    people = [v.entered_by_id for v in versions] + [v.confirmed_by_id for v in versions]
    people += [event.by_id for event in events]
    names = lists.names_of(people)
    return render_template(
        "matches/match.html", board=board, match=match_view(board, row, counted), row=row, versions=versions,
        plays=plays, events=events, held=[e for e in events if e.state is MatchEventState.HELD], protests=protests,
        names=names, form=form or forms.ResultForm(), ruling=forms.RulingForm(), presences=PRESENCES,
        proposal=board.proposals.get(row.id), counted=counted, dependents=board.dependents(row),
        actions={a.code: a.label for a in board.game.actions}, tabs=tab_items(board.tournament.slug),
    )  # fmt: skip


@bp.post("/<slug>/m/<code>/<step>")
@require(MANAGE, REFEREE)
def step(slug: str, code: str, step: str) -> Response | str | tuple[str, int]:
    """One step of a match: call, confirm, return, replay, protest, rule, counts, held, enter or correct."""
    board = lists.board_of_official(current_actor(), slug)
    row = _match(board, code)
    form = forms.ResultForm()
    try:
        with transaction():
            said = _take(step, row.id, form)
    except DomainError as error:
        if step not in ("enter", "correct"):
            raise
        form.take(error)
        board = lists.board_of_official(current_actor(), slug)
        return _match_page(board, _match(board, code), form), 422
    flash(said)
    return go("matches.match", slug=slug, code=code)


def _take(step: str, match_id: int, form: forms.ResultForm) -> str:
    actor, at = current_actor(), clock.now()
    reason = request.form.get("reason", "")
    match step:
        case "call":
            calling.call_match(match_id, actor=actor, at=at)
            return _("Đã gọi hai đội vào sân.")
        case "confirm":
            results.confirm_result(
                match_id, actor=actor, at=at, dependents=request.form.get("dependents", "")
            )
            return _("Kết quả đã chính thức.")
        case "return":
            results.return_result(match_id, reason, actor=actor, at=at)
            return _("Đã trả kết quả về sân.")
        case "replay":
            calling.order_replay(match_id, reason, actor=actor, at=at)
            return _("Đã cho đấu lại. Lần đấu trước vẫn còn trong biên bản.")
        case "protest":
            rulings.raise_protest(match_id, request.form.get("text", ""), None, actor=actor, at=at)
            return _("Đã ghi khiếu nại. Kết quả trận tạm chưa tính.")
        case "rule":
            protest_id = request.form.get("protest", 0, type=int)
            upheld = request.form.get("upheld") == "1"
            rulings.decide_protest(protest_id, upheld, request.form.get("answer", ""), actor=actor, at=at)
            return _("Đã ghi kết luận khiếu nại.")
        case "counts":
            rulings.set_surrogate(match_id, request.form.get("counts") == "1", actor=actor, at=at)
            return _("Đã đổi cách tính trận.")
        case "held":
            ids = [int(key) for key in request.form.getlist("event") if key.isdigit()]
            rulings.decide_held(ids, request.form.get("take") == "1", actor=actor, at=at)
            return _("Đã quyết định các sự kiện đến muộn.")
        case "enter" | "correct":
            return _enter(step, match_id, form)
    raise NotFound(_("Không có bước này."))


def _enter(step: str, match_id: int, form: forms.ResultForm) -> str:
    if not form.validate():
        raise Invalid(_("Xem lại các ô được đánh dấu."))
    actor, at = current_actor(), clock.now()
    if step == "correct":
        results.correct_result(match_id, form.entered(at), actor=actor, at=at)
        return _("Đã ghi đính chính, chờ người thứ hai xác nhận.")
    results.propose_result(match_id, form.entered(at), actor=actor, at=at)
    return _("Đã ghi kết quả, chờ người thứ hai xác nhận.")


# -- standings, ties, teams


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
        decision_name=decision_name, blockers=closing.blockers(board), tabs=tab_items(board.tournament.slug),
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
        presences=StagePresence, tabs=tab_items(slug), source_text=source_text, From=From,
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
