"""The secretary's board on the day: remind, move, reopen, paper, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import flash, make_response, render_template, request

from ...activity import services as activity
from ...core import clock
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.forms import parse_points
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import (
    Assignment,
    ConflictKind,
    CriterionSource,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
)
from .. import forms, scoring
from ..queries import blockers, inputs
from ..queries import board as queries
from ..queries import sheets as sheet_queries
from ..services import assignments, paper, sheets, stages
from . import bp, steps
from .setup import MANAGE

REFRESH_SECONDS = 15


def _values(part: StageDivision) -> dict[str, Any]:
    method = assignments.method_of(part.stage)
    board = queries.board_of(part, method)
    found = blockers.for_closing(part, part.stage, method, board.given)
    return {
        "part": part, "board": board, "method": method, "blockers": found, "whole": request.args.get("all") == "1",
        "refresh": REFRESH_SECONDS, "blocking": [b for b in found if b.blocks],
    }  # fmt: skip


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
    wanted = request.form.get("judge", 0, type=int)

    def step(part: StageDivision, stage: Stage) -> str:
        view = queries.board_of(part, assignments.method_of(stage))
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
    judge = request.form.get("judge", 0, type=int)

    def step(part: StageDivision, stage: Stage) -> str:
        outcome = assignments.take_over(judge, stage, actor=current_actor(), at=clock.now(), seed=judge)
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
    part = queries.get_part_for(current_actor(), part_id)
    return render_template(
        "judging/board_sheet.html",
        part=part,
        view=sheet_queries.sheet_view(part, assignment_id),
        kinds=ConflictKind,
    )


@bp.post("/boards/<int:part_id>/sheets/<int:assignment_id>/reopen")
@MANAGE
def reopen(part_id: int, assignment_id: int) -> Any:
    def step(part: StageDivision, _stage: Stage) -> str:
        _own(part, assignment_id)
        sheets.reopen_sheet(
            assignment_id, request.form.get("reason", ""), actor=current_actor(), at=clock.now()
        )
        return _("Đã mở lại phiếu và báo giám khảo.")

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/sheets/<int:assignment_id>/move")
@MANAGE
def move(part_id: int, assignment_id: int) -> Any:
    judge = request.form.get("judge", 0, type=int)

    def step(part: StageDivision, stage: Stage) -> str:
        held = _own(part, assignment_id)
        sheet_queries.ensure_judge(stage, judge)
        assignments.move(
            held, judge, stage, actor=current_actor(), at=clock.now(), reason=request.form.get("reason", "")
        )
        return _("Đã chuyển bài.")

    return _do(part_id, step)


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

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/entries/<int:stage_entry_id>/judges")
@MANAGE
def add_by_hand(part_id: int, stage_entry_id: int) -> Any:
    judge = request.form.get("judge", 0, type=int)

    def step(part: StageDivision, stage: Stage) -> str:
        panel = sheet_queries.panel_of_judge(stage, judge)
        sheet_queries.get_stage_entry(part, stage_entry_id)
        assignments.add_by_hand(stage_entry_id, judge, panel, stage, actor=current_actor(), at=clock.now())
        return _("Đã giao thêm bài.")

    answer = _do(part_id, step)
    stage_id = request.form.get("stage", type=int)  # given by hand from the page of panels
    return go("judging.stage_panels", stage_id=stage_id) if stage_id else answer


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

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/close")
@MANAGE
def close(part_id: int) -> Any:
    form = forms.CloseForm()
    early = request.form.get("early") == "1"

    def step(part: StageDivision, stage: Stage) -> str:
        stages.close_part(
            part, stage, actor=current_actor(), at=clock.now(),
            missing=scoring.Missing(form.missing.data) if early else None,
            at_least=form.at_least.data if early else None, reason=form.reason.data or "",
        )  # fmt: skip
        return _("Đã đóng vòng và tổng hợp điểm.")

    if early and not form.validate():
        return _board_again(part_id, form)
    try:
        with transaction():
            part = queries.get_part_for(current_actor(), part_id)
            said = step(part, part.stage)
        flash(said, "success")
        return go("judging.results", part_id=part_id)
    except NotFound:
        raise
    except DomainError as error:
        form.take(error)
        return _board_again(part_id, form)


def _board_again(part_id: int, form: forms.CloseForm) -> Any:
    """The board with the refused form as it was typed."""
    part = queries.get_part_for(current_actor(), part_id)
    return make_response(render_template("judging/board.html", **_values(part), close_form=form), 422)


# -- paper -----------------------------------------------------------------------------------------------------------


@bp.route("/boards/<int:part_id>/paper/<int:assignment_id>", methods=["GET", "POST"])
@MANAGE
def paper_sheet(part_id: int, assignment_id: int) -> Any:
    """Type a paper sheet; or, for the second person, see it and type its total."""
    actor = current_actor()
    part = queries.get_part_for(actor, part_id)
    view = sheet_queries.sheet_view(part, assignment_id)
    error, typed = "", {}
    if request.method == "POST":
        try:
            typed = {
                k: request.form.get(k, "")
                for k in request.form
                if k.startswith("m") or k in ("total", "comment")
            }
            return _paper_step(part, assignment_id, view)
        except (Invalid, DomainError) as problem:
            if isinstance(problem, NotFound):
                raise
            error = problem.message
    page = render_template(
        "judging/paper.html",
        part=part,
        view=view,
        error=error,
        typed=typed,
        actor=actor,
        source=CriterionSource,
    )
    return make_response(page, 422 if error else 200)


def _paper_step(part: StageDivision, assignment_id: int, view: sheet_queries.SecretarySheet) -> Any:
    actor = current_actor()
    if request.form.get("action") == "check":
        total = parse_points(request.form.get("total", ""))
        with transaction():
            paper.check_paper(assignment_id, total, actor=actor, at=clock.now())
        flash(_("Đã kiểm tra, phiếu được tính."), "success")
    else:
        points = {}
        for criterion in view.judged:
            text = request.form.get(f"m{criterion.id}", "").strip()
            if text:
                points[criterion.id] = parse_points(text)
        with transaction():
            paper.enter_paper(
                assignment_id,
                points,
                request.form.get("comment", ""),
                token=uuid4().hex[:12],
                actor=actor,
                at=clock.now(),
            )
        flash(_("Đã nhập. Một người khác kiểm tra tổng điểm thì phiếu mới được tính."), "success")
    return go("judging.board", part_id=part.id)


@bp.route("/boards/<int:part_id>/entered/<int:criterion_id>", methods=["GET", "POST"])
@MANAGE
def entered(part_id: int, criterion_id: int) -> Any:
    """Points that judges do not give, entry by entry: attendance, votes."""
    actor = current_actor()
    part = queries.get_part_for(actor, part_id)
    criterion = next((c for c in inputs.criteria_of(part.rubric_id) if c.id == criterion_id), None)
    if criterion is None or criterion.source is CriterionSource.JUDGE:
        raise NotFound(_("Tiêu chí này không do ban thư ký nhập."))
    votes = criterion.source is CriterionSource.VOTES
    rows = queries.board_of(part, assignments.method_of(part.stage)).entries
    error, bad = "", None
    if request.method == "POST":
        try:
            values = {}
            for row in rows:
                text = request.form.get(f"e{row.id}", "").strip()
                if text:
                    bad = row.id
                    values[row.id] = _votes(text) if votes else parse_points(text)
            bad = None
            with transaction():
                part = queries.get_part_for(actor, part_id)
                paper.enter_scores(
                    part,
                    part.stage,
                    criterion,
                    values,
                    request.form.get("source_note", ""),
                    actor=actor,
                    at=clock.now(),
                )
            flash(_("Đã lưu điểm %(name)s.", name=criterion.name), "success")
            return go("judging.board", part_id=part_id)
        except DomainError as problem:
            error, bad = problem.message, problem.details.get("entry", bad)
    stored = paper.entered_of(part_id, [criterion_id])
    page = render_template(
        "judging/entered.html", part=part, criterion=criterion, rows=rows, votes=votes, error=error, bad=bad,
        stored={e: s for (e, _c), s in stored.items()},
    )  # fmt: skip
    return make_response(page, 422 if error else 200)


def _votes(text: str) -> int:
    digits = text.replace(".", "").replace(" ", "")
    if not digits.isdigit():
        raise Invalid(_("“%(text)s” không phải là số phiếu bình chọn.", text=text))
    return int(digits)
