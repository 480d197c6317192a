"""A school's public page: its teams in what has been published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core import clock
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import words_match
from ...core.text import search_key
from ...core.web import named
from ...models import Area, Edition, Entry, EntryState, Organisation, PrizeTier, Publication
from ..snapshot import Row, snapshot_of
from ..words import medal_of
from .lines import Line, lines_of, public_names
from .public import Head, current, heads_of

MOST_SCHOOLS = 50


@dataclass(frozen=True, slots=True)
class SchoolLine:
    line: Line
    row: Row
    prize: str
    medal: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchoolList:
    edition: Edition
    head: Head
    lines: tuple[SchoolLine, ...]


@dataclass(frozen=True, slots=True)
class SchoolPage:
    organisation: Organisation
    area: str
    lists: tuple[SchoolList, ...]
    prizes: int
    teams: int


def find_schools(q: str, edition_ids: list[int]) -> list[Organisation]:
    """Schools with an accepted entry in an edition that has published something."""
    key = search_key(q)
    if len(key) < 2 or not edition_ids:
        return []
    taking_part = sa.select(Entry.organisation_id).where(
        Entry.edition_id.in_(edition_ids), Entry.state == EntryState.ACCEPTED
    )
    return list(
        db.session.scalars(
            sa.select(Organisation)
            .where(words_match(Organisation.search_key, key), Organisation.id.in_(taking_part))
            .order_by(Organisation.sort_key)
            .limit(MOST_SCHOOLS)
        )
    )


def school_of(slug: str, now: datetime) -> SchoolPage:
    """Nine queries at most. A school that stands in no visible list is not found."""
    found = db.session.execute(
        sa.select(Organisation, Area.name)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(Organisation.slug == slug)
    ).first()
    if found is None:
        raise NotFound(_("Không có trường, đơn vị này."))
    organisation, area = found
    own = {
        r.id: r.edition_id
        for r in db.session.execute(
            sa.select(Entry.id, Entry.edition_id).where(
                Entry.organisation_id == organisation.id, Entry.state != EntryState.DRAFT
            )
        )
    }
    lists = _lists(own, now)
    if not lists:
        raise NotFound(_("Trường, đơn vị này chưa có trong danh sách nào đã công bố."))
    lines = [x for one in lists for x in one.lines]
    prizes = {(x.line.entry_id, x.prize) for x in lines if x.prize}
    return SchoolPage(
        organisation, area or "", tuple(lists), len(prizes), len({x.line.entry_id for x in lines})
    )


def _lists(own: dict[int, int], now: datetime) -> list[SchoolList]:
    editions = {
        e.id: e
        for e in db.session.scalars(
            sa.select(Edition).where(
                Edition.id.in_(set(own.values())), Edition.announced_at <= now, Edition.cancelled_at.is_(None)
            )
        )
    }
    heads = current(heads_of(list(editions), now))
    main: dict[int, Head] = {}
    for head in heads:
        main.setdefault(head.edition_id, head)
    payloads = {
        p.id: snapshot_of(p.payload)
        for p in db.session.scalars(
            sa.select(Publication).where(Publication.id.in_([h.id for h in main.values()]))
        )
    }
    tiers = {
        t.id: t for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id.in_(list(main))))
    }
    rows = {
        edition_id: [r for p in payloads[head.id].parts for r in p.rows if r.entry_id in own]
        for edition_id, head in main.items()
    }
    ids = [r.entry_id for found in rows.values() for r in found]
    lines, names = lines_of(ids), public_names(ids, now.astimezone(clock.LOCAL).date())
    result = []
    for edition_id, head in main.items():
        shown = tuple(_line(r, lines[r.entry_id], tiers, names) for r in rows[edition_id])
        if shown:
            result.append(SchoolList(editions[edition_id], head, shown))
    return sorted(result, key=lambda x: (-x.edition.year, -x.edition.id))


def _line(row: Row, line: Line, tiers: dict[int, PrizeTier], names: dict[int, list[str]]) -> SchoolLine:
    tier = tiers.get(row.tier_id or 0)
    return SchoolLine(
        line,
        row,
        named(tier) if tier else "",
        medal_of(tier.slug) if tier else "",
        tuple(names.get(line.entry_id, ())),
    )
