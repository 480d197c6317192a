"""The blueprints and what their views share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from wtforms.fields.choices import SelectChoice

from ...core import clock
from ...core.errors import Invalid
from ...core.forms import parse_day
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, named
from .. import policies, wording
from ..forms import options
from ..queries.place_rows import PlaceRow, place_rows
from ..services.placing import clash_sentence
from ..settings import GEAR, LAYOUTS
from ..working_days import note_in

bp = Blueprint("spaces", __name__, url_prefix="/spaces")
public_bp = Blueprint("spaces_public", __name__)


def asked_day(name: str = "day") -> date:
    """A date of the address; today when it is missing or no date."""
    try:
        return parse_day(request.args.get(name, ""))
    except Invalid:
        return clock.today()


def asked_int(name: str, default: int) -> int:
    return request.args.get(name, default, type=whole) or default


def choices(rows: dict[int, PlaceRow]) -> list[tuple[int, str]]:
    """Places for a select, the partners' with the name of their site."""
    return [
        (row.id, f"{named(row)} ({named(row, 'site_name')})" if row.is_partner else named(row))
        for row in rows.values()
    ]


def places_to_choose() -> dict[int, PlaceRow]:
    """Staff see the partners' places too."""
    return place_rows(partners=policies.can_manage(current_actor()))


def all_choices() -> list[SelectChoice]:
    """Places for a select."""
    return options(choices(places_to_choose()))


def outage_choices(places: dict[int, PlaceRow], people: dict[int, PlaceRow]) -> list[SelectChoice]:
    """What can be out of service: places, and people on duty who are away."""
    away = [(i, _("Người trực: %(name)s", name=row.name)) for i, row in people.items()]
    return options([*choices(places), *away])


def page(template: str, **values: Any) -> str:
    shared = {
        "now": clock.now(),
        "today": clock.today(),
        "one_day": timedelta(days=1),
        "explain": wording.explain,
        "clash_sentence": clash_sentence,
        "span_of": wording.span_of,
        "may_close": wording.may_close,
        "note_in": note_in,
        "gear_words": GEAR,
        "layouts": LAYOUTS,
    }
    return render_template(f"spaces/{template}.html", **{**shared, **values})
