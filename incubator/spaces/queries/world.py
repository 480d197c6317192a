"""Places with their hours, closures and holders for a window, in four or five statements whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.web import lang
from ...models import (
    Affiliation,
    Booking,
    ClosureDay,
    Event,
    EventSession,
    Occupancy,
    OccupancyState,
    OpeningRule,
    OutageKind,
    Resource,
    ResourceKind,
    Site,
)
from ..availability import DayChange, Hours, OpeningCalendar, Part, Use, atoms_of, exclusive_seats
from ..duty import Supervisor, duty_on
from ..finding import Place
from ..intervals import Span, local_days
from ..working_days import note_in
from .place_rows import BOOKABLE, Edges, PlaceRow, edges, fetch, one_of, place_rows

__all__ = [
    "BLOCKING",
    "BOOKABLE",
    "OUTAGES",
    "SHOWN",
    "Entry",
    "PlaceRow",
    "World",
    "load",
    "load_calendars",
    "may_close",
    "own_calendars",
    "place_rows",
    "supervisors",
]

SHOWN = (
    OccupancyState.CONFIRMED,
    OccupancyState.HELD,
    OccupancyState.REQUESTED,
    OccupancyState.CLASH,
)
BLOCKING = (OccupancyState.CONFIRMED, OccupancyState.HELD)
OUTAGES = frozenset(kind.value for kind in OutageKind)
NEVER = OpeningCalendar([])


@dataclass(slots=True)
class Entry:
    """One occupancy row as the grid shows it. `requester`, `purpose`, `ours`: of a booking."""

    resource_id: int
    span: Span
    block: Span
    state: OccupancyState
    unit: int
    owner_kind: str
    owner_id: int
    title: str
    title_public: bool
    requester: int | None = None
    purpose: str = ""
    ours: bool = False  # of an organisation of the reader


@dataclass(slots=True)
class World:
    """Everything that a search, a grid or a check needs to know about some places."""

    places: dict[int, PlaceRow]
    calendars: dict[int, OpeningCalendar]
    parts: dict[int, Part]
    entries: dict[int, list[Entry]]  # by atomic place
    window: Span
    crews: dict[int, list[Supervisor]] = field(default_factory=dict)  # of places that have any

    def of(self, kinds: Collection[ResourceKind]) -> World:
        """The same with the places of some kinds only."""
        return replace(self, places={i: row for i, row in self.places.items() if row.kind in kinds})

    def atoms(self, place_id: int) -> list[int]:
        part = self.parts[place_id]
        if not part.parts and not part.contents:
            return [place_id]
        return sorted({seat.resource_id for seat in exclusive_seats(place_id, self.parts)})

    def crew(self, place_id: int) -> list[Supervisor]:
        return self.crews.get(place_id, [])

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
        return sorted(found, key=lambda e: e.span)

    def place(
        self, place_id: int, *, units: int | None = None, layout: str = "", watched: bool = False
    ) -> Place:
        """The place as the search sees it; `units` asks for a part of a shared one, `watched` for duty hours."""
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
        crew = self.crew(place_id)
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
            watched=(lambda day: duty_on(crew, day)) if watched else None,
        )


def may_close(calendars: Iterable[OpeningCalendar], days: Iterable[date]) -> dict[date, str]:
    """Days that are proposed as days off and not confirmed, with the reason: open so far, but not surely."""
    once = list({id(calendar): calendar for calendar in calendars}.values())
    found = {day: [c.may_close_because(day) for c in once] for day in days}
    return {day: next(filter(None, why)) for day, why in found.items() if any(why)}


def load(
    places: dict[int, PlaceRow],
    first: date,
    until: date,
    *,
    reader: int | None = None,
    people: Mapping[int, PlaceRow] | None = None,
    known: Edges | None = None,
) -> World:
    """The world of these places for the local dates [first, until).

    With a `reader` (a person's id, 0: nobody) the rows say whose bookings they are. `people`: who may be on
    duty, and `known`: what lies in what, where the caller has them already.
    """
    window = local_days(first, until)
    known = known or edges()
    reached, watching = known.below(places), known.watchers(places)
    rows = {**places, **(people or {})}
    rows |= place_rows(ids=(reached | watching) - set(rows))
    parts = {i: known.part(i, rows[i].units) for i in reached}
    watchers = [rows[i] for i in watching]
    calendars = load_calendars([*places.values(), *watchers], first, until)
    world = World(places, calendars, parts, {}, window)
    atoms = {atom for place_id in places for atom in world.atoms(place_id)}
    world.entries = load_entries(atoms | watching, window, reader=reader)
    if watching:
        found = supervisors(watchers, calendars, world.entries)
        world.crews = {i: [found[w] for w in known.crews[i]] for i in places if i in known.crews}
    return world


def supervisors(
    people: Iterable[PlaceRow],
    calendars: Mapping[int, OpeningCalendar],
    entries: Mapping[int, Iterable[Entry]],
) -> dict[int, Supervisor]:
    """People with their rosters and with what holds them."""
    return {
        p.id: Supervisor(
            p.id,
            p.name,
            calendars[p.id],
            p.units,
            [Use(e.block, e.unit) for e in entries.get(p.id, ()) if e.state in BLOCKING],
            [e.block for e in entries.get(p.id, ()) if e.state in BLOCKING and e.owner_kind in OUTAGES],
        )
        for p in people
    }


_o, _d = OpeningRule.__table__.c, ClosureDay.__table__.c
_CALENDARS = sa.union_all(
    sa.select(
        _o.site_id,
        _o.resource_id,
        _o.weekday,
        _o.opens,
        _o.closes,
        _o.valid_from,
        _o.valid_to,
        sa.null().label("note"),
        sa.literal_column("1").label("counts"),
    ).where(
        sa.or_(
            _o.site_id.in_(sa.bindparam("sites", expanding=True)),
            _o.resource_id.in_(sa.bindparam("places", expanding=True)),
        ),
        sa.or_(_o.valid_to.is_(None), _o.valid_to >= sa.bindparam("first", type_=sa.Date())),
        sa.or_(_o.valid_from.is_(None), _o.valid_from <= sa.bindparam("until", type_=sa.Date())),
    ),
    sa.select(
        _d.site_id,
        sa.null(),
        _d.open_as,
        sa.null(),
        sa.null(),
        _d.day,
        sa.null(),
        _d.note,
        sa.case((_d.confirmed_at.is_(None), sa.literal_column("0")), else_=sa.literal_column("1")),
    ).where(
        _d.site_id.in_(sa.bindparam("sites", expanding=True)),
        _d.day >= sa.bindparam("first", type_=sa.Date()),
        _d.day <= sa.bindparam("until", type_=sa.Date()),
    ),
)


def load_calendars(places: Iterable[PlaceRow], first: date, until: date) -> dict[int, OpeningCalendar]:
    """Opening hours of each place: its own rows, else those of its site; a person has only own ones."""
    places = list(places)
    sites = {p.site_id for p in places if p.site_id is not None}
    by_site: dict[int, list[Hours]] = defaultdict(list)
    by_place: dict[int, list[Hours]] = defaultdict(list)
    changes: dict[int, dict[date, DayChange]] = defaultdict(dict)
    proposed: dict[int, dict[date, str]] = defaultdict(dict)
    for site, place, weekday, opens, closes, valid_from, valid_to, note, counts in fetch(
        _CALENDARS,
        sites=list(sites),
        places=[p.id for p in places],
        first=first - timedelta(days=1),
        until=until,
    ):
        if note is not None and counts:
            changes[site][valid_from] = DayChange(weekday, note_in(lang(), valid_from, note))
        elif note is not None:
            if weekday is None:
                proposed[site][valid_from] = note_in(lang(), valid_from, note)
        elif place is not None:
            by_place[place].append(Hours(weekday, opens, closes, valid_from, valid_to))
        else:
            by_site[site].append(Hours(weekday, opens, closes, valid_from, valid_to))
    shared = {s: OpeningCalendar(by_site[s], changes[s], proposed[s]) for s in sites}
    found = {}
    for p in places:
        if p.id in by_place:
            site_id = p.site_id or 0
            found[p.id] = OpeningCalendar(by_place[p.id], changes.get(site_id, {}), proposed.get(site_id, {}))
        else:
            found[p.id] = NEVER if p.kind == "person" else shared.get(p.site_id or 0, NEVER)
    return found


_own_sites = sa.select(Site.__table__.c.id).where(Site.__table__.c.is_partner.is_(False))
_own_resources = sa.select(Resource.__table__.c.id).where(
    Resource.__table__.c.site_id.in_(_own_sites),
    Resource.__table__.c.retired_at.is_(None),
    one_of(Resource.__table__.c.kind, BOOKABLE),
)
_OWN_HOURS = sa.union_all(
    sa.select(_o.weekday, _o.opens, _o.closes, _o.valid_from, _o.valid_to, sa.null()).where(
        sa.or_(_o.site_id.in_(_own_sites), _o.resource_id.in_(_own_resources))
    ),
    sa.select(_d.open_as, sa.null(), sa.null(), _d.day, sa.null(), _d.site_id).where(
        _d.site_id.in_(_own_sites),
        _d.confirmed_at.is_not(None),
        _d.day.between(sa.bindparam("first", type_=sa.Date()), sa.bindparam("until", type_=sa.Date())),
    ),
)


def own_calendars(first: date, until: date) -> list[OpeningCalendar]:
    """When anything of the centre's own is open, whatever place it is: one calendar a site that has days off."""
    hours: list[Hours] = []
    changes: dict[int, dict[date, DayChange]] = defaultdict(dict)
    for weekday, opens, closes, valid_from, valid_to, site in fetch(_OWN_HOURS, first=first, until=until):
        if site is None:
            hours.append(Hours(weekday, opens, closes, valid_from, valid_to))
        else:
            changes[site][valid_from] = DayChange(weekday, "")
    return [OpeningCalendar(hours, found) for found in changes.values()] or [OpeningCalendar(hours)]


_y, _b = Occupancy.__table__.c, Booking.__table__.c
_ENTRIES = (
    sa.select(
        _y.resource_id,
        _y.starts_at,
        _y.ends_at,
        _y.block_start,
        _y.block_end,
        _y.state,
        _y.unit,
        _y.owner_kind,
        _y.owner_id,
        _y.title,
        _y.title_public,
    )
    .where(
        _y.resource_id.in_(sa.bindparam("atoms", expanding=True)),
        one_of(_y.state, SHOWN),
        _y.block_start < sa.bindparam("end", type_=_y.block_start.type),
        _y.block_end > sa.bindparam("start", type_=_y.block_start.type),
    )
    .order_by(_y.block_start)
)
_f = Affiliation.__table__.c
_OURS = _b.organisation_id.in_(
    sa.select(_f.organisation_id).where(_f.person_id == sa.bindparam("reader"), Affiliation.holds())
)
_WITH_BOOKINGS = _ENTRIES.add_columns(
    _b.requester_id, _b.purpose, sa.func.coalesce(_OURS, sa.false())
).outerjoin(Booking.__table__, sa.and_(_y.owner_kind == "booking", _b.id == _y.owner_id))


def load_entries(
    atoms: Collection[int], window: Span, *, reader: int | None = None
) -> dict[int, list[Entry]]:
    values: dict[str, Any] = {"atoms": list(atoms), "start": window.start, "end": window.end}
    if reader is None:
        rows: Iterable[Any] = fetch(_ENTRIES, **values)
    else:
        rows = fetch(_WITH_BOOKINGS, reader=reader, **values)
    found: dict[int, list[Entry]] = defaultdict(list)
    for r in rows:
        found[r[0]].append(Entry(r[0], Span(r[1], r[2]), Span(r[3], r[4]), *r[5:]))
    if reader is not None and lang() == "en":
        _call_events_in_english([e for entries in found.values() for e in entries if e.owner_kind == "event"])
    return found


_ENGLISH = (
    sa.select(EventSession.id, Event.title_en)
    .join(Event, Event.id == EventSession.event_id)
    .where(EventSession.id.in_(sa.bindparam("sessions", expanding=True)), Event.title_en != "")
)


def _call_events_in_english(entries: Collection[Entry]) -> None:
    """Rows that make a place busy carry one title, which is Vietnamese."""
    if not entries:
        return
    titles = {r[0]: r[1] for r in fetch(_ENGLISH, sessions=sorted({e.owner_id for e in entries}))}
    for entry in entries:
        entry.title = titles.get(entry.owner_id, entry.title)
