"""A booking as a row: what somebody wishes, what is stored of it, whom to tell."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import make_transient_to_detached

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.i18n import _
from ...models import Booking, Purpose
from .. import policies
from ..intervals import Span
from ..queries.teams import is_of_team
from ..queries.world import PlaceRow
from .occupancy import Owner, Want
from .standing import Who, organisation_of

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to book. Of a shared place: `units` None is the whole of it, 0 one for each person."""

    resource_id: int
    span: Span
    people: int
    purpose: Purpose
    title: str = ""
    title_public: bool = False
    units: int | None = None
    layout: str = ""
    equipment: tuple[str, ...] = ()
    note: str = ""
    team_id: int | None = None
    organisation_id: int | None = None
    requester_id: int | None = None  # staff may book for another person
    body_name: str = ""
    body_phone: str = ""
    letter_number: str = ""
    responsible_name: str = ""
    responsible_phone: str = ""
    idempotency_key: str | None = None
    told: int | None = None  # đồng that the person read before, at most to be paid

    @property
    def has_adult(self) -> bool:
        return bool(self.responsible_name.strip() and self.responsible_phone.strip())


def owner_of(booking: Booking) -> Owner:
    return Owner("booking", booking.id)


def want_of(booking: Booking, place: PlaceRow) -> Want:
    """What a booking holds of its place, with the times before and after as the place has them now."""
    return Want(
        booking.resource_id,
        Span(booking.starts_at, booking.ends_at),
        before=place.rules.before,
        after=place.rules.after(booking.layout),
        units=booking.units if place.rules.shared else None,
    )


def facts(booking: Booking) -> dict[str, Any]:
    """What the audit trail keeps: ids, times and states, no names."""
    return {
        "resource": booking.resource_id,
        "start": booking.starts_at.isoformat(),
        "end": booking.ends_at.isoformat(),
        "state": booking.state,
        "people": booking.expected,
    }


def by_key(key: str | None) -> Booking | None:
    return db.session.scalar(sa.select(Booking).where(Booking.idempotency_key == key)) if key else None


def locked(*where: sa.ColumnElement[bool]) -> list[Booking]:
    """Bookings that meet the conditions, locked and read again: what somebody does just now is not overtaken."""
    ids = db.session.scalars(sa.select(Booking.id).where(*where)).all()
    lock_rows(Booking, ids)
    found = sa.select(Booking).where(*where, Booking.id.in_(ids)).order_by(Booking.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


_INSERT = Booking.__table__.insert()  # type: ignore[attr-defined]
_FIRST: dict[str, Any] = {  # column -> its value where none is given, or what makes it; None: no default
    column.key: None if column.default is None else getattr(column.default, "arg", None)
    for column in Booking.__table__.columns
    if column.key != "id"
}


def insert(booking: Booking) -> None:
    """Write a new row, straight on the connection: its id is known afterwards, and it is changed like any other."""
    row = booking.__dict__
    for name, first in _FIRST.items():
        if row.get(name) is None:
            row[name] = first(None) if callable(first) else first
    values = {name: row[name] for name in _FIRST}
    key: Any = db.session.connection().execute(_INSERT, values).inserted_primary_key
    booking.id = key[0]
    make_transient_to_detached(booking)  # what the object holds is what is stored
    db.session.add(booking)


def row_of(wish: Wish, place: PlaceRow, *, at: datetime, actor: Actor) -> Booking:
    hours = wish.span.length / timedelta(hours=1)
    return Booking(
        code="".join(secrets.choice(_ALPHABET) for _n in range(10)),
        resource_id=wish.resource_id,
        units=None
        if wish.units is None or not place.rules.shared
        else wish.units or place.units_for(wish.people),
        starts_at=wish.span.start,
        ends_at=wish.span.end,
        purpose=wish.purpose,
        title=wish.title,
        title_public=wish.title_public,
        requester_id=wish.requester_id,
        organisation_id=wish.organisation_id,
        team_id=wish.team_id,
        body_name=wish.body_name,
        body_phone=wish.body_phone,
        letter_number=wish.letter_number,
        responsible_name=wish.responsible_name,
        responsible_phone=wish.responsible_phone,
        expected=wish.people,
        layout=wish.layout,
        equipment=list(wish.equipment),
        note=wish.note,
        price=0,
        consumables={
            name: {
                "unit": known.get("unit", ""),
                "estimate": round(float(known.get("per_hour", 0)) * hours, 1),
            }
            for name, known in place.rules.consumables.items()
        },
        idempotency_key=wish.idempotency_key,
        created_by_id=actor.person_id,
        created_at=at,
        changed_at=at,
        version=1,
    )


def for_whom(wish: Wish, actor: Actor) -> Wish:
    """Only staff book for somebody else or for a body without an account; a team is booked for by its people."""
    if wish.requester_id in (None, actor.person_id) and not wish.body_name:
        wish = replace(wish, requester_id=actor.person_id)
    else:
        ensure(policies.can_manage(actor), _("Chỉ nhân viên BIIC đặt chỗ thay cho người khác."))
    if wish.team_id is not None and not policies.can_manage(actor):
        ensure(
            actor.person_id is not None and is_of_team(actor.person_id, wish.team_id),
            _("Chỉ thành viên và giáo viên của đội đặt chỗ cho đội."),
        )
    if wish.organisation_id is None and not wish.body_name:
        wish = replace(wish, organisation_id=organisation_of(wish.requester_id))
    return wish


def who_of(wish: Wish) -> Who:
    return Who(wish.requester_id, wish.team_id, wish.organisation_id)


def who_has(booking: Booking) -> Who:
    return Who(booking.requester_id, booking.team_id, booking.organisation_id)


def site_of(booking: Booking) -> int | None:
    from ...models import Resource

    return db.session.scalar(sa.select(Resource.site_id).where(Resource.id == booking.resource_id))


def tell(kind: str, booking: Booking, *, at: datetime, **context: Any) -> None:
    """A message to the requester; a body without an account is called by staff (the day sheet lists them).

    It keeps the place and the time of now: a later move does not change what was said before.
    """
    if booking.requester_id is None:
        return
    activity.notify(
        kind,
        person_id=booking.requester_id,
        url=f"/spaces/bookings/{booking.code}",
        at=at,
        booking_id=booking.id,
        resource_id=booking.resource_id,
        start=booking.starts_at.isoformat(),
        end=booking.ends_at.isoformat(),
        **context,
    )
