"""Passwords chosen, changed and reset; e-mail addresses confirmed."""

from __future__ import annotations

from datetime import datetime

from ...activity import services as activity
from ...core.access import VISITOR, Actor
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Account, InvitationKind
from .. import queries
from . import invitations
from .passwords import check_password, ensure_good, hash_password
from .sessions import end_all_sign_ins


def choose_password(account: Account, password: str, *, actor: Actor, at: datetime) -> None:
    """Set a password (first choice or after a reset); ends every session but the actor's own."""
    ensure_good(password, account.email, account.phone)
    account.password_hash = hash_password(password)
    end_all_sign_ins(actor=actor, at=at, account_id=account.id, keep=actor.sign_in_id)
    activity.record("accounts.password.chosen", account, actor=actor, at=at)


def change_password(account: Account, old: str, new: str, *, actor: Actor, at: datetime) -> None:
    if account.password_hash is not None and not check_password(account.password_hash, old):
        raise Invalid(_("Mật khẩu đang dùng chưa đúng."), field="old")
    choose_password(account, new, actor=actor, at=at)


def request_reset(name: str, *, at: datetime) -> None:
    """Send a link to choose a new password, if there is such an account; the page says the same either way."""
    account = queries.account_named(name)
    if account is None or account.email is None or account.disabled_at is not None:
        # A phone alone: the organiser resets (rules.md, people who live in Zalo). Written down, so that the answer takes
        # about as long as where a letter goes out.
        activity.record("accounts.reset.refused", actor=VISITOR, at=at, after={"name": activity.digest(name)})
        return
    invitation = invitations.invite(InvitationKind.RESET, actor=VISITOR, at=at, account_id=account.id)
    activity.notify(
        "accounts/reset",
        person_id=account.person_id,
        at=at,
        address=account.email,
        invitation_id=invitation.id,
    )


def send_confirmation(account: Account, *, actor: Actor, at: datetime) -> None:
    if account.email and account.email_confirmed_at is None:
        invitation = invitations.invite(
            InvitationKind.CONFIRM,
            actor=actor,
            at=at,
            account_id=account.id,
            email=activity.digest(account.email),
        )
        activity.notify(
            "accounts/confirm",
            person_id=account.person_id,
            at=at,
            address=account.email,
            invitation_id=invitation.id,
        )


def confirm_email(account: Account, address_digest: str, *, actor: Actor, at: datetime) -> None:
    """Mark the address as confirmed, unless it was changed since the link was sent."""
    if account.email is None or activity.digest(account.email) != address_digest:
        raise Invalid(_("E-mail đã đổi từ khi gửi đường dẫn này. Vào trang tài khoản để gửi lại."))
    account.email_confirmed_at = at
    activity.record("accounts.email.confirmed", account, actor=actor, at=at)
