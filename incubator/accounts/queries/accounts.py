"""Accounts, pupils' cards and the devices that are signed in."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.forms import phone_digits
from ...core.i18n import _
from ...models import (
    Account,
    AuthCode,
    Person,
    SignIn,
)
from .. import tokens


def account_of(actor: Actor) -> tuple[Account, Person]:
    """The actor's own account. Raises NotFound for pupils who came by code: they have none."""
    row = db.session.execute(
        sa.select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id == (actor.account_id or 0))
    ).first()
    if row is None:
        raise NotFound(_("Thẻ học sinh không có trang tài khoản. Nhờ thầy cô hướng dẫn cấp lại mã khi cần."))
    return row[0], row[1]


def account_named(name: str) -> Account | None:
    """The account that signs in with this e-mail or phone, however it is typed."""
    name = name.strip().lower()
    phone = phone_digits(name) if "@" not in name else None
    return db.session.scalar(
        sa.select(Account).where(Account.phone == phone if phone else Account.email == name)
    )


def account_key(name: str) -> str:
    """How a device's cookie calls the account of this name; "" where there is none."""
    account = account_named(name)
    return str(account.id) if account else ""


def card_key(code: str) -> str:
    card_id = db.session.scalar(sa.select(AuthCode.id).where(AuthCode.code == tokens.normal_pupil_code(code)))
    return f"card{card_id}" if card_id else ""


def account_by_id(account_id: int) -> Account:
    account = db.session.scalar(sa.select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound(_("Không có tài khoản này."))
    return account


def devices_of(actor: Actor) -> Sequence[SignIn]:
    own = SignIn.account_id == actor.account_id if actor.account_id else SignIn.id == actor.sign_in_id
    return db.session.scalars(
        sa.select(SignIn).where(own, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc())
    ).all()
