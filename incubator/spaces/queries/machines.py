"""Machines with their state for one person, proposals for what was displaced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.together import Asking, ask_together
from ...core.web import named
from ...models import Booking, ClosureDay, Event, Outage, ResourceKind
from ..choices import choice_of
from ..duty import roster
from ..finding import Answer, Offer, Place, alternatives
from ..finding import Wish as SearchWish
from ..intervals import Span, local_date
from ..rules import Reason
from ..services.booking_rows import who_has
from ..services.context import Checker
from ..services.requests import like
from ..services.standing import Standing, Who, standings_of, trainings_of
from ..settings import TRAININGS
from ..wording import explain
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
    """Where a displaced use could go; `value` is what the form sends back.

    `lacks` says which rule keeps this person from there, as a missing training does: shown, not offered.
    """

    name: str
    site: str
    span: Span
    value: str
    is_partner: bool
    lacks: str = ""


def proposals_each(
    bookings: Sequence[Booking], *, at: datetime, rows: Mapping[int, PlaceRow] | None = None, most: int = 3
) -> list[list[Proposal]]:
    """Of each displaced booking another machine or room of its kind at the same time, also at partners; the same later.

    First where its person may go; then what is free, but lacks something. Places, calendars and people are read once.
    """
    if not bookings:
        return []
    rows = place_rows(partners=True) if rows is None else rows
    reach = [like(booking.resource_id, rows) for booking in bookings]
    firsts = [max(local_date(booking.starts_at), local_date(at)) for booking in bookings]
    every = {i: row for places in reach for i, row in places.items()}
    world = load(every, min(firsts), max(firsts) + timedelta(days=15))
    sources: list[Asking[Any]] = [
        standings_of(b.requester_id for b in bookings if b.requester_id is not None),
        _days_off_to_confirm(min(firsts), max(firsts) + timedelta(days=15)),
    ]
    standing_of, off = ask_together(sources)
    return [
        _proposals(
            booking, same, first, world, standing_of.get(booking.requester_id or 0, Standing()), off, at, most
        )
        for booking, same, first in zip(bookings, reach, firsts, strict=True)
    ]


def _days_off_to_confirm(first: date, until: date) -> Asking[set[tuple[int | None, date]]]:
    """Sites and days that are proposed as days off: once they are confirmed, whoever went there would be moved again."""
    rows = yield (
        sa.select(ClosureDay.site_id, ClosureDay.day).where(
            ClosureDay.confirmed_at.is_(None),
            ClosureDay.open_as.is_(None),
            ClosureDay.day >= first,
            ClosureDay.day < until,
        )
    )
    return {(row.site_id, row.day) for row in rows}


def _proposals(
    booking: Booking,
    same: Mapping[int, PlaceRow],
    first: date,
    world: World,
    standing: Standing,
    off: Collection[tuple[int | None, date]],
    at: datetime,
    most: int,
) -> list[Proposal]:
    anybody = Checker(Who(), Standing(), at, trusted=True)
    person = Checker(who_has(booking), standing, at, is_staff=True, has_adult=bool(booking.responsible_name))
    own = Span(booking.starts_at, booking.ends_at)
    wish = SearchWish(own, booking.expected)

    def refusals(place_id: int, span: Span) -> list[Reason]:
        row, calendar = same[place_id], world.calendars[place_id]
        return person.verdict(row, calendar, span, booking.expected, world.crew(place_id)).refusals

    def answer(place_id: int, span: Span) -> Answer:
        row, calendar = same[place_id], world.calendars[place_id]
        return anybody.answer(row, calendar, span, booking.expected, world.crew(place_id))

    by_day = "outside" not in answer(booking.resource_id, own).conditions

    def free(place: Place, span: Span) -> Answer:
        if (same[place.id].site_id, local_date(span.start)) in off:
            return Answer(("closed",))
        found = answer(place.id, span)  # what lay in opening hours does not go to an evening or a Sunday
        return Answer(("outside",)) if by_day and "outside" in found.conditions else found

    def allowed(place: Place, span: Span) -> Answer:
        no = tuple(reason.code for reason in refusals(place.id, span))
        return Answer(no) if no else free(place, span)

    def found(checker: Checker, judge: Callable[[Place, Span], Answer]) -> list[Offer]:
        places = [world.place(i, watched=checker.is_watched(row, first)) for i, row in same.items()]
        return alternatives(places, wish, judge, at, own=booking.resource_id, most=most)

    lacking = [o for o in found(anybody, free) if o.span is not None and refusals(o.place.id, o.span)]
    return [
        Proposal(
            named(same[o.place.id]),
            named(same[o.place.id], "site_name"),
            o.span,
            choice_of(o.place.id, o.span),
            same[o.place.id].is_partner,
            " ".join(explain(reason) for reason in refusals(o.place.id, o.span)),
        )
        for o in [*found(person, allowed), *lacking]
        if o.span is not None
    ]
