"""Public courses and workshops: sessions, registrations with their waiting list, attendance."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .places import Resource

__all__ = [
    "OPEN_EVENTS",
    "Event",
    "EventAttendance",
    "EventKind",
    "EventRegistration",
    "EventSession",
    "EventState",
    "RegistrationState",
]


class EventKind(StrEnum):
    COURSE = "course"
    WORKSHOP = "workshop"
    INDUCTION = "induction"
    OPEN_DAY = "open_day"


class EventState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    DONE = "done"


#: Those that may still be changed; what is done or cancelled stays as it was.
OPEN_EVENTS = (EventState.DRAFT, EventState.PUBLISHED)


class Event(Base):
    """A public course or workshop; its sessions occupy rooms. Attending grants the training `trains`."""

    __tablename__ = "event"
    __table_args__ = (sa.UniqueConstraint("slug"), sa.CheckConstraint("seats >= 1", name="seats"))

    slug: Mapped[str] = mapped_column(sa.String(100))
    title: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200), default="")
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[EventKind] = mapped_column(enum_column(EventKind))
    state: Mapped[EventState] = mapped_column(enum_column(EventState))
    seats: Mapped[int]
    closes_at: Mapped[datetime | None]  # registration
    trains: Mapped[str] = mapped_column(sa.String(60), default="")
    training_months: Mapped[int | None]
    gives_certificate: Mapped[bool] = mapped_column(default=False)
    host_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    sessions: Mapped[list[EventSession]] = relationship(
        primaryjoin="and_(Event.id == EventSession.event_id, EventSession.is_kept)",
        lazy="raise",
        order_by="EventSession.starts_at",
        back_populates="event",
    )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_EVENTS


class EventSession(Base):
    """One meeting of an event in one place; owner of its occupancies (`owner_kind` "event")."""

    __tablename__ = "event_session"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="forward"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    confirmed: Mapped[int | None]  # people as staff counted them
    displaced_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]  # stays as a row, so that calendars can say that it is not

    event: Mapped[Event] = relationship(lazy="raise", back_populates="sessions")
    resource: Mapped[Resource] = relationship(lazy="raise")

    @hybrid_property
    def is_kept(self) -> bool:
        """Whether it belongs to its event: one that was taken out stays for calendars only."""
        return self.removed_at is None

    @is_kept.inplace.expression
    @classmethod
    def _is_kept(cls) -> sa.ColumnElement[bool]:
        return cls.removed_at.is_(None)


class RegistrationState(StrEnum):
    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class EventRegistration(Base):
    """A seat in an event or a place in its waiting list; `code` is the secret of the registrant's page."""

    __tablename__ = "event_registration"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("event_id", "contact"),
        sa.Index("ix_event_registration_event_state", "event_id", "state"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    full_name: Mapped[str] = mapped_column(sa.String(200))
    contact: Mapped[str] = mapped_column(sa.String(254))  # phone or e-mail, normalised
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[RegistrationState] = mapped_column(enum_column(RegistrationState))
    code: Mapped[str] = mapped_column(sa.String(40))
    registered_at: Mapped[datetime]
    given_back_at: Mapped[datetime | None]  # until it is taken again; None who never had a seat
    sequence: Mapped[int] = mapped_column(
        default=0
    )  # in calendars; rises when a seat is given back or taken again
    certificate_number: Mapped[str] = mapped_column(sa.String(40), default="")
    news: Mapped[str] = mapped_column(
        sa.String(60), default=""
    )  # message kind that staff still have to tell by phone
    news_context: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what that message says besides

    event: Mapped[Event] = relationship(lazy="raise")


class EventAttendance(Base):
    """Somebody was at a session."""

    __tablename__ = "event_attendance"
    __table_args__ = (sa.UniqueConstraint("session_id", "registration_id"),)

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("event_session.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("event_registration.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # None: by QR
