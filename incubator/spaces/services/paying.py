"""Who pays for a use and how much: a free use that fits, else the price of the place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ...core.errors import Invalid
from ...core.i18n import _
from ...core.web import vn_money
from ...models import Booking, Entitlement, Organisation, PriceRule
from ..intervals import Span, local_date
from ..prices import Rate, price, price_for, prices_on
from ..queries.place_rows import PlaceRow, fetch
from . import entitlements
from .standing import Who


@dataclass(frozen=True, slots=True)
class Payment:
    """`entitlement_id` pays, or nobody does; `price` in đồng, 0 where an entitlement pays."""

    entitlement_id: int | None = None
    price: int = 0

    def ensure_told(self, told: int | None) -> None:
        """Nobody pays more than was told before; `told` None: nothing was asked."""
        if told is not None and self.price > told:
            raise Dearer(self.price)

    def charge(self, booking: Booking, *, at: datetime) -> None:
        """Draw on the free use for a booking that stands."""
        if self.entitlement_id is not None:
            span = Span(booking.starts_at, booking.ends_at)
            entitlements.reserve(self.entitlement_id, booking.id, span, at=at)


@dataclass(frozen=True, slots=True)
class PriceSum:
    """What several dates of a series cost together: how many they are, how many of them are paid for, and đồng."""

    dates: int
    paid: int
    price: int

    @classmethod
    def of(cls, bookings: Collection[Booking]) -> PriceSum:
        prices = [booking.price for booking in bookings]
        return cls(len(prices), sum(1 for each in prices if each), sum(prices))

    def ensure_told(self, told: int | None) -> None:
        """As for a single one; how the sum is shared among the dates does not matter."""
        if told is not None and self.price > told:
            text = _(
                "%(n)s lượt này phải trả tổng cộng %(price)s (%(paid)s lượt tính giá), nhiều hơn giá đã hiện lúc trước. "
                "Bấm lần nữa nếu đồng ý.",
                n=self.dates,
                price=vn_money(self.price),
                paid=self.paid,
            )
            raise Dearer(self.price, text)


class Dearer(Invalid):
    """More than the person has read: the form says the price and asks again."""

    def __init__(self, price: int, text: str = "") -> None:
        self.price = price
        one = _(
            "Lượt này phải trả %(price)s, nhiều hơn giá đã hiện lúc trước. Bấm lần nữa nếu đồng ý.",
            price=vn_money(price),
        )
        super().__init__(text or one, code="price")


_e, _p, _o = Entitlement.__table__.c, PriceRule.__table__.c, Organisation.__table__.c
_FREE = sa.select(
    sa.true().label("free"),
    _e.id,
    _e.minutes.label("amount"),
    _e.valid_from.label("since"),
    _e.valid_to.label("until"),
    sa.literal_column("''").label("meant_for"),
    sa.literal_column("''").label("kind"),
).where(
    sa.or_(
        _e.team_id == sa.bindparam("team"),
        _e.person_id == sa.bindparam("person"),
        _e.organisation_id == sa.bindparam("organisation"),
    ),
    *entitlements.usable_at(
        sa.bindparam("place"), sa.bindparam("kind"), sa.bindparam("day", type_=sa.Date())
    ),
)
_PRICED = sa.select(
    sa.false(),
    _p.id,
    _p.per_half_hour,
    _p.valid_from,
    _p.valid_to,
    _p.organisation_kind,
    sa.func.coalesce(sa.select(_o.kind).where(_o.id == sa.bindparam("organisation")).scalar_subquery(), ""),
).where(_p.resource_id == sa.bindparam("place"))
_TERMS = sa.union_all(_FREE, _PRICED)  # one trip to the database: bookings wait for each other here


def payment_for(who: Who, place: PlaceRow, span: Span) -> Payment:
    """Of several entitlements the one that ends first; without one that has enough left, the price.

    Locks the candidates, so that two bookings cannot spend the same minutes.
    """
    on = local_date(span.start)
    free, costs = _terms(who, place, on)
    entitlement_id = entitlements.first_with_room(free, span)
    if entitlement_id is not None:
        return Payment(entitlement_id)
    return Payment(price=price(span, costs.on(on)))


def price_per_half_hour(place: PlaceRow, organisation_id: int | None, on: date) -> int:
    """Đồng for each started half hour of a day, before any free use."""
    return _terms(Who(organisation_id=organisation_id), place, on)[1].on(on)


def price_of_all(place: PlaceRow, organisation_id: int | None, spans: Sequence[Span]) -> int:
    """Đồng for several times together, each at the price of its day, before any free use."""
    if not spans:
        return 0
    costs = _terms(Who(organisation_id=organisation_id), place, local_date(spans[0].start))[1]
    return sum(price(span, costs.on(local_date(span.start))) for span in spans)


@dataclass(frozen=True, slots=True)
class _Costs:
    """What a place costs a kind of organisation over the days."""

    kind: str
    rates: list[Rate]

    def on(self, day: date) -> int:
        return price_for(self.kind, prices_on(self.rates, day))


def _terms(who: Who, place: PlaceRow, on: date) -> tuple[list[tuple[int, int]], _Costs]:
    """Entitlements of a day as (id, minutes), the one that ends first before the others, and what a half hour costs."""
    rows = list(
        fetch(
            _TERMS,
            team=who.team_id,
            person=who.person_id,
            organisation=who.organisation_id,
            place=place.id,
            kind=place.kind.value,
            day=on,
        )
    )
    free = sorted((row for row in rows if row.free), key=lambda row: (row.until, row.id))
    priced = [row for row in rows if not row.free]
    rates = [Rate(row.meant_for, row.amount, row.since, row.until) for row in priced]
    kind = priced[0].kind if priced else ""
    return [(row.id, row.amount) for row in free], _Costs(kind, rates)
