"""Repeated bookings: preview every date, book all or the listed ones, change one, this and later, or all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Booking, BookingState, Series
from .. import policies
from ..intervals import Span, local_date, local_time
from ..recurrence import Pattern, Plan, Scope, chosen, read_rrule, rescheduled, without_dates
from ..rules import Verdict
from . import bookings, occupancy
from .booking_rows import Wish, by_key, for_whom, owner_of, row_of, want_of, who_has, who_of
from .context import Checker, Scene, scene_of
from .paying import PriceSum
from .placing import Topology, clashes_each
from .standing import Standing, lock_hours


@dataclass(frozen=True, slots=True)
class Preview:
    """One date of a series before it is booked: what the rules say and what stands in the way."""

    day: date
    span: Span
    verdict: Verdict
    clashes: tuple[occupancy.Clash, ...]
    may_close: str = ""  # why its day may still become a day off

    @property
    def is_possible(self) -> bool:
        return self.verdict.is_possible and not self.clashes


class SeriesTaken(Conflict):
    """409: some of the chosen dates cannot be had; nothing was booked. `previews` has every date."""

    def __init__(self, previews: list[Preview]) -> None:
        bad = [p for p in previews if not p.is_possible]
        days = ", ".join(f"{p.day:%d/%m}" for p in bad)
        super().__init__(
            _(
                "Chưa đặt lượt nào: %(n)s ngày không còn được (%(days)s). Bỏ các ngày đó rồi đặt lại.",
                n=len(bad),
                days=days,
            ),
            code="series_taken",
        )
        self.previews = previews


def preview(wish: Wish, pattern: Pattern, *, actor: Actor, at: datetime) -> list[Preview]:
    """Every date of the pattern with its clash. `wish.span` is the first occurrence."""
    plan = _plan(wish, pattern)
    return _look(wish, plan.occurrences(), None, actor=actor, at=at)[0]


def _plan(wish: Wish, pattern: Pattern) -> Plan:
    start = local_time(wish.span.start)
    try:
        plan = Plan(pattern, start.date(), time(start.hour, start.minute), wish.span.length)
        if not plan.occurrences():
            raise Invalid(_("Quy tắc lặp không cho ngày nào. Kiểm tra ngày kết thúc."), field="until")
    except ValueError:
        raise Invalid(_("Mỗi chuỗi tối đa 200 ngày. Chọn ngày kết thúc sớm hơn."), field="until") from None
    return plan


def _look(
    wish: Wish, occurrences: dict[date, Span], found: Topology | None, *, actor: Actor, at: datetime
) -> tuple[list[Preview], Scene, Checker]:
    """All dates in a fixed number of statements."""
    spans = list(occurrences.values())
    whole = Span(min(s.start for s in spans), max(s.end for s in spans))
    scene = scene_of(wish.resource_id, whole, found)
    bookings.ensure_open(scene.place, actor)
    booking = row_of(wish, scene.place, at=at, actor=actor)
    first = want_of(booking, scene.place)
    wants = [replace(first, span=span) for span in spans]
    checker = bookings.checker_of(replace(wish, span=whole), scene.place, actor=actor, at=at)
    previews: list[Preview] = []
    earlier: list[Span] = []
    for (day, span), clashes in zip(occurrences.items(), clashes_each(wants, scene.found), strict=True):
        now = replace(checker, found=_with(checker.found, earlier))
        verdict = now.verdict(scene.place, scene.calendar, span, wish.people, scene.crew)
        off = scene.calendar.may_close_because(local_date(span.start)) or ""
        previews.append(Preview(day, span, verdict, tuple(clashes), off))
        if verdict.is_possible and not clashes:
            earlier.append(span)
    return previews, scene, checker


def _with(found: Standing, earlier: list[Span]) -> Standing:
    """The dates of the series itself count for the quota too."""
    return replace(found, quotas=tuple(replace(q, used=(*q.used, *earlier)) for q in found.quotas))


def book(
    wish: Wish, pattern: Pattern, *, actor: Actor, at: datetime, only: Collection[date] | None = None
) -> tuple[Series, list[Booking], list[date]]:
    """Book all dates, or those in `only`, in one step; the others become deleted dates of the series.

    Returns the series, its bookings and the dates left out. Raises SeriesTaken and books nothing when one
    of the chosen dates cannot be had, and Dearer when they cost more together than was told.
    """
    ensure(policies.can_book(actor))
    known = by_key(wish.idempotency_key)
    if known is not None and known.series_id is not None:
        return db.session.get_one(Series, known.series_id), members(known.series_id), []
    wish = for_whom(wish, actor)
    lock_hours(who_of(wish))
    found = occupancy.lock([wish.resource_id])
    plan = _plan(wish, pattern)
    dates = plan.occurrences()
    left_out = [day for day in dates if only is not None and day not in only]
    plan = without_dates(plan, left_out)
    if not plan.occurrences():
        raise Invalid(_("Chọn ít nhất một ngày để đặt."), field="only")
    previews, scene, checker = _look(wish, plan.occurrences(), found, actor=actor, at=at)
    if not all(p.is_possible for p in previews):
        raise SeriesTaken(previews)
    series = _store(plan, actor=actor, at=at)
    made = []
    for number, p in enumerate(previews):
        key = wish.idempotency_key if number == 0 else None
        one = replace(wish, span=p.span, idempotency_key=key, told=None)
        made.append(bookings.write(one, scene, checker, p.verdict, actor=actor, at=at, series=series))
    PriceSum.of(made).ensure_told(wish.told)
    activity.record("spaces.series.made", series, actor=actor, at=at, after={"dates": len(made)})
    return series, made, left_out


def _store(plan: Plan, *, actor: Actor, at: datetime) -> Series:
    series = Series(
        rule=plan.pattern.rrule_text(),
        first_on=plan.first,
        starts=plan.starts,
        minutes=int(plan.length / timedelta(minutes=1)),
        deleted=sorted(day.isoformat() for day in plan.deleted),
        moved={},
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(series)
    db.session.flush()
    return series


def plan_of(series: Series) -> Plan:
    """The stored series as the rules see it."""
    return Plan(
        read_rrule(series.rule),
        series.first_on,
        series.starts,
        timedelta(minutes=series.minutes),
        frozenset(date.fromisoformat(day) for day in series.deleted),
        {
            date.fromisoformat(day): (
                date.fromisoformat(on),
                time.fromisoformat(clock),
                timedelta(minutes=minutes),
            )
            for day, (on, clock, minutes) in series.moved.items()
        },
    )


def members(series_id: int) -> list[Booking]:
    return list(
        db.session.scalars(
            sa.select(Booking).where(Booking.series_id == series_id).order_by(Booking.series_date)
        )
    )


def _chosen(
    booking_id: int, scope: Scope, *, actor: Actor, at: datetime
) -> tuple[Series, Plan, Booking, list[Booking]]:
    """The series, and those bookings of it that a change is for: alive, and not yet begun."""
    booking = bookings.get_for_change(booking_id, actor=actor, at=at)
    if booking.series_id is None or booking.series_date is None:
        raise NotFound(_("Lượt này không thuộc chuỗi nào."))
    lock_rows(Series, [booking.series_id])
    series = db.session.get_one(Series, booking.series_id)
    plan = plan_of(series)
    return series, plan, booking, _touched(plan, members(series.id), booking, scope, at)


def _touched(plan: Plan, rows: list[Booking], booking: Booking, scope: Scope, at: datetime) -> list[Booking]:
    assert booking.series_date is not None
    days = set(chosen(plan, booking.series_date, scope))
    alive = (BookingState.CONFIRMED, BookingState.REQUESTED, BookingState.DISPLACED)
    return [
        b
        for b in rows
        if b.series_date in days and b.state in alive and (b.starts_at > at or b.id == booking.id)
    ]


def sums(booking: Booking, *, at: datetime) -> dict[Scope, PriceSum]:
    """What the dates that a change of each scope is for cost as they stand; nothing where none is paid for."""
    if booking.series_id is None or booking.series_date is None:
        return {}
    plan, rows = plan_of(db.session.get_one(Series, booking.series_id)), members(booking.series_id)
    found = {scope: PriceSum.of(_touched(plan, rows, booking, scope, at)) for scope in Scope}
    return found if found[Scope.ALL].price else {}


def cancel(booking_id: int, scope: Scope, *, actor: Actor, at: datetime, reason: str = "") -> list[Booking]:
    """Take one, this and later, or all future dates out of a series for ever."""
    series, plan, _one, found = _chosen(booking_id, scope, actor=actor, at=at)
    for booking in found:
        bookings.cancel(booking.id, actor=actor, at=at, reason=reason)
    gone = without_dates(plan, [b.series_date for b in found if b.series_date is not None])
    series.deleted = sorted(day.isoformat() for day in gone.deleted)
    db.session.flush()
    return found


def reschedule(
    booking_id: int,
    scope: Scope,
    span: Span,
    *,
    actor: Actor,
    at: datetime,
    resource_id: int | None = None,
    people: int | None = None,
    version: int | None = None,
    told: int | None = None,
) -> list[Booking]:
    """Give one, this and later, or all future dates another time, place or size; `span` is where the named one goes.

    All or nothing; raises Refused or Taken for the first date that cannot move, Conflict when `version` is no
    longer that of the named one, and Dearer when the dates cost more together than they did and than was told
    (`told` None: nothing is asked). Deleted dates stay deleted.
    """
    series, plan, one, found = _chosen(booking_id, scope, actor=actor, at=at)
    if one not in found:
        raise Conflict(_("Lượt này đã kết thúc, không đổi được nữa."))
    if version is not None and version != one.version:
        raise bookings.stale()
    assert one.series_date is not None
    before = PriceSum.of(found)
    start = local_time(span.start)
    shift = (local_date(span.start) - one.series_date).days
    clock = time(start.hour, start.minute)
    moved = rescheduled(plan, one.series_date, scope, starts=clock, length=span.length, shift=shift)
    goals = moved.occurrences()
    lock_hours(who_has(one))  # the order of every booking: people, then places
    occupancy.lock({b.resource_id for b in found} | ({resource_id} if resource_id else set()))
    occupancy.release([owner_of(b) for b in found], at=at)
    for booking in found:
        assert booking.series_date is not None
        bookings.move(
            booking.id, goals[booking.series_date], actor=actor, at=at, resource_id=resource_id, people=people
        )
    PriceSum.of(found).ensure_told(None if told is None else max(told, before.price))
    done = {b.series_date for b in found}
    series.moved = {
        day.isoformat(): [on.isoformat(), f"{clock:%H:%M}", int(length / timedelta(minutes=1))]
        for day, (on, clock, length) in moved.moved.items()
        if day in done or day in plan.moved
    }
    db.session.flush()
    activity.record(
        "spaces.series.moved", series, actor=actor, at=at, after={"scope": scope, "dates": len(found)}
    )
    return found
