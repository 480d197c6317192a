"""Contests as organisers set them up: series, edition, divisions, stages, prizes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from ..states import StageState
from .files import StoredFile
from .organisations import Organisation

__all__ = [
    "Contest",
    "Division",
    "Edition",
    "EditionHost",
    "Extension",
    "HostPart",
    "PrizeBasis",
    "PrizeRecipient",
    "PrizeScope",
    "PrizeTier",
    "Stage",
    "StageDivision",
    "StageKind",
    "StageState",
]


class Contest(Base):
    """A series (cuộc thi, hội thi) that is held again and again."""

    __tablename__ = "contest"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    alternate_names: Mapped[list[Any]] = mapped_column(default=list)
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]


class Edition(Base):
    """One holding of a contest (lần tổ chức). Its state is derived from its stages, never stored."""

    __tablename__ = "edition"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contest.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80))  # robotics-2024
    name: Mapped[str] = mapped_column(sa.String(250))
    name_en: Mapped[str] = mapped_column(sa.String(250), default="")
    number: Mapped[int | None]  # lần thứ XX: shown as a Roman number
    year: Mapped[int]
    theme: Mapped[str] = mapped_column(sa.String(300), default="")
    theme_en: Mapped[str] = mapped_column(sa.String(300), default="")
    venue: Mapped[str] = mapped_column(sa.String(250), default="")
    fields: Mapped[list[Any]] = mapped_column(default=list)  # [{"slug", "vi", "en"}]: lĩnh vực, may be empty
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the contest's own words: entry, division
    registration_opens: Mapped[date | None]
    registration_closes: Mapped[date | None]  # 23:59:59 local time of that day
    final_on: Mapped[date | None]
    rules_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    announced_at: Mapped[datetime | None]  # visible to visitors from then on
    cancelled_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    contest: Mapped[Contest] = relationship(lazy="raise")
    rules_file: Mapped[StoredFile | None] = relationship(lazy="raise")
    hosts: Mapped[list[EditionHost]] = relationship(lazy="raise", order_by="EditionHost.position")
    divisions: Mapped[list[Division]] = relationship(lazy="raise", order_by="Division.position")
    stages: Mapped[list[Stage]] = relationship(lazy="raise", order_by="Stage.position")


class HostPart(StrEnum):
    LEAD = "lead"  # chủ trì
    PARTNER = "partner"  # phối hợp
    STANDING = "standing"  # thường trực


class EditionHost(Base):
    __tablename__ = "edition_host"
    __table_args__ = (sa.UniqueConstraint("edition_id", "organisation_id"),)

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    part: Mapped[HostPart] = mapped_column(enum_column(HostPart))
    position: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class Division(Base):
    """Bảng, khối or hạng mục: who competes with whom. `eligibility` is read by contests/eligibility.py."""

    __tablename__ = "division"
    __table_args__ = (sa.UniqueConstraint("edition_id", "slug"),)

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120), default="")
    position: Mapped[int] = mapped_column(default=0)
    eligibility: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dossier: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what a dossier must hold
    number_prefix: Mapped[str] = mapped_column(sa.String(10), default="")

    edition: Mapped[Edition] = relationship(lazy="raise", overlaps="divisions")


class StageKind(StrEnum):
    RUBRIC = "rubric"
    MATCHES = "matches"
    RUNS = "runs"
    QUIZ = "quiz"


class Stage(Base):
    """A round (vòng) of an edition. What happens in it per division stands in StageDivision."""

    __tablename__ = "stage"
    __table_args__ = (sa.UniqueConstraint("edition_id", "position"),)

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120), default="")
    kind: Mapped[StageKind] = mapped_column(enum_column(StageKind))
    venue: Mapped[str] = mapped_column(sa.String(250), default="")
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    blind: Mapped[bool] = mapped_column(default=False)  # judges see a code, no school and no names
    settings: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # sheets per entry, missing-mark policy, tie chain

    edition: Mapped[Edition] = relationship(lazy="raise", overlaps="stages")
    parts: Mapped[list[StageDivision]] = relationship(lazy="raise", back_populates="stage")


class StageDivision(Base):
    """A stage of a division: it has a state of its own, a cut and a result."""

    __tablename__ = "stage_division"
    __table_args__ = (sa.UniqueConstraint("stage_id", "division_id"),)

    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id", ondelete="CASCADE"))
    division_id: Mapped[int] = mapped_column(sa.ForeignKey("division.id", ondelete="CASCADE"), index=True)
    state: Mapped[StageState] = mapped_column(enum_column(StageState), default=StageState.PLANNED)
    advance: Mapped[int | None]  # how many go on; None in the last stage
    rubric_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rubric.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    stage: Mapped[Stage] = relationship(lazy="raise", back_populates="parts")
    division: Mapped[Division] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class Extension(Base):
    """More time for one school or for all, with its reason."""

    __tablename__ = "extension"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(500))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class PrizeScope(StrEnum):
    EDITION = "edition"
    DIVISION = "division"
    FIELD = "field"


class PrizeRecipient(StrEnum):
    ENTRY = "entry"
    PERSON = "person"
    ORGANISATION = "organisation"


class PrizeBasis(StrEnum):
    RANK = "rank"
    BAND = "band"
    MANUAL = "manual"


class PrizeTier(Base):
    """A line of the prize structure (cơ cấu giải)."""

    __tablename__ = "prize_tier"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    slug: Mapped[str] = mapped_column(sa.String(40))  # first, second, third, encouragement, movement …
    name: Mapped[str] = mapped_column(sa.String(120))  # Giải Nhất
    name_en: Mapped[str] = mapped_column(sa.String(120), default="")
    scope: Mapped[PrizeScope] = mapped_column(enum_column(PrizeScope))
    recipient: Mapped[PrizeRecipient] = mapped_column(
        enum_column(PrizeRecipient), default=PrizeRecipient.ENTRY
    )
    basis: Mapped[PrizeBasis] = mapped_column(enum_column(PrizeBasis), default=PrizeBasis.RANK)
    count: Mapped[int | None]  # per scope; None with a band: as many as reach it
    band_min_e2: Mapped[int | None]  # hundredths of a point, inclusive
    band_max_e2: Mapped[int | None]
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # đồng
    paper: Mapped[str] = mapped_column(sa.String(120), default="")  # Giấy khen, Giấy chứng nhận …
    division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("division.id"))  # only for this division
