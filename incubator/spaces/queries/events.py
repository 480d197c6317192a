"""Events with their sessions, seats and people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ...activity import messages
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    Event,
    EventAttendance,
    EventRegistration,
    EventSession,
    EventState,
    Notification,
    RegistrationState,
)
from ..services.telling import page_of


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with its counts."""

    event: Event
    registered: int
    waiting: int
    untold: int = 0  # news that staff have to tell by phone

    @property
    def free(self) -> int:
        return max(self.event.seats - self.registered, 0)


def _loaded() -> sa.Select[Event]:
    return sa.select(Event).options(selectinload(Event.sessions).joinedload(EventSession.resource))


def _counts(ids: list[int]) -> dict[int, dict[RegistrationState, tuple[int, int]]]:
    """Event -> state -> how many registrations, and to how many of them there is news to tell."""
    rows = db.session.execute(
        sa.select(
            EventRegistration.event_id,
            EventRegistration.state,
            sa.func.count(),
            sa.func.count(sa.case((EventRegistration.news != "", 1))),
        )
        .where(EventRegistration.event_id.in_(ids))
        .group_by(EventRegistration.event_id, EventRegistration.state)
    )
    found: dict[int, dict[RegistrationState, tuple[int, int]]] = {}
    for event_id, state, count, untold in rows:
        found.setdefault(event_id, {})[state] = (count, untold)
    return found


def _rows(events: list[Event]) -> list[EventRow]:
    counts = _counts([event.id for event in events])
    none = (0, 0)
    return [
        EventRow(
            event,
            of.get(RegistrationState.REGISTERED, none)[0],
            of.get(RegistrationState.WAITING, none)[0],
            sum(untold for _count, untold in of.values()),
        )
        for event in events
        for of in [counts.get(event.id, {})]
    ]


def coming(now: datetime) -> list[EventRow]:
    """Published events with a session still to come, the next first."""
    last = (
        sa.select(sa.func.max(EventSession.ends_at))
        .where(EventSession.event_id == Event.id, EventSession.is_kept)
        .scalar_subquery()
    )
    found = db.session.scalars(_loaded().where(Event.state == EventState.PUBLISHED, last > now)).all()
    return sorted(_rows(list(found)), key=lambda row: row.event.sessions[0].starts_at)


def managed(*, limit: int = 100) -> list[EventRow]:
    """All events for staff, the newest first."""
    return _rows(list(db.session.scalars(_loaded().order_by(Event.id.desc()).limit(limit))))


def one(event_id: int) -> EventRow:
    event = db.session.scalar(_loaded().where(Event.id == event_id))
    if event is None:
        raise NotFound(_("Không có sự kiện này."))
    return _rows([event])[0]


def public_one(slug: str) -> EventRow:
    event = db.session.scalar(_loaded().where(Event.slug == slug, Event.state != EventState.DRAFT))
    if event is None:
        raise NotFound(_("Không có sự kiện này."))
    return _rows([event])[0]


def registrations(event_id: int) -> list[tuple[EventRegistration, set[int]]]:
    """Who registered, in order, each with the sessions attended."""
    rows = db.session.scalars(
        sa.select(EventRegistration)
        .where(EventRegistration.event_id == event_id)
        .order_by(EventRegistration.registered_at, EventRegistration.id)
    ).all()
    attended: dict[int, set[int]] = {}
    for registration_id, session_id in db.session.execute(
        sa.select(EventAttendance.registration_id, EventAttendance.session_id).where(
            EventAttendance.registration_id.in_([row.id for row in rows])
        )
    ).all():
        attended.setdefault(registration_id, set()).add(session_id)
    return [(row, attended.get(row.id, set())) for row in rows]


@dataclass(frozen=True, slots=True)
class News:
    """What one registrant has to be told by phone or Zalo, with a text to send."""

    registration_id: int
    full_name: str
    phone: str
    kind: str
    text: str


def news(people: Iterable[EventRegistration]) -> list[News]:
    """Of these registrants, who waits to be told; the text is that of the message to those with e-mail."""
    rows = [row for row in people if row.news]
    unsent = [Notification(kind=r.news, context=r.news_context, url=page_of(r)) for r in rows]
    texts = messages.render_many(unsent, None) if unsent else []
    return [
        News(row.id, row.full_name, row.contact, row.news, text.body)
        for row, text in zip(rows, texts, strict=True)
    ]


def mine(code: str) -> tuple[EventRegistration, EventRow, int, set[int]]:
    """A registrant's own page: the seat, the event, the place in the waiting list (0: seated), sessions attended."""
    row = db.session.scalar(
        sa.select(EventRegistration)
        .options(joinedload(EventRegistration.event))
        .where(EventRegistration.code == code)
    )
    if row is None:
        raise NotFound(_("Không có đăng ký này. Mở lại đường dẫn trong tin nhắn xác nhận."))
    place = 0
    if row.state is RegistrationState.WAITING:
        place = 1 + int(
            db.session.scalar(
                sa.select(sa.func.count()).where(
                    EventRegistration.event_id == row.event_id,
                    EventRegistration.state == RegistrationState.WAITING,
                    sa.or_(
                        EventRegistration.registered_at < row.registered_at,
                        sa.and_(
                            EventRegistration.registered_at == row.registered_at,
                            EventRegistration.id < row.id,
                        ),
                    ),
                )
            )
            or 0
        )
    attended = set(
        db.session.scalars(
            sa.select(EventAttendance.session_id).where(EventAttendance.registration_id == row.id)
        )
    )
    return row, one(row.event_id), place, attended


def by_contact(event_id: int, contact: str) -> EventRegistration | None:
    return db.session.scalar(
        sa.select(EventRegistration).where(
            EventRegistration.event_id == event_id, EventRegistration.contact == contact
        )
    )
