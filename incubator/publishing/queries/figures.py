"""Figures of the contests of a year, counted from rows and from what is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Division,
    Edition,
    Entry,
    EntryState,
    PrizeTier,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageEntry,
)
from ..snapshot import snapshot_of
from .public import visible


@dataclass(frozen=True, slots=True)
class Computed:
    """One number: `key` says what is counted, `edition` of which contest (its slug)."""

    key: str
    edition: str
    value: int
    unit: str


def figures(year: int, now: datetime) -> list[Computed]:
    """Entries, divisions, schools, finalists and prizes of every edition of `year`; six queries."""
    editions = {
        e.id: e
        for e in db.session.scalars(sa.select(Edition).where(Edition.year == year).order_by(Edition.id))
    }
    found: list[Computed] = []
    found += _entries(editions)
    found += _finalists(editions)
    found += _awards(editions, now)
    return sorted(found, key=lambda f: (f.edition, f.key))


def _entries(editions: dict[int, Edition]) -> Iterator[Computed]:
    accepted = sa.and_(Entry.edition_id.in_(list(editions)), Entry.state == EntryState.ACCEPTED)
    divisions = {
        d.id: d
        for d in db.session.scalars(sa.select(Division).where(Division.edition_id.in_(list(editions))))
    }
    per_division = db.session.execute(
        sa.select(Entry.edition_id, Entry.division_id, sa.func.count())
        .where(accepted)
        .group_by(Entry.edition_id, Entry.division_id)
    ).all()
    totals: dict[int, int] = {}
    for edition_id, division_id, count in per_division:
        totals[edition_id] = totals.get(edition_id, 0) + count
        yield Computed(f"teams.{divisions[division_id].slug}", editions[edition_id].slug, count, "đội")
    for edition_id, total in totals.items():
        slug = editions[edition_id].slug
        yield Computed("teams", slug, total, "đội")
        yield Computed("divisions", slug, sum(d.edition_id == edition_id for d in divisions.values()), "bảng")
    schools = db.session.execute(
        sa.select(Entry.edition_id, sa.func.count(sa.distinct(Entry.organisation_id)))
        .where(accepted)
        .group_by(Entry.edition_id)
    )
    for edition_id, count in schools:
        yield Computed("schools", editions[edition_id].slug, count, "đơn vị")


def _finalists(editions: dict[int, Edition]) -> Iterator[Computed]:
    """Entries of the last stage, where there is more than one stage."""
    last = (
        sa.select(Stage.edition_id, sa.func.max(Stage.position).label("position"))
        .where(Stage.edition_id.in_(list(editions)))
        .group_by(Stage.edition_id)
        .having(sa.func.count() > 1)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Stage.edition_id, Division.slug, sa.func.count(StageEntry.id))
        .join(last, sa.and_(last.c.edition_id == Stage.edition_id, last.c.position == Stage.position))
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .join(Division, Division.id == StageDivision.division_id)
        .join(StageEntry, StageEntry.stage_division_id == StageDivision.id)
        .group_by(Stage.edition_id, Division.slug)
    ).all()
    totals: dict[int, int] = {}
    for edition_id, slug, count in rows:
        totals[edition_id] = totals.get(edition_id, 0) + count
        yield Computed(f"finalists.{slug}", editions[edition_id].slug, count, "đội")
    for edition_id, total in totals.items():
        yield Computed("finalists", editions[edition_id].slug, total, "đội")


def _awards(editions: dict[int, Edition], now: datetime) -> Iterator[Computed]:
    """Prizes given by the latest visible official result: awards are counted, never the quota."""
    latest: dict[tuple[int, str], Publication] = {}
    for publication in db.session.scalars(
        visible(now)
        .where(Publication.edition_id.in_(list(editions)), Publication.kind == PublicationKind.OFFICIAL)
        .order_by(Publication.version)
    ):
        latest[(publication.edition_id, publication.subject)] = publication
    tiers = {
        t.id: t.slug
        for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id.in_(list(editions))))
    }
    for (edition_id, _subject), publication in latest.items():
        awards = snapshot_of(publication.payload).awards
        slug = editions[edition_id].slug
        yield Computed("awards", slug, len(awards), "giải")
        for tier_id, tier in tiers.items():
            if count := sum(a.tier_id == tier_id for a in awards):
                yield Computed(f"awards.{tier}", slug, count, "giải")
