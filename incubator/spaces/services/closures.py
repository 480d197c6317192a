"""Days off and swapped days: proposed, edited, confirmed; confirming displaces what they overlap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import ClosureDay, Resource, Site
from .. import policies
from ..intervals import local_day
from ..working_days import propose
from . import occupancy
from .displacing import displace
from .occupancy import Owner
from .outages import come_back, follow, is_outage


def propose_year(site_id: int, year: int, *, actor: Actor, at: datetime) -> int:
    """Put the year's days off and swapped days before the staff; known dates are left as they are."""
    ensure(policies.can_manage(actor, site_id))
    lock_rows(Site, [site_id])
    known = set(db.session.scalars(sa.select(ClosureDay.day).where(ClosureDay.site_id == site_id)))
    fresh = [p for p in propose(year) if p.day not in known]
    for p in fresh:
        db.session.add(
            ClosureDay(site_id=site_id, day=p.day, open_as=p.open_as, note=p.note, source=p.source)
        )
    db.session.flush()
    activity.record(
        "spaces.closures.proposed",
        object_type="site",
        object_id=site_id,
        actor=actor,
        at=at,
        after={"year": year, "days": len(fresh)},
    )
    return len(fresh)


def confirm_days(day_ids: Collection[int], *, actor: Actor, at: datetime) -> list[Owner]:
    """Make proposed days count. What they overlap is displaced; returns its owners."""
    owners: list[Owner] = []
    days = db.session.scalars(
        sa.select(ClosureDay).where(ClosureDay.id.in_(day_ids)).order_by(ClosureDay.day)
    ).all()
    for row in days:
        ensure(policies.can_manage(actor, row.site_id))
        if row.confirmed_at is not None:
            continue
        row.confirmed_at, row.confirmed_by_id = at, actor.person_id
        if row.open_as is None:
            owners += _close(row, actor=actor, at=at)
        activity.record(
            "spaces.closure.confirmed", row, actor=actor, at=at, after={"day": row.day.isoformat()}
        )
    db.session.flush()
    return owners


def _close(row: ClosureDay, *, actor: Actor, at: datetime) -> list[Owner]:
    places = _places(row.site_id)
    if not places or local_day(row.day).end <= at:
        return []
    found = occupancy.lock(places)
    rows = occupancy.held(found.atoms(places), local_day(row.day))
    down = {held.owner for held in rows if is_outage(held.owner)}
    owners = displace(places, local_day(row.day), at=at, but=down).owners
    follow(owners, because=row.note, actor=actor, at=at)
    return owners


def set_day(
    site_id: int, day: date, *, open_as: int | None, note: str, actor: Actor, at: datetime
) -> ClosureDay:
    """Add or edit a date by hand; it waits for confirmation like a proposed one.

    Other words for a confirmed date change nothing of it. One that is no day off any more gives back what it pushed out.
    """
    ensure(policies.can_manage(actor, site_id))
    if not note.strip():
        raise Invalid(_("Ghi lý do nghỉ hoặc làm bù."), field="note")
    row = db.session.scalar(sa.select(ClosureDay).where(ClosureDay.site_id == site_id, ClosureDay.day == day))
    if row is None:
        row = ClosureDay(site_id=site_id, day=day, source="staff")
        db.session.add(row)
    was_off = row.confirmed_at is not None and row.open_as is None
    if row.open_as != open_as:
        row.confirmed_at = None
    row.open_as, row.note = open_as, note.strip()
    db.session.flush()
    activity.record(
        "spaces.closure.set", row, actor=actor, at=at, after={"day": day.isoformat(), "open_as": open_as}
    )
    if was_off and open_as is not None:
        come_back(_places(site_id), local_day(day), actor=actor, at=at)
    return row


def drop_day(day_id: int, *, actor: Actor, at: datetime) -> None:
    """The date is an ordinary one again: what it pushed out and nobody has settled is back."""
    row = db.session.get(ClosureDay, day_id)
    if row is None:
        raise NotFound(_("Không có ngày này."))
    ensure(policies.can_manage(actor, row.site_id))
    activity.record("spaces.closure.dropped", row, actor=actor, at=at, before={"day": row.day.isoformat()})
    db.session.delete(row)
    db.session.flush()
    if row.confirmed_at is not None and row.open_as is None:
        come_back(_places(row.site_id), local_day(row.day), actor=actor, at=at)


def _places(site_id: int) -> Sequence[int]:
    return db.session.scalars(
        sa.select(Resource.id).where(Resource.site_id == site_id, Resource.composed.is_(False))
    ).all()
