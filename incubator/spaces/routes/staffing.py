"""Quotas, trainings, care of machines, people on duty."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Actor, Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.lists import list_args
from ...core.text.numerals import is_count
from ...core.web import current_actor, go
from ...models import MaintenancePlan, QuotaScope
from ..forms import DutyForm, PlanForm, QuotaForm, ScheduleForm, TrainingForm, options
from ..forms.setup import KINDS, SCOPES
from ..queries import setup as setup_queries
from ..services import plans, staffing, terms, trainings
from ..settings import TRAININGS
from .base import all_choices, asked_int, bp, page

MANAGE = Permission.SPACES_MANAGE


def _answer(form: QuotaForm | TrainingForm | DutyForm, text: str) -> Response:
    return Response(text, 422 if form.errors else 200, mimetype="text/html")


@bp.route("/quotas", methods=["GET", "POST"])
@require(MANAGE)
def quota_list() -> str | Response:
    """Hours a week for each person, team, organisation; a row of the address is the one being changed."""
    form = QuotaForm()
    places = [(f"r{choice.value}", choice.label) for choice in all_choices()]
    form.what.choices = options(
        [("", _("Mọi phòng và máy")), *((k.value, label) for k, label in KINDS), *places]
    )
    if form.validate_on_submit():
        what = form.what.data or ""
        try:
            with transaction():
                terms.set_quota(
                    form.name.data,
                    QuotaScope(form.scope.data),
                    form.hours.data,
                    actor=current_actor(),
                    at=clock.now(),
                    kind="" if what[:1] == "r" and is_count(what[1:]) else what,
                    resource_id=int(what[1:]) if what[:1] == "r" and is_count(what[1:]) else None,
                    quota_id=form.quota_id.data,
                )
        except DomainError as error:
            form.take(error)
        else:
            flash(_("Đã lưu hạn mức."), "success")
            return go("spaces.quota_list")
    rows = setup_queries.quotas()
    chosen = next((q for q, _name in rows if q.id == asked_int("quota", 0)), None)
    if request.method == "GET" and chosen is not None:
        form.name.data, form.scope.data, form.hours.data = (
            chosen.name,
            chosen.scope.value,
            chosen.minutes // 60,
        )
        form.what.data = f"r{chosen.resource_id}" if chosen.resource_id else chosen.kind
    words = {"scopes": dict(SCOPES), "kinds": {k.value: label for k, label in KINDS}}
    return _answer(form, page("quotas", form=form, rows=rows, chosen=chosen, **words))


@bp.post("/quotas/<int:quota_id>/drop")
@require(MANAGE)
def drop_quota(quota_id: int) -> Response:
    with transaction():
        terms.drop_quota(quota_id, actor=current_actor(), at=clock.now())
    flash(_("Đã bỏ hạn mức."), "success")
    return go("spaces.quota_list")


@bp.route("/trainings", methods=["GET", "POST"])
@require(MANAGE)
def training_list() -> str | Response:
    """Who may use which machine, until when; grant one by hand."""
    form = TrainingForm(on=clock.today()) if request.method == "GET" else TrainingForm()
    kinds = setup_queries.training_kinds()
    form.training.choices = options(kinds)
    if form.validate_on_submit():
        try:
            with transaction():
                _record, name = trainings.grant_to_contact(
                    form.contact.data,
                    form.training.data,
                    on=form.on.data or clock.today(),
                    months=form.months.data,
                    actor=current_actor(),
                    at=clock.now(),
                )
        except DomainError as error:
            error.field = error.field or "contact"
            form.take(error)
        else:
            flash(_("Đã ghi tập huấn cho %(name)s.", name=name), "success")
            return go("spaces.training_list")
    args = list_args((), ("training",))
    text = page(
        "trainings",
        form=form,
        rows=setup_queries.training_page(args),
        kinds=dict(kinds),
        args=args,
        words=TRAININGS,
    )
    return _answer(form, text)


@bp.post("/trainings/<int:record_id>/revoke")
@require(MANAGE)
def revoke_training(record_id: int) -> Response:
    with transaction():
        trainings.revoke(
            record_id, reason=request.form.get("reason", ""), actor=current_actor(), at=clock.now()
        )
    flash(_("Đã thu hồi: người này cần tập huấn lại."), "success")
    return go("spaces.training_list")


@bp.route("/maintenance", methods=["GET", "POST"])
@require(MANAGE)
def maintenance() -> str | Response:
    """What is due, and the plan behind it; a row of the address is the one being changed."""
    form, actor = PlanForm(), current_actor()
    form.resource_id.choices = all_choices()
    number = asked_int("plan", 0) or None
    if form.validate_on_submit():
        try:
            place = setup_queries.get_place_by_id(form.resource_id.data or 0, actor)
            with transaction():
                plans.save(
                    place,
                    form.task.data,
                    every_days=form.every_days.data,
                    minutes=form.minutes.data,
                    starts_on=form.starts_on.data or clock.today(),
                    actor=actor,
                    at=clock.now(),
                    plan_id=number,
                )
        except DomainError as error:
            form.take(error)
        else:
            flash(_("Đã lưu lịch bảo trì."), "success")
            return go("spaces.maintenance")
    rows = _due(actor)
    chosen = next((p for p, _due in rows if p.id == number), None)
    if request.method == "GET" and chosen is not None:
        form.process(obj=chosen)
    return _plans(form, rows=rows, chosen=chosen)


def _plans(form: PlanForm, schedule: ScheduleForm | None = None, plan_id: int = 0, **values: Any) -> Response:
    """The page, with what was typed for one of its rows."""
    schedule = schedule or ScheduleForm(formdata=None)
    text = page("maintenance", form=form, schedule=schedule, scheduling=plan_id, **values)
    return Response(text, 422 if form.errors or schedule.errors else 200, mimetype="text/html")


def _due(actor: Actor) -> list[tuple[MaintenancePlan, date]]:
    return sorted(((p, plans.due_on(p)) for p in setup_queries.due_plans(actor)), key=lambda pair: pair[1])


@bp.post("/maintenance/<int:plan_id>/<any(schedule, done, end):step>")
@require(MANAGE)
def plan_step(plan_id: int, step: str) -> Response:
    actor, at = current_actor(), clock.now()
    if step == "schedule":
        return _schedule(plan_id, actor, at)
    with transaction():
        if step == "done":
            plans.done(plan_id, clock.today(), actor=actor, at=at)
            text = _("Đã ghi là đã bảo trì hôm nay.")
        else:
            plans.end(plan_id, clock.today(), actor=actor, at=at)
            text = _("Đã ngừng lịch bảo trì này.")
    flash(text, "success")
    return go("spaces.maintenance")


def _schedule(plan_id: int, actor: Actor, at: datetime) -> Response:
    form = ScheduleForm()
    if form.validate() and form.starts_at.data is not None:
        try:
            with transaction():
                _made, owners = plans.schedule(plan_id, form.starts_at.data, actor=actor, at=at)
        except DomainError as error:
            form.take(error)
        else:
            n = len(owners)
            flash(_("Đã xếp giờ bảo trì; %(n)s lượt bị ảnh hưởng, người đặt đã được báo.", n=n), "success")
            return go("spaces.outage_list" if n else "spaces.maintenance")
    empty = PlanForm(formdata=None)
    empty.resource_id.choices = all_choices()
    return _plans(empty, form, plan_id, rows=_due(actor), chosen=None)


@bp.route("/duty", methods=["GET", "POST"])
@require(MANAGE)
def duty_list() -> str | Response:
    """Who is on duty today, the rosters, and who may watch over what."""
    actor, at = current_actor(), clock.now()
    sites = [site for site in setup_queries.sites_of(actor) if not site.is_partner]
    site = next((s for s in sites if s.id == asked_int("site", 0)), sites[0] if sites else None)
    form = DutyForm()
    form.person_id.choices = options(setup_queries.staff_of(site.id, at)) if site else []
    if site is not None and form.validate_on_submit():
        try:
            with transaction():
                row = staffing.add(form.person_id.data or 0, site, form.units.data, actor=actor, at=at)
        except DomainError as error:
            form.take(error)
        else:
            flash(_("Đã thêm vào danh sách trực. Nhập giờ trực trong tuần."), "success")
            return go("spaces.place_hours", slug=row.slug)
    rows = setup_queries.watchers(actor, clock.today(), site.id) if site else []
    return _answer(form, page("duty", form=form, rows=rows, site=site))


@bp.post("/duty/<int:resource_id>/end")
@require(MANAGE)
def end_duty(resource_id: int) -> Response:
    with transaction():
        staffing.remove(resource_id, actor=current_actor(), at=clock.now())
    flash(_("Đã bỏ khỏi danh sách trực."), "success")
    return go("spaces.duty_list")
