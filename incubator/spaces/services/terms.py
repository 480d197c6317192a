"""What use costs and how much of it one may have: prices in đồng, quotas in hours a week."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db, lock_rows
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import PriceRule, Quota, QuotaScope, Resource


def _ensure(actor: Actor) -> None:
    ensure(actor.has(Permission.SPACES_MANAGE) or actor.has(Permission.SYSTEM_MANAGE))


def set_price(
    place: Resource,
    per_half_hour: int,
    *,
    actor: Actor,
    at: datetime,
    organisation_kind: str = "",
    valid_from: date | None = None,
) -> PriceRule:
    """Đồng per started half hour, for a kind of organisation or for everybody; the price before ends the day before.

    Bookings made already keep the price that was fixed when they were made.
    """
    _ensure(actor)
    if per_half_hour < 0:
        raise Invalid(_("Giá không âm. Nhập 0 để miễn phí."), field="per_half_hour")
    lock_rows(Resource, [place.id])
    same = [PriceRule.resource_id == place.id, PriceRule.organisation_kind == organisation_kind]
    if valid_from is None:
        db.session.execute(sa.delete(PriceRule).where(*same))
    else:
        db.session.execute(sa.delete(PriceRule).where(*same, PriceRule.valid_from >= valid_from))
        db.session.execute(
            sa.update(PriceRule)
            .where(*same, sa.or_(PriceRule.valid_to.is_(None), PriceRule.valid_to >= valid_from))
            .values(valid_to=valid_from - timedelta(days=1))
        )
    rule = PriceRule(
        resource_id=place.id,
        organisation_kind=organisation_kind,
        per_half_hour=per_half_hour,
        valid_from=valid_from,
    )
    db.session.add(rule)
    db.session.flush()
    after = {"price": per_half_hour, "for": organisation_kind, "from": str(valid_from or "")}
    activity.record("spaces.price.set", place, actor=actor, at=at, after=after)
    return rule


def drop_price(price_id: int, *, actor: Actor, at: datetime) -> Resource:
    """New bookings fall back to the price for everybody, or to none."""
    _ensure(actor)
    rule = db.session.get(PriceRule, price_id)
    if rule is None:
        raise NotFound(_("Không có giá này."))
    place = db.session.get_one(Resource, rule.resource_id)
    before = {"price": rule.per_half_hour, "for": rule.organisation_kind}
    db.session.delete(rule)
    db.session.flush()
    activity.record("spaces.price.dropped", place, actor=actor, at=at, before=before)
    return place


def set_quota(
    name: str,
    scope: QuotaScope,
    hours: int,
    *,
    actor: Actor,
    at: datetime,
    kind: str = "",
    resource_id: int | None = None,
    quota_id: int | None = None,
) -> Quota:
    """Hours per local week for each person, team or organisation; of one place, of a kind of places, or of all."""
    _ensure(actor)
    if not name.strip():
        raise Invalid(_("Đặt tên hạn mức: người đặt đọc tên này khi vượt hạn mức."), field="name")
    if not 1 <= hours <= 168:
        raise Invalid(_("Số giờ mỗi tuần từ 1 đến 168."), field="hours")
    quota = db.session.get(Quota, quota_id) if quota_id is not None else Quota()
    if quota is None:
        raise NotFound(_("Không có hạn mức này."))
    before = _facts(quota) if quota_id is not None else None
    quota.name, quota.scope, quota.minutes = name.strip(), scope, hours * 60
    quota.kind, quota.resource_id = ("" if resource_id else kind), resource_id
    db.session.add(quota)
    db.session.flush()
    activity.record("spaces.quota.set", quota, actor=actor, at=at, before=before, after=_facts(quota))
    return quota


def _facts(quota: Quota) -> dict[str, object]:
    return {
        "hours": quota.minutes // 60,
        "scope": quota.scope,
        "kind": quota.kind,
        "resource": quota.resource_id,
    }


def drop_quota(quota_id: int, *, actor: Actor, at: datetime) -> None:
    _ensure(actor)
    quota = db.session.get(Quota, quota_id)
    if quota is None:
        raise NotFound(_("Không có hạn mức này."))
    activity.record("spaces.quota.dropped", quota, actor=actor, at=at, before=_facts(quota))
    db.session.delete(quota)
    db.session.flush()
