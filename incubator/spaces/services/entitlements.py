"""Free use: granted by incubation, reserved at approval, consumed by use or no-show, returned in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import changed, db, lock_rows
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Booking, Entitlement, EntitlementUse, GrantState
from ..intervals import Span

_e = Entitlement.__table__.c


def usable_at(place: Any, kind: Any, day: Any) -> list[sa.ColumnElement[bool]]:
    """Which entitlements pay at a place, of a kind of resource, on a day; each a value or a parameter."""
    return [
        sa.or_(_e.resource_id.is_(None), _e.resource_id == place),
        sa.or_(_e.kind == "", _e.kind == kind),
        _e.valid_from <= day,
        _e.valid_to >= day,
        _e.revoked_at.is_(None),
    ]


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


def take_back(source_kind: str, source_id: int, minutes: int, *, actor: Actor, at: datetime) -> None:
    """Fewer free minutes, never fewer than bookings already took. Raises Invalid with what can be taken back."""
    found = db.session.scalars(
        sa.select(Entitlement.id).where(
            Entitlement.source_kind == source_kind, Entitlement.source_id == source_id
        )
    ).all()
    lock_rows(Entitlement, found)
    for entitlement_id in found:
        row = db.session.get_one(Entitlement, entitlement_id)
        used = used_minutes(row.id)
        spent = used.get(GrantState.RESERVED, 0) + used.get(GrantState.CONSUMED, 0)
        if row.minutes - minutes < spent:
            raise Invalid(
                _(
                    "Các lượt đặt đã dùng hoặc giữ %(spent)s phút. Chỉ thu hồi được %(left)s phút còn lại.",
                    spent=spent,
                    left=max(0, row.minutes - spent),
                ),
                field="amount",
            )
        before, row.minutes = row.minutes, row.minutes - minutes
        if row.minutes == 0:
            row.minutes, row.revoked_at = before, row.revoked_at or at
        activity.record(
            "spaces.entitlement.taken_back",
            row,
            actor=actor,
            at=at,
            before={"minutes": before},
            after={"minutes": before - minutes},
        )


def used_minutes(entitlement_id: int) -> dict[GrantState, int]:
    """Minutes reserved and consumed."""
    rows = db.session.execute(
        sa.select(EntitlementUse.state, sa.func.sum(EntitlementUse.minutes))
        .where(EntitlementUse.entitlement_id == entitlement_id)
        .group_by(EntitlementUse.state)
    ).all()
    return {state: int(minutes) for state, minutes in rows}


def first_with_room(candidates: Sequence[tuple[int, int]], span: Span) -> int | None:
    """The first of (entitlement, its minutes) that has enough left for the span; locks all of them."""
    if not candidates:
        return None
    lock_rows(Entitlement, [entitlement_id for entitlement_id, _minutes in candidates])
    minutes = minutes_of(span)
    for entitlement_id, ceiling in candidates:
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
    if not changed(sa.update(EntitlementUse).where(EntitlementUse.booking_id == booking_id).values(**values)):
        db.session.execute(sa.insert(EntitlementUse).values(booking_id=booking_id, **values))


def settle(booking: Booking, state: GrantState, *, at: datetime) -> None:
    """Consume or give back what a booking had reserved; nothing happens when it had none."""
    db.session.execute(
        sa.update(EntitlementUse)
        .where(EntitlementUse.booking_id == booking.id, EntitlementUse.state == GrantState.RESERVED)
        .values(state=state, changed_at=at)
    )
