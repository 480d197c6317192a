"""Sites, their days off, and the uses that these touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.web import named
from ...models import ClosureDay, Occupancy, OccupancyState, OutageKind, Resource, Site
from .. import policies
from ..intervals import Span, local_day

PUSHED_OUT = (OccupancyState.CONFIRMED, OccupancyState.HELD)


@dataclass(frozen=True, slots=True)
class Touched:
    """A use that lies on a day off. `asked`: only a request so far, which nothing pushes out."""

    span: Span
    places: str
    title: str
    owner_kind: str
    owner_id: int
    asked: bool


def own_sites(actor: Actor) -> list[Site]:
    """Sites whose calendar the actor may edit."""
    sites = db.session.scalars(sa.select(Site).where(Site.is_partner.is_(False)).order_by(Site.id))
    return [site for site in sites if policies.can_manage(actor, site.id)]


def days_of(site_id: int, year: int) -> list[ClosureDay]:
    return list(
        db.session.scalars(
            sa.select(ClosureDay)
            .where(
                ClosureDay.site_id == site_id,
                ClosureDay.day >= date(year, 1, 1),
                ClosureDay.day <= date(year, 12, 31),
            )
            .order_by(ClosureDay.day)
        )
    )


def touched(site_id: int, days: Collection[date]) -> dict[date, list[Touched]]:
    """What each day would push out once it is confirmed, and the requests for it; outages aside."""
    if not days:
        return {}
    rows = db.session.execute(
        sa.select(
            Occupancy.owner_kind,
            Occupancy.owner_id,
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.state,
            Occupancy.title,
            Resource.name,
            Resource.name_en,
        )
        .join(Resource, Resource.id == Occupancy.resource_id)
        .where(
            Resource.site_id == site_id,
            Occupancy.state.in_((*PUSHED_OUT, OccupancyState.REQUESTED)),
            Occupancy.owner_kind.not_in([kind.value for kind in OutageKind]),
            Occupancy.starts_at < local_day(max(days)).end,
            Occupancy.ends_at > local_day(min(days)).start,
        )
        .order_by(Occupancy.starts_at, Resource.position)
    ).all()
    places: dict[tuple[str, int, Span], dict[str, None]] = defaultdict(dict)
    for row in rows:
        places[row.owner_kind, row.owner_id, Span(row.starts_at, row.ends_at)][named(row)] = None
    uses = {(row.owner_kind, row.owner_id, Span(row.starts_at, row.ends_at)): row for row in rows}
    found = [
        Touched(
            key[2],
            ", ".join(places[key]),
            row.title,
            row.owner_kind,
            row.owner_id,
            row.state not in PUSHED_OUT,
        )
        for key, row in uses.items()
    ]
    return {day: [use for use in found if use.span.overlaps(local_day(day))] for day in days}
