"""Addresses that somebody typed about themselves and has not proven (docs/decisions/0034).

Nothing here looks whether an address has an account already, so nobody can learn it from a page, its status or its time.
The mailbox is told when the letter is written (`mails`), and only its owner reads that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Account, AddressClaim, InvitationKind, Person
from .. import queries
from ..addresses import address_named, normal_email, normal_phone
from . import invitations
from .passwords import ensure_good, hash_of_claim, hash_password


def sign_up(
    person: Person,
    *,
    email: str | None,
    phone: str | None,
    password: str,
    letter: bool,
    actor: Actor,
    at: datetime,
) -> Account:
    """An account of who signs up by a public page: it claims what was typed, whether or not that has an account.

    `letter`: ask the mailbox whether it is theirs, unless it was asked often. Raises Invalid at the field that is wrong, in the same way for known addresses.
    """
    email, phone = normal_email(email), normal_phone(phone)
    if not email and not phone:
        raise Invalid(_("Nhập e-mail hoặc số điện thoại để đăng nhập."), field="email")
    ensure_good(password, email, phone)
    account = Account(person_id=person.id, password_hash=hash_password(password), created_at=at)
    person.email, person.phone = person.email or email, person.phone or phone
    db.session.add(account)
    db.session.flush()
    claim(account, [email, phone], password, at=at)
    activity.record("accounts.account.created", account, actor=actor, at=at)
    if email and letter:
        ask_mailbox(account, email, actor=actor, at=at)
    return account


def claim(account: Account, addresses: Sequence[str | None], password: str | None, *, at: datetime) -> None:
    """The account signs in by these too from now on. `password` is the account's own, None where it has none."""
    for address in filter(None, addresses):
        hashed = hash_of_claim(address, password) if password else None
        db.session.add(
            AddressClaim(account_id=account.id, address=address, password_hash=hashed, created_at=at)
        )
    db.session.flush()


def renew(account: Account, password: str) -> None:
    """A new password opens the account by its claimed addresses as well."""
    for row in queries.claims_of(account.id):
        row.password_hash = hash_of_claim(row.address, password)


def hold_phone(person_id: int) -> None:
    """Who knows the person has seen the phone: the account holds what it claims, where nobody else does."""
    account = db.session.scalar(sa.select(Account).where(Account.person_id == person_id))
    phones = [c for c in queries.claims_of(account.id) if "@" not in c.address] if account else []
    for row in phones:
        if account and account.phone is None and queries.account_named(row.address) is None:
            account.phone = row.address
            db.session.delete(row)


def drop(account: Account, *, email: bool) -> None:
    """Forget the claimed e-mail, or the claimed phone."""
    mail = AddressClaim.address.contains("@")
    db.session.execute(
        sa.delete(AddressClaim).where(AddressClaim.account_id == account.id, mail if email else ~mail)
    )


def claimant(name: str, password: str) -> Account | None:
    """The account that claims this e-mail or phone with this password; one hash, whoever claims it."""
    address = address_named(name)
    return db.session.scalar(
        sa.select(Account)
        .join(AddressClaim, AddressClaim.account_id == Account.id)
        .where(
            AddressClaim.address == address,
            AddressClaim.password_hash == hash_of_claim(address, password),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id.desc())
        .limit(1)
    )


def ask_mailbox(account: Account, email: str, *, actor: Actor, at: datetime) -> None:
    """A letter to a typed address: a link to confirm it; to the mailbox of another's account only that somebody tried."""
    invitation = invitations.invite(
        InvitationKind.CONFIRM, actor=actor, at=at, account_id=account.id, email=activity.digest(email)
    )
    activity.notify(
        "accounts/confirm", person_id=account.person_id, at=at, address=email, invitation_id=invitation.id
    )


def prove(account: Account, address_digest: str, *, actor: Actor, at: datetime) -> None:
    """The mailbox answered: the account holds the address from now on.

    Raises Invalid when the address was changed since the letter, Conflict when another account holds it.
    """
    held, claims = account.email, queries.claims_of(account.id)
    if held is not None and activity.digest(held) == address_digest:
        if account.email_confirmed_at is not None:
            return
    else:
        row = next((c for c in claims if activity.digest(c.address) == address_digest), None)
        if row is None:
            raise Invalid(_("E-mail đã đổi từ khi gửi đường dẫn này. Vào trang tài khoản để gửi lại."))
        other = queries.account_named(row.address)
        if other is not None and other.id != account.id:
            raise Conflict(
                _(
                    "Địa chỉ này thuộc một tài khoản đã có. Đăng nhập bằng tài khoản đó, hoặc bấm “Quên mật khẩu”."
                )
            )
        account.email = row.address
        db.session.delete(row)
    account.email_confirmed_at = at
    db.session.flush()
    activity.record("accounts.email.confirmed", account, actor=actor, at=at)
