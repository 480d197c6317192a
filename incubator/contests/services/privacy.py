"""A person's data: a copy of all of it, and deletion that leaves results, seals and counts as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core import personal
from ...core.access import Actor, Permission, ensure
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...core.signals import consent_changed
from ...models import Account, Person, RoleGrant


def export(person_id: int) -> dict[str, Any]:
    """What every domain keeps about one person, in plain JSON types."""
    return personal.everything_about(person_id)


def erase(person_id: int, *, actor: Actor, at: datetime) -> None:
    """Delete what names a person: the row stays, empty, so that teams, awards and seals keep pointing at it.

    Published payloads and the audit trail hold ids and digests only, so neither changes. Raises Conflict
    for somebody who still has work to do in a role.
    """
    ensure(actor.has(Permission.PEOPLE_MANAGE))
    person = db.session.get_one(Person, person_id)
    if person.erased_at is not None:
        raise Conflict(_("Dữ liệu của người này đã được xóa."))
    living = db.session.scalar(
        sa.select(RoleGrant.id).where(RoleGrant.person_id == person_id, RoleGrant.valid_to.is_(None)).limit(1)
    )
    if living:
        raise Conflict(_("Người này còn vai trò trong hệ thống. Thu hồi vai trò trước khi xóa dữ liệu."))
    was, addresses = person.full_name, _addresses_of(person)
    person.full_name = f"#{person.id}"
    person.birth_date = person.email = person.phone = None
    person.title = person.salutation = ""
    person.erased_at = at
    db.session.flush()
    personal.blank_everywhere(personal.Leaving(person.id, was, person.full_name, at, addresses))
    db.session.flush()
    activity.record("contests.privacy.erased", person, actor=actor, at=at)
    consent_changed.send(person.id, purpose=None, at=at)


def _addresses_of(person: Person) -> frozenset[str]:
    """What the account holds, and what was typed about the person where no account of another's holds it."""
    account = db.session.scalar(sa.select(Account).where(Account.person_id == person.id))
    held = {account.email, account.phone} if account else set()
    typed = {person.email, person.phone} - held
    others = sa.select(Account).where(
        Account.person_id != person.id, sa.or_(Account.email.in_(typed), Account.phone.in_(typed))
    )
    taken = {a for row in db.session.scalars(others) for a in (row.email, row.phone)}
    return frozenset(a for a in held | (typed - taken) if a)
