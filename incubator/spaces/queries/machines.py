"""Machines with their state for one person, proposals for what was displaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.web import named
from ...models import Booking, Event, Outage, ResourceKind
from ..choices import choice_of
from ..duty import roster
from ..finding import Wish as SearchWish
from ..finding import alternatives
from ..intervals import Span, local_date
from ..services.context import Checker
from ..services.requests import like
from ..services.standing import Standing, Who, trainings_of
from ..settings import TRAININGS
from .search import next_inductions
from .world import PlaceRow, World, load, place_rows


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as a person sees it. `trained` None: no training asked for; `duty`: who watches over it today."""

    place: PlaceRow
    outage: Outage | None
    training: str
    trained: bool | None
    until: date | None
    induction: tuple[Event, datetime] | None
    duty: list[tuple[str, list[Span]]]


def machines(actor: Actor, *, at: datetime) -> list[Machine]:
    """Every machine and kit, the partners' too; a fixed number of statements."""
    rows = place_rows(kinds=(ResourceKind.MACHINE, ResourceKind.KIT), partners=True)
    today = local_date(at)
    world = load(rows, today, today + timedelta(days=1))
    down = {
        outage.resource_id: outage
        for outage in db.session.scalars(
            sa.select(Outage).where(Outage.starts_at <= at, Outage.ends_at > at, Outage.ended_at.is_(None))
        )
    }
    held = trainings_of(actor.person_id) if actor.person_id is not None else {}
    coming = next_inductions({row.rules.training for row in rows.values() if row.rules.training}, at)
    return [_machine(row, world, down.get(row.id), held, coming, today) for row in rows.values()]


def _machine(
    row: PlaceRow,
    world: World,
    outage: Outage | None,
    held: dict[str, date | None],
    coming: dict[str, tuple[Event, datetime]],
    today: date,
) -> Machine:
    kind = row.rules.training
    until = held.get(kind)
    good = kind in held and (until is None or until >= today)
    duty = roster(world.crew(row.id), today) if row.rules.supervision else []
    return Machine(
        row, outage, TRAININGS.get(kind, kind), good if kind else None, until, coming.get(kind), duty
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a displaced use could go; `value` is what the form sends back."""

    name: str
    site: str
    span: Span
    value: str
    is_partner: bool


def proposals(booking: Booking, *, at: datetime, most: int = 3) -> list[Proposal]:
    """Another machine or room of the same kind at the same time, also at partners; the same one later."""
    same = like(booking.resource_id, place_rows(partners=True))
    first = max(local_date(booking.starts_at), local_date(at))
    world = load(same, first, first + timedelta(days=15))
    checker = Checker(Who(), Standing(), at, trusted=True)
    wish = SearchWish(Span(booking.starts_at, booking.ends_at), booking.expected)
    offers = alternatives(
        [world.place(i, watched=checker.is_watched(row, first)) for i, row in same.items()],
        wish,
        lambda place, span: checker.answer(
            same[place.id], world.calendars[place.id], span, booking.expected, world.crew(place.id)
        ),
        at,
        own=booking.resource_id,
        most=most,
    )
    return [
        Proposal(
            named(same[o.place.id]),
            named(same[o.place.id], "site_name"),
            o.span,
            choice_of(o.place.id, o.span),
            same[o.place.id].is_partner,
        )
        for o in offers
        if o.span is not None
    ]
