"""What stands where: places with all that lies below them, who holds them, which unit a want gets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Occupancy, OccupancyState, OutageKind, Resource, ResourcePart, RoomContent
from ..availability import Part, Seat, Use, atoms_of, blocked, exclusive_seats, free_units
from ..intervals import Span
from ..wording import clock_of, date_of

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


class Taken(Conflict):
    """409: the place is held by somebody else at that time."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        first = clashes[0]
        super().__init__(
            _(
                "%(place)s đã có lượt khác lúc %(start)s–%(end)s ngày %(day)s (tính cả giờ chuẩn bị và dọn).",
                place=first.name,
                start=clock_of(first.span.start),
                end=clock_of(first.span.end),
                day=date_of(first.span.start),
            ),
            code="taken",
            clashes=list(clashes),
        )
        self.clashes = list(clashes)


class Topology(NamedTuple):
    """The places that a set of wants reaches, by id."""

    parts: Mapping[int, Part]
    names: Mapping[int, str]

    def atoms(self, resource_ids: Iterable[int]) -> list[int]:
        """Every atomic place that the whole of these takes."""
        return sorted(
            {seat.resource_id for place in resource_ids for seat in exclusive_seats(place, self.parts)}
        )


def topology(resource_ids: Iterable[int]) -> Topology:
    """Load the places and, through parts and contents, everything below them. Two statements."""
    edges = db.session.execute(
        sa.select(ResourcePart.whole_id, ResourcePart.part_id, sa.literal(True)).union_all(
            sa.select(RoomContent.room_id, RoomContent.content_id, sa.literal(False))
        )
    ).all()
    wanted = set(resource_ids)
    reached: set[int] = set()
    while wanted:
        reached |= wanted
        wanted = {below for above, below, _is_part in edges if above in wanted} - reached
    rows = db.session.execute(
        sa.select(Resource.id, Resource.units, Resource.name).where(Resource.id.in_(reached))
    ).all()
    parts = {
        id_: Part(
            id_,
            units,
            tuple(below for above, below, is_part in edges if above == id_ and is_part),
            tuple(below for above, below, is_part in edges if above == id_ and not is_part),
        )
        for id_, units, _name in rows
    }
    return Topology(parts, {id_: name for id_, _units, name in rows})


def lock(resource_ids: Collection[int]) -> Topology:
    """Lock every atomic place under these ids, in one order: the first step of every change."""
    found = topology(resource_ids)
    missing = set(resource_ids) - set(found.parts)
    if missing:
        raise Invalid(_("Không có phòng hoặc máy này. Chọn lại trong danh sách."), code="no_such_place")
    lock_rows(Resource, found.atoms(resource_ids))
    return found


class Held(NamedTuple):
    """A blocking row as the checks see it."""

    resource_id: int
    unit: int
    block: Span
    owner: Owner


def held(atoms: Collection[int], window: Span, *, but: Collection[Owner] = ()) -> list[Held]:
    """Blocking rows of these atomic places that touch the window, those of some owners left out."""
    rows = db.session.execute(
        sa.select(
            Occupancy.resource_id,
            Occupancy.unit,
            Occupancy.block_start,
            Occupancy.block_end,
            Occupancy.owner_kind,
            Occupancy.owner_id,
        )
        .where(
            Occupancy.resource_id.in_(atoms),
            Occupancy.state.in_(BLOCKING),
            Occupancy.block_start < window.end,
            Occupancy.block_end > window.start,
        )
        .order_by(Occupancy.block_start)
    )
    found = [Held(r[0], r[1], Span(r[2], r[3]), Owner(r[4], r[5])) for r in rows]
    return [row for row in found if row.owner not in but] if but else found


def placed(
    claims: Sequence[Claim], found: Topology, but: Collection[Owner]
) -> tuple[list[tuple[Claim, Seat]], list[Clash]]:
    """Choose the unit for every row; blocking claims see what is held and each other."""
    window = Span(min(c.want.block.start for c in claims), max(c.want.block.end for c in claims))
    atoms = found.atoms({claim.want.resource_id for claim in claims})
    taken: dict[int, list[Held]] = {atom: [] for atom in atoms}
    for row in held(atoms, window, but=but):
        taken[row.resource_id].append(row)
    rows: list[tuple[Claim, Seat]] = []
    clashes: list[Clash] = []
    for claim in claims:
        if claim.state not in BLOCKING:
            rows += [(claim, seat) for seat in _any_seats(claim.want, found)]
            continue
        seats, against = _seats(claim.want, found, taken)
        clashes += [_clash(claim.want, row, found) for row in against]
        for seat in seats:
            rows.append((claim, seat))
            taken[seat.resource_id].append(Held(seat.resource_id, seat.unit, claim.want.block, claim.owner))
    return rows, clashes


def _seats(want: Want, found: Topology, taken: Mapping[int, Sequence[Held]]) -> tuple[list[Seat], list[Held]]:
    """The units for a want, or the rows that keep it from them."""
    if want.units is None:
        seats = _working(want, exclusive_seats(want.resource_id, found.parts), found, taken)
        own = set(seats)
        against = [
            row
            for atom in {seat.resource_id for seat in seats}
            for row in taken[atom]
            if row.block.overlaps(want.block) and Seat(row.resource_id, row.unit) in own
        ]
        return ([], against) if against else (seats, [])
    units = found.parts[want.resource_id].units
    rows = [row for row in taken[want.resource_id] if row.block.overlaps(want.block)]
    free = free_units(units, (Use(row.block, row.unit) for row in rows), want.block)
    if len(free) < want.units:
        if not rows:
            raise Invalid(
                _("%(place)s chỉ có %(units)s chỗ.", place=found.names[want.resource_id], units=units),
                code="units",
            )
        return [], rows
    return [Seat(want.resource_id, unit) for unit in free[: want.units]], []


def _working(
    want: Want, seats: list[Seat], found: Topology, taken: Mapping[int, Sequence[Held]]
) -> list[Seat]:
    """Without the machines inside that are out of order then: a broken machine does not close its room."""
    room = set(atoms_of(want.resource_id, found.parts))
    down = {
        row.resource_id
        for seat in seats
        if seat.resource_id not in room
        for row in taken[seat.resource_id]
        if row.owner.kind in OUTAGES and row.block.overlaps(want.block)
    }
    return [seat for seat in seats if seat.resource_id not in down]


def _any_seats(want: Want, found: Topology) -> list[Seat]:
    if want.units is None:
        return exclusive_seats(want.resource_id, found.parts)
    units = min(want.units, found.parts[want.resource_id].units)
    return [Seat(want.resource_id, unit) for unit in range(1, units + 1)]


def _clash(want: Want, row: Held, found: Topology) -> Clash:
    return Clash(want, row.resource_id, found.names[row.resource_id], row.block, row.owner)
