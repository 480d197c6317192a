"""Places with their hours, closures and holders for a window, in five statements whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    ClosureDay,
    Occupancy,
    OccupancyState,
    OpeningRule,
    OutageKind,
    Resource,
    ResourceKind,
    ResourcePart,
    RoomContent,
    Site,
)
from ..availability import DayChange, Hours, OpeningCalendar, Part, Use, atoms_of, exclusive_seats
from ..finding import Place
from ..intervals import Span, local_days
from ..settings import PlaceRules

BOOKABLE = (ResourceKind.ROOM, ResourceKind.MACHINE, ResourceKind.KIT, ResourceKind.COURT)
SHOWN = (
    OccupancyState.CONFIRMED,
    OccupancyState.HELD,
    OccupancyState.REQUESTED,
    OccupancyState.CLASH,
)
BLOCKING = (OccupancyState.CONFIRMED, OccupancyState.HELD)
OUTAGES = frozenset(kind.value for kind in OutageKind)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One occupancy row as the grid shows it."""

    resource_id: int
    span: Span
    block: Span
    state: OccupancyState
    unit: int
    owner_kind: str
    owner_id: int
    title: str
    title_public: bool


@dataclass(slots=True)
class World:
    """Everything that a search, a grid or a check needs to know about some places."""

    places: dict[int, PlaceRow]
    calendars: dict[int, OpeningCalendar]
    parts: dict[int, Part]
    entries: dict[int, list[Entry]]  # by atomic place
    window: Span

    def atoms(self, place_id: int) -> list[int]:
        return sorted({seat.resource_id for seat in exclusive_seats(place_id, self.parts)})

    def entries_of(self, place_id: int, states: Collection[OccupancyState] = SHOWN) -> list[Entry]:
        """What touches a place through any of its atoms, each owner once, by time."""
        seen: set[tuple[str, int, datetime]] = set()
        found: list[Entry] = []
        room = set(atoms_of(place_id, self.parts))
        for atom in self.atoms(place_id):
            for entry in self.entries.get(atom, ()):
                if atom not in room and entry.owner_kind in OUTAGES:
                    continue  # a broken machine does not close its room
                key = (entry.owner_kind, entry.owner_id, entry.span.start)
                if entry.state in states and key not in seen:
                    seen.add(key)
                    found.append(entry)
        return sorted(found, key=lambda e: (e.span.start, e.span.end))

    def place(self, place_id: int, *, units: int | None = None, layout: str = "") -> Place:
        """The place as the search sees it; `units` asks for a part of a shared one."""
        row = self.places[place_id]
        room = set(atoms_of(place_id, self.parts))
        uses = [
            Use(entry.block, entry.unit)
            for atom in self.atoms(place_id)
            for entry in self.entries.get(atom, ())
            if entry.state in BLOCKING
            and (units is None or entry.resource_id == place_id)
            and (atom in room or entry.owner_kind not in OUTAGES)
        ]
        return Place(
            id=row.id,
            name=row.name,
            calendar=self.calendars[place_id],
            capacity=row.capacity,
            equipment=row.equipment,
            units=row.units if units else 1,
            needed=units or 1,
            before=row.rules.before,
            after=row.rules.after(layout),
            uses=uses,
        )


def place_rows(
    *, ids: Collection[int] | None = None, kinds: Collection[ResourceKind] = BOOKABLE, partners: bool = False
) -> dict[int, PlaceRow]:
    """Places in the order of their lists: own rooms, own machines, then partners' when asked for."""
    query = (
        sa.select(
            Resource.id,
            Resource.slug,
            Resource.name,
            Resource.name_en,
            Resource.kind,
            Resource.site_id,
            Resource.capacity,
            Resource.units,
            Resource.rules,
            Resource.equipment,
            Resource.description,
            sa.func.coalesce(Site.is_partner, sa.false()),
            sa.func.coalesce(Site.name, ""),
        )
        .outerjoin(Site, Site.id == Resource.site_id)
        .order_by(
            sa.func.coalesce(Site.is_partner, sa.false()),
            Resource.kind.desc(),
            Resource.position,
            Resource.name,
        )
    )
    if ids is not None:
        query = query.where(Resource.id.in_(ids))
    else:
        query = query.where(Resource.kind.in_(kinds), Resource.retired_at.is_(None))
        if not partners:
            query = query.where(sa.or_(Site.id.is_(None), Site.is_partner.is_(False)))
    found: Iterable[Any] = db.session.execute(query)
    rows = [
        PlaceRow(
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
        )
        for r in found
    ]
    return {row.id: row for row in rows if ids is not None or row.rules.bookable}


def load(places: dict[int, PlaceRow], first: date, until: date) -> World:
    """The world of these places for the local dates [first, until)."""
    window = local_days(first, until)
    parts = parts_of(places)
    calendars = load_calendars(places.values(), first, until)
    world = World(places, calendars, parts, {}, window)
    atoms = {atom for place_id in places for atom in world.atoms(place_id)}
    world.entries = load_entries(atoms, window)
    return world


def parts_of(places: dict[int, PlaceRow]) -> dict[int, Part]:
    """Two statements: the edges, and the units of what lies below and is not itself listed."""
    edges = db.session.execute(
        sa.select(ResourcePart.whole_id, ResourcePart.part_id, sa.literal(True)).union_all(
            sa.select(RoomContent.room_id, RoomContent.content_id, sa.literal(False))
        )
    ).all()
    wanted, reached = set(places), set()
    while wanted:
        reached |= wanted
        wanted = {below for above, below, _part in edges if above in wanted} - reached
    units = {row.id: row.units for row in places.values()}
    hidden = reached - set(units)
    if hidden:
        units |= dict(
            db.session.execute(sa.select(Resource.id, Resource.units).where(Resource.id.in_(hidden))).all()
        )
    below: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for above, part, is_part in edges:
        below[above][0 if is_part else 1].append(part)
    return {i: Part(i, n, tuple(below[i][0]), tuple(below[i][1])) for i, n in units.items()}


def load_calendars(places: Iterable[PlaceRow], first: date, until: date) -> dict[int, OpeningCalendar]:
    """Opening hours of each place: its own rows, else those of its site; two statements."""
    places = list(places)
    sites = {p.site_id for p in places if p.site_id is not None}
    ids = [p.id for p in places]
    rows = db.session.scalars(
        sa.select(OpeningRule).where(sa.or_(OpeningRule.site_id.in_(sites), OpeningRule.resource_id.in_(ids)))
    ).all()
    by_site: dict[int, list[Hours]] = defaultdict(list)
    by_place: dict[int, list[Hours]] = defaultdict(list)
    for row in rows:
        hours = Hours(row.weekday, row.opens, row.closes, row.valid_from, row.valid_to)
        if row.resource_id is not None:
            by_place[row.resource_id].append(hours)
        elif row.site_id is not None:
            by_site[row.site_id].append(hours)
    changes: dict[int, dict[date, DayChange]] = defaultdict(dict)
    for site_id, day, open_as, note in db.session.execute(
        sa.select(ClosureDay.site_id, ClosureDay.day, ClosureDay.open_as, ClosureDay.note).where(
            ClosureDay.site_id.in_(sites),
            ClosureDay.confirmed_at.is_not(None),
            ClosureDay.day >= first - timedelta(days=1),
            ClosureDay.day <= until,
        )
    ):
        changes[site_id][day] = DayChange(open_as, note)
    shared = {s: OpeningCalendar(by_site[s], changes[s]) for s in sites}
    always = OpeningCalendar([])
    return {
        p.id: OpeningCalendar(by_place[p.id], changes.get(p.site_id or 0, {}))
        if p.id in by_place
        else shared.get(p.site_id or 0, always)
        for p in places
    }


def load_entries(
    atoms: Collection[int], window: Span, states: Sequence[OccupancyState] = SHOWN
) -> dict[int, list[Entry]]:
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            Occupancy.resource_id,
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.block_start,
            Occupancy.block_end,
            Occupancy.state,
            Occupancy.unit,
            Occupancy.owner_kind,
            Occupancy.owner_id,
            Occupancy.title,
            Occupancy.title_public,
        )
        .where(
            Occupancy.resource_id.in_(atoms),
            Occupancy.state.in_(states),
            Occupancy.block_start < window.end,
            Occupancy.block_end > window.start,
        )
        .order_by(Occupancy.block_start)
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for r in rows:
        found[r[0]].append(Entry(r[0], Span(r[1], r[2]), Span(r[3], r[4]), *r[5:]))
    return found
