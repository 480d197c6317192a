"""What the mails of this domain need joined: links from invitations, names from rows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.access import Role
from ..core.db import db
from ..models import Invitation, Organisation
from . import queries
from .services import invitations


def _with_link(context: dict[str, Any]) -> dict[str, Any]:
    invitation = db.session.scalar(sa.select(Invitation).where(Invitation.id == context["invitation_id"]))
    if invitation is None:
        return {"link": "", "invitation": None, "role_name": "", "where": ""}
    role = queries.ROLE_NAMES.get(invitation.role) if invitation.role else ""
    return {
        "link": invitations.link_of(invitation),
        "invitation": invitation,
        "role_name": role,
        "where": queries.where(invitation),
    }


for _kind in ("accounts/reset", "accounts/confirm", "accounts/invitation"):
    messages.builder(_kind)(_with_link)


@messages.builder("accounts/coordinator_verified")
def _school(context: dict[str, Any]) -> dict[str, Any]:
    name = db.session.scalar(
        sa.select(Organisation.name).where(Organisation.id == context["organisation_id"])
    )
    return {"school": name or ""}


@messages.builder("accounts/accepted")
def _accepted(context: dict[str, Any]) -> dict[str, Any]:
    role = context.get("role")
    return {
        "name": queries.person_name(context["invited_id"]),
        "role_name": queries.ROLE_NAMES.get(Role(role)) if role else "",
    }


@messages.builder("accounts/teacher_joined")
def _joined(context: dict[str, Any]) -> dict[str, Any]:
    return {"name": queries.person_name(context["teacher_id"]), **_school(context)}
