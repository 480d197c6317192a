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


def entries_seen(actor: Actor) -> sa.ColumnElement[bool]:
    """Entries of the schools that the actor speaks for; of schools where they wait to be verified their own ones."""
    ids = actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION)
    if ids is None:
        return sa.true()
    verified = {i for i in ids if policies.is_verified_for(actor, i)}
    own = sa.and_(Entry.organisation_id.in_(ids - verified), Entry.author_id == (actor.person_id or 0))
    return sa.or_(Entry.organisation_id.in_(verified), own)


def get_verified_school_for(actor: Actor, slug: str) -> Organisation:
    """For what speaks of the whole school. Raises NotFound for a teacher whom no organiser has verified yet."""
    found = get_school_for(actor, slug)
    if not policies.speaks_for(actor, found.id):
        raise NotFound(_("Trang này mở sau khi Ban tổ chức xác nhận Thầy/Cô là người của trường."))
    return found


def get_school_for(actor: Actor, slug: str) -> Organisation:
    found = db.session.scalar(sa.select(Organisation).where(Organisation.slug == slug))
    if found is None or not policies.can_register_for(actor, found.id):
        raise NotFound(_("Không có đơn vị này, hoặc tài khoản đang dùng không đăng ký cho đơn vị này được."))
    return found


def counts_by_school(actor: Actor) -> dict[tuple[int, int], dict[EntryState, int]]:
    """(edition, school) → how many entries in each state, of those that the actor sees as a coordinator."""
    found: dict[tuple[int, int], dict[EntryState, int]] = {}
    for edition, school, state, count in db.session.execute(
        sa.select(Entry.edition_id, Entry.organisation_id, Entry.state, sa.func.count())
        .where(entries_seen(actor))
        .group_by(Entry.edition_id, Entry.organisation_id, Entry.state)
    ):
        found.setdefault((edition, school or 0), {})[state] = count
    return found
