"""What the rules need to know about one person, team and organisation: age, trainings, hours used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.access import ScopeKind
from ...core.db import db, lock_rows
from ...core.together import Asking
from ...models import (
    Affiliation,
    Booking,
    BookingState,
    Person,
    Quota,
    QuotaScope,
    Resource,
    RoleGrant,
    TrainingRecord,
)
from ..intervals import Span, local_date, local_week
from ..queries.place_rows import PlaceRow, fetch, fixed, one_of
from ..rules import QuotaState
from ..settings import ADULT_FROM

COUNTING = (BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.DONE)


@dataclass(frozen=True, slots=True)
class Who:
    """For whom a booking is made, as far as the rules care."""

    person_id: int | None = None
    team_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota that concerns somebody, with the spans that count so far."""

    name: str
    limit: timedelta
    resource_id: int | None
    kind: str
    used: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about `Who`: birth date, trainings (kind -> last valid day), quotas with what is used."""

    birth_date: date | None = None
    trainings: dict[str, date | None] | None = None
    quotas: tuple[Limit, ...] = ()

    def training(self, kind: str) -> tuple[bool, date | None]:
        """Whether somebody has it, and until when."""
        known = self.trainings or {}
        return kind in known, known.get(kind)


def standing(who: Who, span: Span, *, quotas: bool = True, but_booking: int | None = None) -> Standing:
    """Birth date, trainings and, with `quotas`, the use in the weeks that the span touches."""
    birth = None
    trainings: dict[str, date | None] = {}
    if who.person_id is not None:
        birth, trainings = _person(who.person_id)
    return Standing(birth, trainings, limits_of(who, span, but_booking=but_booking) if quotas else ())


_t, _person_c = TrainingRecord.__table__.c, Person.__table__.c
_PEOPLE = sa.select(_person_c.id, _person_c.birth_date, _t.training, _t.valid_until).select_from(
    Person.__table__.outerjoin(
        TrainingRecord.__table__, sa.and_(_t.person_id == _person_c.id, _t.revoked_at.is_(None))
    )
)
_PERSON = _PEOPLE.where(_person_c.id == sa.bindparam("person"))


def _person(person_id: int) -> tuple[date | None, dict[str, date | None]]:
    found = _standings(fetch(_PERSON, person=person_id)).get(person_id, Standing())
    return found.birth_date, found.trainings or {}


def standings_of(person_ids: Iterable[int]) -> Asking[dict[int, Standing]]:
    """Birth dates and trainings of many people; their quotas are not read."""
    rows = yield _PEOPLE.where(_person_c.id.in_(sorted(set(person_ids))))
    return _standings(rows)


def _standings(rows: Iterable[Any]) -> dict[int, Standing]:
    births, best = {}, dict[int, dict[str, date | None]]()
    for person_id, birth_date, training, until in rows:
        births[person_id] = birth_date
        mine = best.setdefault(person_id, {})
        if training is not None:
            known = mine.get(training, date.min)
            mine[training] = None if until is None or known is None else max(known, until)
    return {person_id: Standing(birth, best[person_id]) for person_id, birth in births.items()}


def trainings_of(person_id: int) -> dict[str, date | None]:
    """Kind of machine -> the last day on which the training counts; None: without end."""
    return _person(person_id)[1]


_a, _g = Affiliation.__table__.c, RoleGrant.__table__.c
_ORGANISATION = (
    sa.select(_a.organisation_id, sa.literal(1).label("belongs"), _a.id)
    .where(_a.person_id == sa.bindparam("person"), Affiliation.holds())
    .union_all(
        sa.select(_g.scope_id, sa.literal(0), _g.id).where(
            _g.person_id == sa.bindparam("person"),
            _g.scope == ScopeKind.ORGANISATION,
            _g.valid_to.is_(None),
            _g.verified_at.is_not(None),
        )
    )
)


def organisation_of(person_id: int | None) -> int | None:
    """The organisation that a person's bookings count for: the latest one that the person belongs to, else acts for."""
    if person_id is None:
        return None
    found = max(fetch(_ORGANISATION, person=person_id), key=lambda row: (row[1], row[2]), default=None)
    return None if found is None else found[0]


_q, _b, _r = Quota.__table__.c, Booking.__table__.c, Resource.__table__.c
_NOTHING = sa.null()
_QUOTAS = sa.select(
    _q.scope,
    _q.name,
    _q.resource_id,
    _q.kind,
    _q.minutes,
    sa.type_coerce(_NOTHING, _b.starts_at.type).label("starts_at"),
    sa.type_coerce(_NOTHING, _b.ends_at.type).label("ends_at"),
)


def _used(scope: QuotaScope, owner: Any) -> Any:
    """Bookings of one owner in the weeks asked about, where a quota of the owner's kind exists at all."""
    return (
        sa.select(
            fixed(scope, _q.scope),
            sa.literal_column("''"),
            _b.resource_id,
            sa.cast(_r.kind, sa.String),
            sa.literal_column("0"),
            _b.starts_at,
            _b.ends_at,
        )
        .select_from(Booking.__table__.join(Resource.__table__, _r.id == _b.resource_id))
        .where(
            owner == sa.bindparam(scope.value),
            sa.select(_q.id).where(_q.scope == fixed(scope, _q.scope)).exists(),
            one_of(_b.state, COUNTING),
            _b.starts_at < sa.bindparam("last", type_=_b.starts_at.type),
            _b.ends_at > sa.bindparam("first", type_=_b.starts_at.type),
            _b.id != sa.bindparam("but"),
        )
    )


# One trip to the database: bookings wait for each other here.
_LIMITS = sa.union_all(
    _QUOTAS,
    _used(QuotaScope.PERSON, _b.requester_id),
    _used(QuotaScope.TEAM, _b.team_id),
    _used(QuotaScope.ORGANISATION, _b.organisation_id),
)


def limits_of(who: Who, span: Span, *, but_booking: int | None = None) -> tuple[Limit, ...]:
    """The quotas that concern somebody, with requested and confirmed hours in the weeks of the span."""
    owner = {
        QuotaScope.PERSON: who.person_id,
        QuotaScope.TEAM: who.team_id,
        QuotaScope.ORGANISATION: who.organisation_id,
    }
    rows = list(
        fetch(
            _LIMITS,
            person=who.person_id,
            team=who.team_id,
            organisation=who.organisation_id,
            first=local_week(local_date(span.start)).start,
            last=local_week(local_date(span.end)).end,
            but=but_booking or 0,
        )
    )
    used = [row for row in rows if row.starts_at is not None]
    return tuple(
        Limit(
            quota.name,
            timedelta(minutes=quota.minutes),
            quota.resource_id,
            quota.kind,
            tuple(
                Span(row.starts_at, row.ends_at)
                for row in used
                if row.scope == quota.scope
                and quota.resource_id in (None, row.resource_id)
                and quota.kind in ("", row.kind)
            ),
        )
        for quota in rows
        if quota.starts_at is None and owner[quota.scope] is not None
    )


def lock_hours(who: Who) -> None:
    """Before hours are counted: nobody else books for the same person, nor within a quota that is shared."""
    if db.engine.dialect.name == "sqlite":
        return  # one writer at a time
    if who.person_id is not None:
        lock_rows(Person, [who.person_id])
    shared = {QuotaScope.TEAM: who.team_id, QuotaScope.ORGANISATION: who.organisation_id}
    scopes = [scope for scope, owner in shared.items() if owner is not None]
    if scopes:
        rows = sa.select(Quota.id).where(Quota.scope.in_(scopes)).order_by(Quota.id)
        db.session.execute(rows.with_for_update())


def quota_states(found: Standing, place: PlaceRow) -> tuple[QuotaState, ...]:
    """Those that count at one place."""
    return tuple(
        QuotaState(q.name, q.limit, q.used)
        for q in found.quotas
        if q.resource_id in (None, place.id) and q.kind in ("", place.kind)
    )


def is_minor(birth_date: date | None, on: date) -> bool:
    """Below 18 on a day; unknown birth dates are adults' (pupils' are always known)."""
    if birth_date is None:
        return False
    age = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    return age < ADULT_FROM
