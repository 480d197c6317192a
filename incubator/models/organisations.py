"""Bodies and areas. Both keep the names they had on a day: districts ended on 1/7/2025, old awards did not change."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..core.db import Base, enum_column, key_column
from ..core.text import collation_key, search_key

__all__ = [
    "Area",
    "AreaKind",
    "Organisation",
    "OrganisationAlias",
    "OrganisationKind",
    "OrganisationName",
    "SchoolLevel",
]


class AreaKind(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    WARD = "ward"


class Area(Base):
    __tablename__ = "area"
    __table_args__ = (sa.UniqueConstraint("code", "valid_from"),)

    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[AreaKind] = mapped_column(enum_column(AreaKind))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("area.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    predecessor_ids: Mapped[list[Any]] = mapped_column(default=list)  # areas it came from, whole or in part


class OrganisationKind(StrEnum):
    SCHOOL = "school"
    COLLEGE = "college"
    UNIVERSITY = "university"
    COMPANY = "company"
    DEPARTMENT = "department"
    YOUTH_UNION = "youth_union"
    FABLAB = "fablab"
    INCUBATOR = "incubator"
    OTHER = "other"


class SchoolLevel(StrEnum):
    PRIMARY = "primary"
    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    VOCATIONAL = "vocational"
    COLLEGE = "college"
    UNIVERSITY = "university"


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(sa.String(120))
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind))
    levels: Mapped[list[Any]] = mapped_column(default=list)  # SchoolLevel values; a school may have several
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("area.id"))
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    search_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    sort_key: Mapped[str] = mapped_column(key_column(400), index=True)
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]  # schools typed in by a teacher wait for the organiser

    area: Mapped[Area | None] = relationship(lazy="raise")

    @validates("name")
    def _keys(self, _key: str, value: str) -> str:
        self.search_key, self.sort_key = search_key(value), collation_key(value)
        return value


class OrganisationName(Base):
    """A name that the organisation had before."""

    __tablename__ = "organisation_name"

    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class OrganisationAlias(Base):
    """A spelling under which files name the organisation, as its key; it leads to one organisation."""

    __tablename__ = "organisation_alias"
    __table_args__ = (sa.UniqueConstraint("key"),)

    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(sa.String(200))
    spelling: Mapped[str] = mapped_column(sa.String(200))
