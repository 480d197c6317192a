"""Bookings and the rights to book: series, quotas, prices, entitlements, trainings.

A place is busy only through `Occupancy`; the rows here own those rows.
"""

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
    "Booking",
    "BookingState",
    "Entitlement",
    "EntitlementUse",
    "GrantState",
    "PriceRule",
    "Purpose",
    "Quota",
    "QuotaScope",
    "Series",
    "TrainingRecord",
]


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
        # Hours used are counted inside the lock: with the end behind the owner, what has been is passed over.
        sa.Index("ix_booking_requester_ends", "requester_id", "ends_at"),
        sa.Index("ix_booking_organisation_ends", "organisation_id", "ends_at"),
        sa.Index("ix_booking_team_ends", "team_id", "ends_at"),
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
    requester_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"))
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
