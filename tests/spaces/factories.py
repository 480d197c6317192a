"""A small centre for tests: one site with hours, rooms, a hall of two halves, a machine, shared desks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from incubator.core.access import Actor, system_actor
from incubator.core.clock import at_local
from incubator.core.db import db, transaction
from incubator.models import EventKind, Notification, Purpose, Resource, ResourceKind
from incubator.spaces.intervals import Span
from incubator.spaces.services import bookings, events, hours, places
from incubator.spaces.services.booking_rows import Wish
from tests.factories import AT, make_account

SYSTEM = system_actor("test")
MONDAY = date(2026, 3, 9)  # a week after tests.factories.AT, no holiday near
HOURS = [(d, time(7, 30), time(11, 30)) for d in range(5)] + [(d, time(13, 30), time(17)) for d in range(5)]


def span(start: float, end: float, day: date = MONDAY) -> Span:
    zero = at_local(day, time())
    return Span(zero + timedelta(hours=start), zero + timedelta(hours=end))


def make_centre() -> SimpleNamespace:
    """Inside a session; the rows are flushed."""
    kw: dict[str, Any] = {"actor": SYSTEM, "at": AT}
    site = places.make_site("biic-test", "BIIC", **kw)
    hours.set_hours(HOURS, site=site, **kw)

    def make(slug: str, kind: ResourceKind = ResourceKind.ROOM, **values: Any) -> Resource:
        return places.make_place(slug, slug.title(), kind, site, **kw, **values)

    half_a, half_b = make("hall-a", capacity=60), make("hall-b", capacity=60)
    laser = make("laser", ResourceKind.MACHINE, capacity=3, rules={"training": "laser"})
    printer = make("printer", ResourceKind.MACHINE, capacity=3)
    partner = places.make_site("eiu-test", "EIU", is_partner=True, **kw)
    hours.set_hours(HOURS, site=partner, **kw)
    return SimpleNamespace(
        site=site,
        half_a=half_a,
        half_b=half_b,
        hall=make(
            "hall", capacity=120, parts=[half_a, half_b], rules={"approval": True, "after_minutes": 30}
        ),
        room=make("room", capacity=20, equipment=["projector"]),
        other=make("other", capacity=25, equipment=["projector"]),
        desks=make("desks", capacity=12, units=12, rules={"shared": True}),
        laser=laser,
        printer=printer,
        shop=make("shop", capacity=15, contents=[laser, printer]),
        held=make("held", ResourceKind.MACHINE, capacity=2, rules={"approval": True, "holds": True}),
        partner=places.make_place(
            "eiu-laser",
            "EIU Laser",
            ResourceKind.MACHINE,
            partner,
            capacity=3,
            rules={"training": "laser"},
            **kw,
        ),
    )


def guest(**person: Any) -> Actor:
    """Somebody without a role who may book."""
    account = make_account(**({} if not person else {"person": person["person"]}))
    return Actor(person_id=account.person_id, account_id=account.id, name="Khách")


def wish(place: Any, when: Span, people: int = 5, **values: Any) -> Wish:
    return Wish(place.id, when, people, Purpose.MEETING, **{"title": "Họp", **values})


def moment(day: date, clock: time) -> datetime:
    return at_local(day, clock)


def book(wanted: Wish, actor: Actor, at: datetime = AT) -> Any:
    with transaction():
        return bookings.book(wanted, actor=actor, at=at)


def told(kind: str) -> int:
    """How many messages of this kind went out."""
    count = sa.select(sa.func.count()).select_from(Notification).where(Notification.kind == kind)
    return db.session.scalar(count) or 0


def make_event(centre: Any, staff: Any, seats: int = 1, **plan: Any) -> Any:
    with transaction():
        event = events.create(
            events.EventPlan("Arduino", EventKind.COURSE, seats, **plan), actor=staff, at=AT
        )
        events.add_session(event.id, centre.room.id, span(8, 10), actor=staff, at=AT)
        return events.publish(event.id, actor=staff, at=AT)
