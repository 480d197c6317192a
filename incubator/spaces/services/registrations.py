"""Seats of an event: registration, a waiting list that moves up by itself, attendance."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

import sqlalchemy as sa

from ...accounts.queries import addresses_of
from ...activity import services as activity
from ...core.access import Actor, ensure, system_actor
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...core.text import search_key
from ...models import (
    Account,
    Event,
    EventAttendance,
    EventRegistration,
    EventSession,
    EventState,
    Person,
    RegistrationState,
    Resource,
)
from .. import policies
from ..settings import CHECK_IN_FROM
from ..wording import clock_of
from . import telling
from .day import ensure_at_door, ensure_begun, ensure_count

SEATED = RegistrationState.REGISTERED


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
    """A seat, or the next place in the waiting list. The same name and contact again give the same registration."""
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug))
    if event is None or event.state is EventState.DRAFT:
        raise NotFound(_("Không có sự kiện này."))
    lock_rows(Event, [event.id])
    if not full_name.strip():
        raise Invalid(_("Nhập họ và tên."), field="full_name")
    contact = contact_key(contact)
    closes = event.closes_at or _last_end(event.id)
    if event.state is not EventState.PUBLISHED or closes is None or closes <= at:
        raise Conflict(_("Sự kiện này đã ngừng nhận đăng ký."), code="closed")
    known = db.session.scalar(
        sa.select(EventRegistration).where(
            EventRegistration.event_id == event.id, EventRegistration.contact == contact
        )
    )
    if known is not None and known.state is not RegistrationState.CANCELLED:
        if search_key(known.full_name) != search_key(
            full_name
        ):  # the seat's page is for who knows the name too
            text = _("Số hoặc e-mail này đã đăng ký với tên khác. Dùng số khác, hoặc hỏi BIIC.")
            raise Conflict(text, code="contact_taken")
        if person_id is not None:
            known.person_id = person_id
        return known
    state = SEATED if seats_taken(event.id) < event.seats else RegistrationState.WAITING
    row = known or EventRegistration(
        event_id=event.id, contact=contact, code=secrets.token_urlsafe(18), sequence=0
    )
    row.full_name, row.organisation, row.person_id = full_name.strip(), organisation.strip(), person_id
    row.state, row.registered_at, row.news = state, at, ""
    if state is SEATED:
        _take_seat(row)
    db.session.add(row)
    db.session.flush()
    activity.record(
        "spaces.registration.made", row, actor=system_actor("registration"), at=at, after={"state": state}
    )
    telling.tell(row, "spaces/registered", at=at)
    return row


def _take_seat(row: EventRegistration) -> None:
    """A first seat is as it was made; one that was given back before is new to calendars that know it as cancelled."""
    row.state = SEATED
    if row.given_back_at is not None:
        row.given_back_at, row.sequence = None, row.sequence + 1


def _last_end(event_id: int) -> datetime | None:
    return db.session.scalar(
        sa.select(sa.func.max(EventSession.ends_at)).where(
            EventSession.event_id == event_id, EventSession.is_kept
        )
    )


def _is_over(event_id: int, at: datetime) -> bool:
    last = _last_end(event_id)
    return last is not None and last <= at


def register_person(slug: str, *, actor: Actor, at: datetime) -> EventRegistration:
    """A seat for somebody with an account, under the account's own contact."""
    ensure(actor.person_id is not None)
    person = db.session.get_one(Person, actor.person_id)
    account = db.session.scalar(sa.select(Account).where(Account.person_id == person.id))
    shown = addresses_of(account) if account is not None else None
    contact = (shown.email or shown.phone or "") if shown is not None else ""
    return register(slug, full_name=person.full_name, contact=contact, at=at, person_id=person.id)


def seats_taken(event_id: int) -> int:
    """People who hold a seat; those who wait are not counted."""
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
    event = db.session.get_one(Event, row.event_id)
    if event.state is not EventState.PUBLISHED or _is_over(event.id, at):
        raise Conflict(_("Sự kiện này đã xong hoặc đã hủy."), code="closed")
    if row.state is SEATED:
        row.given_back_at, row.sequence = at, row.sequence + 1
    row.state, row.news = RegistrationState.CANCELLED, ""
    db.session.flush()
    activity.record("spaces.registration.cancelled", row, actor=system_actor("registration"), at=at)
    moved_up = fill_seats(row.event_id, at=at)
    return row, moved_up[0] if moved_up else None


def fill_seats(event_id: int, *, at: datetime) -> list[EventRegistration]:
    """Move the waiting list up while there are free seats, in the order of registration; not once all is over."""
    if _is_over(event_id, at):
        return []
    event = db.session.get_one(Event, event_id)
    free = event.seats - seats_taken(event_id)
    rows = db.session.scalars(
        sa.select(EventRegistration)
        .where(EventRegistration.event_id == event_id, EventRegistration.state == RegistrationState.WAITING)
        .order_by(EventRegistration.registered_at, EventRegistration.id)
        .limit(max(free, 0))
    ).all()
    for row in rows:
        _take_seat(row)
        activity.record("spaces.registration.moved_up", row, actor=system_actor("waiting-list"), at=at)
        telling.tell(row, "spaces/moved_up", at=at)
    db.session.flush()
    return list(rows)


def set_seats(event_id: int, seats: int, *, actor: Actor, at: datetime) -> list[EventRegistration]:
    """More seats move the waiting list up; fewer than are taken are refused."""
    lock_rows(Event, [event_id])
    event = open_event(event_id, actor)
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
    session = locked_session(session_id)
    if actor is not None:
        managed_event(session.event_id, actor)
    else:
        ensure_at_door(session.resource_id, door, at)
    _ensure_time(session, at, is_staff=actor is not None)
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
    activity.record(
        "spaces.registration.attended",
        row,
        actor=actor or system_actor("door"),
        at=at,
        after={"session": session_id},
    )
    return True


def _ensure_time(session: EventSession, at: datetime, *, is_staff: bool) -> None:
    """From 15 minutes before; the door closes with the session, staff may enter the paper list afterwards."""
    if at < session.starts_at - CHECK_IN_FROM or (not is_staff and at >= session.ends_at):
        raise Conflict(
            _(
                "Báo có mặt được từ %(start)s đến %(end)s.",
                start=clock_of(session.starts_at - CHECK_IN_FROM),
                end=clock_of(session.ends_at),
            ),
            code="not_now",
        )


def take_back(session_id: int, registration_id: int, *, actor: Actor, at: datetime) -> None:
    """Somebody was marked present by mistake; not once the paper is out."""
    session = get_session(session_id)
    managed_event(session.event_id, actor)
    lock_rows(EventRegistration, [registration_id])
    row = db.session.get(EventRegistration, registration_id)
    if row is None or row.event_id != session.event_id:
        raise NotFound(_("Không có đăng ký này."))
    if row.certificate_number:
        raise Conflict(_("Giấy chứng nhận đã cấp nên không bỏ có mặt được."), code="certified")
    db.session.execute(
        sa.delete(EventAttendance).where(
            EventAttendance.session_id == session_id, EventAttendance.registration_id == row.id
        )
    )
    activity.record("spaces.registration.taken_back", row, actor=actor, at=at, before={"session": session_id})


def count_session(session_id: int, people: int, *, actor: Actor, at: datetime) -> EventSession:
    """Staff's head-count of one meeting of an event."""
    session = locked_session(session_id)
    resource = db.session.get_one(Resource, session.resource_id)
    ensure(policies.can_manage(actor, resource.site_id))
    ensure_count(people)
    ensure_begun(session.starts_at, at)
    session.confirmed = people
    db.session.flush()
    activity.record("spaces.session.counted", session, actor=actor, at=at, after={"confirmed": people})
    return session


def managed_event(event_id: int, actor: Actor) -> Event:
    """Raises NotFound, and NotAllowed for who is no staff."""
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound(_("Không có sự kiện này."))
    ensure(policies.can_manage(actor))
    return event


def open_event(event_id: int, actor: Actor) -> Event:
    """To change it, locked: a draft or a published one. What is done or cancelled stays as it was."""
    lock_rows(Event, [event_id])
    event = managed_event(event_id, actor)
    if not event.is_open:
        raise Conflict(_("Sự kiện này đã xong hoặc đã hủy."), code="closed")
    return event


def get_session(session_id: int) -> EventSession:
    """Raises NotFound, also for one that was removed."""
    session = db.session.get(EventSession, session_id, populate_existing=True)
    if session is None or not session.is_kept:
        raise NotFound(_("Không có buổi này."))
    return session


def locked_session(session_id: int) -> EventSession:
    """The session with its event locked: nobody takes it out, moves it or closes the event meanwhile."""
    lock_rows(Event, [get_session(session_id).event_id])
    return get_session(session_id)
