"""Schools of a coordinator."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Entry, EntryState, Organisation
from .. import policies


def schools_of(actor: Actor) -> Sequence[Organisation]:
    ids = actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION) or set()
    return db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.sort_key)
    ).all()


def get_school_for(actor: Actor, slug: str) -> Organisation:
    found = db.session.scalar(sa.select(Organisation).where(Organisation.slug == slug))
    if found is None or not policies.can_register_for(actor, found.id):
        raise NotFound(_("Không có đơn vị này, hoặc tài khoản đang dùng không đăng ký cho đơn vị này được."))
    return found


def counts_by_school(organisation_ids: Sequence[int]) -> dict[tuple[int, int], dict[EntryState, int]]:
    """(edition, school) → how many entries in each state."""
    found: dict[tuple[int, int], dict[EntryState, int]] = {}
    if organisation_ids:
        for edition, school, state, count in db.session.execute(
            sa.select(Entry.edition_id, Entry.organisation_id, Entry.state, sa.func.count())
            .where(Entry.organisation_id.in_(organisation_ids))
            .group_by(Entry.edition_id, Entry.organisation_id, Entry.state)
        ):
            found.setdefault((edition, school or 0), {})[state] = count
    return found
