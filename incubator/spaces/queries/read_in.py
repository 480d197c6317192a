"""Calendars that were read in from files and still have uses to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.web import named
from ...models import CalendarImport, Occupancy, OccupancyState, Resource
from .. import policies


@dataclass(frozen=True, slots=True)
class ReadIn:
    """One calendar at one place: all readings of a file of this name. `import_id` is the latest."""

    import_id: int
    name: str
    place: str
    at: datetime
    coming: int
    clashes: int


def calendars(actor: Actor, *, at: datetime) -> list[ReadIn]:
    """The latest first."""
    clash = sa.case((Occupancy.state == OccupancyState.CLASH, Occupancy.uid))
    rows = db.session.execute(
        sa.select(
            sa.func.max(CalendarImport.id),
            CalendarImport.name.label("file"),
            Resource.name,
            Resource.name_en,
            Resource.site_id,
            sa.func.max(CalendarImport.at).label("at"),
            sa.func.count(sa.distinct(Occupancy.uid)),
            sa.func.count(sa.distinct(clash)),
        )
        .join(Resource, Resource.id == CalendarImport.resource_id)
        .join(
            Occupancy,
            sa.and_(Occupancy.owner_kind == "import", Occupancy.owner_id == CalendarImport.id),
        )
        .where(Occupancy.state != OccupancyState.RELEASED, Occupancy.ends_at > at)
        .group_by(Resource.id, CalendarImport.name)
        .order_by(sa.func.max(CalendarImport.id).desc())
    ).all()
    return [
        ReadIn(row[0], row.file, named(row), row.at, row[6], row[7])
        for row in rows
        if policies.can_manage(actor, row.site_id)
    ]
