"""What a judge sees: own entries in own order, and one sheet. Two or three statements whatever the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking
from ...core.web import named
from ...models import (
    Assignment,
    AssignmentState,
    Criterion,
    CriterionSource,
    Division,
    Edition,
    Entry,
    Mark,
    Organisation,
    Panel,
    Project,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
    StageState,
    Team,
)

LEFT = (AssignmentState.ASSIGNED, AssignmentState.OPEN, AssignmentState.REOPENED)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a judge. Under blind judging `label` is a code and `name` the product; no school, no team."""

    id: int
    stage_id: int
    stage_entry_id: int
    label: str
    name: str
    school: str
    state: AssignmentState
    practice: bool
    total_e2: int | None
    reason: str
    stage_state: StageState
    presence: StagePresence
    place: str
    starts_at: datetime | None
    stage: str
    division: str
    edition: str
    position: int

    @property
    def left(self) -> bool:
        return (
            self.state in LEFT
            and self.stage_state is StageState.OPEN
            and self.presence in (StagePresence.EXPECTED, StagePresence.PRESENT)
        )


_line = (
    sa.select(
        Assignment.id,
        Assignment.stage_entry_id,
        Assignment.state,
        Assignment.practice,
        Assignment.reason,
        Assignment.position,
        Stage.id.label("stage_id"),
        Stage.name.label("stage"),
        Stage.blind,
        Stage.edition_id,
        Division.name.label("division"),
        Edition.name.label("edition"),
        Stage.name_en.label("stage_en"),
        Division.name_en.label("division_en"),
        Edition.name_en.label("edition_en"),
        StageDivision.state.label("stage_state"),
        StageEntry.presence,
        StageEntry.place,
        StageEntry.starts_at,
        Entry.number,
        Entry.code,
        Team.name.label("team"),
        Project.title,
        Organisation.name.label("school"),
        ScoreSheet.total_e2,
    )
    .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
    .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
    .join(Stage, Stage.id == StageDivision.stage_id)
    .join(Division, Division.id == StageDivision.division_id)
    .join(Edition, Edition.id == Stage.edition_id)
    .join(Entry, Entry.id == StageEntry.entry_id)
    .join(Team, Team.id == Entry.team_id)
    .outerjoin(Project, Project.id == Entry.project_id)
    .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
    .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
)


def _as_line(row: Any) -> Line:
    code = row.code or f"{row.stage_entry_id:04d}"
    return Line(
        id=row.id,
        stage_id=row.stage_id,
        stage_entry_id=row.stage_entry_id,
        label=code if row.blind else (row.number or code),
        name=(row.title or _("Bài dự thi")) if row.blind else row.team,
        school="" if row.blind else (row.school or ""),
        state=row.state,
        practice=row.practice,
        total_e2=row.total_e2,
        reason=row.reason,
        stage_state=row.stage_state,
        presence=row.presence,
        place=row.place,
        starts_at=row.starts_at,
        stage=named(row, "stage"),
        division=named(row, "division"),
        edition=named(row, "edition"),
        position=row.position,
    )


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    """Given to the actor; by a judge's link those of its edition only."""
    mine = Assignment.judge_id == (actor.person_id or 0)
    if actor.link_edition is None:
        return mine
    there = (
        sa.select(StageEntry.id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(Stage.edition_id == actor.link_edition)
    )
    return sa.and_(mine, Assignment.stage_entry_id.in_(there))


def my_entries(actor: Actor, stage_id: int | None = None) -> list[Line]:
    """Entries given to the actor in stages that take marks or were closed last, in the judge's own order."""
    statement = _line.where(
        _own(actor),
        Assignment.state != AssignmentState.REMOVED,
        sa.or_(StageDivision.state.in_((StageState.OPEN, StageState.CLOSED)), Assignment.practice),
    ).order_by(StageDivision.state != StageState.OPEN, Stage.id.desc(), Assignment.position, Assignment.id)
    if stage_id is not None:
        statement = statement.where(Stage.id == stage_id)
    return [_as_line(r) for r in db.session.execute(statement)]


def marks_now(actor: Actor, assignment_id: int) -> dict[int, tuple[int, int | None]]:
    """Criterion -> newest version and points of the actor's own sheet."""
    rows = db.session.execute(
        sa.select(Mark.criterion_id, Mark.version, Mark.points_e2)
        .join(ScoreSheet, ScoreSheet.id == Mark.sheet_id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .where(Assignment.id == assignment_id, _own(actor))
        .order_by(Mark.version)
    )
    return {r.criterion_id: (r.version, r.points_e2) for r in rows}


def is_submitted(actor: Actor, assignment_id: int) -> bool:
    """Whether the actor's own sheet stands handed in. NotFound for others'."""
    state = db.session.scalar(sa.select(Assignment.state).where(Assignment.id == assignment_id, _own(actor)))
    if state is None or actor.is_pupil or state is AssignmentState.REMOVED:
        raise NotFound(_("Không có phiếu chấm này trong danh sách của Thầy/Cô."))
    return state is AssignmentState.SUBMITTED


@dataclass(slots=True)
class SheetView:
    """One sheet as its judge sees it."""

    line: Line
    criteria: Sequence[Criterion]
    points: dict[int, int | None]
    versions: dict[int, int]
    sheet: ScoreSheet | None
    siblings: list[Line] = field(default_factory=list)
    open: bool = True

    @property
    def judged(self) -> list[Criterion]:
        return [c for c in self.criteria if c.source is CriterionSource.JUDGE]

    @property
    def marked(self) -> int:
        return sum(self.points.get(c.id) is not None for c in self.judged)

    @property
    def total_e2(self) -> int:
        return (sum((self.points.get(c.id) or 0) * c.weight_e2 for c in self.judged) + 50) // 100

    @property
    def most_e2(self) -> int:
        return sum(c.max_e2 * c.weight_e2 for c in self.judged) // 100

    @property
    def next(self) -> Line | None:
        """The next entry without a submitted sheet, after this one and then from the top."""
        ids = [s.id for s in self.siblings]
        here = ids.index(self.line.id) if self.line.id in ids else -1
        order = self.siblings[here + 1 :] + self.siblings[: max(here, 0)]
        return next((s for s in order if s.left and not s.practice), None)

    @property
    def number(self) -> int:
        ids = [s.id for s in self.siblings]
        return ids.index(self.line.id) + 1 if self.line.id in ids else 1


def get_sheet_for(actor: Actor, assignment_id: int) -> SheetView:
    """The actor's own sheet. NotFound for others'."""
    row = db.session.execute(
        _line.add_columns(
            ScoreSheet.id.label("sheet_id"),
            sa.func.coalesce(ScoreSheet.rubric_id, StageDivision.rubric_id).label("rubric_id"),
        ).where(Assignment.id == assignment_id, _own(actor))
    ).first()
    if row is None or actor.person_id is None or actor.is_pupil or row.state is AssignmentState.REMOVED:
        raise NotFound(_("Không có phiếu chấm này trong danh sách của Thầy/Cô."))
    criteria = db.session.scalars(
        sa.select(Criterion).where(Criterion.rubric_id == row.rubric_id).order_by(Criterion.position)
    ).all()
    view = SheetView(_as_line(row), criteria, {}, {}, None)
    if row.sheet_id is not None:
        view.sheet = db.session.get(ScoreSheet, row.sheet_id)
        for mark in db.session.scalars(
            sa.select(Mark).where(Mark.sheet_id == row.sheet_id).order_by(Mark.version)
        ):
            view.points[mark.criterion_id], view.versions[mark.criterion_id] = mark.points_e2, mark.version
    view.siblings = my_entries(actor, row.stage_id)
    takes = row.stage_state is StageState.OPEN or (row.practice and row.stage_state is StageState.PLANNED)
    present = row.presence in (StagePresence.EXPECTED, StagePresence.PRESENT)
    view.open = takes and present and row.state is not AssignmentState.DECLINED
    return view


@dataclass(frozen=True, slots=True)
class PanelSheet:
    label: str
    name: str
    judge: str
    state: AssignmentState
    total_e2: int | None
    panel_note: str


def get_panel_for(actor: Actor, panel_id: int) -> tuple[Panel, list[PanelSheet]]:
    """The chair's view of the panel's sheets: totals and notes for the panel, never own notes."""
    from ...models import Person
    from .. import policies

    panel = db.session.get(Panel, panel_id)
    if panel is None or not policies.can_see_panel(actor, panel) or not _reaches(actor, panel):
        raise NotFound(_("Không có tiểu ban này, hoặc Thầy/Cô không phải trưởng tiểu ban."))
    rows = db.session.execute(
        _line.add_columns(Person.full_name, Person.title.label("degree"), ScoreSheet.panel_note)
        .join(Person, Person.id == Assignment.judge_id)
        .where(
            Assignment.panel_id == panel_id,
            Assignment.practice.is_(False),
            Assignment.state.not_in((AssignmentState.REMOVED,)),
        )
        .order_by(StageEntry.position, StageEntry.id, Person.sort_key)
    ).all()
    sheets = []
    for row in rows:
        line = _as_line(row)
        judge = f"{row.degree} {row.full_name}".strip()
        sheets.append(
            PanelSheet(line.label, line.name, judge, line.state, line.total_e2, row.panel_note or "")
        )
    return panel, sheets


def _reaches(actor: Actor, panel: Panel) -> bool:
    from .. import policies

    return actor.link_edition is None or policies.reaches(
        actor, db.session.get_one(Stage, panel.stage_id).edition_id
    )


def panels_chaired(actor: Actor) -> list[Panel]:
    return list(
        db.session.scalars(
            sa.select(Panel)
            .join(Stage, Stage.id == Panel.stage_id)
            .where(
                sa.or_(Panel.chair_id == actor.person_id, Panel.secretary_id == actor.person_id),
                sa.true() if actor.link_edition is None else Stage.edition_id == actor.link_edition,
                sa.exists().where(StageDivision.stage_id == Stage.id, StageDivision.state == StageState.OPEN),
            )
            .order_by(Panel.id)
        )
    )


def judge_todos(actor: Actor) -> Asking[list[Todo]]:
    """“24 bài chờ chấm” per stage, with the first of them in the judge's own order."""
    own = (
        sa.select(
            Assignment.id,
            Assignment.state,
            Assignment.position,
            Stage.id.label("stage_id"),
            Stage.name.label("stage"),
            Stage.edition_id,
            Edition.name.label("edition"),
            Stage.name_en.label("stage_en"),
            Edition.name_en.label("edition_en"),
        )
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(
            _own(actor),
            Assignment.state.in_(LEFT),
            Assignment.practice.is_(False),
            StageDivision.state == StageState.OPEN,
            StageEntry.presence.in_((StagePresence.EXPECTED, StagePresence.PRESENT)),
        )
    )
    stages: dict[int, list[Any]] = {}
    for row in sorted((yield own), key=lambda r: (-r.stage_id, r.position, r.id)):
        stages.setdefault(row.stage_id, []).append(row)
    return [
        Todo(
            title=_("%(n)s bài chờ chấm: %(stage)s", n=len(mine), stage=named(mine[0], "stage")),
            detail=named(mine[0], "edition"),
            url=f"/judging/sheets/{mine[0].id}",
            action=_("Chấm tiếp"),
            icon="pencil",
            urgent=any(m.state is AssignmentState.REOPENED for m in mine),
            count=len(mine),
            scope=f"edition:{mine[0].edition_id}",
        )
        for mine in stages.values()
    ]
