"""Who may use which machine: granted by an induction or by staff, until a date; taken back with a reason."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import Account, Person, TrainingRecord
from .. import policies
from .registrations import contact_key


def grant_training(
    person_id: int,
    training: str,
    *,
    on: date,
    months: int | None,
    actor: Actor,
    at: datetime,
    event_id: int | None = None,
) -> TrainingRecord:
    """A person may use machines of this kind, until a date when the training expires."""
    ensure(policies.can_manage(actor))
    if not training:
        raise Invalid(_("Chọn loại tập huấn."), field="training")
    record = TrainingRecord(
        person_id=person_id,
        training=training,
        granted_on=on,
        valid_until=on + relativedelta(months=months) if months else None,
        event_id=event_id,
        granted_by_id=actor.person_id,
    )
    db.session.add(record)
    db.session.flush()
    activity.record(
        "spaces.training.granted",
        record,
        actor=actor,
        at=at,
        after={"training": training, "until": str(record.valid_until or "")},
    )
    return record


def grant_to_contact(
    contact: str, training: str, *, on: date, months: int | None, actor: Actor, at: datetime
) -> tuple[TrainingRecord, str]:
    """By the e-mail or phone of an account; returns the person's name too, so that staff see whom they meant."""
    ensure(policies.can_manage(actor))
    found = person_of_contact(contact_key(contact))
    if found is None:
        raise NotFound(_("Không có tài khoản với e-mail hoặc số điện thoại này."))
    name = db.session.scalar(sa.select(Person.full_name).where(Person.id == found)) or ""
    return grant_training(found, training, on=on, months=months, actor=actor, at=at), name


def person_of_contact(contact: str) -> int | None:
    """Whose account it is; only confirmed e-mail addresses count, anybody may type another's."""
    return db.session.scalar(
        sa.select(Account.person_id).where(
            sa.or_(
                sa.and_(Account.email == contact, Account.email_confirmed_at.is_not(None)),
                Account.phone == contact,
            ),
            Account.disabled_at.is_(None),
        )
    )


def contacts_of(person_id: int) -> sa.CompoundSelect[str | None]:
    """Addresses of the person's account, told apart as by `person_of_contact`: as a question, for other statements."""
    held = (Account.person_id == person_id, Account.disabled_at.is_(None))
    email = sa.select(Account.email).where(*held, Account.email_confirmed_at.is_not(None))
    return email.union_all(sa.select(Account.phone).where(*held))


def revoke(record_id: int, *, reason: str, actor: Actor, at: datetime) -> TrainingRecord:
    """The person needs the training again; bookings made already are for staff to look at."""
    ensure(policies.can_manage(actor))
    if not reason.strip():
        raise Invalid(_("Ghi lý do thu hồi."), field="reason")
    record = db.session.get(TrainingRecord, record_id)
    if record is None:
        raise NotFound(_("Không có lần tập huấn này."))
    record.revoked_at = record.revoked_at or at
    db.session.flush()
    activity.record("spaces.training.revoked", record, actor=actor, at=at, reason=reason.strip())
    return record
