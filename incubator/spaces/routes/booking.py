"""Find a place, book it, see and change one's bookings."""

from __future__ import annotations

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.text.numerals import is_count
from ...core.web import current_actor, go
from ...models import Booking, BookingState
from .. import policies, wording
from ..finding import Wish as SearchWish
from ..forms import BookForm, MoveForm
from ..forms.booking import PURPOSES
from ..intervals import Span, local_date, local_time
from ..queries import bookings as reads
from ..queries import search, teams
from ..queries.others import missing_in
from ..queries.requests import who_of
from ..recurrence import Scope
from ..services import bookings, series
from ..services.paying import Dearer
from ..services.supervising import supervisor_of
from .base import all_choices, bp, page
from .booking_form import again, answers, form_page, move_quote, off_of, only_looks, prefill, told_of, wish_of

BOOK = Permission.SPACES_BOOK


@bp.route("/book", methods=["GET", "POST"])
@require(BOOK)
def book() -> str | Response:
    """The form behind every “Đặt” button: confirm and done."""
    form = BookForm(data=prefill()) if request.method == "GET" else BookForm(answers())
    if request.method == "POST" and not only_looks() and form.validate():
        actor, wish = current_actor(), wish_of(form)
        try:
            with transaction():
                made = bookings.book(wish, actor=actor, at=clock.now())
        except DomainError as error:
            return again("book", form, error)
        return _done(made)
    return Response(form_page("book", form), status=422 if form.errors else 200, mimetype="text/html")


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


@bp.get("/bookings")
@require(BOOK)
def mine() -> str:
    past = bool(request.args.get("past"))
    return page("mine", rows=search.my_bookings(current_actor(), now=clock.now(), past=past), past=past)


@bp.get("/bookings/<code>")
@require(BOOK)
def show(code: str) -> str:
    booking = reads.get_booking_for(current_actor(), code)
    members = series.members(booking.series_id) if booking.series_id else []
    hits: list[search.Hit] = []
    if booking.state in (BookingState.DECLINED, BookingState.DISPLACED):
        wish = SearchWish(Span(booking.starts_at, booking.ends_at), booking.expected)
        hits = search.alternatives_for(
            current_actor(),
            booking.resource_id,
            wish,
            now=clock.now(),
            but_booking=booking.id,
            team_id=booking.team_id,
        )
    may_change = policies.can_change(current_actor(), booking, booking.resource.site_id, at=clock.now())
    stands = booking.state is BookingState.CONFIRMED
    missing = missing_in("booking", [booking.id]).get(booking.id) if stands else None
    return page(
        "show",
        booking=booking,
        members=members,
        alternatives=hits,
        may_change=may_change,
        missing=missing,
        supervisor=supervisor_of(booking.id),
        team=teams.name_of(booking.team_id),
        purpose=dict(PURPOSES)[booking.purpose],
        who=who_of(booking) if policies.can_manage(current_actor(), booking.resource.site_id) else "",
    )


@bp.post("/bookings/<code>/cancel")
@require(BOOK)
def cancel(code: str) -> Response:
    booking = reads.get_booking_for(current_actor(), code)
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
    booking = reads.get_booking_for(current_actor(), code)
    start, end = local_time(booking.starts_at), local_time(booking.ends_at)
    form = (
        MoveForm(
            data={
                "resource_id": booking.resource_id,
                "day": local_date(booking.starts_at),
                "start": start.time(),
                "end": end.time(),
                "people": booking.expected,
                "version": str(booking.version),
                "scope": "one",
                "told": str(booking.price),
            }
        )
        if request.method == "GET"
        else MoveForm(answers())
    )
    form.resource_id.choices = all_choices()
    if request.method == "POST" and not only_looks() and form.validate():
        try:
            with transaction():
                count = _move(booking, form)
        except DomainError as error:
            form.take(error)
            booking = reads.get_booking_for(current_actor(), code)  # the rollback has emptied what was loaded
            wish = SearchWish(form.span(), form.people.data)
            hits = (
                []
                if isinstance(error, Dearer)
                else search.alternatives_for(
                    current_actor(),
                    form.resource_id.data,
                    wish,
                    now=clock.now(),
                    but_booking=booking.id,
                    team_id=booking.team_id,
                )
            )
            known = series.sums(booking, at=clock.now())
            after = move_quote(form, booking)
            if isinstance(error, Dearer):
                form.told.data = str(error.price)
            text = page(
                "move",
                form=form,
                booking=booking,
                sums=known,
                after=after,
                off=off_of(form),
                refusal=error,
                alternatives=hits,
                over=search.too_many_for(form.people.data, form.resource_id.data),
            )
            return Response(text, status=error.status, mimetype="text/html")
        flash(_("Đã đổi %(n)s lượt đặt.", n=count), "success")
        return go("spaces.show", code=code)
    after = move_quote(form, booking)
    known = series.sums(booking, at=clock.now())
    text = page("move", form=form, booking=booking, sums=known, after=after, off=off_of(form))
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


def _move(booking: Booking, form: MoveForm) -> int:
    """What was not touched stays as it is at each date of a series. Returns how many dates were changed."""
    actor, now, span = current_actor(), clock.now(), form.span()
    version = int(form.version.data) if is_count(form.version.data or "") else None
    place = form.resource_id.data if form.resource_id.data != booking.resource_id else None
    people = form.people.data if form.people.data != booking.expected else None
    told = None if policies.can_manage(actor) else told_of(form)
    if booking.series_id is None:
        bookings.move(
            booking.id,
            span,
            actor=actor,
            at=now,
            resource_id=place,
            people=people,
            version=version,
            told=told,
        )
        return 1
    changed = series.reschedule(
        booking.id,
        Scope(form.scope.data),
        span,
        actor=actor,
        at=now,
        resource_id=place,
        people=people,
        version=version,
        told=told,
    )
    return len(changed)


@bp.get("/bookings/id/<int:booking_id>")
@require(BOOK)
def by_id(booking_id: int) -> Response:
    code = reads.code_of(booking_id)
    return go("spaces.show", code=reads.get_booking_for(current_actor(), code).code)
