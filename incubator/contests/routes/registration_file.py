"""A school's teams from a file: drafts like those that are typed or pasted, on the same page."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import Invalid
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import Edition, Organisation
from .. import school_file, views
from ..forms.registration import read_rows
from ..queries import entries, import_rules
from ..registration_files import SourceFile
from .registration import again, bp, keep, load, tell_read


@bp.post("/<edition>/<school>/file")
@require(Permission.REGISTER_SCHOOL)
def from_file(edition: str, school: str) -> Any:
    """What is typed on the page is saved first; then the teams of the file become drafts beside it."""
    at, problem, made = clock.now(), "", 0
    left_out: list[str] = []
    typed = read_rows(request.form)
    row, organisation = load(edition, school)
    try:
        found = _read(row, organisation)
    except Invalid as refusal:
        found, problem = None, refusal.message
    with transaction():
        row, organisation = load(edition, school)
        kept = keep(typed, row, organisation, at)
        if found is not None:
            drafts, sent = entries.school_page(current_actor(), row.id, organisation.id)
            fresh, left_out = school_file.without_known(found, [*drafts, *sent])
            saved = keep(dict(enumerate(fresh)), row, organisation, at)
            made = sum(entry is not None for entry, _refused in saved.values())
            left_out += [text for _entry, text in saved.values() if text]
    if found is not None:
        _say(found, made, left_out)
    refused = {index: text for index, (_entry, text) in kept.items() if text}
    if problem or refused:
        return again(edition, school, typed, refused, at, problem)
    return go("registration.page", edition=edition, school=school)


def _read(edition: Edition, organisation: Organisation) -> school_file.FromFile:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid(_("Chưa chọn tệp. Chọn một tệp .xlsx, .xls, .ods hoặc .csv rồi bấm Đọc tệp."))
    file = SourceFile(upload.filename, upload.read(school_file.MOST_BYTES + 1))
    first = views.likely_division(edition, organisation).id
    return school_file.read(file, import_rules.rules_of(edition.id), edition, organisation, first)


def _say(found: school_file.FromFile, made: int, left_out: list[str]) -> None:
    if made:
        tell_read(made)
    if made and found.repaired:
        flash(_("Máy đã tự sửa: %(what)s.", what=found.repaired), "info")
    if left_out:
        flash(_("Không lấy: %(lines)s", lines=school_file.shown(left_out)), "warning")
    if found.notes:
        flash(_("Về tệp: %(lines)s", lines=school_file.shown(found.notes)), "info")
