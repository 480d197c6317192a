"""The frame of match play: game, tournament of a stage, groups, draw, the hall's screen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .contests import StageDivision
from .stage_entries import StageEntry

__all__ = [
    "Draw",
    "DrawPick",
    "DrawState",
    "Game",
    "GroupPlace",
    "HallMode",
    "HallScreen",
    "MatchGroup",
    "Tournament",
]


class Game(Base):
    """A game as data, read by matches/games.py. Changed only while no tournament that uses it has begun."""

    __tablename__ = "game"
    __table_args__ = (sa.UniqueConstraint("code"),)

    code: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160), default="")
    definition: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Tournament(Base):
    """Match play or runs of one stage of a division.

    `plan` holds what the schedule was made from (slot, rest, windows, latest, alternating), `cut` who goes on
    (per_group, best, bracket, third_place), `delays` the minutes each court runs late, by court id.
    """

    __tablename__ = "tournament"
    __table_args__ = (sa.UniqueConstraint("stage_division_id"), sa.UniqueConstraint("slug"))

    stage_division_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_division.id"))
    game_id: Mapped[int] = mapped_column(sa.ForeignKey("game.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(120))
    court_ids: Mapped[list[Any]] = mapped_column(default=list)
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cut: Mapped[dict[str, Any]] = mapped_column(default=dict)
    delays: Mapped[dict[str, Any]] = mapped_column(default=dict)
    freeze_scores: Mapped[bool] = mapped_column(default=False)  # live scores are hidden until confirmed
    version: Mapped[int] = mapped_column(default=1)  # grows with everything that viewers see
    created_at: Mapped[datetime]

    stage_division: Mapped[StageDivision] = relationship(lazy="raise")
    game: Mapped[Game] = relationship(lazy="raise")
    groups: Mapped[list[MatchGroup]] = relationship(
        lazy="raise", back_populates="tournament", order_by="MatchGroup.position"
    )


class MatchGroup(Base):
    """A group (bảng đấu) with its places, drawn or set."""

    __tablename__ = "match_group"
    __table_args__ = (sa.UniqueConstraint("tournament_id", "name"),)

    tournament_id: Mapped[int] = mapped_column(sa.ForeignKey("tournament.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(20))
    position: Mapped[int]
    size: Mapped[int]

    tournament: Mapped[Tournament] = relationship(lazy="raise", back_populates="groups")
    places: Mapped[list[GroupPlace]] = relationship(
        lazy="raise", back_populates="group", order_by="GroupPlace.position"
    )


class GroupPlace(Base):
    __tablename__ = "group_place"
    __table_args__ = (sa.UniqueConstraint("group_id", "position"), sa.UniqueConstraint("stage_entry_id"))

    group_id: Mapped[int] = mapped_column(sa.ForeignKey("match_group.id", ondelete="CASCADE"))
    position: Mapped[int]
    stage_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_entry.id"))

    group: Mapped[MatchGroup] = relationship(lazy="raise", back_populates="places")
    stage_entry: Mapped[StageEntry] = relationship(lazy="raise")


class DrawState(StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    VOID = "void"


class Draw(Base):
    """A public draw: everything that it is a function of, so that it can be replayed in a protest."""

    __tablename__ = "draw"

    tournament_id: Mapped[int] = mapped_column(sa.ForeignKey("tournament.id", ondelete="CASCADE"), index=True)
    seed: Mapped[str] = mapped_column(sa.String(80))
    order: Mapped[str] = mapped_column(sa.String(20))
    entrants: Mapped[list[Any]]  # [[stage entry id, organisation id, pot or null]]
    group_names: Mapped[list[Any]]
    sizes: Mapped[list[Any]]
    state: Mapped[DrawState] = mapped_column(enum_column(DrawState), default=DrawState.OPEN)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    picks: Mapped[list[DrawPick]] = relationship(lazy="raise", order_by="DrawPick.number")


class DrawPick(Base):
    __tablename__ = "draw_pick"
    __table_args__ = (
        sa.UniqueConstraint("draw_id", "number"),
        sa.UniqueConstraint("draw_id", "stage_entry_id"),
    )

    draw_id: Mapped[int] = mapped_column(sa.ForeignKey("draw.id", ondelete="CASCADE"))
    number: Mapped[int]
    stage_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_entry.id"))
    allowed: Mapped[list[Any]]  # names of the groups it might go to
    group_name: Mapped[str] = mapped_column(sa.String(20))
    position: Mapped[int]
    by_hand: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class HallMode(StrEnum):
    NEXT = "next"
    PREPARATION = "preparation"
    LIVE = "live"
    RESULT = "result"
    TABLE = "table"
    BRACKET = "bracket"
    DRAW = "draw"
    RUNS = "runs"
    BLANK = "blank"


class HallScreen(Base):
    """A screen in the hall, switched from the secretary's page; with what it shows."""

    __tablename__ = "hall_screen"
    __table_args__ = (sa.UniqueConstraint("tournament_id", "name"),)

    tournament_id: Mapped[int] = mapped_column(sa.ForeignKey("tournament.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(60))
    mode: Mapped[HallMode] = mapped_column(enum_column(HallMode), default=HallMode.NEXT)
    court_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"))
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("match.id"))
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("match_group.id"))
    text: Mapped[str] = mapped_column(sa.String(200), default="")
    changed_at: Mapped[datetime]
