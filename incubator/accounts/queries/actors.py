"""The actor of a request in one statement, and where they work."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Grant, Role, ScopeKind
from ...core.db import UTCDateTime, db
from ...core.i18n import _
from ...core.navigation import Workplace
from ...core.text.numerals import is_whole
from ...core.together import Asking
from ...models import (
    Account,
    AuthCode,
    Invitation,
    Person,
    RoleGrant,
    SignIn,
)
from .. import tokens
from .roles import ROLE_NAMES, names_of_scopes

# Built once: putting this statement together costs more than running it, and every request runs it.
_now: Any = sa.bindparam("now", type_=UTCDateTime())
_ACTOR = (
    sa.select(
        SignIn.secret_hash,
        SignIn.account_id,
        SignIn.auth_code_id,
        Person.id,
        Person.full_name,
        Person.locale,
        RoleGrant.role,
        RoleGrant.scope,
        RoleGrant.scope_id,
        RoleGrant.verified_at,
        SignIn.invitation_id,
        Invitation.role.label("link_role"),
        Invitation.scope.label("link_scope"),
        Invitation.scope_id.label("link_edition"),
    )
    .outerjoin(Account, Account.id == SignIn.account_id)
    .outerjoin(AuthCode, AuthCode.id == SignIn.auth_code_id)
    .outerjoin(Invitation, Invitation.id == SignIn.invitation_id)
    .join(Person, Person.id == sa.func.coalesce(Account.person_id, AuthCode.person_id))
    .outerjoin(
        RoleGrant,
        sa.and_(
            RoleGrant.person_id == Person.id,
            RoleGrant.valid_from <= _now,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > _now),
        ),
    )
    .where(
        SignIn.id == sa.bindparam("sign_in", type_=sa.Integer),
        SignIn.ended_at.is_(None),
        Account.disabled_at.is_(None),
        AuthCode.disabled_at.is_(None),
        Invitation.revoked_at.is_(None),
        sa.or_(Invitation.expires_at.is_(None), Invitation.expires_at > _now),
    )
)


def load_actor(session_key: str) -> Actor | None:
    """The actor behind a session cookie, or None: sign-in, account or code, person and grants in one SELECT."""
    sign_in_id, _dot, secret = session_key.partition(".")
    if not is_whole(sign_in_id):
        return None
    db.session.flush()  # what a session writes it sees; the statement goes past its machinery
    rows = db.session.connection().execute(_ACTOR, {"sign_in": int(sign_in_id), "now": clock.now()}).all()
    if not rows or rows[0].secret_hash != tokens.code_hash(secret):
        return None
    first = rows[0]
    # A card opens a pupil's own things, whatever roles the person holds with an account (docs/access.md).
    held = [r for r in rows if r.role is not None and first.auth_code_id is None]
    # Others have had a judge's link in hand: it opens the part it was made for, and no other of the person.
    by_link = first.invitation_id is not None
    if by_link:
        held = [
            r for r in held if (r.role, r.scope, r.scope_id) == (r.link_role, r.link_scope, r.link_edition)
        ]
    grants = tuple(Grant(r.role, r.scope, r.scope_id) for r in held if _counts(r))
    waiting = tuple(r.scope_id for r in held if r.role is Role.COORDINATOR and r.verified_at is None)
    return Actor(
        person_id=first.id,
        account_id=None if by_link else first.account_id,
        name=first.full_name,
        grants=grants,
        sign_in_id=int(sign_in_id),
        locale=first.locale,
        is_pupil=first.auth_code_id is not None,
        link_edition=(first.link_edition or 0) if by_link else None,
        extra={
            "session_key": session_key,
            "unverified_organisations": waiting,
            "invitation_id": first.invitation_id,
        },
    )


def actor_of_person(person_id: int) -> Actor:
    """What somebody may do now, apart from a session: nothing while the account is closed."""
    held = db.session.execute(
        sa.select(RoleGrant.role, RoleGrant.scope, RoleGrant.scope_id, RoleGrant.verified_at)
        .outerjoin(Account, Account.person_id == RoleGrant.person_id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.valid_from <= _now,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > _now),
            Account.disabled_at.is_(None),
        ),
        {"now": clock.now()},
    ).all()
    return Actor(
        person_id=person_id, grants=tuple(Grant(r.role, r.scope, r.scope_id) for r in held if _counts(r))
    )


def _counts(row: Any) -> bool:
    """An unverified coordinator already drafts for the school; every other role counts once given."""
    return row.role is Role.COORDINATOR or row.verified_at is not None


def workplaces_of(actor: Actor) -> Asking[list[Workplace]]:
    """Where the actor works; the personal place comes last."""
    names = yield from names_of_scopes((g.scope, g.scope_id) for g in actor.grants)
    places = []
    for grant in sorted(set(actor.grants), key=lambda g: (list(Role).index(g.role), -(g.scope_id or 0))):
        name, slug = names.get((grant.scope, grant.scope_id), (_("Toàn hệ thống"), ""))
        places.append(
            Workplace(grant.role, grant.scope, grant.scope_id, str(ROLE_NAMES[grant.role]), name, slug)
        )
    if actor.link_edition is not None:
        return places
    personal = Workplace(Role.MEMBER, ScopeKind.SYSTEM, None, _("Cá nhân"), actor.name)
    return [*places, personal] if personal.key not in {p.key for p in places} else places
