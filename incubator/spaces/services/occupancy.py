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
    "Claim",
    "Clash",
    "Held",
    "Owner",
    "Taken",
    "Want",
    "clashes_of",
    "end_early",
    "held",
    "lock",
    "move",
    "move_many",
    "occupy",
    "occupy_many",
    "occupy_or_clash",
    "occurrence_of",
    "release",
    "retitle",
    "rows_of",
    "shifted",
    "topology",
]


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


def occupy_many(claims: Sequence[Claim], *, at: datetime, found: Topology | None = None) -> None:
    """Take many places for many owners: one lock, one read, one insert. Raises Taken with every clash."""
    if not claims:
        return
    found = found or lock({claim.want.resource_id for claim in claims})
    rows, clashes = placed(claims, found, ())
    if clashes:
        raise Taken(clashes)
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


def occupy_or_clash(claims: Sequence[Claim], *, at: datetime, found: Topology) -> list[list[Clash]]:
    """Take what is free, in the order given, and keep the rest beside it as clashes; returns what stands in each one's
    way. The places are locked. One read, one insert."""
    if not claims:
        return []
    rows, clashes = placed(claims, found, ())
    against: dict[int, list[Clash]] = {}
    for clash in clashes:
        against.setdefault(id(clash.want), []).append(clash)
    beside = [replace(c, state=OccupancyState.CLASH) for c in claims if id(c.want) in against]
    if beside:
        rows += placed(beside, found, ())[0]
    _insert(rows, at)
    return [against.get(id(claim.want), []) for claim in claims]


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
            "state": _state(row),
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


def _state(row: Row) -> OccupancyState:
    return OccupancyState.DISPLACED if row.lost else row.claim.state


_ONCE = ("booking", "event", "session", "match")  # an owner of these is one occurrence, wherever it moves


def occurrence_of(owner_kind: str, uid: str, start: datetime) -> str:
    """What tells the occurrences of one owner apart in calendars: an outage may hold a place in several stretches."""
    return uid or ("0" if owner_kind in _ONCE else f"{start:%Y%m%dT%H%M}")


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
    move_many([Claim(owner, want, title, title_public, state, uid) for want in wants], [owner], at=at)


def move_many(claims: Sequence[Claim], owners: Collection[Owner], *, at: datetime) -> None:
    """Replace everything that these owners hold by these claims of theirs, or change nothing and raise Taken."""
    if not owners:
        return
    # Where it was before takes no lock: nothing there depends on it, and who moves would lock out of order.
    here = sa.and_(rows_of(owners), Occupancy.state != OccupancyState.MOVED)
    was = db.session.scalars(sa.select(Occupancy.resource_id).where(here).distinct()).all()
    found = lock({*was, *(claim.want.resource_id for claim in claims)})
    old = db.session.execute(sa.select(*_OLD).where(rows_of(owners))).all()
    versions: dict[Owner, int] = {}
    for row in old:
        owner = Owner(row.owner_kind, row.owner_id)
        versions[owner] = max(versions.get(owner, 0), row.sequence + 1)
    claims = [replace(claim, sequence=versions.get(claim.owner, 0)) for claim in claims]
    rows, clashes = placed(claims, found, owners) if claims else ([], [])
    if clashes:
        raise Taken(clashes)
    _make_way(old, rows, at)
    if rows:
        _insert(rows, at)


_OLD = (
    Occupancy.id,
    Occupancy.resource_id,
    Occupancy.owner_kind,
    Occupancy.owner_id,
    Occupancy.uid,
    Occupancy.starts_at,
    Occupancy.state,
    Occupancy.sequence,
)
#: What the calendar of a place lists: what holds it, and what was there for a while.
IN_CALENDARS = (*BLOCKING, OccupancyState.RELEASED, OccupancyState.DISPLACED, OccupancyState.MOVED)


def _make_way(old: Sequence[Any], rows: Sequence[Row], at: datetime) -> None:
    """Rows that a calendar finds again under the same name go; of the others it must hear that they are no more."""
    again = {
        (row.seat.resource_id, row.claim.owner, _occurrence(row.claim))
        for row in rows
        if _state(row) in IN_CALENDARS
    }
    left = {
        row.id
        for row in old
        if row.state in IN_CALENDARS
        and (
            row.resource_id,
            Owner(row.owner_kind, row.owner_id),
            occurrence_of(row.owner_kind, row.uid, row.starts_at),
        )
        not in again
    }
    gone = [row.id for row in old if row.id not in left]
    new = [row.id for row in old if row.id in left and row.state is not OccupancyState.MOVED]
    if gone:
        db.session.execute(sa.delete(Occupancy).where(Occupancy.id.in_(gone)))
    if new:
        db.session.execute(
            sa.update(Occupancy)
            .where(Occupancy.id.in_(new))
            # The unit says nothing any more, and its place may have fewer by now.
            .values(state=OccupancyState.MOVED, unit=1, sequence=Occupancy.sequence + 1, changed_at=at)
        )


def _occurrence(claim: Claim) -> str:
    return occurrence_of(claim.owner.kind, claim.uid, claim.want.span.start)


def release(
    owners: Collection[Owner], *, at: datetime, state: OccupancyState = OccupancyState.RELEASED
) -> None:
    """Give back all that these owners hold or asked for. The rows stay, for calendars and history, without their unit:
    a use that was displaced may have had one that its place has no more."""
    if owners:
        db.session.execute(
            sa.update(Occupancy)
            .where(rows_of(owners), Occupancy.state.not_in((OccupancyState.RELEASED, OccupancyState.MOVED)))
            .values(state=state, unit=1, sequence=Occupancy.sequence + 1, changed_at=at)
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
    still = Occupancy.state != OccupancyState.MOVED
    db.session.execute(sa.update(Occupancy).where(rows_of([owner]), still).values(**values))


def shifted(wants: Iterable[Want], by: timedelta) -> list[Want]:
    """The same wants later or earlier."""
    return [replace(want, span=want.span.shifted(by)) for want in wants]
