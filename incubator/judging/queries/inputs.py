"""What a tabulation rests on, read in a handful of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.web import named
from ...models import (
    Assignment,
    AssignmentState,
    Criterion,
    CriterionSource,
    EnteredScore,
    Mark,
    ScoreSheet,
    SheetState,
    Stage,
    StageEntry,
    StagePresence,
)
from .. import scoring

SHEETS_AT_ONCE = 5000
# In the order of the index, so that the newest version of a criterion comes last without sorting.
_marks = (
    sa.select(Mark.sheet_id, Mark.criterion_id, Mark.version, Mark.points_e2)
    .where(Mark.sheet_id.in_(sa.bindparam("sheets", expanding=True)))
    .order_by(Mark.sheet_id, Mark.criterion_id, Mark.version)
)


def batched(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    """The ids in lists of at most `size`."""
    rest = iter(ids)
    while some := list(islice(rest, size)):
        yield some


@dataclass(slots=True)
class Inputs:
    """The criteria, the entries that are ranked, and every counted sheet. `broken`: submitted but with a mark missing."""

    criteria: list[Criterion]
    entry_ids: list[int]
    sheets: list[scoring.Sheet]
    entered: dict[int, tuple[int, ...]]
    not_entered: tuple[tuple[int, int], ...]  # (stage entry, criterion) that the secretary still owes

    @property
    def rules(self) -> tuple[scoring.Rule, ...]:
        return tuple(
            scoring.Rule(c.id, c.max_e2, c.step_e2, c.weight_e2, c.source is CriterionSource.JUDGE)
            for c in self.criteria
        )


def criteria_of(rubric_id: int | None) -> list[Criterion]:
    return list(
        db.session.scalars(
            sa.select(Criterion).where(Criterion.rubric_id == rubric_id).order_by(Criterion.position)
        )
    )


def common_criteria(rubric_ids: Collection[int]) -> list[tuple[tuple[int, ...], str]]:
    """Criteria that every one of the rubrics has, by name: (their ids, name in the reader's language), in the order of the
    first rubric."""
    rows = db.session.scalars(
        sa.select(Criterion)
        .where(Criterion.rubric_id.in_(rubric_ids))
        .order_by(Criterion.rubric_id, Criterion.position)
    )
    same: dict[str, list[Criterion]] = {}
    for criterion in rows:
        same.setdefault(criterion.name.casefold(), []).append(criterion)
    return [(tuple(c.id for c in cs), named(cs[0])) for cs in same.values() if len(cs) == len(rubric_ids)]


def inputs_of(part_id: int, rubric_id: int | None) -> Inputs:
    """Everything that counts for one stage of a division at this moment."""
    criteria = criteria_of(rubric_id)
    judged = [c.id for c in criteria if c.source is CriterionSource.JUDGE]
    others = [c.id for c in criteria if c.source is not CriterionSource.JUDGE]
    entry_ids = list(
        db.session.scalars(
            sa.select(StageEntry.id).where(
                StageEntry.stage_division_id == part_id,
                StageEntry.presence.in_((StagePresence.EXPECTED, StagePresence.PRESENT)),
            )
        )
    )
    sheets = counted_sheets(part_id, judged, set(entry_ids))
    entered, owed = _entered(part_id, entry_ids, others)
    return Inputs(criteria, entry_ids, sheets, entered, owed)


def counted_sheets(part_id: int, judged: Sequence[int], entry_ids: set[int]) -> list[scoring.Sheet]:
    """Complete submitted sheets. Marks are read by the numbers of their sheets, which stays quick at any size."""
    connection = db.session.connection()
    heads = connection.execute(
        sa.select(ScoreSheet.id, Assignment.stage_entry_id, Assignment.judge_id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(
            StageEntry.stage_division_id == part_id,
            Assignment.practice.is_(False),
            Assignment.state == AssignmentState.SUBMITTED,
            ScoreSheet.state == SheetState.SUBMITTED,
        )
    )
    place = {sheet: (entry, judge) for sheet, entry, judge in heads if entry in entry_ids}
    marks: dict[int, dict[int, int | None]] = {sheet: {} for sheet in sorted(place)}
    for some in batched(marks, SHEETS_AT_ONCE):
        rows = connection.execute(_marks, {"sheets": some})
        for sheet, criterion, _version, points in rows:
            marks[sheet][criterion] = points
    return [
        scoring.Sheet(*place[sheet], tuple(given[c] or 0 for c in judged))
        for sheet, given in marks.items()
        if all(given.get(c) is not None for c in judged)
    ]


def _entered(
    part_id: int, entry_ids: Sequence[int], others: Sequence[int]
) -> tuple[dict[int, tuple[int, ...]], tuple[tuple[int, int], ...]]:
    if not others:
        return {}, ()
    rows: Any = db.session.execute(
        sa.select(EnteredScore.stage_entry_id, EnteredScore.criterion_id, EnteredScore.points_e2)
        .join(StageEntry, StageEntry.id == EnteredScore.stage_entry_id)
        .where(StageEntry.stage_division_id == part_id, EnteredScore.criterion_id.in_(others))
        .order_by(EnteredScore.version)
    )
    points = {(r.stage_entry_id, r.criterion_id): r.points_e2 for r in rows}
    owed = tuple((e, c) for e in entry_ids for c in others if (e, c) not in points)
    return {e: tuple(points.get((e, c), 0) for c in others) for e in entry_ids}, owed


def method_of(stage: Stage) -> scoring.Method:
    """The stage's rules of tabulation; the defaults until somebody sets them."""
    return method_in(stage.settings)


def method_in(settings: dict[str, Any]) -> scoring.Method:
    """The same for who has read a stage's settings only."""
    stored = settings.get("scoring")
    return scoring.Method.of(stored) if stored else scoring.Method()
