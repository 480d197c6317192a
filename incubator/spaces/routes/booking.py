"""Find a place, book it, see and change one's bookings."""

from __future__ import annotations

import secrets
from datetime import time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import flash, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import db, transaction
from ...core.errors import DomainError, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import Booking, BookingState, Purpose, ResourceKind
from .. import policies, wording
from ..finding import Wish as SearchWish
from ..forms import BookForm, MoveForm, SearchForm, SeriesForm, default_start
from ..intervals import Span, local_date, local_time
from ..queries import grid, search
from ..queries.world import place_rows
from ..recurrence import Every, Pattern, Scope
from ..services import bookings, series
from ..services.bookings import Wish
from .base import all_choices, asked_day, bp, page

BOOK = Permission.SPACES_BOOK


@bp.get("/")
@require(BOOK)
def index() -> str:
    """Search first, then the grid."""
    now, day = clock.now(), asked_day()
    form = SearchForm(_search_args())
    found = None
    if request.args.get("people") and form.validate():
        gear = frozenset({form.gear.data} if form.gear.data else ())
        wish = SearchWish(form.span(), form.people.data, gear)
        found = search.find(current_actor(), wish, now=now, kinds=(ResourceKind(form.kind.data),))
    view = request.args.get("view", "day")
    values: dict[str, Any] = {
        "form": form,
        "found": found,
        "day": day,
        "view": view,
        "people": form.people.data,
    }
    actor = current_actor()
    resource = request.args.get("resource", type=int)
    if view == "week" and resource is not None and resource in place_rows(ids=[resource]):
        values["weeks"] = grid.place_week(actor, resource, day, now=now)
        values["place"] = place_rows(ids=[resource])[resource]
    elif view == "week":
        values["week"] = grid.week_grid(actor, day, now=now)
    else:
        values["grid"] = grid.day_grid(actor, day, now=now, people=form.people.data or 0)
    return page("index", step=timedelta(days=7 if view == "week" else 1), **values)


def _search_args() -> MultiDict[str, str]:
    """The address with its gaps filled, so that the form always shows a whole wish."""
    now = clock.now()
    start = default_start(now)
    values = {
        "day": f"{asked_day():%d/%m/%Y}",
        "start": f"{start:%H:%M}",
        "minutes": "120",
        "people": "10",
        "kind": "room",
    }
    return MultiDict({**values, **{k: v for k, v in request.args.items() if v}})


@bp.route("/book", methods=["GET", "POST"])
@require(BOOK)
def book() -> str | Response:
    """The form behind every “Đặt” button: confirm and done."""
    form = BookForm(data=_prefill()) if request.method == "GET" else BookForm()
    form.resource_id.choices = all_choices()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                made = bookings.book(wish_of(form), actor=current_actor(), at=clock.now())
        except DomainError as error:
            return _again("book", form, error)
        return _done(made)
    return Response(_form_page("book", form), status=422 if form.errors else 200, mimetype="text/html")


def _done(made: Booking) -> Response:
    if made.state is BookingState.CONFIRMED:
        flash(_("Đã đặt. Mã lượt đặt: %(code)s.", code=made.code), "success")
    else:
        flash(
            _(
                "Đã gửi yêu cầu. BIIC trả lời trước %(by)s.",
                by=wording.moment_of(made.answer_by or made.starts_at),
            ),
            "success",
        )
    return go("spaces.show", code=made.code)


def _prefill() -> dict[str, Any]:
    """From the grid or the search: place, day, time, people."""
    args = request.args
    start = default_start(clock.now())
    day = asked_day()
    wanted = MultiDict(dict(args.items()))
    form = SearchForm(wanted)
    begin = form.start.data or start
    minutes = args.get("minutes", 60, type=int) or 60
    end = local_time(bookings_span(day, begin, minutes).end)
    return {
        "resource_id": args.get("resource", type=int), "day": day, "start": begin, "end": time(end.hour, end.minute),
        "people": args.get("people", 10, type=int), "equipment": [args["gear"]] if args.get("gear") else [],
        "key": secrets.token_urlsafe(24), "until": day + timedelta(weeks=8), "interval": 1,
    }  # fmt: skip


def bookings_span(day: Any, begin: time, minutes: int) -> Span:
    start = clock.at_local(day, begin)
    return Span(start, start + timedelta(minutes=minutes))


def wish_of(form: BookForm) -> Wish:
    actor = current_actor()
    place = place_rows(ids=[form.resource_id.data]).get(form.resource_id.data)
    shared = place is not None and place.rules.shared
    on_behalf = policies.can_manage(actor) and bool(form.body_name.data)
    return Wish(
        resource_id=form.resource_id.data,
        span=form.span(),
        people=form.people.data,
        purpose=Purpose(form.purpose.data),
        title=form.title.data or "",
        title_public=bool(form.title_public.data) and policies.can_manage(actor),
        units=(form.units.data or form.people.data) if shared else None,
        layout=form.layout.data or "",
        equipment=tuple(form.equipment.data or ()),
        note=form.note.data or "",
        organisation_id=search.organisation_of(actor),
        body_name=form.body_name.data if on_behalf else "",
        body_phone=form.body_phone.data if on_behalf else "",
        letter_number=form.letter_number.data if on_behalf else "",
        requester_id=None if on_behalf else actor.person_id,
        responsible_name=form.responsible_name.data or "",
        responsible_phone=form.responsible_phone.data or "",
        idempotency_key=form.key.data or None,
    )


def _form_page(template: str, form: BookForm, **values: Any) -> str:
    place = place_rows(ids=[form.resource_id.data or 0]).get(form.resource_id.data or 0)
    induction = None
    if place is not None and place.rules.training:
        induction = search.next_induction(place.rules.training, clock.now())
    asks_adult = search.needs_adult(current_actor())
    return page(
        template, form=form, place=place, induction=induction, asks_adult=asks_adult,
        is_staff=policies.can_manage(current_actor()), **values,
    )  # fmt: skip


def _again(template: str, form: BookForm, error: DomainError, **values: Any) -> Response:
    """The rule's sentence, three alternatives, and everything that was typed."""
    form.take(error)
    hits = []
    if form.day.data and form.start.data and form.end.data and form.span().length > timedelta():
        wish = SearchWish(form.span(), form.people.data or 1, frozenset(form.equipment.data or ()))
        hits = search.alternatives_for(current_actor(), form.resource_id.data, wish, now=clock.now())
    form.key.data = secrets.token_urlsafe(24)
    text = _form_page(template, form, refusal=error, alternatives=hits, **values)
    return Response(text, status=error.status, mimetype="text/html")


@bp.route("/series", methods=["GET", "POST"])
@require(BOOK)
def repeat() -> str | Response:
    """A repeated booking: preview of every date and its clash, then book all or the ticked ones."""
    form = SeriesForm(data=_prefill()) if request.method == "GET" else SeriesForm()
    form.resource_id.choices = all_choices()
    previews = None
    if request.method == "POST" and form.validate():
        pattern = Pattern(Every(form.every.data), form.interval.data, until=form.until.data)
        wish, actor, now = wish_of(form), current_actor(), clock.now()
        try:
            if form.go.data:
                only = {day for day in (_iso(text) for text in form.only.data or ()) if day is not None}
                with transaction():
                    _made, members, _out = series.book(wish, pattern, actor=actor, at=now, only=only)
                flash(_("Đã đặt %(n)s lượt.", n=len(members)), "success")
                return go("spaces.show", code=members[0].code)
            previews = series.preview(wish, pattern, actor=actor, at=now)
        except series.SeriesTaken as error:
            return _again("series", form, error, previews=error.previews)
        except DomainError as error:
            return _again("series", form, error)
    return Response(
        _form_page("series", form, previews=previews),
        status=422 if form.errors else 200,
        mimetype="text/html",
    )


def _iso(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.get("/bookings")
@require(BOOK)
def mine() -> str:
    past = bool(request.args.get("past"))
    return page("mine", rows=search.my_bookings(current_actor(), now=clock.now(), past=past), past=past)


def get_booking(code: str) -> Booking:
    """By its code, if the actor may see it."""
    booking = db.session.scalar(
        sa.select(Booking)
        .options(
            joinedload(Booking.resource), joinedload(Booking.organisation), joinedload(Booking.requester)
        )
        .where(Booking.code == code)
    )
    if booking is None or not policies.can_view(current_actor(), booking, booking.resource.site_id):
        raise NotFound(_("Không có lượt đặt này."))
    return booking


@bp.get("/bookings/<code>")
@require(BOOK)
def show(code: str) -> str:
    booking = get_booking(code)
    members = series.members(booking.series_id) if booking.series_id else []
    hits: list[search.Hit] = []
    if booking.state in (BookingState.DECLINED, BookingState.DISPLACED):
        wish = SearchWish(Span(booking.starts_at, booking.ends_at), booking.expected)
        hits = search.alternatives_for(current_actor(), booking.resource_id, wish, now=clock.now())
    may_change = policies.can_change(current_actor(), booking, booking.resource.site_id)
    return page("show", booking=booking, members=members, alternatives=hits, may_change=may_change)


@bp.post("/bookings/<code>/cancel")
@require(BOOK)
def cancel(code: str) -> Response:
    booking = get_booking(code)
    scope = Scope(request.form.get("scope", "one")) if booking.series_id else None
    with transaction():
        if scope is None:
            bookings.cancel(
                booking.id, actor=current_actor(), at=clock.now(), reason=request.form.get("reason", "")
            )
            count = 1
        else:
            count = len(series.cancel(booking.id, scope, actor=current_actor(), at=clock.now()))
    flash(_("Đã hủy %(n)s lượt, chỗ được trả lại.", n=count), "success")
    return go("spaces.show", code=code)


@bp.route("/bookings/<code>/move", methods=["GET", "POST"])
@require(BOOK)
def move(code: str) -> str | Response:
    booking = get_booking(code)
    start, end = local_time(booking.starts_at), local_time(booking.ends_at)
    form = MoveForm(
        data={
            "resource_id": booking.resource_id, "day": local_date(booking.starts_at), "start": start.time(),
            "end": end.time(), "people": booking.expected, "version": str(booking.version), "scope": "one",
        }
    ) if request.method == "GET" else MoveForm()  # fmt: skip
    form.resource_id.choices = all_choices()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                _move(booking, form)
        except DomainError as error:
            form.take(error)
            booking = get_booking(code)  # the rollback has emptied what was loaded
            wish = SearchWish(form.span(), form.people.data)
            hits = search.alternatives_for(current_actor(), form.resource_id.data, wish, now=clock.now())
            text = page("move", form=form, booking=booking, refusal=error, alternatives=hits)
            return Response(text, status=error.status, mimetype="text/html")
        flash(_("Đã đổi lượt đặt."), "success")
        return go("spaces.show", code=code)
    return Response(
        page("move", form=form, booking=booking), status=422 if form.errors else 200, mimetype="text/html"
    )


def _move(booking: Booking, form: MoveForm) -> None:
    actor, now, scope = current_actor(), clock.now(), Scope(form.scope.data)
    if booking.series_id is not None and (
        scope is not Scope.ONE or form.resource_id.data == booking.resource_id
    ):
        series.reschedule(booking.id, scope, form.span(), actor=actor, at=now)
        return
    version = int(form.version.data) if (form.version.data or "").isdigit() else None
    bookings.move(
        booking.id, form.span(), actor=actor, at=now, resource_id=form.resource_id.data,
        people=form.people.data, version=version,
    )  # fmt: skip


def cell_url(kind: str) -> str:
    """The page behind a bar of the grid: “booking:7”, “request:7”, “event:3”."""
    what, _sep, number = kind.partition(":")
    if what == "request":
        return url_for("spaces.request_page", booking_id=int(number))
    if what == "booking":
        return url_for("spaces.by_id", booking_id=int(number))
    return url_for("spaces.by_session", session_id=int(number))


@bp.get("/bookings/id/<int:booking_id>")
@require(BOOK)
def by_id(booking_id: int) -> Response:
    code = db.session.scalar(sa.select(Booking.code).where(Booking.id == booking_id))
    if code is None:
        raise NotFound(_("Không có lượt đặt này."))
    return go("spaces.show", code=get_booking(code).code)
