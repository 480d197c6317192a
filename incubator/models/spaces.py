"""Bookings and what governs them. A place is busy only through `Occupancy`; the rows here own those rows."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column
from .organisations import Organisation
from .people import Person
from .places import Resource

__all__ = [
    "Booking", "BookingState", "CalendarFeed", "CalendarImport", "ClosureDay", "Entitlement",
    "EntitlementUse", "Event", "EventAttendance", "EventKind", "EventRegistration", "EventSession", "EventState", "FeedKind",
    "GrantState", "MaintenancePlan", "OpeningRule", "Outage", "OutageKind", "PriceRule", "Purpose", "Quota",
    "QuotaScope", "RegistrationState", "RoomContent", "Series", "Supervision", "TrainingRecord",
]  # fmt: skip


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


class Purpose(StrEnum):
    EVENT = "event"
    TRAINING = "training"
    COWORKING = "coworking"
    MAKING = "making"
    MENTORING = "mentoring"
    CONTEST = "contest"
    MEETING = "meeting"
    VISIT = "visit"


class Series(Base):
    """A repeated booking. Dates are local; a deleted date stays here, so that no change revives it."""

    __tablename__ = "booking_series"

    rule: Mapped[str] = mapped_column(sa.String(200))
    first_on: Mapped[date]
    starts: Mapped[time]
    minutes: Mapped[int]
    deleted: Mapped[list[Any]] = mapped_column(default=list)  # ISO dates
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ISO date -> [date, HH:MM, minutes]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]


class BookingState(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPLACED = "displaced"
    NO_SHOW = "no_show"
    DONE = "done"


class Booking(Base):
    """One occurrence of a wish to use a place, from request to check-out."""

    __tablename__ = "booking"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("idempotency_key"),
        sa.CheckConstraint("starts_at < ends_at", name="forward"),
        sa.CheckConstraint("expected >= 1", name="expected"),
        sa.Index("ix_booking_resource_starts", "resource_id", "starts_at"),
        sa.Index("ix_booking_state_starts", "state", "starts_at"),
    )

    code: Mapped[str] = mapped_column(sa.String(16))
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"))
    units: Mapped[int | None]  # of a shared resource; None: the whole of it
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[BookingState] = mapped_column(enum_column(BookingState))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    title_public: Mapped[bool] = mapped_column(default=False)
    requester_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    body_name: Mapped[str] = mapped_column(sa.String(200), default="")  # a body without an account
    body_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    letter_number: Mapped[str] = mapped_column(sa.String(60), default="")
    responsible_name: Mapped[str] = mapped_column(sa.String(200), default="")
    responsible_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    expected: Mapped[int]
    checked_in: Mapped[int | None]
    confirmed: Mapped[int | None]
    layout: Mapped[str] = mapped_column(sa.String(40), default="")
    equipment: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    price: Mapped[int] = mapped_column(default=0)  # đồng, fixed when booked
    consumables: Mapped[dict[str, Any]] = mapped_column(default=dict)  # name -> {estimate, used, unit}
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("booking_series.id"), index=True)
    series_date: Mapped[date | None]  # the pattern's own date of this occurrence
    conditions: Mapped[list[Any]] = mapped_column(default=list)  # why it needs approval
    answer_by: Mapped[datetime | None]
    hold_until: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(64))
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    resource: Mapped[Resource] = relationship(lazy="raise")
    requester: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[requester_id])
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class QuotaScope(StrEnum):
    PERSON = "person"
    TEAM = "team"
    ORGANISATION = "organisation"


class Quota(Base):
    """Hours per local week for each person, team or organisation; requested and confirmed ones count."""

    __tablename__ = "quota"

    name: Mapped[str] = mapped_column(sa.String(160))
    scope: Mapped[QuotaScope] = mapped_column(enum_column(QuotaScope))
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(20), default="")  # ResourceKind, empty: any
    minutes: Mapped[int]


class PriceRule(Base):
    """Đồng per started 30 minutes for a kind of organisation (empty: everybody); the closest rule counts."""

    __tablename__ = "price_rule"
    __table_args__ = (sa.CheckConstraint("per_half_hour >= 0", name="price"),)

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    organisation_kind: Mapped[str] = mapped_column(sa.String(32), default="")
    per_half_hour: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


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


class GrantState(StrEnum):
    RESERVED = "reserved"
    CONSUMED = "consumed"
    RETURNED = "returned"


class Entitlement(Base):
    """Free use up to a ceiling: written by incubation, read and drawn down by bookings."""

    __tablename__ = "entitlement"
    __table_args__ = (sa.CheckConstraint("minutes > 0", name="minutes"),)

    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id"))  # None: by kind
    kind: Mapped[str] = mapped_column(sa.String(20), default="")  # ResourceKind, empty: any
    minutes: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    source_kind: Mapped[str] = mapped_column(sa.String(40), default="")  # support_grant …
    source_id: Mapped[int | None]
    decision: Mapped[str] = mapped_column(sa.String(80), default="")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class EntitlementUse(Base):
    """What a booking takes of an entitlement: reserved at approval, consumed at check-out or no-show."""

    __tablename__ = "entitlement_use"
    __table_args__ = (sa.UniqueConstraint("booking_id"),)

    entitlement_id: Mapped[int] = mapped_column(sa.ForeignKey("entitlement.id"), index=True)
    booking_id: Mapped[int] = mapped_column(sa.ForeignKey("booking.id"))
    minutes: Mapped[int]
    state: Mapped[GrantState] = mapped_column(enum_column(GrantState))
    changed_at: Mapped[datetime]


class TrainingRecord(Base):
    """A person may use machines of a kind. Granted by attending an induction, or by staff."""

    __tablename__ = "training_record"
    __table_args__ = (sa.Index("ix_training_record_person_training", "person_id", "training"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    training: Mapped[str] = mapped_column(sa.String(60))
    granted_on: Mapped[date]
    valid_until: Mapped[date | None]
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


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
        lazy="raise", order_by="EventSession.starts_at", back_populates="event"
    )


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

    event: Mapped[Event] = relationship(lazy="raise", back_populates="sessions")
    resource: Mapped[Resource] = relationship(lazy="raise")


class RegistrationState(StrEnum):
    REGISTERED = "registered"
    WAITING = "waiting"
    OFFERED = "offered"
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
    offered_until: Mapped[datetime | None]
    certificate_number: Mapped[str] = mapped_column(sa.String(40), default="")

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


class FeedKind(StrEnum):
    MINE = "mine"
    RESOURCE = "resource"


class CalendarFeed(Base):
    """A secret calendar address, derived from id and version; a new version ends the old address."""

    __tablename__ = "calendar_feed"
    __table_args__ = (sa.UniqueConstraint("person_id", "kind", "resource_id"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[FeedKind] = mapped_column(enum_column(FeedKind))
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class CalendarImport(Base):
    """One .ics file that was read in; owner of its occupancies (`owner_kind` "import")."""

    __tablename__ = "calendar_import"

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64))
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    stored: Mapped[int]
    clashes: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
