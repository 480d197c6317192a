"""What contests keep about a person: the person, schools, guardians, entries, consents, requests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import after_commit, db
from ..core.i18n import _
from ..core.personal import Chapter, Leaving, moment, telling, without_name
from ..core.text import compare_key
from ..models import (
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
    RosterChange,
    Team,
    TeamMember,
)
from .services import dossiers

_PERSON = Chapter(
    "person",
    lambda person_id: sa.select(
        Person.id, Person.full_name, Person.title, Person.phone, Person.email, Person.birth_date
    ).where(Person.id == person_id),
    lambda r: {
        "name": r.full_name,
        "title": r.title,
        "phone": r.phone,
        "email": r.email,
        "birth_date": r.birth_date.isoformat() if r.birth_date else None,
    },
    one=True,
)
_SCHOOLS = Chapter(
    "affiliations",
    lambda person_id: (
        sa.select(Affiliation.id, Organisation.name, Affiliation.part, Affiliation.class_name)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(Affiliation.person_id == person_id)
    ),
    lambda r: {"organisation": r.name, "part": r.part, "class": r.class_name},
)
_GUARDIANS = Chapter(
    "guardians",
    lambda person_id: sa.select(
        Guardian.id, Guardian.full_name, Guardian.relation, Guardian.phone, Guardian.email
    ).where(sa.or_(Guardian.child_id == person_id, Guardian.person_id == person_id)),
    lambda r: {"name": r.full_name, "relation": r.relation, "phone": r.phone, "email": r.email},
)
_ENTRIES = Chapter(
    "entries",
    lambda person_id: (
        sa.select(
            EntryMember.id,
            Entry.number,
            Team.name.label("team"),
            Organisation.name.label("school"),
            EntryMember.full_name,
            EntryMember.class_name,
            EntryMember.part,
        )
        .join(Entry, Entry.id == EntryMember.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(EntryMember.person_id == person_id)
    ),
    lambda r: {
        "number": r.number,
        "team": r.team,
        "school": r.school,
        "name": r.full_name,
        "class": r.class_name,
        "part": r.part,
    },
)
_CONSENTS = Chapter(
    "consents",
    lambda person_id: sa.select(
        Consent.id,
        Consent.purpose,
        Consent.party,
        Consent.given,
        Consent.method,
        Consent.text_version,
        Consent.at,
        Consent.withdrawn_at,
        Consent.typed_name,
        Consent.relation,
    ).where(Consent.person_id == person_id),
    lambda r: {
        "purpose": r.purpose,
        "party": r.party,
        "given": r.given,
        "method": r.method,
        "text_version": r.text_version,
        "at": moment(r.at),
        "withdrawn_at": moment(r.withdrawn_at),
        "typed_name": r.typed_name,
        "relation": r.relation,
    },
)
_DRAFTS = Chapter(
    "begun",
    lambda person_id: (
        sa.select(
            Entry.id,
            Team.name.label("team"),
            Entry.state,
            Entry.created_at,
            DraftMember.full_name,
            DraftMember.class_name,
            DraftMember.birth_date_text,
            DraftMember.phone,
            DraftMember.email,
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(DraftMember, sa.and_(DraftMember.entry_id == Entry.id, DraftMember.person_id == person_id))
        .where(sa.or_(Entry.author_id == person_id, DraftMember.person_id == person_id))
    ),
    lambda r: {
        "team": r.team,
        "state": r.state,
        "at": moment(r.created_at),
        "name": r.full_name,
        "class": r.class_name,
        "birth_date": r.birth_date_text,
        "phone": r.phone,
        "email": r.email,
    },
)
_TEAMS = Chapter(
    "teams",
    lambda person_id: (
        sa.select(
            TeamMember.id,
            Team.name.label("team"),
            TeamMember.part,
            TeamMember.valid_from,
            TeamMember.valid_to,
        )
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.person_id == person_id)
    ),
    lambda r: {"team": r.team, "part": r.part, "from": moment(r.valid_from), "to": moment(r.valid_to)},
)
_CHANGES = Chapter(
    "changes_asked_for",
    lambda person_id: (
        sa.select(
            RosterChange.id,
            RosterChange.change,
            RosterChange.reason,
            RosterChange.state,
            RosterChange.requested_at,
        )
        .outerjoin(EntryMember, EntryMember.id == RosterChange.member_id)
        .where(sa.or_(EntryMember.person_id == person_id, RosterChange.requested_by_id == person_id))
    ),
    lambda r: {"change": r.change, "reason": r.reason, "state": r.state, "at": moment(r.requested_at)},
)
_REQUESTS = Chapter(
    "requests",
    lambda person_id: sa.select(
        PrivacyRequest.id,
        PrivacyRequest.kind,
        PrivacyRequest.contact,
        PrivacyRequest.text,
        PrivacyRequest.received_at,
        PrivacyRequest.answer,
    ).where(PrivacyRequest.person_id == person_id),
    lambda r: {
        "kind": r.kind,
        "contact": r.contact,
        "text": r.text,
        "at": moment(r.received_at),
        "answer": r.answer,
    },
)
tell = telling(_PERSON, _SCHOOLS, _GUARDIANS, _ENTRIES, _CONSENTS, _DRAFTS, _TEAMS, _CHANGES, _REQUESTS)


def blank(leaving: Leaving) -> None:
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


def _blank_copies(leaving: Leaving) -> None:
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
        batch.summary = without_name(batch.summary, leaving)


def _blank_changes(leaving: Leaving, own: sa.Select[Any]) -> None:
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
