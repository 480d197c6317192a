"""A team leaves its contest: what it had booked for the time to come is given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, system_actor
from ...core.db import db, lock_rows
from ...core.i18n import _
from ...models import Booking, BookingState, CaseStage, Entry, EntryState, GrantState, IncubationCase
from . import entitlements, occupancy
from .booking_rows import facts, owner_of, tell

ALIVE = (BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.DISPLACED)
IN_CONTEST = (EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.RETURNED)
IN_INCUBATION = (CaseStage.APPLIED, CaseStage.PRE_INCUBATION, CaseStage.INCUBATION)


def entry_withdrawn(entry_id: int, *, at: datetime, actor: Actor | None = None, **_rest: Any) -> None:
    """Receiver of the signal; runs inside the transaction that withdraws.

    A team that stands in another contest or is being incubated keeps its bookings: they are not only for this one.
    """
    team_id = db.session.scalar(sa.select(Entry.team_id).where(Entry.id == entry_id))
    if team_id is not None and not _stands_elsewhere(team_id, entry_id):
        free_team(team_id, actor=actor or system_actor("withdrawal"), at=at)


def _stands_elsewhere(team_id: int, entry_id: int) -> bool:
    entry = sa.exists().where(Entry.team_id == team_id, Entry.id != entry_id, Entry.state.in_(IN_CONTEST))
    case = sa.exists().where(IncubationCase.team_id == team_id, IncubationCase.stage.in_(IN_INCUBATION))
    return bool(db.session.scalar(sa.select(sa.or_(entry, case))))


def free_team(team_id: int, *, actor: Actor, at: datetime) -> list[Booking]:
    """Cancel the team's bookings that have not begun, return their grants, tell who had booked."""
    ids = db.session.scalars(
        sa.select(Booking.id).where(
            Booking.team_id == team_id, Booking.state.in_(ALIVE), Booking.starts_at > at
        )
    ).all()
    lock_rows(Booking, sorted(ids))
    found = db.session.scalars(
        sa.select(Booking).where(Booking.id.in_(ids), Booking.state.in_(ALIVE)).order_by(Booking.id)
    ).all()
    reason = _("Đội đã rút khỏi cuộc thi.")
    occupancy.release([owner_of(booking) for booking in found], at=at)
    for booking in found:
        before = facts(booking)
        booking.state, booking.reason, booking.changed_at = BookingState.CANCELLED, reason, at
        booking.version += 1
        entitlements.settle(booking, GrantState.RETURNED, at=at)
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
        tell("spaces/cancelled", booking, at=at, reason=reason)
    return list(found)
