"""What a use would cost before it is booked: the price of the place, and free hours that could pay instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...models import Booking, Entitlement, EntitlementUse, GrantState
from .. import policies
from ..intervals import Span, local_date
from ..prices import price
from ..services.entitlements import usable_at
from ..services.paying import price_of_all, price_per_half_hour
from ..services.standing import organisation_of
from .place_rows import PlaceRow


@dataclass(frozen=True, slots=True)
class FreeUse:
    """`team_id` None: of the person or the organisation, for whatever they book."""

    team_id: int | None
    team: str
    left: timedelta
    until: date

    def covers(self, length: timedelta, team_id: int | None) -> bool:
        return self.team_id in (None, team_id) and self.left >= length


@dataclass(frozen=True, slots=True)
class Quote:
    """Đồng: of a started half hour, of the time asked about without free use (`whole`), and of all dates of a series
    together. `free` stands in the order in which bookings take it; `covered` pays for the time asked about."""

    per_half_hour: int = 0
    whole: int = 0
    together: int = 0
    free: tuple[FreeUse, ...] = ()
    covered: FreeUse | None = None
    has_body: bool = False  # the person belongs to an organisation

    @property
    def to_pay(self) -> int:
        """For the time asked about, by who books it."""
        return 0 if self.covered else self.whole


def quote_for(
    actor: Actor,
    place: PlaceRow,
    on: date,
    span: Span | None,
    *,
    team_id: int | None,
    teams: Mapping[int, str],
    body_id: int | None = None,
    dates: Iterable[Span] = (),
) -> Quote:
    """`teams` are those that the actor books for, by id; `body_id` is for whom staff book; `dates` those of a series."""
    own, is_staff = organisation_of(actor.person_id), policies.can_manage(actor)
    payer = body_id or own
    each = price_per_half_hour(place, payer, on)
    free = () if is_staff else _free_uses(place, on, actor.person_id, own, teams)
    return Quote(
        per_half_hour=each,
        whole=price(span, each) if span else 0,
        # Of a series the hours may run out on the way: whoever books it has read what its dates cost without them.
        together=price_of_all(place, payer, list(dates)),
        free=free,
        covered=next((use for use in free if use.covers(span.length, team_id)), None) if span else None,
        has_body=own is not None,
    )


def price_after(booking: Booking, place: PlaceRow, span: Span) -> int:
    """Đồng that a booking costs at another place or time; what it has reserved of free hours is there to be used again."""
    on, teams = local_date(span.start), {booking.team_id: ""} if booking.team_id else {}
    free = _free_uses(place, on, booking.requester_id, booking.organisation_id, teams, but=booking.id)
    if any(use.covers(span.length, booking.team_id) for use in free):
        return 0
    return price(span, price_per_half_hour(place, booking.organisation_id, on))


def _free_uses(
    place: PlaceRow,
    on: date,
    person_id: int | None,
    organisation_id: int | None,
    teams: Mapping[int, str],
    *,
    but: int = 0,
) -> tuple[FreeUse, ...]:
    """Those that are used up too, for they explain a price. `but`: a booking whose hours do not count as used."""
    spent = (
        sa.select(sa.func.coalesce(sa.func.sum(EntitlementUse.minutes), 0))
        .where(
            EntitlementUse.entitlement_id == Entitlement.id,
            EntitlementUse.state.in_((GrantState.RESERVED, GrantState.CONSUMED)),
            EntitlementUse.booking_id != but,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Entitlement.team_id, Entitlement.minutes - spent, Entitlement.valid_to)
        .where(
            sa.or_(
                Entitlement.team_id.in_(teams),
                Entitlement.person_id == person_id,
                Entitlement.organisation_id == organisation_id,
            ),
            *usable_at(place.id, place.kind.value, on),
        )
        .order_by(Entitlement.valid_to, Entitlement.id)
    ).all()
    return tuple(
        FreeUse(team_id, teams.get(team_id or 0, ""), timedelta(minutes=max(0, int(left))), until)
        for team_id, left, until in rows
    )
