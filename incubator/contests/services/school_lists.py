"""The school's list with the principal's stamp: printed, scanned, uploaded, ticked by the organiser."""

from __future__ import annotations

from datetime import datetime

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Edition, Organisation, SchoolList
from .. import policies
from .editions import store_file


def upload(
    edition: Edition, school: Organisation, data: bytes, name: str, *, actor: Actor, at: datetime
) -> SchoolList:
    """Keep a scan (PDF or picture). A newer one stands beside the older."""
    ensure(policies.speaks_for(actor, school.id))
    if not data:
        raise Invalid(_("Chọn bản quét hoặc ảnh chụp danh sách đã đóng dấu."), field="file")
    stored = store_file(
        data, name, owner_id=actor.person_id, at=at, allowed=("application/pdf", "image/jpeg", "image/png")
    )
    row = SchoolList(
        edition_id=edition.id,
        organisation_id=school.id,
        scan_id=stored.id,
        uploaded_by_id=actor.person_id,
        uploaded_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record(
        "contests.school_list.uploaded",
        row,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={"organisation": school.id},
    )
    return row


def tick(row: SchoolList, edition: Edition, *, actor: Actor, at: datetime) -> None:
    """The organiser has seen stamp and signature."""
    ensure(policies.can_decide(actor, edition))
    if row.accepted_at is None:
        row.accepted_at, row.accepted_by_id = at, actor.person_id
        activity.record("contests.school_list.accepted", row, actor=actor, at=at, edition_id=edition.id)
