"""Rubrics on screen: from a template, edited, chosen for stages."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, render_template, request

from ...core import clock
from ...core.db import transaction
from ...core.errors import Conflict, DomainError
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from ...models import CriterionSource, Rubric
from .. import forms
from ..queries import board as queries
from ..queries import panels as panel_queries
from ..services import rubrics
from . import bp
from .setup import MANAGE


@bp.post("/editions/<edition>/rubrics")
@MANAGE
def new_rubric(edition: str) -> Any:
    """From a template, or a blank one to be filled on the next page."""
    actor = current_actor()
    found = queries.get_edition_for(actor, edition)
    template = request.form.get("template", "")
    with transaction():
        at = clock.now()
        if template:
            made = rubrics.from_template(found.id, template, actor=actor, at=at)
        else:
            draft = rubrics.CriterionDraft(_("Tiêu chí 1"), 1000)
            made = rubrics.create_rubric(found.id, _("Bộ tiêu chí mới"), [draft], actor=actor, at=at)
    return go("judging.rubric", rubric_id=made.id)


@bp.get("/rubrics/<int:rubric_id>")
@MANAGE
def rubric(rubric_id: int) -> Any:
    found = panel_queries.get_rubric_for(current_actor(), rubric_id)
    return _show_rubric(found, _filled(found))


def _show_rubric(found: Rubric, form: forms.RubricForm, status: int = 200) -> Any:
    edition = panel_queries.edition_of(found)
    page = render_template(
        "judging/rubric.html",
        rubric=found,
        form=form,
        uses=panel_queries.uses_of(found),
        source=CriterionSource,
        choices=panel_queries.planned_parts(found.edition_id),
        edition=edition,
        total=sum(c.max_e2 * c.weight_e2 for c in found.criteria),
    )
    return make_response(page, status)


def _filled(found: Rubric) -> forms.RubricForm:
    rows = [
        {
            "name": c.name,
            "name_en": c.name_en,
            "max_points": c.max_e2,
            "step": c.step_e2,
            "weight": c.weight_e2,
            "source": c.source,
            **{f"level{i}": level.get("vi", "") for i, level in enumerate(c.levels[:4], start=1)},
        }
        for c in found.criteria
    ]
    return forms.RubricForm(name=found.name, criteria=[*rows, {}])


@bp.post("/rubrics/<int:rubric_id>")
@MANAGE
def change_rubric(rubric_id: int) -> Any:
    actor = current_actor()
    found = panel_queries.get_rubric_for(actor, rubric_id)
    form = forms.RubricForm()
    if not form.validate_on_submit():
        return _show_rubric(found, form, 422)
    try:
        with transaction():
            found = panel_queries.get_rubric_for(actor, rubric_id)
            kept = rubrics.change_rubric(
                found, form.name.data, _drafts(form, found), actor=actor, at=clock.now()
            )
    except DomainError as error:
        form.take(error)
        return _show_rubric(panel_queries.get_rubric_for(actor, rubric_id), form, 422)
    if kept.id != rubric_id:
        flash(_("Bản cũ đã có điểm nên được giữ nguyên; đây là phiên bản %(n)s.", n=kept.version), "success")
    else:
        flash(_("Đã lưu bộ tiêu chí."), "success")
    return go("judging.rubric", rubric_id=kept.id)


def _drafts(form: forms.RubricForm, found: Rubric) -> list[rubrics.CriterionDraft]:
    """Rows with a name; what the form does not show (English level texts, formula) is kept by name."""
    old = {c.name: c for c in found.criteria}
    drafts = []
    for row in form.criteria:
        if not (row["name"].data or "").strip():
            continue
        before = old.get(row["name"].data.strip())
        english = [level.get("en", "") for level in before.levels] if before else []
        texts = [
            {"vi": row[f"level{i}"].data or "", "en": english[i - 1] if len(english) >= i else ""}
            for i in range(1, 5)
        ]
        levels = texts if all(t["vi"] for t in texts) else []
        most, step = row["max_points"].data or 0, row["step"].data or 100
        drafts.append(
            rubrics.CriterionDraft(
                name=row["name"].data,
                name_en=row["name_en"].data or "",
                max_e2=most,
                step_e2=step,
                weight_e2=row["weight"].data or 100,
                source=CriterionSource(row["source"].data),
                formula=before.formula if before else "",
                levels=tuple(rubrics.levels_for(most, step, levels)),
            )
        )
    return drafts


@bp.post("/rubrics/<int:rubric_id>/use")
@MANAGE
def use_rubric(rubric_id: int) -> Any:
    actor = current_actor()
    found = panel_queries.get_rubric_for(actor, rubric_id)
    part_ids = request.form.getlist("part", type=whole)
    if not part_ids:
        flash(_("Đánh dấu ít nhất một vòng."), "warning")
        return go("judging.rubric", rubric_id=rubric_id)
    try:
        with transaction():
            for part_id in part_ids:
                part = queries.get_part_for(actor, part_id)
                rubrics.choose_rubric(part, part.stage, found, actor=actor, at=clock.now())
        flash(_("Đã chọn bộ tiêu chí cho %(n)s vòng.", n=len(part_ids)), "success")
    except Conflict as error:
        flash(error.message, "error")
    return go("judging.rubric", rubric_id=rubric_id)
