"""Read a calendar file into the occupancies of a place; what overlaps is kept as a clash, never dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import CalendarImport, Occupancy, OccupancyState, Resource
from .. import policies
from ..calendar_read import Imported, UnreadableCalendarError, read
from ..intervals import Span
from ..wording import unreadable
from . import occupancy
from .occupancy import Claim, Clash, Owner, Want
from .placing import clashes_each


class Gone(NamedTuple):
    """An occurrence that an earlier reading of the calendar stored and that the file no longer has."""

    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was read, and which of it overlaps something confirmed, also since an earlier reading. `row` None: a dry run."""

    occurrences: list[Imported]
    clashes: list[tuple[Imported, list[Clash]]]
    row: CalendarImport | None
    known: int = 0
    gone: tuple[Gone, ...] = ()

    @property
    def moments(self) -> int:
        """Events without length: in the list, but they hold no place."""
        return sum(item.start >= item.end for item in self.occurrences)


def occurrences(data: bytes, window: Span) -> list[Imported]:
    """All occurrences in the window; raises Invalid with a sentence for a file that cannot be read."""
    try:
        return read(data, window)
    except UnreadableCalendarError as error:
        raise Invalid(unreadable(error.code, error.values), code=error.code, field="file") from error


def preview(data: bytes, resource: Resource, window: Span, *, name: str, at: datetime) -> ImportResult:
    """As the import would see it now; nothing is written."""
    found = occurrences(data, window)
    clashes = [(item, hits) for item, hits in zip(found, _clashes(found, resource.id), strict=True) if hits]
    return ImportResult(found, clashes, None, gone=_told(_vanished(resource.id, found, window, name, at)))


def _clashes(items: Sequence[Imported], resource_id: int) -> list[list[Clash]]:
    """What stands in the way of each occurrence, but for what earlier readings of it hold. One reading of the place for all
    whose earlier readings are the same."""
    stored: dict[str, set[Owner]] = {}
    for uid, kind, number in db.session.execute(
        sa.select(Occupancy.uid, Occupancy.owner_kind, Occupancy.owner_id).where(
            Occupancy.resource_id == resource_id, Occupancy.uid != ""
        )
    ):
        stored.setdefault(uid, set()).add(Owner(kind, number))
    alike: dict[frozenset[Owner], list[int]] = {}
    for place, item in enumerate(items):
        if item.start < item.end:
            alike.setdefault(frozenset(stored.get(_uid(item), ())), []).append(place)
    found: list[list[Clash]] = [[] for _item in items]
    topology = occupancy.topology([resource_id]) if alike else None
    for own, places in alike.items():
        assert topology is not None
        wants = [Want(resource_id, items[place].span) for place in places]
        for place, hits in zip(places, clashes_each(wants, topology, own), strict=True):
            found[place] = hits
    return found


def _uid(item: Imported) -> str:
    """A name for one occurrence that fits its column, also when the file's UID is very long."""
    full = f"{item.uid}/{item.instance}"
    return full if len(full) <= 200 else hashlib.sha256(full.encode()).hexdigest()


def import_file(
    data: bytes, resource_id: int, window: Span, *, name: str, actor: Actor, at: datetime
) -> ImportResult:
    """Store every occurrence: confirmed where the place is free, as a clash where it is not.

    Reading the same file again changes nothing; an occurrence that moved in the file moves here; one to come that the
    calendar no longer has gives its place back.
    """
    resource = db.session.get(Resource, resource_id)
    if resource is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    ensure(policies.can_manage(actor, resource.site_id))
    found = occurrences(data, window)
    topology = occupancy.lock([resource_id])
    vanished = _vanished(resource_id, found, window, name, at)
    _give_back([row.id for row in vanished], at=at)
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
    known, earlier = _known(resource_id, topology.atoms([resource_id]), lasting)
    new = [item for item in lasting if _uid(item) not in known]
    claims = [
        Claim(
            Owner("import", row.id),
            Want(resource_id, item.span),
            item.summary,
            uid=_uid(item),
            sequence=earlier.get(_uid(item), -1) + 1,
        )
        for item in new
    ]
    hits = dict(zip(map(_uid, new), occupancy.occupy_or_clash(claims, at=at, found=topology), strict=True))
    same = [item for item in lasting if _uid(item) in known]
    hits |= zip(map(_uid, same), _clashes(same, resource_id), strict=True)
    clashes = [(item, hits[_uid(item)]) for item in lasting if hits[_uid(item)]]
    row.stored, row.clashes = len(lasting) - len(known), len(clashes)
    db.session.flush()
    activity.record(
        "spaces.calendar.imported",
        row,
        actor=actor,
        at=at,
        after={"stored": row.stored, "clashes": row.clashes, "gone": len(vanished)},
    )
    return ImportResult(found, clashes, row, len(known), _told(vanished))


def _vanished(
    resource_id: int, items: list[Imported], window: Span, name: str, at: datetime
) -> Sequence[Any]:
    """Stored occurrences to come, in the window, that the file no longer has.

    They are known as this calendar's by the UID of a series that is still in the file, or by the file's name: but one
    that has nothing in common with what was read under its name is another calendar, programs call many alike.
    What is past stays: many calendars export only what lies ahead.
    """
    names = {_uid(item) for item in items}
    series = {item.uid for item in items}
    rows = db.session.execute(
        sa.select(
            Occupancy.id,
            Occupancy.uid,
            Occupancy.title,
            Occupancy.starts_at,
            Occupancy.ends_at,
            CalendarImport.name,
        )
        .join(CalendarImport, CalendarImport.id == Occupancy.owner_id)
        .where(
            Occupancy.owner_kind == "import",
            Occupancy.uid != "",
            Occupancy.state != OccupancyState.RELEASED,
            CalendarImport.resource_id == resource_id,
            Occupancy.starts_at < window.end,
            Occupancy.ends_at > max(window.start, at),
        )
        .order_by(Occupancy.starts_at)
    ).all()
    named = [row for row in rows if row.name == name[:200]]
    is_same = not items or any(row.uid in names or row.uid.rpartition("/")[0] in series for row in named)
    return [
        row
        for row in rows
        if row.uid not in names
        and ((is_same and row.name == name[:200]) or row.uid.rpartition("/")[0] in series)
    ]


def give_back(import_id: int, *, actor: Actor, at: datetime) -> int:
    """All that is still to come of a calendar, whichever reading stored it, gives its place back; returns how many.

    Reading the file again brings it back.
    """
    row = db.session.get(CalendarImport, import_id)
    resource = None if row is None else db.session.get(Resource, row.resource_id)
    if row is None or resource is None:
        raise NotFound(_("Không có lịch đã nhập này."))
    ensure(policies.can_manage(actor, resource.site_id))
    occupancy.lock([resource.id])
    rows = db.session.execute(
        sa.select(Occupancy.id, Occupancy.uid)
        .join(CalendarImport, CalendarImport.id == Occupancy.owner_id)
        .where(
            Occupancy.owner_kind == "import",
            Occupancy.state != OccupancyState.RELEASED,
            Occupancy.ends_at > at,
            CalendarImport.resource_id == resource.id,
            CalendarImport.name == row.name,
        )
    ).all()
    if not rows:
        raise Conflict(_("Lịch này không còn lượt nào sắp tới."))
    _give_back([found.id for found in rows], at=at)
    count = len({found.uid for found in rows})
    activity.record("spaces.calendar.given_back", row, actor=actor, at=at, after={"uses": count})
    return count


def _told(rows: Sequence[Any]) -> tuple[Gone, ...]:
    """Each occurrence once, however many parts of a composed place it held."""
    found = {row.uid: Gone(row.title, Span(row.starts_at, row.ends_at)) for row in rows}
    return tuple(found.values())


def _give_back(ids: Sequence[int], *, at: datetime) -> None:
    """The rows stay as released, so that calendars which follow the place hear of the cancellation."""
    db.session.execute(
        sa.update(Occupancy)
        .where(Occupancy.id.in_(ids))
        .values(state=OccupancyState.RELEASED, sequence=Occupancy.sequence + 1, changed_at=at)
    )


def _known(resource_id: int, atoms: list[int], items: list[Imported]) -> tuple[set[str], dict[str, int]]:
    """Occurrences stored before at the same time, and the versions of those that moved in the file.

    What moved, what came back and what clashed but is free by now is taken out, to be stored anew.
    """
    names = {_uid(item): item.span for item in items}
    by_name = {_uid(item): item for item in items}
    rows = db.session.execute(
        sa.select(
            Occupancy.id,
            Occupancy.uid,
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.sequence,
            Occupancy.state,
        ).where(Occupancy.owner_kind == "import", Occupancy.resource_id.in_(atoms), Occupancy.uid != "")
    ).all()
    kept = [
        row
        for row in rows
        if names.get(row.uid) == Span(row.starts_at, row.ends_at) and row.state is not OccupancyState.RELEASED
    ]
    apart = sorted({row.uid for row in kept if row.state is OccupancyState.CLASH})
    free = {
        uid
        for uid, hits in zip(apart, _clashes([by_name[uid] for uid in apart], resource_id), strict=True)
        if not hits
    }
    same = {row.uid for row in kept} - free
    moved = [row for row in rows if row.uid in names and row.uid not in same]
    if moved:
        db.session.execute(sa.delete(Occupancy).where(Occupancy.id.in_([row.id for row in moved])))
    return same, {row.uid: row.sequence for row in sorted(moved, key=lambda row: row.sequence)}
