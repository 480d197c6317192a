"""Places that fail: who needs them loses its use, who has the room around goes on without the machine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from ...core.db import db
from ...models import Booking, ClosureDay, Occupancy, OccupancyState, Resource
from ..availability import atoms_of
from ..intervals import Span, dates_of, local_date
from .occupancy import rows_of
from .placing import (
    BLOCKING,
    Held,
    Owner,
    Topology,
    held,
    lock,
    topology,
)


class Displaced(NamedTuple):
    """Who lost a use, and who goes on without some machine; both must be told."""

    owners: list[Owner]
    without: list[Owner]


class Back(NamedTuple):
    """Who has its place again, and who kept the room and has the machine in it again; both must be told."""

    owners: list[Owner]
    with_machine: list[Owner]


def displace(
    resource_ids: Collection[int], span: Span, *, at: datetime, but: Collection[Owner] = ()
) -> Displaced:
    """Push out whoever needs these places in that time.

    An owner loses all that it holds, not only the place that failed: half a use is none. But whoever has the whole of
    a room only goes without the machine that failed inside it: the room is still theirs. Of a calendar read in, only
    the occurrences of that time are lost.
    """
    found = lock(resource_ids)
    failing = set(found.atoms(resource_ids))
    rows = held(failing, span, but=but)
    spared = _spared(rows, found, failing)
    owners = sorted({row.owner for row in rows} - {row.owner for row in spared})
    changes = {"state": OccupancyState.DISPLACED, "sequence": Occupancy.sequence + 1, "changed_at": at}
    in_time = sa.and_(Occupancy.block_start < span.end, Occupancy.block_end > span.start)
    if owners:
        db.session.execute(
            sa.update(Occupancy)
            .where(
                rows_of(owners),
                Occupancy.state.in_(BLOCKING),
                sa.or_(Occupancy.owner_kind != "import", in_time),
            )
            .values(**changes)
        )
    if spared:
        db.session.execute(
            sa.update(Occupancy)
            .where(
                rows_of({row.owner for row in spared}),
                Occupancy.resource_id.in_({row.resource_id for row in spared}),
                Occupancy.state.in_(BLOCKING),
                in_time,
            )
            .values(**changes)
        )
    return Displaced(owners, sorted({row.owner for row in spared}))


def _spared(rows: Sequence[Held], found: Topology, failing: Collection[int]) -> list[Held]:
    """Rows on a machine whose owner holds, at that time, the whole room around it, and the room has not failed."""
    rooms: dict[int, set[int]] = {}
    for room, inside in found.edges.contents.items():
        around = set(atoms_of(room, {i: found.edges.part(i, 1) for i in found.edges.below([room])}))
        if around & set(failing):
            continue
        for machine in found.edges.below(inside):
            rooms.setdefault(machine, set()).update(around)
    mine = [row for row in rows if row.resource_id in rooms]
    if not mine:
        return []
    window = Span(min(row.block.start for row in mine), max(row.block.end for row in mine))
    others = held({atom for row in mine for atom in rooms[row.resource_id]}, window)
    return [
        row
        for row in mine
        if any(
            other.owner == row.owner
            and other.resource_id in rooms[row.resource_id]
            and other.block.overlaps(row.block)
            for other in others
        )
    ]


def restore(resource_ids: Collection[int], span: Span, *, at: datetime) -> Back:
    """Places are back in time: whoever lost them in that time has them again, where all of the use is still free.

    A use that was settled meanwhile stays as it was settled, a request that only held its place goes on waiting.
    """
    atoms = topology(resource_ids).atoms(resource_ids)
    lost = _lost(Occupancy.resource_id.in_(atoms), span, at)
    if not lost:
        return Back([], [])
    others = _lost(rows_of({_owner(row) for row in lost}), span, at)
    lock({*resource_ids, *(row.resource_id for row in others)})  # all at once: everybody locks in one order
    lost = _lost(Occupancy.resource_id.in_(atoms), span, at)
    losers = {_owner(row) for row in lost}
    alive = _alive({owner for owner in losers if owner.kind != "import"})
    uses = [[row] for row in lost if _owner(row) in alive]
    uses += _whole_uses(losers - alive - _undecided(losers), span, at)
    if not uses:
        return Back([], [])
    rows = [row for use in uses for row in use]
    places = {row.resource_id for row in rows}
    window = Span(min(row.block_start for row in rows), max(row.block_end for row in rows))
    taken, closed = held(places, window), _closed_days(places, window)
    units = dict(
        db.session.execute(sa.select(Resource.id, Resource.units).where(Resource.id.in_(places))).all()
    )
    back = set()
    for use in sorted(uses, key=lambda use: use[0].id):
        if any(
            _stands_in_the_way(row, taken) or closed & _days(row) or row.unit > units[row.resource_id]
            for row in use
        ):
            continue
        for row in use:
            row.state, row.changed_at, row.sequence = OccupancyState.CONFIRMED, at, row.sequence + 1
            block = Span(row.block_start, row.block_end)
            taken.append(Held(row.resource_id, row.unit, block, _owner(row)))
            back.add(_owner(row))
    db.session.flush()
    return Back(sorted(back - alive), sorted(back & alive))


def _lost(whose: sa.ColumnElement[bool], span: Span, at: datetime) -> Sequence[Occupancy]:
    """Rows still to come that were pushed out in that time."""
    return db.session.scalars(
        sa.select(Occupancy)
        .where(
            whose,
            Occupancy.state == OccupancyState.DISPLACED,
            Occupancy.block_start < span.end,
            Occupancy.block_end > span.start,
            Occupancy.ends_at > at,
        )
        .order_by(Occupancy.id)
        .execution_options(populate_existing=True)
    ).all()


def _owner(row: Occupancy) -> Owner:
    return Owner(row.owner_kind, row.owner_id)


def _stands_in_the_way(row: Occupancy, taken: Sequence[Held]) -> bool:
    block = Span(row.block_start, row.block_end)
    return any(
        (other.resource_id, other.unit) == (row.resource_id, row.unit) and other.block.overlaps(block)
        for other in taken
    )


def _whole_uses(owners: Collection[Owner], span: Span, at: datetime) -> list[list[Occupancy]]:
    """All that each of these owners lost: half a use is none. Of a calendar read in each occurrence is a use."""
    if not owners:
        return []
    uses: dict[tuple[Owner, str], list[Occupancy]] = {}
    for row in _lost(rows_of(owners), span, at):
        uses.setdefault((_owner(row), row.uid if row.owner_kind == "import" else ""), []).append(row)
    return list(uses.values())


def _undecided(owners: Collection[Owner]) -> set[Owner]:
    """Requests that held their place until an answer."""
    ids = [owner.id for owner in owners if owner.kind == "booking"]
    found = db.session.scalars(
        sa.select(Booking.id).where(Booking.id.in_(ids), Booking.hold_until.is_not(None))
    )
    return {Owner("booking", booking_id) for booking_id in found}


def _closed_days(resource_ids: Collection[int], window: Span) -> set[tuple[int, date]]:
    """Days off of the places: what is closed is not back, whatever else ends."""
    rows = db.session.execute(
        sa.select(Resource.id, ClosureDay.day)
        .join(ClosureDay, ClosureDay.site_id == Resource.site_id)
        .where(
            Resource.id.in_(resource_ids),
            ClosureDay.day.between(local_date(window.start), local_date(window.end)),
            ClosureDay.confirmed_at.is_not(None),
            ClosureDay.open_as.is_(None),
        )
    )
    return {(resource_id, day) for resource_id, day in rows}


def _days(row: Occupancy) -> set[tuple[int, date]]:
    return {(row.resource_id, day) for day in dates_of(Span(row.starts_at, row.ends_at))}


def _alive(owners: Collection[Owner]) -> set[Owner]:
    """Owners that still hold something else: they lost a machine, not their use."""
    if not owners:
        return set()
    rows = db.session.execute(
        sa.select(Occupancy.owner_kind, Occupancy.owner_id)
        .where(rows_of(owners), Occupancy.state == OccupancyState.CONFIRMED)
        .distinct()
    )
    return {Owner(*row) for row in rows}
