"""Sites, rooms and machines: made and described by staff and administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ScopeKind, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...core.text import search_key
from ...models import (
    Occupancy,
    OccupancyState,
    Resource,
    ResourceKind,
    ResourcePart,
    RoomContent,
    Site,
    Supervision,
)
from ..queries.place_rows import edges
from ..settings import PlaceRules, stored

BLOCKING = (OccupancyState.CONFIRMED, OccupancyState.HELD)


def ensure_may(actor: Actor, site_id: int | None = None) -> None:
    """Staff of the site; an administrator may set up any."""
    if actor.has(Permission.SYSTEM_MANAGE):
        return
    if site_id is None:
        ensure(actor.has(Permission.SPACES_MANAGE))
    else:
        ensure(actor.has(Permission.SPACES_MANAGE, ScopeKind.SITE, site_id))


def free_slug(model: type[Site] | type[Resource], name: str) -> str:
    """A short name for addresses that nobody has."""
    import re

    base = re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:60] or "noi"
    taken = set(db.session.scalars(sa.select(model.slug).where(model.slug.like(f"{base}%"))))
    return (
        base
        if base not in taken
        else next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
    )


def make_site(slug: str, name: str, *, actor: Actor, at: datetime, **values: Any) -> Site:
    ensure_may(actor)
    if not name.strip():
        raise Invalid(_("Nhập tên cơ sở."), field="name")
    site = Site(slug=slug or free_slug(Site, name), name=name.strip(), **values)
    db.session.add(site)
    db.session.flush()
    activity.record("spaces.site.made", site, actor=actor, at=at)
    return site


def change_site(site_id: int, *, actor: Actor, at: datetime, **values: Any) -> Site:
    """Name, address, phone; partner or own."""
    ensure_may(actor, site_id)
    site = db.session.get(Site, site_id)
    if site is None:
        raise NotFound(_("Không có cơ sở này."))
    changed = {k: v for k, v in values.items() if getattr(site, k) != v}
    before = {k: getattr(site, k) for k in changed}
    for name, value in changed.items():
        setattr(site, name, value)
    db.session.flush()
    if changed:
        activity.record("spaces.site.changed", site, actor=actor, at=at, before=before, after=changed)
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
    ensure_may(actor, site.id)
    unknown = set(rules or {}) - set(PlaceRules.__dataclass_fields__)
    if unknown:
        raise Invalid(_("Không có quy tắc tên %(names)s.", names=", ".join(sorted(unknown))), field="rules")
    place = Resource(
        slug=slug or free_slug(Resource, name),
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


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that staff may say about a place."""

    name: str
    kind: ResourceKind
    name_en: str = ""
    description: str = ""
    description_en: str = ""
    position: int = 0
    capacity: int | None = None
    units: int = 1
    equipment: tuple[str, ...] = ()
    rules: PlaceRules = field(default_factory=PlaceRules)
    parts: tuple[int, ...] = ()
    contents: tuple[int, ...] = ()
    supervisors: tuple[int, ...] = ()


def describe(place_id: int, wanted: Description, *, actor: Actor, at: datetime) -> Resource:
    """Change a place. What bookings rest on (parts, machines inside, fewer units) only while nothing is to come."""
    lock_rows(Resource, [place_id])
    place = get_place(place_id, actor=actor)
    _ensure_sound(place, wanted)
    known = edges()
    was = {
        **_columns(place),
        "parts": sorted(known.parts.get(place.id, ())),
        "contents": sorted(known.contents.get(place.id, ())),
        "supervisors": sorted(known.crews.get(place.id, ())),
    }
    _set_columns(place, wanted)
    now: dict[str, Any] = {
        **_columns(place),
        "parts": sorted(wanted.parts),
        "contents": sorted(wanted.contents),
        "supervisors": sorted(wanted.supervisors),
    }
    changed = {key for key in now if now[key] != was[key]}
    if changed & {"parts", "contents"} or place.units < was["units"]:
        _ensure_nothing_to_come(place, at)
    if "parts" in changed:
        _recompose(place, wanted.parts)
    if "contents" in changed:
        _relate(RoomContent, "room_id", "content_id", place.id, wanted.contents)
    if "supervisors" in changed:
        _relate(Supervision, "place_id", "supervisor_id", place.id, wanted.supervisors)
    db.session.flush()
    if changed:
        activity.record(
            "spaces.place.changed",
            place,
            actor=actor,
            at=at,
            before={key: was[key] for key in changed},
            after={key: now[key] for key in changed},
        )
    return place


def _columns(place: Resource) -> dict[str, Any]:
    return {
        "name": place.name,
        "name_en": place.name_en,
        "kind": place.kind.value,
        "description": place.description,
        "description_en": place.description_en,
        "position": place.position,
        "capacity": place.capacity,
        "units": place.units,
        "equipment": list(place.equipment),
        "rules": dict(place.rules),
    }


def _set_columns(place: Resource, wanted: Description) -> None:
    place.name, place.name_en = wanted.name.strip(), wanted.name_en.strip()
    place.kind, place.position = wanted.kind, wanted.position
    place.description, place.description_en = wanted.description.strip(), wanted.description_en.strip()
    place.capacity, place.units = wanted.capacity, wanted.units
    place.equipment, place.rules = list(wanted.equipment), stored(wanted.rules)


def _ensure_sound(place: Resource, wanted: Description) -> None:
    if not wanted.name.strip():
        raise Invalid(_("Nhập tên phòng hoặc máy."), field="name")
    if wanted.parts and wanted.contents:
        raise Invalid(_("Nơi ghép từ nhiều phòng không chứa máy: đặt máy vào từng phòng."), field="contents")
    if place.id in {*wanted.parts, *wanted.contents}:
        raise Invalid(_("Một nơi không thể là phần của chính nó."), field="parts")
    known = edges()
    if place.id in known.below([*wanted.parts, *wanted.contents]):
        raise Invalid(_("Các nơi được chọn đã chứa nơi này: bỏ vòng lặp."), field="parts")
    if wanted.rules.supervision and not wanted.supervisors:
        raise Invalid(_("Chọn ít nhất một người trực cho máy này."), field="supervisors")
    if wanted.units > 1 and wanted.parts:
        raise Invalid(_("Nơi ghép chỉ có một chỗ đặt: số chỗ là 1."), field="units")


def _ensure_nothing_to_come(place: Resource, at: datetime) -> None:
    """Bookings hold what the place was made of when they were made."""
    count = coming(place.id, at)
    if count:
        text = _(
            "Còn %(n)s lượt sắp tới ở đây: chuyển hoặc hủy trước khi đổi cấu tạo hay giảm số chỗ.", n=count
        )
        raise Conflict(text, code="coming")


def coming(place_id: int, at: datetime) -> int:
    """How many uses of a place, or of what it is made of, are still to come."""
    known = edges()
    atoms = known.below([place_id])
    return int(
        db.session.scalar(
            sa.select(
                sa.func.count(
                    sa.distinct(Occupancy.owner_kind + "-" + sa.cast(Occupancy.owner_id, sa.String))
                )
            ).where(Occupancy.resource_id.in_(atoms), Occupancy.state.in_(BLOCKING), Occupancy.ends_at > at)
        )
        or 0
    )


def _recompose(place: Resource, parts: Sequence[int]) -> None:
    """A place with a past of its own stays what it is: rows of occupancy name atomic places only."""
    if parts and not place.composed:
        own = db.session.scalar(sa.select(Occupancy.id).where(Occupancy.resource_id == place.id).limit(1))
        if own is not None:
            text = _("Nơi này đã có lịch sử sử dụng riêng: tạo một nơi ghép mới thay vì đổi nó.")
            raise Conflict(text, code="has_history")
    place.composed = bool(parts)
    _relate(ResourcePart, "whole_id", "part_id", place.id, parts)


def _relate(model: Any, above: str, below: str, place_id: int, ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(model).where(getattr(model, above) == place_id))
    db.session.add_all([model(**{above: place_id, below: i}) for i in sorted(set(ids))])


def get_place(place_id: int, *, actor: Actor) -> Resource:
    """The place, if the actor may set it up; 404 hides those of other sites."""
    place = db.session.get(Resource, place_id)
    if place is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    if not actor.has(Permission.SYSTEM_MANAGE) and not actor.has(
        Permission.SPACES_MANAGE, ScopeKind.SITE, place.site_id
    ):
        raise NotFound(_("Không có phòng hoặc máy này."))
    return place


def retire(place_id: int, *, actor: Actor, at: datetime) -> Resource:
    """Take a place out of the lists for good; its past stays. Refused while somebody is to come."""
    lock_rows(Resource, [place_id])
    place = get_place(place_id, actor=actor)
    count = coming(place.id, at)
    if count:
        raise Conflict(_("Còn %(n)s lượt sắp tới: chuyển hoặc hủy trước.", n=count), code="coming")
    place.retired_at = place.retired_at or at
    db.session.flush()
    activity.record("spaces.place.retired", place, actor=actor, at=at)
    return place


def restore(place_id: int, *, actor: Actor, at: datetime) -> Resource:
    place = get_place(place_id, actor=actor)
    place.retired_at = None
    db.session.flush()
    activity.record("spaces.place.restored", place, actor=actor, at=at)
    return place
