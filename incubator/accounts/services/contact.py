"""How somebody signs in and is reached, changed by themselves."""

from __future__ import annotations

from datetime import datetime

from ...activity import services as activity
from ...core.access import Actor
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Account, Person
from .. import queries
from ..addresses import normal_email, normal_phone
from . import claims
from .passwords import check_password


def change_contact(
    account: Account,
    person: Person,
    *,
    email: str | None,
    phone: str | None,
    password: str,
    actor: Actor,
    at: datetime,
) -> bool:
    """Change how somebody signs in and is reached; returns whether a letter went to a new e-mail.

    What is typed anew is claimed, whether or not it has an account (`claims`); the e-mail that was held is held until the
    new one is proven. Whoever finds a device signed in takes no account over: the password is asked for, the old address
    is told.
    """
    email, phone = normal_email(email), normal_phone(phone)
    if not email and not phone:
        raise Invalid(_("Giữ lại ít nhất e-mail hoặc số điện thoại."), field="email")
    shown = queries.addresses_of(account)
    if (email, phone) == (shown.email, shown.phone):
        return False
    if account.password_hash is not None and not check_password(account.password_hash, password):
        raise Invalid(_("Nhập mật khẩu đang dùng để đổi cách đăng nhập."), field="current")
    activity.record(
        "accounts.account.contact_changed",
        account,
        actor=actor,
        at=at,
        before={"email": activity.digest(shown.email or ""), "phone": activity.digest(shown.phone or "")},
        after={"email": activity.digest(email or ""), "phone": activity.digest(phone or "")},
    )
    if account.email:
        activity.notify(
            "accounts/contact_changed",
            person_id=account.person_id,
            at=at,
            address=account.email,
            url="/account",
        )
    chosen = password if account.password_hash is not None else None
    if phone != shown.phone:
        claims.drop(account, email=False)
        account.phone = None
        claims.claim(account, [phone], chosen, at=at)
    asked = email != shown.email and _change_email(account, email, chosen, at)
    person.email, person.phone = email, phone
    if asked and email:
        claims.ask_mailbox(account, email, actor=actor, at=at)
    return asked


def _change_email(account: Account, email: str | None, password: str | None, at: datetime) -> bool:
    """Claim the e-mail, or give it up; going back to the one that is held needs no letter."""
    claims.drop(account, email=True)
    if email is None:
        account.email = account.email_confirmed_at = None
    elif email != account.email:
        claims.claim(account, [email], password, at=at)
        return True
    return False
