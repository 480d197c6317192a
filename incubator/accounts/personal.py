"""What accounts keep about a person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Leaving, moment
from ..models import Account, AuthCode, Notification, RoleGrant, SignIn


def tell(person_id: int) -> dict[str, Any]:
    account = db.session.scalar(sa.select(Account).where(Account.person_id == person_id))
    grants = db.session.scalars(
        sa.select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id)
    )
    devices = db.session.scalars(sa.select(SignIn).where(_sign_ins_of(person_id)).order_by(SignIn.id))
    messages = db.session.scalars(
        sa.select(Notification).where(Notification.person_id == person_id).order_by(Notification.id)
    )
    return {
        "account": {
            "email": account.email, "phone": account.phone, "since": moment(account.created_at),
            "email_confirmed_at": moment(account.email_confirmed_at),
        } if account else None,
        "roles": [
            {"role": g.role, "scope": g.scope, "from": moment(g.valid_from), "to": moment(g.valid_to)} for g in grants
        ],
        "devices": [{"device": d.device, "from": moment(d.created_at), "to": moment(d.ended_at)} for d in devices],
        "messages": [{"kind": m.kind, "at": moment(m.created_at), "address": m.address} for m in messages],
    }  # fmt: skip


def blank(leaving: Leaving) -> None:
    """Nobody signs in any more, and nothing is sent."""
    own = Account.person_id == leaving.person_id
    db.session.execute(
        sa.update(SignIn)
        .where(_sign_ins_of(leaving.person_id), SignIn.ended_at.is_(None))
        .values(ended_at=leaving.at)
    )
    gone = {"email": f"deleted-{leaving.person_id}@invalid", "phone": None, "password_hash": None}
    db.session.execute(sa.update(Account).where(own).values(**gone, disabled_at=leaving.at))
    db.session.execute(
        sa.update(AuthCode).where(AuthCode.person_id == leaving.person_id).values(disabled_at=leaving.at)
    )
    db.session.execute(
        sa.update(Notification).where(Notification.person_id == leaving.person_id).values(address="")
    )


def _sign_ins_of(person_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(
        SignIn.account_id.in_(sa.select(Account.id).where(Account.person_id == person_id)),
        SignIn.auth_code_id.in_(sa.select(AuthCode.id).where(AuthCode.person_id == person_id)),
    )
