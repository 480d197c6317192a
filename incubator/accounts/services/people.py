"""Persons and their accounts."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Role, ScopeKind, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import LANGUAGES, _
from ...core.text import collapse
from ...models import Account, AuthCode, Invitation, InvitationKind, Person, SignIn
from .. import policies, tokens
from ..addresses import normal_email, normal_phone
from . import invitations
from .grants import ensure_fit
from .passwords import ensure_good, hash_password


def create_person(
    full_name: str,
    *,
    at: datetime,
    actor: Actor,
    birth_date: date | None = None,
    email: str | None = None,
    phone: str | None = None,
    title: str = "",
) -> Person:
    """A new person row. Looking for an existing one is the caller's part."""
    name = collapse(full_name)
    if not name:
        raise Invalid(_("Nhập họ và tên."), field="full_name")
    person = Person(
        full_name=name,
        birth_date=birth_date,
        email=normal_email(email),
        phone=normal_phone(phone),
        title=title,
        created_at=at,
    )
    db.session.add(person)
    db.session.flush()
    activity.record("accounts.person.created", person, actor=actor, at=at)
    return person


def invite_person(
    full_name: str,
    role: Role,
    scope: ScopeKind,
    scope_id: int | None,
    *,
    email: str | None,
    phone: str | None,
    actor: Actor,
    at: datetime,
    lands: str = "",
) -> Invitation:
    """A person with a link to take a role by, mailed where there is an address. Rights are the caller's part.

    Whoever was invited at this address and has not come in yet stays one person, with one open link a role and scope.
    Who accepts comes to `lands`, else home.
    """
    ensure_fit(role, scope)
    person = _invited_before(normal_email(email), normal_phone(phone))
    if person is None:
        person = create_person(full_name, email=email, phone=phone, actor=actor, at=at)
    elif (open_link := _open_link(person, role, scope, scope_id)) is not None:
        return open_link
    invitation = invitations.invite(
        InvitationKind.ROLE,
        actor=actor,
        at=at,
        person_id=person.id,
        role=role,
        scope=scope,
        scope_id=scope_id,
        next=lands or None,
    )
    if person.email:
        activity.notify(
            "accounts/invitation",
            person_id=person.id,
            address=person.email,
            at=at,
            invitation_id=invitation.id,
        )
    return invitation


def _invited_before(email: str | None, phone: str | None) -> Person | None:
    """Who waits behind a link that was sent to this address and makes an account."""
    address = Person.email == email if email else Person.phone == phone if phone else sa.false()
    return db.session.scalars(
        sa.select(Person)
        .where(
            address,
            sa.exists().where(Invitation.person_id == Person.id, Invitation.kind == InvitationKind.ROLE),
            ~sa.exists().where(Account.person_id == Person.id),
        )
        .order_by(Person.id)
    ).first()


def _open_link(person: Person, role: Role, scope: ScopeKind, scope_id: int | None) -> Invitation | None:
    rows = db.session.scalars(
        sa.select(Invitation)
        .where(
            Invitation.person_id == person.id,
            Invitation.kind == InvitationKind.ROLE,
            Invitation.role == role,
            Invitation.scope == scope,
            Invitation.scope_id == scope_id,
        )
        .order_by(Invitation.id.desc())
    )
    return next((row for row in rows if invitations.is_alive(row)), None)


def create_account(
    person: Person,
    *,
    email: str | None,
    phone: str | None,
    password: str | None,
    at: datetime,
    actor: Actor,
    confirmed: bool = False,
) -> Account:
    """A sign-in by an address that the caller answers for; an e-mail or a phone is enough. Raises Conflict when either is
    taken: on pages that anybody opens `claims.sign_up()` is used, which tells nobody.
    """
    email, phone = normal_email(email), normal_phone(phone)
    if not email and not phone:
        raise Invalid(_("Nhập e-mail hoặc số điện thoại để đăng nhập."), field="email")
    _ensure_free(email, phone)
    if password:
        ensure_good(password, email, phone)
    account = Account(
        person_id=person.id,
        email=email,
        phone=phone,
        password_hash=hash_password(password) if password else None,
        email_confirmed_at=at if confirmed and email else None,
        created_at=at,
    )
    person.email, person.phone = person.email or email, person.phone or phone
    db.session.add(account)
    db.session.flush()
    activity.record("accounts.account.created", account, actor=actor, at=at)
    return account


def _ensure_free(email: str | None, phone: str | None) -> None:
    taken = db.session.scalar(
        sa.select(Account.id).where(
            sa.or_(
                Account.email == email if email else sa.false(),
                Account.phone == phone if phone else sa.false(),
            ),
        )
    )
    if taken:
        raise Conflict(
            _("E-mail hoặc số điện thoại này đã có tài khoản. Đăng nhập, hoặc bấm “Quên mật khẩu”."),
            field="email",
        )


def change_language(person_id: int, language: str) -> None:
    if language in LANGUAGES:
        db.session.execute(sa.update(Person).where(Person.id == person_id).values(locale=language))


def disable_account(account: Account, *, disabled: bool, actor: Actor, at: datetime) -> None:
    """Close or reopen an account; closing ends all its sessions at once."""
    ensure(policies.can_manage_people(actor))
    if account.person_id == actor.person_id:
        raise Conflict(_("Không tự khóa tài khoản của chính mình được. Nhờ một quản trị viên khác."))
    account.disabled_at = at if disabled else None
    if disabled:
        db.session.execute(
            sa.update(SignIn)
            .where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
            .values(ended_at=at)
        )
    activity.record(
        "accounts.account.disabled" if disabled else "accounts.account.enabled", account, actor=actor, at=at
    )


def give_pupil_code(person: Person, *, actor: Actor, at: datetime) -> tuple[str, str]:
    """A new card for a pupil: (code, PIN). An old one ends with its sessions. The PIN is shown once.

    Who may is checked by the caller, who knows the pupil's entries.
    """
    code, pin = tokens.pupil_code(), tokens.pin()
    card = db.session.scalar(sa.select(AuthCode).where(AuthCode.person_id == person.id))
    if card is None:
        card = AuthCode(person_id=person.id, code=code, pin_hash=hash_password(pin), created_at=at)
        db.session.add(card)
    else:
        code = card.code
        card.pin_hash, card.disabled_at = hash_password(pin), None
        db.session.execute(
            sa.update(SignIn)
            .where(SignIn.auth_code_id == card.id, SignIn.ended_at.is_(None))
            .values(ended_at=at)
        )
    db.session.flush()
    activity.record("accounts.code.given", card, actor=actor, at=at)
    return code, pin
