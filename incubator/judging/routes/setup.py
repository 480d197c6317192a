"""Setting judging up: overview, rules of tabulation, rubrics, panels, judges, assignment."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, render_template, request

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import Conflict, DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from ...models import Stage
from .. import forms
from ..queries import board as queries
from ..queries import inputs
from ..queries import panels as panel_queries
from ..queries.overview import editions_of, parts_of
from ..services import assignments, panels, rubrics, stages
from . import bp

MANAGE = require(Permission.JUDGING_MANAGE)


@bp.get("/editions")
@MANAGE
def editions() -> str:
    """Where the marks of all editions somebody manages are reached from a work place of the whole system."""
    return render_template("judging/editions.html", editions=editions_of(current_actor()))


@bp.get("/editions/<edition>")
@MANAGE
def overview(edition: str) -> str:
    found = queries.get_edition_for(current_actor(), edition)
    return render_template(
        "judging/overview.html",
        edition=found,
        lines=parts_of(found.id),
        rubrics=panel_queries.rubrics_of(found.id),
        templates=rubrics.templates(),
    )


@bp.post("/boards/<int:part_id>/open")
@MANAGE
def open_part(part_id: int) -> Any:
    actor = current_actor()
    slug = queries.get_part_for(actor, part_id).stage.edition.slug
    try:
        with transaction():
            part = queries.get_part_for(actor, part_id)
            stages.open_part(part, part.stage, actor=actor, at=clock.now())
        flash(_("Đã mở vòng, giám khảo chấm được từ bây giờ."), "success")
    except Conflict as error:
        flash(error.message, "error")
    return go("judging.overview", edition=slug)


# -- rules of tabulation --------------------------------------------------------------------------------------------


@bp.route("/stages/<int:stage_id>/rules", methods=["GET", "POST"])
@MANAGE
def rules(stage_id: int) -> Any:
    actor = current_actor()
    stage = queries.get_stage_for(actor, stage_id)
    form = forms.MethodForm()
    criteria = inputs.common_criteria({p.rubric_id for p in stage.parts if p.rubric_id})
    form.offer(criteria)
    if request.method == "GET":
        form.show(inputs.method_of(stage))
    elif form.validate():
        try:
            with transaction():
                stage = queries.get_stage_for(actor, stage_id)
                stages.set_method(stage, form.method(), actor=actor, at=clock.now())
            flash(_("Đã lưu cách tính điểm."), "success")
            return go("judging.overview", edition=stage.edition.slug)
        except DomainError as error:
            form.take(error)
            stage = queries.get_stage_for(actor, stage_id)
    return make_response(
        render_template("judging/rules.html", stage=stage, form=form, criteria=criteria),
        422 if form.errors else 200,
    )


# -- panels and judges -------------------------------------------------------------------------------------------------


@bp.get("/stages/<int:stage_id>/panels")
@MANAGE
def stage_panels(stage_id: int) -> Any:
    return _show_panels(stage_id, forms.JudgeForm(formdata=None))


def _show_panels(stage_id: int, form: forms.JudgeForm, status: int = 200, panel_id: int = 0) -> Any:
    stage = queries.get_stage_for(current_actor(), stage_id)
    view = panel_queries.panels_of(stage)
    method = inputs.method_of(stage)
    page = render_template(
        "judging/panels.html",
        stage=stage,
        view=view,
        form=form,
        bad_panel=panel_id,
        method=method,
        fields=stage.edition.fields,
    )
    return make_response(page, status)


@bp.post("/stages/<int:stage_id>/panels")
@MANAGE
def make_panel(stage_id: int) -> Any:
    actor = current_actor()
    try:
        with transaction():
            stage = queries.get_stage_for(actor, stage_id)
            panels.make_panel(
                stage, request.form.get("name", ""), **_reach(stage), actor=actor, at=clock.now()
            )
        flash(_("Đã lập tiểu ban. Thêm giám khảo ở dưới."), "success")
    except (Conflict, Invalid) as error:
        flash(error.message, "error")
    return go("judging.stage_panels", stage_id=stage_id)


def _reach(stage: Stage) -> dict[str, Any]:
    """The divisions and fields that were ticked."""
    known = {p.division_id for p in stage.parts}
    return {
        "division_ids": [d for d in request.form.getlist("division", type=whole) if d in known],
        "fields": [f["slug"] for f in stage.edition.fields if f["slug"] in request.form.getlist("field")],
    }


@bp.post("/stages/<int:stage_id>/panels/<int:panel_id>")
@MANAGE
def change_panel(stage_id: int, panel_id: int) -> Any:
    """Another name or reach; or take an empty panel away."""
    actor = current_actor()
    try:
        with transaction():
            stage = queries.get_stage_for(actor, stage_id)
            panel = panels.get_panel(stage, panel_id)
            if request.form.get("action") == "remove":
                panels.remove_panel(panel, stage, actor=actor, at=clock.now())
            else:
                name = request.form.get("name", "")
                panels.change_panel(panel, stage, name, **_reach(stage), actor=actor, at=clock.now())
        flash(_("Đã lưu."), "success")
    except (Conflict, Invalid) as error:
        flash(error.message, "error")
    return go("judging.stage_panels", stage_id=stage_id)


@bp.post("/stages/<int:stage_id>/panels/<int:panel_id>/judges")
@MANAGE
def add_judge(stage_id: int, panel_id: int) -> Any:
    actor = current_actor()
    form = forms.JudgeForm()
    if not form.validate_on_submit():
        return _show_panels(stage_id, form, 422, panel_id)
    try:
        with transaction():
            at = clock.now()
            stage = queries.get_stage_for(actor, stage_id)
            panel = panels.get_panel(stage, panel_id)
            member = panels.add_new_judge(
                panel,
                stage,
                full_name=form.full_name.data,
                title=form.title.data or "",
                contact=form.contact.data,
                reserve=form.reserve.data,
                chair=form.chair.data,
                actor=actor,
                at=at,
            )
            panels.link_for(member.person_id, stage, actor=actor, at=at)
    except DomainError as error:
        form.take(error)
        return _show_panels(stage_id, form, 422, panel_id)
    flash(_("Đã thêm giám khảo. Gửi đường dẫn dưới đây; mở lại bằng nút “Mời”."), "success")
    return go("judging.invitation", stage_id=stage_id, person_id=member.person_id)


@bp.post("/stages/<int:stage_id>/panels/<int:panel_id>/judges/<int:person_id>")
@MANAGE
def change_judge(stage_id: int, panel_id: int, person_id: int) -> Any:
    """Remove, absent or back; or the judge's part in the panel."""
    actor = current_actor()
    try:
        with transaction():
            at = clock.now()
            stage = queries.get_stage_for(actor, stage_id)
            panel = panels.get_panel(stage, panel_id)
            member = panel_queries.get_member(panel.id, person_id)
            action = request.form.get("action")
            if action == "remove":
                panels.remove_judge(member, panel, stage, actor=actor, at=at)
            elif action == "part":
                part = request.form.get("part", "")
                panels.change_member(
                    member,
                    panel,
                    stage,
                    chair=part == "chair",
                    reserve=part == "reserve",
                    actor=actor,
                    at=at,
                    most=request.form.get("most", type=whole),
                )
            else:
                panels.mark_absent(member, stage, action == "absent", actor=actor, at=at)
        flash(_("Đã lưu."), "success")
    except (Conflict, Invalid) as error:
        flash(error.message, "error")
    return go("judging.stage_panels", stage_id=stage_id)


@bp.post("/stages/<int:stage_id>/assignment")
@MANAGE
def assign(stage_id: int) -> Any:
    """Let the machine assign; its report is shown under the panels."""
    actor = current_actor()
    seed = request.form.get("seed", stage_id, type=int)
    try:
        with transaction():
            stage = queries.get_stage_for(actor, stage_id)
            outcome = assignments.assign(
                stage, actor=actor, at=clock.now(), seed=seed, keep=request.form.get("again") != "1"
            )
        flash(_("Đã phân công %(n)s phiếu.", n=outcome.added), "success")
        if outcome.plan.shortfalls or outcome.without_panel:
            short = len(outcome.plan.shortfalls) + len(outcome.without_panel)
            flash(_("%(n)s bài chưa đủ giám khảo, xem bảng dưới.", n=short), "error")
    except Conflict as error:
        flash(error.message, "error")
    return go("judging.stage_panels", stage_id=stage_id)


@bp.post("/stages/<int:stage_id>/practice")
@MANAGE
def practice(stage_id: int) -> Any:
    actor = current_actor()
    with transaction():
        stage = queries.get_stage_for(actor, stage_id)
        assignments.enter_accepted(stage)
        entry = panel_queries.first_entry(stage)
        if entry is None:
            raise NotFound(_("Chưa có bài nào trong vòng để chấm thử."))
        count = assignments.give_practice(stage, entry, actor=actor, at=clock.now())
    flash(_("Đã giao bài chấm thử cho %(n)s giám khảo. Điểm thử không tính.", n=count), "success")
    return go("judging.stage_panels", stage_id=stage_id)
