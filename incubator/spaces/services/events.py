"""Courses and workshops: sessions that occupy rooms, registration, a waiting list that moves up by itself."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from ...activity import services as activity
from ...core.access import Actor, ensure, system_actor
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...core.text import search_key
from ...models import (
    Event,
    EventAttendance,
    EventKind,
    EventRegistration,
    EventSession,
    EventState,
    RegistrationState,
    Resource,
    TrainingRecord,
)
from .. import policies
from ..intervals import Span, local_date
from . import occupancy
from .context import place_and_calendar
from .day import ensure_at_door
from .occupancy import Owner, Want

SEATED = RegistrationState.REGISTERED


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What staff type to make an event."""

    title: str
    kind: EventKind
    seats: int
    summary: str = ""
    title_en: str = ""
    closes_at: datetime | None = None
    trains: str = ""
    training_months: int | None = None
    gives_certificate: bool = False
    host_id: int | None = None


def create(plan: EventPlan, *, actor: Actor, at: datetime) -> Event:
    """A draft without sessions."""
    ensure(policies.can_manage(actor))
    if plan.seats < 1:
        raise Invalid(_("Số chỗ phải từ 1 trở lên."), field="seats")
    base = re.sub(r"[^a-z0-9]+", "-", search_key(plan.title)).strip("-")[:80] or "su-kien"
    event = Event(
        slug=_free_slug(base),
        title=plan.title,
        title_en=plan.title_en,
        summary=plan.summary,
        kind=plan.kind,
        state=EventState.DRAFT,
        seats=plan.seats,
        closes_at=plan.closes_at,
        trains=plan.trains,
        training_months=plan.training_months,
        gives_certificate=plan.gives_certificate,
        host_id=plan.host_id,
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(event)
    db.session.flush()
    activity.record(
        "spaces.event.made", event, actor=actor, at=at, after={"seats": plan.seats, "kind": plan.kind}
    )
    return event


def _free_slug(base: str) -> str:
    taken = set(db.session.scalars(sa.select(Event.slug).where(Event.slug.like(f"{base}%"))))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)


def add_session(event_id: int, resource_id: int, span: Span, *, actor: Actor, at: datetime) -> EventSession:
    """One meeting in one place. Raises Taken."""
    event = _managed(event_id, actor)
    session = EventSession(event_id=event.id, resource_id=resource_id, starts_at=span.start, ends_at=span.end)
    if span.start >= span.end:
        raise Invalid(_("Giờ kết thúc phải sau giờ bắt đầu."), field="end")
    db.session.add(session)
    db.session.flush()
    _occupy(session, event, at=at)
    activity.record(
        "spaces.session.made", session, actor=actor, at=at, after={"event": event.id, "resource": resource_id}
    )
    return session


def _occupy(session: EventSession, event: Event, *, at: datetime) -> None:
    span = Span(session.starts_at, session.ends_at)
    place, _calendar = place_and_calendar(session.resource_id, span)
    want = Want(session.resource_id, span, before=place.rules.before, after=place.rules.after())
    occupancy.move(
        [want],
        owner=Owner("event", session.id),
        at=at,
        title=event.title,
        title_public=event.state is EventState.PUBLISHED,
    )


def move_session(
    session_id: int, resource_id: int, span: Span, *, actor: Actor, at: datetime
) -> EventSession:
    """The event and its room move together; who registered is told. Raises Taken."""
    session = get_session(session_id)
    event = _managed(session.event_id, actor)
    before = {"resource": session.resource_id, "start": session.starts_at.isoformat()}
    session.resource_id, session.starts_at, session.ends_at = resource_id, span.start, span.end
    session.displaced_at = None
    _occupy(session, event, at=at)
    db.session.flush()
    after = {"resource": resource_id, "start": span.start.isoformat()}
    activity.record("spaces.session.moved", session, actor=actor, at=at, before=before, after=after)
    _tell_all(event, "spaces/event_moved", at=at, session_id=session.id)
    return session


def publish(event_id: int, *, actor: Actor, at: datetime) -> Event:
    """Open for registration; the title shows on doors and in public calendars from now on."""
    event = _managed(event_id, actor)
    sessions = _sessions(event.id)
    if not sessions:
        raise Conflict(_("Thêm ít nhất một buổi trước khi công bố."), code="no_session")
    event.state = EventState.PUBLISHED
    for session in sessions:
        occupancy.retitle(Owner("event", session.id), event.title, at=at, title_public=True)
    db.session.flush()
    activity.record("spaces.event.published", event, actor=actor, at=at)
    return event


def cancel(event_id: int, *, actor: Actor, at: datetime, reason: str) -> Event:
    event = _managed(event_id, actor)
    if not reason.strip():
        raise Invalid(_("Ghi lý do hủy: người đăng ký sẽ đọc được."), field="reason")
    event.state = EventState.CANCELLED
    occupancy.release([Owner("event", session.id) for session in _sessions(event.id)], at=at)
    db.session.flush()
    activity.record("spaces.event.cancelled", event, actor=actor, at=at, reason=reason)
    _tell_all(event, "spaces/event_cancelled", at=at, reason=reason)
    return event


def finish(event_id: int, *, actor: Actor, at: datetime) -> tuple[Event, int]:
    """Close the event: who attended every session gets the training it gives. Returns how many."""
    event = _managed(event_id, actor)
    sessions = _sessions(event.id)
    if not sessions or sessions[-1].ends_at > at:
        raise Conflict(_("Sự kiện chưa kết thúc buổi cuối."), code="not_now")
    event.state = EventState.DONE
    attended = _attended_all(event.id, len(sessions))
    for number, registration in enumerate(attended, start=1):
        if event.gives_certificate and not registration.certificate_number:
            registration.certificate_number = f"BIIC-{event.id:04d}-{number:03d}"
    trained = [r.person_id for r in attended if r.person_id is not None] if event.trains else []
    for person_id in trained:
        grant_training(
            person_id, event.trains, on=local_date(sessions[-1].ends_at), months=event.training_months,
            actor=actor, at=at, event_id=event.id,
        )  # fmt: skip
    db.session.flush()
    activity.record("spaces.event.finished", event, actor=actor, at=at, after={"trained": len(trained)})
    return event, len(trained)


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
    activity.record("spaces.training.granted", record, actor=actor, at=at, after={"training": training})
    return record


def _attended_all(event_id: int, sessions: int) -> list[EventRegistration]:
    return list(
        db.session.scalars(
            sa.select(EventRegistration)
            .join(EventAttendance, EventAttendance.registration_id == EventRegistration.id)
            .where(EventRegistration.event_id == event_id)
            .group_by(EventRegistration.id)
            .having(sa.func.count(EventAttendance.id) >= sessions)
            .order_by(EventRegistration.id)
        )
    )


# -- registration


def contact_key(text: str) -> str:
    """A phone as digits with a leading zero, an e-mail in lower case. Raises Invalid for anything else."""
    text = text.strip()
    if "@" in text and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return text.lower()
    digits = re.sub(r"[\s.\-()]", "", text)
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    if re.fullmatch(r"0\d{8,10}", digits):
        return digits
    raise Invalid(_("Nhập số điện thoại (0912 345 678) hoặc e-mail."), field="contact")


def register(
    slug: str,
    *,
    full_name: str,
    contact: str,
    at: datetime,
    organisation: str = "",
    person_id: int | None = None,
) -> EventRegistration:
    """A seat, or the next place in the waiting list. The same contact again gives the same registration."""
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None or event.state is EventState.DRAFT:
        raise NotFound(_("Không có sự kiện này."))
    lock_rows(Event, [event.id])
    if not full_name.strip():
        raise Invalid(_("Nhập họ và tên."), field="full_name")
    contact = contact_key(contact)
    if event.state is not EventState.PUBLISHED or (event.closes_at is not None and event.closes_at <= at):
        raise Conflict(_("Sự kiện này đã ngừng nhận đăng ký."), code="closed")
    known = db.session.scalar(
        sa.select(EventRegistration).where(
            EventRegistration.event_id == event.id, EventRegistration.contact == contact
        )
    )
    if known is not None and known.state is not RegistrationState.CANCELLED:
        return known
    state = SEATED if seats_taken(event.id) < event.seats else RegistrationState.WAITING
    row = known or EventRegistration(event_id=event.id, contact=contact, code=secrets.token_urlsafe(18))
    row.full_name, row.organisation, row.person_id = full_name.strip(), organisation.strip(), person_id
    row.state, row.registered_at = state, at
    db.session.add(row)
    db.session.flush()
    activity.record(
        "spaces.registration.made", row, actor=system_actor("registration"), at=at, after={"state": state}
    )
    _tell(row, "spaces/registered", at=at)
    return row


def seats_taken(event_id: int) -> int:
    return int(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                EventRegistration.event_id == event_id, EventRegistration.state == SEATED
            )
        )
        or 0
    )


def withdraw(code: str, *, at: datetime) -> tuple[EventRegistration, EventRegistration | None]:
    """Give the seat back; the first in the waiting list gets it and is told. Returns both."""
    row = by_code(code)
    lock_rows(Event, [row.event_id])
    row = by_code(code)
    if row.state is RegistrationState.CANCELLED:
        return row, None
    row.state = RegistrationState.CANCELLED
    db.session.flush()
    activity.record("spaces.registration.cancelled", row, actor=system_actor("registration"), at=at)
    moved_up = fill_seats(row.event_id, at=at)
    return row, moved_up[0] if moved_up else None


def fill_seats(event_id: int, *, at: datetime) -> list[EventRegistration]:
    """Move the waiting list up while there are free seats, in the order of registration."""
    event = db.session.get_one(Event, event_id)
    free = event.seats - seats_taken(event_id)
    rows = db.session.scalars(
        sa.select(EventRegistration)
        .where(EventRegistration.event_id == event_id, EventRegistration.state == RegistrationState.WAITING)
        .order_by(EventRegistration.registered_at, EventRegistration.id)
        .limit(max(free, 0))
    ).all()
    for row in rows:
        row.state = SEATED
        activity.record("spaces.registration.moved_up", row, actor=system_actor("waiting-list"), at=at)
        _tell(row, "spaces/moved_up", at=at)
    db.session.flush()
    return list(rows)


def set_seats(event_id: int, seats: int, *, actor: Actor, at: datetime) -> list[EventRegistration]:
    """More seats move the waiting list up; fewer than are taken are refused."""
    lock_rows(Event, [event_id])
    event = _managed(event_id, actor)
    taken = seats_taken(event_id)
    if seats < max(taken, 1):
        raise Invalid(
            _("Đã có %(taken)s người đăng ký: số chỗ không thể ít hơn.", taken=taken), field="seats"
        )
    event.seats = seats
    db.session.flush()
    return fill_seats(event_id, at=at)


def by_code(code: str) -> EventRegistration:
    row = db.session.scalar(sa.select(EventRegistration).where(EventRegistration.code == code))
    if row is None:
        raise NotFound(_("Không có đăng ký này. Mở lại đường dẫn trong tin nhắn xác nhận."))
    return row


def attend(
    session_id: int, registration_id: int, *, at: datetime, actor: Actor | None = None, door: str = ""
) -> bool:
    """Mark as present: by staff, or by the registrant with the door's code. False when it stood already."""
    session = get_session(session_id)
    if actor is not None:
        _managed(session.event_id, actor)
    else:
        ensure_at_door(session.resource_id, door, at)
    row = db.session.get(EventRegistration, registration_id)
    if row is None or row.event_id != session.event_id:
        raise NotFound(_("Không có đăng ký này."))
    if row.state is not SEATED:
        raise Conflict(
            _("Đăng ký này chưa có chỗ (đang trong danh sách chờ). Hỏi nhân viên."), code="not_seated"
        )
    lock_rows(EventRegistration, [row.id])
    known = db.session.scalar(
        sa.select(EventAttendance.id).where(
            EventAttendance.session_id == session_id, EventAttendance.registration_id == row.id
        )
    )
    if known is not None:
        return False
    by = actor.person_id if actor is not None else None
    db.session.add(EventAttendance(session_id=session_id, registration_id=row.id, at=at, by_id=by))
    db.session.flush()
    return True


def _managed(event_id: int, actor: Actor) -> Event:
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound(_("Không có sự kiện này."))
    ensure(policies.can_manage(actor))
    return event


def get_session(session_id: int) -> EventSession:
    session = db.session.get(EventSession, session_id)
    if session is None:
        raise NotFound(_("Không có buổi này."))
    return session


def _sessions(event_id: int) -> list[EventSession]:
    return list(
        db.session.scalars(
            sa.select(EventSession).where(EventSession.event_id == event_id).order_by(EventSession.starts_at)
        )
    )


def _tell(row: EventRegistration, kind: str, *, at: datetime, **context: Any) -> None:
    address = row.contact if "@" in row.contact and row.person_id is None else ""
    if row.person_id is None and not address:
        return
    activity.notify(
        kind, person_id=row.person_id, address=address, url=f"/vi/events/r/{row.code}", at=at,
        event_id=row.event_id, registration_id=row.id, **context,
    )  # fmt: skip


def _tell_all(event: Event, kind: str, *, at: datetime, **context: Any) -> None:
    rows = db.session.scalars(
        sa.select(EventRegistration).where(
            EventRegistration.event_id == event.id,
            EventRegistration.state.in_((SEATED, RegistrationState.WAITING)),
        )
    )
    for row in rows:
        _tell(row, kind, at=at, **context)


def place_of(session: EventSession) -> Resource:
    return db.session.get_one(Resource, session.resource_id)
