"""What the centre keeps about a person: bookings, seats in events, trainings, calendar addresses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Leaving, first, moment
from ..core.together import Asking
from ..models import (
    Booking,
    CalendarFeed,
    Entitlement,
    Event,
    EventRegistration,
    Occupancy,
    Resource,
    TrainingRecord,
)


def tell(person_id: int) -> Asking[dict[str, Any]]:
    bookings, seats, trainings, free, feeds, duty = yield [
        sa.select(
            Booking.id,
            Booking.code,
            Resource.name.label("place"),
            Booking.title,
            Booking.state,
            Booking.starts_at,
            Booking.ends_at,
            Booking.responsible_name,
            Booking.responsible_phone,
            Booking.note,
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.requester_id == person_id),
        sa.select(
            EventRegistration.id,
            Event.title,
            EventRegistration.full_name,
            EventRegistration.contact,
            EventRegistration.state,
            EventRegistration.registered_at,
        )
        .join(Event, Event.id == EventRegistration.event_id)
        .where(EventRegistration.person_id == person_id),
        sa.select(TrainingRecord.id, TrainingRecord.training, TrainingRecord.granted_on).where(
            TrainingRecord.person_id == person_id
        ),
        sa.select(
            Entitlement.id,
            Entitlement.minutes,
            Entitlement.valid_from,
            Entitlement.valid_to,
            Entitlement.decision,
        ).where(Entitlement.person_id == person_id),
        sa.select(CalendarFeed.id, CalendarFeed.kind, CalendarFeed.created_at, CalendarFeed.revoked_at).where(
            CalendarFeed.person_id == person_id
        ),
        sa.select(Resource.id, Resource.name).where(Resource.person_id == person_id),
    ]
    return {
        "bookings": [
            {
                "code": r.code,
                "place": r.place,
                "title": r.title,
                "state": r.state,
                "from": moment(r.starts_at),
                "to": moment(r.ends_at),
                "responsible": r.responsible_name,
                "phone": r.responsible_phone,
                "note": r.note,
            }
            for r in sorted(bookings, key=first)
        ],
        "events": [
            {
                "event": r.title,
                "name": r.full_name,
                "contact": r.contact,
                "state": r.state,
                "at": moment(r.registered_at),
            }
            for r in sorted(seats, key=first)
        ],
        "trainings": [
            {"training": r.training, "on": r.granted_on.isoformat()} for r in sorted(trainings, key=first)
        ],
        "free_hours": [
            {
                "minutes": r.minutes,
                "from": r.valid_from.isoformat(),
                "to": r.valid_to.isoformat(),
                "decision": r.decision,
            }
            for r in sorted(free, key=first)
        ],
        "calendar_addresses": [
            {"kind": r.kind, "since": moment(r.created_at), "revoked_at": moment(r.revoked_at)}
            for r in sorted(feeds, key=first)
        ],
        "on_duty": [{"as": r.name} for r in sorted(duty, key=first)],
    }


def blank(leaving: Leaving) -> None:
    """Times and counts stay; who came does not."""
    mine = Booking.requester_id == leaving.person_id
    for column in ("title", "body_name"):
        _replace(Booking, column, mine, leaving)
    db.session.execute(
        sa.update(Booking)
        .where(mine)
        .values(responsible_name="", responsible_phone="", body_phone="", note="", title_public=False)
    )
    own = sa.select(Booking.id).where(mine)
    _replace(
        Occupancy, "title", sa.and_(Occupancy.owner_kind == "booking", Occupancy.owner_id.in_(own)), leaving
    )
    db.session.execute(  # who answers for a booking of somebody else's
        sa.update(Booking)
        .where(Booking.responsible_phone.in_(leaving.addresses), Booking.responsible_name == leaving.name)
        .values(responsible_name="", responsible_phone="")
    )
    db.session.execute(
        sa.update(EventRegistration)
        .where(EventRegistration.person_id.is_(None), EventRegistration.contact.in_(leaving.addresses))
        .values(
            full_name=leaving.blank,
            contact=sa.literal("deleted-r") + sa.cast(EventRegistration.id, sa.String),
            organisation="",
        )
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
