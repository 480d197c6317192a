"""Courses and workshops: sessions that occupy rooms, registration, a waiting list that moves up by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
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
    TrainingRecord,
)
from .. import policies
from ..intervals import Span, local_date
from ..queries.place_rows import place_rows
from . import occupancy
from .occupancy import Owner, Want
from .registrations import locked_session, managed_event, open_event
from .telling import tell_all
from .trainings import grant_training, person_of_contact


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What staff type to make an event."""

    title: str
    kind: EventKind
    seats: int
    summary: str = ""
    title_en: str = ""
    summary_en: str = ""
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
    words = _words(plan)
    base = re.sub(r"[^a-z0-9]+", "-", search_key(plan.title)).strip("-")[:80] or "su-kien"
    event = Event(
        slug=_free_slug(base),
        state=EventState.DRAFT,
        seats=plan.seats,
        host_id=plan.host_id,
        **words,
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(event)
    db.session.flush()
    activity.record(
        "spaces.event.made", event, actor=actor, at=at, after={"seats": plan.seats, "kind": plan.kind}
    )
    return event


def _words(plan: EventPlan) -> dict[str, Any]:
    """What may be changed as long as the event lasts; seats have a step of their own."""
    return {
        "title": plan.title,
        "title_en": plan.title_en,
        "summary": plan.summary,
        "summary_en": plan.summary_en,
        "kind": plan.kind,
        "closes_at": plan.closes_at,
        "trains": plan.trains,
        "training_months": plan.training_months,
        "gives_certificate": plan.gives_certificate,
    }


def change(event_id: int, plan: EventPlan, *, actor: Actor, at: datetime) -> Event:
    """Words, last day to register and what attending gives; the calendars get the new title."""
    event = open_event(event_id, actor)
    new = _words(plan)
    before = {name: getattr(event, name) for name in new}
    changed = {name: value for name, value in new.items() if before[name] != value}
    for name, value in changed.items():
        setattr(event, name, value)
    db.session.flush()
    if "title" in changed:
        for session in _sessions(event.id):
            is_public = event.state is EventState.PUBLISHED
            occupancy.retitle(Owner("event", session.id), event.title, at=at, title_public=is_public)
    if changed:
        activity.record(
            "spaces.event.changed",
            event,
            actor=actor,
            at=at,
            before={name: str(before[name] or "") for name in changed},
            after={name: str(value or "") for name, value in changed.items()},
        )
    return event


def _free_slug(base: str) -> str:
    taken = set(db.session.scalars(sa.select(Event.slug).where(Event.slug.like(f"{base}%"))))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)


def add_session(event_id: int, resource_id: int, span: Span, *, actor: Actor, at: datetime) -> EventSession:
    """One meeting in one place. Raises Taken."""
    event = open_event(event_id, actor)
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
    session = locked_session(session_id)
    event = open_event(session.event_id, actor)
    if span.start >= span.end:
        raise Invalid(_("Giờ kết thúc phải sau giờ bắt đầu."), field="end")
    before = {"resource": session.resource_id, "start": session.starts_at.isoformat()}
    session.resource_id, session.starts_at, session.ends_at = resource_id, span.start, span.end
    session.displaced_at = None
    _occupy(session, event, at=at)
    db.session.flush()
    after = {"resource": resource_id, "start": span.start.isoformat()}
    activity.record("spaces.session.moved", session, actor=actor, at=at, before=before, after=after)
    tell_all(event, "spaces/event_moved", at=at, session_id=session.id)
    return session


def remove_session(session_id: int, *, actor: Actor, at: datetime) -> Event:
    """Take out a meeting that will not be: its room is free again, who registered is told what remains."""
    session = locked_session(session_id)
    event = open_event(session.event_id, actor)
    if event.state is EventState.PUBLISHED and len(_sessions(event.id)) == 1:
        raise Conflict(_("Đây là buổi cuối cùng: hãy hủy sự kiện, kèm lý do."), code="last_session")
    if session.confirmed or db.session.scalar(
        sa.select(EventAttendance.id).where(EventAttendance.session_id == session.id).limit(1)
    ):
        raise Conflict(_("Buổi này đã có người dự nên không bỏ được."), code="attended")
    occupancy.release([Owner("event", session.id)], at=at)
    activity.record(
        "spaces.session.removed",
        session,
        actor=actor,
        at=at,
        before={"resource": session.resource_id, "start": session.starts_at.isoformat()},
    )
    if event.state is EventState.DRAFT:
        db.session.delete(session)
    else:
        session.removed_at, session.displaced_at = at, None
    db.session.flush()
    tell_all(event, "spaces/event_moved", at=at)
    return event


def publish(event_id: int, *, actor: Actor, at: datetime) -> Event:
    """Open for registration; the title shows on doors and in public calendars from now on."""
    event = open_event(event_id, actor)
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
    """Everybody registered or waiting is told why, and the places are free again. Raises Invalid without a reason."""
    event = open_event(event_id, actor)
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
    Who was marked present only afterwards gets theirs when it is closed again.
    """
    lock_rows(Event, [event_id])
    event = managed_event(event_id, actor)
    if event.state not in (EventState.PUBLISHED, EventState.DONE):
        raise Conflict(_("Sự kiện này chưa mở hoặc đã hủy."), code="not_open")
    sessions = _sessions(event.id)
    if not sessions or sessions[-1].ends_at > at:
        raise Conflict(_("Sự kiện chưa kết thúc buổi cuối."), code="not_now")
    event.state = EventState.DONE
    attended = _attended_all(event.id, len(sessions))
    if event.gives_certificate:
        _number(event, attended)
    trained, known = 0, _trained_by(event.id)
    for registration in attended if event.trains else ():
        if registration.person_id is None:
            registration.person_id = person_of_contact(registration.contact)
        if registration.person_id is not None and registration.person_id not in known:
            known.add(registration.person_id)
            trained += 1
            grant_training(
                registration.person_id,
                event.trains,
                on=local_date(sessions[-1].ends_at),
                months=event.training_months,
                actor=actor,
                at=at,
                event_id=event.id,
            )
    db.session.flush()
    activity.record("spaces.event.finished", event, actor=actor, at=at, after={"trained": trained})
    return event, trained


def _number(event: Event, attended: list[EventRegistration]) -> None:
    """Numbers go on from the last one given: a late entry must not get another's."""
    given = db.session.scalars(
        sa.select(EventRegistration.certificate_number).where(
            EventRegistration.event_id == event.id, EventRegistration.certificate_number != ""
        )
    ).all()
    last = max((int(number.rpartition("-")[2]) for number in given), default=0)
    fresh = [row for row in attended if not row.certificate_number]
    for number, row in enumerate(fresh, start=last + 1):
        row.certificate_number = f"BIIC-{event.id:04d}-{number:03d}"


def _trained_by(event_id: int) -> set[int]:
    return set(
        db.session.scalars(sa.select(TrainingRecord.person_id).where(TrainingRecord.event_id == event_id))
    )


def _attended_all(event_id: int, sessions: int) -> list[EventRegistration]:
    return list(
        db.session.scalars(
            sa.select(EventRegistration)
            .join(EventAttendance, EventAttendance.registration_id == EventRegistration.id)
            .where(
                EventRegistration.event_id == event_id,
                EventRegistration.state == RegistrationState.REGISTERED,
            )
            .group_by(EventRegistration.id)
            .having(sa.func.count(EventAttendance.id) >= sessions)
            .order_by(EventRegistration.id)
        )
    )


def _sessions(event_id: int) -> list[EventSession]:
    return list(
        db.session.scalars(
            sa.select(EventSession)
            .where(EventSession.event_id == event_id, EventSession.is_kept)
            .order_by(EventSession.starts_at)
        )
    )
