"""Invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor, Permission
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import ask
from ...models import (
    Account,
    Invitation,
    InvitationKind,
    Person,
)
from .. import policies
from .roles import names_of_scopes


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """A role that somebody was offered and has not taken yet."""

    invitation: Invitation
    name: str  # of whom it was made out to
    where: str  # "" for the whole system


def open_roles(at: datetime) -> list[sa.ColumnElement[bool]]:
    """What marks an invitation to a role that can still be taken."""
    return [
        Invitation.kind == InvitationKind.ROLE,
        Invitation.revoked_at.is_(None),
        Invitation.uses_left > 0,
        sa.or_(Invitation.expires_at.is_(None), Invitation.expires_at > at),
    ]


def open_invitations(actor: Actor, at: datetime, *, most: int = 50) -> Sequence[OpenInvitation]:
    """The newest `most` that wait to be accepted and that `actor` may hand on, so that a lost link is found again."""
    found = db.session.execute(
        sa.select(Invitation, Person.full_name)
        .join(Person, Person.id == Invitation.person_id)
        .where(*open_roles(at))
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        .limit(most)
    ).all()
    rows = [(i, name) for i, name in found if _may_see_invitation(actor, i)]
    names = ask(names_of_scopes((i.scope, i.scope_id) for i, _name in rows))
    return [OpenInvitation(i, name, names.get((i.scope, i.scope_id), ("", ""))[0]) for i, name in rows]


def where(invitation: Invitation) -> str:
    """The scope of an invitation in words."""
    names = ask(names_of_scopes([(invitation.scope, invitation.scope_id)]))
    return names.get((invitation.scope, invitation.scope_id), ("", ""))[0]


def get_invitation_for(actor: Actor, invitation_id: int) -> Invitation:
    """An invitation for whoever made it or could make it."""
    found = db.session.scalar(sa.select(Invitation).where(Invitation.id == invitation_id))
    if found is None or not _may_see_invitation(actor, found):
        raise NotFound(_("Không có lời mời này, hoặc tài khoản đang dùng không xem được."))
    return found


def _may_see_invitation(actor: Actor, invitation: Invitation) -> bool:
    if invitation.created_by_id is not None and invitation.created_by_id == actor.person_id:
        return True
    if invitation.kind is InvitationKind.SCHOOL:
        return policies.can_verify_coordinator(actor)
    if invitation.kind is InvitationKind.SIGN_IN:  # it opens marks, which no administrator sees
        return actor.in_edition(Permission.JUDGING_MANAGE, invitation.scope_id or 0)
    if invitation.role is not None and invitation.scope is not None:
        return policies.can_grant(actor, invitation.role, invitation.scope, invitation.scope_id)
    return policies.can_manage_people(actor)


def invited_person(invitation: Invitation) -> Person | None:
    """Whom the invitation was made out to, if anybody; whoever calls has found it by its code."""
    return db.session.get(Person, invitation.person_id) if invitation.person_id else None


def invited_account(invitation: Invitation) -> Account | None:
    """The account that the invitation is about, or that whom it was made out to has."""
    if invitation.account_id:
        return db.session.get(Account, invitation.account_id)
    if invitation.person_id:
        return db.session.scalar(sa.select(Account).where(Account.person_id == invitation.person_id))
    return None
