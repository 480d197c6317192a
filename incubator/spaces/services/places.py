"""Sites, rooms and machines: made and described by staff and administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import (
    OpeningRule,
    PriceRule,
    Quota,
    QuotaScope,
    Resource,
    ResourceKind,
    ResourcePart,
    RoomContent,
    Site,
)
from ..settings import PlaceRules


def _ensure(actor: Actor) -> None:
    ensure(actor.has(Permission.SPACES_MANAGE) or actor.has(Permission.SYSTEM_MANAGE))


def make_site(slug: str, name: str, *, actor: Actor, at: datetime, **values: Any) -> Site:
    _ensure(actor)
    site = Site(slug=slug, name=name, **values)
    db.session.add(site)
    db.session.flush()
    activity.record("spaces.site.made", site, actor=actor, at=at)
    return site


def make_place(
    slug: str,
    name: str,
    kind: ResourceKind,
    site: Site,
    *,
    actor: Actor,
    at: datetime,
    rules: Mapping[str, Any] | None = None,
    parts: Sequence[Resource] = (),
    contents: Sequence[Resource] = (),
    **values: Any,
) -> Resource:
    """A room, machine, kit or court; `parts` make it a composed one, `contents` stand in it."""
    _ensure(actor)
    unknown = set(rules or {}) - set(PlaceRules.__dataclass_fields__)
    if unknown:
        raise Invalid(_("Không có quy tắc tên %(names)s.", names=", ".join(sorted(unknown))), field="rules")
    place = Resource(
        slug=slug,
        name=name,
        kind=kind,
        site_id=site.id,
        composed=bool(parts),
        rules=dict(rules or {}),
        **values,
    )
    db.session.add(place)
    db.session.flush()
    db.session.add_all([ResourcePart(whole_id=place.id, part_id=part.id) for part in parts])
    db.session.add_all([RoomContent(room_id=place.id, content_id=inside.id) for inside in contents])
    db.session.flush()
    activity.record(
        "spaces.place.made", place, actor=actor, at=at, after={"kind": kind, "units": place.units}
    )
    return place


def set_hours(
    rows: Sequence[tuple[int, time, time]],
    *,
    actor: Actor,
    at: datetime,
    site: Site | None = None,
    place: Resource | None = None,
) -> None:
    """Replace the opening hours of a site or of one place: (weekday, opens, closes) rows."""
    _ensure(actor)
    owner = {"site_id": site.id if site else None, "resource_id": place.id if place else None}
    db.session.execute(
        sa.delete(OpeningRule).where(
            OpeningRule.site_id == owner["site_id"]
            if site
            else OpeningRule.resource_id == owner["resource_id"]
        )
    )
    for weekday, opens, closes in rows:
        if closes != time(0) and closes <= opens:
            raise Invalid(_("Giờ đóng cửa phải sau giờ mở cửa."), field="closes")
        db.session.add(OpeningRule(weekday=weekday, opens=opens, closes=closes, **owner))
    db.session.flush()
    activity.record("spaces.hours.set", site or place, actor=actor, at=at, after={"rows": len(rows)})


def set_price(
    place: Resource, per_half_hour: int, *, actor: Actor, at: datetime, organisation_kind: str = ""
) -> None:
    """Đồng per started half hour, for a kind of organisation or for everybody."""
    _ensure(actor)
    db.session.add(
        PriceRule(resource_id=place.id, organisation_kind=organisation_kind, per_half_hour=per_half_hour)
    )
    db.session.flush()
    activity.record(
        "spaces.price.set",
        place,
        actor=actor,
        at=at,
        after={"price": per_half_hour, "for": organisation_kind},
    )


def set_quota(
    name: str, scope: QuotaScope, hours: int, *, actor: Actor, at: datetime, kind: str = ""
) -> Quota:
    """Hours per local week for each person, team or organisation."""
    _ensure(actor)
    quota = Quota(name=name, scope=scope, minutes=hours * 60, kind=kind)
    db.session.add(quota)
    db.session.flush()
    activity.record("spaces.quota.set", quota, actor=actor, at=at, after={"hours": hours, "scope": scope})
    return quota
