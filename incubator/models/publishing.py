"""What has been published. Payloads hold ids, never names: those are joined under the consent of the moment."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .contests import Edition

__all__ = ["Appeal", "Certificate", "Document", "Figure", "Photo", "Post", "Publication", "PublicationKind"]


class PublicationKind(StrEnum):
    ELIGIBLE = "eligible"
    SCHEDULE = "schedule"
    FINALISTS = "finalists"
    PROVISIONAL = "provisional"
    OFFICIAL = "official"


class Publication(Base):
    """One version of one published list. Immutable, but for being withdrawn before its hour."""

    __tablename__ = "publication"
    __table_args__ = (sa.UniqueConstraint("edition_id", "kind", "subject", "version"),)

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    kind: Mapped[PublicationKind] = mapped_column(enum_column(PublicationKind))
    subject: Mapped[str] = mapped_column(
        sa.String(60), default=""
    )  # "", or "stage:<id>", "stage_division:<id>"
    version: Mapped[int]
    payload: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(sa.String(64))
    visible_at: Mapped[datetime]  # the embargo: nothing is visible before, decided by the clock at reading
    decision_number: Mapped[str] = mapped_column(sa.String(60), default="")
    decision_date: Mapped[date | None]
    signer: Mapped[str] = mapped_column(sa.String(120), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # of a correction
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]  # only while still under embargo
    settled_at: Mapped[datetime | None]  # its hour was acted on: states, messages, certificates

    edition: Mapped[Edition] = relationship(lazy="raise")


class Appeal(Base):
    """Khiếu nại about a published result, answered in writing."""

    __tablename__ = "appeal"

    publication_id: Mapped[int] = mapped_column(sa.ForeignKey("publication.id"), index=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(20), default="open")  # open | upheld | declined | withdrawn
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class Certificate(Base):
    """A certificate of one person or team, bound to the publication it rests on."""

    __tablename__ = "certificate"
    __table_args__ = (sa.UniqueConstraint("code"), sa.UniqueConstraint("number"))

    number: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(40))  # at least 128 bits, in the QR code
    kind: Mapped[str] = mapped_column(sa.String(40), default="award")  # award | team | attendance | hours
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    publication_id: Mapped[int | None] = mapped_column(sa.ForeignKey("publication.id"), index=True)
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("award.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the sheet says, ids for names
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificate.id"))


class Document(Base):
    """A paper of a number series: minutes, lists, decisions."""

    __tablename__ = "document"

    kind: Mapped[str] = mapped_column(sa.String(40))
    series: Mapped[str] = mapped_column(sa.String(40), default="")
    number: Mapped[int | None]
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(250))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Post(Base):
    """A piece of news for visitors."""

    __tablename__ = "post"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(250))
    title_en: Mapped[str] = mapped_column(sa.String(250), default="")
    body: Mapped[str] = mapped_column(sa.Text)
    body_en: Mapped[str] = mapped_column(sa.Text, default="")
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("edition.id"))
    visible_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Photo(Base):
    """A picture of a post; people on it have their own consent to PUBLISH_PICTURE."""

    __tablename__ = "photo"

    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    caption: Mapped[str] = mapped_column(sa.String(250), default="")
    person_ids: Mapped[list[Any]] = mapped_column(default=list)


class Figure(Base):
    """A number as somebody reported it; shown beside the one computed from rows."""

    __tablename__ = "figure"

    key: Mapped[str] = mapped_column(sa.String(60), index=True)
    year: Mapped[int]
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("edition.id"))
    value: Mapped[str] = mapped_column(
        sa.String(40)
    )  # as reported: "khoảng 425" is value 425, qualifier khoảng
    qualifier: Mapped[str] = mapped_column(sa.String(10), default="đúng")  # đúng | khoảng | hơn | gần
    unit: Mapped[str] = mapped_column(sa.String(60), default="")
    source: Mapped[str] = mapped_column(sa.String(250), default="")
    reported_on: Mapped[date | None]
