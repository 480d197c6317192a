"""People for who manages them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs, Page, order, paginate, words_match
from ...models import (
    Account,
    Person,
    RoleGrant,
)
from .. import policies


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: Person
    account: Account | None
    grants: list[RoleGrant]

    @property
    def signs_in_by(self) -> str:
        """What the account holds, else what the person typed and has not proven."""
        if self.account is None:
            return ""
        return self.account.email or self.account.phone or self.person.email or self.person.phone or ""


def people_page(args: ListArgs) -> Page:
    """People who have an account, for the administrator: three queries."""
    statement = (
        sa.select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(words_match(Person.search_key, args.key))
    )
    if args.filters.get("role"):
        living = sa.select(RoleGrant.person_id).where(
            RoleGrant.role == args.filters["role"], RoleGrant.valid_to.is_(None)
        )
        statement = statement.where(Person.id.in_(living))
    page = paginate(
        order(statement, args, {"name": Person.sort_key, "created": Person.created_at}, Person.id), args
    )
    ids = [p.id for p in page.items]
    accounts = (
        {a.person_id: a for a in db.session.scalars(sa.select(Account).where(Account.person_id.in_(ids)))}
        if ids
        else {}
    )
    grants: dict[int, list[RoleGrant]] = {}
    for grant in _living_grants(ids):
        grants.setdefault(grant.person_id, []).append(grant)
    rows = [PersonRow(p, accounts.get(p.id), grants.get(p.id, [])) for p in page.items]
    return Page(items=rows, total=page.total, args=args)


def _living_grants(person_ids: Iterable[int]) -> Sequence[RoleGrant]:
    ids = list(person_ids)
    if not ids:
        return []
    return db.session.scalars(
        sa.select(RoleGrant)
        .where(RoleGrant.person_id.in_(ids), RoleGrant.valid_to.is_(None))
        .order_by(RoleGrant.id)
    ).all()


def get_person_for(actor: Actor, person_id: int) -> PersonRow:
    """A person with account and grants, for who manages people."""
    person = db.session.scalar(sa.select(Person).where(Person.id == person_id))
    if person is None or not policies.can_see_person(actor, person_id):
        raise NotFound(_("Không có người này, hoặc tài khoản đang dùng không xem được."))
    account = db.session.scalar(sa.select(Account).where(Account.person_id == person_id))
    return PersonRow(person, account, list(_living_grants([person_id])))


def own_person(actor: Actor) -> Person:
    """The row of whoever is signed in, by account or by card."""
    return db.session.get_one(Person, actor.person_id)


def person_name(person_id: int | None) -> str:
    return (
        db.session.scalar(sa.select(Person.full_name).where(Person.id == person_id)) or ""
        if person_id
        else ""
    )
