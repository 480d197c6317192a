"""People and roles, for administrators; teachers to verify, for organisers."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock, qr
from ...core.access import Permission, Role, ScopeKind, ensure, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.lists import list_args
from ...core.web import current_actor, go
from ...models import InvitationKind
from .. import forms, policies, queries, schools, services
from ..services.invitations import path_of

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("/")
@require(Permission.PEOPLE_MANAGE)
def index() -> str:
    args = list_args(["name", "created"], ["role"])
    page = queries.people_page(args)
    names = queries.grant_names(g for row in page.items for g in row.grants)
    return render_template(
        "accounts/people.html",
        page=page,
        names=names,
        roles=queries.ROLE_NAMES,
        invitations=queries.open_invitations(current_actor(), clock.now()),
    )


#: Members come with their team, coordinators with their school (`invite_teacher`).
_ELSEWHERE = {Role.MEMBER, Role.COORDINATOR}


def _invite_form() -> forms.InviteForm:
    form = forms.InviteForm()
    names = [(r.value, str(n)) for r, n in queries.ROLE_NAMES.items() if r not in _ELSEWHERE]
    form.role.choices = [("", _("Chọn vai trò")), *names]  # whoever forgets to choose makes no administrator
    form.scope.choices = queries.scope_choices()
    return form


@bp.route("/invite", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def invite() -> str | Response | tuple[str, int]:
    form = _invite_form()
    if form.validate_on_submit():
        try:
            with transaction():
                invitation_id = _invite(form)
            return go("people.invitation", invitation_id=invitation_id)
        except DomainError as error:
            form.take(error)
    page = render_template("accounts/invite.html", form=form)
    return (page, 422) if form.is_submitted() else page


def _invite(form: forms.InviteForm) -> int:
    actor, at = current_actor(), clock.now()
    kind, _colon, number = form.scope.data.partition(":")
    role, scope, scope_id = Role(form.role.data), ScopeKind(kind), int(number) if number else None
    ensure(policies.can_grant(actor, role, scope, scope_id))
    invitation = services.invite_person(
        form.full_name.data,
        role,
        scope,
        scope_id,
        email=form.email.data,
        phone=form.phone.data,
        actor=actor,
        at=at,
    )
    return invitation.id


@bp.get("/invitations/<int:invitation_id>")
@require(
    Permission.PEOPLE_MANAGE,
    Permission.JUDGING_MANAGE,
    Permission.EDITION_MANAGE,
    Permission.MENTORING_MANAGE,
)
def invitation(invitation_id: int) -> str:
    """Link, QR and a text to paste into Zalo."""
    found = queries.get_invitation_for(current_actor(), invitation_id)
    link = services.link_of(found)
    person = queries.person_name(found.person_id)
    return render_template(
        "accounts/invitation.html",
        invitation=found,
        link=link,
        qr=qr.picture(link),
        person=person,
        role_name=queries.ROLE_NAMES.get(found.role) if found.role else "",
        where=queries.where(found),
        path=path_of(found),
    )


@bp.get("/<int:person_id>")
@require(Permission.PEOPLE_MANAGE)
def person(person_id: int) -> str:
    return _person_page(person_id)


def _person_page(person_id: int, refused: str = "") -> str:
    """`refused` says why a role was not given; the choice stands as it was sent."""
    row = queries.get_person_for(current_actor(), person_id)
    return render_template(
        "accounts/person.html",
        row=row,
        names=queries.grant_names(row.grants),
        refused=refused,
        chosen=request.form,
        roles={r: name for r, name in queries.ROLE_NAMES.items() if r not in _ELSEWHERE},
        scopes=queries.scope_choices(),
    )


@bp.post("/<int:person_id>/grants")
@require(Permission.ROLES_GRANT)
def grant(person_id: int) -> Response | tuple[str, int]:
    actor = current_actor()
    kind, _colon, number = request.form.get("scope", "").partition(":")
    try:
        role, scope = Role(request.form.get("role", "")), ScopeKind(kind)
    except ValueError:
        return _person_page(person_id, _("Chọn vai trò và nơi áp dụng trong danh sách.")), 422
    try:
        with transaction():
            queries.get_person_for(actor, person_id)
            services.grant_role(
                person_id, role, scope, int(number) if number else None, actor=actor, at=clock.now()
            )
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        return _person_page(person_id, error.message), error.status
    flash(_("Đã cấp quyền."), "success")
    return go("people.person", person_id=person_id)


@bp.post("/grants/<int:grant_id>/end")
@require(Permission.ROLES_GRANT)
def end_grant(grant_id: int) -> Response:
    with transaction():
        found = queries.get_grant(grant_id)
        services.end_grant(found, actor=current_actor(), at=clock.now())
    flash(_("Đã thu hồi quyền."), "success")
    return go("people.person", person_id=found.person_id)


@bp.post("/<int:person_id>/disable")
@require(Permission.PEOPLE_MANAGE)
def disable(person_id: int) -> Response:
    actor = current_actor()
    with transaction():
        row = queries.get_person_for(actor, person_id)
        if row.account is None:
            raise Invalid(_("Người này chưa có tài khoản."))
        closing = row.account.disabled_at is None
        services.disable_account(row.account, disabled=closing, actor=actor, at=clock.now())
    flash(_("Đã khóa tài khoản.") if closing else _("Đã mở lại tài khoản."), "success")
    return go("people.person", person_id=person_id)


@bp.post("/<int:person_id>/reset")
@require(Permission.PEOPLE_MANAGE)
def reset(person_id: int) -> Response:
    """A reset link to hand over in person or by Zalo: accounts may have no e-mail."""
    actor, at = current_actor(), clock.now()
    with transaction():
        row = queries.get_person_for(actor, person_id)
        if row.account is None:
            raise Invalid(_("Người này chưa có tài khoản."))
        link = services.invite(
            InvitationKind.RESET, actor=actor, at=at, person_id=person_id, account_id=row.account.id
        )
    return go("people.invitation", invitation_id=link.id)


@bp.get("/coordinators")
@require(Permission.ENTRIES_DECIDE, Permission.PEOPLE_MANAGE)
def coordinators() -> str:
    return render_template("accounts/coordinators.html", rows=queries.unverified_coordinators())


@bp.route("/coordinators/invite", methods=["GET", "POST"])
@require(Permission.ENTRIES_DECIDE, Permission.PEOPLE_MANAGE)
def invite_teacher() -> str | Response | tuple[str, int]:
    """One teacher of one school, by a link of their own."""
    form = forms.InviteTeacherForm()
    if form.validate_on_submit():
        try:
            with transaction():
                made = schools.invite_teacher(
                    form.full_name.data,
                    form.organisation.data,
                    email=form.email.data,
                    phone=form.phone.data,
                    actor=current_actor(),
                    at=clock.now(),
                )
            return go("people.invitation", invitation_id=made.id)
        except DomainError as error:
            form.take(error)
    page = render_template("accounts/invite_teacher.html", form=form, schools=schools.school_names())
    return (page, 422) if form.is_submitted() else page


@bp.post("/coordinators/link")
@require(Permission.ENTRIES_DECIDE, Permission.PEOPLE_MANAGE)
def school_link() -> Response:
    """The link that organisers send to all schools."""
    with transaction():
        link = services.school_link(actor=current_actor(), at=clock.now())
    return go("people.invitation", invitation_id=link.id)


@bp.post("/coordinators/<int:grant_id>")
@require(Permission.ENTRIES_DECIDE, Permission.PEOPLE_MANAGE)
def decide_coordinator(grant_id: int) -> Response:
    actor, at = current_actor(), clock.now()
    with transaction():
        found = queries.get_grant(grant_id)
        if found.role is not Role.COORDINATOR:
            raise Invalid(_("Quyền này không phải của giáo viên điều phối."))
        if request.form.get("answer") == "decline":
            services.decline_coordinator(found, actor=actor, at=at)
            flash(_("Đã từ chối."), "success")
        else:
            services.verify_coordinator(found, actor=actor, at=at)
            flash(_("Đã xác nhận. Giáo viên gửi được hồ sơ ngay."), "success")
    return go("people.coordinators")
