"""Signing in and out, the own account."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
)
from flask_login import logout_user
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import by_link_too, public, signed_in
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.extensions import limiter
from ...core.forms import BaseForm
from ...core.i18n import LANGUAGES, _
from ...core.web import ask_to_sign_in, current_actor, go, safe_next
from .. import forms, guesses, queries, services
from ..coming_in import come_in, device

bp = Blueprint("accounts", __name__)


@bp.route("/login", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["POST"], key_func=guesses.place)
def login() -> str | Response | tuple[str, int]:
    actor = current_actor()
    if actor.is_authenticated and actor.link_edition is None and request.method == "GET":
        return go("home.home") if "home.home" in current_app.view_functions else go("accounts.account")
    form = forms.LoginForm(next=request.args.get("next"))
    if form.validate_on_submit():
        try:
            guesses.limit(form.email.data, queries.account_key(form.email.data))
            with transaction():
                key, _account = services.sign_in(
                    form.email.data, form.password.data, device=device(), at=clock.now()
                )
            return come_in(key, form.next.data)
        except DomainError as error:
            form.take(error)
    return _page("accounts/login.html", form)


@bp.route("/login/code", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["POST"], key_func=guesses.place)
def login_by_code() -> str | Response | tuple[str, int]:
    form = forms.CodeForm(next=request.args.get("next"))
    if form.validate_on_submit():
        try:
            guesses.limit("code:" + form.code.data, queries.card_key(form.code.data))
            with transaction():
                key, card = services.sign_in_by_code(
                    form.code.data, form.pin.data, device=device(), at=clock.now()
                )
            return come_in(key, form.next.data, known=f"card{card.id}")
        except DomainError as error:
            form.take(error)
    return _page("accounts/login_code.html", form)


@bp.post("/logout")
@public
def logout() -> Response:
    actor = current_actor()
    if actor.sign_in_id:
        with transaction():
            services.end_sign_in(actor.sign_in_id, actor=actor, at=clock.now())
    logout_user()
    session.clear()
    flash(_("Đã đăng xuất."), "success")
    return go("accounts.login")


@bp.route("/forgot", methods=["GET", "POST"])
@public
@limiter.limit("5/minute;30/hour", methods=["POST"])
def forgot() -> str | Response | tuple[str, int]:
    form = forms.ForgotForm()
    if form.validate_on_submit():
        if guesses.may_ask_for_reset(form.name.data):
            with transaction():
                services.request_reset(form.name.data, at=clock.now())
        return render_template("accounts/forgot_sent.html")
    return _page("accounts/forgot.html", form)


@bp.post("/language")
@public
def switch_language() -> Response:
    language = request.form.get("locale", "vi")
    if language in LANGUAGES:
        session["lang"] = language
        actor = current_actor()
        if actor.person_id:
            with transaction():
                services.change_language(actor.person_id, language)
    return redirect(safe_next(request.form.get("next", "").rstrip("?"), "/"), code=303)


# -- own account ------------------------------------------------------------------------------------------------------


@bp.get("/account")
@signed_in
@by_link_too
def account() -> str:
    actor = current_actor()
    devices = queries.devices_of(actor)
    if actor.link_edition is not None:
        return render_template(
            "accounts/account_link.html", devices=devices, actor=actor, ways=queries.ways_in(actor)
        )
    if actor.account_id is None:
        return render_template("accounts/account_pupil.html", devices=devices, actor=actor)
    own, person = queries.account_of(actor)
    shown = queries.addresses_of(own)
    return render_template(
        "accounts/account.html",
        account=own,
        shown=shown,
        person=person,
        devices=devices,
        actor=actor,
        contact=forms.ContactForm(email=shown.email, phone=shown.phone),
        password=forms.ChangePasswordForm(),
        joining=forms.JoinAccountsForm(),
    )


@bp.post("/account/contact")
@signed_in
@limiter.limit("20/hour")
def change_contact() -> str | Response | tuple[str, int]:
    actor = current_actor()
    form = forms.ContactForm()
    if form.validate_on_submit():
        try:
            with transaction():
                own, person = queries.account_of(actor)
                at = clock.now()
                asked = services.change_contact(
                    own,
                    person,
                    email=form.email.data,
                    phone=form.phone.data,
                    password=form.current.data or "",
                    actor=actor,
                    at=at,
                )
            flash(
                _("Đã lưu. Mở thư vừa gửi tới e-mail mới và bấm đường dẫn trong đó để xác nhận.")
                if asked
                else _("Đã lưu cách liên hệ."),
                "success",
            )
            return go("accounts.account")
        except DomainError as error:
            form.take(error)
    return _account_again(contact=form)


@bp.post("/account/confirm-email")
@signed_in
@limiter.limit("5/hour")
def resend_confirmation() -> Response:
    actor = current_actor()
    own, _person = queries.account_of(actor)
    if guesses.may_confirm(queries.addresses_of(own).email):
        with transaction():
            own, _person = queries.account_of(actor)
            services.send_confirmation(own, actor=actor, at=clock.now())
    flash(_("Đã gửi thư xác nhận. Mở thư và bấm đường dẫn trong đó."), "success")
    return go("accounts.account")


@bp.post("/account/password")
@signed_in
@limiter.limit("10/hour")
def change_password() -> str | Response | tuple[str, int]:
    actor = current_actor()
    form = forms.ChangePasswordForm()
    if form.validate_on_submit():
        try:
            with transaction():
                own, _person = queries.account_of(actor)
                services.change_password(
                    own, form.old.data or "", form.password.data, actor=actor, at=clock.now()
                )
            flash(_("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."), "success")
            return go("accounts.account")
        except DomainError as error:
            form.take(error)
    return _account_again(password=form)


@bp.post("/account/join")
@signed_in
@limiter.limit("10/hour")
def join_accounts() -> str | Response | tuple[str, int]:
    actor = current_actor()
    if actor.account_id is None:
        return ask_to_sign_in()
    form = forms.JoinAccountsForm()
    if form.validate_on_submit():
        try:
            guesses.limit(form.name.data, "")
            with transaction():
                own, _person = queries.account_of(actor)
                services.join_accounts(
                    own,
                    password=form.own.data,
                    name=form.name.data,
                    other_password=form.other_password.data,
                    actor=actor,
                    at=clock.now(),
                )
            flash(
                _("Đã nhập hai tài khoản: những gì bắt đầu ở tài khoản kia nay ở tài khoản này."), "success"
            )
            return go("home.home")
        except DomainError as error:
            form.take(error)
    return _account_again(joining=form)


def _account_again(**changed: BaseForm) -> tuple[str, int]:
    actor = current_actor()
    own, person = queries.account_of(actor)
    shown = queries.addresses_of(own)
    filled = {
        "contact": forms.ContactForm(formdata=None, email=shown.email, phone=shown.phone),
        "password": forms.ChangePasswordForm(formdata=None),
        "joining": forms.JoinAccountsForm(formdata=None),
        **changed,
    }
    page = render_template(
        "accounts/account.html",
        account=own,
        person=person,
        devices=queries.devices_of(actor),
        actor=actor,
        shown=shown,
        **filled,
    )
    return page, 422


@bp.post("/account/devices/<int:sign_in_id>/end")
@signed_in
@by_link_too
def end_device(sign_in_id: int) -> Response:
    with transaction():
        services.end_sign_in(sign_in_id, actor=current_actor(), at=clock.now())
    flash(_("Đã đăng xuất thiết bị đó."), "success")
    return go("accounts.account")


@bp.post("/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    actor = current_actor()
    if actor.account_id is None:
        return ask_to_sign_in()
    with transaction():
        count = services.end_all_sign_ins(actor=actor, at=clock.now(), keep=actor.sign_in_id)
    flash(_("Đã đăng xuất %(n)s thiết bị khác.", n=count), "success")
    return go("accounts.account")


def _page(template: str, form: BaseForm, **values: object) -> str | tuple[str, int]:
    """A form's page; 422 when it came back with errors."""
    page = render_template(template, form=form, **values)
    return (page, 422) if form.is_submitted() else page
