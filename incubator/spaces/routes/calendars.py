"""Calendar addresses out, calendar files in."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, public, require
from ...core.db import transaction
from ...core.errors import DomainError, NotFound
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go, public_url, sent_file
from ...models import FeedKind
from .. import calendar_feed
from ..forms import ImportForm
from ..intervals import local_days
from ..queries import attending, read_in, setup
from ..queries import feeds as feed_queries
from ..services import feeds, imports
from .base import all_choices, bp, page, public_bp

CALENDAR = "text/calendar; charset=utf-8"


def _answer(data: bytes) -> Response:
    return Response(data, content_type=CALENDAR, headers={"Cache-Control": "private, max-age=300"})


@public_bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """A secret address; a revoked or unknown one is 404."""
    found = feeds.find(token)
    if found is None:
        raise NotFound(_("Địa chỉ lịch này đã bị thu hồi. Tạo địa chỉ mới ở trang Lịch của tôi."))
    name, entries = feed_queries.entries_of(found, now=clock.now())
    return _answer(calendar_feed.write(name, entries))


@public_bp.get("/calendar/events.ics")
@public
def events_feed() -> Response:
    return _answer(calendar_feed.write(_("Sự kiện BIIC"), attending.public_events(now=clock.now())))


@bp.get("/calendars")
@require(Permission.SPACES_BOOK)
def calendars() -> str:
    rows = feed_queries.feeds_of(current_actor())
    links = {row.id: public_url("spaces_public.feed", token=feeds.token_of(row)) for row in rows}
    return page(
        "calendars",
        rows=rows,
        links=links,
        places=[(c.value, c.label) for c in all_choices()],
        events=public_url("spaces_public.events_feed"),
    )


@bp.post("/calendars")
@require(Permission.SPACES_BOOK)
def make_feed() -> Response:
    resource_id = request.form.get("resource_id", type=whole)
    kind = FeedKind.RESOURCE if resource_id else FeedKind.MINE
    with transaction():
        feeds.make(kind, resource_id, actor=current_actor(), at=clock.now())
    flash(_("Đã tạo địa chỉ lịch. Chép vào ứng dụng lịch của bạn."), "success")
    return go("spaces.calendars")


@bp.post("/calendars/<int:feed_id>/revoke")
@require(Permission.SPACES_BOOK)
def revoke_feed(feed_id: int) -> Response:
    with transaction():
        feeds.revoke(feed_id, actor=current_actor(), at=clock.now())
    flash(_("Địa chỉ cũ không còn dùng được."), "success")
    return go("spaces.calendars")


@bp.route("/import", methods=["GET", "POST"])
@require(Permission.SPACES_MANAGE)
def import_calendar() -> str | Response:
    """Read a file, see what overlaps, then store it."""
    today = clock.today()
    form = (
        ImportForm(data={"first": today, "until": today + timedelta(days=365)})
        if request.method == "GET"
        else ImportForm()
    )
    form.resource_id.choices = all_choices()
    result: imports.ImportResult | None = None
    error: DomainError | None = None
    if request.method == "POST" and form.validate():
        assert form.first.data is not None
        assert form.until.data is not None
        data, name = sent_file("file")
        window = local_days(form.first.data, form.until.data)
        try:
            if request.form.get("look"):
                place = setup.get_place_by_id(form.resource_id.data, current_actor())
                result = imports.preview(data, place, window, name=name, at=clock.now())
            else:
                with transaction():
                    result = imports.import_file(
                        data, form.resource_id.data, window, name=name, actor=current_actor(), at=clock.now()
                    )
        except DomainError as refusal:
            error = refusal
            form.take(refusal)
    known = read_in.calendars(current_actor(), at=clock.now())
    text = page("import", form=form, result=result, known=known, refusal=error)
    return Response(text, status=422 if form.errors else 200, mimetype="text/html")


@bp.post("/import/<int:import_id>/give-back")
@require(Permission.SPACES_MANAGE)
def give_back_calendar(import_id: int) -> Response:
    with transaction():
        count = imports.give_back(import_id, actor=current_actor(), at=clock.now())
    flash(_("Đã trả chỗ %(n)s lượt sắp tới của lịch này.", n=count), "success")
    return go("spaces.import_calendar")
