"""iCal feeds with a revocable address, and imported calendars."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, enum_column

__all__ = ["CalendarFeed", "CalendarImport", "FeedKind"]


class FeedKind(StrEnum):
    MINE = "mine"
    RESOURCE = "resource"


class CalendarFeed(Base):
    """A secret calendar address, derived from id and version; a new version ends the old address."""

    __tablename__ = "calendar_feed"
    __table_args__ = (sa.UniqueConstraint("person_id", "kind", "resource_id"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[FeedKind] = mapped_column(enum_column(FeedKind))
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class CalendarImport(Base):
    """One .ics file that was read in; owner of its occupancies (`owner_kind` "import")."""

    __tablename__ = "calendar_import"

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64))
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    stored: Mapped[int]
    clashes: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
