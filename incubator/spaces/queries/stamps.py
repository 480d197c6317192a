"""Whether anything of a calendar has changed: one cheap statement, so that a page made before may be shown again.

Every change of an occupancy adds or takes a row or raises its `sequence`; every change of places, hours and days off
leaves an audit event in the same transaction. Equal stamps therefore mean equal pages.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from ...core.db import db
from ...models import Affiliation, AuditEvent, Booking, Occupancy
from ..intervals import Span
from .place_rows import fetch

T = TypeVar("T")
PLACES = ("resource", "site", "closure_day")

_y, _e, _b, _f = Occupancy.__table__.c, AuditEvent.__table__.c, Booking.__table__.c, Affiliation.__table__.c
_end, _start = sa.bindparam("end", type_=_y.block_end.type), sa.bindparam("start", type_=_y.block_end.type)
_zero: sa.ColumnElement[int] = sa.literal_column("0")


def _sum(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), _zero)


_ROWS = (
    sa.select(
        sa.func.count().label("n"),
        _sum(_y.id).label("ids"),
        _sum(_y.sequence).label("versions"),
        sa.func.max(_y.changed_at).label("at"),
    )
    .where(_y.block_end > _start, _y.block_start < _end)
    .subquery()
)
_PLACES = (
    sa.select(sa.func.count().label("n"), sa.func.max(_e.id).label("last"))
    .where(_e.object_type.in_(PLACES))
    .subquery()
)
_MINE = (
    sa.select(sa.func.count().label("n"), _sum(_b.id).label("ids"))
    .where(
        sa.or_(
            _b.requester_id == sa.bindparam("reader"),
            _b.organisation_id.in_(
                sa.select(_f.organisation_id).where(
                    _f.person_id == sa.bindparam("reader"), Affiliation.holds()
                )
            ),
        ),
        _b.ends_at > _start,
        _b.starts_at < _end,
    )
    .subquery()
)
_STAMP = sa.select(_PLACES, _ROWS, _MINE).select_from(
    _PLACES.join(_ROWS, sa.true()).join(_MINE, sa.true())  # one row each
)


class Stamp(NamedTuple):
    """`places`: what the centre is made of; `rows`: what takes place in a window; `mine`: what of it is the reader's."""

    places: tuple[int, int]
    rows: tuple[int, int, int, datetime | None]
    mine: tuple[int, int]


def stamp(window: Span, reader: int | None) -> Stamp:
    (row,) = fetch(_STAMP, start=window.start, end=window.end, reader=reader or 0)
    return Stamp((row[0], row[1] or 0), (row[2], int(row[3]), int(row[4]), row[5]), (row[6], int(row[7])))


class Kept(Generic[T]):
    """Results by key, the ones used last, for one database; each worker process has its own."""

    def __init__(self, most: int) -> None:
        self.most, self.lock = most, Lock()
        self.values: WeakKeyDictionary[Any, OrderedDict[Hashable, T]] = WeakKeyDictionary()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self.lock:
            known = self.values.setdefault(db.engine, OrderedDict())
            if key in known:
                known.move_to_end(key)
                return known[key]
        found = make()
        with self.lock:
            known[key] = found
            while len(known) > self.most:
                known.popitem(last=False)
        return found
