"""The administrator's queue of requests about personal data: what came, until when, what was done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, render_template, request

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.lists import list_args
from ...core.text import search_key
from ...core.web import current_actor, go
from .. import wording
from ..queries import privacy as reads
from ..services import privacy, privacy_requests
from ..services.privacy_requests import Kind

bp = Blueprint("privacy_requests", __name__, url_prefix="/privacy-requests")
MANAGE = require(Permission.PEOPLE_MANAGE)


@bp.get("/")
@MANAGE
def index() -> str:
    who = request.args.get("who", "").strip()[:100]
    return render_template(
        "contests/privacy_requests.html",
        page=reads.queue(list_args([""])),
        kinds=wording.PRIVACY_KINDS,
        who=who,
        found=reads.people_named(search_key(who)),
        now=clock.now(),
    )


@bp.post("/people/<int:person_id>")
@MANAGE
def take_down(person_id: int) -> Any:
    """A request that came by phone or letter."""
    try:
        kind = Kind(request.form.get("kind", ""))
    except ValueError:
        raise Invalid(_("Chọn loại yêu cầu.")) from None
    with transaction():
        person = reads.get_person(current_actor(), person_id)
        row = privacy_requests.take_down(
            person.id,
            kind,
            request.form.get("text", ""),
            request.form.get("contact", ""),
            actor=current_actor(),
            at=clock.now(),
        )
    return go("privacy_requests.show", request_id=row.id)


@bp.get("/<int:request_id>")
@MANAGE
def show(request_id: int) -> str:
    return _page(request_id)


def _page(request_id: int, error: str = "", typed: str = "") -> str:
    row, person = reads.get_request(current_actor(), request_id)
    return render_template(
        "contests/privacy_request.html",
        row=row,
        person=person,
        kinds=wording.PRIVACY_KINDS,
        now=clock.now(),
        error=error,
        typed=typed,
    )


@bp.get("/<int:request_id>/export.json")
@MANAGE
def export(request_id: int) -> Response:
    """What is kept about the person, to be handed over."""
    _row, person = reads.get_request(current_actor(), request_id)
    response = jsonify(privacy.export(person.id))
    response.headers["Content-Disposition"] = f"attachment; filename=personal-data-{person.id}.json"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<int:request_id>/answer")
@MANAGE
def answer(request_id: int) -> Any:
    typed = request.form.get("answer", "")
    try:
        with transaction():
            row, _person = reads.get_request(current_actor(), request_id)
            privacy_requests.answer(row, typed, actor=current_actor(), at=clock.now())
    except DomainError as error:
        return _refused(error, request_id, typed)
    flash(_("Đã trả lời yêu cầu."), "success")
    return go("privacy_requests.show", request_id=request_id)


@bp.post("/<int:request_id>/erase")
@MANAGE
def erase(request_id: int) -> Any:
    """Delete what names the person; asked twice, as nothing brings it back."""
    row, person = reads.get_request(current_actor(), request_id)
    if not request.form.get("confirmed"):
        return render_template(
            "parts/confirm.html",
            title=_("Xóa dữ liệu cá nhân"),
            action=request.path,
            label=_("Xóa hẳn"),
            question=_(
                "Xóa hẳn dữ liệu cá nhân của %(name)s? Không lấy lại được. Kết quả, giải và nhật ký được giữ, không còn tên.",
                name=person.full_name,
            ),
            back=f"/privacy-requests/{request_id}",
        )
    try:
        with transaction():
            row, _person = reads.get_request(current_actor(), request_id)
            privacy_requests.carry_out_deletion(row, actor=current_actor(), at=clock.now())
    except DomainError as error:
        return _refused(error, request_id)
    flash(_("Đã xóa dữ liệu cá nhân."), "success")
    return go("privacy_requests.show", request_id=request_id)


def _refused(error: DomainError, request_id: int, typed: str = "") -> Any:
    if error.status not in (409, 422):
        raise error
    return _page(request_id, error.message, typed), error.status
