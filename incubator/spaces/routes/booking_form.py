"""The form behind every “Đặt” button: filled from the address, read into a wish, shown again with its refusal."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from ...core import clock
from ...core.errors import DomainError, NotFound
from ...core.i18n import _
from ...core.text.numerals import is_count, whole
from ...core.web import current_actor
from ...models import Booking, Purpose, ResourceKind
from .. import policies
from ..choices import read_choice
from ..finding import Wish as SearchWish
from ..forms import BookForm, MoveForm, SeriesForm, options
from ..forms.setup import ORGANISATIONS
from ..intervals import Span, at_local, half_hour_from, local_date, local_time
from ..queries import grid, search, setup, teams
from ..queries.place_rows import PlaceRow, place_rows
from ..queries.quotes import Quote, price_after, quote_for
from ..services.booking_rows import Wish
from ..services.series import Preview
from ..times import parse_clock
from ..wording import length_of
from .base import asked_day, choices, page, places_to_choose


def prefill() -> dict[str, Any]:
    """From the grid or the search: place, day, time, people. What is missing begins when the centre next opens."""
    args = request.args
    begin = parse_clock(args.get("start", ""))
    if args.get("day") and begin is not None:
        start = at_local(asked_day(), begin)
    else:
        opening = half_hour_from(grid.first_open(clock.now()))
        day = asked_day() if args.get("day") else local_date(opening)
        start = at_local(day, begin or local_time(opening).time())
    end = local_time(start + timedelta(minutes=args.get("minutes", 60, type=whole) or 60))
    day = local_date(start)
    return {
        "resource_id": args.get("resource", type=whole),
        "day": day,
        "start": local_time(start).time(),
        "end": time(end.hour, end.minute),
        "people": args.get("people", 10, type=whole),
        "equipment": [args["gear"]] if args.get("gear") else [],
        "key": secrets.token_urlsafe(24),
        "until": day + timedelta(weeks=8),
        "interval": 1,
        "team_id": args.get("team", type=whole),
    }


def wish_of(form: BookForm) -> Wish:
    """What was typed. Made before the transaction: while one writes, the others wait."""
    actor = current_actor()
    is_staff = policies.can_manage(actor)
    on_behalf = is_staff and bool(form.body_name.data)
    return Wish(
        resource_id=form.resource_id.data or 0,
        span=form.span(),
        people=form.people.data,
        purpose=Purpose(form.purpose.data),
        title=form.title.data or "",
        title_public=bool(form.title_public.data) and is_staff,
        units=form.units.data or 0,
        layout=form.layout.data or "",
        equipment=tuple(form.equipment.data or ()),
        note=form.note.data or "",
        team_id=form.team_id.data,
        body_name=form.body_name.data if on_behalf else "",
        body_phone=form.body_phone.data if on_behalf else "",
        letter_number=form.letter_number.data if on_behalf else "",
        organisation_id=teams.body_named(form.body_name.data) if on_behalf else None,
        requester_id=None if on_behalf else actor.person_id,
        responsible_name=form.responsible_name.data or "",
        responsible_phone=form.responsible_phone.data or "",
        idempotency_key=form.key.data or None,
        told=None if is_staff else told_of(form),
    )


def answers() -> MultiDict[str, str]:
    """What was sent; a button of another place or time changes these and keeps the rest."""
    choice = request.form.get("instead")
    if not choice:
        return request.form
    resource_id, span = read_choice(choice)
    start, end = local_time(span.start), local_time(span.end)
    sent = request.form.copy()
    sent["resource_id"], sent["day"] = str(resource_id), f"{start:%d/%m/%Y}"
    sent["start"], sent["end"] = f"{start:%H:%M}", f"{end:%H:%M}"
    return sent


def form_page(template: str, form: BookForm, **values: Any) -> str:
    actor = current_actor()
    places = places_to_choose()
    form.resource_id.choices = options(choices(places))
    if request.method == "GET" and form.resource_id.data not in {None, *places}:
        raise NotFound(_("Nơi này không đặt trực tuyến được. Gọi BIIC để được đặt giúp."))
    mine = teams.teams_of(actor)
    form.team_id.choices = options([("", _("Không cho đội nào")), *mine])
    place = places.get(form.resource_id.data or 0)
    if request.method == "GET" and place is not None:
        form.purpose.data = _usual(place)
    induction = None
    if place is not None and place.rules.training:
        induction = search.next_inductions([place.rules.training], clock.now()).get(place.rules.training)
    is_staff = policies.can_manage(actor)
    return page(
        template,
        form=form,
        place=place,
        induction=induction,
        asks_adult=search.needs_adult(actor),
        is_staff=is_staff,
        has_teams=bool(mine),
        bodies=teams.bodies() if is_staff else [],
        length_of=length_of,
        body_kinds=dict(ORGANISATIONS),
        prices=setup.prices_on(place.id, form.day.data or clock.today()) if place and is_staff else [],
        off=grid.may_close_on(place, form.day.data) if place and form.day.data else "",
        quote=_quote(form, place, dict(mine), values.get("previews") or ()),
        **values,
    )


def off_of(form: MoveForm) -> str:
    """Why the day that is filled in may still become a day off."""
    place = place_rows(ids=[form.resource_id.data or 0]).get(form.resource_id.data or 0)
    return grid.may_close_on(place, form.day.data) if place and form.day.data else ""


def only_looks() -> bool:
    """Whether the form was sent to read the price of what is filled in, not to be done."""
    return bool(request.form.get("look"))


def move_quote(form: MoveForm, booking: Booking) -> int | None:
    """What the booking costs as it is filled in, where that is another place or time; the form remembers what was told."""
    number, timed = form.resource_id.data, form.day.data and form.start.data and form.end.data
    place = place_rows(ids=[number]).get(number) if number else None
    if place is None or not timed or form.span().length <= timedelta():
        return None
    if (number, form.span()) == (booking.resource_id, Span(booking.starts_at, booking.ends_at)):
        return None
    after = price_after(booking, place, form.span())
    if request.method == "POST":
        form.told.data = str(max(after, booking.price))
    return after


def _usual(place: PlaceRow) -> Purpose:
    """What a place is mostly used for, so that whoever leaves it does not count as a meeting at a machine."""
    if place.kind in (ResourceKind.MACHINE, ResourceKind.KIT):
        return Purpose.MAKING
    return Purpose.COWORKING if place.rules.shared else Purpose.MEETING


def told_of(form: BookForm | MoveForm) -> int | None:
    """The price that stood on the page that was sent."""
    text = form.told.data or ""
    return int(text) if is_count(text) else None


def _quote(form: BookForm, place: PlaceRow | None, mine: dict[int, str], dates: Iterable[Preview]) -> Quote:
    """What is filled in would cost so much; the form remembers that this was told."""
    if place is None:
        return Quote()
    actor = current_actor()
    timed = form.day.data and form.start.data and form.end.data and form.span().length > timedelta()
    quote = quote_for(
        actor,
        place,
        form.day.data or clock.today(),
        form.span() if timed else None,
        team_id=form.team_id.data,
        teams=mine,
        body_id=teams.body_named(form.body_name.data or "") if policies.can_manage(actor) else None,
        dates=[date.span for date in dates if date.is_possible],
    )
    form.told.data = str(quote.together if isinstance(form, SeriesForm) else quote.to_pay)
    return quote


def again(template: str, form: BookForm, error: DomainError, **values: Any) -> Response:
    """The rule's sentence, three alternatives, and everything that was typed."""
    form.take(error)
    hits = []
    if error.code in ("adult", "price"):  # nowhere else would do either: what is missing is on this form
        pass
    elif form.day.data and form.start.data and form.end.data and form.span().length > timedelta():
        wish = SearchWish(form.span(), form.people.data or 1, frozenset(form.equipment.data or ()))
        hits = search.alternatives_for(
            current_actor(),
            form.resource_id.data or 0,
            wish,
            now=clock.now(),
            team_id=form.team_id.data,
            units=form.units.data or 0,
        )
    form.key.data = secrets.token_urlsafe(24)
    over = search.too_many_for(form.people.data or 0, form.resource_id.data or 0)
    text = form_page(template, form, refusal=error, alternatives=hits, over=over, **values)
    return Response(text, status=error.status, mimetype="text/html")
