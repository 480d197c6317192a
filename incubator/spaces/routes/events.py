"""Staff's pages of courses and workshops."""

from __future__ import annotations

from collections import Counter

from flask import flash, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from ...models import EventKind
from ..forms import EventForm, SessionForm, options, prefix_of, session_form
from ..queries import events as event_queries
from ..queries import setup as setup_queries
from ..queries.others import missing_in
from ..services import events, registrations, telling
from ..settings import CHECK_IN_FROM
from .base import all_choices, bp, page

MANAGE = Permission.SPACES_MANAGE


@bp.route("/events", methods=["GET", "POST"])
@require(MANAGE)
def event_list() -> str | Response:
    form = _with_trainings(EventForm())
    if request.method == "POST" and form.validate():
        with transaction():
            event = events.create(_plan_of(form, form.seats.data), actor=current_actor(), at=clock.now())
        flash(_("Đã tạo sự kiện. Thêm buổi rồi công bố."), "success")
        return go("spaces.event_page", event_id=event.id)
    text = page("events", rows=event_queries.managed(), form=form)
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


def _with_trainings(form: EventForm) -> EventForm:
    """With every kind of training that a place asks for, also those that staff have named themselves."""
    form.trains.choices = options([("", _("Không")), *setup_queries.training_kinds()])
    return form


def _plan_of(form: EventForm, seats: int) -> events.EventPlan:
    return events.EventPlan(
        title=form.title.data,
        kind=EventKind(form.kind.data),
        seats=seats,
        title_en=form.title_en.data or "",
        summary=form.summary.data or "",
        summary_en=form.summary_en.data or "",
        closes_at=form.closes_at.data,
        trains=form.trains.data or "",
        training_months=form.training_months.data,
        gives_certificate=bool(form.gives_certificate.data),
    )


@bp.get("/events/<int:event_id>")
@require(MANAGE)
def event_page(event_id: int) -> Response:
    return _event_page(event_id)


@bp.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
@require(MANAGE)
def event_edit(event_id: int) -> str | Response:
    row = event_queries.one(event_id)
    form = _with_trainings(EventForm(obj=row.event) if request.method == "GET" else EventForm())
    del form.seats  # a step of its own: more seats move the waiting list up
    if request.method == "POST" and form.validate():
        with transaction():
            events.change(event_id, _plan_of(form, row.event.seats), actor=current_actor(), at=clock.now())
        flash(_("Đã sửa sự kiện."), "success")
        return go("spaces.event_page", event_id=event_id)
    text = page("event_edit", row=row, form=form)
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


def _event_page(event_id: int, form: SessionForm | None = None, error: DomainError | None = None) -> Response:
    """`form`: the one that was sent and has to be shown again, of a new session or of one to move."""
    row = event_queries.one(event_id)
    forms = {s.id: session_form(s) for s in row.event.sessions} | {0: session_form()}
    if form is not None:
        forms[form.session_id] = form
    places = all_choices()
    for one in forms.values():
        one.resource_id.choices = places
    people = event_queries.registrations(event_id)
    here = Counter(session_id for _row, attended in people for session_id in attended)
    text = page(
        "event",
        row=row,
        people=people,
        here=here,
        forms=forms,
        refusal=error,
        mark_from=CHECK_IN_FROM,
        news=event_queries.news(registration for registration, _attended in people),
        missing=missing_in("event", [s.id for s in row.event.sessions]),
    )
    status = error.status if error else 422 if form is not None else 200
    return Response(text, status=status, mimetype="text/html")


@bp.post("/events/<int:event_id>/sessions")
@require(MANAGE)
def save_session(event_id: int) -> Response:
    """Add a session, or move one together with its room."""
    moved = request.form.get("session_id", 0, type=whole)
    form = SessionForm(prefix=prefix_of(moved))
    form.resource_id.choices = all_choices()
    if not form.validate():
        return _event_page(event_id, form)
    try:
        with transaction():
            if moved:
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
                event_id, request.form.get("seats", 0, type=whole), actor=actor, at=at
            )
            text = _("Đã đổi số chỗ; %(n)s người trong danh sách chờ có chỗ.", n=len(moved))
        else:
            _event, trained = events.finish(event_id, actor=actor, at=at)
            text = _("Đã kết thúc; %(n)s người được cấp tập huấn.", n=trained)
    flash(text, "success")
    return go("spaces.event_page", event_id=event_id)


@bp.post("/sessions/<int:session_id>/remove")
@require(MANAGE)
def remove_session(session_id: int) -> Response:
    with transaction():
        event = events.remove_session(session_id, actor=current_actor(), at=clock.now())
    flash(_("Đã bỏ buổi, phòng được trả lại, người đăng ký được báo."), "success")
    return go("spaces.event_page", event_id=event.id)


@bp.post("/sessions/<int:session_id>/<any(attend, absent):step>")
@require(MANAGE)
def mark(session_id: int, step: str) -> Response:
    """Present, or not after all; from the list of the event or from the scanned code of a registration."""
    registration_id = request.form.get("registration_id", 0, type=whole)
    with transaction():
        if step == "attend":
            registrations.attend(session_id, registration_id, actor=current_actor(), at=clock.now())
        else:
            registrations.take_back(session_id, registration_id, actor=current_actor(), at=clock.now())
    if request.form.get("code"):
        return go("spaces.seat", code=request.form["code"])
    return go("spaces.event_page", event_id=registrations.get_session(session_id).event_id)


@bp.post("/registrations/<int:registration_id>/told")
@require(MANAGE)
def told(registration_id: int) -> Response:
    """A registrant without e-mail has been called, or has been sent the text."""
    with transaction():
        row = telling.told(
            registration_id, request.form.get("news", ""), actor=current_actor(), at=clock.now()
        )
    flash(_("Đã ghi: %(name)s đã được báo.", name=row.full_name), "success")
    return go("spaces.event_page", event_id=row.event_id)


@bp.get("/seats/<code>")
@require(Permission.SPACES_BOOK)
def seat(code: str) -> str | Response:
    """What a registration's QR code opens: for staff who stands there; for all others their own page."""
    row, event_row, place, attended = event_queries.mine(code)
    if not current_actor().has(MANAGE):
        return go("spaces_public.registration", lang=get_locale().language, code=code)
    return page("seat", row=row, event_row=event_row, place=place, attended=attended, mark_from=CHECK_IN_FROM)


@bp.get("/sessions/<int:session_id>")
@require(Permission.SPACES_BOOK)
def by_session(session_id: int) -> Response:
    """From the grid to the event's page: staff's for staff, the public one for all others."""
    session = registrations.get_session(session_id)
    if current_actor().has(MANAGE):
        return go("spaces.event_page", event_id=session.event_id)
    return go(
        "spaces_public.event", lang=get_locale().language, slug=event_queries.one(session.event_id).event.slug
    )
