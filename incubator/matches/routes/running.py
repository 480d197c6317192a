"""Mission runs: the live ranking, entering a run on a phone, the second person's check."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.forms import BaseForm
from ...core.i18n import _
from ...core.web import current_actor, go
from .. import forms, policies
from ..queries import lists
from ..queries.placings import missing_runs, run_blockers
from ..queries.ranking import load_runs, run_rows
from ..queries.snapshot import Board
from ..queries.ties import tie_views
from ..queries.views import run_reasons
from ..services import closing, running
from ..wording import figure
from .frame import MANAGE, REFEREE, tab_items, told

bp = Blueprint("matches_running", __name__, url_prefix="/matches")


def _board(slug: str) -> Board:
    board = lists.board_of_official(current_actor(), slug)
    if board.game.runs is None:
        raise NotFound(_("Vòng này không thi theo lượt."))
    return board


@bp.get("/<slug>/runs")
@require(MANAGE, REFEREE)
def board(slug: str) -> str:
    return runs_page(_board(slug))


def runs_page(found: Board, error: str = "") -> str:
    runs = load_runs(found)
    waiting = [(run, found.sides[side]) for side, own in runs.items() for run in own if not run.confirmed_at]
    rows = run_rows(found, runs)
    return render_template(
        "matches/runs.html",
        board=found,
        rows=rows,
        runs=runs,
        waiting=waiting,
        rule=found.game.runs,
        cut=int(found.tournament.cut.get("advance", 0)),
        tabs=tab_items(found.game),
        error=error,
        typed=request.form,
        ties=tie_views(found, rows),
        blockers=run_blockers(found, runs, rows),
        missing=missing_runs(found, runs),
        figure=figure,
        reasons=run_reasons(found, rows),
        me=current_actor().person_id,
        manages=policies.can_manage(current_actor(), found.edition),
    )


@bp.route("/<slug>/runs/<int:side_id>/<int:attempt>", methods=["GET", "POST"])
@require(MANAGE, REFEREE)
def run(slug: str, side_id: int, attempt: int) -> str | Response | tuple[str, int]:
    found = _board(slug)
    if side_id not in found.sides:
        raise NotFound(_("Không có đội này trong vòng."))
    form = forms.run_form(found.game)(client_id=uuid.uuid4().hex)
    if form.validate_on_submit():
        try:
            _record(found, side_id, attempt, form)
            flash(_("Đã lưu lượt %(n)s của %(team)s.", n=attempt, team=found.sides[side_id].team))
            return go("matches_running.board", slug=slug)
        except DomainError as error:
            form.take(error)
    page = render_template(
        "matches/run.html",
        board=found,
        side=found.sides[side_id],
        attempt=attempt,
        form=form,
        actions=found.game.actions,
    )
    return (page, 422) if form.errors else page


def _record(board: Board, side_id: int, attempt: int, form: BaseForm) -> None:
    try:
        time_ms = forms.milliseconds(form["minutes"].data, form["seconds"].data)
    except ValueError as error:
        raise Invalid(str(error), field="seconds") from error
    values = {a.code: form[f"a_{a.code}"].data or 0 for a in board.game.actions}
    with transaction():
        running.record_run(
            side_id,
            attempt,
            values,
            time_ms,
            client_id=form["client_id"].data or uuid.uuid4().hex,
            actor=current_actor(),
            at=clock.now(),
            no_show=bool(form["no_show"].data),
            note=form["note"].data or "",
        )


@bp.post("/<slug>/runs/<int:run_id>/check")
@require(MANAGE, REFEREE)
def check(slug: str, run_id: int) -> Response:
    _board(slug)
    with told():
        with transaction():
            running.confirm_run(run_id, actor=current_actor(), at=clock.now())
        flash(_("Đã xác nhận lượt thi."))
    return go("matches_running.board", slug=slug)


@bp.post("/<slug>/runs/<int:run_id>/again")
@require(MANAGE)
def again(slug: str, run_id: int) -> Response:
    _board(slug)
    with told():
        with transaction():
            running.order_rerun(run_id, request.form.get("reason", ""), actor=current_actor(), at=clock.now())
        flash(_("Đã cho thi lại. Lượt cũ vẫn còn trong biên bản."))
    return go("matches_running.board", slug=slug)


@bp.post("/<slug>/runs/close")
@require(MANAGE)
def close(slug: str) -> Response:
    found = lists.board_for(current_actor(), slug)
    with told():
        with transaction():
            placings = closing.close(found.tournament.id, actor=current_actor(), at=clock.now())
        flash(_("Đã chốt vòng: %(n)s đội đi tiếp.", n=sum(bool(p.advanced) for p in placings.values())))
    return go("matches_running.board", slug=slug)
