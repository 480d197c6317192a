"""Places and the one table that makes a place busy, whoever the owner is. The overlap guard is in the migrations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..core.db import Base, enum_column
from ..core.text import search_key

__all__ = ["Occupancy", "OccupancyState", "Resource", "ResourceKind", "ResourcePart", "Site"]


class Site(Base):
    """BIIC or a partner's FabLab."""

    __tablename__ = "site"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    is_partner: Mapped[bool] = mapped_column(default=False)


class ResourceKind(StrEnum):
    ROOM = "room"
    MACHINE = "machine"
    COURT = "court"
    KIT = "kit"
    SEAT = "seat"
    PERSON = "person"
    TEAM = "team"


class Resource(Base):
    """Anything that can be busy. `units` > 1: that many may be in use at once (seats, kit pieces)."""

    __tablename__ = "resource"
    __table_args__ = (sa.UniqueConstraint("slug"), sa.CheckConstraint("units >= 1", name="units"))

    slug: Mapped[str] = mapped_column(sa.String(80))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"), index=True)
    kind: Mapped[ResourceKind] = mapped_column(enum_column(ResourceKind))
    name: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160), default="")
    position: Mapped[int] = mapped_column(default=0)
    capacity: Mapped[int | None]  # people
    units: Mapped[int] = mapped_column(default=1)
    composed: Mapped[bool] = mapped_column(default=False)  # made of parts (ResourcePart); occupies them all
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)  # read by spaces
    equipment: Mapped[list[Any]] = mapped_column(default=list)
    description: Mapped[str] = mapped_column(sa.Text, default="")
    description_en: Mapped[str] = mapped_column(sa.Text, default="")
    search_key: Mapped[str] = mapped_column(sa.String(200), default="", index=True)
    retired_at: Mapped[datetime | None]

    site: Mapped[Site | None] = relationship(lazy="raise")

    @validates("name")
    def _keys(self, _key: str, value: str) -> str:
        self.search_key = search_key(value)
        return value


class ResourcePart(Base):
    """Hall A+B is made of hall A and hall B."""

    __tablename__ = "resource_part"
    __table_args__ = (sa.UniqueConstraint("whole_id", "part_id"),)

    whole_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)


class OccupancyState(StrEnum):
    CONFIRMED = "confirmed"  # blocks
    HELD = "held"  # a request that holds its place; blocks as well
    REQUESTED = "requested"  # competes, does not block
    DISPLACED = "displaced"  # lost its place to a closure or an outage
    CLASH = "clash"  # read from a calendar file over something confirmed; listed, does not block
    RELEASED = "released"  # cancelled, no-show, past its use
    MOVED = "moved"  # its owner went to another place; kept for calendars, which else go on showing it here


class Occupancy(Base):
    """A resource is busy from `block_start` to `block_end` (half-open, buffers included)."""

    __tablename__ = "occupancy"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="forward"),
        sa.CheckConstraint("block_start <= starts_at AND ends_at <= block_end", name="buffers"),
        # The end in front: what lies ahead is asked for, and what has been is passed over, however much it is.
        sa.Index("ix_occupancy_resource_block", "resource_id", "block_end", "block_start"),
        sa.Index("ix_occupancy_owner", "owner_kind", "owner_id"),
        sa.Index("ix_occupancy_block_end", "block_end"),  # a week of all places
    )

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    block_start: Mapped[datetime]
    block_end: Mapped[datetime]
    state: Mapped[OccupancyState] = mapped_column(enum_column(OccupancyState))
    unit: Mapped[int] = mapped_column(default=1)  # which of the resource's units; 1 when it has one
    owner_kind: Mapped[str] = mapped_column(
        sa.String(40)
    )  # booking | event | session | stage | match | closure …
    owner_id: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    title_public: Mapped[bool] = mapped_column(default=False)
    uid: Mapped[str] = mapped_column(sa.String(200), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    resource: Mapped[Resource] = relationship(lazy="raise")
