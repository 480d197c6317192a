"""Links that let somebody in: made, shown again, accepted, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for

from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, Role, ScopeKind
from ...core.db import changed, db
from ...core.errors import Conflict, NotFound
from ...core.i18n import _
from ...core.web import public_url
from ...models import Invitation, InvitationKind
from .. import tokens

LIFETIMES = {
    InvitationKind.RESET: timedelta(hours=2),
    InvitationKind.CONFIRM: timedelta(days=7),
    InvitationKind.ROLE: timedelta(days=30),
    InvitationKind.TEAM: timedelta(days=30),
    InvitationKind.GUARDIAN: timedelta(days=60),
}


def invite(
    kind: InvitationKind,
    *,
    actor: Actor,
    at: datetime,
    person_id: int | None = None,
    account_id: int | None = None,
    role: Role | None = None,
    scope: ScopeKind | None = None,
    scope_id: int | None = None,
    uses: int | None = 1,
    until: datetime | None = None,
    **payload: Any,
) -> Invitation:
    """Make an invitation; `link_of()` gives its address at any time. Rights are the caller's part."""
    lifetime = LIFETIMES.get(kind)
    invitation = Invitation(
        kind=kind,
        code_hash=tokens.code_hash(tokens.new_secret()),
        person_id=person_id,
        account_id=account_id,
        role=role,
        scope=scope,
        scope_id=scope_id,
        payload={**payload, "nonce": tokens.new_secret()[:12]},
        uses_left=uses,
        expires_at=until or (at + lifetime if lifetime else None),
        created_at=at,
        created_by_id=actor.person_id,
    )
    db.session.add(invitation)
    db.session.flush()
    invitation.code_hash = tokens.code_hash(code_of(invitation))
    db.session.flush()
    activity.record(
        "accounts.invitation.made",
        invitation,
        actor=actor,
        at=at,
        edition_id=scope_id if scope is ScopeKind.EDITION else None,
        after={"kind": kind, "role": role, "person": person_id},
    )
    return invitation


def school_link(*, actor: Actor, at: datetime) -> Invitation:
    """The one public link on which a teacher of any school signs up; made at the first asking, then shown again."""
    living = db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.kind == InvitationKind.SCHOOL, Invitation.revoked_at.is_(None))
        .order_by(Invitation.id.desc())
    ).first()
    if living is not None and is_alive(living):
        return living
    return invite(InvitationKind.SCHOOL, actor=actor, at=at, uses=None)


def code_of(invitation: Invitation | Any) -> str:
    """The code in the link of an invitation, or of a row with its id and payload."""
    return tokens.link_code(
        str(current_app.config["SECRET_KEY"]), invitation.id, invitation.payload.get("nonce", "")
    )


def link_of(invitation: Invitation | Any) -> str:
    """The address to copy, to print as QR, to paste into Zalo."""
    return public_url("links.open_link", code=code_of(invitation))


def path_of(invitation: Invitation) -> str:
    return url_for("links.open_link", code=code_of(invitation))


def find(code: str) -> Invitation:
    """The living invitation behind a code. Raises NotFound with what to do when it is over."""
    invitation = db.session.scalar(
        sa.select(Invitation).where(Invitation.code_hash == tokens.code_hash(code))
    )
    if invitation is None:
        raise NotFound(
            _("Đường dẫn này không đúng. Kiểm tra xem có bị cắt mất đoạn cuối không, hoặc xin lại người gửi.")
        )
    if not is_alive(invitation):
        raise NotFound(_("Đường dẫn này đã hết hạn hoặc đã dùng. Xin người gửi một đường dẫn mới."))
    return invitation


def is_alive(invitation: Invitation) -> bool:
    expired = invitation.expires_at is not None and invitation.expires_at <= clock.now()
    return invitation.revoked_at is None and not expired and invitation.uses_left != 0


def accept(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    """Count one use. Two devices that use the last one at once: one wins."""
    if invitation.uses_left is not None:
        taken = changed(
            sa.update(Invitation)
            .where(Invitation.id == invitation.id, Invitation.uses_left > 0)
            .values(uses_left=Invitation.uses_left - 1, used_at=at)
        )
        if taken != 1:
            raise Conflict(_("Đường dẫn này vừa được dùng trên một máy khác."))
    else:
        invitation.used_at = at
    activity.record("accounts.invitation.accepted", invitation, actor=actor, at=at)


def revoke(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    invitation.revoked_at = at
    activity.record("accounts.invitation.revoked", invitation, actor=actor, at=at)
