"""Who may be meant by a name in somebody else's list (docs/decisions/0037).

Whoever signs up or joins a team by its link writes any name, birth date and address. A teacher who later puts down the pupil of
that name, or a coach with that phone, means somebody else: the row of the stranger gets no part in the entry.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from ...core.access import Role, ScopeKind
from ...models import Account, Affiliation, AffiliationPart, Consent, ConsentParty, Person, RoleGrant

_account = sa.exists().where(Account.person_id == Person.id)


def signs_in_nowhere() -> sa.ColumnElement[bool]:
    return ~_account


def put_down_by_others() -> sa.ColumnElement[bool]:
    """Pupils who stand in the lists of schools: who made an account or came in by a team's link is known by own words only."""
    came_by_link = sa.exists().where(
        Consent.person_id == Person.id, Consent.party == ConsentParty.SELF, Consent.method == "link"
    )
    return sa.and_(~_account, ~came_by_link)


def of_organisation(organisation_id: int) -> sa.ColumnElement[bool]:
    """Whom this school, college or office has put down before: another one that types a pupil's name and birth date gets a
    row of its own, because with a row go the pupil's answers, cards and guardians (docs/decisions/0038)."""
    return sa.exists().where(
        Affiliation.person_id == Person.id, Affiliation.organisation_id == organisation_id
    )


def teaching() -> sa.Subquery:
    """Who (`person_id`) is known as a teacher of which school (`organisation_id`): by its own lists, where no account speaks
    for the person, or as one whom an organiser has verified."""
    listed = (
        sa.select(Affiliation.person_id, Affiliation.organisation_id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(Affiliation.part == AffiliationPart.TEACHER, signs_in_nowhere())
    )
    verified = sa.select(RoleGrant.person_id, RoleGrant.scope_id.label("organisation_id")).where(
        RoleGrant.role == Role.COORDINATOR,
        RoleGrant.scope == ScopeKind.ORGANISATION,
        RoleGrant.verified_at.is_not(None),
        RoleGrant.valid_to.is_(None),
    )
    return sa.union(listed, verified).subquery("teaching")


def teaches_at(organisation_id: int) -> sa.ColumnElement[bool]:
    """Who is meant by a teacher's name alone in a list of the school."""
    who = teaching()
    return Person.id.in_(sa.select(who.c.person_id).where(who.c.organisation_id == organisation_id))


def addresses() -> tuple[sa.ColumnElement[str | None], sa.ColumnElement[str | None]]:
    """Phone and e-mail that say who a person is, NULL where an account only claims them."""
    return _address(Person.phone, Account.phone), _address(Person.email, Account.email)


def _address(typed: Any, held: Any) -> sa.ColumnElement[str | None]:
    holds = sa.exists().where(Account.person_id == Person.id, held == typed)
    return sa.case((sa.or_(~_account, holds), typed), else_=sa.null())


def reached_by(phones: Collection[str | None], emails: Collection[str | None]) -> sa.ColumnElement[bool]:
    """People whom one of these addresses reaches."""
    phone, email = addresses()
    return sa.or_(phone.in_({p for p in phones if p}), email.in_({e for e in emails if e}))
