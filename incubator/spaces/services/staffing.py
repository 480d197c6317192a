"""Who is on duty at the centre: people as resources, with a roster and as many machines as they can watch at once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Person, Resource, ResourceKind, Site, Supervision
from .. import policies
from ..queries.setup import staff_of
from .places import coming

MOST_WATCHED = 20


def add(person_id: int, site: Site, units: int, *, actor: Actor, at: datetime) -> Resource:
    """Put a person on the roster of a site, or change how many machines the person watches at once."""
    ensure(policies.can_manage(actor, site.id))
    if person_id not in {i for i, _name in staff_of(site.id, at)}:
        raise Invalid(_("Chọn một người là nhân viên của cơ sở."), field="person_id")
    if not 1 <= units <= MOST_WATCHED:
        raise Invalid(_("Số máy trông cùng lúc từ 1 đến %(most)s.", most=MOST_WATCHED), field="units")
    lock_rows(Person, [person_id])
    row = db.session.scalar(
        sa.select(Resource).where(Resource.kind == ResourceKind.PERSON, Resource.person_id == person_id)
    )
    if row is None:
        person = db.session.get_one(Person, person_id)
        row = Resource(
            slug=f"person-{person_id}",
            kind=ResourceKind.PERSON,
            name=person.full_name[:160],
            person_id=person_id,
        )
        db.session.add(row)
    if row.id is not None and units < row.units and coming(row.id, at):
        raise Conflict(
            _("Người này còn ca trực sắp tới: giảm số máy sau khi các lượt đó xong."), code="coming"
        )
    before = {"units": row.units, "site": row.site_id} if row.id is not None else None
    row.site_id, row.units, row.retired_at = site.id, units, None
    db.session.flush()
    activity.record(
        "spaces.duty.set", row, actor=actor, at=at, before=before, after={"units": units, "site": site.id}
    )
    return row


def remove(resource_id: int, *, actor: Actor, at: datetime) -> Resource:
    """Off the roster; refused while uses to come rest on the person."""
    lock_rows(Resource, [resource_id])
    row = get(resource_id, actor=actor)
    if coming(row.id, at):
        raise Conflict(
            _("Người này còn ca trực sắp tới: báo vắng ở trang Máy hỏng, đóng cửa để chuyển người khác."),
            code="coming",
        )
    db.session.execute(sa.delete(Supervision).where(Supervision.supervisor_id == row.id))
    row.site_id = None
    db.session.flush()
    activity.record("spaces.duty.ended", row, actor=actor, at=at)
    return row


def get(resource_id: int, *, actor: Actor) -> Resource:
    row = db.session.get(Resource, resource_id)
    if row is None or row.kind is not ResourceKind.PERSON or row.site_id is None:
        raise NotFound(_("Không có người trực này."))
    if not policies.can_manage(actor, row.site_id):
        raise NotFound(_("Không có người trực này."))
    return row
