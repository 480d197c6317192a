"""Who is on duty for a use: the wants of a booking with its supervisor, and another one when the first is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ...models import Booking, BookingState, Occupancy, OccupancyState, Resource, ResourceKind
from ..duty import Supervisor, free_supervisor
from ..intervals import Span, local_date
from ..rules import Reason
from .booking_rows import want_of, who_has
from .context import Checker, Refused, Scene, scene_of
from .occupancy import Owner, Want, rows_of
from .standing import Standing, Who, standing, trainings_of


def wants_of(booking: Booking, scene: Scene, supervisor: Supervisor | None) -> list[Want]:
    """The place, and one unit of who watches over it."""
    place = want_of(booking, scene.place)
    return [place, Want(supervisor.id, place.span, units=1)] if supervisor is not None else [place]


def safe_checker(booking: Booking, scene: Scene, span: Span, *, at: datetime) -> Checker:
    """Size and safety of a place for who has this booking, as they are now: for approvals and for another machine.

    Rules of order are staff's to pass; capacity, training and the roster may have changed, or be other ones there.
    Raises Refused with every rule that says no.
    """
    who = who_has(booking)
    found = standing(who, span, quotas=False)
    checker = Checker(who, found, at, is_staff=True, has_adult=bool(booking.responsible_name))
    verdict = checker.verdict(scene.place, scene.calendar, span, booking.expected, scene.crew)
    if verdict.refusals:
        raise Refused(verdict.refusals)
    return checker


def wants_again(booking: Booking, scene: Scene, *, at: datetime) -> list[Want]:
    """For a use that comes back: somebody on duty is looked for anew. Raises Refused when there is nobody."""
    if not scene.place.rules.supervision:
        return [want_of(booking, scene.place)]
    known = trainings_of(booking.requester_id) if booking.requester_id is not None else {}
    checker = Checker(Who(booking.requester_id), Standing(None, known), at)
    span = Span(booking.starts_at, booking.ends_at)
    supervisor = checker.supervisor(scene, span, booking.expected)
    if supervisor is None and checker.is_watched(scene.place, local_date(span.start)):
        ask = checker.ask(scene.place, span, booking.expected, scene.crew)
        raise Refused([Reason("supervisor", {"duty": ask.duty, "day": local_date(span.start)})])
    return wants_of(booking, scene, supervisor)


def supervisor_of(booking_id: int) -> str:
    """Name of who watches over a booking; empty when nobody has to."""
    name = db.session.scalar(
        sa.select(Resource.name)
        .join(Occupancy, Occupancy.resource_id == Resource.id)
        .where(
            rows_of([Owner("booking", booking_id)]),
            Occupancy.state == OccupancyState.CONFIRMED,
            Resource.kind == ResourceKind.PERSON,
        )
    )
    return name or ""


def watched_by_another(away: Resource, owners: Sequence[Owner], *, at: datetime) -> list[Owner]:
    """Somebody on duty is away: uses for which another one is free go on; returns those that are lost."""
    if away.kind is not ResourceKind.PERSON:
        return list(owners)
    lost: list[Owner] = []
    for owner in owners:
        booking = db.session.get(Booking, owner.id) if owner.kind == "booking" else None
        if (
            booking is None
            or booking.state is not BookingState.CONFIRMED
            or not _pass_on(booking, owner, away, at)
        ):
            lost.append(owner)
    return lost


def _pass_on(booking: Booking, owner: Owner, away: Resource, at: datetime) -> bool:
    """Give the use to another supervisor; its other rows, displaced just now, come back."""
    scene = scene_of(booking.resource_id, Span(booking.starts_at, booking.ends_at))
    others = [one for one in scene.crew if one.id != away.id]
    other = free_supervisor(others, Span(booking.starts_at, booking.ends_at))
    if other is None:
        return False
    from . import occupancy

    occupancy.move(
        wants_of(booking, scene, other),
        owner=owner,
        at=at,
        title=booking.title,
        title_public=booking.title_public,
    )
    return True
