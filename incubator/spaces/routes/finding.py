"""Search first, then the calendar: a day, a week, a month, of all places or of one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import get_locale
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from ...core import clock
from ...core.access import Permission, require
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, fragment
from ...models import ResourceKind
from .. import policies
from ..finding import Wish as SearchWish
from ..forms import SearchForm
from ..intervals import at_local, local_date, local_time, local_week, monday_of
from ..queries import grid, search, weeks
from ..queries.place_rows import PlaceRow, place_rows
from ..queries.stamps import Kept, Stamp, stamp
from ..queries.world import World
from .base import asked_day, bp, page

BOOK = Permission.SPACES_BOOK
USUAL_START = time(8)
VIEWS = ("day", "week", "month")

_openings: Kept[datetime] = Kept(8)
_pages: Kept[Markup] = Kept(96)  # weeks that nothing has changed since
_forms: Kept[Markup] = Kept(96)


@bp.get("/")
@require(BOOK)
def index() -> str:
    """Search first, then the calendar, which begins at the next day that is open; what was asked stands above its own day."""
    now, actor = clock.now(), current_actor()
    start, seen = _start(now)
    day = local_date(start)
    view = request.args.get("view", "day")
    view = view if view in VIEWS and not request.args.get("people") else "day"
    chosen = _chosen()
    people = request.args.get("people", 10, type=whole) or 10
    values: dict[str, Any] = {"day": day, "view": view, "people": people, "place": chosen}
    world = grid.day_world(actor, day) if view == "day" else None
    values |= _found(_search_args(start), now, world)
    if view == "week" and chosen is not None:
        values["weeks"] = grid.place_week(actor, chosen, day, now=now)
    elif view == "week":
        values["week"] = week_page(day, now, seen)
    elif view == "month":
        values["month"] = weeks.month_grid(actor, day, now=now, place_id=chosen.id if chosen else None)
    elif world is not None:
        values["grid"] = grid.day_grid(actor, day, world, now=now, people=people if values["found"] else 0)
    return page("index", **values, **_around(view, day))


def _start(now: datetime) -> tuple[datetime, Stamp | None]:
    """Day and hour that the page begins with: as asked, else when the centre is next open."""
    if request.args.get("day"):
        day = asked_day()
        return (now if day == local_date(now) else at_local(day, USUAL_START)), None
    seen = stamp(local_week(local_date(now)), current_actor().person_id)
    half_hour = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    opening = _openings.get((half_hour, seen.places), lambda: grid.first_open(half_hour))
    return max(opening, now), seen


def week_page(day: date, now: datetime, seen: Stamp | None) -> Markup:
    """The table of a week; made again only when something in it, or what the reader may read, has changed."""
    actor, week = current_actor(), local_week(day)
    if seen is None or monday_of(day) != monday_of(local_date(now)):
        seen = stamp(week, actor.person_id)
    minute = now.replace(second=0, microsecond=0) if week.start <= now < week.end else now > week.start
    audience = "staff" if policies.can_manage(actor) else actor.person_id if seen.mine[0] else ""
    key = (str(get_locale()), week.start, minute, audience, seen if audience else seen[:2])
    return _pages.get(
        key,
        lambda: fragment("spaces/_week.html", week=weeks.week_grid(actor, day, now=now)),
    )


def _around(view: str, day: date) -> dict[str, Any]:
    """The days before and after, as far apart as the view is long."""
    if view == "month":
        return {"before": weeks.previous_month(day), "after": weeks.next_month(day)}
    step = timedelta(days=7 if view == "week" else 1)
    return {"before": day - step, "after": day + step}


def _chosen() -> PlaceRow | None:
    """The one place that the address names, for its own week or month."""
    number = request.args.get("resource", type=whole)
    place = place_rows(ids=[number]).get(number) if number is not None else None
    if place is not None and place.is_partner and not policies.can_manage(current_actor()):
        raise NotFound(_("Nơi này không đặt trực tuyến được. Gọi BIIC để được đặt giúp."))
    return place


def _found(args: MultiDict[str, str], now: datetime, world: World | None) -> dict[str, Any]:
    """The search form, and its answer when it was sent; `world` is that of the day whose grid stands below."""
    if not request.args.get("people"):
        key = (str(get_locale()), *sorted(args.items()))
        return {"search": _forms.get(key, lambda: _form_page(SearchForm(args))), "found": None}
    form = SearchForm(args)
    found = None
    if form.validate():
        wish = SearchWish(
            form.span(), form.people.data, frozenset({form.gear.data} if form.gear.data else ())
        )
        found = search.find(
            current_actor(), wish, now=now, kinds=(ResourceKind(form.kind.data),), world=world
        )
    return {"search": _form_page(form), "found": found, "gear": form.gear.data}


def _form_page(form: SearchForm) -> Markup:
    return fragment("spaces/_search.html", form=form)


def _search_args(begin: datetime) -> MultiDict[str, str]:
    """The address with its gaps filled, so that the form always shows a whole wish."""
    here = local_time(begin)
    start = here + timedelta(minutes=-here.minute % 30)
    values = {
        "day": f"{here:%d/%m/%Y}",
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
