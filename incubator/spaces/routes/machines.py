"""Machines: state, outages, what they displaced and where it can go, maintenance."""

from __future__ import annotations

from datetime import datetime

from flask import flash, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Actor, Permission, require
from ...core.db import transaction
from ...core.errors import Conflict, DomainError, Invalid
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import OutageKind
from .. import wording
from ..choices import read_choice
from ..forms import OutageForm
from ..intervals import Span
from ..queries import desk
from ..queries import machines as machine_queries
from ..queries import others as other_queries
from ..queries.place_rows import all_places
from ..services import outages, registrations
from .base import asked_int, bp, outage_choices, page

MANAGE = Permission.SPACES_MANAGE


@bp.get("/machines")
@require(Permission.SPACES_BOOK)
def machine_list() -> str:
    """Every machine: in service or not, what training it asks for, whether I have it."""
    return page("machines", rows=machine_queries.machines(current_actor(), at=clock.now()))


@bp.post("/inductions/<slug>")
@require(Permission.SPACES_BOOK)
def join_induction(slug: str) -> Response:
    """One step to a seat for who is signed in: attending then counts for this account."""
    actor = current_actor()
    with transaction():
        made = registrations.register_person(slug, actor=actor, at=clock.now())
    return go("spaces_public.registration", lang=get_locale().language, code=made.code)


@bp.route("/outages", methods=["GET", "POST"])
@require(MANAGE)
def outage_list() -> str | Response:
    """Declare an outage; below, what lost its place, each with proposals."""
    actor, at = current_actor(), clock.now()
    form = (
        OutageForm(data={"resource_id": asked_int("resource", 0), "starts_at": at})
        if request.method == "GET"
        else OutageForm()
    )
    places, people = all_places()
    form.resource_id.choices = outage_choices(places, people)
    error: DomainError | None = None
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                _made, owners = outages.declare(
                    form.resource_id.data,
                    form.span(),
                    reason=form.reason.data,
                    actor=actor,
                    at=at,
                    kind=OutageKind(form.kind.data),
                )
        except DomainError as refusal:
            error = refusal
            form.take(refusal)
        else:
            flash(_declared(form.resource_id.data, len(owners), actor, at), "success")
            return go("spaces.outage_list")
    lost = desk.displaced(actor)
    rows = list(zip(lost, machine_queries.proposals_each(lost, at=at, rows=places), strict=True))
    others, without = other_queries.lost_uses(actor, at=at)
    text = page(
        "outages",
        form=form,
        displaced=rows,
        sessions=desk.displaced_sessions(actor, at=at),
        others=others,
        without=without,
        outages=desk.outages(at=at),
        refusal=error,
    )
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


def _declared(resource_id: int, lost: int, actor: Actor, at: datetime) -> str:
    """What the outage did, in a sentence or two."""
    text = _("Đã ngừng phục vụ. %(n)s lượt bị ảnh hưởng, người đặt đã được báo.", n=lost)
    short = [use for use in other_queries.lost_uses(actor, at=at)[1] if resource_id in use.atoms]
    if short:
        text += " " + _("%(n)s lượt vẫn giữ phòng nhưng thiếu máy này.", n=len(short))
    return text


@bp.post("/outages/<int:outage_id>/end")
@require(MANAGE)
def end_outage(outage_id: int) -> Response:
    with transaction():
        _outage, owners = outages.end(outage_id, actor=current_actor(), at=clock.now())
    text = _("Đã đưa vào phục vụ trở lại.")
    if owners:
        text += " " + _("%(n)s lượt có lại chỗ, người đặt đã được báo.", n=len(owners))
    flash(text, "success")
    return go("spaces.outage_list")


@bp.post("/displaced/<int:booking_id>")
@require(MANAGE)
def settle(booking_id: int) -> Response:
    """Move to a proposal, keep as an exception, or cancel: one step each."""
    try:
        text = _settled(booking_id, request.form.get("choice", ""))
    except (Conflict, Invalid) as error:  # the list is read again: it shows what may be pressed now
        flash(error.message, "error")
    else:
        flash(text, "success")
    return go("spaces.outage_list")


def _settled(booking_id: int, choice: str) -> str:
    """Do it, and the sentence that says so."""
    actor, at = current_actor(), clock.now()
    with transaction():
        if choice == "keep":
            outages.keep(booking_id, actor=actor, at=at)
            return _("Đã giữ lượt này như ngoại lệ.")
        if choice == "cancel":
            outages.give_up(booking_id, actor=actor, at=at, reason=_("Không xếp được chỗ khác."))
            return _("Đã hủy và báo người đặt.")
        moved = outages.replace(booking_id, *read_choice(choice), actor=actor, at=at)
        when = wording.span_of(Span(moved.starts_at, moved.ends_at))
        return _("Đã chuyển sang %(when)s và báo người đặt.", when=when)
