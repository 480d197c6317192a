"""Passwords chosen, changed and reset; e-mail addresses confirmed."""

from __future__ import annotations

from datetime import datetime

from ...activity import services as activity
from ...core.access import VISITOR, Actor
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Account, InvitationKind
from .. import queries
from . import claims, invitations
from .passwords import check_password, ensure_good, hash_password
from .sessions import end_all_sign_ins


def choose_password(account: Account, password: str, *, actor: Actor, at: datetime) -> None:
    """Set a password (first choice or after a reset); ends every session but the actor's own."""
    ensure_good(password, account.email, account.phone)
    account.password_hash = hash_password(password)
    claims.renew(account, password)
    end_all_sign_ins(actor=actor, at=at, account_id=account.id, keep=actor.sign_in_id)
    activity.record("accounts.password.chosen", account, actor=actor, at=at)


def change_password(account: Account, old: str, new: str, *, actor: Actor, at: datetime) -> None:
    if account.password_hash is not None and not check_password(account.password_hash, old):
        raise Invalid(_("Mật khẩu đang dùng chưa đúng."), field="old")
    choose_password(account, new, actor=actor, at=at)


def request_reset(name: str, *, at: datetime) -> None:
    """Send a link to choose a new password to who holds the address, else to who claims it.

    The page says the same either way. Nobody to write to is written down, so that the answer takes about as long.
    """
    asked = [(a, address) for a, address in queries.accounts_to_reset(name) if address]
    for account, address in asked:
        invitation = invitations.invite(
            InvitationKind.RESET, actor=VISITOR, at=at, account_id=account.id, email=activity.digest(address)
        )
        activity.notify(
            "accounts/reset", person_id=account.person_id, at=at, address=address, invitation_id=invitation.id
        )
    if not asked:  # a phone alone proves nothing here: the organiser resets
        activity.record("accounts.reset.refused", actor=VISITOR, at=at, after={"name": activity.digest(name)})


def send_confirmation(account: Account, *, actor: Actor, at: datetime) -> None:
    """A letter to the address that the account shows and nobody has proven yet."""
    shown = queries.addresses_of(account)
    if shown.email and not shown.email_confirmed:
        claims.ask_mailbox(account, shown.email, actor=actor, at=at)
