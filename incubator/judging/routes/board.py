"""The secretary's board on the day: remind, move, reopen, paper, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template, request

from ...activity import services as activity
from ...core import clock
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from ...models import (
    Assignment,
    ConflictKind,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
)
from .. import forms, scoring
from ..queries import blockers, inputs
from ..queries import board as queries
from ..queries import sheets as sheet_queries
from ..services import absence, by_hand, sheets, stages
from . import bp, steps
from .setup import MANAGE

REFRESH_SECONDS = 15


def _values(part: StageDivision) -> dict[str, Any]:
    method = inputs.method_of(part.stage)
    board = queries.board_of(part, method)
    found = blockers.for_closing(part, part.stage, method, board.given)
    return {
        "part": part,
        "board": board,
        "method": method,
        "blockers": found,
        "whole": request.args.get("all") == "1",
        "refresh": REFRESH_SECONDS,
        "blocking": [b for b in found if b.blocks],
    }


@bp.get("/boards/<int:part_id>")
@MANAGE
def board(part_id: int) -> Any:
    part = queries.get_part_for(current_actor(), part_id)
    template = "judging/_board.html" if request.headers.get("HX-Request") else "judging/board.html"
    return render_template(template, **_values(part), close_form=forms.CloseForm(formdata=None))


def _do(part_id: int, step: Callable[[StageDivision, Stage], str]) -> Any:
    return steps.do(part_id, step, back="judging.board")


@bp.post("/boards/<int:part_id>/reminders")
@MANAGE
def remind(part_id: int) -> Any:
    """A message to one judge or to all who are slow."""
    wanted = request.form.get("judge", 0, type=whole)

    def step(part: StageDivision, stage: Stage) -> str:
        view = queries.board_of(part, inputs.method_of(stage))
        slow = [j for j in view.judges if j.left and (j.id == wanted if wanted else j.silent(view.at))]
        activity.notify_many(
            "judging/reminder",
            [
                {"person_id": j.id, "url": "/judging/", "context": {"left": j.left, "stage_id": stage.id}}
                for j in slow
            ],
            at=clock.now(),
        )
        return _("Đã nhắc %(n)s giám khảo.", n=len(slow))

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/take-over")
@MANAGE
def take_over(part_id: int) -> Any:
    judge = request.form.get("judge", 0, type=whole)

    def step(part: StageDivision, stage: Stage) -> str:
        outcome = absence.take_over(judge, stage, actor=current_actor(), at=clock.now(), seed=judge)
        if outcome.plan.shortfalls:
            return _(
                "Đã chuyển %(n)s bài; %(m)s bài chưa ai nhận được vì xung đột.",
                n=outcome.added,
                m=len(outcome.plan.shortfalls),
            )
        return _("Đã chuyển %(n)s bài cho giám khảo khác.", n=outcome.added)

    return _do(part_id, step)


def _own(part: StageDivision, assignment_id: int) -> Assignment:
    return sheet_queries.get_assignment(part, assignment_id)


@bp.get("/boards/<int:part_id>/sheets/<int:assignment_id>")
@MANAGE
def board_sheet(part_id: int, assignment_id: int) -> Any:
    """One sheet as the secretary sees it: marks with their history, reopening, moving, a conflict found later."""
    return _sheet_page(part_id, assignment_id)


def _sheet_page(part_id: int, assignment_id: int, error: str = "") -> str:
    """The sheet; with `error` and what was typed when a step was refused."""
    part = queries.get_part_for(current_actor(), part_id)
    return render_template(
        "judging/board_sheet.html",
        part=part,
        view=sheet_queries.sheet_view(part, assignment_id),
        error=error,
        refused=(request.endpoint or "").rpartition(".")[2] if error else "",
        typed=request.form.get("reason", ""),
    )


def _on_sheet(part_id: int, assignment_id: int, step: Callable[[StageDivision, Stage], str]) -> Any:
    """A step from a sheet's page; a refusal is told on that page."""

    def refused(error: DomainError) -> Any:
        return make_response(_sheet_page(part_id, assignment_id, error.message), 422)

    return steps.do(part_id, step, back="judging.board", refused=refused if assignment_id else None)


@bp.post("/boards/<int:part_id>/sheets/<int:assignment_id>/reopen")
@MANAGE
def reopen(part_id: int, assignment_id: int) -> Any:
    def step(part: StageDivision, _stage: Stage) -> str:
        _own(part, assignment_id)
        sheets.reopen_sheet(
            assignment_id, request.form.get("reason", ""), actor=current_actor(), at=clock.now()
        )
        return _("Đã mở lại phiếu và báo giám khảo.")

    return _on_sheet(part_id, assignment_id, step)


@bp.post("/boards/<int:part_id>/sheets/<int:assignment_id>/move")
@MANAGE
def move(part_id: int, assignment_id: int) -> Any:
    judge = request.form.get("judge", 0, type=whole)

    def step(part: StageDivision, stage: Stage) -> str:
        held = _own(part, assignment_id)
        sheet_queries.ensure_judge(stage, judge)
        by_hand.move(
            held, judge, stage, actor=current_actor(), at=clock.now(), reason=request.form.get("reason", "")
        )
        return _("Đã chuyển bài.")

    return _on_sheet(part_id, assignment_id, step)


@bp.post("/boards/<int:part_id>/sheets/<int:assignment_id>/conflict")
@MANAGE
def found_conflict(part_id: int, assignment_id: int) -> Any:
    """A conflict found later: the sheet is void, with its reason."""

    def step(part: StageDivision, _stage: Stage) -> str:
        _own(part, assignment_id)
        sheets.declare_conflict(
            assignment_id,
            ConflictKind.OTHER,
            request.form.get("reason", ""),
            actor=current_actor(),
            at=clock.now(),
        )
        return _("Phiếu đã bị hủy vì xung đột, lý do được lưu.")

    return _on_sheet(part_id, assignment_id, step)


@bp.post("/boards/<int:part_id>/entries/<int:stage_entry_id>/judges")
@MANAGE
def add_by_hand(part_id: int, stage_entry_id: int) -> Any:
    judge = request.form.get("judge", 0, type=whole)

    def step(part: StageDivision, stage: Stage) -> str:
        panel = sheet_queries.panel_of_judge(stage, judge)
        sheet_queries.get_stage_entry(part, stage_entry_id)
        by_hand.add_by_hand(stage_entry_id, judge, panel, stage, actor=current_actor(), at=clock.now())
        return _("Đã giao thêm bài.")

    stage_id = request.form.get("stage", type=whole)  # given by hand from the page of panels
    if stage_id is None:
        return _on_sheet(part_id, request.form.get("sheet", 0, type=whole), step)
    _do(part_id, step)
    return go("judging.stage_panels", stage_id=stage_id)


@bp.post("/boards/<int:part_id>/entries/<int:stage_entry_id>/presence")
@MANAGE
def presence(part_id: int, stage_entry_id: int) -> Any:
    def step(part: StageDivision, stage: Stage) -> str:
        entry: StageEntry = sheet_queries.get_stage_entry(part, stage_entry_id)
        try:
            wanted = StagePresence(request.form.get("presence", ""))
        except ValueError:
            raise Invalid(_("Chọn có mặt, vắng hoặc bị loại.")) from None
        stages.set_presence(
            entry, part, stage, wanted, request.form.get("reason", ""), actor=current_actor(), at=clock.now()
        )
        return _("Đã lưu tình trạng của đội.")

    return _on_sheet(part_id, request.form.get("sheet", 0, type=whole), step)


@bp.post("/boards/<int:part_id>/close")
@MANAGE
def close(part_id: int) -> Any:
    form = forms.CloseForm()
    early = request.form.get("early") == "1"

    def step(part: StageDivision, stage: Stage) -> str:
        stages.close_part(
            part,
            stage,
            actor=current_actor(),
            at=clock.now(),
            missing=scoring.Missing(form.missing.data) if early else None,
            at_least=form.at_least.data if early else None,
            reason=form.reason.data or "",
        )
        return _("Đã đóng vòng và tổng hợp điểm.")

    if early and not form.validate():
        return _board_again(part_id, form)

    def refused(error: DomainError) -> Any:
        form.take(error)
        return _board_again(part_id, form)

    return steps.do(part_id, step, back="judging.results", refused=refused)


def _board_again(part_id: int, form: forms.CloseForm) -> Any:
    """The board with the refused form as it was typed."""
    part = queries.get_part_for(current_actor(), part_id)
    return make_response(render_template("judging/board.html", **_values(part), close_form=form), 422)
