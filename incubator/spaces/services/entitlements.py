"""Free use: granted by incubation, reserved at approval, consumed by use or no-show, returned in time."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db, lock_rows
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Booking, Entitlement, EntitlementUse, GrantState
from ..intervals import Span, local_date
from ..queries.world import PlaceRow
from .context import Who


def grant(
    *,
    minutes: int,
    valid_from: date,
    valid_to: date,
    actor: Actor,
    at: datetime,
    team_id: int | None = None,
    person_id: int | None = None,
    organisation_id: int | None = None,
    resource_id: int | None = None,
    kind: str = "",
    source_kind: str = "",
    source_id: int | None = None,
    decision: str = "",
) -> Entitlement:
    """Give a team, a person or an organisation free minutes of one place, of a kind of places, or of any."""
    if minutes <= 0 or valid_to < valid_from:
        raise Invalid(
            _("Khoản sử dụng miễn phí cần số phút dương và ngày kết thúc không trước ngày bắt đầu.")
        )
    row = Entitlement(
        team_id=team_id,
        person_id=person_id,
        organisation_id=organisation_id,
        resource_id=resource_id,
        kind=kind,
        minutes=minutes,
        valid_from=valid_from,
        valid_to=valid_to,
        source_kind=source_kind,
        source_id=source_id,
        decision=decision,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record("spaces.entitlement.granted", row, actor=actor, at=at, after={"minutes": minutes})
    return row


def revoke(entitlement_id: int, *, actor: Actor, at: datetime, reason: str) -> None:
    """No further bookings draw on it; what is reserved or consumed stays."""
    row = db.session.get_one(Entitlement, entitlement_id)
    row.revoked_at = row.revoked_at or at
    activity.record("spaces.entitlement.revoked", row, actor=actor, at=at, reason=reason)


def used_minutes(entitlement_id: int) -> dict[GrantState, int]:
    """Minutes reserved and consumed."""
    rows = db.session.execute(
        sa.select(EntitlementUse.state, sa.func.sum(EntitlementUse.minutes))
        .where(EntitlementUse.entitlement_id == entitlement_id)
        .group_by(EntitlementUse.state)
    ).all()
    return {state: int(minutes) for state, minutes in rows}


def fitting(who: Who, place: PlaceRow, span: Span) -> int | None:
    """The entitlement that pays for this use, of several the one that ends first; else None.

    Locks the candidates, so that two bookings cannot spend the same minutes.
    """
    holders = [
        column == value
        for column, value in (
            (Entitlement.team_id, who.team_id),
            (Entitlement.person_id, who.person_id),
            (Entitlement.organisation_id, who.organisation_id),
        )
        if value is not None
    ]
    if not holders:
        return None
    day, minutes = local_date(span.start), minutes_of(span)
    rows = db.session.execute(
        sa.select(Entitlement.id, Entitlement.minutes)
        .where(
            sa.or_(*holders),
            sa.or_(Entitlement.resource_id.is_(None), Entitlement.resource_id == place.id),
            Entitlement.kind.in_(("", place.kind.value)),
            Entitlement.valid_from <= day,
            Entitlement.valid_to >= day,
            Entitlement.revoked_at.is_(None),
        )
        .order_by(Entitlement.valid_to, Entitlement.id)
    ).all()
    if not rows:
        return None
    lock_rows(Entitlement, [row.id for row in rows])
    for entitlement_id, ceiling in rows:
        used = used_minutes(entitlement_id)
        if used.get(GrantState.RESERVED, 0) + used.get(GrantState.CONSUMED, 0) + minutes <= ceiling:
            return entitlement_id
    return None


def minutes_of(span: Span) -> int:
    return -(-int(span.length.total_seconds()) // 60)


def reserve(entitlement_id: int, booking_id: int, span: Span, *, at: datetime) -> None:
    """Write, or after a move rewrite, what a booking takes."""
    values = {
        "entitlement_id": entitlement_id,
        "minutes": minutes_of(span),
        "state": GrantState.RESERVED,
        "changed_at": at,
    }
    done = db.session.execute(
        sa.update(EntitlementUse).where(EntitlementUse.booking_id == booking_id).values(**values)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        db.session.execute(sa.insert(EntitlementUse).values(booking_id=booking_id, **values))


def settle(booking: Booking, state: GrantState, *, at: datetime) -> None:
    """Consume or give back what a booking had reserved; nothing happens when it had none."""
    db.session.execute(
        sa.update(EntitlementUse)
        .where(EntitlementUse.booking_id == booking.id, EntitlementUse.state == GrantState.RESERVED)
        .values(state=state, changed_at=at)
    )
