"""Pages of single rows of an import: look, compare, mend, leave out, rule on."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ..core import clock
from ..core.access import Permission, require
from ..core.i18n import _
from ..core.web import current_actor, go, named
from ..models import ImportBatch, ImportState
from . import import_forms as forms
from . import import_wording as wording
from .import_routes import Page, attempt, bp, load_batch
from .queries import imports as queries
from .queries.import_rules import rules_of
from .services import imports


@bp.route("/<int:batch_id>/rows/<int:row_id>", methods=["GET", "POST"])
@require(Permission.ENTRIES_IMPORT)
def row(edition: str, batch_id: int, row_id: int) -> Page:
    found, batch = load_batch(edition, batch_id)
    item = queries.get_row_for(current_actor(), batch, row_id)
    rules = rules_of(batch.edition_id)
    data = item.data
    form = forms.RowForm(
        team=data["team"],
        school=data["school"],
        division=data["division"] or "",
    )
    form.division.choices = [("", _("Chọn bảng")), *((rule.code, named(rule)) for rule in rules.divisions)]
    coaches = _typed_coaches() if request.method == "POST" else _known_coaches(data)
    members = _typed_members() if request.method == "POST" else _known_members(data)
    if form.validate_on_submit():
        values = {
            "team": form.team.data,
            "school": form.school.data,
            "division": form.division.data,
            "members": [member for member in members if member["name"]],
            "coaches": coaches,
        }
        if attempt(lambda: imports.settle(item, values, actor=current_actor(), at=clock.now())):
            return _after_settling(edition, batch, row_id)
    page = render_template(
        "contests/imports/row.html",
        edition=found,
        batch=batch,
        item=item,
        line=wording.row_line(item, rules),
        form=form,
        members=[*members, *[{"name": "", "birth": "", "class": ""}] * (2 if len(members) < 4 else 1)],
        coaches=[*coaches, {"name": "", "phone": "", "email": ""}],
        rival=queries.rival_of(item),
        open=batch.state in (ImportState.REVIEW, ImportState.DONE),
    )
    return page, 422 if form.errors else 200


def _known_members(data: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "name": member["name"],
            "birth": "/".join(reversed(member["birth_date"].split("-")))
            if member["birth_date"]
            else member["birth_text"],
            "class": member["class"],
        }
        for member in data["members"]
    ]


def _known_coaches(data: dict[str, Any]) -> list[dict[str, str]]:
    return [{**coach, "name": f"{coach['title']} {coach['name']}".strip()} for coach in data["coaches"]]


def _typed_coaches() -> list[dict[str, str]]:
    columns = [request.form.getlist(f"coach_{part}") for part in ("name", "phone", "email")]
    rows = [
        {"name": n.strip(), "phone": p.strip(), "email": e.strip()} for n, p, e in zip(*columns, strict=False)
    ]
    return [row for row in rows if any(row.values())]


def _typed_members() -> list[dict[str, str]]:
    columns = [request.form.getlist(f"member_{part}") for part in ("name", "birth", "class")]
    return [
        {"name": name.strip(), "birth": birth, "class": class_name}
        for name, birth, class_name in zip(*columns, strict=False)
        if name.strip() or birth.strip()
    ]


def _after_settling(edition: str, batch: ImportBatch, row_id: int) -> Response:
    """Back to the list when the row is ready, else to the row, which says what is still wrong."""
    item = queries.get_row_for(current_actor(), batch, row_id)
    if item.reason:
        flash(wording.why_held(item, rules_of(batch.edition_id)), "warning")
        return go("imports.row", edition=edition, batch_id=batch.id, row_id=row_id)
    flash(_("Đội %(team)s đã sẵn sàng nhập.", team=item.data["team"]), "success")
    return go("imports.review", edition=edition, batch_id=batch.id)


@bp.post("/<int:batch_id>/rows/<int:row_id>/<any('leave-out', 'take-back', 'two-pupils'):step>")
@require(Permission.ENTRIES_IMPORT)
def rule_row(edition: str, batch_id: int, row_id: int, step: str) -> Page:
    _found, batch = load_batch(edition, batch_id)
    item = queries.get_row_for(current_actor(), batch, row_id)
    service = {
        "leave-out": imports.leave_out,
        "take-back": imports.take_back,
        "two-pupils": imports.rule_distinct,
    }[step]
    if attempt(lambda: service(item, actor=current_actor(), at=clock.now())) and step == "leave-out":
        flash(_("Đã để riêng đội %(team)s: lượt này không nhập.", team=item.data["team"]), "success")
    return go("imports.review", edition=edition, batch_id=batch_id)
