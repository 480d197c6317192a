"""The page behind a certificate's code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...contests.naming import initials
from ...contests.queries.naming import may_name, names_instead
from ...core import clock
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.text import compare_key
from ...models import Certificate, Edition, Person, Publication, PublicationKind


@dataclass(frozen=True, slots=True)
class Verified:
    certificate: Certificate
    edition: Edition
    publication: Publication
    current_version: int
    team: str  # "" where it is called after a member who has not agreed
    holder: str  # the full name with consent, initials without, "" for teams and schools
    full: bool
    replacement: Certificate | None

    @property
    def state(self) -> str:
        if self.certificate.revoked_at is None:
            return "valid"
        return "superseded" if self.replacement else "revoked"


def verified(now: datetime, *, code: str = "", number: str = "") -> Verified:
    """By code, or by number (then without initials). Nothing before the hour of its publication."""
    condition = Certificate.code == code if code else Certificate.number == number.strip().upper()
    row = db.session.execute(
        sa.select(Certificate, Publication, Edition)
        .join(Publication, Publication.id == Certificate.publication_id)
        .join(Edition, Edition.id == Certificate.edition_id)
        .where(condition, Publication.visible_at <= now, Publication.cancelled_at.is_(None))
    ).first()
    if row is None:
        raise NotFound(_("Không có giấy chứng nhận với mã này. Kiểm tra lại mã, hoặc hỏi Ban Tổ chức."))
    certificate, publication, edition = row
    current = db.session.scalar(
        sa.select(sa.func.max(Publication.version)).where(
            Publication.edition_id == edition.id,
            Publication.kind == PublicationKind.OFFICIAL,
            Publication.subject == publication.subject,
            Publication.visible_at <= now,
            Publication.cancelled_at.is_(None),
        )
    )
    replacement = (
        db.session.get(Certificate, certificate.replaced_by_id) if certificate.replaced_by_id else None
    )
    holder, full = _holder(certificate, now) if code else ("", False)
    team = str(certificate.content.get("team") or "")
    if certificate.entry_id and names_instead([certificate.entry_id]):
        team = ""
    return Verified(
        certificate, edition, publication, current or publication.version, team, holder, full, replacement
    )


def _holder(certificate: Certificate, now: datetime) -> tuple[str, bool]:
    name = _name(certificate)
    if not name or certificate.person_id is None:
        return "", False
    if may_name(certificate.person_id, now.astimezone(clock.LOCAL).date()):
        return name, True
    return initials(name), False


def _name(certificate: Certificate) -> str:
    if certificate.person_id is None:
        return ""
    return (
        db.session.scalar(
            sa.select(Person.full_name).where(Person.id == certificate.person_id, Person.erased_at.is_(None))
        )
        or ""
    )


def is_holder(certificate: Certificate, typed: str) -> bool:
    """Whether the typed name is the holder's; case, tone placement and blanks do not matter."""
    name = _name(certificate)
    return bool(name) and compare_key(" ".join(typed.split())) == compare_key(" ".join(name.split()))
