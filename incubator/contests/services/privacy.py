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
from ...core.personal import first, moment
from ...core.signals import consent_changed
from ...core.together import Asking
from ...models import (
    Affiliation,
    Consent,
    DraftMember,
    Entry,
    EntryMember,
    Guardian,
    ImportBatch,
    ImportRow,
    Organisation,
    Person,
    PrivacyRequest,
    RoleGrant,
    RosterChange,
    Team,
)


def export(person_id: int) -> dict[str, Any]:
    """What every domain keeps about one person, in plain JSON types."""
    return personal.everything_about(person_id)


def tell(person_id: int) -> Asking[dict[str, Any]]:
    """What contests keep: the person, schools, guardians, entries, consents."""
    people, schools, guardians, members, consents = yield [
        sa.select(Person.full_name, Person.title, Person.phone, Person.email, Person.birth_date).where(
            Person.id == person_id
        ),
        sa.select(Affiliation.id, Organisation.name, Affiliation.part, Affiliation.class_name)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id == person_id),
        sa.select(Guardian.id, Guardian.full_name, Guardian.relation, Guardian.phone).where(
            Guardian.child_id == person_id
        ),
        sa.select(
            EntryMember.id, Entry.number, Team.name.label("team"), Organisation.name.label("school"),
            EntryMember.full_name, EntryMember.class_name, EntryMember.part,
        )
        .join(Entry, Entry.id == EntryMember.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(EntryMember.person_id == person_id),
        sa.select(
            Consent.id, Consent.purpose, Consent.party, Consent.given, Consent.method, Consent.text_version, Consent.at,
            Consent.withdrawn_at,
        ).where(Consent.person_id == person_id),
    ]  # fmt: skip
    return {
        "person": {
            "name": people[0].full_name, "title": people[0].title, "phone": people[0].phone, "email": people[0].email,
            "birth_date": people[0].birth_date.isoformat() if people[0].birth_date else None,
        } if people else None,
        "affiliations": [{"organisation": r.name, "part": r.part, "class": r.class_name} for r in sorted(schools, key=first)],
        "guardians": [
            {"name": r.full_name, "relation": r.relation, "phone": r.phone} for r in sorted(guardians, key=first)
        ],
        "entries": [
            {"number": r.number, "team": r.team, "school": r.school, "name": r.full_name, "class": r.class_name, "part": r.part}
            for r in sorted(members, key=first)
        ],
        "consents": [
            {"purpose": r.purpose, "party": r.party, "given": r.given, "method": r.method, "text_version": r.text_version,
             "at": moment(r.at), "withdrawn_at": moment(r.withdrawn_at)}
            for r in sorted(consents, key=first)
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
    db.session.flush()
    personal.blank_everywhere(personal.Leaving(person.id, was, person.full_name, at))
    db.session.flush()
    activity.record("contests.privacy.erased", person, actor=actor, at=at)
    consent_changed.send(person.id, purpose=None, at=at)


def blank(leaving: personal.Leaving) -> None:
    """Rows of the person, and where the name was written down beside it."""
    mine = leaving.person_id
    db.session.execute(
        sa.update(EntryMember)
        .where(EntryMember.person_id == mine)
        .values(full_name=leaving.blank, class_name="")
    )
    db.session.execute(sa.delete(DraftMember).where(DraftMember.person_id == mine))
    db.session.execute(sa.delete(Guardian).where(Guardian.child_id == mine))
    db.session.execute(
        sa.update(Affiliation)
        .where(Affiliation.person_id == mine)
        .values(class_name="", valid_to=leaving.at.date())
    )
    db.session.execute(
        sa.update(Consent)
        .where(Consent.person_id == mine)
        .values(typed_name="", relation="", withdrawn_at=sa.func.coalesce(Consent.withdrawn_at, leaving.at))
    )
    db.session.execute(
        sa.update(PrivacyRequest).where(PrivacyRequest.person_id == mine).values(contact="", text="")
    )
    _blank_copies(leaving)


def _blank_copies(leaving: personal.Leaving) -> None:
    """An entry of one, changes asked for, rows and summaries of files."""
    own = sa.select(EntryMember.entry_id).where(EntryMember.person_id == leaving.person_id)
    teams = sa.select(Entry.team_id).where(Entry.id.in_(own))
    for team in db.session.scalars(
        sa.select(Team).where(Team.id.in_(teams), Team.name.contains(leaving.name, autoescape=True))
    ):
        team.name = team.name.replace(leaving.name, leaving.blank)
    for change in db.session.scalars(sa.select(RosterChange).where(RosterChange.entry_id.in_(own))):
        # A spelling that was asked for is the name itself, written another way.
        change.change = {**change.change, "full_name": "", "birth_date": None}
    batches = set()
    for row in db.session.scalars(sa.select(ImportRow).where(ImportRow.entry_id.in_(own))):
        row.data = _without(row.data, leaving.name, leaving.blank)
        row.raw, row.repairs = {}, []
        batches.add(row.batch_id)
    for batch in db.session.scalars(sa.select(ImportBatch).where(ImportBatch.id.in_(batches))):
        batch.summary = personal.without_name(batch.summary, leaving)


def _without(data: dict[str, Any], name: str, blank: str) -> dict[str, Any]:
    """A row of a file without one of its people."""
    empty = {"name": blank, "birth_date": None, "birth_text": "", "class": ""}
    nobody = {"name": blank, "phone": "", "email": "", "title": ""}
    return {
        **data,
        "members": [{**m, **empty} if m["name"] == name else m for m in data["members"]],
        "coaches": [nobody if c["name"] == name else c for c in data["coaches"]],
    }
