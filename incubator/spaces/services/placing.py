"""What stands where: places with all that lies below them, who holds them, which unit a want gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from ...core.db import lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Occupancy, OccupancyState, OutageKind, Resource
from ..availability import Part, Seat, Use, atoms_of, blocked, exclusive_seats, free_units
from ..intervals import Span
from ..queries.place_rows import Edges, PlaceRow, edges, fetch, one_of, place_rows
from ..wording import clock_of, date_of, is_one_day, moment_of

BLOCKING = (OccupancyState.CONFIRMED, OccupancyState.HELD)
OUTAGES = frozenset(kind.value for kind in OutageKind)


class Owner(NamedTuple):
    """Whose row it is: `kind` booking, event, session, stage, match, outage or import; the id there."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Want:
    """A place for a time. `units` None: the whole of it; else so many units of a shared place."""

    resource_id: int
    span: Span
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    units: int | None = None

    @property
    def block(self) -> Span:
        return blocked(self.span, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Claim:
    """A want with its owner, as `occupy_many()` takes it."""

    owner: Owner
    want: Want
    title: str = ""
    title_public: bool = False
    state: OccupancyState = OccupancyState.CONFIRMED
    uid: str = ""
    sequence: int = 0


class Clash(NamedTuple):
    """What stands in the way of a want."""

    want: Want
    resource_id: int
    name: str
    span: Span
    owner: Owner
    free: int | None = None  # units of a shared place that are left


class Taken(Conflict):
    """409: the place is held by somebody else at that time."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(clash_sentence(clashes[0]), code="taken", clashes=list(clashes))
        self.clashes = list(clashes)


def clash_sentence(clash: Clash) -> str:
    """What stands in the way, with its time."""
    span = clash.want.span if clash.free else clash.span
    if clash.owner.kind in OUTAGES and not clash.free:
        return _("%(place)s ngừng phục vụ đến %(until)s.", place=clash.name, until=moment_of(span.end))
    values = {
        "place": clash.name,
        "start": clock_of(span.start),
        "end": clock_of(span.end),
        "day": date_of(span.start),
    }
    if clash.free:
        return _(
            "%(place)s chỉ còn %(free)s chỗ lúc %(start)s–%(end)s ngày %(day)s, cần %(units)s.",
            free=clash.free,
            units=clash.want.units,
            **values,
        )
    if not is_one_day(span):
        return _(
            "%(place)s đã có lượt khác từ %(start)s đến %(end)s (tính cả giờ chuẩn bị và dọn).",
            place=clash.name,
            start=moment_of(span.start),
            end=moment_of(span.end),
        )
    return _(
        "%(place)s đã có lượt khác lúc %(start)s–%(end)s ngày %(day)s (tính cả giờ chuẩn bị và dọn).",
        **values,
    )


class Topology(NamedTuple):
    """The places that a set of wants reaches, with their rules, and who may watch over them."""

    parts: Mapping[int, Part]
    places: Mapping[int, PlaceRow]
    edges: Edges

    def name(self, resource_id: int) -> str:
        return self.places[resource_id].name

    def atoms(self, resource_ids: Iterable[int]) -> list[int]:
        """Every atomic place that the whole of these takes."""
        return sorted(
            {seat.resource_id for place in resource_ids for seat in exclusive_seats(place, self.parts)}
        )


def topology(resource_ids: Iterable[int], *, locked: bool = False, known: Edges | None = None) -> Topology:
    """Load the places and, through parts and contents, everything below them. Two statements, one where it is `known`
    what lies in what."""
    known = known or edges()
    reached = known.below(resource_ids)
    watching = known.watchers(reached)
    if locked:
        lock_rows(Resource, reached | watching)
    places = place_rows(ids=reached | watching)
    parts = {i: known.part(i, row.units) for i, row in places.items()}
    return Topology(parts, places, known)


def lock(resource_ids: Collection[int]) -> Topology:
    """Lock every place under these ids and whoever may watch over them, in one order: the first step of every change."""
    found = topology(resource_ids, locked=True)
    if set(resource_ids) - set(found.parts):
        text = _("Không có phòng hoặc máy này. Chọn lại trong danh sách.")
        raise Invalid(text, code="no_such_place", field="resource_id")
    return found


class Held(NamedTuple):
    """A blocking row as the checks see it."""

    resource_id: int
    unit: int
    block: Span
    owner: Owner


_y = Occupancy.__table__.c
_HELD = (
    sa.select(_y.resource_id, _y.unit, _y.block_start, _y.block_end, _y.owner_kind, _y.owner_id)
    .where(
        _y.resource_id.in_(sa.bindparam("atoms", expanding=True)),
        one_of(_y.state, BLOCKING),
        _y.block_start < sa.bindparam("end", type_=_y.block_start.type),
        _y.block_end > sa.bindparam("start", type_=_y.block_start.type),
    )
    .order_by(_y.block_start)
)


def held(atoms: Collection[int], window: Span, *, but: Collection[Owner] = ()) -> list[Held]:
    """Blocking rows of these atomic places that touch the window, those of some owners left out."""
    rows = fetch(_HELD, atoms=list(atoms), start=window.start, end=window.end)
    found = [Held(r[0], r[1], Span(r[2], r[3]), Owner(r[4], r[5])) for r in rows]
    return [row for row in found if row.owner not in but] if but else found


class Row(NamedTuple):
    """What is to be written: a claim on one unit; `lost` where the machine is out of order just then."""

    claim: Claim
    seat: Seat
    lost: bool = False


def placed(claims: Sequence[Claim], found: Topology, but: Collection[Owner]) -> tuple[list[Row], list[Clash]]:
    """Choose the unit for every row; blocking claims see what is held and each other."""
    taken = _taken([claim.want for claim in claims], found, but)
    rows: list[Row] = []
    clashes: list[Clash] = []
    for claim in claims:
        if claim.state not in BLOCKING:
            rows += [Row(claim, seat) for seat in _any_seats(claim.want, found)]
            continue
        seats, lost, against = _seats(claim.want, found, taken)
        clashes += _clashes(claim.want, against, found)
        rows += [Row(claim, seat, lost=True) for seat in lost]
        for seat in seats:
            rows.append(Row(claim, seat))
            taken.add(Held(seat.resource_id, seat.unit, claim.want.block, claim.owner))
    return rows, clashes


def clashes_each(wants: Sequence[Want], found: Topology, but: Collection[Owner] = ()) -> list[list[Clash]]:
    """What stands in the way of each want by itself, from one reading; for previews of many dates."""
    taken = _taken(wants, found, but)
    return [_clashes(want, _seats(want, found, taken)[2], found) for want in wants]


class _Taken:
    """Who holds what, by place and day: a calendar file brings thousands, each of which looks at its own days only."""

    def __init__(self, rows: Iterable[Held]) -> None:
        self._by_day: dict[tuple[int, int], list[Held]] = defaultdict(list)
        for row in rows:
            self.add(row)

    def add(self, row: Held) -> None:
        for day in _days(row.block):
            self._by_day[row.resource_id, day].append(row)

    def touching(self, resource_id: int, block: Span) -> list[Held]:
        """Each once, in the order in which they came to be known."""
        days = _days(block)
        rows = [row for day in days for row in self._by_day.get((resource_id, day), ())]
        if len(days) > 1:
            rows = list({id(row): row for row in rows}.values())
        return [row for row in rows if row.block.overlaps(block)]


def _days(block: Span) -> range:
    """Days of UTC that a half-open time touches, as numbers."""
    last = block.end - timedelta(microseconds=1)
    return range(block.start.toordinal(), max(block.start, last).toordinal() + 1)


def _taken(wants: Sequence[Want], found: Topology, but: Collection[Owner]) -> _Taken:
    """Who holds the atoms of these wants, over their whole time."""
    window = Span(min(want.block.start for want in wants), max(want.block.end for want in wants))
    return _Taken(held(found.atoms({want.resource_id for want in wants}), window, but=but))


def _seats(want: Want, found: Topology, taken: _Taken) -> tuple[list[Seat], list[Seat], list[Held]]:
    """The units for a want, those it must do without, or the rows that keep it from them."""
    if want.units is None:
        whole = exclusive_seats(want.resource_id, found.parts)
        down = _down(want, whole, found, taken)
        seats = [seat for seat in whole if seat.resource_id not in down]
        own = set(seats)
        against = [
            row
            for atom in {seat.resource_id for seat in seats}
            for row in taken.touching(atom, want.block)
            if Seat(row.resource_id, row.unit) in own
        ]
        return ([], [], against) if against else (seats, [s for s in whole if s.resource_id in down], [])
    units = found.parts[want.resource_id].units
    rows = taken.touching(want.resource_id, want.block)
    free = free_units(units, (Use(row.block, row.unit) for row in rows), want.block)
    if len(free) < want.units:
        if not rows:
            raise Invalid(
                _("%(place)s chỉ có %(units)s chỗ.", place=found.name(want.resource_id), units=units),
                code="units",
            )
        return [], [], rows
    return [Seat(want.resource_id, unit) for unit in free[: want.units]], [], []


def _down(want: Want, seats: list[Seat], found: Topology, taken: _Taken) -> set[int]:
    """Machines inside that are out of order then: a broken machine does not close its room."""
    if len(seats) == 1:
        return set()
    room = set(atoms_of(want.resource_id, found.parts))
    return {
        row.resource_id
        for seat in seats
        if seat.resource_id not in room
        for row in taken.touching(seat.resource_id, want.block)
        if row.owner.kind in OUTAGES
    }


def _any_seats(want: Want, found: Topology) -> list[Seat]:
    if want.units is None:
        return exclusive_seats(want.resource_id, found.parts)
    units = min(want.units, found.parts[want.resource_id].units)
    return [Seat(want.resource_id, unit) for unit in range(1, units + 1)]


def _clashes(want: Want, against: Sequence[Held], found: Topology) -> list[Clash]:
    free = None
    if want.units is not None and against:
        free = found.parts[want.resource_id].units - len({row.unit for row in against})
    return [
        Clash(want, row.resource_id, found.name(row.resource_id), row.block, row.owner, free)
        for row in against
    ]
