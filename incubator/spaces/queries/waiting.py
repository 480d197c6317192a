"""What waits for somebody at the centre."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Permission, ScopeKind
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking, alongside
from ...core.web import lang, named
from ...models import (
    OPEN_EVENTS,
    Booking,
    BookingState,
    ClosureDay,
    Edition,
    Event,
    EventRegistration,
    EventSession,
    Occupancy,
    OccupancyState,
    Resource,
    Stage,
)
from .. import policies, wording
from ..intervals import Span, local_date
from ..services.requests import rivals_each
from ..settings import PlaceRules
from ..working_days import note_in
from .others import OTHERS, goes_on

BOOKED_AHEAD = timedelta(days=PlaceRules().horizon_days)
URGENT_DAYS = timedelta(days=14)


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """What waits for staff, what organisers' rounds and what the actor's own bookings need."""
    now = clock.now()
    found = yield from alongside(_for_staff(actor, now), _for_organisers(actor, now), _for_guest(actor, now))
    return [todo for part in found for todo in part]


def _for_staff(actor: Actor, now: datetime) -> Asking[list[Todo]]:
    if not policies.can_manage(actor):
        return []
    rows, sessions, gone, untold, days = yield from alongside(
        _open_bookings(), _lost_sessions(now), _gone(now), _untold(now), _proposed_days(now)
    )
    gone = [r for r in gone if policies.can_manage(actor, r.site_id)]
    without = {(r.owner_kind, r.owner_id) for r in gone if r.goes_on}
    own = [r for r in rows if policies.can_manage(actor, r.site_id)]
    waiting = [r for r in own if r.state is BookingState.REQUESTED]
    lost = sum(r.state is BookingState.DISPLACED for r in own)
    lost += sum(policies.can_manage(actor, r.site_id) for r in sessions)
    lost += len({(r.owner_kind, r.owner_id) for r in gone if r.owner_kind in OTHERS and not r.goes_on})
    found: list[Todo] = []
    if waiting:
        due = min((b.answer_by for b in waiting if b.answer_by is not None), default=None)
        rivals = sum(bool(others) for others in rivals_each(waiting, waiting))
        detail = _("%(n)s yêu cầu trùng giờ nhau", n=rivals) if rivals else ""
        found.append(
            Todo(
                _("%(n)s yêu cầu đặt chỗ chờ trả lời", n=len(waiting)),
                "/spaces/requests",
                _("Trả lời"),
                detail,
                "hourglass-split",
                urgent=bool(due and due < now + timedelta(hours=8)),
                due_at=due,
                count=len(waiting),
            )
        )
    if lost:
        found.append(
            Todo(
                _("%(n)s lượt mất chỗ vì đóng cửa hoặc máy hỏng", n=lost),
                "/spaces/outages",
                _("Xếp lại"),
                "",
                "tools",
                urgent=True,
                count=lost,
            )
        )
    if without:
        found.append(
            Todo(
                _("%(n)s lượt giữ phòng nhưng thiếu máy", n=len(without)),
                "/spaces/outages#without",
                _("Xem"),
                "",
                "tools",
                count=len(without),
            )
        )
    if untold:
        found.append(
            Todo(
                _("%(n)s người cần báo qua điện thoại hoặc Zalo", n=len(untold)),
                f"/spaces/events/{untold[0].event_id}#news",
                _("Báo"),
                "",
                "telephone",
                urgent=True,
                count=len(untold),
            )
        )
    return [*found, *_days_off([day for day in days if policies.can_manage(actor, day.site_id)], now)]


def _days_off(days: list[Any], now: datetime) -> list[Todo]:
    """As long as nobody confirms a day off, it can be booked like any other."""
    if not days:
        return []
    first = days[0].day
    return [
        Todo(
            _("%(n)s ngày nghỉ, làm bù chờ xác nhận", n=len(days)),
            f"/spaces/closures?year={first.year}&site={days[0].site_id}",
            _("Xác nhận"),
            _(
                "Sớm nhất: %(day)s, %(note)s. Chưa xác nhận thì vẫn đặt được.",
                day=wording.date_of(first),
                note=note_in(lang(), first, days[0].note),
            ),
            "calendar-x",
            urgent=first <= local_date(now + URGENT_DAYS),
            count=len(days),
        )
    ]


def _proposed_days(now: datetime) -> Asking[list[Any]]:
    """Days off and swapped days in the time for which people book, which staff have not confirmed."""
    today = local_date(now)
    rows = yield (
        sa.select(ClosureDay.site_id, ClosureDay.day, ClosureDay.note).where(
            ClosureDay.confirmed_at.is_(None), ClosureDay.day.between(today, today + BOOKED_AHEAD)
        )
    )
    return sorted(rows, key=lambda row: (row.day, row.site_id))


def _open_bookings() -> Asking[list[Any]]:
    rows = yield (
        sa.select(
            Booking.id,
            Booking.resource_id,
            Booking.units,
            Booking.starts_at,
            Booking.ends_at,
            Booking.answer_by,
            Booking.state,
            Resource.site_id,
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.state.in_((BookingState.REQUESTED, BookingState.DISPLACED)))
    )
    return list(rows)


def _lost_sessions(now: datetime) -> Asking[list[Any]]:
    rows = yield (
        sa.select(Resource.site_id)
        .join(EventSession, EventSession.resource_id == Resource.id)
        .join(Event, Event.id == EventSession.event_id)
        .where(
            EventSession.displaced_at.is_not(None), EventSession.ends_at > now, Event.state.in_(OPEN_EVENTS)
        )
    )
    return list(rows)


def _gone(now: datetime) -> Asking[list[Any]]:
    """Every row to come that lost its place; `goes_on` where its owner keeps the room and goes without a machine."""
    room = sa.orm.aliased(Occupancy)
    rows = yield (
        sa.select(
            Occupancy.owner_kind,
            Occupancy.owner_id,
            Resource.site_id,
            goes_on(Occupancy, room).label("goes_on"),
        )
        .join(Resource, Resource.id == Occupancy.resource_id)
        .where(Occupancy.state == OccupancyState.DISPLACED, Occupancy.ends_at > now)
    )
    return list(rows)


def _untold(now: datetime) -> Asking[list[Any]]:
    """Registrants without e-mail who do not know the news of their event, whose event comes first first."""
    rows = yield (
        sa.select(EventRegistration.event_id, sa.func.max(EventSession.ends_at).label("ends_at"))
        .join(EventSession, EventSession.event_id == EventRegistration.event_id)
        .where(EventRegistration.news != "", EventSession.is_kept)
        .group_by(EventRegistration.id, EventRegistration.event_id)
        .having(sa.func.max(EventSession.ends_at) > now)
    )
    return sorted(rows, key=lambda row: row.ends_at)


def _for_organisers(actor: Actor, now: datetime) -> Asking[list[Todo]]:
    """Rounds of the actor's contests that lost their room and have no other yet."""
    if not actor.has(Permission.EDITION_MANAGE):
        return []
    mine = sa.and_(Occupancy.owner_kind == "stage", Occupancy.owner_id == Stage.id, Occupancy.ends_at > now)
    rows = yield (
        sa.select(
            Stage.id,
            Stage.name,
            Stage.name_en,
            Edition.id.label("edition_id"),
            Edition.slug,
            Edition.name.label("edition"),
            Edition.name_en.label("edition_en"),
        )
        .join(Edition, Edition.id == Stage.edition_id)
        .where(
            sa.exists().where(mine, Occupancy.state == OccupancyState.DISPLACED),
            ~sa.exists().where(mine, Occupancy.state == OccupancyState.CONFIRMED),
        )
    )
    return [
        Todo(
            _("%(stage)s mất phòng: hỏi BIIC phòng hoặc giờ khác", stage=named(row)),
            f"/contests/{row.slug}/stages/{row.id}",
            _("Xem vòng thi"),
            named(row, "edition"),
            "calendar-x",
            urgent=True,
            scope=f"edition:{row.edition_id}",
        )
        for row in sorted(rows, key=lambda row: row.id)
        if actor.has(Permission.EDITION_MANAGE, ScopeKind.EDITION, row.edition_id)
    ]


def _for_guest(actor: Actor, now: datetime) -> Asking[list[Todo]]:
    if actor.person_id is None:
        return []
    rows = yield (
        sa.select(
            Booking.code,
            Booking.state,
            Booking.title,
            Booking.reason,
            Booking.starts_at,
            Booking.ends_at,
            Resource.name.label("place"),
            Resource.name_en.label("place_en"),
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(
            Booking.requester_id == actor.person_id,
            Booking.state.in_((BookingState.CONFIRMED, BookingState.DISPLACED)),
            Booking.ends_at > now,
            Booking.starts_at < now + timedelta(days=2),
        )
        .order_by(Booking.starts_at)
        .limit(5)
    )
    return [
        Todo(
            _(
                "%(place)s, %(when)s",
                place=named(b, "place"),
                when=wording.span_of(Span(b.starts_at, b.ends_at)),
            ),
            f"/spaces/bookings/{b.code}",
            _("Xem lượt đặt"),
            b.reason if b.state is BookingState.DISPLACED else b.title,
            "calendar-event",
            urgent=b.state is BookingState.DISPLACED,
            due_at=b.starts_at,
        )
        for b in sorted(rows, key=lambda b: b.starts_at)
    ]
