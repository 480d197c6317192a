"""What a use would cost before it is booked: the price of the place, and free hours that could pay instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...models import Entitlement, EntitlementUse, GrantState
from .. import policies
from ..intervals import Span
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


def _free_uses(
    place: PlaceRow, on: date, person_id: int | None, organisation_id: int | None, teams: Mapping[int, str]
) -> tuple[FreeUse, ...]:
    """Those that are used up too, for they explain a price."""
    spent = (
        sa.select(sa.func.coalesce(sa.func.sum(EntitlementUse.minutes), 0))
        .where(
            EntitlementUse.entitlement_id == Entitlement.id,
            EntitlementUse.state.in_((GrantState.RESERVED, GrantState.CONSUMED)),
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
