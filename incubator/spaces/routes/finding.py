"""Search first, then the grid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from ...core import clock
from ...core.access import Permission, require
from ...core.web import current_actor
from ...models import ResourceKind
from ..finding import Wish as SearchWish
from ..forms import SearchForm, default_start
from ..queries import grid, search
from ..queries.world import place_rows
from .base import asked_day, bp, page

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


def cell_url(kind: str) -> str:
    """The page behind a bar of the grid: “booking:7”, “request:7”, “event:3”."""
    what, _sep, number = kind.partition(":")
    if what == "request":
        return url_for("spaces.request_page", booking_id=int(number))
    if what == "booking":
        return url_for("spaces.by_id", booking_id=int(number))
    return url_for("spaces.by_session", session_id=int(number))
