"""Staff's pages of courses and workshops."""

from __future__ import annotations

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import EventKind
from ..forms import EventForm, SessionForm
from ..queries import events as event_queries
from ..services import events, registrations
from .base import all_choices, bp, page

MANAGE = Permission.SPACES_MANAGE


@bp.route("/events", methods=["GET", "POST"])
@require(MANAGE)
def event_list() -> str | Response:
    form = EventForm()
    if request.method == "POST" and form.validate():
        plan = events.EventPlan(
            title=form.title.data, kind=EventKind(form.kind.data), seats=form.seats.data,
            summary=form.summary.data or "", closes_at=form.closes_at.data, trains=form.trains.data or "",
            training_months=form.training_months.data, gives_certificate=bool(form.gives_certificate.data),
        )  # fmt: skip
        with transaction():
            event = events.create(plan, actor=current_actor(), at=clock.now())
        flash(_("Đã tạo sự kiện. Thêm buổi rồi công bố."), "success")
        return go("spaces.event_page", event_id=event.id)
    text = page("events", rows=event_queries.managed(), form=form)
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


@bp.get("/events/<int:event_id>")
@require(MANAGE)
def event_page(event_id: int) -> Response:
    return _event_page(event_id)


def _event_page(event_id: int, form: SessionForm | None = None, error: DomainError | None = None) -> Response:
    form = form or SessionForm(data={})
    form.resource_id.choices = all_choices()
    row = event_queries.one(event_id)
    text = page("event", row=row, people=event_queries.registrations(event_id), form=form, refusal=error)
    return Response(text, status=error.status if error else 200, mimetype="text/html")


@bp.post("/events/<int:event_id>/sessions")
@require(MANAGE)
def save_session(event_id: int) -> Response:
    """Add a session, or move one together with its room."""
    form = SessionForm()
    form.resource_id.choices = all_choices()
    moved = request.form.get("session_id", type=int)
    if not form.validate():
        return _event_page(event_id, form)
    try:
        with transaction():
            if moved is not None:
                events.move_session(
                    moved, form.resource_id.data, form.span(), actor=current_actor(), at=clock.now()
                )
            else:
                events.add_session(
                    event_id, form.resource_id.data, form.span(), actor=current_actor(), at=clock.now()
                )
    except DomainError as error:
        form.take(error)
        return _event_page(event_id, form, error)
    flash(_("Đã lưu buổi, phòng đã được giữ."), "success")
    return go("spaces.event_page", event_id=event_id)


@bp.post("/events/<int:event_id>/<any(publish, cancel, finish, seats):step>")
@require(MANAGE)
def event_step(event_id: int, step: str) -> Response:
    actor, at = current_actor(), clock.now()
    with transaction():
        if step == "publish":
            events.publish(event_id, actor=actor, at=at)
            text = _("Đã công bố, mở đăng ký.")
        elif step == "cancel":
            events.cancel(event_id, actor=actor, at=at, reason=request.form.get("reason", ""))
            text = _("Đã hủy sự kiện, phòng được trả lại, người đăng ký được báo.")
        elif step == "seats":
            moved = registrations.set_seats(
                event_id, request.form.get("seats", 0, type=int), actor=actor, at=at
            )
            text = _("Đã đổi số chỗ; %(n)s người trong danh sách chờ có chỗ.", n=len(moved))
        else:
            _event, trained = events.finish(event_id, actor=actor, at=at)
            text = _("Đã kết thúc; %(n)s người được cấp tập huấn.", n=trained)
    flash(text, "success")
    return go("spaces.event_page", event_id=event_id)


@bp.post("/sessions/<int:session_id>/attend")
@require(MANAGE)
def mark_present(session_id: int) -> Response:
    registration_id = request.form.get("registration_id", 0, type=int)
    with transaction():
        registrations.attend(session_id, registration_id, actor=current_actor(), at=clock.now())
    return go("spaces.event_page", event_id=request.form.get("event_id", 0, type=int))


@bp.get("/sessions/<int:session_id>")
@require(Permission.SPACES_BOOK)
def by_session(session_id: int) -> Response:
    """From the grid to the event's page: staff's for staff, the public one for all others."""
    session = registrations.get_session(session_id)
    if current_actor().has(MANAGE):
        return go("spaces.event_page", event_id=session.event_id)
    return go("spaces_public.event", lang="vi", slug=event_queries.one(session.event_id).event.slug)
