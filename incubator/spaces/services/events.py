"""Courses and workshops: sessions that occupy rooms, registration, a waiting list that moves up by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
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
)
from .. import policies
from ..intervals import Span, local_date
from ..queries.place_rows import place_rows
from . import occupancy
from .occupancy import Owner, Want
from .registrations import get_session, managed_event, tell_all
from .trainings import grant_training, person_of_contact


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
    event = managed_event(event_id, actor)
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
    place = place_rows(ids=[session.resource_id]).get(session.resource_id)
    if place is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
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
    event = managed_event(session.event_id, actor)
    before = {"resource": session.resource_id, "start": session.starts_at.isoformat()}
    session.resource_id, session.starts_at, session.ends_at = resource_id, span.start, span.end
    session.displaced_at = None
    _occupy(session, event, at=at)
    db.session.flush()
    after = {"resource": resource_id, "start": span.start.isoformat()}
    activity.record("spaces.session.moved", session, actor=actor, at=at, before=before, after=after)
    tell_all(event, "spaces/event_moved", at=at, session_id=session.id)
    return session


def publish(event_id: int, *, actor: Actor, at: datetime) -> Event:
    """Open for registration; the title shows on doors and in public calendars from now on."""
    event = managed_event(event_id, actor)
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
    event = managed_event(event_id, actor)
    if not reason.strip():
        raise Invalid(_("Ghi lý do hủy: người đăng ký sẽ đọc được."), field="reason")
    event.state = EventState.CANCELLED
    occupancy.release([Owner("event", session.id) for session in _sessions(event.id)], at=at)
    db.session.flush()
    activity.record("spaces.event.cancelled", event, actor=actor, at=at, reason=reason)
    tell_all(event, "spaces/event_cancelled", at=at, reason=reason)
    return event


def finish(event_id: int, *, actor: Actor, at: datetime) -> tuple[Event, int]:
    """Close the event: who attended every session gets the training it gives. Returns how many.

    A registration counts for the account with its e-mail or phone; who has no account yet is trained by hand later.
    """
    event = managed_event(event_id, actor)
    sessions = _sessions(event.id)
    if not sessions or sessions[-1].ends_at > at:
        raise Conflict(_("Sự kiện chưa kết thúc buổi cuối."), code="not_now")
    event.state = EventState.DONE
    attended = _attended_all(event.id, len(sessions))
    for number, registration in enumerate(attended, start=1):
        if event.gives_certificate and not registration.certificate_number:
            registration.certificate_number = f"BIIC-{event.id:04d}-{number:03d}"
    trained = 0
    for registration in attended if event.trains else ():
        if registration.person_id is None:
            registration.person_id = person_of_contact(registration.contact)
        if registration.person_id is not None:
            trained += 1
            grant_training(
                registration.person_id, event.trains, on=local_date(sessions[-1].ends_at),
                months=event.training_months, actor=actor, at=at, event_id=event.id,
            )  # fmt: skip
    db.session.flush()
    activity.record("spaces.event.finished", event, actor=actor, at=at, after={"trained": trained})
    return event, trained


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


def _sessions(event_id: int) -> list[EventSession]:
    return list(
        db.session.scalars(
            sa.select(EventSession).where(EventSession.event_id == event_id).order_by(EventSession.starts_at)
        )
    )
