"""Places that fail: who needs them loses its use, who has the room around goes on without the machine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from ...core.db import db
from ...models import Occupancy, OccupancyState
from ..availability import atoms_of
from ..intervals import Span
from .occupancy import rows_of
from .placing import (
    BLOCKING,
    Held,
    Owner,
    Topology,
    held,
    lock,
)


class Displaced(NamedTuple):
    """Who lost a use, and who goes on without some machine; both must be told."""

    owners: list[Owner]
    without: list[Owner]


def displace(
    resource_ids: Collection[int], span: Span, *, at: datetime, but: Collection[Owner] = ()
) -> Displaced:
    """Push out whoever needs these places in that time.

    An owner loses all that it holds, not only the place that failed: half a use is none. But whoever has the whole of
    a room only goes without the machine that failed inside it: the room is still theirs.
    """
    found = lock(resource_ids)
    failing = set(found.atoms(resource_ids))
    rows = held(failing, span, but=but)
    spared = _spared(rows, found, failing)
    owners = sorted({row.owner for row in rows} - {row.owner for row in spared})
    changes = {"state": OccupancyState.DISPLACED, "sequence": Occupancy.sequence + 1, "changed_at": at}
    if owners:
        db.session.execute(
            sa.update(Occupancy).where(rows_of(owners), Occupancy.state.in_(BLOCKING)).values(**changes)
        )
    if spared:
        db.session.execute(
            sa.update(Occupancy)
            .where(
                rows_of({row.owner for row in spared}),
                Occupancy.resource_id.in_({row.resource_id for row in spared}),
                Occupancy.state.in_(BLOCKING),
                Occupancy.block_start < span.end,
                Occupancy.block_end > span.start,
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


def restore(resource_id: int, span: Span, *, at: datetime) -> None:
    """The machine is back: who holds the room around it in that time holds the machine again, where it is still free."""
    found = lock([resource_id])
    atoms = found.atoms([resource_id])
    lost = db.session.scalars(
        sa.select(Occupancy).where(
            Occupancy.resource_id.in_(atoms),
            Occupancy.state == OccupancyState.DISPLACED,
            Occupancy.block_start < span.end,
            Occupancy.block_end > span.start,
        )
    ).all()
    alive = _alive({Owner(row.owner_kind, row.owner_id) for row in lost})
    taken = held(atoms, Span(span.start, max([span.end, *(row.block_end for row in lost)])))
    for row in lost:
        block = Span(row.block_start, row.block_end)
        if Owner(row.owner_kind, row.owner_id) in alive and not any(
            (t.resource_id, t.unit) == (row.resource_id, row.unit) and t.block.overlaps(block) for t in taken
        ):
            row.state, row.changed_at, row.sequence = OccupancyState.CONFIRMED, at, row.sequence + 1
            db.session.flush()
            taken.append(Held(row.resource_id, row.unit, block, Owner(row.owner_kind, row.owner_id)))


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
