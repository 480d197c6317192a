"""Machines with their state for one person, proposals for what was displaced, maintenance that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Booking, Event, MaintenancePlan, Outage, ResourceKind
from ..finding import Wish as SearchWish
from ..finding import alternatives
from ..intervals import Span, local_date
from ..services.context import Checker, Standing, Who, trainings_of
from ..settings import TRAININGS
from .search import next_induction
from .world import PlaceRow, load, place_rows


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as a person sees it. `trained` None: no training asked for."""

    place: PlaceRow
    outage: Outage | None
    training: str
    trained: bool | None
    until: date | None
    induction: tuple[Event, datetime] | None


def machines(actor: Actor, *, at: datetime) -> list[Machine]:
    rows = place_rows(kinds=(ResourceKind.MACHINE, ResourceKind.KIT), partners=True)
    down = {
        outage.resource_id: outage
        for outage in db.session.scalars(
            sa.select(Outage).where(Outage.starts_at <= at, Outage.ends_at > at, Outage.ended_at.is_(None))
        )
    }
    held = trainings_of(actor.person_id) if actor.person_id is not None else {}
    wanted = {row.rules.training for row in rows.values() if row.rules.training}
    next_ones = {training: next_induction(training, at) for training in wanted}
    today = local_date(at)
    found = []
    for row in rows.values():
        kind = row.rules.training
        until = held.get(kind)
        good = kind in held and (until is None or until >= today)
        found.append(
            Machine(
                row,
                down.get(row.id),
                TRAININGS.get(kind, kind),
                good if kind else None,
                until,
                next_ones.get(kind),
            )
        )
    return found


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
    rows = place_rows(partners=True)
    own = place_rows(ids=[booking.resource_id])[booking.resource_id]
    same = {
        i: row for i, row in rows.items() if row.kind is own.kind and row.rules.training == own.rules.training
    } | {own.id: own}
    first = max(local_date(booking.starts_at), local_date(at))
    world = load(same, first, first + timedelta(days=15))
    checker = Checker(Who(), Standing(None, {}, ()), at, supervised=True)
    wish = SearchWish(Span(booking.starts_at, booking.ends_at), booking.expected)
    offers = alternatives(
        [world.place(i) for i in same],
        wish,
        lambda place, span: checker.answer(same[place.id], world.calendars[place.id], span, booking.expected),
        at,
        own=own.id,
        most=most,
    )
    return [
        Proposal(
            o.place.name,
            same[o.place.id].site_name,
            o.span,
            f"{o.place.id}|{o.span.start.isoformat()}|{o.span.end.isoformat()}",
            same[o.place.id].is_partner,
        )
        for o in offers
        if o.span is not None
    ]


def read_choice(value: str) -> tuple[int, Span]:
    """What a proposal's form sent back. Raises Invalid for anything else."""
    try:
        number, start, end = value.split("|")
        span = Span(datetime.fromisoformat(start), datetime.fromisoformat(end))
        if span.start.tzinfo is None or span.end.tzinfo is None or span.start >= span.end:
            raise ValueError(value)
        return int(number), span
    except ValueError:
        raise Invalid(_("Chọn một trong các chỗ được đề xuất.")) from None


def maintenance(today: date) -> list[tuple[MaintenancePlan, date]]:
    """Plans with the date they are due, the latest first to do on top."""
    plans = db.session.scalars(sa.select(MaintenancePlan).options(joinedload(MaintenancePlan.resource)))
    due = [
        (p, p.last_done_on + timedelta(days=p.every_days) if p.last_done_on else p.starts_on) for p in plans
    ]
    return sorted(due, key=lambda pair: pair[1])
