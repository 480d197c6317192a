"""What governs the rooms and machines: what lies in what, opening, closed days, outages, maintenance."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .places import Resource

__all__ = [
    "ClosureDay",
    "MaintenancePlan",
    "OpeningRule",
    "Outage",
    "OutageKind",
    "RoomContent",
    "Supervision",
]


class RoomContent(Base):
    """A machine stands in a room: exclusive use of the room takes the machine as well."""

    __tablename__ = "room_content"
    __table_args__ = (sa.UniqueConstraint("room_id", "content_id"),)

    room_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)


class Supervision(Base):
    """Who may watch over a machine: a person's resource, whose opening hours are the hours on duty."""

    __tablename__ = "supervision"
    __table_args__ = (sa.UniqueConstraint("place_id", "supervisor_id"),)

    place_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    supervisor_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)


class OpeningRule(Base):
    """Opening hours of a weekday. A resource's rows replace those of its site; 00:00 is the day's end."""

    __tablename__ = "opening_rule"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("(site_id IS NULL) <> (resource_id IS NULL)", name="one_owner"),
    )

    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class ClosureDay(Base):
    """A date of a site that is not what its weekday says. It counts only once staff have confirmed it."""

    __tablename__ = "closure_day"
    __table_args__ = (sa.UniqueConstraint("site_id", "day"),)

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"))
    day: Mapped[date]
    open_as: Mapped[int | None]  # weekday whose hours count; None: closed
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    source: Mapped[str] = mapped_column(sa.String(200), default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class OutageKind(StrEnum):
    OUTAGE = "outage"
    MAINTENANCE = "maintenance"
    CLOSURE = "closure"


class Outage(Base):
    """A resource cannot be used. What it overlaps is displaced in the same transaction."""

    __tablename__ = "outage"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="forward"),)

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    kind: Mapped[OutageKind] = mapped_column(enum_column(OutageKind))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(300))
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("maintenance_plan.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # back in service before `ends_at`

    resource: Mapped[Resource] = relationship(lazy="raise")


class MaintenancePlan(Base):
    """Recurring care of a machine; the next date follows the last one done."""

    __tablename__ = "maintenance_plan"

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    task: Mapped[str] = mapped_column(sa.String(200))
    every_days: Mapped[int]
    minutes: Mapped[int]
    last_done_on: Mapped[date | None]
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]  # no longer followed; its past outages keep pointing here

    resource: Mapped[Resource] = relationship(lazy="raise")
