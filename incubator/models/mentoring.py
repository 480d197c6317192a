"""How teams get mentors and what they do together: wishes, matching runs, offers, mentorships, sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .incubation import Cohort, IncubationCase
from .people import Person

__all__ = [
    "EndReason",
    "Feedback",
    "MatchRun",
    "MentoringSession",
    "Mentorship",
    "Offer",
    "OfferState",
    "Pair",
    "RuleWaiver",
    "RunState",
    "SessionState",
    "Visibility",
    "Wish",
    "WishSide",
]


class WishSide(StrEnum):
    TEAM = "team"
    MENTOR = "mentor"


class Wish(Base):
    """A ranked wish: a team's for a mentor, or a mentor's for a team."""

    __tablename__ = "mentoring_wish"
    __table_args__ = (sa.UniqueConstraint("case_id", "person_id", "side"),)

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    side: Mapped[WishSide] = mapped_column(enum_column(WishSide))
    rank: Mapped[int]


class RuleWaiver(Base):
    """A hard rule that staff set aside for one pair, with the reason."""

    __tablename__ = "rule_waiver"
    __table_args__ = (sa.UniqueConstraint("case_id", "person_id", "rule"),)

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(sa.String(40))
    reason: Mapped[str] = mapped_column(sa.String(500))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DRAFT = "draft"
    PUBLISHED = "published"
    FAILED = "failed"
    DISCARDED = "discarded"


class MatchRun(Base):
    """One run of the matching. `problem` is what was solved, so that an old run can be computed again."""

    __tablename__ = "match_run"
    __table_args__ = (sa.UniqueConstraint("cohort_id", "number"),)

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(160), default="")
    state: Mapped[RunState] = mapped_column(enum_column(RunState))
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    salt: Mapped[str] = mapped_column(sa.String(60), default="")
    problem: Mapped[dict[str, Any]] = mapped_column(default=dict)
    locks: Mapped[list[Any]] = mapped_column(default=list)  # [{"team", "mentor", "kind", "by", "reason"}]
    input_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    answer: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # totals, stages, empty places, fairness; faults
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]  # when a worker took it up
    finished_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    published_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    pairs: Mapped[list[Pair]] = relationship(lazy="raise", order_by="Pair.score.desc()", back_populates="run")


class Pair(Base):
    """A proposed place: which mentor for which team, with the score's parts."""

    __tablename__ = "match_pair"
    __table_args__ = (sa.UniqueConstraint("run_id", "case_id", "place"),)

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("match_run.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(20))
    score: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    locked: Mapped[bool] = mapped_column(default=False)

    run: Mapped[MatchRun] = relationship(lazy="raise", back_populates="pairs")
    case: Mapped[IncubationCase] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class OfferState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLOSED = "closed"  # the place or the mentor's last place went to another
    WITHDRAWN = "withdrawn"


class Offer(Base):
    """An invitation to mentor a team, open until `due_at`."""

    __tablename__ = "mentor_offer"
    __table_args__ = (sa.Index("ix_mentor_offer_person_state", "person_id", "state"),)

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("match_run.id"))
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    hours: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(default=0)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[OfferState] = mapped_column(enum_column(OfferState), default=OfferState.SENT)
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")

    case: Mapped[IncubationCase] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class EndReason(StrEnum):
    COMPLETED = "completed"
    TEAM_DECLINED = "team_declined"
    MENTOR_STEPPED_BACK = "mentor_stepped_back"
    STAFF = "staff"


class Mentorship(Base):
    """A mentor and a team that work together. The team may decline until `decline_until`."""

    __tablename__ = "mentorship"
    __table_args__ = (
        sa.Index(
            "uq_mentorship_open",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("incubation_case.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mentor_offer.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    hours: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    decline_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None] = mapped_column(enum_column(EndReason))
    end_note: Mapped[str] = mapped_column(sa.String(500), default="")

    case: Mapped[IncubationCase] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class SessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


class MentoringSession(Base):
    """A meeting. Owner of its occupancies (`owner_kind` "session"): mentor, team, and a room or machine."""

    __tablename__ = "mentoring_session"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="forward"),)

    mentorship_id: Mapped[int] = mapped_column(sa.ForeignKey("mentorship.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    state: Mapped[SessionState] = mapped_column(enum_column(SessionState), default=SessionState.PLANNED)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    online_url: Mapped[str] = mapped_column(sa.String(300), default="")
    agenda: Mapped[str] = mapped_column(sa.Text, default="")
    shared_note: Mapped[str] = mapped_column(sa.Text, default="")
    staff_note: Mapped[str] = mapped_column(sa.Text, default="")
    next_step: Mapped[str] = mapped_column(sa.String(500), default="")
    minutes: Mapped[int | None]
    present: Mapped[int | None]
    missed_by: Mapped[str] = mapped_column(sa.String(20), default="")  # mentor | team
    sequence: Mapped[int] = mapped_column(default=0)
    moves: Mapped[list[Any]] = mapped_column(default=list)  # [{"from", "to", "by", "reason"}]
    displaced_at: Mapped[datetime | None]  # its place was taken out of service; a move settles it
    displaced_why: Mapped[str] = mapped_column(sa.String(500), default="")
    recorded_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]

    mentorship: Mapped[Mentorship] = relationship(lazy="raise")

    @property
    def lost_place(self) -> bool:
        """Still planned, but mentor, team and place are no longer held for it."""
        return self.state is SessionState.PLANNED and self.displaced_at is not None


class Visibility(StrEnum):
    BOTH = "both"
    STAFF = "staff"


class Feedback(Base):
    """What one side says about a session; the other side sees it only where the author allows."""

    __tablename__ = "mentoring_feedback"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "by_id"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("mentoring_session.id", ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    side: Mapped[WishSide] = mapped_column(enum_column(WishSide))
    rating: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    visible_to: Mapped[Visibility] = mapped_column(enum_column(Visibility), default=Visibility.BOTH)
    at: Mapped[datetime]
