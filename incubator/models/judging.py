"""Rubrics, who judges what, marks that are never overwritten, tabulations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .contests import Stage, StageDivision
from .people import Person
from .stage_entries import StageEntry

__all__ = [
    "Assignment",
    "AssignmentState",
    "Criterion",
    "CriterionSource",
    "EnteredScore",
    "Mark",
    "Panel",
    "PanelMember",
    "Rubric",
    "ScoreSheet",
    "SheetState",
    "Tabulation",
]


class Rubric(Base):
    """A set of criteria (bộ tiêu chí). Frozen at the first mark; a change then makes a new version."""

    __tablename__ = "rubric"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    template: Mapped[str] = mapped_column(sa.String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rubric.id"))
    frozen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    criteria: Mapped[list[Criterion]] = relationship(
        lazy="raise", order_by="Criterion.position", cascade="all, delete-orphan"
    )


class CriterionSource(StrEnum):
    JUDGE = "judge"
    SECRETARY = "secretary"
    VOTES = "votes"
    RUNS = "runs"


class Criterion(Base):
    """A criterion. Points are integers in hundredths: max_e2=2500 is 25 points."""

    __tablename__ = "criterion"
    __table_args__ = (sa.UniqueConstraint("rubric_id", "position"),)

    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    max_e2: Mapped[int]
    step_e2: Mapped[int] = mapped_column(default=100)
    weight_e2: Mapped[int] = mapped_column(default=100)  # coefficient in hundredths
    source: Mapped[CriterionSource] = mapped_column(
        enum_column(CriterionSource), default=CriterionSource.JUDGE
    )
    formula: Mapped[str] = mapped_column(sa.String(120), default="")
    levels: Mapped[list[Any]] = mapped_column(default=list)  # [{"from_e2", "to_e2", "vi", "en"}]


class Panel(Base):
    """Tiểu ban: who judges which divisions and fields of a stage."""

    __tablename__ = "panel"

    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    division_ids: Mapped[list[Any]] = mapped_column(default=list)  # empty: all of the stage
    fields: Mapped[list[Any]] = mapped_column(default=list)  # slugs of Edition.fields; empty: all
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    secretary_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    stage: Mapped[Stage] = relationship(lazy="raise")
    members: Mapped[list[PanelMember]] = relationship(lazy="raise", cascade="all, delete-orphan")


class PanelMember(Base):
    __tablename__ = "panel_member"
    __table_args__ = (sa.UniqueConstraint("panel_id", "person_id"),)

    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    reserve: Mapped[bool] = mapped_column(default=False)
    most: Mapped[int | None]  # most entries this judge takes
    absent_since: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class AssignmentState(StrEnum):
    ASSIGNED = "assigned"
    DECLINED = "declined"  # conflict
    OPEN = "open"  # marking has begun
    SUBMITTED = "submitted"
    REOPENED = "reopened"
    REMOVED = "removed"  # given to another judge


class Assignment(Base):
    """A judge and an entry in a stage. The judge's right to mark comes from here, not from a grant."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("stage_entry_id", "judge_id"),
        sa.Index("ix_assignment_judge_state", "judge_id", "state"),
    )

    stage_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_entry.id", ondelete="CASCADE"))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    panel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("panel.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)  # the judge's own order
    state: Mapped[AssignmentState] = mapped_column(
        enum_column(AssignmentState), default=AssignmentState.ASSIGNED
    )
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    practice: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    stage_entry: Mapped[StageEntry] = relationship(lazy="raise")
    judge: Mapped[Person] = relationship(lazy="raise")
    panel: Mapped[Panel | None] = relationship(lazy="raise")
    sheet: Mapped[ScoreSheet | None] = relationship(lazy="raise", back_populates="assignment", uselist=False)


class SheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REOPENED = "reopened"
    VOID = "void"


class ScoreSheet(Base):
    """Phiếu chấm: one judge's sheet for one entry. Every mark ever saved stays in Mark."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id"),
        sa.CheckConstraint("checked_by_id IS NULL OR checked_by_id <> entered_by_id", name="two_persons"),
    )

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"))
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric.id"))
    state: Mapped[SheetState] = mapped_column(enum_column(SheetState), default=SheetState.DRAFT)
    version: Mapped[int] = mapped_column(default=0)  # grows with every change, also of texts
    total_e2: Mapped[int | None]  # set at submission
    comment: Mapped[str] = mapped_column(sa.Text, default="")  # for the team, after release, unnamed
    own_note: Mapped[str] = mapped_column(sa.Text, default="")
    panel_note: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[str] = mapped_column(sa.String(10), default="screen")  # screen | paper
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    comment_released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise", back_populates="sheet")
    rubric: Mapped[Rubric] = relationship(lazy="raise")
    marks: Mapped[list[Mark]] = relationship(lazy="raise")


class Mark(Base):
    """One saved mark, append-only: the highest version of a criterion counts.

    The unique version is what stops two tabs: whoever saves on top of an old version breaks it.
    """

    __tablename__ = "mark"
    __table_args__ = (
        sa.UniqueConstraint("sheet_id", "criterion_id", "version"),
        sa.UniqueConstraint("sheet_id", "client_id"),
    )

    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheet.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"))
    version: Mapped[int]
    points_e2: Mapped[int | None]  # None: the judge took the mark back
    client_id: Mapped[str] = mapped_column(
        sa.String(40)
    )  # the device's own id of this save; a retry repeats it
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class EnteredScore(Base):
    """Points of a criterion that does not come from judges: votes, attendance, runs. Append-only by version."""

    __tablename__ = "entered_score"
    __table_args__ = (sa.UniqueConstraint("stage_entry_id", "criterion_id", "version"),)

    stage_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_entry.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"))
    version: Mapped[int]
    points_e2: Mapped[int]
    raw: Mapped[int | None]  # votes, for instance
    source_note: Mapped[str] = mapped_column(sa.String(300), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class Tabulation(Base):
    """A computed ranking, kept with how it was computed and from what."""

    __tablename__ = "tabulation"

    stage_division_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_division.id"), index=True)
    method: Mapped[str] = mapped_column(sa.String(40))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    input_hash: Mapped[str] = mapped_column(sa.String(64))
    rows: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    stage_division: Mapped[StageDivision] = relationship(lazy="raise")
