"""Draw, schedule and crew of a tournament."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...accounts.queries import person_of_contact
from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import is_count, whole
from ...core.web import current_actor, go, named
from ...models import CrewPart, DrawState
from .. import forms
from ..plan_form import PlanForm, plan_data
from ..queries import lists
from ..queries.courts import without_court
from ..queries.drawing import DrawView, current_draw, draw_view
from ..queries.snapshot import Board
from ..queries.views import match_views, schedule_grid
from ..services import courts, drawing, moving, planning, setup
from ..wording import PROBLEMS, short_code
from .frame import MANAGE, tab_items, told

bp = Blueprint("matches_plan", __name__, url_prefix="/matches")


def _board(slug: str) -> Board:
    board = lists.board_for(current_actor(), slug)
    if board.game.runs is not None:
        raise NotFound(_("Vòng này thi theo lượt: không bốc thăm, không có trận."))
    return board


@bp.route("/<slug>/draw", methods=["GET", "POST"])
@require(MANAGE)
def draw(slug: str) -> str | Response | tuple[str, int]:
    board = _board(slug)
    form = forms.DrawForm(groups=len(board.groups) or max(1, len(board.sides) // 4))
    if form.validate_on_submit():
        try:
            with transaction():
                actor, at = current_actor(), clock.now()
                if len(board.groups) != form.groups.data or not board.groups:
                    setup.make_groups(board.tournament.id, form.groups.data, actor=actor, at=at)
                drawing.open_draw(
                    board.tournament.id,
                    form.seed.data,
                    actor=actor,
                    at=at,
                    order=form.order.data,
                    pots=_pots(board),
                )
            return go("matches_plan.draw", slug=slug)
        except DomainError as error:
            form.take(error)
    found = draw_view(board)
    page = render_template(
        "matches/draw.html",
        board=board,
        form=form,
        draw=found,
        typed=request.form,
        tabs=tab_items(board.game),
        **_draw_extra(found),
    )
    return (page, 422) if form.errors else page


def _pots(board: Board) -> dict[int, int]:
    """The pots as typed, by side. Raises Invalid naming the team whose pot is no number."""
    found = {}
    for side in board.sides.values():
        text = request.form.get(f"pot-{side.id}", "").strip()
        if text and not (is_count(text) and 1 <= int(text) <= 64):
            raise Invalid(_("Nhóm của %(team)s: ghi số từ 1 đến 64 hoặc để trống.", team=side.team))
        if text:
            found[side.id] = int(text)
    return found


def _draw_extra(found: DrawView | None) -> dict[str, object]:
    return {"open": found is not None and found.state is DrawState.OPEN, "pick": forms.PickForm()}


def _open_draw(board: Board) -> int:
    row = current_draw(board.tournament.id)
    if row is None:
        raise Invalid(_("Chưa mở bốc thăm."))
    return row.id


@bp.post("/<slug>/draw/next")
@require(MANAGE)
def draw_next(slug: str) -> Response:
    board = _board(slug)
    with told():
        draw_id = _open_draw(board)
        with transaction():
            picks = drawing.draw_next(
                draw_id,
                actor=current_actor(),
                at=clock.now(),
                group=request.form.get("group") or None,
                all_left=bool(request.form.get("all_left")),
            )
        team = board.sides[picks[-1].stage_entry_id].team
        flash(_("%(team)s vào bảng %(group)s.", team=team, group=picks[-1].group_name))
    return go("matches_plan.draw", slug=slug)


@bp.post("/<slug>/draw/void")
@require(MANAGE)
def draw_void(slug: str) -> Response:
    board = _board(slug)
    with told():
        draw_id = _open_draw(board)
        with transaction():
            drawing.void_draw(draw_id, request.form.get("reason", ""), actor=current_actor(), at=clock.now())
        flash(_("Đã hủy lần bốc thăm. Biên bản vẫn còn."))
    return go("matches_plan.draw", slug=slug)


@bp.route("/<slug>/schedule", methods=["GET", "POST"])
@require(MANAGE)
def schedule(slug: str) -> str | Response | tuple[str, int]:
    board = _board(slug)
    form = _plan_form(board)
    if form.validate_on_submit():
        try:
            plan = form.plan()
            with transaction():
                planning.make_schedule(
                    board.tournament.id,
                    plan,
                    actor=current_actor(),
                    at=clock.now(),
                    seconds=form.seconds.data or 0,
                )
            flash(_("Đã lập lịch."))
            return go("matches_plan.schedule", slug=slug)
        except DomainError as error:
            form.take(error)
            board = _board(slug)
    return _schedule_page(board, form)


def _plan_form(board: Board, **more: Any) -> PlanForm:
    """The form as the last schedule was made."""
    starts = board.stage.starts_at or clock.now()
    return PlanForm(data=plan_data(planning.plan_of(board.tournament), starts), **more)


def _schedule_page(
    board: Board,
    form: PlanForm,
    move: forms.MoveForm | None = None,
    preview: moving.Move | None = None,
) -> str | tuple[str, int]:
    move = move or _move_form(board)
    late = forms.LateForm(formdata=None)
    late.court.choices = [(key, named(court)) for key, court in board.courts.items()]
    views = match_views(board)
    page = render_template(
        "matches/schedule.html",
        board=board,
        form=form,
        move=move,
        late=late,
        preview=preview,
        matches=views,
        grid=schedule_grid(board, views),
        quality=moving.quality_of(board),
        problems=PROBLEMS,
        moment=planning.moment,
        tabs=tab_items(board.game),
        changed=_changed(board, preview),
        lost={match.code for match in without_court(board)},
    )
    return (page, 422) if form.errors or move.errors else page


def _changed(board: Board, preview: moving.Move | None) -> list[tuple[str, datetime | None, datetime]]:
    if preview is None:
        return []
    return [
        (str(slot.key), board.by_code[str(slot.key)].starts_at, planning.moment(slot.start))
        for slot in preview.slots
        if board.by_code[str(slot.key)].starts_at != planning.moment(slot.start)
        or board.by_code[str(slot.key)].court_id != slot.court
    ]


def _move_form(board: Board, **values: object) -> forms.MoveForm:
    form = forms.MoveForm(**values) if request.method == "POST" else forms.MoveForm(formdata=None, **values)
    form.match.choices = [(m.code, short_code(m.code)) for m in board.matches if m.state == "scheduled"]
    form.court.choices = [(key, named(court)) for key, court in board.courts.items()]
    return form


@bp.post("/<slug>/schedule/move")
@require(MANAGE)
def move(slug: str) -> Response | str | tuple[str, int]:
    """First the consequences, then, with them in sight, the move itself."""
    board = _board(slug)
    form = _move_form(board)
    plan = _plan_form(board, formdata=None)
    start = form.start.data
    if not form.validate() or start is None:
        return _schedule_page(board, plan, form)
    try:
        preview = moving.preview_move(board, form.match.data, form.court.data, start)
        if not request.form.get("do"):
            return _schedule_page(board, plan, form, preview)
        with transaction():
            moving.move_match(
                board.tournament.id,
                form.match.data,
                form.court.data,
                start,
                actor=current_actor(),
                at=clock.now(),
                accept=bool(form.accept.data),
            )
    except DomainError as error:
        form.take(error)
        return _schedule_page(_board(slug), plan, form)
    flash(_("Đã dời trận %(code)s.", code=form.match.data))
    return go("matches_plan.schedule", slug=slug)


@bp.post("/<slug>/schedule/late")
@require(MANAGE)
def late(slug: str) -> Response:
    board = _board(slug)
    court, minutes = request.form.get("court", 0, type=whole), request.form.get("minutes", 0, type=whole)
    with told():
        with transaction():
            changed = moving.shift_court(
                board.tournament.id, court, minutes, actor=current_actor(), at=clock.now()
            )
        flash(_("Đã dời %(n)s trận.", n=len(changed)))
    return go("matches_plan.schedule", slug=slug)


@bp.post("/<slug>/schedule/hold")
@require(MANAGE)
def hold(slug: str) -> Response:
    """The courts serve again: give the matches that had lost theirs what is free by now."""
    board = _board(slug)
    with told():
        with transaction():
            back, left = courts.hold_again(board.tournament.id, actor=current_actor(), at=clock.now())
        flash(_("Đã giữ lại sân cho %(n)s trận, còn %(left)s trận mất sân.", n=back, left=left))
    return go("matches_plan.schedule", slug=slug)


@bp.post("/<slug>/schedule/clear")
@require(MANAGE)
def clear(slug: str) -> Response:
    board = _board(slug)
    with told():
        with transaction():
            planning.clear_schedule(board.tournament.id, actor=current_actor(), at=clock.now())
        flash(_("Đã xóa lịch."))
    return go("matches_plan.schedule", slug=slug)


@bp.route("/<slug>/crew", methods=["GET", "POST"])
@require(MANAGE)
def crew(slug: str) -> str | Response | tuple[str, int]:
    board = lists.board_for(current_actor(), slug)
    form = forms.CrewForm()
    form.court.choices = [(0, _("Mọi sân"))] + [(key, named(court)) for key, court in board.courts.items()]
    if form.validate_on_submit():
        try:
            person = person_of_contact(form.email.data)
            if person is None:
                raise Invalid(_("Không có tài khoản này. Mời người đó vào hệ thống trước."), field="email")
            with transaction():
                setup.set_crew(
                    board.tournament.id,
                    person,
                    CrewPart(form.part.data),
                    actor=current_actor(),
                    at=clock.now(),
                    court_id=form.court.data or None,
                    side=int(form.side.data) if form.side.data else None,
                )
            return go("matches_plan.crew", slug=slug)
        except DomainError as error:
            form.take(error)
    page = render_template(
        "matches/crew.html",
        board=board,
        form=form,
        rows=lists.crew_list(board.tournament.id),
        parts=forms.PARTS,
        tabs=tab_items(board.game),
    )
    return (page, 422) if form.errors else page


@bp.post("/<slug>/crew/<int:crew_id>/end")
@require(MANAGE)
def crew_end(slug: str, crew_id: int) -> Response:
    board = lists.board_for(current_actor(), slug)
    if crew_id not in {row.id for row in lists.crew_rows(board.tournament.id)}:
        raise Invalid(_("Không có phân công này."))
    with transaction():
        setup.end_crew(crew_id, actor=current_actor(), at=clock.now())
    flash(_("Đã bỏ phân công."))
    return go("matches_plan.crew", slug=slug)
