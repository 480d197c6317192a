"""Answer requests. Approving is booking: the same lock, the same checks, and a compare-and-set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import changed, db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Booking, BookingState, OccupancyState, Person, Resource
from .. import policies
from ..availability import exclusive_seats
from ..finding import Wish as SearchWish
from ..finding import alternatives
from ..intervals import Span, local_date
from ..queries.place_rows import Edges, edges
from ..queries.world import PlaceRow, load, place_rows
from ..wording import moment_of
from . import occupancy
from .booking_rows import facts, locked, owner_of, tell
from .context import Checker, scene_of
from .paying import payment_for
from .standing import Standing, Who
from .supervising import safe_checker, wants_of


def approve(
    booking_id: int, *, actor: Actor, at: datetime, reason: str, decline_rivals: bool = True
) -> tuple[Booking, list[Booking]]:
    """Confirm one request and decline those it beats, in one step; returns both.

    Both sides read the reason; the losers get the next free places. Raises Refused by a rule, Taken when
    something else holds the place by now, Conflict when a colleague was faster.
    """
    booking = _requested(booking_id, actor)
    found = occupancy.lock([booking.resource_id])
    if not reason.strip():
        raise Invalid(_("Ghi lý do chọn: cả hai bên đều đọc được."), field="reason")
    _set_state(booking, BookingState.CONFIRMED, actor=actor, at=at, reason=reason)
    span = Span(booking.starts_at, booking.ends_at)
    scene = scene_of(booking.resource_id, span, found)
    checker = safe_checker(booking, scene, span, at=at)
    rivals = rivals_of(booking) if decline_rivals else []
    holding = [owner_of(rival) for rival in rivals]
    occupancy.release(holding, at=at)
    occupancy.move(
        wants_of(booking, scene, checker.supervisor(scene, span, booking.expected)),
        owner=owner_of(booking),
        at=at,
        title=booking.title,
        title_public=booking.title_public,
        state=OccupancyState.CONFIRMED,
    )
    payment = payment_for(checker.who, scene.place, span)
    payment.charge(booking, at=at)
    # Who was told a price pays no more than that; a grant that covered it then may be used up by now.
    if payment.entitlement_id is not None or booking.price == 0:
        booking.price = payment.price
    db.session.flush()
    activity.record(
        "spaces.booking.approved", booking, actor=actor, at=at, after=facts(booking), reason=reason
    )
    tell("spaces/approved", booking, at=at, reason=reason)
    for rival in rivals:
        _decline_one(rival, actor=actor, at=at, reason=reason)
    return booking, rivals


def decline(booking_ids: Sequence[int], *, actor: Actor, at: datetime, reason: str) -> list[Booking]:
    """Say no, with a reason and the next free places."""
    if not reason.strip():
        raise Invalid(_("Ghi lý do từ chối để người đặt biết cách làm tiếp."), field="reason")
    found = [_requested(booking_id, actor) for booking_id in booking_ids]
    occupancy.lock({booking.resource_id for booking in found})
    for booking in found:
        _decline_one(booking, actor=actor, at=at, reason=reason)
    return found


def _requested(booking_id: int, actor: Actor) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NotFound(_("Không có yêu cầu này."))
    resource = db.session.get_one(Resource, booking.resource_id)
    if not policies.can_manage(actor, resource.site_id):
        raise NotFound(_("Không có yêu cầu này."))
    ensure(
        policies.can_decide(actor, resource), _("Nơi này có người duyệt riêng; chuyển yêu cầu cho người đó.")
    )
    return booking


def _set_state(booking: Booking, state: BookingState, *, actor: Actor, at: datetime, reason: str) -> None:
    """Compare and set: of two who decide at once one wins, the other is told by whom and when."""
    done = changed(
        sa.update(Booking)
        .where(Booking.id == booking.id, Booking.state == BookingState.REQUESTED)
        .values(
            state=state,
            decided_by_id=actor.person_id,
            decided_at=at,
            reason=reason,
            hold_until=None,
            answer_by=None,
            changed_at=at,
            version=Booking.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(booking)
    if done != 1:
        raise Conflict(_already(booking), code="decided")


def _already(booking: Booking) -> str:
    name = db.session.scalar(sa.select(Person.full_name).where(Person.id == booking.decided_by_id))
    if name is None or booking.decided_at is None:
        return _("Yêu cầu này không còn chờ duyệt. Tải lại danh sách.")
    return _("%(name)s đã trả lời yêu cầu này lúc %(at)s.", name=name, at=moment_of(booking.decided_at))


def _decline_one(booking: Booking, *, actor: Actor, at: datetime, reason: str) -> None:
    _set_state(booking, BookingState.DECLINED, actor=actor, at=at, reason=reason)
    occupancy.release([owner_of(booking)], at=at)
    activity.record(
        "spaces.booking.declined", booking, actor=actor, at=at, after=facts(booking), reason=reason
    )
    tell("spaces/declined", booking, at=at, reason=reason, alternatives=alternatives_as_facts(booking, at=at))


def rivals_of(booking: Booking) -> list[Booking]:
    """Other requests that want the same place, or a part of it, at an overlapping time, in order of arrival."""
    return rivals_among(booking, _overlapping(booking))


def _overlapping(booking: Booking) -> Sequence[Booking]:
    return db.session.scalars(
        sa.select(Booking)
        .where(
            Booking.id != booking.id,
            Booking.state == BookingState.REQUESTED,
            Booking.starts_at < booking.ends_at,
            Booking.ends_at > booking.starts_at,
        )
        .order_by(Booking.created_at)
    ).all()


def rivals_among(booking: Booking, requests: Iterable[Booking], known: Edges | None = None) -> list[Booking]:
    """Those of some open requests that compete with this one."""
    return rivals_each([booking], list(requests), known)[0]


def rivals_each(rows: Sequence[Any], among: Sequence[Any], known: Edges | None = None) -> list[list[Any]]:
    """Of each request, or row of one, those that want the same place or a part of it at an overlapping time.

    What lies in what is read once for all, and only where times overlap; not at all where it is `known`.
    """
    overlapping = [
        [o for o in among if o.id != row.id and o.starts_at < row.ends_at and row.starts_at < o.ends_at]
        for row in rows
    ]
    if not any(overlapping):
        return overlapping
    known = known or edges()
    wanted = {row.resource_id for row in (*rows, *among)}
    parts = {place: known.part(place, 1) for place in known.below(wanted)}
    atoms = {place: {seat.resource_id for seat in exclusive_seats(place, parts)} for place in wanted}
    return [
        [
            other
            for other in others
            if not atoms[row.resource_id].isdisjoint(atoms[other.resource_id])
            and (row.units is None or other.units is None)
        ]
        for row, others in zip(rows, overlapping, strict=True)
    ]


def next_free(booking: Booking, *, at: datetime, most: int = 3) -> list[tuple[PlaceRow, Span]]:
    """The next places that would do for a request, as (place, time)."""
    return next_free_each([booking], at=at, most=most)[0]


def next_free_each(
    bookings: Sequence[Booking], *, at: datetime, most: int = 3, known: Edges | None = None
) -> list[list[tuple[PlaceRow, Span]]]:
    """`next_free` of each request; the calendar is read once for all."""
    rows = place_rows()
    reach = [like(booking.resource_id, rows) for booking in bookings]
    firsts = [max(local_date(booking.starts_at), local_date(at)) for booking in bookings]
    every = {i: row for places in reach for i, row in places.items()}
    world = load(every, min(firsts), max(firsts) + timedelta(days=15), known=known)
    checker = Checker(Who(), Standing(), at, trusted=True)
    found = []
    for booking, places, first in zip(bookings, reach, firsts, strict=True):
        offers = alternatives(
            [world.place(i, watched=checker.is_watched(row, first)) for i, row in places.items()],
            SearchWish(
                Span(booking.starts_at, booking.ends_at), booking.expected, frozenset(booking.equipment)
            ),
            lambda place, when, places=places, booking=booking: checker.answer(  # type: ignore[misc]
                places[place.id], place.calendar, when, booking.expected, world.crew(place.id)
            ),
            at,
            own=booking.resource_id,
            most=most,
        )
        found.append([(every[o.place.id], o.span) for o in offers if o.span is not None])
    return found


def like(resource_id: int, places: Mapping[int, PlaceRow]) -> dict[int, PlaceRow]:
    """A place and those that would do instead of it: of its kind, for the same training."""
    own = places.get(resource_id) or place_rows(ids=[resource_id])[resource_id]
    return {own.id: own} | {
        i: row
        for i, row in places.items()
        if row.kind is own.kind and row.rules.training == own.rules.training
    }


def alternatives_as_facts(booking: Booking, *, at: datetime) -> list[dict[str, Any]]:
    """The next free slots as a message keeps them: ids and ISO times, no sentence."""
    return [
        {"resource_id": place.id, "start": span.start.isoformat(), "end": span.end.isoformat()}
        for place, span in next_free(booking, at=at)
    ]


def lapse_holds(*, at: datetime) -> int:
    """Requests that held their place until now compete like the others from now on."""
    late = locked(Booking.state == BookingState.REQUESTED, Booking.hold_until <= at)
    for booking in late:
        booking.hold_until = None
        occupancy.release([owner_of(booking)], at=at, state=OccupancyState.REQUESTED)
    return len(late)
