"""A person's data: a copy of all of it, and deletion that leaves results, seals and counts as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core import personal
from ...core.access import Actor, Permission, ensure
from ...core.db import after_commit, db
from ...core.errors import Conflict
from ...core.i18n import _
from ...core.personal import first, moment
from ...core.signals import consent_changed
from ...core.text import compare_key
from ...core.together import Asking
from ...models import (
    Account,
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
    TeamMember,
)
from . import dossiers


def export(person_id: int) -> dict[str, Any]:
    """What every domain keeps about one person, in plain JSON types."""
    return personal.everything_about(person_id)


def tell(person_id: int) -> Asking[dict[str, Any]]:
    """What contests keep: the person, schools, guardians, entries, consents."""
    people, schools, guardians, members, consents, drafts, teams, changes, asked = yield [
        sa.select(Person.full_name, Person.title, Person.phone, Person.email, Person.birth_date).where(
            Person.id == person_id
        ),
        sa.select(Affiliation.id, Organisation.name, Affiliation.part, Affiliation.class_name)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id == person_id),
        sa.select(Guardian.id, Guardian.full_name, Guardian.relation, Guardian.phone, Guardian.email).where(
            sa.or_(Guardian.child_id == person_id, Guardian.person_id == person_id)
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
            Consent.withdrawn_at, Consent.typed_name, Consent.relation,
        ).where(Consent.person_id == person_id),
        sa.select(
            Entry.id, Team.name.label("team"), Entry.state, Entry.created_at, DraftMember.full_name, DraftMember.class_name,
            DraftMember.birth_date_text, DraftMember.phone, DraftMember.email,
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(
            DraftMember, sa.and_(DraftMember.entry_id == Entry.id, DraftMember.person_id == person_id)
        )
        .where(sa.or_(Entry.author_id == person_id, DraftMember.person_id == person_id)),
        sa.select(TeamMember.id, Team.name.label("team"), TeamMember.part, TeamMember.valid_from, TeamMember.valid_to)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.person_id == person_id),
        sa.select(RosterChange.id, RosterChange.change, RosterChange.reason, RosterChange.state, RosterChange.requested_at)
        .outerjoin(EntryMember, EntryMember.id == RosterChange.member_id)
        .where(sa.or_(EntryMember.person_id == person_id, RosterChange.requested_by_id == person_id)),
        sa.select(
            PrivacyRequest.id, PrivacyRequest.kind, PrivacyRequest.contact, PrivacyRequest.text, PrivacyRequest.received_at,
            PrivacyRequest.answer,
        ).where(PrivacyRequest.person_id == person_id),
    ]  # fmt: skip
    return {
        "person": {
            "name": people[0].full_name, "title": people[0].title, "phone": people[0].phone, "email": people[0].email,
            "birth_date": people[0].birth_date.isoformat() if people[0].birth_date else None,
        } if people else None,
        "affiliations": [{"organisation": r.name, "part": r.part, "class": r.class_name} for r in sorted(schools, key=first)],
        "guardians": [
            {"name": r.full_name, "relation": r.relation, "phone": r.phone, "email": r.email}
            for r in sorted(guardians, key=first)
        ],
        "entries": [
            {"number": r.number, "team": r.team, "school": r.school, "name": r.full_name, "class": r.class_name, "part": r.part}
            for r in sorted(members, key=first)
        ],
        "consents": [
            {"purpose": r.purpose, "party": r.party, "given": r.given, "method": r.method, "text_version": r.text_version,
             "at": moment(r.at), "withdrawn_at": moment(r.withdrawn_at), "typed_name": r.typed_name, "relation": r.relation}
            for r in sorted(consents, key=first)
        ],
        "begun": [
            {"team": r.team, "state": r.state, "at": moment(r.created_at), "name": r.full_name, "class": r.class_name,
             "birth_date": r.birth_date_text, "phone": r.phone, "email": r.email}
            for r in sorted(drafts, key=first)
        ],
        "teams": [
            {"team": r.team, "part": r.part, "from": moment(r.valid_from), "to": moment(r.valid_to)}
            for r in sorted(teams, key=first)
        ],
        "changes_asked_for": [
            {"change": r.change, "reason": r.reason, "state": r.state, "at": moment(r.requested_at)}
            for r in sorted(changes, key=first)
        ],
        "requests": [
            {"kind": r.kind, "contact": r.contact, "text": r.text, "at": moment(r.received_at), "answer": r.answer}
            for r in sorted(asked, key=first)
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


def blank(leaving: personal.Leaving) -> None:
    """Rows of the person, and where the name was written down beside it."""
    mine = leaving.person_id
    db.session.execute(
        sa.update(EntryMember)
        .where(EntryMember.person_id == mine)
        .values(full_name=leaving.blank, class_name="")
    )
    db.session.execute(sa.delete(DraftMember).where(DraftMember.person_id == mine))
    db.session.execute(
        sa.delete(Guardian).where(sa.or_(Guardian.child_id == mine, Guardian.person_id == mine))
    )
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
    after_commit(dossiers.drop_unfinished, mine)
    _blank_copies(leaving)


def _blank_copies(leaving: personal.Leaving) -> None:
    """An entry of one, changes asked for, rows and summaries of files."""
    own = sa.select(EntryMember.entry_id).where(EntryMember.person_id == leaving.person_id)
    teams = sa.select(Entry.team_id).where(Entry.id.in_(own))
    for team in db.session.scalars(
        sa.select(Team).where(Team.id.in_(teams), Team.name.contains(leaving.name, autoescape=True))
    ):
        team.name = team.name.replace(leaving.name, leaving.blank)
    _blank_changes(leaving, own)
    batches = set()
    for row in db.session.scalars(sa.select(ImportRow).where(ImportRow.entry_id.in_(own))):
        row.data = _without(row.data, leaving.name, leaving.blank)
        row.raw, row.repairs = {}, []
        batches.add(row.batch_id)
    for batch in db.session.scalars(sa.select(ImportBatch).where(ImportBatch.id.in_(batches))):
        batch.summary = personal.without_name(batch.summary, leaving)


def _blank_changes(leaving: personal.Leaving, own: sa.Select[Any]) -> None:
    """Changes asked for about this person, not about the others of the team; what still waits can no longer be granted."""
    rows = db.session.execute(
        sa.select(RosterChange, EntryMember.person_id)
        .outerjoin(EntryMember, EntryMember.id == RosterChange.member_id)
        .where(RosterChange.entry_id.in_(own))
    )
    for change, person_id in rows.all():
        named = compare_key(str(change.change.get("full_name") or "")) == compare_key(leaving.name)
        if person_id != leaving.person_id and not named:
            continue
        # A spelling that was asked for is the name itself, written another way.
        change.change = {**change.change, "full_name": "", "birth_date": None}
        change.reason = ""
        if change.state == "requested":
            change.state, change.decided_at, change.answer = (
                "declined",
                leaving.at,
                _("Dữ liệu của người này đã được xóa."),
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
