"""What the centre keeps about a person: bookings, seats in events, trainings, calendar addresses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Leaving, moment
from ..models import Booking, CalendarFeed, Event, EventRegistration, Resource, TrainingRecord


def tell(person_id: int) -> dict[str, Any]:
    bookings = db.session.execute(
        sa.select(Booking, Resource.name)
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.requester_id == person_id)
        .order_by(Booking.id)
    )
    seats = db.session.execute(
        sa.select(EventRegistration, Event.title)
        .join(Event, Event.id == EventRegistration.event_id)
        .where(EventRegistration.person_id == person_id)
        .order_by(EventRegistration.id)
    )
    trainings = db.session.scalars(
        sa.select(TrainingRecord).where(TrainingRecord.person_id == person_id).order_by(TrainingRecord.id)
    )
    return {
        "bookings": [
            {"code": b.code, "place": place, "title": b.title, "state": b.state, "from": moment(b.starts_at),
             "to": moment(b.ends_at), "responsible": b.responsible_name, "phone": b.responsible_phone}
            for b, place in bookings
        ],
        "events": [
            {"event": title, "name": r.full_name, "contact": r.contact, "state": r.state, "at": moment(r.registered_at)}
            for r, title in seats
        ],
        "trainings": [{"training": t.training, "on": t.granted_on.isoformat()} for t in trainings],
    }  # fmt: skip


def blank(leaving: Leaving) -> None:
    """Times and counts stay; who came does not."""
    mine = Booking.requester_id == leaving.person_id
    for column in ("title", "body_name"):
        _replace(Booking, column, mine, leaving)
    db.session.execute(
        sa.update(Booking)
        .where(mine)
        .values(responsible_name="", responsible_phone="", body_phone="", title_public=False)
    )
    db.session.execute(
        sa.update(EventRegistration)
        .where(EventRegistration.person_id == leaving.person_id)
        .values(full_name=leaving.blank, contact=f"deleted-{leaving.person_id}", organisation="")
    )
    db.session.execute(
        sa.update(CalendarFeed)
        .where(CalendarFeed.person_id == leaving.person_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=leaving.at)
    )
    for resource in db.session.scalars(sa.select(Resource).where(Resource.person_id == leaving.person_id)):
        resource.name = resource.name_en = leaving.blank


def _replace(model: Any, column: str, where: sa.ColumnElement[bool], leaving: Leaving) -> None:
    attribute = getattr(model, column)
    db.session.execute(
        sa.update(model)
        .where(where)
        .values({column: sa.func.replace(attribute, leaving.name, leaving.blank)})
    )
