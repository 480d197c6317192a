"""Sessions of a cohort, and the hours in which mentor, team and a room are all free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    AvailabilityRule,
    Cohort,
    IncubationCase,
    MentoringSession,
    Mentorship,
    Resource,
    ResourceKind,
)
from ...spaces.intervals import Span, local_date, merged, within, without
from ...spaces.queries.world import PlaceRow, load_calendars, place_rows
from ...spaces.services.occupancy import Held, Owner, held, topology
from .. import policies
from ..policies import CaseRights
from .mentors import hours_of_both
from .rights import rights_of

DAYS = 14
MOST = 12


@dataclass(frozen=True, slots=True)
class Opening:
    """A time at which mentor and team are free, with the rooms that are free as well."""

    span: Span
    rooms: tuple[PlaceRow, ...]


def get_mentorship_for(actor: Actor, mentorship_id: int) -> tuple[Mentorship, CaseRights]:
    row = db.session.scalar(
        sa.select(Mentorship)
        .where(Mentorship.id == mentorship_id)
        .options(
            sa.orm.joinedload(Mentorship.case).joinedload(IncubationCase.team),
            sa.orm.joinedload(Mentorship.person),
        )
    )
    if row is not None:
        rights = rights_of(row.case_id)
        if actor.person_id == row.person_id or policies.can_view_case(actor, rights):
            return row, rights
    raise NotFound(_("Không có quan hệ cố vấn này."))


def get_session_for(actor: Actor, session_id: int) -> tuple[MentoringSession, CaseRights]:
    row = db.session.scalar(
        sa.select(MentoringSession)
        .where(MentoringSession.id == session_id)
        .options(
            sa.orm.joinedload(MentoringSession.mentorship)
            .joinedload(Mentorship.case)
            .joinedload(IncubationCase.team),
            sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.person),
        )
    )
    if row is not None:
        rights = rights_of(row.mentorship.case_id)
        if actor.person_id == row.mentorship.person_id or policies.can_view_case(actor, rights):
            return row, rights
    raise NotFound(_("Không có buổi gặp này."))


def place_of(session: MentoringSession) -> Resource | None:
    """The room that was taken for a session, if any."""
    return db.session.get(Resource, session.resource_id) if session.resource_id else None


def meeting_places() -> dict[int, PlaceRow]:
    """Rooms and machines of the centre."""
    return place_rows(kinds=(ResourceKind.ROOM, ResourceKind.MACHINE))


def openings(
    mentorship: Mentorship, minutes: int, at: datetime, places: Mapping[int, PlaceRow]
) -> list[Opening]:
    """The next times in the usual hours of both sides, with free ones of these places; at most a dozen."""
    window = _ahead(at)
    busy = held([r for r in _own_resources(mentorship) if r], window)
    return _openings(mentorship, timedelta(minutes=minutes), window, busy, _Rooms(places, window))


def same_hour(session: MentoringSession, places: Mapping[int, PlaceRow], at: datetime) -> Opening | None:
    """The session's own time with the rooms that are free then; None where a side is busy or it has begun."""
    span = Span(session.starts_at, session.ends_at)
    if span.start <= at or _busy_otherwise(session, span):
        return None
    return Opening(span, _Rooms(places, span).free(span))


def ways_on(
    session: MentoringSession, at: datetime, places: Mapping[int, PlaceRow]
) -> tuple[Opening | None, list[Opening]]:
    """Where a session can go: its own time, as in `same_hour`, and the next other times, as in `openings`."""
    span, ahead = Span(session.starts_at, session.ends_at), _ahead(at)
    window = Span(min(span.start, ahead.start), max(span.end, ahead.end))
    busy, rooms = _busy_otherwise(session, window), _Rooms(places, window)
    kept = span.start > at and not any(row.block.overlaps(span) for row in busy)
    found = _openings(session.mentorship, span.length, ahead, busy, rooms)
    return (Opening(span, rooms.free(span)) if kept else None), [o for o in found if o.span != span]


def _ahead(at: datetime) -> Span:
    first = clock.local(at).date() + timedelta(days=1)
    return Span(clock.at_local(first), clock.at_local(first + timedelta(days=DAYS)))


def _busy_otherwise(session: MentoringSession, window: Span) -> Sequence[Held]:
    """What mentor and team have in a window beside this session."""
    own = [Owner("session", session.id)]
    return held([r for r in _own_resources(session.mentorship) if r], window, but=own)


def _openings(
    mentorship: Mentorship, length: timedelta, window: Span, busy: Iterable[Held], rooms: _Rooms
) -> list[Opening]:
    hours = hours_of_both(mentorship.person_id, mentorship.case_id)
    usual = within(*(_usual(window, rules) for rules in hours))
    found: list[Opening] = []
    for gap in without(usual, merged(row.block for row in busy)):
        start = gap.start
        while start + length <= gap.end and len(found) < MOST:
            span = Span(start, start + length)
            found.append(Opening(span, rooms.free(span)))
            start += timedelta(hours=1)
    return found


class _Rooms:
    """Which rooms are open and free within a window; buffers count, the smallest room first."""

    def __init__(self, places: Mapping[int, PlaceRow], window: Span) -> None:
        rooms = {i: p for i, p in places.items() if p.kind is ResourceKind.ROOM and not p.rules.training}
        self.rooms = sorted(rooms.values(), key=lambda place: place.capacity or 0)
        days = local_date(window.start), local_date(window.end) + timedelta(days=1)
        self.calendars = load_calendars(rooms.values(), *days)
        found = topology(rooms)
        atoms = {i: set(found.atoms([i])) for i in rooms}
        pad = max((max(p.rules.before, p.rules.after()) for p in self.rooms), default=timedelta())
        around = Span(window.start - pad, window.end + pad)
        taken = held(sorted(set().union(*atoms.values())), around) if atoms else []
        self.busy = {i: merged(row.block for row in taken if row.resource_id in atoms[i]) for i in rooms}

    def free(self, span: Span) -> tuple[PlaceRow, ...]:
        return tuple(
            place
            for place in self.rooms
            if not self.calendars[place.id].closed_within(span)
            and not any(
                Span(span.start - place.rules.before, span.end + place.rules.after()).overlaps(block)
                for block in self.busy[place.id]
            )
        )


def _own_resources(mentorship: Mentorship) -> Sequence[int]:
    return db.session.scalars(
        sa.select(Resource.id).where(
            sa.or_(
                sa.and_(Resource.kind == ResourceKind.PERSON, Resource.person_id == mentorship.person_id),
                sa.and_(Resource.kind == ResourceKind.TEAM, Resource.team_id == mentorship.case.team_id),
            )
        )
    ).all()


def _usual(window: Span, hours: Iterable[AvailabilityRule]) -> list[Span]:
    """Usual hours as stretches of the window; who named none is asked for working hours."""
    rules = [(r.weekday, r.starts, r.ends) for r in hours]
    rules = rules or [(day, time(8), time(17)) for day in range(5)]
    found, day = [], clock.local(window.start).date()
    while clock.at_local(day) < window.end:
        found += [
            Span(clock.at_local(day, s), clock.at_local(day, e)) for d, s, e in rules if d == day.weekday()
        ]
        day += timedelta(days=1)
    return merged(found)


def sessions_in(cohort: Cohort) -> Sequence[MentoringSession]:
    return db.session.scalars(
        sa.select(MentoringSession)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(IncubationCase.cohort_id == cohort.id)
        .options(
            sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.case),
            sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.person),
        )
        .order_by(MentoringSession.starts_at.desc())
    ).all()
