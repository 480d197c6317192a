"""My own consents and data: what I said, taking it back, a copy, deletion."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, render_template, request

from ...accounts.queries import own_person
from ...core import clock
from ...core.access import signed_in
from ...core.db import transaction
from ...core.errors import Invalid
from ...core.i18n import _
from ...core.web import current_actor, go, lang, vn_date
from ...models import ConsentParty, ConsentPurpose
from .. import consent_texts, wording
from ..queries import consents as reads
from ..queries import privacy as privacy_reads
from ..services import consents, privacy, privacy_requests
from ..services.consents import Said
from ..services.privacy_requests import Kind

bp = Blueprint("privacy", __name__, url_prefix="/my-data")


@bp.get("/")
@signed_in
def index() -> str:
    return _page()


def _page(error: str = "", kind: str = "", text: str = "") -> str:
    person = own_person(current_actor())
    return render_template(
        "contests/my_data.html",
        person=person,
        standings=reads.standings(person.id, person.birth_date, clock.today()),
        purposes=wording.PURPOSES,
        text=lambda p: consent_texts.text(p, lang()),
        kinds=wording.PRIVACY_KINDS,
        requests=privacy_reads.own_requests(person.id),
        error=error,
        typed_kind=kind,
        typed_text=text,
    )


@bp.post("/consents")
@signed_in
def change() -> Any:
    """Give, refuse or take back one's own consent for one purpose; in force at once. Silence is neither yes nor no."""
    actor, at = current_actor(), clock.now()
    try:
        purpose = ConsentPurpose(request.form.get("purpose", ""))
    except ValueError:
        raise Invalid(_("Chọn một mục đích.")) from None
    said = request.form.get("answer", "")
    if said not in ("give", "refuse", "withdraw"):
        raise Invalid(_("Chọn đồng ý hoặc không đồng ý."))
    with transaction():
        person = own_person(actor)
        if said == "withdraw":
            consents.withdraw(person.id, purpose, ConsentParty.SELF, actor=actor, at=at)
            flash(_("Đã rút đồng ý. Có hiệu lực ngay trên mọi trang."), "success")
        else:
            own = Said(ConsentParty.SELF, "screen", person.full_name)
            consents.answer(person, {purpose: said == "give"}, own, actor=actor, at=at)
            flash(_("Đã ghi nhận đồng ý.") if said == "give" else _("Đã ghi nhận không đồng ý."), "success")
    return go("privacy.index")


@bp.get("/export.json")
@signed_in
def export() -> Response:
    """Everything kept about the person, as a file."""
    response = jsonify(privacy.export(current_actor().person_id or 0))
    response.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return response


@bp.post("/requests")
@signed_in
def ask() -> Any:
    """A copy, a correction, a restriction or a deletion: kept with the day by which it must be answered."""
    try:
        kind = Kind(request.form.get("kind", ""))
    except ValueError:
        raise Invalid(_("Chọn loại yêu cầu.")) from None
    try:
        with transaction():
            row = privacy_requests.ask(
                kind, request.form.get("text", ""), actor=current_actor(), at=clock.now()
            )
    except Invalid as error:
        return _page(error.message, kind, request.form.get("text", "")), 422
    flash(
        _("Đã nhận yêu cầu. Trả lời chậm nhất ngày %(day)s.", day=vn_date(clock.local(row.due_at))), "success"
    )
    return go("privacy.index")
