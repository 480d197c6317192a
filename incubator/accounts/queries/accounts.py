"""Accounts, pupils' cards and the devices that are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    Account,
    AddressClaim,
    AuthCode,
    Person,
    SignIn,
)
from .. import tokens
from ..addresses import address_named


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


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How the person behind a judge's link can sign in without it; no address, since others have had the link in hand."""

    password: bool
    email: bool


def ways_in(actor: Actor) -> WaysIn:
    row = db.session.execute(
        sa.select(Account.password_hash.is_not(None), Account.email.is_not(None)).where(
            Account.person_id == (actor.person_id or 0)
        )
    ).first()
    return WaysIn(*map(bool, row)) if row else WaysIn(False, False)


def contact_of(actor: Actor) -> tuple[str, str]:
    """Phone and e-mail at which the actor is reached, "" where there is none."""
    row = db.session.execute(
        sa.select(
            sa.func.coalesce(Account.phone, Person.phone, "").label("phone"),
            sa.func.coalesce(Account.email, Person.email, "").label("email"),
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.id == (actor.account_id or 0))
    ).first()
    return (str(row.phone), str(row.email)) if row else ("", "")


def account_named(name: str) -> Account | None:
    """The account that holds this e-mail or phone."""
    address = address_named(name)
    return db.session.scalar(
        sa.select(Account).where(Account.email == address if "@" in address else Account.phone == address)
    )


def person_of_contact(contact: str) -> int | None:
    """Whose account holds this e-mail or phone, however it is typed."""
    account = account_named(contact)
    return account.person_id if account is not None else None


def claims_of(account_id: int) -> Sequence[AddressClaim]:
    return db.session.scalars(
        sa.select(AddressClaim).where(AddressClaim.account_id == account_id).order_by(AddressClaim.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Addresses:
    """How somebody signs in, as their own pages show it: claimed or held makes no difference there."""

    email: str | None
    phone: str | None
    email_confirmed: bool


def addresses_of(account: Account) -> Addresses:
    """What was typed last, before what is held."""
    claimed = [claim.address for claim in claims_of(account.id)]
    email = next((a for a in claimed if "@" in a), None)
    phone = next((a for a in claimed if "@" not in a), None)
    confirmed = email is None and account.email_confirmed_at is not None
    return Addresses(email or account.email, phone or account.phone, confirmed)


def accounts_to_reset(name: str, most: int = 3) -> Sequence[tuple[Account, str | None]]:
    """Whose password a letter may set anew, with the address that it goes to: the holder, else the newest who claim it."""
    address = address_named(name)
    claims = sa.select(AddressClaim.account_id).where(AddressClaim.address == address)
    held = Account.email == address if "@" in address else Account.phone == address
    rows = db.session.scalars(
        sa.select(Account)
        .where(sa.or_(held, Account.id.in_(claims)), Account.disabled_at.is_(None))
        .order_by(sa.case((held, 0), else_=1), Account.id.desc())
        .limit(most)
    ).all()
    if rows and address in (rows[0].email, rows[0].phone):
        rows = rows[:1]
    return [(row, address if "@" in address else row.email) for row in rows]


def account_key(name: str) -> str:
    """How a device's cookie calls the account that holds this name; "" where there is none."""
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
    """Where the account is signed in; by a card this device, by a judge's link those that came by it."""
    own = SignIn.account_id == actor.account_id if actor.account_id else SignIn.id == actor.sign_in_id
    if actor.link_edition is not None:
        own = SignIn.invitation_id == actor.extra["invitation_id"]
    return db.session.scalars(
        sa.select(SignIn).where(own, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc())
    ).all()
