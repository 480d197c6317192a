"""The day itself: the code at the door, here I am, head-counts, no-shows, check-out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ...activity import services as activity
from ...core.access import Actor, ensure, system_actor
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Booking, BookingState, GrantState
from .. import policies
from ..intervals import Span
from ..settings import CHECK_IN_FROM, NO_SHOW_AFTER
from ..wording import clock_of, moment_of
from . import entitlements, occupancy
from .booking_rows import facts, locked, owner_of, site_of, tell
from .context import scene_of
from .supervising import wants_again

CODE_LASTS = timedelta(minutes=5)
MOST_PEOPLE = 5000
MOST_USED = 100_000


def door_code(resource_id: int, at: datetime, *, steps_back: int = 0) -> str:
    """Six digits for one door, another every five minutes; shown on the door's screen and in its QR."""
    step = int(at.timestamp() // CODE_LASTS.total_seconds()) - steps_back
    key = str(current_app.config["SECRET_KEY"]).encode()
    raw = hmac.new(key, f"door:{resource_id}:{step}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(raw[:4], 'big') % 1_000_000:06d}"


def is_door_code(resource_id: int, code: str, at: datetime) -> bool:
    """The code of now or of one step before: somebody may have scanned it a minute ago."""
    typed = code.encode()  # what was typed may hold any letter
    return any(hmac.compare_digest(door_code(resource_id, at, steps_back=n).encode(), typed) for n in (0, 1))


def ensure_count(people: int, *, least: int = 0) -> None:
    """A head-count that can be one; more than the place has seats is kept, and shown for a second look."""
    if not least <= people <= MOST_PEOPLE:
        text = _("Nhập số người từ %(least)s đến %(most)s.", least=least, most=MOST_PEOPLE)
        raise Invalid(text, field="people")


def ensure_begun(starts_at: datetime, at: datetime) -> None:
    """Nobody can be counted before the doors open: a number for a later use stands on the wrong line."""
    if at < starts_at - CHECK_IN_FROM:
        text = _("Ghi số người được từ %(start)s.", start=moment_of(starts_at - CHECK_IN_FROM))
        raise Conflict(text, code="not_now")


def ensure_at_door(resource_id: int, code: str, at: datetime) -> None:
    """Raises Invalid (`door_code`) for a code that the door no longer shows."""
    if not is_door_code(resource_id, code, at):
        raise Invalid(
            _("Mã ở cửa đã đổi. Quét lại mã QR trên màn hình ở cửa."), field="code", code="door_code"
        )


def check_in(booking_code: str, people: int, *, door: str, at: datetime) -> Booking:
    """“I'm here” from a phone without an account: the door's code proves the place, from 15 minutes before.

    Who comes late may claim again what a no-show had released, as long as nobody else has it.
    """
    booking = db.session.scalar(sa.select(Booking).where(Booking.code == booking_code))
    if booking is None:
        raise NotFound(_("Không có lượt đặt này."))
    lock_rows(Booking, [booking.id])
    booking = db.session.get_one(Booking, booking.id)
    _ensure_door_of(booking, door, at)
    if not booking.starts_at - CHECK_IN_FROM <= at < booking.ends_at:
        raise Conflict(
            _(
                "Báo có mặt được từ %(start)s đến %(end)s.",
                start=clock_of(booking.starts_at - CHECK_IN_FROM),
                end=clock_of(booking.ends_at),
            ),
            code="not_now",
        )
    ensure_count(people, least=1)
    if booking.state is BookingState.NO_SHOW:
        _claim_again(booking, at=at)
    elif booking.state is not BookingState.CONFIRMED:
        raise Conflict(_("Lượt này không còn hiệu lực. Hỏi nhân viên BIIC."), code="not_confirmed")
    before = facts(booking)
    booking.checked_in, booking.checked_in_at = people, booking.checked_in_at or at
    booking.changed_at = at
    db.session.flush()
    activity.record(
        "spaces.booking.checked_in",
        booking,
        actor=system_actor("door"),
        at=at,
        before=before,
        after={"checked_in": people},
    )
    return booking


def _ensure_door_of(booking: Booking, door: str, at: datetime) -> None:
    """Any door of the place will do: of the hall itself or of its parts."""
    found = occupancy.topology([booking.resource_id])
    if not any(is_door_code(r, door, at) for r in {booking.resource_id, *found.atoms([booking.resource_id])}):
        raise Invalid(
            _("Mã ở cửa đã đổi. Quét lại mã QR trên màn hình ở cửa."), field="code", code="door_code"
        )


def _claim_again(booking: Booking, *, at: datetime) -> None:
    scene = scene_of(booking.resource_id, Span(booking.starts_at, booking.ends_at))
    occupancy.move(
        wants_again(booking, scene, at=at),
        owner=owner_of(booking),
        at=at,
        title=booking.title,
        title_public=booking.title_public,
    )
    booking.state = BookingState.CONFIRMED
    booking.version += 1


def count(booking_id: int, people: int, *, actor: Actor, at: datetime) -> Booking:
    """Staff's own head-count; kept apart from what was expected and what the door said.

    Somebody counted in a use that was recorded as missed takes the no-show back: they came, and no phone told so.
    """
    booking = _by_staff(booking_id, actor)
    ensure_count(people)
    ensure_begun(booking.starts_at, at)
    before = {"confirmed": booking.confirmed, "state": booking.state}
    if people and booking.state is BookingState.NO_SHOW:
        if at < booking.ends_at:
            _claim_again(booking, at=at)
        else:
            booking.state = BookingState.DONE
            booking.version += 1
    booking.confirmed, booking.changed_at = people, at
    db.session.flush()
    after = {"confirmed": people, "state": booking.state}
    activity.record("spaces.booking.counted", booking, actor=actor, at=at, before=before, after=after)
    return booking


def check_out(
    booking_id: int,
    *,
    actor: Actor,
    at: datetime,
    people: int | None = None,
    used: Mapping[str, float] | None = None,
) -> Booking:
    """The use is over: count, consumables, grant consumed, the rest of the time given back."""
    booking = _by_staff(booking_id, actor)
    if booking.state is not BookingState.CONFIRMED:
        raise Conflict(_("Chỉ trả phòng được lượt đã duyệt."), code="not_confirmed")
    if at < booking.starts_at:
        raise Conflict(_("Lượt này chưa bắt đầu."), code="not_now")
    if people is not None:
        ensure_count(people)
        booking.confirmed = people
    booking.consumables = _with_used(booking.consumables, used or {})
    booking.state, booking.checked_out_at, booking.changed_at = BookingState.DONE, at, at
    booking.version += 1
    occupancy.end_early(owner_of(booking), at=at)
    entitlements.settle(booking, GrantState.CONSUMED, at=at)
    db.session.flush()
    activity.record("spaces.booking.checked_out", booking, actor=actor, at=at, after=facts(booking))
    return booking


def _with_used(stored: Mapping[str, Any], used: Mapping[str, float]) -> dict[str, Any]:
    found = {name: dict(values) for name, values in stored.items()}
    for name, amount in used.items():
        if not 0 <= amount <= MOST_USED:
            raise Invalid(_("Lượng vật tư từ 0 đến 100.000: %(name)s.", name=name), field="used")
        found.setdefault(name, {})["used"] = amount
    return found


def _by_staff(booking_id: int, actor: Actor) -> Booking:
    lock_rows(Booking, [booking_id])
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        raise NotFound(_("Không có lượt đặt này."))
    ensure(policies.can_manage(actor, site_of(booking)))
    return booking


_NOBODY_SEEN = sa.and_(
    Booking.state == BookingState.CONFIRMED,
    Booking.checked_in_at.is_(None),
    sa.func.coalesce(Booking.confirmed, 0) == 0,
)


def release_no_shows(*, at: datetime) -> list[Booking]:
    """Give back what nobody came for 20 minutes after its start. Never events, stages or others' rows.

    What was settled after its start (approved late, moved, kept) has its 20 minutes from then. However long no sweep
    ran, each missed use is found: one that is over by now is recorded all the same, only nothing is left to claim.
    """
    missed = locked(
        _NOBODY_SEEN, Booking.starts_at <= at - NO_SHOW_AFTER, Booking.changed_at <= at - NO_SHOW_AFTER
    )
    for booking in missed:
        booking.state, booking.changed_at = BookingState.NO_SHOW, at
        booking.version += 1
        entitlements.settle(booking, GrantState.CONSUMED, at=at)
        activity.record("spaces.booking.no_show", booking, actor=system_actor("no-shows"), at=at)
        tell("spaces/no_show", booking, at=at, over=booking.ends_at <= at)
    occupancy.release([owner_of(booking) for booking in missed], at=at)
    db.session.flush()
    return missed


def finish_past(*, at: datetime) -> int:
    """Uses in which somebody was seen and which are over by now become done, so that the numbers see them."""
    over = locked(Booking.state == BookingState.CONFIRMED, sa.not_(_NOBODY_SEEN), Booking.ends_at <= at)
    for booking in over:
        booking.state, booking.changed_at = BookingState.DONE, at
        entitlements.settle(booking, GrantState.CONSUMED, at=at)
    db.session.flush()
    return len(over)
