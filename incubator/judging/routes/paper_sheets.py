"""What the secretary types: paper sheets, checked by a second person, and points that judges do not give."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, make_response, render_template, request

from ...core import clock
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.forms import parse_points
from ...core.i18n import _
from ...core.text.numerals import is_count
from ...core.web import current_actor, go, named
from ...models import (
    CriterionSource,
    StageDivision,
)
from ..queries import board as queries
from ..queries import inputs
from ..queries import sheets as sheet_queries
from ..services import paper
from . import bp
from .setup import MANAGE


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
    rows = queries.board_of(part, inputs.method_of(part.stage)).entries
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
            flash(_("Đã lưu điểm %(name)s.", name=named(criterion)), "success")
            return go("judging.board", part_id=part_id)
        except DomainError as problem:
            error, bad = problem.message, problem.details.get("entry", bad)
    stored = paper.entered_of(part_id, [criterion_id])
    page = render_template(
        "judging/entered.html",
        part=part,
        criterion=criterion,
        rows=rows,
        votes=votes,
        error=error,
        bad=bad,
        stored={e: s for (e, _c), s in stored.items()},
    )
    return make_response(page, 422 if error else 200)


def _votes(text: str) -> int:
    digits = text.replace(".", "").replace(" ", "")
    if not is_count(digits):
        raise Invalid(_("“%(text)s” không phải là số phiếu bình chọn.", text=text))
    return int(digits)
