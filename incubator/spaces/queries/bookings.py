"""One booking, for who may see it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Booking
from .. import policies


def whole_bookings() -> sa.Select[Booking]:
    """With their place, organisation and requester."""
    return sa.select(Booking).options(
        joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
    )


def get_booking_for(actor: Actor, code: str) -> Booking:
    """With its place, organisation and requester. Raises NotFound for who may not see it."""
    booking = db.session.scalar(whole_bookings().where(Booking.code == code))
    if booking is None or not policies.can_view(actor, booking, booking.resource.site_id):
        raise NotFound(_("Không có lượt đặt này."))
    return booking


def code_of(booking_id: int) -> str:
    """The code behind a number; whether the booking may be seen is asked with the code."""
    code = db.session.scalar(sa.select(Booking.code).where(Booking.id == booking_id))
    if code is None:
        raise NotFound(_("Không có lượt đặt này."))
    return code
