"""Programmes: their rules, cohorts, support items and indicators."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import Permission, require
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import Cohort, Indicator, Programme
from .. import forms, policies, wording
from ..queries import cohorts, numbers
from ..queries.support import support_items
from ..services import programmes as services
from ..settings import rule
from . import bp
from .common import act, attempt, given, now

MANAGE = Permission.MENTORING_MANAGE


@bp.get("/programmes/<slug>")
@require(MANAGE)
def programme(slug: str) -> str:
    row = cohorts.get_programme(slug, current_actor())
    return render_template(
        "mentoring/programme.html",
        programme=row,
        cohorts=cohorts.cohorts_in(row),
        items=support_items(row.id),
        words=wording,
        rules={name: rule(row, name) for name in forms.RULES},
        indicators=numbers.indicators_of(row),
    )


@bp.route("/programmes/new", methods=["GET", "POST"])
@require(MANAGE)
def new_programme() -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    form = forms.ProgrammeForm()
    made: list[str] = []
    return _programme_page(
        form,
        None,
        made,
        lambda: made.append(services.create_programme(**_facts(form), actor=actor, at=now()).slug),
        may=not policies.only_some_programmes(actor),
    )


@bp.route("/programmes/<slug>/edit", methods=["GET", "POST"])
@require(MANAGE)
def edit_programme(slug: str) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    row = cohorts.get_programme(slug, actor)
    form = forms.ProgrammeForm(obj=row, data={name: rule(row, name) for name in forms.RULES})

    def save() -> None:
        services.change_programme(cohorts.get_programme(slug, actor), **_facts(form), actor=actor, at=now())

    return _programme_page(form, row, [slug], save)


def _facts(form: forms.ProgrammeForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "name_en": form.name_en.data or "",
        "decision": form.decision.data or "",
        "summary": form.summary.data or "",
        "starts_on": form.starts_on.data,
        "ends_on": form.ends_on.data,
        "rules": {name: getattr(form, name).data for name in forms.RULES},
    }


def _programme_page(
    form: forms.ProgrammeForm, row: Programme | None, slugs: list[str], save: Any, may: bool = True
) -> str | BaseResponse | tuple[str, int]:
    if form.validate_on_submit() and attempt(form, save, _("Đã lưu chương trình.")):
        return go("mentoring.programme", slug=slugs[0])
    page = render_template(
        "mentoring/programme_form.html", form=form, slug=slugs[0] if slugs and row else "", may=may
    )
    return (page, 422) if request.method == "POST" else page


@bp.route("/programmes/<slug>/cohorts/new", methods=["GET", "POST"])
@require(MANAGE)
def new_cohort(slug: str) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    row = cohorts.get_programme(slug, actor)
    form = forms.CohortForm()
    return _cohort_page(
        form,
        row,
        None,
        lambda: services.create_cohort(
            cohorts.get_programme(slug, actor), **_cohort_facts(form), actor=actor, at=now()
        ),
    )


@bp.route("/cohorts/<slug>/edit", methods=["GET", "POST"])
@require(MANAGE)
def edit_cohort(slug: str) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    row = cohorts.get_cohort(slug, actor)
    form = forms.CohortForm(obj=row)
    return _cohort_page(
        form,
        row.programme,
        row,
        lambda: services.change_cohort(
            cohorts.get_cohort(slug, actor), **_cohort_facts(form), actor=actor, at=now()
        ),
    )


def _cohort_facts(form: forms.CohortForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "name_en": form.name_en.data or "",
        "year": form.year.data,
        "starts_on": given(form.starts_on.data),
        "ends_on": given(form.ends_on.data),
    }


def _cohort_page(
    form: forms.CohortForm, programme: Programme, row: Cohort | None, save: Any
) -> str | BaseResponse | tuple[str, int]:
    slug = programme.slug
    if form.validate_on_submit() and attempt(form, save, _("Đã lưu khóa.")):
        return go("mentoring.programme", slug=slug, _anchor="cohorts")
    programme = cohorts.get_programme(slug, current_actor())
    page = render_template("mentoring/cohort_form.html", form=form, programme=programme, new=row is None)
    return (page, 422) if request.method == "POST" else page


@bp.route("/programmes/<slug>/indicators/new", methods=["GET", "POST"])
@require(MANAGE)
def new_indicator(slug: str) -> str | BaseResponse | tuple[str, int]:
    form = forms.IndicatorForm()
    if request.method == "GET":
        form.year.data = now().year
    return _indicator_page(form, slug, None)


@bp.route("/indicators/<int:indicator_id>", methods=["GET", "POST"])
@require(MANAGE)
def edit_indicator(indicator_id: int) -> str | BaseResponse | tuple[str, int]:
    row, slug = numbers.get_indicator(indicator_id, current_actor())
    return _indicator_page(forms.IndicatorForm(obj=row), slug, row)


def _indicator_page(
    form: forms.IndicatorForm, slug: str, row: Indicator | None
) -> str | BaseResponse | tuple[str, int]:
    actor, own = current_actor(), row.id if row else None

    def save() -> None:
        services.set_indicator(
            cohorts.get_programme(slug, actor),
            form.name.data,
            year=given(form.year.data),
            target=given(form.target.data),
            unit=form.unit.data or "",
            unit_en=form.unit_en.data or "",
            counts=form.counts.data,
            done=form.done.data,
            last_year=form.last_year.data,
            as_of=form.as_of.data,
            source=form.source.data or "",
            name_en=form.name_en.data or "",
            indicator_id=own,
            actor=actor,
            at=now(),
        )

    if form.validate_on_submit() and attempt(form, save, _("Đã lưu chỉ tiêu.")):
        return go("mentoring.programme", slug=slug, _anchor="indicators")
    programme = cohorts.get_programme(slug, actor)
    page = render_template("mentoring/indicator.html", form=form, programme=programme, own=own)
    return (page, 422) if request.method == "POST" else page


@bp.post("/indicators/<int:indicator_id>/remove")
@require(MANAGE)
def remove_indicator(indicator_id: int) -> BaseResponse:
    actor = current_actor()
    _row, slug = numbers.get_indicator(indicator_id, actor)
    act(
        lambda: services.remove_indicator(
            numbers.get_indicator(indicator_id, actor)[0], actor=actor, at=now()
        ),
        _("Đã bỏ chỉ tiêu."),
    )
    return go("mentoring.programme", slug=slug, _anchor="indicators")
