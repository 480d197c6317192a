"""Always there: the audit trail with its seals, the outbox, and the progress of long jobs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, enum_column

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "AuditSealed",
    "JobRun",
    "JobState",
    "Notification",
    "NotificationState",
]


class AuditEvent(Base):
    """Who did what to what. Append-only; personal values stand as salted digests."""

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.Index("ix_audit_event_object", "object_type", "object_id"),
        sa.Index("ix_audit_event_edition_at", "edition_id", "at"),
        {"sqlite_autoincrement": True},  # an id is never given twice
    )

    at: Mapped[datetime] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(sa.String(60))  # judging.sheet.submitted
    object_type: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(index=True)  # no foreign key: a trail outlives its rows
    actor: Mapped[str] = mapped_column(sa.String(60), default="")  # name of a command or job without a person
    edition_id: Mapped[int | None]  # scopes the audit screen; None for the whole system
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    request_id: Mapped[str] = mapped_column(sa.String(40), default="")


class AuditSeal(Base):
    """A batch of events chained to all before it: hash covers every event up to `count`."""

    __tablename__ = "audit_seal"

    count: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


class AuditSealed(Base):
    """The position of an event in the chain. Positions have no gaps; ids may."""

    __tablename__ = "audit_sealed"
    __table_args__ = (sa.UniqueConstraint("event_id"),)

    # `id` is the position: 1, 2, 3 …
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_event.id"))
    seal_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_seal.id"))


class NotificationState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Notification(Base):
    """The outbox: written with the change it tells of, delivered at least once by a job.

    Personal values are not stored here but joined when the text is rendered; `context` holds ids and plain facts.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.Index("ix_notification_state_created", "state", "created_at"),
        sa.Index("ix_notification_person_read", "person_id", "read_at"),
    )

    kind: Mapped[str] = mapped_column(sa.String(60))  # template name: <domain>/<name>
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(sa.String(254), default="")  # for people without an account
    channel: Mapped[str] = mapped_column(sa.String(10), default="email")  # email | screen
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    state: Mapped[NotificationState] = mapped_column(
        enum_column(NotificationState), default=NotificationState.PENDING
    )
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(sa.String(500), default="")


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRun(Base):
    """A long job as its owner sees it: how far, how it ended. The page may be left and found again."""

    __tablename__ = "job_run"

    kind: Mapped[str] = mapped_column(sa.String(60))
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    edition_id: Mapped[int | None]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
