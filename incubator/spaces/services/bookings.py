"""Book, move and cancel. Every rule is applied here, inside the lock, whatever the screen showed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Booking, BookingState, GrantState, Occupancy, OccupancyState, Series
from .. import policies
from ..intervals import Span, local_date
from ..queries.place_rows import PlaceRow
from ..rules import Verdict
from ..working_days import a_working_day_after
from . import entitlements, occupancy
from .booking_rows import (
    Wish,
    by_key,
    facts,
    for_whom,
    insert,
    owner_of,
    row_of,
    site_of,
    tell,
    who_has,
    who_of,
)
from .context import Checker, Refused, Scene, checker_for, scene_of
from .paying import payment_for
from .placing import BLOCKING
from .standing import lock_hours
from .supervising import wants_of


def book(wish: Wish, *, actor: Actor, at: datetime, ask: bool = False) -> Booking:
    """Book at once where rules and rights allow it, else leave a request.

    `ask` makes it a request even where it could be had at once. The same key gives the same booking.
    Raises Refused (422) with all reasons, Dearer (422) where it costs more than was told, Taken (409) with what stands in the way.
    """
    ensure(policies.can_book(actor))
    wish = for_whom(wish, actor)
    lock_hours(who_of(wish))
    found = occupancy.lock([wish.resource_id])
    known = by_key(wish.idempotency_key)
    if known is not None:
        return known
    scene = scene_of(wish.resource_id, wish.span, found)
    ensure_open(scene.place, actor)
    checker = checker_of(wish, scene.place, actor=actor, at=at)
    verdict = checker.verdict(scene.place, scene.calendar, wish.span, wish.people, scene.crew)
    if verdict.refusals:
        raise Refused(verdict.refusals)
    return write(wish, scene, checker, verdict, actor=actor, at=at, ask=ask)


def ensure_open(place: PlaceRow, actor: Actor) -> None:
    """Places that can be booked at all: not taken out of use, and partners' only by staff."""
    if place.is_retired or not place.rules.bookable:
        raise Invalid(
            _("%(place)s không nhận đặt chỗ.", place=place.name), code="closed_place", field="resource_id"
        )
    if place.is_partner and not policies.can_manage(actor):
        text = _("%(place)s thuộc đơn vị bạn: nhắn BIIC đặt giúp.", place=place.name)
        raise Invalid(text, code="partner", field="resource_id")


def write(
    wish: Wish,
    scene: Scene,
    checker: Checker,
    verdict: Verdict,
    *,
    actor: Actor,
    at: datetime,
    ask: bool = False,
    series: Series | None = None,
) -> Booking:
    """Store a checked wish and take its place. Inside the lock; raises Taken."""
    place = scene.place
    instant = verdict.is_instant and not ask
    payment = payment_for(checker.who, place, wish.span)
    payment.ensure_told(wish.told)
    booking = row_of(wish, place, at=at, actor=actor)
    booking.state = BookingState.CONFIRMED if instant else BookingState.REQUESTED
    booking.conditions = [c.code for c in verdict.conditions]
    if not instant:
        booking.answer_by = min(a_working_day_after(at), wish.span.start)
        if place.rules.holds:
            booking.hold_until = min(at + timedelta(hours=place.rules.hold_hours), wish.span.start)
    booking.price = payment.price
    if series is not None:
        booking.series_id, booking.series_date = series.id, local_date(wish.span.start)
    insert(booking)
    _take(booking, scene, checker, at=at)
    if instant:
        payment.charge(booking, at=at)
    activity.record(
        "spaces.booking.made" if instant else "spaces.booking.requested",
        booking,
        actor=actor,
        at=at,
        after=facts(booking),
    )
    return booking


def _take(booking: Booking, scene: Scene, checker: Checker, *, at: datetime) -> None:
    """Occupy; a request competes or holds, but never over something confirmed."""
    span = Span(booking.starts_at, booking.ends_at)
    wants = wants_of(booking, scene, checker.supervisor(scene, span, booking.expected))
    state = OccupancyState.CONFIRMED
    if booking.hold_until is not None:
        state = OccupancyState.HELD
    elif booking.state is BookingState.REQUESTED:
        state = OccupancyState.REQUESTED
        wants = wants[:1]
        clashes = occupancy.clashes_of(wants, found=scene.found)
        if clashes:
            raise occupancy.Taken(clashes)
    occupancy.occupy(
        wants,
        owner=owner_of(booking),
        at=at,
        title=booking.title,
        title_public=booking.title_public,
        state=state,
        found=scene.found,
    )


def stale() -> Conflict:
    return Conflict(_("Lượt này vừa được sửa ở nơi khác. Xem lại rồi đổi."), code="stale")


def checker_of(wish: Wish, place: PlaceRow, *, actor: Actor, at: datetime, but: int | None = None) -> Checker:
    return checker_for(
        who_of(wish), wish.span, actor=actor, at=at, site_id=place.site_id, has_adult=wish.has_adult, but=but
    )


def get_for_change(booking_id: int, *, actor: Actor, at: datetime) -> Booking:
    """The booking, locked, if the actor may change it. 404 hides those of others."""
    lock_rows(Booking, [booking_id])
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NotFound(_("Không có lượt đặt này."))
    site_id = site_of(booking)
    if not policies.can_view(actor, booking, site_id):
        raise NotFound(_("Không có lượt đặt này."))
    if not policies.can_change(actor, booking, site_id, at=at):
        raise Conflict(_("Lượt này đã kết thúc, không đổi được nữa."))
    return booking


def cancel(booking_id: int, *, actor: Actor, at: datetime, reason: str = "") -> Booking:
    """Give the place back. In time the grant returns; once it has begun the grant is used up."""
    booking = get_for_change(booking_id, actor=actor, at=at)
    before = facts(booking)
    grant = GrantState.RETURNED if at < booking.starts_at else GrantState.CONSUMED
    booking.state, booking.reason, booking.changed_at = BookingState.CANCELLED, reason, at
    booking.version += 1
    occupancy.release([owner_of(booking)], at=at)
    entitlements.settle(booking, grant, at=at)
    db.session.flush()
    activity.record(
        "spaces.booking.cancelled",
        booking,
        actor=actor,
        at=at,
        before=before,
        after=facts(booking),
        reason=reason,
    )
    if booking.requester_id is not None and booking.requester_id != actor.person_id:
        tell("spaces/cancelled", booking, at=at)
    return booking


def move(
    booking_id: int,
    span: Span,
    *,
    actor: Actor,
    at: datetime,
    resource_id: int | None = None,
    people: int | None = None,
    version: int | None = None,
    told: int | None = None,
) -> Booking:
    """Another time, place or size. Shorter or smaller within the same time needs no new approval.

    Raises Refused, Taken, Dearer, and Conflict when `version` is no longer the current one.
    """
    booking = get_for_change(booking_id, actor=actor, at=at)
    if version is not None and version != booking.version:
        raise stale()
    target = resource_id or booking.resource_id
    lock_hours(who_has(booking))
    found = occupancy.lock({booking.resource_id, target})
    scene = _without_itself(scene_of(target, span, found), booking)
    if target != booking.resource_id:
        ensure_open(scene.place, actor)
    wish = _wish_again(booking, target, span, people or booking.expected)
    checker = checker_of(wish, scene.place, actor=actor, at=at, but=booking.id)
    verdict = checker.verdict(scene.place, scene.calendar, span, wish.people, scene.crew)
    if verdict.refusals:
        raise Refused(verdict.refusals)
    before = facts(booking)
    smaller = target == booking.resource_id and Span(booking.starts_at, booking.ends_at).covers(span)
    was_confirmed = booking.state is BookingState.CONFIRMED
    if booking.state is BookingState.DISPLACED:
        booking.reason = ""  # why the place was lost: this is another
    booking.units = units_again(booking, scene.place, wish.people)
    booking.resource_id, booking.starts_at, booking.ends_at = target, span.start, span.end
    booking.expected, booking.changed_at = wish.people, at
    booking.version += 1
    keeps = was_confirmed and smaller and wish.people <= before["people"]
    _settle_moved(booking, scene, checker, verdict, instant=verdict.is_instant or keeps, told=told, at=at)
    db.session.flush()
    activity.record("spaces.booking.moved", booking, actor=actor, at=at, before=before, after=facts(booking))
    if booking.requester_id is not None and booking.requester_id != actor.person_id:
        tell("spaces/moved", booking, at=at)
    return booking


def units_again(booking: Booking, place: PlaceRow, people: int) -> int | None:
    """Of a shared place what the people need, a number of its own stays; of all others the whole."""
    if not place.rules.shared:
        return None
    if booking.resource_id == place.id and booking.units != place.units_for(booking.expected):
        return booking.units
    return place.units_for(people)


def _without_itself(scene: Scene, booking: Booking) -> Scene:
    """Who watches over this booking now may go on doing so: its own hold does not stand in the way."""
    if not scene.crew:
        return scene
    own = {
        (row.resource_id, row.unit, row.block_start)
        for row in db.session.scalars(
            sa.select(Occupancy).where(occupancy.rows_of([owner_of(booking)]), Occupancy.state.in_(BLOCKING))
        )
    }
    crew = [
        replace(one, uses=[u for u in one.uses if (one.id, u.unit, u.block.start) not in own])
        for one in scene.crew
    ]
    return replace(scene, crew=crew)


def _settle_moved(
    booking: Booking,
    scene: Scene,
    checker: Checker,
    verdict: Verdict,
    *,
    instant: bool,
    told: int | None,
    at: datetime,
) -> None:
    booking.state = BookingState.CONFIRMED if instant else BookingState.REQUESTED
    booking.conditions = [] if instant else [c.code for c in verdict.conditions]
    booking.answer_by = None if instant else min(a_working_day_after(at), booking.starts_at)
    span = Span(booking.starts_at, booking.ends_at)
    who = who_has(booking)
    wants = wants_of(booking, scene, checker.supervisor(scene, span, booking.expected))
    if not instant:
        wants = wants[:1]
        clashes = occupancy.clashes_of(wants, but=[owner_of(booking)], found=scene.found)
        if clashes:
            raise occupancy.Taken(clashes)
    occupancy.move(
        wants,
        owner=owner_of(booking),
        at=at,
        title=booking.title,
        title_public=booking.title_public,
        state=OccupancyState.CONFIRMED if instant else OccupancyState.REQUESTED,
    )
    entitlements.settle(booking, GrantState.RETURNED, at=at)
    payment = payment_for(who, scene.place, span)
    payment.ensure_told(told)
    booking.price = payment.price
    if instant:
        payment.charge(booking, at=at)


def _wish_again(booking: Booking, resource_id: int, span: Span, people: int) -> Wish:
    return Wish(
        resource_id=resource_id,
        span=span,
        people=people,
        purpose=booking.purpose,
        team_id=booking.team_id,
        organisation_id=booking.organisation_id,
        requester_id=booking.requester_id,
        responsible_name=booking.responsible_name,
        responsible_phone=booking.responsible_phone,
    )
