"""The snapshot of now: what would be frozen if one published at this moment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Award,
    Entry,
    EntryState,
    PrizeTier,
    PublicationKind,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
)
from ..snapshot import Given, Part, Row, Snapshot
from .public import RANKED


def built_snapshot(edition_id: int, kind: PublicationKind, stage: Stage | None) -> Snapshot:
    """What would be frozen if one published at this moment."""
    if kind == PublicationKind.ELIGIBLE:
        return Snapshot(str(kind), edition_id, None, tuple(_eligible(edition_id)))
    assert stage is not None
    awards = _awards(edition_id) if kind in RANKED else ()
    prizes = {a.entry_id: a.tier_id for a in reversed(awards) if a.entry_id}
    rows = db.session.execute(
        sa.select(
            StageEntry.entry_id,
            StageEntry.rank,
            StageEntry.score_e4,
            StageEntry.advanced,
            StageEntry.presence,
            StageEntry.starts_at,
            StageEntry.place,
            StageDivision.division_id,
            StageDivision.id.label("part"),
            StageDivision.advance,
            Entry.number,
            StageEntry.result,
        )
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .where(StageDivision.stage_id == stage.id, Entry.state != EntryState.DRAFT)
        .order_by(StageDivision.id, Entry.number)
    ).all()
    parts: dict[int, list[tuple[int, Row]]] = {}
    heads: dict[int, tuple[int, int | None]] = {}
    for r in rows:
        row = _frozen_row(kind, r, prizes.get(r.entry_id))
        if row is not None:
            parts.setdefault(r.part, []).append((r.rank or 10**6, row))
            heads[r.part] = (r.division_id, r.advance)
    by_rank = kind in RANKED
    return Snapshot(
        str(kind),
        edition_id,
        stage.id,
        tuple(
            Part(
                heads[k][0],
                tuple(row for _rank, row in (sorted(v, key=lambda x: x[0]) if by_rank else v)),
                k,
                heads[k][1],
            )
            for k, v in parts.items()
        ),
        awards,
    )


def _frozen_row(kind: PublicationKind, r: Any, tier_id: int | None) -> Row | None:
    """A finalists' list names who goes on, without scores: the final is not judged yet."""
    if r.result and r.result.get("listed") is False:
        return None
    presence = "" if r.presence in (StagePresence.EXPECTED, StagePresence.PRESENT) else str(r.presence)
    if kind == PublicationKind.FINALISTS:
        return Row(r.entry_id, advanced=True) if r.advanced else None
    if kind == PublicationKind.SCHEDULE:
        starts = r.starts_at.isoformat() if r.starts_at else ""
        return Row(r.entry_id, starts_at=starts, place=r.place or "", presence=presence)
    return Row(r.entry_id, r.rank, r.score_e4, tier_id, None, presence)


def _eligible(edition_id: int) -> list[Part]:
    rows = db.session.execute(
        sa.select(Entry.id, Entry.division_id)
        .where(Entry.edition_id == edition_id, Entry.state == EntryState.ACCEPTED)
        .order_by(Entry.division_id, Entry.number, Entry.id)
    )
    parts: dict[int, list[Row]] = {}
    for entry_id, division_id in rows:
        parts.setdefault(division_id, []).append(Row(entry_id))
    return [Part(division_id, tuple(found)) for division_id, found in parts.items()]


def accepted_entries(edition_id: int, stage_id: int) -> list[int]:
    """Accepted entries of the divisions that take part in a stage."""
    divisions = sa.select(StageDivision.division_id).where(StageDivision.stage_id == stage_id)
    return list(
        db.session.scalars(
            sa.select(Entry.id)
            .where(
                Entry.edition_id == edition_id,
                Entry.state == EntryState.ACCEPTED,
                Entry.division_id.in_(divisions),
            )
            .order_by(Entry.number, Entry.id)
        )
    )


def _awards(edition_id: int) -> tuple[Given, ...]:
    rows = db.session.scalars(
        sa.select(Award)
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .where(Award.edition_id == edition_id, Award.revoked_at.is_(None))
        .order_by(PrizeTier.position, Award.id)
    )
    return tuple(
        Given(a.id, a.tier_id, a.division_id, a.entry_id, a.person_id, a.organisation_id) for a in rows
    )
