"""Support: grants of a cohort's cases, what was used, what was taken back; items of a programme."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core import sheets
from ...core.access import Permission, require
from ...core.i18n import _
from ...core.lists import list_args
from ...core.web import current_actor, go
from ...models import SupportItem, SupportKind, SupportMoveKind
from .. import forms, wording
from ..queries import cases, cohorts
from ..queries import support as queries
from ..services import support as services
from . import bp
from .common import attempt, given, now, tabs_of

MANAGE = Permission.MENTORING_MANAGE


@bp.get("/cohorts/<slug>/support")
@require(MANAGE)
def support(slug: str) -> str | BaseResponse:
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("title", "granted"), default="title")
    rows = queries.support_rows(cohort, args)
    if request.args.get("file"):
        return _file(slug, rows)
    return render_template(
        "mentoring/support.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "support"),
        rows=rows,
        words=wording,
        args=args,
        items=queries.support_items(cohort.programme_id),
    )


def _file(slug: str, rows: list[queries.SupportRow]) -> BaseResponse:
    head = [
        _("Dự án"),
        _("Khoản"),
        _("Đơn vị tính"),
        _("Quyết định"),
        _("Ngày"),
        _("Cấp"),
        _("Đã dùng"),
        _("Thu hồi"),
        _("Còn"),
    ]
    lines = (
        [
            row.case.title,
            x.item.name,
            str(wording.SUPPORT[x.item.kind][1]),
            x.grant.decision,
            x.grant.decided_on,
            x.grant.amount,
            x.used,
            x.recovered,
            x.left,
        ]
        for row in rows
        for x in row.grants
    )
    return sheets.download(request.args["file"], f"ho-tro-{slug}", head, lines)


@bp.route("/cases/<int:case_id>/grants/new", methods=["GET", "POST"])
@require(MANAGE)
def grant_support(case_id: int) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, rights = cases.get_case_for(actor, case_id)
    items = queries.support_items(rights.programme_id)
    form = forms.GrantForm()
    form.item_id.choices = forms.options([(i.id, _item_label(i)) for i in items])
    if form.validate_on_submit() and attempt(
        form,
        lambda: services.grant(
            form.item_id.data,
            row,
            given(form.amount.data),
            decision=form.decision.data,
            decided_on=given(form.decided_on.data),
            valid_from=given(form.valid_from.data),
            valid_to=given(form.valid_to.data),
            actor=actor,
            at=now(),
        ),
        _("Đã cấp hỗ trợ."),
    ):
        return go("mentoring.support", slug=row.cohort.slug)
    row, rights = cases.get_case_for(actor, case_id)
    page = render_template("mentoring/grant.html", form=form, case=row, items=items, words=wording)
    return (page, 422) if request.method == "POST" else page


def _item_label(item: SupportItem) -> str:
    from ...core.web import named, vn_number

    unit = wording.SUPPORT[item.kind][1]
    return _("%(name)s (trần %(most)s %(unit)s)", name=named(item), most=vn_number(item.ceiling), unit=unit)


@bp.route("/grants/<int:grant_id>/moves", methods=["GET", "POST"])
@require(MANAGE)
def support_move(grant_id: int) -> str | BaseResponse | tuple[str, int]:
    """What was used or taken back, with its paper."""
    actor = current_actor()
    row, case = queries.get_grant(grant_id, actor)
    slug = case.cohort.slug
    form = forms.MoveForm()
    if form.validate_on_submit() and attempt(
        form,
        lambda: services.record_move(
            grant_id,
            SupportMoveKind(form.kind.data),
            given(form.amount.data),
            note=form.note.data or "",
            actor=actor,
            at=now(),
        ),
        _("Đã ghi."),
    ):
        return go("mentoring.support_move", grant_id=grant_id)
    row, case = queries.get_grant(grant_id, actor)
    line = next(x for x in queries.grants_of([case.id])[case.id] if x.grant.id == row.id)
    page = render_template(
        "mentoring/grant_moves.html",
        form=form,
        line=line,
        case=case,
        words=wording,
        slug=slug,
        drawn=queries.draws_of(grant_id),
    )
    return (page, 422) if request.method == "POST" else page


@bp.route("/programmes/<slug>/items/new", methods=["GET", "POST"])
@require(MANAGE)
def new_item(slug: str) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    programme = cohorts.get_programme(slug, actor)
    form = forms.ItemForm()
    return _item_page(
        form,
        slug,
        None,
        lambda: services.define_item(
            programme.id,
            SupportKind(form.kind.data),
            form.name.data,
            ceiling=given(form.ceiling.data),
            name_en=form.name_en.data or "",
            resource_id=form.resource_id.data or None,
            minutes_per_unit=60 * (form.hours_per_unit.data or 1),
            decision=form.decision.data or "",
            actor=actor,
            at=now(),
        ),
    )


@bp.route("/items/<int:item_id>", methods=["GET", "POST"])
@require(MANAGE)
def edit_item(item_id: int) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    item = queries.get_item(item_id, actor)
    slug = cohorts.programme_slug(item.programme_id)
    form = forms.ItemForm(obj=item)
    form.resource_id.data = item.resource_id or 0
    form.kind.data = str(item.kind)
    form.hours_per_unit.data = item.minutes_per_unit // 60
    return _item_page(
        form,
        slug,
        item,
        lambda: services.change_item(
            queries.get_item(item_id, actor),
            form.name.data,
            ceiling=given(form.ceiling.data),
            name_en=form.name_en.data or "",
            decision=form.decision.data or "",
            actor=actor,
            at=now(),
        ),
    )


def _item_page(
    form: forms.ItemForm, slug: str, item: SupportItem | None, save: Any
) -> str | BaseResponse | tuple[str, int]:
    form.resource_id.choices = forms.options([(0, _("theo loại")), *queries.free_places()])
    if form.validate_on_submit() and attempt(form, save, _("Đã lưu khoản hỗ trợ.")):
        return go("mentoring.programme", slug=slug, _anchor="items")
    programme = cohorts.get_programme(slug, current_actor())
    page = render_template(
        "mentoring/item.html", form=form, programme=programme, fixed=item is not None, words=wording
    )
    return (page, 422) if request.method == "POST" else page
