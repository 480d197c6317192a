"""A publication as people read it: its snapshot joined with the names that may be shown now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from ..core import clock
from ..core.db import db
from ..core.text import collation_key, search_key
from ..core.web import named
from ..models import (
    Award,
    Division,
    Edition,
    PrizeBasis,
    PrizeScope,
    PrizeTier,
    Publication,
    PublicationKind,
    Stage,
)
from .queries.lines import Line, lines_of, public_names
from .queries.public import Head
from .snapshot import Row, Snapshot, snapshot_of
from .words import medal_of

WORD = re.compile(r"\w+")
LONG = 100  # rows from which a page of all divisions is an overview


def begins_words(key: str, texts: Sequence[str], number: str = "") -> bool:
    """All words of the search key stand in one of the texts, the last as the beginning of a word: it may be half typed.

    Whole words may stand in several texts (a team and its school) and be parts of the number, which count only
    whole: “hoa 2” asks for Hòa 2, not for number 2014.
    """
    pieces = WORD.findall(key)
    if not pieces:
        return True
    words = [set(WORD.findall(search_key(text))) for text in texts]
    if set(WORD.findall(number.casefold())).union(*words).issuperset(pieces):
        return True
    *before, last = pieces
    return any(one.issuperset(before) and any(word.startswith(last) for word in one) for one in words)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of a published table. `names` holds only people who agreed."""

    entry_id: int
    number: str
    team: str
    title: str
    school: str
    school_slug: str
    area: str
    rank: int | None
    score_e4: int | None
    prize: str
    medal: str
    advanced: bool | None
    presence: str
    starts_at: datetime | None
    place: str
    names: tuple[str, ...]
    ends_quota: bool = False

    @property
    def short_team(self) -> str:
        """The team without the school that stands beside it: “Nhóm An – THCS Dĩ An” is “Nhóm An”."""
        if not self.school or not self.team.endswith(self.school):
            return self.team
        return self.team.removesuffix(self.school).rstrip(" –-·,") or self.team

    def matches(self, key: str) -> bool:
        return begins_words(key, (self.team, self.title, self.school, self.area), self.number)


@dataclass(frozen=True, slots=True)
class DivisionView:
    division: Division
    rows: tuple[ResultRow, ...]
    shown: tuple[ResultRow, ...]

    @property
    def podium(self) -> tuple[ResultRow, ...]:
        return tuple(r for r in self.shown if r.medal in ("g", "s"))[:6]


@dataclass(frozen=True, slots=True)
class PrizeLine:
    """A prize outside the tables: to a school, or to an entry of another round."""

    prize: str
    medal: str
    who: str
    detail: str
    school_slug: str = ""


@dataclass(frozen=True, slots=True)
class SchoolCount:
    """A school's teams in the list and its prizes, by letter of the medal."""

    school: str
    slug: str
    teams: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ResultPage:
    edition: Edition
    publication: Publication
    head: Head
    stage: Stage | None
    divisions: tuple[DivisionView, ...]
    others: tuple[PrizeLine, ...]
    school_counts: tuple[SchoolCount, ...]
    entries: int
    schools: int
    versions: tuple[Head, ...] = ()
    lists: tuple[Head, ...] = ()
    q: str = ""
    tiers: dict[int, PrizeTier] = field(default_factory=dict)

    @property
    def over_all(self) -> list[PrizeTier]:
        """Prizes by rank over all divisions, where each division has its own ranks."""
        if not self.ranked or len(self.divisions) < 2:
            return []
        given = {r.prize for d in self.divisions for r in d.rows}
        return [
            t
            for t in self.tiers.values()
            if t.scope is PrizeScope.EDITION and t.basis is not PrizeBasis.MANUAL and named(t) in given
        ]

    @property
    def is_current(self) -> bool:
        return self.head.version == max((v.version for v in self.versions), default=self.head.version)

    @property
    def found(self) -> int:
        return sum(len(d.shown) for d in self.divisions)

    def top(self, division: DivisionView | None) -> tuple[tuple[DivisionView, ResultRow], ...]:
        """A division's first and second prizes; of all divisions the first prizes."""
        if division is not None:
            return tuple((division, row) for row in division.podium)
        return tuple((d, row) for d in self.divisions for row in d.podium if row.medal == "g")[:6]

    @property
    def is_long(self) -> bool:
        return self.found > LONG

    @property
    def ranked(self) -> bool:
        return self.publication.kind in (PublicationKind.OFFICIAL, PublicationKind.PROVISIONAL)


def result_page(
    edition: Edition,
    publication: Publication,
    head: Head,
    *,
    now: datetime,
    heads: list[Head] | None = None,
    lists: list[Head] | None = None,
    q: str = "",
) -> ResultPage:
    """Six queries whatever the size: tiers, divisions, awards, entries, members, consents."""
    snapshot = snapshot_of(publication.payload)
    tiers = {
        t.id: t for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == edition.id))
    }
    divisions = {
        d.id: d for d in db.session.scalars(sa.select(Division).where(Division.edition_id == edition.id))
    }
    lines = lines_of(snapshot.entry_ids)
    names = public_names(snapshot.entry_ids, now.astimezone(clock.LOCAL).date())
    bodies = _bodies_of_the_day(snapshot)
    key = search_key(q)
    views = []
    for part in snapshot.parts:
        rows = tuple(
            _row(r, lines[r.entry_id], tiers, names, bodies, i + 1 < len(part.rows) and _ends(part.rows, i))
            for i, r in enumerate(part.rows)
            if r.entry_id in lines
        )
        shown = tuple(r for r in rows if r.matches(key)) if key else rows
        if part.division_id in divisions:
            views.append(DivisionView(divisions[part.division_id], rows, shown))
    views.sort(key=lambda v: (v.division.position, v.division.id))
    everyone = [r for v in views for r in v.rows]
    return ResultPage(
        edition,
        publication,
        head,
        head.stage,
        tuple(views),
        _others(snapshot, tiers, lines, bodies),
        _schools(everyone),
        len(everyone),
        len({r.school for r in everyone if r.school}),
        versions=tuple(h for h in heads or [] if (h.kind, h.subject) == (head.kind, head.subject)),
        lists=tuple(lists or ()),
        q=q,
        tiers=tiers,
    )


def _ends(rows: tuple[Row, ...], i: int) -> bool:
    """The last line with a prize, or of those who go on: a double line stands under it."""
    now, after = rows[i], rows[i + 1]
    return (now.tier_id is not None and after.tier_id is None) or (
        bool(now.advanced) and after.advanced is False
    )


def _row(
    row: Row,
    line: Line,
    tiers: dict[int, PrizeTier],
    names: dict[int, list[str]],
    bodies: dict[int, tuple[str, str]],
    ends: bool,
) -> ResultRow:
    tier = tiers.get(row.tier_id or 0)
    school, area = bodies.get(row.entry_id, ("", ""))
    return ResultRow(
        line.entry_id,
        line.number,
        line.team,
        "" if line.title == line.team else line.title,
        school or line.school,
        line.school_slug,
        area or line.area,
        row.rank,
        row.score_e4,
        named(tier) if tier else "",
        medal_of(tier.slug) if tier else "",
        row.advanced,
        row.presence,
        datetime.fromisoformat(row.starts_at) if row.starts_at else None,
        row.place,
        tuple(names.get(line.entry_id, ())),
        ends,
    )


def _bodies_of_the_day(snapshot: Snapshot) -> dict[int, tuple[str, str]]:
    """School and area as they were called when the prize was given; by entry."""
    ids = [a.award_id for a in snapshot.awards]
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Award.id, Award.entry_id, Award.organisation_name, Award.area_name).where(Award.id.in_(ids))
    )
    return {(r.entry_id or -r.id): (r.organisation_name, r.area_name) for r in rows}


def _others(
    snapshot: Snapshot,
    tiers: dict[int, PrizeTier],
    lines: dict[int, Line],
    bodies: dict[int, tuple[str, str]],
) -> tuple[PrizeLine, ...]:
    shown = {(r.entry_id, r.tier_id) for p in snapshot.parts for r in p.rows}
    found = []
    for award in snapshot.awards:
        tier = tiers.get(award.tier_id)
        if tier is None or (award.entry_id, award.tier_id) in shown:
            continue
        line = lines.get(award.entry_id or 0)
        school = bodies.get(award.entry_id or -award.award_id, ("", ""))[0]
        who = line.team if line else school
        detail = (school or line.school) if line else ""
        found.append(
            (
                tier.position,
                PrizeLine(named(tier), medal_of(tier.slug), who, detail, line.school_slug if line else ""),
            )
        )
    return tuple(p for _position, p in sorted(found, key=lambda f: (f[0], f[1].who)))


def _schools(rows: list[ResultRow]) -> tuple[SchoolCount, ...]:
    """Schools by their prizes, gold before silver before bronze before the rest, then by name."""
    teams: Counter[tuple[str, str]] = Counter()
    medals: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        if row.school:
            key = (row.school, row.school_slug)
            teams[key] += 1
            medals.setdefault(key, Counter()).update([row.medal] if row.medal else [])
    order = sorted(teams, key=lambda s: (*(-medals[s][m] for m in "gsbk"), collation_key(s[0])))
    return tuple(SchoolCount(name, slug, teams[name, slug], dict(medals[name, slug])) for name, slug in order)
