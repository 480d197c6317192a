"""What accounts keep about a person."""

from __future__ import annotations

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Chapter, Leaving, moment, telling
from ..models import (
    Account,
    AddressClaim,
    AuthCode,
    Conflict,
    Invitation,
    Notification,
    Organisation,
    RoleGrant,
    SignIn,
    Team,
)


def _claims_of(person_id: int) -> sa.ColumnElement[bool]:
    return AddressClaim.account_id.in_(sa.select(Account.id).where(Account.person_id == person_id))


def _sign_ins_of(person_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(
        SignIn.account_id.in_(sa.select(Account.id).where(Account.person_id == person_id)),
        SignIn.auth_code_id.in_(sa.select(AuthCode.id).where(AuthCode.person_id == person_id)),
    )


_ACCOUNT = Chapter(
    "account",
    lambda person_id: sa.select(
        Account.id, Account.email, Account.phone, Account.created_at, Account.email_confirmed_at
    ).where(Account.person_id == person_id),
    lambda r: {
        "email": r.email,
        "phone": r.phone,
        "since": moment(r.created_at),
        "email_confirmed_at": moment(r.email_confirmed_at),
    },
    one=True,
)
_CLAIMS = Chapter(
    "addresses_not_confirmed",
    lambda person_id: sa.select(AddressClaim.id, AddressClaim.address, AddressClaim.created_at).where(
        _claims_of(person_id)
    ),
    lambda r: {"address": r.address, "since": moment(r.created_at)},
)
_ROLES = Chapter(
    "roles",
    lambda person_id: sa.select(
        RoleGrant.id, RoleGrant.role, RoleGrant.scope, RoleGrant.valid_from, RoleGrant.valid_to
    ).where(RoleGrant.person_id == person_id),
    lambda r: {"role": r.role, "scope": r.scope, "from": moment(r.valid_from), "to": moment(r.valid_to)},
)
_DEVICES = Chapter(
    "devices",
    lambda person_id: sa.select(SignIn.id, SignIn.device, SignIn.created_at, SignIn.ended_at).where(
        _sign_ins_of(person_id)
    ),
    lambda r: {"device": r.device, "from": moment(r.created_at), "to": moment(r.ended_at)},
)
_MESSAGES = Chapter(
    "messages",
    lambda person_id: sa.select(
        Notification.id, Notification.kind, Notification.created_at, Notification.address
    ).where(Notification.person_id == person_id),
    lambda r: {"kind": r.kind, "at": moment(r.created_at), "address": r.address},
)
_CARDS = Chapter(
    "cards",
    lambda person_id: sa.select(AuthCode.id, AuthCode.code, AuthCode.created_at, AuthCode.disabled_at).where(
        AuthCode.person_id == person_id
    ),
    lambda r: {"code": r.code, "since": moment(r.created_at), "ended": moment(r.disabled_at)},
)
_INVITATIONS = Chapter(
    "invitations",
    lambda person_id: sa.select(
        Invitation.id, Invitation.kind, Invitation.role, Invitation.created_at, Invitation.used_at
    ).where(Invitation.person_id == person_id),
    lambda r: {"kind": r.kind, "role": r.role, "made": moment(r.created_at), "used": moment(r.used_at)},
)
_CONFLICTS = Chapter(
    "conflicts_of_interest",
    lambda person_id: (
        sa.select(
            Conflict.id,
            Conflict.kind,
            Conflict.reason,
            Team.name.label("team"),
            Organisation.name.label("school"),
        )
        .outerjoin(Team, Team.id == Conflict.team_id)
        .outerjoin(Organisation, Organisation.id == Conflict.organisation_id)
        .where(sa.or_(Conflict.person_id == person_id, Conflict.other_person_id == person_id))
    ),
    lambda r: {"kind": r.kind, "reason": r.reason, "team": r.team, "school": r.school},
)
tell = telling(_ACCOUNT, _CLAIMS, _ROLES, _DEVICES, _MESSAGES, _CARDS, _INVITATIONS, _CONFLICTS)


def blank(leaving: Leaving) -> None:
    """Nobody signs in any more, and nothing is sent."""
    own = Account.person_id == leaving.person_id
    db.session.execute(
        sa.update(SignIn)
        .where(_sign_ins_of(leaving.person_id), SignIn.ended_at.is_(None))
        .values(ended_at=leaving.at)
    )
    gone = {"email": f"deleted-{leaving.person_id}@invalid", "phone": None, "password_hash": None}
    db.session.execute(sa.delete(AddressClaim).where(_claims_of(leaving.person_id)))
    db.session.execute(sa.update(Account).where(own).values(**gone, disabled_at=leaving.at))
    db.session.execute(
        sa.update(AuthCode).where(AuthCode.person_id == leaving.person_id).values(disabled_at=leaving.at)
    )
    db.session.execute(
        sa.update(Notification)
        .where(
            sa.or_(Notification.person_id == leaving.person_id, Notification.address.in_(leaving.addresses))
        )
        .values(address="")
    )
    db.session.execute(
        sa.update(Invitation)
        .where(Invitation.person_id == leaving.person_id, Invitation.revoked_at.is_(None))
        .values(revoked_at=leaving.at)
    )
    db.session.execute(
        sa.update(Conflict)
        .where(sa.or_(Conflict.person_id == leaving.person_id, Conflict.other_person_id == leaving.person_id))
        .values(reason="")
    )
