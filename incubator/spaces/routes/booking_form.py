"""The form behind every “Đặt” button: filled from the address, read into a wish, shown again with its refusal."""

from __future__ import annotations

import secrets
from datetime import time, timedelta
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from ...core import clock
from ...core.errors import DomainError
from ...core.web import current_actor
from ...models import Purpose
from .. import policies
from ..finding import Wish as SearchWish
from ..forms import BookForm, SearchForm, default_start
from ..intervals import Span, local_time
from ..queries import search
from ..queries.world import place_rows
from ..services.booking_rows import Wish
from .base import asked_day, page


def prefill() -> dict[str, Any]:
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


def form_page(template: str, form: BookForm, **values: Any) -> str:
    place = place_rows(ids=[form.resource_id.data or 0]).get(form.resource_id.data or 0)
    induction = None
    if place is not None and place.rules.training:
        induction = search.next_induction(place.rules.training, clock.now())
    asks_adult = search.needs_adult(current_actor())
    return page(
        template, form=form, place=place, induction=induction, asks_adult=asks_adult,
        is_staff=policies.can_manage(current_actor()), **values,
    )  # fmt: skip


def again(template: str, form: BookForm, error: DomainError, **values: Any) -> Response:
    """The rule's sentence, three alternatives, and everything that was typed."""
    form.take(error)
    hits = []
    if form.day.data and form.start.data and form.end.data and form.span().length > timedelta():
        wish = SearchWish(form.span(), form.people.data or 1, frozenset(form.equipment.data or ()))
        hits = search.alternatives_for(current_actor(), form.resource_id.data, wish, now=clock.now())
    form.key.data = secrets.token_urlsafe(24)
    text = form_page(template, form, refusal=error, alternatives=hits, **values)
    return Response(text, status=error.status, mimetype="text/html")
