"""What people agreed to, and what they ask about their data."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, enum_column

__all__ = ["Consent", "ConsentParty", "ConsentPurpose", "ConsentText", "PrivacyRequest"]


class ConsentPurpose(StrEnum):
    TAKE_PART = "take_part"
    PUBLISH_NAME = "publish_name"
    PUBLISH_PICTURE = "publish_picture"
    INCUBATION = "incubation"
    CONTACT = "contact"


class ConsentParty(StrEnum):
    SELF = "self"
    GUARDIAN = "guardian"


class ConsentText(Base):
    """What exactly was agreed to: a text of a purpose, in a language, by version."""

    __tablename__ = "consent_text"
    __table_args__ = (sa.UniqueConstraint("purpose", "version", "language"),)

    purpose: Mapped[ConsentPurpose] = mapped_column(enum_column(ConsentPurpose))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(sa.String(5))
    text: Mapped[str] = mapped_column(sa.Text)
    valid_from: Mapped[date]


class Consent(Base):
    """One answer of one party for one purpose. A new answer is a new row; withdrawal is a date on the row."""

    __tablename__ = "consent"
    __table_args__ = (sa.Index("ix_consent_person_purpose", "person_id", "purpose"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_column(ConsentPurpose))
    party: Mapped[ConsentParty] = mapped_column(enum_column(ConsentParty))
    given: Mapped[bool]
    text_version: Mapped[int]
    method: Mapped[str] = mapped_column(sa.String(20))  # screen | link | paper
    typed_name: Mapped[str] = mapped_column(sa.String(200), default="")
    relation: Mapped[str] = mapped_column(sa.String(40), default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # the coach who saw it
    scan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class PrivacyRequest(Base):
    """A person's request about their data, with the clock the law sets (Decree 356, article 5)."""

    __tablename__ = "privacy_request"

    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # view | correct | copy | withdraw | restrict | delete
    contact: Mapped[str] = mapped_column(sa.String(254), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
