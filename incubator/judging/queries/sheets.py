"""Single sheets as the secretary sees them, and the rows behind the board's actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Criterion,
    CriterionSource,
    Entry,
    Mark,
    Panel,
    PanelMember,
    Person,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    Team,
)
from . import conflicts


@dataclass(slots=True)
class SecretarySheet:
    """A sheet with its history; `others` are judges without conflict who could take the entry."""

    assignment: Assignment
    judge: Person
    label: str
    name: str
    sheet: ScoreSheet | None
    criteria: list[Criterion]
    history: dict[int, list[Mark]]
    others: list[tuple[int, str]]
    presence: str

    @property
    def judged(self) -> list[Criterion]:
        return [c for c in self.criteria if c.source is CriterionSource.JUDGE]

    def points(self, criterion_id: int) -> int | None:
        marks = self.history.get(criterion_id)
        return marks[-1].points_e2 if marks else None


def get_assignment(part: StageDivision, assignment_id: int) -> Assignment:
    found: Assignment | None = db.session.scalar(
        sa.select(Assignment)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(Assignment.id == assignment_id, StageEntry.stage_division_id == part.id)
    )
    if found is None:
        raise NotFound(_("Không có phiếu này trong vòng."))
    return found


def get_stage_entry(part: StageDivision, stage_entry_id: int) -> StageEntry:
    found: StageEntry | None = db.session.scalar(
        sa.select(StageEntry).where(StageEntry.id == stage_entry_id, StageEntry.stage_division_id == part.id)
    )
    if found is None:
        raise NotFound(_("Không có bài này trong vòng."))
    return found


def sheet_view(part: StageDivision, assignment_id: int) -> SecretarySheet:
    row: Any = db.session.execute(
        sa.select(Assignment, Person, Entry.number, Entry.code, Team.name, ScoreSheet, StageEntry.presence)
        .join(Person, Assignment.judge_id == Person.id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(Assignment.id == assignment_id, StageEntry.stage_division_id == part.id)
    ).first()
    if row is None:
        raise NotFound(_("Không có phiếu này trong vòng."))
    assignment: Assignment = row.Assignment
    sheet: ScoreSheet | None = row.ScoreSheet
    rubric_id = sheet.rubric_id if sheet else part.rubric_id
    criteria = list(
        db.session.scalars(
            sa.select(Criterion).where(Criterion.rubric_id == rubric_id).order_by(Criterion.position)
        )
    )
    history: dict[int, list[Mark]] = {}
    if sheet is not None:
        for mark in db.session.scalars(
            sa.select(Mark).where(Mark.sheet_id == sheet.id).order_by(Mark.version)
        ):
            history.setdefault(mark.criterion_id, []).append(mark)
    others = _others(part.stage_id, assignment)
    return SecretarySheet(
        assignment,
        row.Person,
        row.number or row.code,
        row.name,
        sheet,
        criteria,
        history,
        others,
        row.presence.value,
    )


def _others(stage_id: int, assignment: Assignment) -> list[tuple[int, str]]:
    members = db.session.execute(
        sa.select(Person.id, Person.full_name, Person.title)
        .join(PanelMember, PanelMember.person_id == Person.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.stage_id == stage_id, PanelMember.absent_since.is_(None))
        .distinct()
        .order_by(Person.full_name)
    ).all()
    taken = set(
        db.session.scalars(
            sa.select(Assignment.judge_id).where(
                Assignment.stage_entry_id == assignment.stage_entry_id,
                Assignment.state.not_in((AssignmentState.REMOVED,)),
                Assignment.practice.is_(False),
            )
        )
    )
    free = [m for m in members if m.id not in taken]
    barred = conflicts.conflicts_of([assignment.stage_entry_id], [m.id for m in free])
    return [
        (m.id, f"{m.title} {m.full_name}".strip())
        for m in free
        if (m.id, assignment.stage_entry_id) not in barred
    ]


def ensure_judge(stage: Stage, person_id: int) -> None:
    panel_of_judge(stage, person_id)


def panel_of_judge(stage: Stage, person_id: int) -> Panel:
    panel: Panel | None = db.session.scalar(
        sa.select(Panel)
        .join(PanelMember, PanelMember.panel_id == Panel.id)
        .where(Panel.stage_id == stage.id, PanelMember.person_id == person_id)
        .order_by(Panel.id)
        .limit(1)
    )
    if panel is None:
        raise NotFound(_("Người này không là giám khảo của vòng."))
    return panel
