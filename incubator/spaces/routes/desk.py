"""The staff's desk: requests with rivals, the day sheet, check-out, days off."""

from __future__ import annotations

import re

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from ...models import Booking, EventSession
from .. import policies, wording
from ..forms import DayOffForm, DecisionForm, options
from ..queries import closures as closure_queries
from ..queries import desk
from ..queries import requests as request_queries
from ..queries import setup as setup_queries
from ..queries.door import seats_of
from ..queries.place_rows import edges
from ..services import closures, day, registrations, requests
from ..settings import CHECK_IN_FROM
from .base import asked_day, asked_int, bp, page

MANAGE = Permission.SPACES_MANAGE


def reasons() -> list[tuple[str, str]]:
    """The centre's rules by which it chooses; both sides read them."""
    texts = [
        _("Ưu tiên theo quy chế: trường công lập, cơ quan nhà nước"),
        _("Ưu tiên phục vụ cuộc thi, sự kiện của tỉnh"),
        _("Số người và cách dùng hợp với nơi này hơn"),
        _("Gửi yêu cầu trước"),
        _("Đơn vị dùng ít hơn trong năm"),
        _("Không bố trí được người trực trong giờ này"),
    ]
    return [(text, text) for text in texts]


@bp.get("/requests")
@require(MANAGE)
def request_list() -> str:
    return page("requests", rows=request_queries.requests_waiting(current_actor()))


@bp.route("/requests/<int:booking_id>", methods=["GET", "POST"])
@require(MANAGE)
def request_page(booking_id: int) -> str | Response:
    """Rivals side by side; approve one or decline all, in one step."""
    booking = request_queries.get_request(booking_id, current_actor())
    form = DecisionForm()
    form.reason.choices = options(reasons())
    error: DomainError | None = None
    if request.method == "POST" and form.validate():
        try:
            _decide(booking_id, form)
        except DomainError as refusal:
            error = refusal
            booking = request_queries.get_request(
                booking_id, current_actor()
            )  # the rollback has emptied what was loaded
        else:
            return go("spaces.request_list")
    known = edges()
    waiting = request_queries.requests_waiting(current_actor(), known)
    rivals = request_queries.compared(booking, [row for row, _rivals in waiting], at=clock.now(), known=known)
    text = page(
        "request",
        booking=booking,
        rivals=rivals,
        form=form,
        refusal=error,
        rows=waiting,
        may_decide=policies.can_decide(current_actor(), booking.resource),
        approvers=request_queries.approvers_of(booking.resource),
    )
    return Response(text, status=error.status if error else 200, mimetype="text/html")


def _decide(booking_id: int, form: DecisionForm) -> None:
    actor, at = current_actor(), clock.now()
    with transaction():
        if request.form.get("decline"):
            rivals = requests.rivals_of(request_queries.get_request(booking_id, actor))
            ids = [booking_id, *(r.id for r in rivals)]
            done = requests.decline(ids, actor=actor, at=at, reason=form.text())
            flash(_("Đã từ chối %(n)s yêu cầu và gửi thư kèm chỗ khác.", n=len(done)), "success")
            return
        winner, losers = requests.approve(
            form.choice.data or booking_id, actor=actor, at=at, reason=form.text()
        )
    text = _("Đã duyệt %(title)s và báo người gửi.", title=winner.title)
    if losers:
        text = _(
            "Đã duyệt %(title)s; %(n)s yêu cầu khác được báo kèm chỗ trống gần nhất.",
            title=winner.title,
            n=len(losers),
        )
    flash(text, "success")


@bp.get("/today")
@require(MANAGE)
def today() -> str:
    wanted = asked_day()
    actor = current_actor()
    sheet = desk.day_sheet(actor, wanted)
    lines = [line for _place, found in sheet for line in found]
    arrived = sum(line.checked_in is not None or line.confirmed is not None for line in lines)
    return page(
        "today",
        sheet=sheet,
        day=wanted,
        lines=len(lines),
        arrived=arrived,
        waiting=len(request_queries.open_requests(actor)),
        displaced=len(desk.displaced(actor)),
        count_from=CHECK_IN_FROM,
        duty=[w for w in setup_queries.watchers(actor, wanted) if w.today],
    )


@bp.get("/today/setup")
@require(MANAGE)
def setup_list() -> str:
    """What to prepare in which room before when; made for printing."""
    wanted = asked_day()
    return page("setup", rows=desk.setups(current_actor(), wanted), day=wanted)


@bp.post("/bookings/<int:booking_id>/count")
@require(MANAGE)
def count(booking_id: int) -> Response:
    people = request.form.get("people", type=whole)
    with transaction():
        found = day.count(booking_id, -1 if people is None else people, actor=current_actor(), at=clock.now())
    _say_counted(found)
    return go("spaces.today", day=wording.date_of(found.starts_at))


@bp.post("/sessions/<int:session_id>/count")
@require(MANAGE)
def count_session(session_id: int) -> Response:
    people = request.form.get("people", type=whole)
    with transaction():
        found = registrations.count_session(
            session_id, -1 if people is None else people, actor=current_actor(), at=clock.now()
        )
    _say_counted(found)
    return go("spaces.today", day=wording.date_of(found.starts_at))


def _say_counted(use: Booking | EventSession) -> None:
    flash(_("Đã ghi %(n)s người.", n=use.confirmed or 0), "success")
    _say_crowded(use)


def _say_crowded(use: Booking | EventSession) -> None:
    """A number above the seats is kept: chairs are brought in, and fingers slip."""
    seats = seats_of(use.resource_id)
    if seats and (use.confirmed or 0) > seats:
        text = _("Nhiều hơn số chỗ của nơi này (%(seats)s). Nếu gõ nhầm, ghi lại số đúng.", seats=seats)
        flash(text, "warning")


@bp.post("/bookings/<int:booking_id>/checkout")
@require(MANAGE)
def check_out(booking_id: int) -> Response:
    """The use is over: people, consumables, the rest of the time."""
    used = {}
    for name in request.form.getlist("material"):
        amount = request.form.get(f"used-{name}", "").strip().replace(",", ".")
        if amount and not re.fullmatch(r"\d+(\.\d+)?", amount):
            raise Invalid(_("Nhập lượng %(name)s bằng số, ví dụ 17,5.", name=name), field="used")
        if amount:
            used[name] = float(amount)
    with transaction():
        found = day.check_out(
            booking_id,
            actor=current_actor(),
            at=clock.now(),
            people=request.form.get("people", type=whole),
            used=used,
        )
    flash(_("Đã trả phòng, lượt %(code)s kết thúc.", code=found.code), "success")
    _say_crowded(found)
    return go("spaces.today", day=wording.date_of(found.starts_at))


# -- days off


@bp.route("/closures", methods=["GET", "POST"])
@require(MANAGE)
def closure_days() -> str | Response:
    """Days off and swapped days: the proposal, what each touches, and the confirmation."""
    sites = closure_queries.own_sites(current_actor())
    site = next((s for s in sites if s.id == asked_int("site", 0)), sites[0] if sites else None)
    year = asked_int("year", clock.today().year)
    form = DayOffForm()
    if site is not None and request.method == "POST" and form.validate():
        assert form.day.data is not None
        with transaction():
            row = closures.set_day(
                site.id,
                form.day.data,
                open_as=int(form.open_as.data) if form.open_as.data else None,
                note=form.note.data,
                actor=current_actor(),
                at=clock.now(),
            )
        waits = _("Đã thêm ngày; ngày có hiệu lực khi được xác nhận.")
        flash(waits if row.confirmed_at is None else _("Đã sửa lời ghi của ngày."), "success")
        return go("spaces.closure_days", year=form.day.data.year, site=site.id)
    rows = closure_queries.days_of(site.id, year) if site is not None else []
    off = [r.day for r in rows if r.open_as is None and r.day >= clock.today()]
    touched = closure_queries.touched(site.id, off) if site is not None else {}
    text = page("closures", sites=sites, site=site, year=year, rows=rows, touched=touched, form=form)
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


@bp.post("/closures/<int:site_id>/propose")
@require(MANAGE)
def propose_days(site_id: int) -> Response:
    year = request.form.get("year", clock.today().year, type=whole)
    with transaction():
        n = closures.propose_year(site_id, year, actor=current_actor(), at=clock.now())
    flash(_("Đã đề xuất %(n)s ngày. Kiểm tra rồi xác nhận.", n=n), "success")
    return go("spaces.closure_days", site=site_id, year=year)


@bp.post("/closures/<int:site_id>/confirm")
@require(MANAGE)
def confirm_days(site_id: int) -> Response:
    ids = request.form.getlist("day_id", type=whole)
    with transaction():
        owners = closures.confirm_days(ids, actor=current_actor(), at=clock.now())
    text = _(
        "Đã xác nhận %(n)s ngày; %(m)s lượt phải xếp lại, người đặt đã được báo.", n=len(ids), m=len(owners)
    )
    flash(text, "success")
    if owners:
        return go("spaces.outage_list")
    return go(
        "spaces.closure_days", site=site_id, year=request.form.get("year", clock.today().year, type=whole)
    )


@bp.post("/closures/days/<int:day_id>/drop")
@require(MANAGE)
def drop_day(day_id: int) -> Response:
    with transaction():
        closures.drop_day(day_id, actor=current_actor(), at=clock.now())
    flash(_("Đã bỏ: ngày này lại là ngày thường."), "success")
    return go("spaces.closure_days", year=request.form.get("year", type=whole))
