"""The judges of a stage with their links: who has one, who has come in by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core import clock
from ...core.access import ScopeKind
from ...core.db import db
from ...models import Account, Invitation, InvitationKind, Panel, PanelMember, Person, Stage
from .panels import ensure_member


@dataclass(frozen=True, slots=True)
class Invited:
    """A judge of the stage, once however many panels."""

    person: Person
    email: str
    phone: str
    link: Invitation | None

    @property
    def name(self) -> str:
        return f"{self.person.title} {self.person.full_name}".strip()

    @property
    def came(self) -> datetime | None:
        return self.link.used_at if self.link else None


def living_links(
    stage: Stage, person_ids: Sequence[int] | None = None, *, at: datetime
) -> dict[int, Invitation]:
    """Person -> the link that works at that moment."""
    rows = db.session.scalars(
        sa.select(Invitation)
        .where(
            Invitation.kind == InvitationKind.SIGN_IN,
            Invitation.scope == ScopeKind.EDITION,
            Invitation.scope_id == stage.edition_id,
            Invitation.revoked_at.is_(None),
            sa.or_(Invitation.expires_at.is_(None), Invitation.expires_at > at),
            sa.true() if person_ids is None else Invitation.person_id.in_(person_ids),
        )
        .order_by(Invitation.id)
    )
    return {r.person_id: r for r in rows if r.person_id and r.payload.get("stage") == stage.id}


def invited_to(stage: Stage, *, at: datetime) -> list[Invited]:
    """All judges of the stage by given name; two statements."""
    links = living_links(stage, at=at)
    rows = db.session.execute(
        sa.select(
            Person,
            sa.func.coalesce(Account.email, Person.email),
            sa.func.coalesce(Account.phone, Person.phone),
        )
        .join(PanelMember, PanelMember.person_id == Person.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Panel.stage_id == stage.id)
        .order_by(Person.sort_key, Person.id)
    ).all()
    seen: dict[int, Invited] = {}
    for person, email, phone in rows:
        seen.setdefault(person.id, Invited(person, email or "", phone or "", links.get(person.id)))
    return list(seen.values())


def get_invitation(stage: Stage, person_id: int) -> tuple[Person, Invitation | None]:
    """The person and the living link of this stage, if one was made."""
    ensure_member(stage, person_id)
    person = db.session.get_one(Person, person_id)
    return person, living_links(stage, [person_id], at=clock.now()).get(person_id)
