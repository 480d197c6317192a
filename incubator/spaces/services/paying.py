"""Who pays for a use and how much: a free use that fits, else the price of the place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ...models import Booking, Entitlement, Organisation, PriceRule
from ..intervals import Span, local_date
from ..queries.place_rows import PlaceRow, fetch
from ..rules import price
from . import entitlements
from .standing import Who


@dataclass(frozen=True, slots=True)
class Payment:
    """`entitlement_id` pays, or nobody does; `price` in đồng, 0 where an entitlement pays."""

    entitlement_id: int | None = None
    price: int = 0

    def charge(self, booking: Booking, *, at: datetime) -> None:
        """Draw on the free use for a booking that stands."""
        if self.entitlement_id is not None:
            span = Span(booking.starts_at, booking.ends_at)
            entitlements.reserve(self.entitlement_id, booking.id, span, at=at)


_e, _p, _o = Entitlement.__table__.c, PriceRule.__table__.c, Organisation.__table__.c
_DAY: Any = sa.bindparam("day", type_=sa.Date())
_FREE = sa.select(
    sa.true().label("free"), _e.id, _e.minutes.label("amount"), _e.valid_to.label("edge"),
    sa.literal_column("''").label("meant_for"), sa.literal_column("''").label("kind"),
).where(
    sa.or_(
        _e.team_id == sa.bindparam("team"),
        _e.person_id == sa.bindparam("person"),
        _e.organisation_id == sa.bindparam("organisation"),
    ),
    sa.or_(_e.resource_id.is_(None), _e.resource_id == sa.bindparam("place")),
    sa.or_(_e.kind == "", _e.kind == sa.bindparam("kind")),
    _e.valid_from <= _DAY,
    _e.valid_to >= _DAY,
    _e.revoked_at.is_(None),
)  # fmt: skip
_PRICED = sa.select(
    sa.false(), _p.id, _p.per_half_hour, _p.valid_from, _p.organisation_kind,
    sa.func.coalesce(
        sa.select(_o.kind).where(_o.id == sa.bindparam("organisation")).scalar_subquery(), ""
    ),
).where(
    _p.resource_id == sa.bindparam("place"),
    sa.or_(_p.valid_from.is_(None), _p.valid_from <= _DAY),
    sa.or_(_p.valid_to.is_(None), _p.valid_to >= _DAY),
)  # fmt: skip
_TERMS = sa.union_all(_FREE, _PRICED)  # one trip to the database: bookings wait for each other here


def payment_for(who: Who, place: PlaceRow, span: Span) -> Payment:
    """Of several entitlements the one that ends first; without one that has enough left, the price.

    Locks the candidates, so that two bookings cannot spend the same minutes.
    """
    free, priced = _terms(who, place, local_date(span.start))
    entitlement_id = entitlements.first_with_room([(row.id, row.amount) for row in free], span)
    if entitlement_id is not None:
        return Payment(entitlement_id)
    return Payment(price=price(span, _closest(priced)))


def price_per_half_hour(place: PlaceRow, organisation_id: int | None, on: date) -> int:
    """Đồng for each started half hour of a day, before any free use."""
    return _closest(_terms(Who(organisation_id=organisation_id), place, on)[1])


def _terms(who: Who, place: PlaceRow, on: date) -> tuple[list[Any], list[Any]]:
    """Entitlements by their end, price rules by their beginning (none: from ever)."""
    rows = fetch(
        _TERMS, team=who.team_id, person=who.person_id, organisation=who.organisation_id, place=place.id,
        kind=place.kind.value, day=on,
    )  # fmt: skip
    ordered = sorted(rows, key=lambda row: (row.edge or date.min, row.id))
    return [row for row in ordered if row.free], [row for row in ordered if not row.free]


def _closest(rules: Iterable[Any]) -> int:
    """The organisation's kind before everybody, of several the latest; 0 without a rule."""
    everybody = own = None
    for rule in rules:
        if rule.meant_for == "":
            everybody = rule.amount
        elif rule.meant_for == rule.kind:
            own = rule.amount
    return int(own if own is not None else everybody or 0)
