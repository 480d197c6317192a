"""What the rules need to know about one person and one place, read inside the lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import (
    Booking,
    BookingState,
    Organisation,
    Person,
    PriceRule,
    Quota,
    QuotaScope,
    Resource,
    TrainingRecord,
)
from .. import policies, wording
from ..availability import OpeningCalendar
from ..finding import Answer
from ..intervals import Span, dates_of, local_date, local_week
from ..queries.world import PlaceRow, load_calendars, place_rows
from ..rules import Ask, QuotaState, Reason, Verdict, judge
from ..settings import ADULT_FROM

COUNTING = (BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.DONE)


class Refused(Invalid):
    """422: rules say no; `reasons` are all of them, the message is the first with its way to mend."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(
            " ".join(wording.explain(reason) for reason in reasons),
            code=reasons[0].code,
            field=_FIELDS.get(reasons[0].code),
        )
        self.reasons = reasons


_FIELDS = {
    "capacity": "people",
    "nobody": "people",
    "adult": "responsible_name",
    "empty": "end",
    "long": "end",
}


@dataclass(frozen=True, slots=True)
class Who:
    """For whom a booking is made, as far as the rules care."""

    person_id: int | None = None
    team_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about `Who`: birth date, trainings (kind -> last valid day), quotas with what is used."""

    birth_date: date | None
    trainings: dict[str, date | None]
    quotas: tuple[tuple[Quota, tuple[Span, ...]], ...]


def standing(who: Who, span: Span, *, but_booking: int | None = None) -> Standing:
    """Birth date, trainings and the weeks' use of a person, team or organisation."""
    birth = None
    trainings: dict[str, date | None] = {}
    if who.person_id is not None:
        birth = db.session.scalar(sa.select(Person.birth_date).where(Person.id == who.person_id))
        trainings = trainings_of(who.person_id)
    quotas = db.session.scalars(sa.select(Quota)).all()
    used = tuple((quota, tuple(_used(quota, who, span, but_booking))) for quota in quotas)
    return Standing(birth, trainings, used)


def trainings_of(person_id: int) -> dict[str, date | None]:
    """Kind of machine -> the last day on which the training counts; None: without end."""
    rows = db.session.execute(
        sa.select(TrainingRecord.training, TrainingRecord.valid_until).where(
            TrainingRecord.person_id == person_id, TrainingRecord.revoked_at.is_(None)
        )
    ).all()
    best: dict[str, date | None] = {}
    for training, until in rows:
        known = best.get(training, date.min)
        best[training] = None if until is None or known is None else max(known, until)
    return best


def _used(quota: Quota, who: Who, span: Span, but_booking: int | None) -> list[Span]:
    column, value = {
        QuotaScope.PERSON: (Booking.requester_id, who.person_id),
        QuotaScope.TEAM: (Booking.team_id, who.team_id),
        QuotaScope.ORGANISATION: (Booking.organisation_id, who.organisation_id),
    }[quota.scope]
    if value is None:
        return []
    first, last = local_week(local_date(span.start)).start, local_week(local_date(span.end)).end
    query = sa.select(Booking.starts_at, Booking.ends_at).where(
        column == value, Booking.state.in_(COUNTING), Booking.starts_at < last, Booking.ends_at > first
    )
    if quota.resource_id is not None:
        query = query.where(Booking.resource_id == quota.resource_id)
    elif quota.kind:
        query = query.join(Resource, Resource.id == Booking.resource_id).where(Resource.kind == quota.kind)
    if but_booking is not None:
        query = query.where(Booking.id != but_booking)
    return [Span(*row) for row in db.session.execute(query)]


def quota_states(found: Standing, who: Who, place: PlaceRow) -> tuple[QuotaState, ...]:
    ids = {
        QuotaScope.PERSON: who.person_id,
        QuotaScope.TEAM: who.team_id,
        QuotaScope.ORGANISATION: who.organisation_id,
    }
    return tuple(
        QuotaState(quota.name, timedelta(minutes=quota.minutes), used)
        for quota, used in found.quotas
        if ids[quota.scope] is not None
        and (quota.resource_id in (None, place.id))
        and (not quota.kind or quota.kind == place.kind)
    )


@dataclass(frozen=True, slots=True)
class Checker:
    """Applies the rules of any place for one person; used by search, booking, series and approval alike."""

    who: Who
    found: Standing
    now: datetime
    is_staff: bool = False
    has_adult: bool = True
    supervised: bool = False

    def verdict(self, place: PlaceRow, calendar: OpeningCalendar, span: Span, people: int) -> Verdict:
        training = place.rules.training
        until = self.found.trainings.get(training, date.min)
        ask = Ask(
            span=span,
            people=people,
            now=self.now,
            is_staff=self.is_staff,
            trained=training in self.found.trainings,
            trained_until=until,
            supervised=self.supervised,
            is_minor=is_minor(self.found.birth_date, local_date(span.start)),
            responsible_adult=self.has_adult,
            quotas=quota_states(self.found, self.who, place),
        )
        return judge(ask, place.rules.limits(place.capacity), calendar)

    def answer(self, place: PlaceRow, calendar: OpeningCalendar, span: Span, people: int) -> Answer:
        verdict = self.verdict(place, calendar, span, people)
        return Answer(tuple(r.code for r in verdict.refusals), tuple(c.code for c in verdict.conditions))


def is_minor(birth_date: date | None, on: date) -> bool:
    """Below 16 on a day; unknown birth dates are adults' (pupils' are always known)."""
    if birth_date is None:
        return False
    age = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    return age < ADULT_FROM


def checker_for(
    who: Who,
    span: Span,
    *,
    actor: Actor,
    at: datetime,
    site_id: int | None,
    has_adult: bool,
    but: int | None = None,
) -> Checker:
    return Checker(
        who,
        standing(who, span, but_booking=but),
        at,
        is_staff=policies.can_manage(actor, site_id),
        has_adult=has_adult,
    )


def place_and_calendar(resource_id: int, span: Span) -> tuple[PlaceRow, OpeningCalendar]:
    places = place_rows(ids=[resource_id])
    if resource_id not in places:
        raise NotFound(_("Không có phòng hoặc máy này."))
    days = list(dates_of(span))
    calendars = load_calendars(places.values(), days[0], days[-1] + timedelta(days=1))
    return places[resource_id], calendars[resource_id]


def price_per_half_hour(resource_id: int, organisation_id: int | None, on: date) -> int:
    """The closest rule: the organisation's kind before everybody, 0 without a rule."""
    rules: Any = db.session.execute(
        sa.select(PriceRule.organisation_kind, PriceRule.per_half_hour).where(
            PriceRule.resource_id == resource_id,
            sa.or_(PriceRule.valid_from.is_(None), PriceRule.valid_from <= on),
            sa.or_(PriceRule.valid_to.is_(None), PriceRule.valid_to >= on),
        )
    ).all()
    prices = dict(rules)
    if not prices:
        return 0
    kind = ""
    if organisation_id is not None:
        kind = str(
            db.session.scalar(sa.select(Organisation.kind).where(Organisation.id == organisation_id)) or ""
        )
    return int(prices.get(kind) or prices.get("") or 0) if kind not in prices else int(prices[kind])
