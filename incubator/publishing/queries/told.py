"""What a team is told of its own result: its line in each published list, why it stands there, comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...core.web import named
from ...judging.queries.decided import sentences_of
from ...models import (
    Assignment,
    Criterion,
    Entry,
    PrizeTier,
    Publication,
    PublicationKind,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
)
from ..snapshot import Row, Snapshot, snapshot_of
from .public import RANKED, visible
from .teams import TOLD


@dataclass(frozen=True, slots=True)
class Told:
    """A stage as the team may know it: its line in the published list, and why."""

    publication: Publication
    stage: Stage | None
    row: Row
    of: int
    why: dict[str, Any]
    comments: tuple[str, ...]
    prize: PrizeTier | None = None
    decided: tuple[str, ...] = ()  # what a decision on equal marks did to it
    versions: tuple[Publication, ...] = ()  # of this list, as far as visitors see them, oldest first
    gone: bool = False  # an earlier version held it, this one does not


def told_of(entry: Entry, now: datetime) -> list[Told]:
    """The entry's line in each latest visible list, with why: six queries."""
    lists: dict[str, list[Publication]] = defaultdict(list)
    for publication in db.session.scalars(
        visible(now)
        .where(Publication.edition_id == entry.edition_id, Publication.kind.in_(TOLD))
        .order_by(Publication.version)
    ):
        lists[f"{publication.kind}:{publication.subject}"].append(publication)
    rows = db.session.execute(_places(entry)).all()
    stages = {r.Stage.id: r.Stage for r in rows}
    own = {r.Stage.id: (r.StageEntry, r.rubric_id) for r in rows if r.StageEntry is not None}
    own_rubrics = {r.rubric_id for r in rows if r.rubric_id}
    criteria = _criteria(own_rubrics)
    comments = _comments([row.id for row, _at in own.values()])
    tiers = {
        t.id: t
        for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == entry.edition_id))
    }
    decided = sentences_of(stages, tiers.values())
    found = []
    for versions in lists.values():
        publication = versions[-1]
        snapshot = snapshot_of(publication.payload)
        stage_id = snapshot.stage_id or 0
        stage_entry = own[stage_id][0] if stage_id in own else None
        stage = stages.get(stage_id)
        mine = criteria.get(own[stage_id][1] or 0, []) if stage_entry else []
        for row, of in _own_rows(entry.id, snapshot, stage_entry):
            found.append(
                Told(
                    publication,
                    stage,
                    row,
                    of,
                    why_of(stage_entry.result, mine, _chain(stage)) if stage_entry else {},
                    tuple(sorted(comments.get(stage_entry.id, ()))) if stage_entry else (),
                    tiers.get(row.tier_id or 0),
                    tuple(decided.get(stage_entry.id, ())) if stage_entry else (),
                    tuple(versions),
                )
            )
            break
        else:
            if publication.kind in RANKED and any(_holds(v, entry.id) for v in versions[:-1]):
                found.append(
                    Told(publication, stage, Row(entry.id), 0, {}, (), None, (), tuple(versions), gone=True)
                )
    return sorted(found, key=lambda t: -(t.stage.position if t.stage else 0))


def _own_rows(entry_id: int, snapshot: Snapshot, place: StageEntry | None) -> Iterator[tuple[Row, int]]:
    """The entry's line with the length of its list. Who is not among the finalists still learns its result of that round."""
    for part in snapshot.parts:
        row = next((r for r in part.rows if r.entry_id == entry_id), None)
        if snapshot.kind == PublicationKind.FINALISTS and place is not None:
            if row is not None or place.stage_division_id == part.stage_division_id:
                yield Row(entry_id, place.rank, place.score_e4, advanced=row is not None), len(part.rows)
        elif row is not None:
            yield row, len(part.rows)


def _holds(publication: Publication, entry_id: int) -> bool:
    return any(r.entry_id == entry_id for p in snapshot_of(publication.payload).parts for r in p.rows)


def _places(entry: Entry) -> sa.Select[Stage, StageEntry, int | None]:
    """Every stage of the edition, with the entry's place in it where it has one, and the rubric there."""
    place = sa.join(StageDivision, StageEntry, StageEntry.stage_division_id == StageDivision.id)
    own = sa.and_(StageDivision.stage_id == Stage.id, StageEntry.entry_id == entry.id)
    return (
        sa.select(Stage, StageEntry, StageDivision.rubric_id)
        .select_from(sa.outerjoin(Stage, place, own))
        .where(Stage.edition_id == entry.edition_id)
    )


def _criteria(rubric_ids: set[int]) -> dict[int, list[Criterion]]:
    """Criteria of some rubrics in their order."""
    found: dict[int, list[Criterion]] = defaultdict(list)
    if rubric_ids:
        for row in db.session.scalars(
            sa.select(Criterion)
            .where(Criterion.rubric_id.in_(rubric_ids))
            .order_by(Criterion.rubric_id, Criterion.position)
        ):
            found[row.rubric_id].append(row)
    return found


def _chain(stage: Stage | None) -> list[dict[str, Any]]:
    return list((stage.settings.get("scoring") or {}).get("chain", ())) if stage else []


def why_of(
    result: dict[str, Any], criteria: Sequence[Criterion], chain: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The team's own criterion means and, where a tie was parted, the value that did it. Nobody else's numbers."""
    means = result.get("means_e4") or []
    lines = [
        {"name": c.name, "name_en": c.name_en, "mean_e4": mean, "max_e2": c.max_e2}
        for c, mean in zip(criteria, means, strict=False)
    ]
    step, key = result.get("separated_by"), result.get("key") or []
    by, parted = "", None
    if isinstance(step, int) and 0 < step < len(key) and step <= len(chain):
        by, parted = _step_name(chain[step - 1], criteria), key[step]
    return {"criteria": lines if len(means) == len(criteria) else [], "by": by, "parted_e4": parted}


def _step_name(step: dict[str, Any], criteria: Sequence[Criterion]) -> str:
    words = {"spread": _("chênh lệch giữa các phiếu"), "best_sheet": _("phiếu cao nhất")}
    return words.get(step.get("kind", "")) or " + ".join(
        named(c) for c in criteria if c.id in step.get("criteria", ())
    )


def _comments(stage_entry_ids: list[int]) -> dict[int, list[str]]:
    """Released comments without their judges, in the order of the text, which tells nothing about who wrote first."""
    if not stage_entry_ids:
        return {}
    rows = db.session.execute(
        sa.select(Assignment.stage_entry_id, ScoreSheet.comment)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Assignment.stage_entry_id.in_(stage_entry_ids),
            ScoreSheet.comment_released_at.is_not(None),
            ScoreSheet.comment != "",
            ScoreSheet.state == SheetState.SUBMITTED,
        )
    )
    found: dict[int, list[str]] = defaultdict(list)
    for r in rows:
        found[r.stage_entry_id].append(r.comment)
    return found
