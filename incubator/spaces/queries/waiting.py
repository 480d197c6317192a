"""What waits for somebody at the centre."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...core.todo import Todo
from ...models import (
    Booking,
    BookingState,
)
from .. import policies, wording
from ..intervals import Span
from .desk import displaced
from .requests import requests_waiting


def waiting_for(actor: Actor) -> list[Todo]:
    """What waits for staff, and what the actor's own bookings need."""
    from ...core import clock

    now = clock.now()
    return [*_for_staff(actor, now), *_for_guest(actor, now)]


def _for_staff(actor: Actor, now: datetime) -> list[Todo]:
    if not policies.can_manage(actor):
        return []
    found: list[Todo] = []
    waiting = requests_waiting(actor)
    if waiting:
        due = min((b.answer_by for b, _n in waiting if b.answer_by is not None), default=None)
        rivals = sum(1 for _b, n in waiting if n)
        detail = _("%(n)s yêu cầu trùng giờ nhau", n=rivals) if rivals else ""
        found.append(
            Todo(
                _("%(n)s yêu cầu đặt chỗ chờ trả lời", n=len(waiting)), "/spaces/requests", _("Trả lời"), detail,
                "hourglass-split", urgent=bool(due and due < now + timedelta(hours=8)), due_at=due, count=len(waiting),
            )
        )  # fmt: skip
    lost = displaced(actor)
    if lost:
        found.append(
            Todo(
                _("%(n)s lượt mất chỗ vì đóng cửa hoặc máy hỏng", n=len(lost)), "/spaces/outages", _("Xếp lại"),
                "", "tools", urgent=True, count=len(lost),
            )
        )  # fmt: skip
    return found


def _for_guest(actor: Actor, now: datetime) -> list[Todo]:
    if actor.person_id is None:
        return []
    rows = db.session.scalars(
        sa.select(Booking)
        .options(joinedload(Booking.resource))
        .where(
            Booking.requester_id == actor.person_id,
            Booking.state.in_((BookingState.CONFIRMED, BookingState.DISPLACED)),
            Booking.ends_at > now,
            Booking.starts_at < now + timedelta(days=2),
        )
        .order_by(Booking.starts_at)
        .limit(5)
    )
    return [
        Todo(
            _("%(place)s, %(when)s", place=b.resource.name, when=wording.span_of(Span(b.starts_at, b.ends_at))),
            f"/spaces/bookings/{b.code}", _("Xem lượt đặt"),
            b.reason if b.state is BookingState.DISPLACED else b.title, "calendar-event",
            urgent=b.state is BookingState.DISPLACED, due_at=b.starts_at,
        )
        for b in rows
    ]  # fmt: skip
