"""What the centre keeps about a person: bookings, seats in events, trainings, calendar addresses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Leaving, first, moment
from ..core.together import Asking
from ..models import Booking, CalendarFeed, Event, EventRegistration, Resource, TrainingRecord


def tell(person_id: int) -> Asking[dict[str, Any]]:
    bookings, seats, trainings = yield [
        sa.select(
            Booking.id, Booking.code, Resource.name.label("place"), Booking.title, Booking.state, Booking.starts_at,
            Booking.ends_at, Booking.responsible_name, Booking.responsible_phone,
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.requester_id == person_id),
        sa.select(
            EventRegistration.id, Event.title, EventRegistration.full_name, EventRegistration.contact,
            EventRegistration.state, EventRegistration.registered_at,
        )
        .join(Event, Event.id == EventRegistration.event_id)
        .where(EventRegistration.person_id == person_id),
        sa.select(TrainingRecord.id, TrainingRecord.training, TrainingRecord.granted_on).where(
            TrainingRecord.person_id == person_id
        ),
    ]  # fmt: skip
    return {
        "bookings": [
            {"code": r.code, "place": r.place, "title": r.title, "state": r.state, "from": moment(r.starts_at),
             "to": moment(r.ends_at), "responsible": r.responsible_name, "phone": r.responsible_phone}
            for r in sorted(bookings, key=first)
        ],
        "events": [
            {"event": r.title, "name": r.full_name, "contact": r.contact, "state": r.state, "at": moment(r.registered_at)}
            for r in sorted(seats, key=first)
        ],
        "trainings": [
            {"training": r.training, "on": r.granted_on.isoformat()} for r in sorted(trainings, key=first)
        ],
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
