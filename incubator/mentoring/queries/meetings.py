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
from ...spaces.intervals import Span, merged, within, without
from ...spaces.queries.world import PlaceRow, load_calendars, place_rows
from ...spaces.services.occupancy import held, topology
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


def meeting_places() -> dict[int, PlaceRow]:
    """Rooms and machines of the centre."""
    return place_rows(kinds=(ResourceKind.ROOM, ResourceKind.MACHINE))


def openings(
    mentorship: Mentorship, minutes: int, at: datetime, places: Mapping[int, PlaceRow]
) -> list[Opening]:
    """The next times in the usual hours of both sides, with free ones of these places; at most a dozen."""
    length = timedelta(minutes=minutes)
    first = clock.local(at).date() + timedelta(days=1)
    window = Span(clock.at_local(first), clock.at_local(first + timedelta(days=DAYS)))
    hours = hours_of_both(mentorship.person_id, mentorship.case_id)
    free = within(*(_usual(window, rules) for rules in hours))
    busy = _busy([r for r in _own_resources(mentorship) if r], window)
    free = without(free, busy)
    rooms = {i: p for i, p in places.items() if p.kind is ResourceKind.ROOM and not p.rules.training}
    calendars = load_calendars(rooms.values(), first, first + timedelta(days=DAYS))
    found_places = topology(rooms)
    atoms = {i: set(found_places.atoms([i])) for i in rooms}
    taken = held(sorted(set().union(*atoms.values())), window) if atoms else []
    room_busy = {i: merged(row.block for row in taken if row.resource_id in atoms[i]) for i in rooms}
    found: list[Opening] = []
    for gap in free:
        start = gap.start
        while start + length <= gap.end and len(found) < MOST:
            span = Span(start, start + length)
            fits = tuple(
                place
                for i, place in sorted(rooms.items(), key=lambda item: item[1].capacity or 0)
                if not calendars[i].closed_within(span) and not any(span.overlaps(b) for b in room_busy[i])
            )
            found.append(Opening(span, fits))
            start += timedelta(hours=1)
    return found


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


def _busy(resource_ids: Sequence[int], window: Span) -> list[Span]:
    return merged(row.block for row in held(resource_ids, window)) if resource_ids else []


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
