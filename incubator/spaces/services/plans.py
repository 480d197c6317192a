"""Recurring care of machines: plans, the outage that a plan makes, and when it was done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import MaintenancePlan, Outage, OutageKind, Resource
from .. import policies
from ..intervals import Span
from . import outages
from .occupancy import Owner


def due_on(plan: MaintenancePlan) -> date:
    """The next date: counted from the last time it was done."""
    return plan.last_done_on + timedelta(days=plan.every_days) if plan.last_done_on else plan.starts_on


def save(
    place: Resource,
    task: str,
    *,
    every_days: int,
    minutes: int,
    starts_on: date,
    actor: Actor,
    at: datetime,
    plan_id: int | None = None,
) -> MaintenancePlan:
    """A new plan, or with `plan_id` a change: every so many days, so many minutes each time. Raises Invalid without a task."""
    ensure(policies.can_manage(actor, place.site_id))
    if not task.strip():
        raise Invalid(_("Ghi việc phải làm."), field="task")
    plan = get(plan_id, actor=actor) if plan_id is not None else MaintenancePlan()
    before = _facts(plan) if plan_id is not None else None
    plan.resource_id, plan.task, plan.every_days = place.id, task.strip(), every_days
    plan.minutes, plan.starts_on = minutes, starts_on
    db.session.add(plan)
    db.session.flush()
    activity.record("spaces.plan.saved", plan, actor=actor, at=at, before=before, after=_facts(plan))
    return plan


def _facts(plan: MaintenancePlan) -> dict[str, object]:
    return {
        "resource": plan.resource_id,
        "days": plan.every_days,
        "minutes": plan.minutes,
        "from": plan.starts_on.isoformat(),
    }


def get(plan_id: int, *, actor: Actor) -> MaintenancePlan:
    lock_rows(MaintenancePlan, [plan_id])
    plan = db.session.get(MaintenancePlan, plan_id)
    if plan is None:
        raise NotFound(_("Không có lịch bảo trì này."))
    ensure(policies.can_manage(actor, db.session.get_one(Resource, plan.resource_id).site_id))
    return plan


def schedule(plan_id: int, start: datetime, *, actor: Actor, at: datetime) -> tuple[Outage, list[Owner]]:
    """Take the machine out of service for the care; whoever it displaces is returned."""
    plan = get(plan_id, actor=actor)
    if start < at:
        raise Invalid(_("Giờ bắt đầu đã qua. Chọn giờ muộn hơn."), field="starts_at")
    span = Span(start, start + timedelta(minutes=plan.minutes))
    return outages.declare(
        plan.resource_id,
        span,
        reason=plan.task,
        actor=actor,
        at=at,
        kind=OutageKind.MAINTENANCE,
        plan_id=plan.id,
    )


def done(plan_id: int, on: date, *, actor: Actor, at: datetime) -> MaintenancePlan:
    """It was done on a date; the next one follows from there."""
    plan = get(plan_id, actor=actor)
    if plan.ended_on is not None:
        raise Conflict(_("Lịch bảo trì này đã ngừng."))
    before = {"last": plan.last_done_on.isoformat() if plan.last_done_on else None}
    plan.last_done_on = on
    db.session.flush()
    activity.record(
        "spaces.plan.done", plan, actor=actor, at=at, before=before, after={"last": on.isoformat()}
    )
    return plan


def end(plan_id: int, on: date, *, actor: Actor, at: datetime) -> MaintenancePlan:
    """No longer followed; its history stays."""
    plan = get(plan_id, actor=actor)
    plan.ended_on = plan.ended_on or on
    db.session.flush()
    activity.record("spaces.plan.ended", plan, actor=actor, at=at)
    return plan
