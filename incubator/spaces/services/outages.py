"""Out of order, maintenance, closures: who held the place is displaced in the same transaction and told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...core.signals import place_changed
from ...models import (
    Booking,
    BookingState,
    EventSession,
    MaintenancePlan,
    Occupancy,
    OccupancyState,
    Outage,
    OutageKind,
    Resource,
)
from .. import policies
from ..intervals import Span, local_date, without
from . import occupancy, stages
from .booking_rows import owner_of, site_of, tell
from .bookings import cancel, units_again
from .context import scene_of
from .displacing import displace, restore
from .occupancy import Owner, Want
from .supervising import safe_checker, wants_again, watched_by_another


def declare(
    resource_id: int,
    span: Span,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    kind: OutageKind = OutageKind.OUTAGE,
    plan_id: int | None = None,
) -> tuple[Outage, list[Owner]]:
    """Take a place out of service. Returns the outage and whoever it displaced."""
    resource = db.session.get(Resource, resource_id)
    if resource is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    ensure(policies.can_manage(actor, resource.site_id))
    if not reason.strip():
        raise Invalid(_("Ghi lý do: người đặt sẽ đọc được."), field="reason")
    if span.length <= timedelta():
        raise Invalid(_("Giờ kết thúc phải sau giờ bắt đầu."), field="end")
    outage = Outage(
        resource_id=resource_id,
        kind=kind,
        starts_at=span.start,
        ends_at=span.end,
        reason=reason.strip(),
        plan_id=plan_id,
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(outage)
    db.session.flush()
    found = occupancy.lock([resource_id])
    down = [row for row in occupancy.held(found.atoms([resource_id]), span) if is_outage(row.owner)]
    lost = displace([resource_id], span, at=at, but={row.owner for row in down})
    owners = watched_by_another(resource, lost.owners, at=at)
    rest = without([span], [row.block for row in down])  # what another outage holds already stays its own
    occupancy.occupy(
        [Want(resource_id, part) for part in rest], owner=owner_of_outage(outage), at=at, title=outage.reason
    )
    follow(owners, because=outage.reason, actor=actor, at=at)
    tell_without(lost.without, resource, because=outage.reason, actor=actor, at=at)
    activity.record(
        "spaces.outage.declared",
        outage,
        actor=actor,
        at=at,
        reason=outage.reason,
        after={
            "resource": resource_id,
            "kind": kind,
            "displaced": len(owners),
            "without": len(lost.without),
        },
    )
    return outage, owners


def tell_without(
    owners: Sequence[Owner], machine: Resource, *, because: str, actor: Actor, at: datetime
) -> None:
    """Who keeps the room reads that one machine in it is missing; other domains hear the signal."""
    ids = [owner.id for owner in owners if owner.kind == "booking"]
    for booking in db.session.scalars(sa.select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id)):
        tell("spaces/without_machine", booking, at=at, reason=because, machine_id=machine.id)
    others = [owner for owner in owners if owner.kind not in ("booking", "event")]
    if others:
        rounds = [owner.id for owner in others if owner.kind == "stage"]
        if rounds:
            stages.tell_without(rounds, machine, because=because, at=at)
        place_changed.send([], without=others, machine_id=machine.id, because=because, actor=actor, at=at)


def owner_of_outage(outage: Outage) -> Owner:
    return Owner(outage.kind.value, outage.id)


def is_outage(owner: Owner) -> bool:
    return owner.kind in {kind.value for kind in OutageKind}


def follow(owners: Sequence[Owner], *, because: str, actor: Actor, at: datetime) -> None:
    """Mark the rows that own what was displaced and tell their people; other domains hear the signal."""
    ids = [owner.id for owner in owners if owner.kind == "booking"]
    lock_rows(Booking, ids)
    for booking in db.session.scalars(sa.select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id)):
        booking.state, booking.changed_at, booking.reason = BookingState.DISPLACED, at, because
        booking.version += 1
        tell("spaces/displaced", booking, at=at, reason=because)
    sessions = [owner.id for owner in owners if owner.kind == "event"]
    db.session.execute(sa.update(EventSession).where(EventSession.id.in_(sessions)).values(displaced_at=at))
    db.session.flush()
    others = [owner for owner in owners if owner.kind not in ("booking", "event")]
    if others:
        rows = db.session.scalars(sa.select(Occupancy.id).where(occupancy.rows_of(others))).all()
        rounds = [owner.id for owner in others if owner.kind == "stage"]
        if rounds:
            stages.tell_lost(rounds, because=because, at=at)
        place_changed.send(list(rows), owners=others, because=because, actor=actor, at=at)


def come_back(
    resource_ids: Collection[int], span: Span, *, actor: Actor, at: datetime, machine: Resource | None = None
) -> list[Owner]:
    """Places serve again: uses that nobody has settled have them back and their people read it; returns their owners."""
    back = restore(resource_ids, span, at=at)
    ids = [owner.id for owner in back.owners if owner.kind == "booking"]
    lock_rows(Booking, ids)
    for booking in db.session.scalars(sa.select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id)):
        booking.state, booking.changed_at, booking.reason = BookingState.CONFIRMED, at, ""
        booking.version += 1
        tell("spaces/back", booking, at=at)
    sessions = [owner.id for owner in back.owners if owner.kind == "event"]
    db.session.execute(sa.update(EventSession).where(EventSession.id.in_(sessions)).values(displaced_at=None))
    stages.tell_back([owner.id for owner in back.owners if owner.kind == "stage"], at=at)
    if machine is not None:
        shops = [owner.id for owner in back.with_machine if owner.kind == "booking"]
        for booking in db.session.scalars(
            sa.select(Booking).where(Booking.id.in_(shops)).order_by(Booking.id)
        ):
            tell("spaces/back", booking, at=at, machine_id=machine.id)
        stages.tell_back(
            [owner.id for owner in back.with_machine if owner.kind == "stage"], at=at, machine=machine
        )
    others = [owner for owner in back.owners if owner.kind not in ("booking", "event")]
    again = [owner for owner in back.with_machine if owner.kind not in ("booking", "event")]
    if others or again:
        place_changed.send(
            [], back=others, with_machine=again, machine_id=machine.id if machine else 0, actor=actor, at=at
        )
    return back.owners


def end(outage_id: int, *, actor: Actor, at: datetime) -> tuple[Outage, list[Owner]]:
    """Back in service: the rest of the time can be booked again. Returns the outage and whose uses are back."""
    outage = _get(outage_id, actor)
    if outage.ended_at is not None or outage.ends_at <= at:
        raise Conflict(_("Đợt ngừng phục vụ này đã kết thúc."))
    outage.ended_at = at
    if outage.starts_at >= at:
        occupancy.release([owner_of_outage(outage)], at=at)
    else:
        occupancy.end_early(owner_of_outage(outage), at=at)
    _hand_over(outage, at=at)
    owners = come_back(
        [outage.resource_id],
        Span(max(outage.starts_at, at), outage.ends_at),
        actor=actor,
        at=at,
        machine=db.session.get_one(Resource, outage.resource_id),
    )
    if outage.plan_id is not None:
        db.session.get_one(MaintenancePlan, outage.plan_id).last_done_on = local_date(at)
    db.session.flush()
    activity.record("spaces.outage.ended", outage, actor=actor, at=at, after={"back": len(owners)})
    return outage, owners


def _hand_over(ended: Outage, *, at: datetime) -> None:
    """What another outage of the place still claims is its own now: the ended one had held it for both."""
    rest = Span(max(ended.starts_at, at), ended.ends_at)
    atoms = occupancy.lock([ended.resource_id]).atoms([ended.resource_id])
    for other in db.session.scalars(
        sa.select(Outage)
        .where(
            Outage.resource_id == ended.resource_id,
            Outage.id != ended.id,
            Outage.ended_at.is_(None),
            Outage.starts_at < rest.end,
            Outage.ends_at > rest.start,
        )
        .order_by(Outage.id)
    ):
        both = Span(max(rest.start, other.starts_at), min(rest.end, other.ends_at))
        free = without([both], [row.block for row in occupancy.held(atoms, both)])
        occupancy.occupy(
            [Want(other.resource_id, part) for part in free],
            owner=owner_of_outage(other),
            at=at,
            title=other.reason,
        )


def _get(outage_id: int, actor: Actor) -> Outage:
    lock_rows(Outage, [outage_id])
    outage = db.session.get(Outage, outage_id)
    if outage is None:
        raise NotFound(_("Không có đợt ngừng phục vụ này."))
    ensure(policies.can_manage(actor, db.session.get_one(Resource, outage.resource_id).site_id))
    return outage


def keep(booking_id: int, *, actor: Actor, at: datetime) -> Booking:
    """Keep a displaced booking as an exception: the outage makes way for it."""
    booking = _displaced(booking_id, actor)
    found = occupancy.lock([booking.resource_id])
    span = Span(booking.starts_at, booking.ends_at)
    scene = scene_of(booking.resource_id, span, found)
    safe_checker(booking, scene, span, at=at)
    wants = wants_again(booking, scene, at=at)
    want = wants[0]
    blocks = occupancy.held(found.atoms([booking.resource_id]), want.block)
    for owner in sorted({row.owner for row in blocks if is_outage(row.owner)}):
        outage = db.session.get_one(Outage, owner.id)
        rest = without(
            [Span(outage.starts_at, outage.ended_at or outage.ends_at)], [*_kept(outage), want.block]
        )
        occupancy.move(
            [Want(outage.resource_id, span) for span in rest], owner=owner, at=at, title=outage.reason
        )
    _back(booking, wants, at=at)
    activity.record("spaces.booking.kept", booking, actor=actor, at=at)
    tell("spaces/kept", booking, at=at)
    return booking


def _kept(outage: Outage) -> list[Span]:
    """Times that earlier exceptions have already taken out of the outage."""
    whole = Span(outage.starts_at, outage.ended_at or outage.ends_at)
    rows = db.session.execute(
        sa.select(Occupancy.block_start, Occupancy.block_end).where(
            occupancy.rows_of([owner_of_outage(outage)]), Occupancy.state == OccupancyState.CONFIRMED
        )
    ).all()
    return without([whole], [Span(*row) for row in rows])


def replace(booking_id: int, resource_id: int, span: Span, *, actor: Actor, at: datetime) -> Booking:
    """Move a displaced booking to another place or time, also to a partner's lab. Raises Refused by size or safety."""
    booking = _displaced(booking_id, actor)
    scene = scene_of(resource_id, span)
    safe_checker(booking, scene, span, at=at)
    booking.units = units_again(booking, scene.place, booking.expected)
    booking.resource_id, booking.starts_at, booking.ends_at = resource_id, span.start, span.end
    _back(booking, wants_again(booking, scene, at=at), at=at)
    activity.record("spaces.booking.replaced", booking, actor=actor, at=at, after={"resource": resource_id})
    tell("spaces/replaced", booking, at=at)
    return booking


def give_up(booking_id: int, *, actor: Actor, at: datetime, reason: str) -> Booking:
    """Cancel a displaced booking that has nowhere to go."""
    _displaced(booking_id, actor)
    return cancel(booking_id, actor=actor, at=at, reason=reason)


def _back(booking: Booking, wants: Sequence[Want], *, at: datetime) -> None:
    occupancy.move(
        wants, owner=owner_of(booking), at=at, title=booking.title, title_public=booking.title_public
    )
    booking.state, booking.changed_at, booking.reason = BookingState.CONFIRMED, at, ""
    booking.version += 1
    db.session.flush()


def _displaced(booking_id: int, actor: Actor) -> Booking:
    lock_rows(Booking, [booking_id])
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NotFound(_("Không có lượt đặt này."))
    ensure(policies.can_manage(actor, site_of(booking)))
    if booking.state is not BookingState.DISPLACED:
        raise Conflict(_("Lượt này đã được xử lý. Tải lại danh sách."), code="settled")
    return booking
