"""Support: items of a programme, granted on a decision under a ceiling, used, recovered."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...core.web import named, vn_number
from ...models import (
    IncubationCase,
    ResourceKind,
    SupportGrant,
    SupportItem,
    SupportKind,
    SupportMove,
    SupportMoveKind,
)
from ...spaces.services import entitlements
from .. import policies
from ..queries.support import grants_of

FREE_BOOKINGS = {SupportKind.WORKSPACE: ResourceKind.SEAT, SupportKind.MACHINE: ResourceKind.MACHINE}


def define_item(
    programme_id: int,
    kind: SupportKind,
    name: str,
    *,
    ceiling: int,
    resource_id: int | None = None,
    minutes_per_unit: int = 60,
    decision: str = "",
    name_en: str = "",
    actor: Actor,
    at: datetime,
) -> SupportItem:
    """An item that cases of a programme may be granted, up to a ceiling each."""
    ensure(policies.can_manage(actor, programme_id))
    _check_item(programme_id, name, ceiling)
    row = SupportItem(
        programme_id=programme_id,
        kind=kind,
        name=name,
        ceiling=ceiling,
        resource_id=resource_id,
        minutes_per_unit=minutes_per_unit,
        decision=decision,
        name_en=name_en,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.support_item.defined", row, actor=actor, at=at, after={"ceiling": ceiling})
    return row


def change_item(
    item: SupportItem,
    name: str,
    *,
    ceiling: int,
    decision: str = "",
    name_en: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Another name, ceiling or decision. Kind, place and unit stay: grants were counted in them."""
    ensure(policies.can_manage(actor, item.programme_id))
    lock_rows(SupportItem, [item.id])
    _check_item(item.programme_id, name, ceiling, item.id)
    most = max((granted_of(item.id, case_id) for case_id in _cases_with(item.id)), default=0)
    if ceiling < most:
        raise Conflict(
            _("Một hồ sơ đã được cấp %(most)s. Mức trần không thấp hơn số đó.", most=vn_number(most)),
            field="ceiling",
        )
    before = {"ceiling": item.ceiling, "decision": item.decision, "name": item.name}
    item.name, item.name_en, item.ceiling, item.decision = name, name_en, ceiling, decision
    activity.record(
        "mentoring.support_item.changed", item, actor=actor, at=at, before=before, after={"ceiling": ceiling}
    )


def _check_item(programme_id: int, name: str, ceiling: int, own: int = 0) -> None:
    if not name:
        raise Invalid(_("Nhập tên khoản hỗ trợ."), field="name")
    if ceiling <= 0:
        raise Invalid(_("Mức trần là số dương."), field="ceiling")
    taken = db.session.scalar(
        sa.select(SupportItem.id).where(
            SupportItem.programme_id == programme_id, SupportItem.name == name, SupportItem.id != own
        )
    )
    if taken is not None:
        raise Conflict(_("Chương trình đã có khoản hỗ trợ tên “%(name)s”.", name=name), field="name")


def _cases_with(item_id: int) -> set[int]:
    return set(db.session.scalars(sa.select(SupportGrant.case_id).where(SupportGrant.item_id == item_id)))


def grant(
    item_id: int,
    case: IncubationCase,
    amount: int,
    *,
    decision: str,
    decided_on: date,
    valid_from: date,
    valid_to: date,
    actor: Actor,
    at: datetime,
) -> SupportGrant:
    """Grant an amount on a decision. All grants of an item to a case stay under its ceiling.

    Workspace and machine grants make bookings of the team free: an entitlement is written with them.
    """
    lock_rows(IncubationCase, [case.id])
    item = db.session.get(SupportItem, item_id)
    if item is None:
        raise NotFound(_("Không có khoản hỗ trợ này."))
    ensure(policies.can_manage(actor, item.programme_id))
    if not decision:
        raise Invalid(_("Ghi số quyết định hỗ trợ."), field="decision")
    if amount <= 0 or valid_to < valid_from:
        raise Invalid(_("Mức hỗ trợ là số dương, ngày kết thúc không trước ngày bắt đầu."), field="amount")
    granted = granted_of(item.id, case.id)
    if granted + amount > item.ceiling:
        raise Conflict(
            _(
                "“%(item)s” có mức trần %(ceiling)s, đã cấp %(granted)s. Còn cấp được %(left)s.",
                item=named(item),
                ceiling=vn_number(item.ceiling),
                granted=vn_number(granted),
                left=vn_number(max(0, item.ceiling - granted)),
            ),
            field="amount",
        )
    row = SupportGrant(
        item_id=item.id,
        case_id=case.id,
        amount=amount,
        decision=decision,
        decided_on=decided_on,
        valid_from=valid_from,
        valid_to=valid_to,
        by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    if item.kind in FREE_BOOKINGS:
        entitlements.grant(
            minutes=amount * item.minutes_per_unit,
            valid_from=valid_from,
            valid_to=valid_to,
            team_id=case.team_id,
            resource_id=item.resource_id,
            kind="" if item.resource_id else FREE_BOOKINGS[item.kind],
            source_kind="support_grant",
            source_id=row.id,
            decision=decision,
            actor=actor,
            at=at,
        )
    activity.record(
        "mentoring.support.granted", row, actor=actor, at=at, after={"amount": amount, "decision": decision}
    )
    return row


def granted_of(item_id: int, case_id: int) -> int:
    """Granted and not recovered: recovered amounts may be granted again."""
    granted = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(SupportGrant.amount), 0)).where(
            SupportGrant.item_id == item_id, SupportGrant.case_id == case_id
        )
    )
    recovered = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(SupportMove.amount), 0))
        .join(SupportGrant, SupportGrant.id == SupportMove.grant_id)
        .where(
            SupportGrant.item_id == item_id,
            SupportGrant.case_id == case_id,
            SupportMove.kind == SupportMoveKind.RECOVERED,
        )
    )
    return int(granted or 0) - int(recovered or 0)


def record_move(
    grant_id: int, kind: SupportMoveKind, amount: int, *, note: str = "", actor: Actor, at: datetime
) -> SupportMove:
    """An amount used, or taken back, with its paper. Together they never pass what was granted."""
    lock_rows(SupportGrant, [grant_id])
    row = db.session.scalar(
        sa.select(SupportGrant)
        .where(SupportGrant.id == grant_id)
        .options(sa.orm.joinedload(SupportGrant.item))
    )
    if row is None:
        raise NotFound(_("Không có quyết định hỗ trợ này."))
    ensure(policies.can_manage(actor, row.item.programme_id))
    if amount <= 0:
        raise Invalid(_("Nhập số dương."), field="amount")
    line = next(x for x in grants_of([row.case_id])[row.case_id] if x.grant.id == row.id)
    free = line.item.kind in FREE_BOOKINGS
    left = line.left if kind is SupportMoveKind.USED or free else row.amount - line.recovered
    if amount > left:
        raise Conflict(
            _("Chỉ còn %(left)s trong quyết định này.", left=vn_number(max(0, left))), field="amount"
        )
    if free:
        minutes = amount * line.item.minutes_per_unit
        entitlements.take_back("support_grant", row.id, minutes, actor=actor, at=at)
    move = SupportMove(
        grant_id=row.id, kind=kind, amount=amount, note=note[:300], by_id=actor.person_id, at=at
    )
    db.session.add(move)
    db.session.flush()
    activity.record(
        f"mentoring.support.{kind}", move, actor=actor, at=at, after={"grant": row.id, "amount": amount}
    )
    return move
