"""What stands in a calendar feed: one entry per occurrence, cancelled ones for a while after."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale

from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...models import (
    CalendarFeed,
    CalendarImport,
    FeedKind,
    Occupancy,
    OccupancyState,
    Person,
    Resource,
)
from ..calendar_feed import FeedEntry
from ..intervals import Span
from ..services.occupancy import IN_CALENDARS, occurrence_of, topology
from . import attending
from .attending import BACK, DOMAIN, GONE_FOR

GONE = (OccupancyState.RELEASED, OccupancyState.DISPLACED, OccupancyState.MOVED)


def feeds_of(actor: Actor) -> list[CalendarFeed]:
    return list(
        db.session.scalars(
            sa.select(CalendarFeed)
            .where(CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None))
            .order_by(CalendarFeed.id)
        )
    )


def entries_of(feed: CalendarFeed, *, now: datetime) -> tuple[str, list[FeedEntry]]:
    """Name and entries of a secret feed: the own one in the person's language, for a program asks without any.

    The feed of a place is Vietnamese, as titles of uses are: it hangs in front of everybody.
    """
    if feed.kind is FeedKind.RESOURCE and feed.resource_id is not None:
        resource = db.session.get_one(Resource, feed.resource_id)
        return resource.name, of_resource(resource, now=now)
    language = db.session.scalar(sa.select(Person.locale).where(Person.id == feed.person_id))
    with force_locale(language or "vi"):
        return _("Lịch của tôi"), attending.of_person(feed.person_id, now=now)


def of_resource(resource: Resource, *, now: datetime) -> list[FeedEntry]:
    """What holds a place, whoever the owner is; a title only where it is public."""
    atoms = topology([resource.id]).atoms([resource.id])
    rows = db.session.scalars(
        sa.select(Occupancy)
        .where(
            Occupancy.resource_id.in_(atoms),
            Occupancy.ends_at > now - BACK,
            Occupancy.state.in_(IN_CALENDARS),
        )
        .order_by(Occupancy.starts_at, Occupancy.id)
    ).all()
    asked = _asked({row.owner_id for row in rows if row.owner_kind == "import"})
    found: dict[str, FeedEntry] = {}
    # Who lost a machine only still has the room; of what is gone from several parts the last word counts.
    for row in sorted(rows, key=lambda row: (row.state in GONE, -row.sequence)):
        if row.state in GONE and row.changed_at < now - GONE_FOR:
            continue
        key = _name(row, asked)
        found.setdefault(
            key,
            FeedEntry(
                uid=f"{key}@{DOMAIN}",
                span=Span(row.starts_at, row.ends_at),
                summary=row.title if row.title_public and row.title else _("Đã có lịch"),
                location=resource.name,
                changed_at=row.changed_at,
                sequence=row.sequence,
                cancelled=row.state in GONE,
            ),
        )
    return sorted(found.values(), key=lambda entry: (entry.span, entry.uid))


def _asked(imports: set[int]) -> dict[int, int]:
    """The place that each import was read into; its rows may hold the parts of it."""
    if not imports:
        return {}
    found = sa.select(CalendarImport.id, CalendarImport.resource_id).where(CalendarImport.id.in_(imports))
    return dict(db.session.execute(found).all())


def _name(row: Occupancy, asked: dict[int, int]) -> str:
    """What names an occurrence for ever: one that was imported keeps its name when a later file moves it."""
    if row.owner_kind == "import" and row.uid:
        return f"import-{asked[row.owner_id]}-{row.uid}"
    return f"{row.owner_kind}-{row.owner_id}-{occurrence_of(row.owner_kind, row.uid, row.starts_at)}"
