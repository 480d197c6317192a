"""What the mails of this domain need joined: links from invitations, names from rows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.access import Role
from ..core.together import Asking
from ..models import Invitation, Organisation, Person
from . import queries
from .services import invitations

Contexts = list[dict[str, Any]]


@messages.builder("accounts/reset", "accounts/confirm", "accounts/invitation")
def _with_link(contexts: Contexts) -> Asking[Contexts]:
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
