"""Support: items of a programme, grants of cases, what was used and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs
from ...core.text import search_key
from ...core.web import named
from ...models import (
    Booking,
    Cohort,
    Entitlement,
    EntitlementUse,
    GrantState,
    IncubationCase,
    Resource,
    ResourceKind,
    SupportGrant,
    SupportItem,
    SupportKind,
    SupportMoveKind,
)
from .. import policies


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant with what was used and recovered, in the item's unit."""

    grant: SupportGrant
    item: SupportItem
    used: int
    recovered: int

    @property
    def left(self) -> int:
        return self.grant.amount - self.used - self.recovered


def grants_of(case_ids: Sequence[int]) -> dict[int, list[GrantLine]]:
    """Grants of cases; what bookings drew on an entitlement counts as used, in started units."""
    rows = db.session.execute(
        sa.select(SupportGrant, SupportItem)
        .join(SupportItem, SupportItem.id == SupportGrant.item_id)
        .where(SupportGrant.case_id.in_(case_ids))
        .options(sa.orm.selectinload(SupportGrant.moves))
        .order_by(SupportGrant.id)
    ).all()
    drawn = _drawn([grant.id for grant, _item in rows])
    found: dict[int, list[GrantLine]] = {}
    for grant, item in rows:
        used = sum(m.amount for m in grant.moves if m.kind is SupportMoveKind.USED)
        if item.kind in (SupportKind.WORKSPACE, SupportKind.MACHINE):
            used += -(-drawn.get(grant.id, 0) // item.minutes_per_unit)
        recovered = sum(m.amount for m in grant.moves if m.kind is SupportMoveKind.RECOVERED)
        found.setdefault(grant.case_id, []).append(GrantLine(grant, item, used, recovered))
    return found


def _drawn(grant_ids: list[int]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Entitlement.source_id, sa.func.sum(EntitlementUse.minutes))
        .join(EntitlementUse, EntitlementUse.entitlement_id == Entitlement.id)
        .where(
            Entitlement.source_kind == "support_grant",
            Entitlement.source_id.in_(grant_ids),
            EntitlementUse.state != GrantState.RETURNED,
        )
        .group_by(Entitlement.source_id)
    )
    return {int(source): int(minutes) for source, minutes in rows if source is not None}


def support_items(programme_id: int) -> Sequence[SupportItem]:
    return db.session.scalars(
        sa.select(SupportItem)
        .where(SupportItem.programme_id == programme_id)
        .order_by(SupportItem.kind, SupportItem.name)
    ).all()


def get_item(item_id: int, actor: Actor) -> SupportItem:
    """An item of a programme that the actor manages. Raises NotFound."""
    row = db.session.get(SupportItem, item_id)
    if row is None or not policies.can_manage(actor, row.programme_id):
        raise NotFound(_("Không có khoản hỗ trợ này."))
    return row


def get_grant(grant_id: int, actor: Actor) -> tuple[SupportGrant, IncubationCase]:
    """A grant with its item and case. Raises NotFound."""
    found = db.session.execute(
        sa.select(SupportGrant, IncubationCase)
        .join(IncubationCase, IncubationCase.id == SupportGrant.case_id)
        .where(SupportGrant.id == grant_id)
        .options(sa.orm.joinedload(SupportGrant.item), sa.orm.joinedload(IncubationCase.cohort))
    ).first()
    if found is None or not policies.can_manage(actor, found[0].item.programme_id):
        raise NotFound(_("Không có quyết định hỗ trợ này."))
    return found[0], found[1]


def free_places() -> list[tuple[int, str]]:
    """Seats and machines that an item may make free."""
    rows = db.session.execute(
        sa.select(Resource.id, Resource.name, Resource.name_en)
        .where(Resource.kind.in_((ResourceKind.SEAT, ResourceKind.ROOM, ResourceKind.MACHINE)))
        .order_by(Resource.kind, Resource.name)
    )
    return [(row.id, named(row)) for row in rows]


@dataclass(slots=True)
class SupportRow:
    """A case with its grants."""

    case: IncubationCase
    grants: list[GrantLine]


def support_rows(cohort: Cohort, args: ListArgs) -> list[SupportRow]:
    """Cases of a cohort with their grants: four statements. The search reads titles, items and decisions."""
    rows = db.session.scalars(
        sa.select(IncubationCase)
        .where(IncubationCase.cohort_id == cohort.id)
        .order_by(IncubationCase.search_key, IncubationCase.id)
    ).all()
    grants = grants_of([case.id for case in rows])
    found = [SupportRow(case, grants.get(case.id, [])) for case in rows]
    found = [row for row in found if all(word in _text(row) for word in args.key.split())]
    if args.sort == "granted":
        found.sort(key=lambda row: -len(row.grants))
    if args.descending:
        found.reverse()
    return found


def _text(row: SupportRow) -> str:
    words = [row.case.title, *(f"{x.item.name} {x.grant.decision}" for x in row.grants)]
    return search_key(" ".join(words))


@dataclass(frozen=True, slots=True)
class Draw:
    """What one booking takes of a grant."""

    starts_at: datetime
    name: str
    name_en: str
    minutes: int
    state: GrantState


def draws_of(grant_id: int) -> list[Draw]:
    """Bookings that draw on a grant, latest first."""
    rows = db.session.execute(
        sa.select(
            Booking.starts_at, Resource.name, Resource.name_en, EntitlementUse.minutes, EntitlementUse.state
        )
        .join(EntitlementUse, EntitlementUse.booking_id == Booking.id)
        .join(Entitlement, Entitlement.id == EntitlementUse.entitlement_id)
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Entitlement.source_kind == "support_grant", Entitlement.source_id == grant_id)
        .order_by(Booking.starts_at.desc())
        .limit(1000)
    )
    return [Draw(*row) for row in rows]
