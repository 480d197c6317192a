"""Programmes and what teams do in them: cohorts, cases with their stages, needs, milestones, support, figures."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..core.db import Base, enum_column
from ..core.text import search_key
from .entries import Project, Team

__all__ = [
    "CaseStage",
    "Cohort",
    "IncubationCase",
    "Indicator",
    "Metric",
    "MetricReport",
    "Milestone",
    "MilestoneVerdict",
    "NeedSource",
    "NeedState",
    "Programme",
    "StageChange",
    "SupportGrant",
    "SupportItem",
    "SupportKind",
    "SupportMove",
    "SupportMoveKind",
    "TeamNeed",
]


class Programme(Base):
    """A scheme such as Đề án 826. `rules`: places (kinds), hours_each, offer_days, remind_days, decline_days."""

    __tablename__ = "programme"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(250))
    name_en: Mapped[str] = mapped_column(sa.String(250), default="")
    decision: Mapped[str] = mapped_column(sa.String(80), default="")
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]


class Cohort(Base):
    """One intake of a programme (khóa)."""

    __tablename__ = "cohort"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160), default="")
    year: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(lazy="raise")


class CaseStage(StrEnum):
    APPLIED = "applied"
    PRE_INCUBATION = "pre_incubation"
    INCUBATION = "incubation"
    GRADUATED = "graduated"
    STOPPED = "stopped"


class IncubationCase(Base):
    """A team with its project in a cohort (hồ sơ ươm tạo). The stage's history stands in StageChange."""

    __tablename__ = "incubation_case"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "team_id"),
        sa.UniqueConstraint("award_id"),
        sa.CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),
    )

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"))
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("award.id"))
    title: Mapped[str] = mapped_column(sa.String(250))
    stage: Mapped[CaseStage] = mapped_column(enum_column(CaseStage), default=CaseStage.APPLIED)
    priority: Mapped[int] = mapped_column(default=2)  # 1 is served first
    field: Mapped[str] = mapped_column(sa.String(60), default="")
    area: Mapped[str] = mapped_column(sa.String(120), default="")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    modes: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # what an application says
    needs_confirmed_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # for a mentor
    search_key: Mapped[str] = mapped_column(sa.String(250), default="", index=True)
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    team: Mapped[Team] = relationship(lazy="raise")
    project: Mapped[Project | None] = relationship(lazy="raise")
    needs: Mapped[list[TeamNeed]] = relationship(lazy="raise", order_by="TeamNeed.id")
    changes: Mapped[list[StageChange]] = relationship(lazy="raise", order_by="StageChange.id")

    @validates("title")
    def _keys(self, _key: str, value: str) -> str:
        self.search_key = search_key(value)
        return value


class StageChange(Base):
    """A step of a case with who, why and the number of the decision."""

    __tablename__ = "stage_change"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id", ondelete="CASCADE"), index=True)
    from_stage: Mapped[CaseStage | None] = mapped_column(enum_column(CaseStage))
    to_stage: Mapped[CaseStage] = mapped_column(enum_column(CaseStage))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    decision: Mapped[str] = mapped_column(sa.String(80), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class NeedSource(StrEnum):
    TEAM = "team"
    FEEDBACK = "feedback"  # from judges' released comments
    STAFF = "staff"


class NeedState(StrEnum):
    PROPOSED = "proposed"  # waits for the team's yes
    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"


class TeamNeed(Base):
    """What a team needs help with. A need from feedback counts once the team has confirmed it."""

    __tablename__ = "team_need"
    __table_args__ = (sa.CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),)

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("skill_topic.id"))
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    priority: Mapped[int] = mapped_column(default=2)  # 3 is urgent
    source: Mapped[NeedSource] = mapped_column(enum_column(NeedSource))
    state: Mapped[NeedState] = mapped_column(enum_column(NeedState))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class MilestoneVerdict(StrEnum):
    OPEN = "open"
    REPORTED = "reported"
    MET = "met"
    NOT_MET = "not_met"


class Milestone(Base):
    """A goal with a date; evidence from the team, verdict from mentor or staff."""

    __tablename__ = "milestone"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(sa.String(250))
    due_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    evidence_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    verdict: Mapped[MilestoneVerdict] = mapped_column(
        enum_column(MilestoneVerdict), default=MilestoneVerdict.OPEN
    )
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class SupportKind(StrEnum):
    WORKSPACE = "workspace"  # months
    MACHINE = "machine"  # hours
    TRAINING = "training"  # seats
    MONEY = "money"  # đồng


class SupportItem(Base):
    """What a programme may give: its unit follows the kind, `ceiling` is the most a case may get."""

    __tablename__ = "support_item"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "name"),
        sa.CheckConstraint("ceiling > 0", name="ceiling"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    kind: Mapped[SupportKind] = mapped_column(enum_column(SupportKind))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    ceiling: Mapped[int] = mapped_column(sa.BigInteger)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"))  # free there; None: by kind
    minutes_per_unit: Mapped[int] = mapped_column(default=60)  # what a month or an hour gives, for bookings
    decision: Mapped[str] = mapped_column(sa.String(80), default="")
    created_at: Mapped[datetime]


class SupportGrant(Base):
    """What a case was given, on which decision. Free bookings come from the Entitlement whose source it is."""

    __tablename__ = "support_grant"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount"),)

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("support_item.id"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id"), index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    decision: Mapped[str] = mapped_column(sa.String(80))
    decided_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]

    item: Mapped[SupportItem] = relationship(lazy="raise")
    moves: Mapped[list[SupportMove]] = relationship(lazy="raise", order_by="SupportMove.id")


class SupportMoveKind(StrEnum):
    USED = "used"
    RECOVERED = "recovered"


class SupportMove(Base):
    """An amount used or recovered, with its paper. What bookings use stands in EntitlementUse."""

    __tablename__ = "support_move"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount"),)

    grant_id: Mapped[int] = mapped_column(sa.ForeignKey("support_grant.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SupportMoveKind] = mapped_column(enum_column(SupportMoveKind))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class Metric(StrEnum):
    HEADCOUNT = "headcount"
    REVENUE = "revenue"  # đồng in the period
    JOBS = "jobs"
    IP_FILINGS = "ip_filings"


class MetricReport(Base):
    """One figure of a case for a month (its first day)."""

    __tablename__ = "metric_report"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "period", "metric"),
        sa.CheckConstraint("value >= 0", name="value"),
    )

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id", ondelete="CASCADE"))
    period: Mapped[date]
    metric: Mapped[Metric] = mapped_column(enum_column(Metric))
    value: Mapped[int] = mapped_column(sa.BigInteger)
    evidence: Mapped[str] = mapped_column(sa.String(300), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class Indicator(Base):
    """A target of a programme for a year; `done` is typed in where `counts` names nothing that is computed."""

    __tablename__ = "programme_indicator"
    __table_args__ = (sa.UniqueConstraint("programme_id", "year", "name"),)

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(250))
    name_en: Mapped[str] = mapped_column(sa.String(250), default="")
    unit: Mapped[str] = mapped_column(sa.String(40), default="")
    unit_en: Mapped[str] = mapped_column(sa.String(40), default="")
    target: Mapped[int] = mapped_column(sa.BigInteger)
    counts: Mapped[str] = mapped_column(
        sa.String(40), default=""
    )  # cases | mentored | sessions | hours | graduated
    done: Mapped[int | None] = mapped_column(sa.BigInteger)
    last_year: Mapped[int | None] = mapped_column(sa.BigInteger)  # reported, where nothing is computed
    as_of: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
