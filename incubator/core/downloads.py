"""Send stored files. Whoever calls has already passed the guarded loader of what the file belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Response, send_file

from . import files
from .db import db
from .errors import NotFound
from .i18n import _

INLINE = ("application/pdf", "image/jpeg", "image/png", "image/webp")


def send_stored(file_id: int, inline: bool = False) -> Response:
    """The bytes of a StoredFile with its sniffed type; shown in the page only for types that cannot run script."""
    row = db.session.execute(
        sa.text("SELECT sha256, media_type, name FROM stored_file WHERE id = :id"), {"id": file_id}
    ).first()
    if row is None:
        raise NotFound(_("Tệp này không còn trong kho. Báo quản trị hệ thống."))
    show = inline and row.media_type in INLINE
    response = send_file(
        files.open_file(row.sha256),
        mimetype=row.media_type,
        as_attachment=not show,
        download_name=row.name,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    if not show:  # browsers open no PDF in a sandbox
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
