"""Free use that somebody could draw on at a place: whose it is, how much is left, until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from ...core.db import db
from ...models import Entitlement, EntitlementUse, GrantState
from .place_rows import PlaceRow


@dataclass(frozen=True, slots=True)
class FreeUse:
    """`team_id` None: of the person or the organisation, for whatever they book."""

    team_id: int | None
    left: timedelta
    until: date

    def covers(self, length: timedelta, team_id: int | None) -> bool:
        return self.team_id in (None, team_id) and self.left >= length


def free_uses(
    place: PlaceRow,
    on: date,
    *,
    person_id: int | None,
    organisation_id: int | None,
    team_ids: Collection[int],
) -> list[FreeUse]:
    """In the order in which bookings take them; those that are used up too, for they explain a price."""
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
                Entitlement.team_id.in_(team_ids),
                Entitlement.person_id == person_id,
                Entitlement.organisation_id == organisation_id,
            ),
            sa.or_(Entitlement.resource_id.is_(None), Entitlement.resource_id == place.id),
            Entitlement.kind.in_(("", place.kind.value)),
            Entitlement.valid_from <= on,
            Entitlement.valid_to >= on,
            Entitlement.revoked_at.is_(None),
        )
        .order_by(Entitlement.valid_to, Entitlement.id)
    ).all()
    return [FreeUse(team_id, timedelta(minutes=max(0, int(left))), until) for team_id, left, until in rows]
