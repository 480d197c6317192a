"""Cards for pupils: chosen from a list, printed at once; a PIN is never shown again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from ...activity.messages import absolute
from ...core import clock, qr
from ...core.access import Permission, require, signed_in
from ...core.db import transaction
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import is_whole
from ...core.web import current_actor, named
from ...models import Edition, Entry
from .. import policies, wording
from ..queries import cards as reads
from ..queries import editions, entries, entry_parts, schools
from ..services import cards

bp = Blueprint("cards", __name__)
Back = tuple[str, str]  # what the page one came from is called, and its address
SCHOOL = "/registration/<edition>/<school>/cards"


@bp.get(SCHOOL)
@require(Permission.REGISTER_SCHOOL)
def of_school(edition: str, school: str) -> Any:
    """All pupils of the school in this edition."""
    return _page(*_school(edition, school))


@bp.post(SCHOOL)
@require(Permission.REGISTER_SCHOOL)
def give_to_school(edition: str, school: str) -> Any:
    return _give(lambda: _school(edition, school))


def _school(edition: str, school: str) -> tuple[Edition, Sequence[Entry], Back]:
    organisation = schools.get_verified_school_for(current_actor(), school)
    row = editions.get_announced_edition(edition, clock.now())
    found = entry_parts.list_for_stamp(row.id, organisation.id)
    back = url_for("registration.page", edition=edition, school=school)
    return row, [e for e in found if policies.can_give_cards(current_actor(), e)], (named(row), back)


@bp.get("/entries/<int:entry_id>/cards")
@signed_in
def of_entry(entry_id: int) -> Any:
    return _page(*_entry(entry_id))


@bp.post("/entries/<int:entry_id>/cards")
@signed_in
def give_to_entry(entry_id: int) -> Any:
    return _give(lambda: _entry(entry_id))


def _entry(entry_id: int) -> tuple[Edition, Sequence[Entry], Back]:
    entry = entries.get_entry_for(current_actor(), entry_id)
    if not policies.can_give_cards(current_actor(), entry):
        raise NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))
    back = url_for("entries.show", entry_id=entry_id)
    return entry.edition, [entry], (wording.called(entry), back)


def _page(edition: Edition, found: Sequence[Entry], back: Back, error: str = "") -> Any:
    pupils = cards.pupils_of(found)
    html = render_template(
        "contests/cards.html",
        edition=edition,
        pupils=pupils,
        back=back,
        error=error,
        held=reads.since([m.person_id for m, _entry_ in pupils]),
    )
    return (html, 422) if error else html


def _give(load: Any) -> Any:
    """The answer is the page to print, not a redirect: what it shows is stored nowhere."""
    ids = [int(i) for i in request.form.getlist("person") if is_whole(i)][:500]
    try:
        with transaction():
            edition, found, back = load()
            made = cards.give(found, ids, actor=current_actor(), at=clock.now())
    except Invalid as error:
        edition, found, back = load()
        return _page(edition, found, back, error.message)
    address = absolute(url_for("accounts.login_by_code"))
    return _kept_nowhere(
        render_template(
            "contests/cards_print.html",
            edition=edition,
            cards=made,
            back=back,
            address=address,
            qr=qr.picture(address),
        )
    )


def _kept_nowhere(html: str) -> Response:
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response
