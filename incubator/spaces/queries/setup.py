"""How the centre is set up: sites, places with their rules, hours, prices, quotas, trainings, care, people on duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor, Permission, Role, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs, Page, paginate, words_match
from ...core.web import named
from ...models import (
    Event,
    MaintenancePlan,
    OpeningRule,
    Person,
    PriceRule,
    Quota,
    Resource,
    ResourceKind,
    RoleGrant,
    Site,
    TrainingRecord,
)
from .. import prices
from ..duty import roster
from ..intervals import Span, local_day
from ..settings import TRAININGS, PlaceRules
from .place_rows import BOOKABLE, PlaceRow, all_places, edges
from .world import load_calendars, load_entries, supervisors

Stretches = list[tuple[time, time]]


def may_set_up(actor: Actor, site_id: int | None) -> bool:
    return actor.has(Permission.SYSTEM_MANAGE) or actor.has(Permission.SPACES_MANAGE, ScopeKind.SITE, site_id)


def sites_of(actor: Actor) -> list[Site]:
    """Sites that the actor may set up, the centre's own first."""
    rows = db.session.scalars(sa.select(Site).order_by(Site.is_partner, Site.name))
    return [row for row in rows if may_set_up(actor, row.id)]


def get_site(site_id: int, actor: Actor) -> Site:
    site = db.session.get(Site, site_id)
    if site is None or not may_set_up(actor, site.id):
        raise NotFound(_("Không có cơ sở này."))
    return site


def get_place(slug: str, actor: Actor) -> Resource:
    place = db.session.scalar(
        sa.select(Resource).options(joinedload(Resource.site)).where(Resource.slug == slug)
    )
    if place is None or not may_set_up(actor, place.site_id):
        raise NotFound(_("Không có phòng hoặc máy này."))
    return place


def get_place_by_id(place_id: int, actor: Actor) -> Resource:
    slug = db.session.scalar(sa.select(Resource.slug).where(Resource.id == place_id))
    return get_place(slug or "", actor)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place in the list of all, with what stands out of its rules."""

    place: Resource
    rules: PlaceRules
    made_of: int
    machines: int


def places_by_site(actor: Actor) -> list[tuple[Site, list[PlaceLine]]]:
    """Every place, retired ones last."""
    sites = sites_of(actor)
    rows = db.session.scalars(
        sa.select(Resource)
        .where(Resource.site_id.in_([s.id for s in sites]), Resource.kind.in_(BOOKABLE))
        .order_by(Resource.retired_at.is_not(None), Resource.kind.desc(), Resource.position, Resource.name)
    ).all()
    known = edges()
    found: dict[int | None, list[PlaceLine]] = defaultdict(list)
    for row in rows:
        line = PlaceLine(
            row,
            PlaceRules.of(row.rules),
            len(known.parts.get(row.id, ())),
            len(known.contents.get(row.id, ())),
        )
        found[row.site_id].append(line)
    return [(site, found.get(site.id, [])) for site in sites]


def neighbours(place: Resource | None, site_id: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """What a place could be made of, and the machines that could stand in it: of the same site, itself left out."""
    rows = db.session.execute(
        sa.select(Resource.id, Resource.name, Resource.name_en, Resource.kind)
        .where(Resource.site_id == site_id, Resource.retired_at.is_(None), Resource.kind.in_(BOOKABLE))
        .order_by(Resource.position, Resource.name)
    ).all()
    own = place.id if place is not None else 0
    inside = (ResourceKind.MACHINE, ResourceKind.KIT)
    rooms = [(r.id, named(r)) for r in rows if r.kind is ResourceKind.ROOM and r.id != own]
    machines = [(r.id, named(r)) for r in rows if r.kind in inside and r.id != own]
    return rooms, machines


def staff_of(site_id: int, at: datetime) -> list[tuple[int, str]]:
    """People with the staff's role at a site, by name: who may be on duty, who may approve."""
    rows = db.session.execute(
        sa.select(Person.id, Person.full_name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.STAFF,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > at),
            sa.or_(
                RoleGrant.scope == ScopeKind.SYSTEM,
                sa.and_(RoleGrant.scope == ScopeKind.SITE, RoleGrant.scope_id == site_id),
            ),
        )
        .distinct()
        .order_by(Person.full_name)
    ).all()
    return [(row[0], row[1]) for row in rows]


def training_kinds() -> list[tuple[str, str]]:
    """The usual kinds, and those that staff named for their machines and courses."""
    own = {PlaceRules.of(rules).training for rules in db.session.scalars(sa.select(Resource.rules))}
    own |= set(db.session.scalars(sa.union(sa.select(Event.trains), sa.select(TrainingRecord.training))))
    known = [(key, str(label)) for key, label in TRAININGS.items()]
    return known + [(key, key) for key in sorted(own - set(TRAININGS) - {""})]


# -- hours


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of one owner that begin on a date; `first` None: from the beginning."""

    first: date | None
    last: date | None
    days: list[Stretches]


def weeks_of(*, site_id: int | None = None, resource_id: int | None = None) -> list[Week]:
    """All versions of a week, the latest first."""
    mine = OpeningRule.site_id == site_id if site_id is not None else OpeningRule.resource_id == resource_id
    rows = db.session.scalars(sa.select(OpeningRule).where(mine).order_by(OpeningRule.opens)).all()
    found: dict[tuple[date | None, date | None], list[Stretches]] = {}
    for row in rows:
        days = found.setdefault((row.valid_from, row.valid_to), [[] for _n in range(7)])
        days[row.weekday].append((row.opens, row.closes))
    weeks = [Week(first, last, days) for (first, last), days in found.items()]
    return sorted(weeks, key=lambda week: week.first or date.min, reverse=True)


def week_on(weeks: Sequence[Week], day: date) -> Week | None:
    """The version that counts on a day."""
    return next(
        (w for w in weeks if (w.first is None or w.first <= day) and (w.last is None or day <= w.last)), None
    )


# -- prices, quotas


def prices_of(resource_id: int) -> list[PriceRule]:
    """Every price of a place, ended ones too: by kind of organisation, the latest first."""
    return list(
        db.session.scalars(
            sa.select(PriceRule)
            .where(PriceRule.resource_id == resource_id)
            .order_by(PriceRule.organisation_kind, PriceRule.valid_from.desc().nulls_last())
        )
    )


def prices_on(resource_id: int, day: date) -> list[tuple[str, int]]:
    """Kind of organisation ('' for everybody) and đồng for a started half hour, as they hold on a day."""
    rates = [
        prices.Rate(row.organisation_kind, row.per_half_hour, row.valid_from, row.valid_to)
        for row in prices_of(resource_id)
    ]
    return list(prices.prices_on(rates, day).items())


def quotas() -> list[tuple[Quota, str]]:
    """Each with the name of its place, if it is for one."""
    rows = db.session.execute(
        sa.select(Quota, sa.func.coalesce(Resource.name, ""))
        .outerjoin(Resource, Resource.id == Quota.resource_id)
        .order_by(Quota.scope, Quota.name)
    ).all()
    return [(row[0], row[1]) for row in rows]


# -- trainings


def training_page(args: ListArgs) -> Page:
    """Who may use which machine, the latest first; searched by name, filtered by kind."""
    statement = (
        sa.select(TrainingRecord)
        .join(Person, Person.id == TrainingRecord.person_id)
        .options(joinedload(TrainingRecord.person))
        .order_by(TrainingRecord.granted_on.desc(), TrainingRecord.id.desc())
    )
    statement = statement.where(words_match(Person.search_key, args.key))
    if args.filters.get("training"):
        statement = statement.where(TrainingRecord.training == args.filters["training"])
    return paginate(statement, args)


# -- care


def due_plans(actor: Actor) -> list[MaintenancePlan]:
    rows = db.session.scalars(
        sa.select(MaintenancePlan)
        .options(joinedload(MaintenancePlan.resource))
        .where(MaintenancePlan.ended_on.is_(None))
    )
    return [row for row in rows if may_set_up(actor, row.resource.site_id)]


# -- people on duty


@dataclass(frozen=True, slots=True)
class Watcher:
    """One person on the roster: hours of the day, and the machines that the person may watch over."""

    row: PlaceRow
    today: list[Span]
    machines: list[str]


def watchers(actor: Actor, day: date, site_id: int | None = None) -> list[Watcher]:
    """Who is on the roster of the actor's sites, or of one, with the hours of one day on which they are not away."""
    places, staff = all_places()
    known = [
        row for row in staff.values() if site_id in (None, row.site_id) and may_set_up(actor, row.site_id)
    ]
    if not known:
        return []
    crews = edges().crews
    rows = places | staff
    ids = [row.id for row in sorted(known, key=lambda row: (row.name, row.id))]
    calendars = load_calendars(known, day, day)
    found = supervisors(known, calendars, load_entries(ids, local_day(day)))
    return [
        Watcher(
            rows[i],
            next((spans for _name, spans in roster([found[i]], day)), []),
            sorted(named(rows[m]) for m, people in crews.items() if i in people and m in rows),
        )
        for i in ids
    ]


def watcher_choices(site_id: int) -> list[tuple[int, str]]:
    """People who may be on duty at a site, as (resource id, name)."""
    return [(i, name) for i, name, _site in _people(site_id)]


def _people(site_id: int | None) -> Sequence[Any]:
    query = (
        sa.select(Resource.id, Resource.name, Resource.site_id)
        .where(Resource.kind == ResourceKind.PERSON, Resource.retired_at.is_(None))
        .order_by(Resource.name, Resource.id)
    )
    return db.session.execute(query if site_id is None else query.where(Resource.site_id == site_id)).all()
