"""Certificates follow the published prizes: one for each member and coach, a sheet for the team, one for a school.

A correction revokes only those whose content changes; the others stay valid, under the version they were issued for.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import (
    Award,
    Certificate,
    Division,
    Edition,
    Entry,
    EntryMember,
    Person,
    PrizeTier,
    Publication,
    PublicationKind,
    Team,
)
from .. import policies
from ..snapshot import Snapshot, snapshot_of

CODE_BYTES = 18  # 144 bits


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate that should be valid. The key says who holds it for what; the content what the sheet says."""

    kind: str  # award: a person's; team: the team's sheet; organisation: a school's
    award_id: int
    entry_id: int | None
    person_id: int | None
    organisation_id: int | None
    content: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, int | None, int | None, int | None]:
        return (self.kind, self.entry_id, self.person_id, self.organisation_id)

    @property
    def hash(self) -> str:
        return hash_of(self.content)


@dataclass(frozen=True, slots=True)
class Issued:
    new: int
    kept: int
    revoked: int


def hash_of(content: Mapping[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def issue_certificates(publication: Publication, *, actor: Actor, at: datetime) -> Issued:
    """Make the valid certificates of the edition those of this version: add, revoke, replace. Safe to run twice."""
    ensure(policies.can_issue(actor, publication.edition_id))
    if (
        publication.kind != PublicationKind.OFFICIAL
        or publication.visible_at > at
        or publication.cancelled_at
    ):
        raise Conflict(_("Giấy chứng nhận chỉ cấp theo kết quả chính thức đã công bố."))
    lock_rows(Edition, [publication.edition_id])
    edition = db.session.get_one(Edition, publication.edition_id)
    wanted = {w.key: w for w in wanted_for(edition, snapshot_of(publication.payload))}
    valid = {key_of(c): c for c in valid_certificates(edition.id)}
    fresh = {k: w for k, w in wanted.items() if k not in valid or valid[k].content_hash != w.hash}
    codes = _insert(edition, publication, fresh, at)
    gone = [c for k, c in valid.items() if k not in wanted or k in fresh]
    for certificate in gone:
        certificate.revoked_at = at
        certificate.revoke_reason = publication.reason[:500] or _("Nội dung thay đổi theo kết quả mới.")
        certificate.replaced_by_id = codes.get(key_of(certificate))
    db.session.flush()
    result = Issued(len(fresh), len(wanted) - len(fresh), len(gone))
    activity.record(
        "publishing.certificates.issued",
        publication,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={
            "new": result.new,
            "kept": result.kept,
            "revoked": result.revoked,
            "version": publication.version,
        },
    )
    return result


def key_of(c: Certificate) -> tuple[str, int | None, int | None, int | None]:
    """What two versions of one certificate have in common."""
    return (
        c.kind,
        c.entry_id,
        c.person_id,
        c.content.get("organisation_id") if c.kind == "organisation" else None,
    )


def valid_certificates(edition_id: int) -> list[Certificate]:
    """Certificates in force for prizes, teams and schools."""
    return list(
        db.session.scalars(
            sa.select(Certificate).where(
                Certificate.edition_id == edition_id,
                Certificate.revoked_at.is_(None),
                Certificate.kind.in_(("award", "team", "organisation")),
            )
        )
    )


def _insert(
    edition: Edition, publication: Publication, fresh: Mapping[Any, Wanted], at: datetime
) -> dict[tuple[str, int | None, int | None, int | None], int]:
    """Number and store new certificates in one statement; their ids by key."""
    if not fresh:
        return {}
    used = (
        db.session.scalar(
            sa.select(sa.func.count(Certificate.id)).where(Certificate.edition_id == edition.id)
        )
        or 0
    )
    mark = edition.slug.upper() if len(edition.slug) <= 24 else f"E{edition.id}"
    rows = [
        {
            "number": f"{used + n:04d}/GCN-{mark}",
            "code": secrets.token_urlsafe(CODE_BYTES),
            "kind": w.kind,
            "edition_id": edition.id,
            "publication_id": publication.id,
            "award_id": w.award_id,
            "entry_id": w.entry_id,
            "person_id": w.person_id,
            "content": dict(w.content),
            "content_hash": w.hash,
            "issued_at": at,
            "revoke_reason": "",
        }
        for n, w in enumerate(fresh.values(), start=1)
    ]
    db.session.execute(sa.insert(Certificate), rows)
    codes = {row["code"] for row in rows}
    return {key_of(c): c.id for c in valid_certificates(edition.id) if c.code in codes}


def wanted_for(edition: Edition, snapshot: Snapshot) -> list[Wanted]:
    """What the published prizes entitle to: four queries."""
    awards = {
        a.id: a
        for a in db.session.scalars(
            sa.select(Award).where(Award.id.in_([g.award_id for g in snapshot.awards]))
        )
    }
    tiers = {
        t.id: t for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == edition.id))
    }
    entries = _entries([g.entry_id for g in snapshot.awards if g.entry_id])
    members = _members(list(entries))
    found: list[Wanted] = []
    for given in snapshot.awards:
        award, tier = awards[given.award_id], tiers[given.tier_id]
        base = {
            "edition": edition.name,
            "tier_id": tier.id,
            "prize": tier.name,
            "paper": tier.paper,
            "school": award.organisation_name,
            "area": award.area_name,
        }
        if given.entry_id is None:
            content = {**base, "organisation_id": given.organisation_id}
            found.append(Wanted("organisation", award.id, None, None, given.organisation_id, content))
            continue
        team, division = entries[given.entry_id]
        about = {**base, "team": team, "division": division}
        if given.person_id is None and team:  # who enters alone without a team gets one certificate, the own
            found.append(Wanted("team", award.id, given.entry_id, None, None, about))
        for person_id, part, digest in members.get(given.entry_id, ()):
            if given.person_id not in (None, person_id):
                continue  # a prize of one person of the team
            found.append(
                Wanted(
                    "award",
                    award.id,
                    given.entry_id,
                    person_id,
                    None,
                    {**about, "part": part, "holder": digest},
                )
            )
    # An entry with two prizes gets the certificates of the better one; the order of the awards is by prize.
    best: dict[Any, Wanted] = {}
    for wanted in found:
        best.setdefault(wanted.key, wanted)
    return list(best.values())


def _entries(ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        sa.select(Entry.id, Team.name, Division.name.label("division"))
        .join(Team, Team.id == Entry.team_id)
        .join(Division, Division.id == Entry.division_id)
        .where(Entry.id.in_(ids))
    )
    return {r.id: (r.name, r.division) for r in rows}


def _members(entry_ids: list[int]) -> dict[int, list[tuple[int, str, str]]]:
    """(person, part, digest of the name) per entry: the digest makes a mended spelling a new content."""
    rows = db.session.execute(
        sa.select(EntryMember.entry_id, EntryMember.person_id, EntryMember.part, EntryMember.full_name)
        .join(Person, Person.id == EntryMember.person_id)
        .where(
            EntryMember.entry_id.in_(entry_ids), EntryMember.ended_at.is_(None), Person.erased_at.is_(None)
        )
        .order_by(EntryMember.entry_id, EntryMember.position)
    )
    found: dict[int, list[tuple[int, str, str]]] = {}
    for r in rows:
        found.setdefault(r.entry_id, []).append((r.person_id, str(r.part), activity.digest(r.full_name)))
    return found
