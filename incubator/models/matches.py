"""What is played: matches, their events, crews, results and protests; runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .places import Resource
from .stage_entries import StageEntry
from .tournaments import MatchGroup, Tournament

__all__ = [
    "RULED",
    "CrewPart",
    "Match",
    "MatchCrew",
    "MatchEvent",
    "MatchEventState",
    "MatchState",
    "Play",
    "Protest",
    "ResultState",
    "ResultVersion",
    "Run",
]


class MatchState(StrEnum):
    SCHEDULED = "scheduled"
    CALLED = "called"
    READY = "ready"
    RUNNING = "running"
    REVIEW = "review"  # play is over, items are checked and signed
    PROPOSED = "proposed"  # signed; waits for the head referee
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"  # annulled with a withdrawn team


class Match(Base):
    """A match (trận). In a bracket its sides come from sources; teams stand here once it has been called."""

    __tablename__ = "match"
    __table_args__ = (
        sa.UniqueConstraint("tournament_id", "code"),
        sa.Index("ix_match_tournament_state", "tournament_id", "state"),
    )

    tournament_id: Mapped[int] = mapped_column(sa.ForeignKey("tournament.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(20))  # A1, QF1, F
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("match_group.id"), index=True)
    round: Mapped[int] = mapped_column(
        default=0
    )  # teams left in a bracket's round; 3 third place; 0 in a group
    turn: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)  # order of play
    red_source: Mapped[str] = mapped_column(sa.String(60), default="")
    blue_source: Mapped[str] = mapped_column(sa.String(60), default="")
    red_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage_entry.id"), index=True)
    blue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage_entry.id"), index=True)
    court_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    planned_at: Mapped[datetime | None]  # as first published
    starts_at: Mapped[datetime | None]  # as it stands now
    ends_at: Mapped[datetime | None]
    state: Mapped[MatchState] = mapped_column(enum_column(MatchState), default=MatchState.SCHEDULED)
    counts: Mapped[bool] = mapped_column(default=True)  # false: surrogate or exhibition, in no table
    version: Mapped[int] = mapped_column(default=1)  # grows with everything that viewers see of it
    changed_at: Mapped[datetime]

    tournament: Mapped[Tournament] = relationship(lazy="raise")
    group: Mapped[MatchGroup | None] = relationship(lazy="raise")
    red: Mapped[StageEntry | None] = relationship(lazy="raise", foreign_keys=[red_id])
    blue: Mapped[StageEntry | None] = relationship(lazy="raise", foreign_keys=[blue_id])
    court: Mapped[Resource | None] = relationship(lazy="raise")
    plays: Mapped[list[Play]] = relationship(lazy="raise", back_populates="match", order_by="Play.number")
    versions: Mapped[list[ResultVersion]] = relationship(
        lazy="raise", back_populates="match", order_by="ResultVersion.number"
    )


class Play(Base):
    """One playing of a match (lần đấu); a replay makes another, the old one stays, struck through."""

    __tablename__ = "play"
    __table_args__ = (sa.UniqueConstraint("match_id", "number"),)

    match_id: Mapped[int] = mapped_column(sa.ForeignKey("match.id", ondelete="CASCADE"))
    number: Mapped[int]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    ordered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    match: Mapped[Match] = relationship(lazy="raise", back_populates="plays")


class MatchEventState(StrEnum):
    COUNTED = "counted"
    HELD = "held"  # came when the result was already confirmed: the head referee decides
    REFUSED = "refused"  # kept with its reason, never counted


RULED = "ruled"  # `MatchEvent.reason` of what the head referee decided, for counting and against it


class MatchEvent(Base):
    """Append-only. `client_id` was made on the phone and is unique, so sending again changes nothing."""

    __tablename__ = "match_event"
    __table_args__ = (sa.UniqueConstraint("client_id"), sa.Index("ix_match_event_play", "play_id"))

    play_id: Mapped[int] = mapped_column(sa.ForeignKey("play.id", ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(16))
    side: Mapped[int | None]
    code: Mapped[str] = mapped_column(sa.String(40), default="")
    value: Mapped[int] = mapped_column(default=0)
    undoes: Mapped[str] = mapped_column(sa.String(64), default="")
    made_at: Mapped[int] = mapped_column(
        sa.BigInteger
    )  # milliseconds since the epoch, corrected to the server's clock
    state: Mapped[MatchEventState] = mapped_column(
        enum_column(MatchEventState), default=MatchEventState.COUNTED
    )
    reason: Mapped[str] = mapped_column(sa.String(60), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    received_at: Mapped[datetime]


class ResultState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"  # the head referee sent it back
    SUPERSEDED = "superseded"


class ResultVersion(Base):
    """A result, entered by one person and confirmed by another. A correction is a new version."""

    __tablename__ = "result_version"
    __table_args__ = (
        sa.UniqueConstraint("match_id", "number"),
        sa.CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name="two_people"),
    )

    match_id: Mapped[int] = mapped_column(sa.ForeignKey("match.id", ondelete="CASCADE"))
    play_id: Mapped[int | None] = mapped_column(sa.ForeignKey("play.id"))
    number: Mapped[int]
    state: Mapped[ResultState] = mapped_column(enum_column(ResultState), default=ResultState.PROPOSED)
    red_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage_entry.id"))
    blue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage_entry.id"))
    red_outcome: Mapped[str] = mapped_column(sa.String(8))
    blue_outcome: Mapped[str] = mapped_column(sa.String(8))
    red_score: Mapped[int] = mapped_column(default=0)
    blue_score: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(sa.String(20))  # outcomes.Reason
    sheets: Mapped[list[Any]] = mapped_column(
        default=list
    )  # both sides: counts, parts, special, conduct, presence
    ruling: Mapped[dict[str, Any]] = mapped_column(default=dict)  # jury votes, penalties, lots
    signatures: Mapped[list[Any]] = mapped_column(
        default=list
    )  # [{"side", "name", "at", "agrees", "remark"}]
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was corrected or ruled so
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]

    match: Mapped[Match] = relationship(lazy="raise", back_populates="versions")


class CrewPart(StrEnum):
    REFEREE = "referee"
    TIMEKEEPER = "timekeeper"
    HEAD = "head"


class MatchCrew(Base):
    """Who referees where. `court_id` None: every court; `side` 0 red, 1 blue, None both."""

    __tablename__ = "match_crew"
    __table_args__ = (sa.Index("ix_match_crew_person", "person_id", "tournament_id"),)

    tournament_id: Mapped[int] = mapped_column(sa.ForeignKey("tournament.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    part: Mapped[CrewPart] = mapped_column(enum_column(CrewPart))
    court_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"))
    side: Mapped[int | None]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]


class Protest(Base):
    """A protest (khiếu nại tại sân). While it is open the match's result does not feed anything."""

    __tablename__ = "protest"

    match_id: Mapped[int] = mapped_column(sa.ForeignKey("match.id", ondelete="CASCADE"), index=True)
    stage_entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage_entry.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    raised_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(sa.String(20), default="")  # upheld | rejected; empty: open
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class Run(Base):
    """One attempt (lượt thi) of an entry: mission values and time; a re-run replaces it and keeps it."""

    __tablename__ = "run"
    __table_args__ = (
        sa.Index("ix_run_stage_entry", "stage_entry_id", "attempt"),
        sa.CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id", name="two_people"),
    )

    stage_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_entry.id"))
    attempt: Mapped[int]
    client_id: Mapped[str] = mapped_column(sa.String(64), unique=True)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    time_ms: Mapped[int | None]
    total: Mapped[int] = mapped_column(default=0)
    no_show: Mapped[bool] = mapped_column(default=False)
    replaced_at: Mapped[datetime | None]
    replaced_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
