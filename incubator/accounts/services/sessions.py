"""Coming in and going out. A sign-in is a row: a device that can be seen and cut off."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import changed, db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import Account, AuthCode, Invitation, SignIn
from .. import queries, tokens
from . import claims
from .passwords import check_password

SessionKey = str


def sign_in(name: str, password: str, *, device: str, at: datetime) -> tuple[SessionKey, Account]:
    """Check e-mail or phone and password; returns the key for the session cookie.

    Who holds the address comes first, then who claims it with this password. One sentence for every failure and two
    hashes for every try, so that nobody learns which addresses have accounts.
    """
    account = account_opened_by(name, password)
    if account is None:
        raise Invalid(
            _("E-mail, số điện thoại hoặc mật khẩu chưa đúng. Kiểm tra lại, hoặc bấm “Quên mật khẩu”."),
            code="sign_in",
        )
    return _begin(account.person_id, account_id=account.id, device=device, at=at), account


def account_opened_by(name: str, password: str) -> Account | None:
    """The open account that this e-mail or phone and password belong to."""
    holder, claiming = queries.account_named(name), claims.claimant(name, password)
    stored = holder.password_hash if holder and holder.disabled_at is None else None
    return holder if check_password(stored, password) else claiming


def sign_in_new(account: Account, *, device: str, at: datetime) -> SessionKey:
    """The device on which an account was just made, or its password chosen by a link."""
    return _begin(account.person_id, account_id=account.id, device=device, at=at)


def sign_in_by_code(code: str, pin: str, *, device: str, at: datetime) -> tuple[SessionKey, AuthCode]:
    """A pupil's code and PIN."""
    card = db.session.scalar(sa.select(AuthCode).where(AuthCode.code == tokens.normal_pupil_code(code)))
    stored = card.pin_hash if card and card.disabled_at is None else None
    if not check_password(stored, pin.strip()) or card is None:
        raise Invalid(_("Mã hoặc PIN chưa đúng. Xem lại thẻ, hoặc hỏi thầy cô hướng dẫn."), code="sign_in")
    return _begin(card.person_id, auth_code_id=card.id, device=device, at=at), card


def sign_in_by_link(invitation: Invitation, account: Account, *, device: str, at: datetime) -> SessionKey:
    """A judge's link, after the button was pressed; the session ends with the link."""
    if account.disabled_at is not None:
        raise NotFound(_("Tài khoản này đã khóa. Liên hệ Ban tổ chức."))
    return _begin(account.person_id, account_id=account.id, device=device, at=at, invitation_id=invitation.id)


def _begin(
    person_id: int,
    *,
    device: str,
    at: datetime,
    account_id: int | None = None,
    auth_code_id: int | None = None,
    invitation_id: int | None = None,
) -> SessionKey:
    secret = tokens.new_secret()
    row = SignIn(
        account_id=account_id,
        auth_code_id=auth_code_id,
        invitation_id=invitation_id,
        device=device[:120],
        secret_hash=tokens.code_hash(secret),
        created_at=at,
        seen_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record(
        "accounts.signed_in",
        row,
        actor=Actor(person_id=person_id),
        at=at,
        after={"account": account_id, "code": auth_code_id},
    )
    return f"{row.id}.{secret}"


def end_sign_in(sign_in_id: int, *, actor: Actor, at: datetime) -> None:
    """Sign one of the actor's own devices out. Raises NotFound for others'."""
    row = db.session.scalar(sa.select(SignIn).where(SignIn.id == sign_in_id))
    if row is None or not _is_own(row, actor):
        raise NotFound(_("Không có thiết bị này trong tài khoản."))
    row.ended_at = row.ended_at or at
    activity.record("accounts.signed_out", row, actor=actor, at=at)


def _is_own(row: SignIn, actor: Actor) -> bool:
    if row.id == actor.sign_in_id:
        return True
    if actor.link_edition is not None:
        return bool(row.invitation_id == actor.extra["invitation_id"])
    return row.account_id is not None and row.account_id == actor.account_id


def end_all_sign_ins(
    *, actor: Actor, at: datetime, account_id: int | None = None, keep: int | None = None
) -> int:
    """Sign out everywhere (but for `keep`); returns how many devices were signed out."""
    wanted = account_id or actor.account_id
    count = changed(
        sa.update(SignIn)
        .where(SignIn.account_id == wanted, SignIn.ended_at.is_(None), SignIn.id != (keep or 0))
        .values(ended_at=at)
    )
    activity.record(
        "accounts.signed_out_everywhere", actor=actor, at=at, object_type="account", object_id=wanted
    )
    return count
