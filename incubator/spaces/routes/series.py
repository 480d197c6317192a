"""Repeated bookings: every date with its clash, then book all or the ticked ones."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.web import current_actor, go
from ..forms import SeriesForm
from ..recurrence import Every, Pattern
from ..services import series
from ..services.paying import Dearer
from .base import bp
from .booking_form import again, form_page, prefill, wish_of

BOOK = Permission.SPACES_BOOK


@bp.route("/series", methods=["GET", "POST"])
@require(BOOK)
def repeat() -> str | Response:
    """A repeated booking: preview of every date and its clash, then book all or the ticked ones."""
    form = SeriesForm(data=prefill()) if request.method == "GET" else SeriesForm()
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
        except Dearer as error:
            return again("series", form, error, previews=series.preview(wish, pattern, actor=actor, at=now))
        except series.SeriesTaken as error:
            return again("series", form, error, previews=error.previews)
        except DomainError as error:
            return again("series", form, error)
    return Response(
        form_page("series", form, previews=previews),
        status=422 if form.errors else 200,
        mimetype="text/html",
    )


def _iso(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
