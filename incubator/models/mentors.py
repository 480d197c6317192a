"""Mentors: topics, profiles, skills, availability, commitments to a cohort."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .incubation import Cohort
from .organisations import Organisation
from .people import Person

__all__ = [
    "AvailabilityRule",
    "Commitment",
    "CommitmentState",
    "MentorKind",
    "MentorProfile",
    "MentorSkill",
    "SkillSource",
    "SkillTopic",
]


class MentorKind(StrEnum):
    TECHNICAL = "technical"
    BUSINESS = "business"


class SkillTopic(Base):
    """A node of the fixed tree of topics. Synonyms are whole words or phrases."""

    __tablename__ = "skill_topic"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120), default="")
    kind: Mapped[MentorKind] = mapped_column(enum_column(MentorKind))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("skill_topic.id"), index=True)
    synonyms: Mapped[list[Any]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class SkillSource(StrEnum):
    SELF = "self"
    VERIFIED = "verified"
    FEEDBACK = "feedback"


class MentorProfile(Base):
    """What a mentor says about themselves, once a person; empty lists mean “not said”."""

    __tablename__ = "mentor_profile"
    __table_args__ = (sa.UniqueConstraint("person_id"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    job_title: Mapped[str] = mapped_column(sa.String(160), default="")
    about: Mapped[str] = mapped_column(sa.Text, default="")
    fields: Mapped[list[Any]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    modes: Mapped[list[Any]] = mapped_column(default=list)
    areas: Mapped[list[Any]] = mapped_column(default=list)
    stages: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class MentorSkill(Base):
    """A topic that a mentor covers, at level 1 (knows) to 3 (expert), and who says so."""

    __tablename__ = "mentor_skill"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "topic_id"),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="level"),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("skill_topic.id"), index=True)
    level: Mapped[int]
    source: Mapped[SkillSource] = mapped_column(enum_column(SkillSource), default=SkillSource.SELF)
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    topic: Mapped[SkillTopic] = relationship(lazy="raise")


class AvailabilityRule(Base):
    """Hours of a weekday (0 Monday) in which a mentor or a team can usually meet, local time."""

    __tablename__ = "availability_rule"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("(person_id IS NULL) <> (case_id IS NULL)", name="one_owner"),
    )

    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("incubation_case.id", ondelete="CASCADE"), index=True
    )
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]


class CommitmentState(StrEnum):
    APPLIED = "applied"
    INVITED = "invited"
    APPROVED = "approved"
    PAUSED = "paused"
    DECLINED = "declined"
    ENDED = "ended"


class Commitment(Base):
    """What a mentor offers a cohort: of which kind, to how many teams, for how many hours."""

    __tablename__ = "commitment"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "person_id"),
        sa.CheckConstraint("max_teams >= 0", name="max_teams"),
        sa.CheckConstraint("max_hours IS NULL OR max_hours >= 0", name="max_hours"),
    )

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[MentorKind] = mapped_column(enum_column(MentorKind))
    state: Mapped[CommitmentState] = mapped_column(enum_column(CommitmentState))
    max_teams: Mapped[int] = mapped_column(default=1)
    max_hours: Mapped[int | None]
    message: Mapped[str] = mapped_column(sa.Text, default="")
    answer: Mapped[str] = mapped_column(sa.String(500), default="")
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    cohort: Mapped[Cohort] = relationship(lazy="raise")

    def state_on(self, day: date) -> CommitmentState:
        """The state that counts on a local day: a pause is over when its day begins, whoever has noticed."""
        over = self.paused_until is not None and self.paused_until <= day
        return CommitmentState.APPROVED if self.state is CommitmentState.PAUSED and over else self.state
