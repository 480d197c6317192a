"""What the mails of this domain need joined: links from invitations, names from rows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..activity import services as activity
from ..core.access import Role
from ..core.together import Asking, alongside
from ..core.web import public_url
from ..models import Account, AddressClaim, Invitation, Organisation, Person
from . import queries
from .services import invitations

Contexts = list[dict[str, Any]]


@messages.builder("accounts/confirm")
def _confirm(contexts: Contexts) -> Asking[Contexts]:
    """Whose mailbox it is decides what it reads: a link for who may be new, a warning for who has an account."""
    both: list[Any] = yield from alongside(
        _with_link(contexts), _of_others({c["invitation_id"] for c in contexts})
    )
    linked, taken = both
    ways = {"sign_in": public_url("accounts.login"), "forgot": public_url("accounts.forgot")}
    return [
        {**words, **ways, "link": "" if c["invitation_id"] in taken else words["link"]}
        for c, words in zip(contexts, linked, strict=True)
    ]


def _of_others(invitation_ids: set[int]) -> Asking[Any]:
    """The invitations that ask for an address which another account holds."""
    rows = yield (
        sa.select(Invitation.id, Invitation.payload, Account.email)
        .join(AddressClaim, AddressClaim.account_id == Invitation.account_id)
        .join(Account, Account.email == AddressClaim.address)
        .where(Invitation.id.in_(invitation_ids), Account.id != Invitation.account_id)
    )
    return {r.id for r in rows if activity.digest(r.email) == r.payload.get("email")}


@messages.builder("accounts/reset", "accounts/invitation")
def _with_link(contexts: Contexts) -> Asking[Any]:
    rows = yield sa.select(
        Invitation.id, Invitation.payload, Invitation.role, Invitation.scope, Invitation.scope_id
    ).where(Invitation.id.in_({c["invitation_id"] for c in contexts}))
    found = {row.id: row for row in rows}
    names = yield from queries.names_of_scopes((r.scope, r.scope_id) for r in rows)
    return [_link_words(found.get(c["invitation_id"]), names) for c in contexts]


def _link_words(invitation: Any, names: queries.ScopeNames) -> dict[str, Any]:
    if invitation is None:
        return {"link": "", "role_name": "", "where": ""}
    return {
        "link": invitations.link_of(invitation),
        "role_name": queries.ROLE_NAMES.get(invitation.role, ""),
        "where": names.get((invitation.scope, invitation.scope_id), ("", ""))[0],
    }


@messages.builder("accounts/accepted")
def _accepted(contexts: Contexts) -> Asking[Contexts]:
    names = yield from _people({c["invited_id"] for c in contexts})
    return [
        {
            "name": names.get(c["invited_id"], ""),
            "role_name": queries.ROLE_NAMES[Role(c["role"])] if c.get("role") else "",
        }
        for c in contexts
    ]


@messages.builder("accounts/coordinator_verified")
def _verified(contexts: Contexts) -> Asking[Contexts]:
    schools = yield from _schools({c["organisation_id"] for c in contexts})
    return [{"school": schools.get(c["organisation_id"], "")} for c in contexts]


@messages.builder("accounts/teacher_joined")
def _joined(contexts: Contexts) -> Asking[Contexts]:
    names = yield from _people({c["teacher_id"] for c in contexts})
    schools = yield from _schools({c["organisation_id"] for c in contexts})
    return [
        {"name": names.get(c["teacher_id"], ""), "school": schools.get(c["organisation_id"], "")}
        for c in contexts
    ]


def _people(ids: set[int]) -> Asking[dict[int, str]]:
    rows = yield sa.select(Person.id, Person.full_name).where(Person.id.in_(ids))
    return dict(tuple(row) for row in rows)


def _schools(ids: set[int]) -> Asking[dict[int, str]]:
    rows = yield sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return dict(tuple(row) for row in rows)
