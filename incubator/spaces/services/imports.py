"""Read a calendar file into the occupancies of a place; what overlaps is kept as a clash, never dropped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import CalendarImport, Occupancy, OccupancyState, Resource
from .. import policies
from ..calendar_read import Imported, UnreadableCalendarError, read
from ..intervals import Span
from ..wording import unreadable
from . import occupancy
from .occupancy import Claim, Clash, Owner, Want


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was read, and which of it overlaps something confirmed. `row` None: a dry run."""

    occurrences: list[Imported]
    clashes: list[tuple[Imported, list[Clash]]]
    row: CalendarImport | None
    known: int = 0
    momentary: int = 0


def occurrences(data: bytes, window: Span) -> list[Imported]:
    """All occurrences in the window; raises Invalid with a sentence for a file that cannot be read."""
    try:
        return read(data, window)
    except UnreadableCalendarError as error:
        raise Invalid(unreadable(error.code, error.values), code=error.code, field="file") from error


def preview(data: bytes, resource: Resource, window: Span) -> ImportResult:
    """As the import would see it now; nothing is written."""
    found = occurrences(data, window)
    clashes = [(item, hits) for item in found if (hits := _clashes(item, resource.id))]
    return ImportResult(found, clashes, None)


def _clashes(item: Imported, resource_id: int) -> list[Clash]:
    if item.start >= item.end:
        return []
    own = db.session.execute(
        sa.select(Occupancy.owner_kind, Occupancy.owner_id).where(
            Occupancy.uid == _uid(item), Occupancy.resource_id == resource_id
        )
    ).all()
    return occupancy.clashes_of([Want(resource_id, item.span)], but=[Owner(*row) for row in own])


def _uid(item: Imported) -> str:
    """A name for one occurrence that fits its column, also when the file's UID is very long."""
    full = f"{item.uid}/{item.instance}"
    return full if len(full) <= 200 else hashlib.sha256(full.encode()).hexdigest()


def import_file(
    data: bytes, resource_id: int, window: Span, *, name: str, actor: Actor, at: datetime
) -> ImportResult:
    """Store every occurrence: confirmed where the place is free, as a clash where it is not.

    Reading the same file again changes nothing; an occurrence that moved in the file moves here.
    """
    resource = db.session.get(Resource, resource_id)
    if resource is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    ensure(policies.can_manage(actor, resource.site_id))
    found = occurrences(data, window)
    topology = occupancy.lock([resource_id])
    row = CalendarImport(
        resource_id=resource_id,
        name=name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        window_start=window.start,
        window_end=window.end,
        stored=0,
        clashes=0,
        by_id=actor.person_id,
        at=at,
    )
    db.session.add(row)
    db.session.flush()
    lasting = [item for item in found if item.start < item.end]
    known, earlier = _known(topology.atoms([resource_id]), lasting)
    clashes: list[tuple[Imported, list[Clash]]] = []
    for item in lasting:
        if _uid(item) not in known:
            hits = _store(item, row, sequence=earlier.get(_uid(item), -1) + 1, at=at)
            if hits:
                clashes.append((item, hits))
    row.stored, row.clashes = len(lasting) - len(known), len(clashes)
    db.session.flush()
    activity.record(
        "spaces.calendar.imported",
        row,
        actor=actor,
        at=at,
        after={"stored": row.stored, "clashes": row.clashes},
    )
    return ImportResult(found, clashes, row, len(known), len(found) - len(lasting))


def _known(atoms: list[int], items: list[Imported]) -> tuple[set[str], dict[str, int]]:
    """Occurrences stored before at the same time, and the versions of those that moved in the file.

    What moved is taken out, to be stored anew.
    """
    names = {_uid(item): item.span for item in items}
    rows = db.session.execute(
        sa.select(
            Occupancy.id, Occupancy.uid, Occupancy.starts_at, Occupancy.ends_at, Occupancy.sequence
        ).where(Occupancy.owner_kind == "import", Occupancy.resource_id.in_(atoms), Occupancy.uid != "")
    ).all()
    same = {uid for _id, uid, start, end, _version in rows if names.get(uid) == Span(start, end)}
    moved = [row for row in rows if row.uid in names and row.uid not in same]
    if moved:
        db.session.execute(sa.delete(Occupancy).where(Occupancy.id.in_([row.id for row in moved])))
    return same, {row.uid: row.sequence for row in sorted(moved, key=lambda row: row.sequence)}


def _store(item: Imported, row: CalendarImport, *, sequence: int, at: datetime) -> list[Clash]:
    want = Want(row.resource_id, item.span)
    clashes = occupancy.clashes_of([want])
    state = OccupancyState.CLASH if clashes else OccupancyState.CONFIRMED
    claim = Claim(Owner("import", row.id), want, item.summary, state=state, uid=_uid(item), sequence=sequence)
    occupancy.occupy_many([claim], at=at)
    return clashes
