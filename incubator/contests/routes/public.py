"""Contests as visitors see them: no cookie is read or set here."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from ...core import clock
from ...core.access import public
from ...core.downloads import send_stored
from ...core.errors import NotFound
from ...core.i18n import _, lazy
from ...core.navigation import links_of_edition
from ...models import Edition, EntryState
from .. import dossier, eligibility, wording
from ..queries import editions
from ..stages import EditionState

bp = Blueprint("public_contests", __name__)
LANGUAGE = "<any(vi, en):lang>"
GROUPS = (
    (lazy("Đang nhận đăng ký"), (EditionState.REGISTERING,)),
    (lazy("Sắp mở và đang thi"), (EditionState.ANNOUNCED, EditionState.PREPARING, EditionState.RUNNING)),
    (lazy("Đã có kết quả"), (EditionState.PUBLISHED,)),
)


@bp.get(f"/{LANGUAGE}/contests")
@public
def index(lang: str) -> str:
    at = clock.now()
    found = editions.public_editions(at)
    more = editions.extensions_of([e.id for e in found])
    counts = editions.entry_counts([e.id for e in found])
    rows = [(e, editions.state_of(e, more[e.id], at), counts[e.id][EntryState.ACCEPTED]) for e in found]
    groups = [(heading, [r for r in rows if r[1] in kinds]) for heading, kinds in GROUPS]
    return render_template(
        "contests/public_index.html", groups=[g for g in groups if g[1]], states=wording.EDITION_STATES
    )


@bp.get(f"/{LANGUAGE}/contests/<edition>")
@public
def show(lang: str, edition: str) -> str:
    at = clock.now()
    row = editions.get_public_edition(edition, at)
    return render_template("contests/public_show.html", **page_of(row), related=links_of_edition(row))


def page_of(row: Edition) -> dict[str, object]:
    """Values of the public page; the organiser's preview shows the same."""
    at = clock.now()
    more = editions.extensions_of([row.id])[row.id]
    divisions = [
        (
            d,
            wording.rules(eligibility.from_json(d.eligibility)),
            wording.dossier(dossier.from_json(d.dossier)),
        )
        for d in row.divisions
    ]
    own = {r for d in row.divisions for r in eligibility.from_json(d.eligibility).registrants}
    return {
        "edition": row,
        "state_now": editions.state_of(row, more, at),
        "states": wording.EDITION_STATES,
        "divisions": divisions,
        "prizes": editions.prizes_of(row.id),
        "closes": editions.deadline_of(row, None, more),
        "moment": wording.moment,
        "host_parts": wording.HOST_PARTS,
        "stage_kinds": wording.STAGE_KINDS,
        "self_registration": bool(own - {eligibility.Registrant.COACH}),
        "by_school": eligibility.Registrant.COACH in own,
    }


@bp.get(f"/{LANGUAGE}/contests/<edition>/rules.pdf")
@public
def rules_file(lang: str, edition: str) -> Response:
    row = editions.get_public_edition(edition, clock.now())
    if row.rules_file_id is None:
        raise NotFound(_("Cuộc thi này chưa đăng văn bản thể lệ."))
    return send_stored(row.rules_file_id, inline=True)
