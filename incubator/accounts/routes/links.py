"""Links from invitations. Opening one never does anything: link previews open them too. A button does."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, session
from werkzeug.wrappers import Response

from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, Role, ScopeKind, public
from ...core.db import transaction
from ...core.errors import Conflict, DomainError, Invalid, NotFound
from ...core.extensions import limiter
from ...core.forms import BaseForm
from ...core.i18n import _
from ...core.navigation import Workplace
from ...core.web import current_actor, go
from ...models import Account, Invitation, InvitationKind, Person
from .. import forms, guesses, policies, queries, services
from ..addresses import normal_email, normal_phone
from ..coming_in import come_in, device, keep_language
from ..elsewhere import ELSEWHERE
from ..schools import join_as_teacher, school_names

bp = Blueprint("links", __name__)


@bp.get("/i/<code>")
@public
@limiter.limit("600/minute")  # a hall of teachers behind one address opens one link
def open_link(code: str) -> Any:
    invitation = services.find(code)
    if invitation.kind in ELSEWHERE:
        return go(ELSEWHERE[invitation.kind], code=code)
    return _show(invitation, code, _form_for(invitation))


def _form_for(invitation: Invitation) -> BaseForm:
    if invitation.kind is InvitationKind.RESET:
        return forms.ChoosePasswordForm()
    if invitation.kind is InvitationKind.SCHOOL:
        return forms.SchoolJoinForm()
    person = queries.invited_person(invitation)
    return forms.JoinForm(
        full_name=person.full_name if person else None,
        email=person.email if person else None,
        phone=person.phone if person else None,
    )


def _show(invitation: Invitation, code: str, form: BaseForm, status: int = 200) -> Any:
    actor = current_actor()
    template = {
        InvitationKind.RESET: "accounts/link_reset.html",
        InvitationKind.CONFIRM: "accounts/link_confirm.html",
        InvitationKind.SCHOOL: "accounts/link_school.html",
    }.get(invitation.kind, "accounts/link_role.html")
    account = queries.invited_account(invitation)
    values = {
        "invitation": invitation,
        "code": code,
        "form": form,
        "where": queries.where(invitation),
        "account": account,
        "role_name": queries.ROLE_NAMES.get(invitation.role) if invitation.role else "",
        "me": actor,
        "signs_in": invitation.kind is InvitationKind.SIGN_IN and account is not None,
        "schools": school_names() if invitation.kind is InvitationKind.SCHOOL else [],
    }
    page = render_template(template, **values)
    return (page, status) if status != 200 else page


@bp.post("/i/<code>")
@public
@limiter.limit("90/minute")
def use_link(code: str) -> Any:
    invitation = services.find(code)
    form = _form_for(invitation)
    handlers = {
        InvitationKind.RESET: _reset,
        InvitationKind.CONFIRM: _confirm,
        InvitationKind.SCHOOL: _join_school,
        InvitationKind.SIGN_IN: _sign_in,
        InvitationKind.ROLE: _join,
    }
    if invitation.kind not in handlers:
        raise NotFound(_("Đường dẫn này không dùng ở trang này."))
    try:
        return handlers[invitation.kind](invitation, form)
    except _FormAgain:
        return _show(invitation, code, form, 422)
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        form.take(error)
        return _show(invitation, code, form, 422)


class _FormAgain(Exception):
    """Not an error: the form goes back to whoever typed it."""


def _valid(form: BaseForm) -> None:
    if not form.validate_on_submit():
        raise _FormAgain


def _reset(invitation: Invitation, form: BaseForm) -> Response:
    _valid(form)
    with transaction():
        at = clock.now()
        services.accept(invitation, actor=current_actor(), at=at)
        account = queries.account_by_id(invitation.account_id or 0)
        if account.disabled_at is not None:  # closed since the letter went
            raise NotFound(_("Tài khoản này đã khóa. Liên hệ Ban tổ chức."))
        services.choose_password(account, form.password.data, actor=Actor(person_id=account.person_id), at=at)
        if address := invitation.payload.get("email"):  # the link reached that mailbox
            with suppress(Conflict, Invalid):  # which somebody else may have proven meanwhile
                services.prove(account, address, actor=Actor(person_id=account.person_id), at=at)
        key = services.sign_in_new(account, device=device(), at=at)
    return come_in(key, None, said=_("Đã đặt mật khẩu mới và đăng nhập."))


def _confirm(invitation: Invitation, form: BaseForm) -> Response:
    with transaction():
        at = clock.now()
        services.accept(invitation, actor=current_actor(), at=at)
        account = queries.account_by_id(invitation.account_id or 0)
        services.prove(account, invitation.payload["email"], actor=current_actor(), at=at)
    flash(_("Đã xác nhận e-mail. Cảm ơn."), "success")
    return go("accounts.account") if current_actor().is_authenticated else go("accounts.login")


def _sign_in(invitation: Invitation, form: BaseForm) -> Response:
    """A judge's link: the button signs in, as often as needed until the stage closes."""
    account = queries.invited_account(invitation)
    if account is None:
        return _join(invitation, form)
    with transaction():
        at = clock.now()
        services.accept(invitation, actor=Actor(person_id=account.person_id), at=at)
        key = services.sign_in_by_link(invitation, account, device=device(), at=at)
    return come_in(key, invitation.payload.get("next"))


def _join(invitation: Invitation, form: BaseForm) -> Response:
    """Take a role: with the account that is signed in, or with a new one."""
    me = current_actor()
    if me.account_id is not None:
        with transaction():
            _take_role(invitation, me.person_id or 0, me)
        flash(_("Đã nhận vai trò mới. Chọn nơi làm việc ở góc trên bên trái."), "success")
        return go("home.home")
    _valid(form)
    with transaction():
        at = clock.now()
        person = queries.invited_person(invitation)
        if person is not None and queries.invited_account(invitation) is not None:
            raise Conflict(_("Người được mời đã có tài khoản. Đăng nhập rồi mở lại đường dẫn này."))
        if person is None:
            person = services.create_person(form.full_name.data, actor=me, at=at)
        account = _account_for(person, form, at)
        keep_language(person.id)
        _take_role(invitation, person.id, Actor(person_id=person.id))
        key = services.sign_in_new(account, device=device(), at=at)
    return come_in(key, invitation.payload.get("next"))


def _account_for(person: Person, form: BaseForm, at: datetime) -> Account:
    """By the address that the invitation was made out to; by anything else as whoever signs up."""
    typed = {
        "email": form.email.data,
        "phone": form.phone.data,
        "password": form.password.data,
        "at": at,
        "actor": current_actor(),
    }
    known = {None, person.email, person.phone}
    if {normal_email(form.email.data), normal_phone(form.phone.data)} <= known:
        return services.create_account(person, **typed)
    return services.sign_up(person, letter=guesses.may_confirm(form.email.data), **typed)


def _take_role(invitation: Invitation, person_id: int, actor: Actor) -> None:
    at = clock.now()
    services.accept(invitation, actor=actor, at=at)
    if invitation.role is not None and invitation.scope is not None:
        giver = _giver_of(invitation)
        services.grant_role(
            person_id, invitation.role, invitation.scope, invitation.scope_id, actor=giver, at=at
        )
    if invitation.person_id is None:
        invitation.payload = {**invitation.payload, "accepted_by": person_id}
    if invitation.created_by_id:
        activity.notify(
            "accounts/accepted",
            person_id=invitation.created_by_id,
            at=at,
            url="/home",
            invited_id=person_id,
            role=invitation.role,
        )


def _giver_of(invitation: Invitation) -> Actor:
    """Whoever made the link, with the rights of now: what somebody may no longer give, an old link gives no more."""
    if invitation.created_by_id is None:
        return Actor(system="invitation")
    giver = queries.actor_of_person(invitation.created_by_id)
    role, scope = invitation.role, invitation.scope
    if role is None or scope is None or not policies.can_grant(giver, role, scope, invitation.scope_id):
        raise NotFound(_("Đường dẫn này đã hết hạn hoặc đã dùng. Xin người gửi một đường dẫn mới."))
    return giver


def _join_school(invitation: Invitation, form: BaseForm) -> Response:
    """The one public link for every school: an account, the school, and drafting may begin at once."""
    me = current_actor()
    if me.account_id is None:
        _valid(form)
    with transaction():
        at = clock.now()
        services.accept(invitation, actor=me, at=at)
        if me.account_id is None:
            person = services.create_person(form.full_name.data, actor=me, at=at)
            account = services.sign_up(
                person,
                email=form.email.data,
                phone=form.phone.data,
                password=form.password.data,
                letter=guesses.may_confirm(form.email.data),
                at=at,
                actor=me,
            )
            keep_language(person.id)
            key = services.sign_in_new(account, device=device(), at=at)
            person_id = person.id
        else:
            key, person_id = "", me.person_id or 0
        organisation = join_as_teacher(person_id, form.organisation.data or "", at=at)
    said = _(
        "Đã mở hồ sơ của %(school)s. Soạn được ngay; gửi được sau khi Ban tổ chức xác nhận.",
        school=organisation.name,
    )
    place = Workplace(Role.COORDINATOR, ScopeKind.ORGANISATION, organisation.id, "", "").key
    if key:
        return come_in(key, invitation.payload.get("next"), said=said, place=place)
    flash(said, "success")
    session["place"] = place
    return go("home.home")
