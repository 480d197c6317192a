"""Set-up of what a contest is made of: divisions, stages and their states, prizes."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import is_count, is_whole
from ...core.web import current_actor, go
from ...models import (
    Division,
    Edition,
    PrizeBasis,
    PrizeRecipient,
    PrizeScope,
    Stage,
    StageDivision,
    StageKind,
    StageState,
)
from .. import stages
from ..forms import setup as forms
from ..queries import editions, setup_reads
from ..services import stages as stage_services
from ..services import structure
from ..services.structure import StageInput
from .setup import bp, load_edition


@bp.route("/<edition>/divisions/<division>", methods=["GET", "POST"])
@require(Permission.EDITION_MANAGE)
def division(edition: str, division: str) -> Any:
    """The eligibility editor; `new` adds a division."""
    row = load_edition(edition)
    held = _division(row, division)
    start = (
        forms.division_values(held)
        if held
        else {
            "organisation_required": True,
            "coach_required": True,
            "registrants": ["coach"],
            "team_min": 2,
            "consents": ["take_part"],
        }
    )
    form = forms.DivisionForm(data=start)
    if form.validate_on_submit():
        try:
            with transaction():
                row = load_edition(edition)
                _save_division(row, _division(row, division), form)
            flash(_("Đã lưu bảng."), "success")
            return go("setup.show", edition=edition)
        except DomainError as error:
            form.take(error)
    return render_template(
        "contests/division.html", edition=row, division=held, form=form
    ), 422 if form.errors else 200


def _division(edition: Edition, slug: str) -> Division | None:
    if slug == "new":
        return None
    found = next((d for d in edition.divisions if d.slug == slug), None)
    if found is None:
        raise NotFound(_("Không có bảng này."))
    return found


def _save_division(edition: Edition, held: Division | None, form: forms.DivisionForm) -> None:
    structure.save_division(
        edition,
        held,
        name=form.name.data,
        name_en=form.name_en.data or "",
        number_prefix=form.number_prefix.data or "",
        rules=form.rules(),
        wanted=form.wanted(),
        actor=current_actor(),
        at=clock.now(),
    )


@bp.post("/<edition>/divisions/<division>/delete")
@require(Permission.EDITION_MANAGE)
def delete_division(edition: str, division: str) -> Any:
    if not request.form.get("confirmed"):
        return _ask(_("Xóa bảng"), _("Xóa bảng này khỏi cuộc thi?"), edition)
    with transaction():
        row = load_edition(edition)
        held = _division(row, division)
        if held is not None:
            structure.delete_division(row, held, actor=current_actor(), at=clock.now())
    flash(_("Đã xóa bảng."), "success")
    return go("setup.show", edition=edition)


def _ask(title: str, question: str, edition: str) -> str:
    return render_template(
        "parts/confirm.html",
        title=title,
        question=question,
        action=request.path,
        label=title,
        back=f"/contests/{edition}/",
    )


@bp.route("/<edition>/stages/<stage>", methods=["GET", "POST"])
@require(Permission.EDITION_MANAGE)
def stage(edition: str, stage: str) -> Any:
    """A stage with what it means per division; `new` adds one."""
    row = load_edition(edition)
    held = _stage(row, stage)
    form = forms.StageForm(obj=held) if held else forms.StageForm()
    form.site_id.choices = [(0, "–"), *setup_reads.site_choices()]
    form.site_id.data = form.site_id.data or 0
    if form.validate_on_submit():
        try:
            with transaction():
                row = load_edition(edition)
                structure.save_stage(
                    row, _stage(row, stage), _stage_input(form, row), actor=current_actor(), at=clock.now()
                )
            flash(_("Đã lưu vòng thi."), "success")
            return go("setup.show", edition=edition)
        except DomainError as error:
            form.take(error)
            row = load_edition(edition)  # the rollback has emptied it
            held = _stage(row, stage)
    parts = {p.division_id: p for p in held.parts} if held else {}
    typed = {d.id: _typed_part(d.id, parts.get(d.id), new=held is None) for d in row.divisions}
    return render_template(
        "contests/stage.html", edition=row, stage=held, form=form, parts=parts, typed=typed
    ), 422 if form.errors else 200


def _typed_part(division_id: int, part: StageDivision | None, *, new: bool) -> dict[str, Any]:
    """Tick and number of a division: as sent, else as stored; a new stage begins with every division."""
    if request.method == "POST":
        sent = request.form
        return {"ticked": f"in-{division_id}" in sent, "advance": sent.get(f"advance-{division_id}", "")}
    return {"ticked": part is not None or new, "advance": (part.advance or "") if part else ""}


def _stage(edition: Edition, text: str) -> Stage | None:
    if text == "new":
        return None
    found = next((s for s in edition.stages if str(s.id) == text), None)
    if found is None:
        raise NotFound(_("Không có vòng thi này."))
    return found


def _stage_input(form: forms.StageForm, edition: Edition) -> StageInput:
    advance: dict[int, int | None] = {}
    for held in edition.divisions:
        if request.form.get(f"in-{held.id}"):
            text = request.form.get(f"advance-{held.id}", "").strip()
            if text and not (is_count(text) and 0 < int(text) < 10_000):
                raise Invalid(_("Số vào vòng sau của %(name)s phải là số từ 1.", name=held.name))
            advance[held.id] = int(text) if text else None
    if not advance:
        raise Invalid(_("Chọn ít nhất một bảng thi vòng này."))
    return StageInput(
        form.name.data,
        StageKind(form.kind.data),
        advance,
        form.name_en.data or "",
        form.venue.data or "",
        site_id=form.site_id.data or None,
        starts_at=form.starts_at.data,
        ends_at=form.ends_at.data,
        blind=form.blind.data,
    )


@bp.post("/<edition>/stages/<stage>/delete")
@require(Permission.EDITION_MANAGE)
def delete_stage(edition: str, stage: str) -> Any:
    if not request.form.get("confirmed"):
        return _ask(_("Xóa vòng thi"), _("Xóa vòng thi này?"), edition)
    with transaction():
        row = load_edition(edition)
        held = _stage(row, stage)
        if held is not None:
            structure.delete_stage(row, held, actor=current_actor(), at=clock.now())
    flash(_("Đã xóa vòng thi."), "success")
    return go("setup.show", edition=edition)


@bp.post("/<edition>/parts/<int:part_id>/open")
@require(Permission.EDITION_MANAGE)
def open_part(edition: str, part_id: int) -> Response:
    """Open a stage of a division. Closing, deciding, publishing belong to those who judge and publish."""
    with transaction():
        row = load_edition(edition)
        stage_services.open_part(row, _part(row, part_id), actor=current_actor(), at=clock.now())
    flash(_("Đã mở vòng thi."), "success")
    return go("setup.show", edition=edition)


@bp.post("/<edition>/parts/<int:part_id>/reopen")
@require(Permission.EDITION_MANAGE)
def reopen_part(edition: str, part_id: int) -> Response:
    with transaction():
        row = load_edition(edition)
        part = _part(row, part_id)
        stage_services.move(
            part,
            StageState.OPEN,
            stages.StageFacts(part.state),
            edition_id=row.id,
            actor=current_actor(),
            at=clock.now(),
            reason=request.form.get("reason", ""),
        )
    flash(_("Đã mở lại vòng thi. Bảng tổng hợp trước không còn giá trị."), "success")
    return go("setup.show", edition=edition)


def _part(edition: Edition, part_id: int) -> StageDivision:
    found = next((p for s in edition.stages for p in s.parts if p.id == part_id), None)
    if found is None:
        raise NotFound(_("Không có vòng thi này."))
    return found


_FIRST_TIERS = 4  # blank lines of a structure that is empty: first, second, third, encouragement


@bp.route("/<edition>/prizes", methods=["GET", "POST"])
@require(Permission.EDITION_MANAGE)
def prizes(edition: str) -> Any:
    row = load_edition(edition)
    columns = (
        "id",
        "name",
        "name_en",
        "scope",
        "basis",
        "recipient",
        "count",
        "band_min_e2",
        "band_max_e2",
        "amount",
        "paper",
    )
    form = forms.PrizesForm(
        data={"tiers": [{c: getattr(t, c) for c in columns} for t in editions.prizes_of(row.id)]}
    )
    if request.method == "GET":
        for _blank in range(1 if len(form.tiers) else _FIRST_TIERS):
            form.tiers.append_entry()
    if form.validate_on_submit():
        try:
            with transaction():
                structure.set_prizes(
                    load_edition(edition),
                    [_tier(t) for t in form.tiers.data if (t["name"] or "").strip()],
                    actor=current_actor(),
                    at=clock.now(),
                )
            flash(_("Đã lưu cơ cấu giải."), "success")
            return go("setup.show", edition=edition)
        except DomainError as error:
            form.take(error)
    return render_template("contests/prizes.html", edition=row, form=form), 422 if form.errors else 200


def _tier(values: dict[str, Any]) -> dict[str, Any]:
    kept = {
        **values,
        "id": int(values["id"]) if is_whole(str(values["id"] or "")) else None,
        "amount": values["amount"] or 0,
    }
    return {
        **kept,
        "scope": PrizeScope(values["scope"]),
        "basis": PrizeBasis(values["basis"]),
        "recipient": PrizeRecipient(values["recipient"]),
        "name_en": values["name_en"] or "",
        "paper": values["paper"] or "",
    }
