"""The one way to make a place busy, for every owner: booking, event, session, stage, match, closure, import.

Lock, then check, then write, all inside the caller's `transaction()`; the schema refuses a second time
(`models/guards.py`). A composed place takes its atoms, the whole of a room takes the machines inside.

    occupy([Want(room.id, Span(start, end))], owner=Owner("session", session.id), at=at, title="…")

raises `Taken` (409) with every clash in `details["clashes"]` and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...models import Occupancy, OccupancyState
from .placing import (
    BLOCKING,
    Claim,
    Clash,
    Held,
    Owner,
    Row,
    Taken,
    Topology,
    Want,
    held,
    lock,
    placed,
    topology,
)

__all__ = [
    "Claim", "Clash", "Held", "Owner", "Taken", "Want", "clashes_of", "end_early", "held", "lock", "move",
    "occupy", "occupy_many", "release", "retitle", "rows_of",
    "sequence_of", "shifted", "topology",
]  # fmt: skip


def occupy(
    wants: Sequence[Want],
    *,
    owner: Owner,
    at: datetime,
    title: str = "",
    title_public: bool = False,
    state: OccupancyState = OccupancyState.CONFIRMED,
    uid: str = "",
    found: Topology | None = None,
) -> None:
    """Take all the wants for one owner or none of them. Raises Taken. `found`: they are locked already."""
    occupy_many([Claim(owner, want, title, title_public, state, uid) for want in wants], at=at, found=found)


def occupy_many(
    claims: Sequence[Claim], *, at: datetime, but: Collection[Owner] = (), found: Topology | None = None
) -> None:
    """Take many places for many owners: one lock, one read, one insert. Raises Taken with every clash.

    Rows of the owners in `but` are looked through, for moves that replace them afterwards in the same step.
    """
    if not claims:
        return
    found = found or lock({claim.want.resource_id for claim in claims})
    rows, clashes = placed(claims, found, but)
    if clashes:
        raise Taken(clashes)
    if but:
        _delete(but)
    _insert(rows, at)


def clashes_of(
    wants: Sequence[Want], *, but: Collection[Owner] = (), found: Topology | None = None
) -> list[Clash]:
    """What stands in the way just now; for previews, without a lock."""
    if not wants:
        return []
    found = found or topology({want.resource_id for want in wants})
    nobody = Owner("", 0)
    return placed([Claim(nobody, want) for want in wants], found, but)[1]


_INSERT = Occupancy.__table__.insert()  # type: ignore[attr-defined]


def _insert(rows: Sequence[Row], at: datetime) -> None:
    values = [
        {
            "resource_id": row.seat.resource_id,
            "unit": row.seat.unit,
            "starts_at": row.claim.want.span.start,
            "ends_at": row.claim.want.span.end,
            "block_start": row.claim.want.block.start,
            "block_end": row.claim.want.block.end,
            "state": OccupancyState.DISPLACED if row.lost else row.claim.state,
            "owner_kind": row.claim.owner.kind,
            "owner_id": row.claim.owner.id,
            "title": row.claim.title[:200],
            "title_public": row.claim.title_public,
            "uid": row.claim.uid,
            "sequence": row.claim.sequence,
            "created_at": at,
            "changed_at": at,
        }
        for row in rows
    ]
    db.session.connection().execute(_INSERT, values)


def rows_of(owners: Collection[Owner]) -> sa.ColumnElement[bool]:
    """The condition that picks the rows of these owners."""
    by_kind: dict[str, list[int]] = {}
    for owner in owners:
        by_kind.setdefault(owner.kind, []).append(owner.id)
    return sa.or_(
        *(sa.and_(Occupancy.owner_kind == kind, Occupancy.owner_id.in_(ids)) for kind, ids in by_kind.items())
    )


def _delete(owners: Collection[Owner]) -> None:
    db.session.execute(sa.delete(Occupancy).where(rows_of(owners)))


def sequence_of(owner: Owner) -> int:
    """The highest version of an owner's rows, for calendars; -1 when it has none."""
    found = db.session.scalar(sa.select(sa.func.max(Occupancy.sequence)).where(rows_of([owner])))
    return -1 if found is None else int(found)


def move(
    wants: Sequence[Want],
    *,
    owner: Owner,
    at: datetime,
    title: str = "",
    title_public: bool = False,
    state: OccupancyState = OccupancyState.CONFIRMED,
    uid: str = "",
) -> None:
    """Replace everything an owner holds by these wants, or change nothing and raise Taken.

    Also approves a request and brings a displaced or released use back: the same lock, the same check.
    """
    was = db.session.scalars(sa.select(Occupancy.resource_id).where(rows_of([owner])).distinct()).all()
    found = lock({*was, *(want.resource_id for want in wants)})
    sequence = sequence_of(owner) + 1
    claims = [Claim(owner, want, title, title_public, state, uid, sequence) for want in wants]
    if claims:
        occupy_many(claims, at=at, but=[owner], found=found)
    else:
        _delete([owner])


def release(
    owners: Collection[Owner], *, at: datetime, state: OccupancyState = OccupancyState.RELEASED
) -> None:
    """Give back all that these owners hold or asked for. The rows stay, for calendars and history."""
    if owners:
        db.session.execute(
            sa.update(Occupancy)
            .where(rows_of(owners), Occupancy.state != OccupancyState.RELEASED)
            .values(state=state, sequence=Occupancy.sequence + 1, changed_at=at)
        )


def end_early(owner: Owner, *, at: datetime) -> None:
    """A use is over before its time: the rest is free from now on. Nothing happens before it began."""
    db.session.execute(
        sa.update(Occupancy)
        .where(
            rows_of([owner]), Occupancy.state.in_(BLOCKING), Occupancy.starts_at < at, Occupancy.ends_at > at
        )
        .values(ends_at=at, block_end=at, sequence=Occupancy.sequence + 1, changed_at=at)
    )


def retitle(owner: Owner, title: str, *, at: datetime, title_public: bool | None = None) -> None:
    values: dict[str, Any] = {"title": title[:200], "changed_at": at, "sequence": Occupancy.sequence + 1}
    if title_public is not None:
        values["title_public"] = title_public
    db.session.execute(sa.update(Occupancy).where(rows_of([owner])).values(**values))


def shifted(wants: Iterable[Want], by: timedelta) -> list[Want]:
    """The same wants later or earlier."""
    return [replace(want, span=want.span.shifted(by)) for want in wants]
