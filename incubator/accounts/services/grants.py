"""Roles: given and ended with who and when; nobody is on both sides of a contest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Role, ScopeKind, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Account,
    Entry,
    EntryMember,
    EntryState,
    MemberPart,
    Organisation,
    Person,
    RoleGrant,
    Stage,
    StageDivision,
    StageState,
)
from .. import policies
from ..queries.roles import SCORING_SIDE
from . import claims


def grant_role(
    person_id: int,
    role: Role,
    scope: ScopeKind,
    scope_id: int | None,
    *,
    actor: Actor,
    at: datetime,
    verified: bool = True,
    until: datetime | None = None,
) -> RoleGrant:
    """Give a role; the same grant twice is the same grant.

    Raises Conflict when the person would stand on both sides of an edition (coach or coordinator and judge or
    secretary; docs/access.md).
    """
    ensure(policies.can_grant(actor, role, scope, scope_id))
    ensure_fit(role, scope)
    held = db.session.scalar(
        sa.select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.scope == scope,
            RoleGrant.scope_id.is_(None) if scope_id is None else RoleGrant.scope_id == scope_id,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > at),
        )
    )
    if held is not None:
        if verified and held.verified_at is None:
            _ensure_scores_no_school(held, at)
            held.verified_at = at
        return held
    if scope is ScopeKind.EDITION and role in SCORING_SIDE and scope_id is not None:
        _ensure_one_side(person_id, scope_id)
    grant = RoleGrant(
        person_id=person_id,
        role=role,
        scope=scope,
        scope_id=scope_id,
        valid_from=at,
        valid_to=until,
        granted_by_id=actor.person_id,
        verified_at=at if verified else None,
    )
    if verified:
        _ensure_scores_no_school(grant, at)
    db.session.add(grant)
    db.session.flush()
    activity.record(
        "accounts.role.granted",
        grant,
        actor=actor,
        at=at,
        edition_id=scope_id if scope is ScopeKind.EDITION else None,
        after={"person": person_id, "role": role, "scope": scope, "scope_id": scope_id},
    )
    return grant


def ensure_fit(role: Role, scope: ScopeKind) -> None:
    """Refuse a role where it has no meaning, with the field that is wrong."""
    if not policies.fits(role, scope):
        raise Invalid(
            _("Vai trò này không cấp ở nơi đã chọn. Chọn nơi khác, ví dụ một cuộc thi cho giám khảo."),
            field="scope",
        )


def _ensure_one_side(person_id: int, edition_id: int) -> None:
    """A coach of this edition, or the coordinator of a school that entered it, neither judges nor keeps the minutes."""
    coaches = db.session.scalar(
        sa.select(EntryMember.id)
        .join(Entry, Entry.id == EntryMember.entry_id)
        .where(
            Entry.edition_id == edition_id,
            EntryMember.person_id == person_id,
            EntryMember.part == MemberPart.COACH,
        )
        .limit(1)
    )
    coordinates = db.session.scalar(
        sa.select(RoleGrant.id)
        .join(Entry, Entry.organisation_id == RoleGrant.scope_id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == Role.COORDINATOR,
            RoleGrant.valid_to.is_(None),
            Entry.edition_id == edition_id,
        )
        .limit(1)
    )
    if coaches or coordinates:
        raise Conflict(
            _(
                "Người này hướng dẫn hoặc phụ trách một trường dự thi, nên không làm giám khảo hay thư ký của cuộc thi này."
            )
        )


def _ensure_scores_no_school(grant: RoleGrant, at: datetime) -> None:
    """The other way round: who judges an edition that is not over speaks for no school that has entered it."""
    if grant.role is not Role.COORDINATOR:
        return
    entered = sa.select(Entry.edition_id).where(
        Entry.organisation_id == grant.scope_id, Entry.state != EntryState.DRAFT
    )
    going_on = (
        sa.select(Stage.edition_id)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .where(StageDivision.state != StageState.PUBLISHED)
    )
    if db.session.scalar(
        _scoring([grant.person_id], at).where(
            RoleGrant.scope_id.in_(entered), RoleGrant.scope_id.in_(going_on)
        )
    ):
        raise Conflict(
            _(
                "Người này là giám khảo hoặc thư ký của một cuộc thi mà trường đang dự, nên không phụ trách trường."
            )
        )


def ensure_none_scores(person_ids: Collection[int], edition_id: int, *, at: datetime) -> None:
    """Raise Conflict, with the name, when one of these coaches judges the edition or keeps its minutes."""
    name = db.session.scalar(_scoring(person_ids, at).where(RoleGrant.scope_id == edition_id))
    if name:
        raise Conflict(
            _(
                "%(name)s là giám khảo hoặc thư ký của cuộc thi này, nên không hướng dẫn và không gửi bài cho trường được.",
                name=name,
            )
        )


def _scoring(person_ids: Collection[int], at: datetime) -> sa.Select[Any]:
    """Names of those people who score an edition."""
    return (
        sa.select(Person.full_name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.person_id.in_(person_ids),
            RoleGrant.role.in_(SCORING_SIDE),
            RoleGrant.scope == ScopeKind.EDITION,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > at),
        )
        .limit(1)
    )


def end_grant(grant: RoleGrant, *, actor: Actor, at: datetime) -> None:
    """It ends now and stays in the history. Raises Conflict for the last administrator."""
    ensure(policies.can_grant(actor, grant.role, grant.scope, grant.scope_id))
    if grant.role is Role.ADMINISTRATOR and _last_administrator(grant, at):
        raise Conflict(_("Đây là quản trị viên cuối cùng. Cấp quyền cho người khác trước khi thu hồi."))
    grant.valid_to = at
    activity.record(
        "accounts.role.ended",
        grant,
        actor=actor,
        at=at,
        edition_id=grant.scope_id if grant.scope is ScopeKind.EDITION else None,
    )


def _last_administrator(grant: RoleGrant, at: datetime) -> bool:
    """Whether nobody else could still come in as one: a closed account opens nothing."""
    others = db.session.scalar(
        sa.select(sa.func.count(RoleGrant.id))
        .join(Account, Account.person_id == RoleGrant.person_id)
        .where(
            Account.disabled_at.is_(None),
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.id != grant.id,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > at),
        )
    )
    return not others


def verify_coordinator(grant: RoleGrant, *, actor: Actor, at: datetime) -> None:
    """The organiser's one click: this teacher does speak for this school."""
    ensure(policies.can_verify_coordinator(actor))
    if grant.verified_at is None:
        _ensure_scores_no_school(grant, at)
        grant.verified_at = at
        db.session.execute(  # whoever confirms the teacher has seen that the school is new
            sa.update(Organisation)
            .where(Organisation.id == grant.scope_id, Organisation.verified_at.is_(None))
            .values(verified_at=at)
        )
        claims.hold_phone(grant.person_id)
        activity.record("accounts.coordinator.verified", grant, actor=actor, at=at)
        activity.notify(
            "accounts/coordinator_verified",
            person_id=grant.person_id,
            at=at,
            url="/home",
            organisation_id=grant.scope_id,
        )


def decline_coordinator(grant: RoleGrant, *, actor: Actor, at: datetime) -> None:
    """This teacher does not speak for this school: the grant ends, the drafts stay with their author."""
    ensure(policies.can_verify_coordinator(actor))
    grant.valid_to = at
    activity.record("accounts.coordinator.declined", grant, actor=actor, at=at)
