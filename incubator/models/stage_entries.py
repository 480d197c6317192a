"""An entry's place in a stage and what comes of it: presence, rank, decided ties, awards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from ..states import TieOutcome
from .contests import PrizeTier, StageDivision
from .entries import Entry

__all__ = ["Award", "StageEntry", "StagePresence", "TieDecision", "TieOutcome"]


class StagePresence(StrEnum):
    EXPECTED = "expected"
    PRESENT = "present"
    ABSENT = "absent"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"


class StageEntry(Base):
    """An entry in a stage: where and when, whether it came, and how it ended."""

    __tablename__ = "stage_entry"
    __table_args__ = (sa.UniqueConstraint("stage_division_id", "entry_id"),)

    stage_division_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_division.id"))
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    starts_at: Mapped[datetime | None]
    presence: Mapped[StagePresence] = mapped_column(
        enum_column(StagePresence), default=StagePresence.EXPECTED
    )
    presence_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    score_e4: Mapped[int | None] = mapped_column(sa.BigInteger)  # ten-thousandths of a point, after rounding
    rank: Mapped[int | None]  # 1, 2, 2, 4
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)  # criterion means, tie values: why this rank
    advanced: Mapped[bool | None]

    stage_division: Mapped[StageDivision] = relationship(lazy="raise")
    entry: Mapped[Entry] = relationship(lazy="raise")


class TieDecision(Base):
    """A tie that matters. Until it is decided, the stage cannot be decided."""

    __tablename__ = "tie_decision"

    stage_division_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_division.id"), index=True)
    boundary: Mapped[str] = mapped_column(sa.String(60))  # cut | prize:<tier slug> | group:<id>
    key: Mapped[str] = mapped_column(sa.String(120), default="")  # hash of who ties in which tabulation
    stage_entry_ids: Mapped[list[Any]] = mapped_column(default=list)
    outcome: Mapped[TieOutcome | None] = mapped_column(enum_column(TieOutcome))
    order: Mapped[list[Any]] = mapped_column(default=list)  # stage entry ids, best first; empty when shared
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # the chair
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # the secretary
    paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    decided_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Award(Base):
    """A prize given. Names of the day are kept for bodies; people's names are joined under consent when shown."""

    __tablename__ = "award"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    tier_id: Mapped[int] = mapped_column(sa.ForeignKey("prize_tier.id"))
    division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("division.id"))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    stage_entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage_entry.id"))
    organisation_name: Mapped[str] = mapped_column(sa.String(200), default="")
    area_name: Mapped[str] = mapped_column(sa.String(120), default="")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    tier: Mapped[PrizeTier] = relationship(lazy="raise")
    entry: Mapped[Entry | None] = relationship(lazy="raise")
