"""Places for the rounds of contests."""

from __future__ import annotations

from flask import flash, request
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.web import current_actor, go
from ..forms import StageForm, options
from ..queries import others
from ..services import stages
from .base import all_choices, bp, page

MANAGE = Permission.SPACES_MANAGE


@bp.get("/stages")
@require(MANAGE)
def stage_list() -> Response:
    return _stage_list()


def _stage_list(
    sent: StageForm | None = None, stage_id: int = 0, error: DomainError | None = None
) -> Response:
    """`sent`: the form of one round that has to be shown again."""
    rows = others.stages_to_come(current_actor(), at=clock.now())
    forms = {line.stage.id: StageForm.of(line.stage.id, line.span, line.place_id) for line in rows}
    if sent is not None:
        forms[stage_id] = sent
    places = _choices()
    for form in forms.values():
        form.resource_id.choices = places
    status = error.status if error else 422 if sent is not None else 200
    return Response(
        page("stages", rows=rows, forms=forms, refusal=error), status=status, mimetype="text/html"
    )


def _choices() -> list[SelectChoice]:
    """Where nothing is held no place is chosen beforehand: the first of the list would be taken by mistake."""
    return [*options([(0, _("Chọn phòng"))]), *all_choices()]


@bp.post("/stages/<int:stage_id>")
@require(MANAGE)
def hold_stage(stage_id: int) -> Response:
    """Hold a place for a round, another one than before, or none any more."""
    actor, at = current_actor(), clock.now()
    if request.form.get("release"):
        with transaction():
            stages.release(stage_id, actor=actor, at=at)
        flash(_("Đã trả chỗ của vòng thi."), "success")
        return go("spaces.stage_list")
    form = StageForm(prefix=f"s{stage_id}-")
    form.resource_id.choices = _choices()
    if not form.validate():
        return _stage_list(form, stage_id)
    try:
        with transaction():
            stages.hold(stage_id, form.resource_id.data, form.span(), actor=actor, at=at)
    except DomainError as error:
        form.take(error)
        return _stage_list(form, stage_id, error)
    flash(_("Đã giữ chỗ cho vòng thi."), "success")
    return go("spaces.stage_list")
