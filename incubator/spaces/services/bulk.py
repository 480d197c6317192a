"""Many uses of the past at once: from paper lists, another system, or the demo. Set-based, guarded like all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...models import Booking, BookingState, OccupancyState
from .. import policies
from ..queries.place_rows import place_rows
from . import occupancy
from .booking_rows import Wish, owner_of, row_of, want_of


@dataclass(frozen=True, slots=True)
class PastUse:
    """A use that has taken place, with its head-counts."""

    wish: Wish
    asked_at: datetime
    state: BookingState = BookingState.DONE
    checked_in: int | None = None
    confirmed: int | None = None


def record_past(uses: Sequence[PastUse], *, actor: Actor, at: datetime) -> list[Booking]:
    """Write the uses with their occupancies: one lock, one check, three inserts. Raises Taken for all clashes.

    Rules of time and quota are not applied: what happened, happened. Sizes and overlaps are.
    """
    ensure(policies.can_manage(actor))
    places = place_rows(ids={use.wish.resource_id for use in uses})
    made = [_row(use, places[use.wish.resource_id], actor) for use in uses]
    db.session.add_all(made)
    db.session.flush()
    occupancy.occupy_many(
        [
            occupancy.Claim(owner_of(b), want_of(b, places[b.resource_id]), b.title, b.title_public)
            for b in made
        ],
        at=at,
    )
    gone = [owner_of(b) for b in made if b.state is BookingState.NO_SHOW]
    occupancy.release(gone, at=at, state=OccupancyState.RELEASED)
    activity.record_many(
        [
            activity.event_values(
                "spaces.booking.recorded",
                b,
                actor=actor,
                at=at,
                after={"people": b.confirmed, "state": b.state},
            )
            for b in made
        ]
    )
    return made


def _row(use: PastUse, place: Any, actor: Actor) -> Booking:
    row = row_of(use.wish, place, at=use.asked_at, actor=actor)
    row.state, row.checked_in, row.confirmed = use.state, use.checked_in, use.confirmed
    if use.state is BookingState.DONE:
        row.checked_in_at = use.wish.span.start if use.checked_in is not None else None
        row.checked_out_at = use.wish.span.end
    row.conditions = []
    return row
