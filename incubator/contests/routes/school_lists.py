"""The list that the principal stamps: a page to print, and the upload of its scan."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import Invalid
from ...core.i18n import _
from ...core.web import current_actor, go, sent_file
from ..queries import editions, entry_parts, schools
from ..services import school_lists

bp = Blueprint("school_lists", __name__, url_prefix="/registration/<edition>/<school>/list")


@bp.get("/")
@require(Permission.REGISTER_SCHOOL)
def show(edition: str, school: str) -> str:
    organisation = schools.get_verified_school_for(current_actor(), school)
    row = editions.get_public_edition(edition, clock.now())
    return render_template(
        "contests/school_list.html",
        edition=row,
        school=organisation,
        today=clock.today(),
        entries=entry_parts.list_for_stamp(row.id, organisation.id),
        lists=entry_parts.school_lists_of(row.id, organisation.id),
    )


@bp.post("/")
@require(Permission.REGISTER_SCHOOL)
def upload(edition: str, school: str) -> Response:
    data, name = sent_file("file")
    try:
        with transaction():
            organisation = schools.get_verified_school_for(current_actor(), school)
            row = editions.get_public_edition(edition, clock.now())
            school_lists.upload(row, organisation, data, name, actor=current_actor(), at=clock.now())
        flash(_("Đã nhận bản có dấu của trường."), "success")
    except Invalid as refusal:  # told on the page that the list is printed from
        flash(refusal.message, "error")
    return go("school_lists.show", edition=edition, school=school)
