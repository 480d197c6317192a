"""An entry's dossier: texts, whole files, files in pieces that go on after a lost line."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import signed_in
from ...core.db import transaction
from ...core.downloads import send_stored
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go, sent_file
from ...models import EntryFile
from .. import policies
from ..forms import entries as forms
from ..queries import editions, entries, entry_parts
from ..services import dossiers
from .entries import bp, page


@bp.post("/<int:entry_id>/dossier")
@signed_in
def save_dossier(entry_id: int) -> Any:
    form, actor = forms.DossierForm(), current_actor()
    try:
        with transaction():
            entry = entries.get_entry_for(actor, entry_id)
            more = editions.extensions_of([entry.edition_id])[entry.edition_id]
            dossiers.save_dossier(
                entry,
                more,
                title=form.title.data or "",
                field=form.field.data or "",
                abstract=form.abstract.data or "",
                video_url=form.video_url.data or "",
                actor=actor,
                at=clock.now(),
            )
    except Invalid as error:
        form.take(error)
        return page(entries.get_entry_for(actor, entry_id), dossier=form), 422
    flash(_("Đã lưu hồ sơ."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="ho-so")


@bp.post("/<int:entry_id>/files")
@signed_in
def add_file(entry_id: int) -> Any:
    """A whole file by the plain form."""
    data, name = sent_file("file")
    if not data:
        raise Invalid(_("Chọn một tệp trước khi gửi."), field="file")
    _store(entry_id, request.form.get("kind", ""), data, name)
    flash(_("Đã nhận tệp."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="ho-so")


def _store(entry_id: int, kind: str, data: bytes, name: str, begun_at: Any = None) -> EntryFile:
    actor = current_actor()
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        more = editions.extensions_of([entry.edition_id])[entry.edition_id]
        return dossiers.add_file(
            entry, more, kind=kind, data=data, name=name, actor=actor, at=clock.now(), begun_at=begun_at
        )


@bp.get("/<int:entry_id>/uploads/<upload_id>")
@signed_in
def upload_state(entry_id: int, upload_id: str) -> Response:
    """How much of an interrupted upload is here, so that the browser goes on from there."""
    entries.get_entry_for(current_actor(), entry_id)
    return jsonify(received=dossiers.Upload(current_actor(), upload_id).received)


@bp.post("/<int:entry_id>/uploads/<upload_id>")
@signed_in
def upload_piece(entry_id: int, upload_id: str) -> Response:
    """One piece (`start`, `total`, `kind`, `name` in the address); the last one puts the file into the dossier."""
    actor, at = current_actor(), clock.now()
    entry = entries.get_entry_for(actor, entry_id)
    if not policies.can_edit_dossier(actor, entry):
        raise NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))
    start, total = request.args.get("start", -1, type=whole), request.args.get("total", 0, type=whole)
    if start < 0 or not 0 < total <= dossiers.LARGEST:
        raise Invalid(_("Tệp quá lớn, nhiều nhất %(n)s MB.", n=dossiers.LARGEST // 1024 // 1024))
    upload = dossiers.Upload(actor, upload_id)
    received = upload.append(start, request.get_data(cache=False), at=at)
    if received < total:
        return jsonify(received=received)
    try:
        row = _store(
            entry_id,
            request.args.get("kind", ""),
            upload.take(),
            request.args.get("name", "tep"),
            upload.begun_at(),
        )
    finally:
        upload.drop()
    return jsonify(received=received, file_id=row.id)


@bp.get("/<int:entry_id>/files/<int:file_id>")
@signed_in
def download(entry_id: int, file_id: int) -> Response:
    return send_stored(entry_parts.get_file_for(current_actor(), entry_id, file_id).file_id, inline=True)


@bp.post("/<int:entry_id>/files/<int:file_id>/remove")
@signed_in
def remove_file(entry_id: int, file_id: int) -> Response:
    actor = current_actor()
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        row = entry_parts.get_file_for(actor, entry_id, file_id)
        more = editions.extensions_of([entry.edition_id])[entry.edition_id]
        dossiers.remove_file(entry, row, more, actor=actor, at=clock.now())
    flash(_("Đã bỏ tệp khỏi hồ sơ."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="ho-so")
