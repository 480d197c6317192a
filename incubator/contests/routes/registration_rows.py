"""Rows of the registration page that come one by one from its script, or many at once from a spreadsheet."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import Invalid
from ...core.i18n import _
from ...core.text import compare_key, proper_case_name, proper_case_title
from ...core.web import current_actor, go
from ...models import Edition
from .. import pasted, school_file, views
from ..forms.registration import read_rows
from ..queries import entries, entry_parts, facts, import_rules
from ..registration_files import SourceFile, read_files
from ..services.drafts import CoachInput, MemberInput, RowInput
from .registration import bp, keep, load, tell_read

MOST_PASTED = 200_000


@bp.post("/<edition>/<school>/row")
@require(Permission.REGISTER_SCHOOL)
def autosave(edition: str, school: str) -> Response:
    """One row saved by the page's script; answers with state and sentences, 409 when another window was first."""
    at = clock.now()
    typed = read_rows(request.form)
    if len(typed) != 1:
        raise Invalid(_("Chỉ lưu từng đội một."))
    with transaction():
        row, organisation = load(edition, school)
        [(entry, refused)] = keep(typed, row, organisation, at).values()
    if refused:
        return _json_refusal(refused)
    if entry is None:
        return jsonify(entry_id=None)
    still_open = entries.open_entries_of(current_actor(), row.id, organisation.id)
    [fresh] = [e for e in still_open if e.id == entry.id]
    problems = facts.problems_of([e for e in still_open if e.id <= fresh.id], at=at)[fresh.id]
    returned = entry_parts.last_return([fresh.id] if fresh.state == "returned" else []).get(fresh.id)
    view = views.row_view(
        0, 0, views.typed_from(fresh), fresh.division, entry=fresh, problems=problems, returned=returned
    )
    return jsonify(**views.as_json(view), saved=clock.local(at).strftime("%H:%M"))


def _json_refusal(text: str) -> Response:
    response = jsonify(error=text)
    response.status_code = 409
    return response


@bp.post("/<edition>/<school>/paste")
@require(Permission.REGISTER_SCHOOL)
def paste(edition: str, school: str) -> Any:
    """Rows copied from a spreadsheet become drafts."""
    at = clock.now()
    text = request.form.get("text", "")
    if not text.strip():
        raise Invalid(_("Chưa có dòng nào. Chép các dòng từ bảng tính rồi dán vào ô."))
    if len(text) > MOST_PASTED:
        raise Invalid(_("Phần dán quá dài. Gửi cả tệp ở mục Gửi tệp, hoặc dán làm nhiều lần."))
    with transaction():
        row, organisation = load(edition, school)
        typed = rows_from_text(text, row, views.likely_division(row, organisation).id)
        saved = keep(dict(enumerate(typed)), row, organisation, at)
    made = sum(entry is not None for entry, _refused in saved.values())
    if made:
        tell_read(made)
    else:
        flash(
            _(
                "Không đọc được đội nào từ phần đã dán. Mỗi dòng một đội: tên đội, rồi họ tên, ngày sinh, lớp của từng em, giáo viên, điện thoại."
            ),
            "error",
        )
    return go("registration.page", edition=edition, school=school)


def rows_from_text(text: str, edition: Edition, first: int) -> list[RowInput]:
    """With a header by the reader of files, else by the position of cells; `first` is taken where no division is named."""
    rules = import_rules.rules_of(edition.id)
    reading = read_files([SourceFile("dan.tsv", text.encode())], rules)
    by_slug = {d.slug: d.id for d in edition.divisions}
    if reading.rows:
        return [school_file.row_input(row, by_slug, first) for row in reading.rows]
    found = pasted.read(text, views.division_keys(edition.divisions), compare_key)
    return [
        RowInput(
            proper_case_title(t.team),
            by_slug.get(t.division, first),
            tuple(MemberInput(proper_case_name(m.name), m.birth_date, m.class_name) for m in t.members),
            CoachInput(proper_case_name(t.coach), t.phone, t.email),
        )
        for t in found
        if t.members or t.team
    ]
