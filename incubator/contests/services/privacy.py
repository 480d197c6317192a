"""A person's data: a copy of all of it, and deletion that leaves results, seals and counts as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...core.signals import consent_changed
from ...models import (
    Account,
    Affiliation,
    AuthCode,
    Consent,
    DraftMember,
    Entry,
    EntryMember,
    Guardian,
    ImportRow,
    Notification,
    Organisation,
    Person,
    PrivacyRequest,
    RoleGrant,
    RosterChange,
    SignIn,
    Team,
)


def export(person_id: int) -> dict[str, Any]:
    """What is kept about one person, in plain JSON types."""
    person = db.session.get_one(Person, person_id)
    consents = db.session.scalars(
        sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
    )
    members = db.session.execute(
        sa.select(EntryMember, Entry.number, Team.name, Organisation.name)
        .join(Entry, Entry.id == EntryMember.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(EntryMember.person_id == person_id)
    )
    schools = db.session.execute(
        sa.select(Organisation.name, Affiliation.part, Affiliation.class_name)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id == person_id)
    )
    guardians = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == person_id))
    return {
        "person": {
            "name": person.full_name, "title": person.title, "phone": person.phone, "email": person.email,
            "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        },
        "affiliations": [{"organisation": n, "part": p, "class": c} for n, p, c in schools],
        "guardians": [{"name": g.full_name, "relation": g.relation, "phone": g.phone} for g in guardians],
        "entries": [
            {"number": number, "team": team, "school": school, "name": m.full_name, "class": m.class_name, "part": m.part}
            for m, number, team, school in members
        ],
        "consents": [
            {"purpose": c.purpose, "party": c.party, "given": c.given, "method": c.method, "text_version": c.text_version,
             "at": c.at.isoformat(), "withdrawn_at": c.withdrawn_at.isoformat() if c.withdrawn_at else None}
            for c in consents
        ],
    }  # fmt: skip


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
    was = person.full_name
    person.full_name = f"#{person.id}"
    person.birth_date = person.email = person.phone = None
    person.title = person.salutation = ""
    person.erased_at = at
    _erase_rows(person, at)
    _erase_copies(person, was)
    db.session.flush()
    activity.record("contests.privacy.erased", person, actor=actor, at=at)
    consent_changed.send(person.id, purpose=None, at=at)


def _erase_rows(person: Person, at: datetime) -> None:
    blank = {"full_name": person.full_name, "class_name": ""}
    db.session.execute(sa.update(EntryMember).where(EntryMember.person_id == person.id).values(blank))
    db.session.execute(sa.delete(DraftMember).where(DraftMember.person_id == person.id))
    db.session.execute(sa.delete(Guardian).where(Guardian.child_id == person.id))
    db.session.execute(
        sa.update(Affiliation)
        .where(Affiliation.person_id == person.id)
        .values(class_name="", valid_to=at.date())
    )
    db.session.execute(
        sa.update(Consent)
        .where(Consent.person_id == person.id)
        .values(typed_name="", relation="", withdrawn_at=sa.func.coalesce(Consent.withdrawn_at, at))
    )
    account = db.session.scalar(sa.select(Account.id).where(Account.person_id == person.id))
    card = db.session.scalar(sa.select(AuthCode.id).where(AuthCode.person_id == person.id))
    db.session.execute(
        sa.update(SignIn)
        .where(
            sa.or_(SignIn.account_id == (account or 0), SignIn.auth_code_id == (card or 0)),
            SignIn.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    if account:
        db.session.execute(
            sa.update(Account)
            .where(Account.id == account)
            .values(email=f"deleted-{person.id}@invalid", phone=None, password_hash=None, disabled_at=at)
        )
    if card:
        db.session.execute(sa.update(AuthCode).where(AuthCode.id == card).values(disabled_at=at))


def _erase_copies(person: Person, name: str) -> None:
    """Where the name was written down beside the person: an entry of one, changes asked for, files, addresses."""
    own = sa.select(EntryMember.entry_id).where(EntryMember.person_id == person.id)
    teams = sa.select(Entry.team_id).where(Entry.id.in_(own))
    for team in db.session.scalars(
        sa.select(Team).where(Team.id.in_(teams), Team.name.contains(name, autoescape=True))
    ):
        team.name = team.name.replace(name, person.full_name)
    for change in db.session.scalars(sa.select(RosterChange).where(RosterChange.entry_id.in_(own))):
        if change.change.get("full_name") == name:
            change.change = {**change.change, "full_name": "", "birth_date": None}
    for row in db.session.scalars(sa.select(ImportRow).where(ImportRow.entry_id.in_(own))):
        row.data = _without(row.data, name, person.full_name)
        row.raw, row.repairs = {}, []
    db.session.execute(sa.update(Notification).where(Notification.person_id == person.id).values(address=""))
    db.session.execute(
        sa.update(PrivacyRequest).where(PrivacyRequest.person_id == person.id).values(contact="", text="")
    )


def _without(data: dict[str, Any], name: str, blank: str) -> dict[str, Any]:
    """A row of a file without one of its people."""
    empty = {"name": blank, "birth_date": None, "birth_text": "", "class": ""}
    nobody = {"name": blank, "phone": "", "email": "", "title": ""}
    return {
        **data,
        "members": [{**m, **empty} if m["name"] == name else m for m in data["members"]],
        "coaches": [nobody if c["name"] == name else c for c in data["coaches"]],
    }
