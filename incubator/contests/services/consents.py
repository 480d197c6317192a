"""Consents: given per purpose, by the child and by the guardian apart, withdrawn at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...accounts.services import invite
from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import changed, db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.signals import consent_changed
from ...models import (
    Consent,
    ConsentParty,
    ConsentPurpose,
    ConsentText,
    Entry,
    Guardian,
    Invitation,
    InvitationKind,
    Person,
)
from .. import consent_texts, policies
from ..queries.consents import asked_of


@dataclass(frozen=True, slots=True)
class Said:
    """Who answered and how it is known."""

    party: ConsentParty
    method: str  # screen | link | paper
    typed_name: str = ""
    relation: str = ""
    scan_id: int | None = None
    confirmed_by_id: int | None = None


def ensure_texts(at: datetime) -> None:
    """Keep the texts that people are asked with in the database, so that each answer can be proved."""
    held = set(db.session.execute(sa.select(ConsentText.purpose, ConsentText.version, ConsentText.language)))
    rows = [
        {
            "purpose": purpose,
            "version": consent_texts.VERSION,
            "language": language,
            "text": text,
            "valid_from": at.date(),
        }
        for (purpose, language), text in consent_texts.TEXTS.items()
        if (purpose, consent_texts.VERSION, language) not in held
    ]
    if rows:
        db.session.execute(sa.insert(ConsentText), rows)


def answer(
    person: Person, answers: Mapping[ConsentPurpose, bool], said: Said, *, actor: Actor, at: datetime
) -> None:
    """Record one party's answers. Each is a new row; what was said before stays readable."""
    if said.party is ConsentParty.GUARDIAN and not (said.typed_name.strip() and said.relation.strip()):
        raise Invalid(_("Ghi họ tên và quan hệ của phụ huynh hoặc người giám hộ."), field="typed_name")
    ensure_texts(at)
    for purpose, given in answers.items():
        row = Consent(
            person_id=person.id,
            purpose=purpose,
            party=said.party,
            given=given,
            text_version=consent_texts.VERSION,
            method=said.method,
            typed_name=said.typed_name.strip()[:200],
            relation=said.relation.strip()[:40],
            scan_id=said.scan_id,
            confirmed_by_id=said.confirmed_by_id,
            at=at,
        )
        db.session.add(row)
        db.session.flush()
        activity.record(
            "contests.consent.answered",
            row,
            actor=actor,
            at=at,
            after={
                "person": person.id,
                "purpose": purpose,
                "party": said.party,
                "given": given,
                "method": said.method,
            },
        )
        consent_changed.send(person.id, purpose=purpose, at=at)


def record_paper(
    entry: Entry,
    person: Person,
    purposes: Collection[ConsentPurpose],
    *,
    relation: str,
    typed_name: str,
    actor: Actor,
    at: datetime,
    scan_id: int | None = None,
) -> None:
    """A signed paper that the coach holds: it speaks for guardian and child alike."""
    ensure(policies.can_record_consent(actor, entry))
    given = dict.fromkeys(purposes, True)
    for party, name, who in (
        (ConsentParty.GUARDIAN, typed_name, relation),
        (ConsentParty.SELF, person.full_name, ""),
    ):
        said = Said(party, "paper", name, who, scan_id=scan_id, confirmed_by_id=actor.person_id)
        answer(person, given, said, actor=actor, at=at)


def withdraw(
    person_id: int, purpose: ConsentPurpose, party: ConsentParty, *, actor: Actor, at: datetime
) -> int:
    """In force at once: pages and files that show the name are rebuilt by whoever hears `consent_changed`."""
    count = changed(
        sa.update(Consent)
        .where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            Consent.party == party,
            Consent.withdrawn_at.is_(None),
            Consent.given,
        )
        .values(withdrawn_at=at)
    )
    activity.record(
        "contests.consent.withdrawn",
        actor=actor,
        at=at,
        object_type="person",
        object_id=person_id,
        after={"purpose": purpose, "party": party},
    )
    consent_changed.send(person_id, purpose=purpose, at=at)
    return count


def record_withdrawal(
    entry: Entry, person: Person, purpose: ConsentPurpose, party: ConsentParty, *, actor: Actor, at: datetime
) -> None:
    """A guardian or child told coach or organiser that a consent is taken back. Raises Conflict when none stands."""
    ensure(policies.can_record_consent(actor, entry))
    if not withdraw(person.id, purpose, party, actor=actor, at=at):
        raise Conflict(_("Không có sự đồng ý nào đang có hiệu lực cho mục này."))


def invite_guardian(person: Person, entry: Entry, *, actor: Actor, at: datetime) -> Invitation:
    """A link for the guardian's phone; the newest one of a child counts, older ones stay valid."""
    ensure(policies.can_ask_guardians(actor, entry) or actor.person_id == person.id)
    return invite(
        InvitationKind.GUARDIAN,
        actor=actor,
        at=at,
        person_id=person.id,
        uses=None,
        entry_id=entry.id,
    )


def guardian_links(entry: Entry, *, actor: Actor, at: datetime) -> dict[int, Invitation]:
    """One link per member of an entry who needs a guardian, made where there is none yet."""
    day = clock.local(at).date()
    young = [a.person_id for a in asked_of(entry) if a.needs_guardian(day)]
    people = db.session.scalars(sa.select(Person).where(Person.id.in_(young)).order_by(Person.id)).all()
    held: dict[int, Invitation] = {}
    rows = db.session.scalars(
        sa.select(Invitation)
        .where(
            Invitation.kind == InvitationKind.GUARDIAN,
            Invitation.person_id.in_([p.id for p in people]),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > at,
        )
        .order_by(Invitation.id)
    )
    for row in rows:
        if row.person_id:
            held[row.person_id] = row
    for person in people:
        if person.id not in held:
            held[person.id] = invite_guardian(person, entry, actor=actor, at=at)
    return held


def keep_guardian(person_id: int, *, name: str, relation: str, phone: str | None, at: datetime) -> None:
    """Who answered for a child, by name; a phone that is not given again stays."""
    row = db.session.scalar(
        sa.select(Guardian).where(Guardian.child_id == person_id, Guardian.full_name == name)
    )
    if row is None:
        row = Guardian(child_id=person_id, full_name=name)
        db.session.add(row)
    row.relation, row.phone = relation[:40], phone or row.phone
    db.session.flush()


def answer_many(rows: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """Insert many answers at once, for lists on which a school has confirmed papers. Each: Consent's columns."""
    ensure_texts(at)
    base = {
        "text_version": consent_texts.VERSION,
        "typed_name": "",
        "relation": "",
        "given": True,
        "method": "paper",
    }
    if rows:
        db.session.execute(sa.insert(Consent), [{**base, "at": at, **row} for row in rows])
