"""Places as lists and rules need them, and what lies in what. Statements are prepared once: these are the hot ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from ...core.db import db
from ...models import Resource, ResourceKind, ResourcePart, RoomContent, Site, Supervision
from ..availability import Part
from ..rules import Limits
from ..settings import PlaceRules

BOOKABLE = (ResourceKind.ROOM, ResourceKind.MACHINE, ResourceKind.KIT, ResourceKind.COURT)


def fetch(statement: Any, **values: Any) -> Iterable[Any]:
    """Rows of a prepared statement, past the object machinery of the session, in the same transaction."""
    found: Iterable[Any] = db.session.connection().execute(statement, values)
    return found


def fixed(value: StrEnum, column: Any) -> Any:
    """A value of ours as part of a prepared text: what is bound is converted anew at every execution."""
    return sa.literal_column(f"'{value.value}'", column.type)


def one_of(column: Any, values: Iterable[StrEnum]) -> Any:
    """`column IN (…)` in a prepared text: a list that is bound is even spelled out anew at every execution."""
    return column.in_([fixed(value, column) for value in values])


@dataclass(frozen=True)
class PlaceRow:
    """A resource as lists and rules need it."""

    id: int
    slug: str
    name: str
    name_en: str
    kind: ResourceKind
    site_id: int | None
    capacity: int | None
    units: int
    rules: PlaceRules
    equipment: frozenset[str]
    description: str
    is_partner: bool
    site_name: str
    composed: bool
    is_retired: bool
    description_en: str
    site_name_en: str

    @cached_property
    def limits(self) -> Limits:
        """Worked out once: a search asks about each place at many times."""
        return self.rules.limits(self.capacity)

    def units_for(self, people: int) -> int:
        """Of a shared place what so many people need: 20 kits for 40 people are one for two."""
        each = max((self.capacity or 0) // self.units, 1)
        return -(-people // each)


_r, _s = Resource.__table__.c, Site.__table__.c
_partner = sa.func.coalesce(_s.is_partner, sa.false())
_PLACES = (
    sa.select(
        _r.id,
        _r.slug,
        _r.name,
        _r.name_en,
        _r.kind,
        _r.site_id,
        _r.capacity,
        _r.units,
        _r.rules,
        _r.equipment,
        _r.description,
        _partner,
        sa.func.coalesce(_s.name, ""),
        _r.composed,
        _r.retired_at,
        _r.description_en,
        sa.func.coalesce(_s.name_en, ""),
    )
    .select_from(Resource.__table__.outerjoin(Site.__table__, _s.id == _r.site_id))
    .order_by(_partner, _r.kind.desc(), _r.position, _r.name)
)
_BY_ID = _PLACES.where(_r.id.in_(sa.bindparam("ids", expanding=True)))
_LISTED = _PLACES.where(_r.kind.in_(sa.bindparam("kinds", expanding=True)), _r.retired_at.is_(None))
_OWN = _LISTED.where(sa.or_(_s.id.is_(None), _s.is_partner.is_(False)))
_WITH_PEOPLE = _PLACES.where(
    sa.or_(
        sa.and_(
            _r.kind.in_(sa.bindparam("kinds", expanding=True)),
            sa.or_(_s.id.is_(None), _s.is_partner.is_(False)),
        ),
        sa.and_(_r.kind == fixed(ResourceKind.PERSON, _r.kind), _r.site_id.is_not(None)),
    ),
    _r.retired_at.is_(None),
)


def _row(r: Any) -> PlaceRow:
    return PlaceRow(
        r[0],
        r[1],
        r[2],
        r[3],
        r[4],
        r[5],
        r[6],
        r[7],
        PlaceRules.of(r[8]),
        frozenset(r[9] or ()),
        r[10],
        bool(r[11]),
        r[12],
        bool(r[13]),
        r[14] is not None,
        r[15],
        r[16],
    )


def place_rows(
    *, ids: Collection[int] | None = None, kinds: Collection[ResourceKind] = BOOKABLE, partners: bool = False
) -> dict[int, PlaceRow]:
    """Places in the order of their lists: own rooms, own machines, then partners' when asked for."""
    if ids is not None:
        return {r[0]: _row(r) for r in fetch(_BY_ID, ids=list(ids))} if ids else {}
    found = fetch(_LISTED if partners else _OWN, kinds=list(kinds))
    return {row.id: row for row in map(_row, found) if row.rules.bookable}


def own_places(
    kinds: Collection[ResourceKind] = BOOKABLE,
) -> tuple[dict[int, PlaceRow], dict[int, PlaceRow]]:
    """The centre's places in the order of their lists, and who may be on duty; one statement."""
    return _parted(fetch(_WITH_PEOPLE, kinds=list(kinds)))


def all_places() -> tuple[dict[int, PlaceRow], dict[int, PlaceRow]]:
    """As `own_places()`, with the partners' places."""
    return _parted(fetch(_LISTED, kinds=[*BOOKABLE, ResourceKind.PERSON]))


def _parted(found: Iterable[Any]) -> tuple[dict[int, PlaceRow], dict[int, PlaceRow]]:
    rows = [_row(r) for r in found]
    people = {row.id: row for row in rows if row.kind is ResourceKind.PERSON and row.site_id is not None}
    return {row.id: row for row in rows if row.rules.bookable and row.kind is not ResourceKind.PERSON}, people


class Edges(NamedTuple):
    """What lies in what: whole -> parts, room -> machines inside, machine -> who may watch over it."""

    parts: Mapping[int, list[int]]
    contents: Mapping[int, list[int]]
    crews: Mapping[int, list[int]]

    def below(self, ids: Iterable[int]) -> set[int]:
        """These places and everything below them, through parts and contents."""
        reached: set[int] = set()
        waiting = list(ids)
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting += self.parts.get(current, ())
                waiting += self.contents.get(current, ())
        return reached

    def watchers(self, ids: Iterable[int]) -> set[int]:
        return {one for place in ids for one in self.crews.get(place, ())}

    def part(self, place: int, units: int) -> Part:
        return Part(place, units, tuple(self.parts.get(place, ())), tuple(self.contents.get(place, ())))


_p, _c, _w = ResourcePart.__table__.c, RoomContent.__table__.c, Supervision.__table__.c
_EDGES = sa.union_all(
    sa.select(_p.whole_id, _p.part_id, sa.literal_column("0")),
    sa.select(_c.room_id, _c.content_id, sa.literal_column("1")),
    sa.select(_w.place_id, _w.supervisor_id, sa.literal_column("2")),
)


def edges() -> Edges:
    """All of them, in one statement: there are a few dozen."""
    found: tuple[dict[int, list[int]], ...] = (defaultdict(list), defaultdict(list), defaultdict(list))
    for above, below, kind in fetch(_EDGES):
        found[kind][above].append(below)
    return Edges(*found)
