"""The secretary's board: who has what left, entry by entry, at this moment. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...contests.queries.entry_parts import CALLED
from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.web import here
from ...models import (
    Assignment,
    AssignmentState,
    Edition,
    Entry,
    Organisation,
    Panel,
    PanelMember,
    Person,
    Project,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
    Team,
)
from .. import policies, scoring
from ..pace import expected_finish
from . import inputs

SILENT = timedelta(minutes=15)
#: Names of a cell's state are also the CSS classes of the matrix.
CELLS = {
    AssignmentState.SUBMITTED: "done",
    AssignmentState.OPEN: "part",
    AssignmentState.REOPENED: "part",
    AssignmentState.ASSIGNED: "miss",
    AssignmentState.DECLINED: "conf",
}


def get_part_for(actor: Actor, part_id: int) -> StageDivision:
    """A stage of a division with its stage, edition and division. NotFound hides it from those who do not manage it."""
    part: StageDivision | None = db.session.scalar(
        sa.select(StageDivision)
        .options(
            joinedload(StageDivision.stage).joinedload(Stage.edition), joinedload(StageDivision.division)
        )
        .where(StageDivision.id == part_id)
    )
    if part is None or not policies.can_manage(actor, part.stage.edition_id):
        raise NotFound(_("Không có vòng chấm này, hoặc tài khoản không thuộc ban thư ký của cuộc thi."))
    here(part.stage.edition.slug)
    return part


def get_stage_for(actor: Actor, stage_id: int) -> Stage:
    stage: Stage | None = db.session.scalar(
        sa.select(Stage)
        .options(joinedload(Stage.edition), joinedload(Stage.parts).joinedload(StageDivision.division))
        .where(Stage.id == stage_id)
        .execution_options(populate_existing=True)
    )
    if stage is None or not policies.can_manage(actor, stage.edition_id):
        raise NotFound(_("Không có vòng chấm này, hoặc tài khoản không thuộc ban thư ký của cuộc thi."))
    here(stage.edition.slug)
    return stage


def get_edition_for(actor: Actor, slug: str) -> Edition:
    edition: Edition | None = db.session.scalar(sa.select(Edition).where(Edition.slug == slug))
    if edition is None or not policies.can_manage(actor, edition.id):
        raise NotFound(_("Không có cuộc thi này, hoặc tài khoản không thuộc ban thư ký của cuộc thi."))
    return edition


@dataclass(slots=True)
class Cell:
    assignment_id: int
    judge_id: int
    state: str
    total_e2: int | None
    paper: bool
    needs_check: bool
    entered_by_id: int | None


@dataclass(slots=True)
class EntryRow:
    id: int
    label: str
    name: str
    school: str
    presence: StagePresence
    cells: dict[int, Cell] = field(default_factory=dict)
    mean_e4: int | None = None
    spread_e4: int = 0

    @property
    def living(self) -> list[Cell]:
        return [c for c in self.cells.values() if c.state != "conf"]

    def complete(self, wanted: int) -> bool:
        return sum(c.state == "done" for c in self.cells.values()) >= wanted


@dataclass(slots=True)
class JudgeRow:
    id: int
    name: str
    short: str
    chair: bool
    reserve: bool
    absent_since: datetime | None
    done: int = 0
    started: int = 0
    left: int = 0
    declined: int = 0
    saved_at: datetime | None = None
    current: str = ""

    @property
    def total(self) -> int:
        return self.done + self.left

    def silent(self, now: datetime) -> bool:
        """Nothing saved for a while although entries are left."""
        return bool(self.left) and (self.saved_at is None or now - self.saved_at > SILENT)


@dataclass(slots=True)
class Board:
    part: StageDivision
    method: scoring.Method
    entries: list[EntryRow]
    judges: list[JudgeRow]
    given: inputs.Inputs
    recent: list[tuple[datetime, str, str, int | None]]
    at: datetime
    times: list[datetime]  # of all submitted sheets

    @property
    def submitted(self) -> int:
        return sum(j.done for j in self.judges)

    @property
    def wanted(self) -> int:
        present = (StagePresence.EXPECTED, StagePresence.PRESENT)
        return sum(max(self.method.expected, 0) for e in self.entries if e.presence in present)

    @property
    def finish(self) -> datetime | None:
        return expected_finish(self.times, self.wanted - self.submitted, self.at)

    @property
    def started(self) -> int:
        return sum(j.started for j in self.judges)

    @property
    def declined(self) -> int:
        return sum(j.declined for j in self.judges)

    @property
    def unfinished(self) -> list[EntryRow]:
        present = (StagePresence.EXPECTED, StagePresence.PRESENT)
        return [e for e in self.entries if e.presence in present and not e.complete(self.method.expected)]

    @property
    def slow(self) -> list[JudgeRow]:
        return [j for j in self.judges if j.silent(self.at) and j.absent_since is None]


def board_of(part: StageDivision, method: scoring.Method) -> Board:
    """Everything on the board of one stage of a division."""
    entries = _entries(part.id)
    by_id = {e.id: e for e in entries}
    rows = _assignments(part.id)
    judges = _judges(part, rows)
    recent = []
    for row in rows:
        entry, judge = by_id[row.stage_entry_id], judges[row.judge_id]
        paper = row.source == "paper"
        waits = paper and row.sheet_state is SheetState.DRAFT
        entry.cells[row.judge_id] = Cell(
            row.id, row.judge_id, CELLS[row.state], row.total_e2, paper, waits, row.entered_by_id
        )
        _count(judge, row, entry)
        if row.submitted_at:
            recent.append((row.submitted_at, judge.name, entry.label, row.total_e2))
    given = inputs.inputs_of(part.id, part.rubric_id)
    if given.rules:
        rough = scoring.tabulate(
            given.rules, scoring.provisional(method), given.entry_ids, given.sheets, given.entered
        )
        for result in rough.rows:
            if result.counted:
                by_id[result.entry_id].mean_e4 = result.total_e4
                by_id[result.entry_id].spread_e4 = result.spread_e4
    ordered = sorted(judges.values(), key=lambda j: (not j.chair, j.reserve, j.name))
    times = [row.submitted_at for row in rows if row.submitted_at]
    return Board(part, method, entries, ordered, given, sorted(recent, reverse=True)[:6], clock.now(), times)


def _entries(part_id: int) -> list[EntryRow]:
    rows = db.session.execute(
        sa.select(
            StageEntry.id,
            StageEntry.presence,
            Entry.number,
            Entry.code,
            CALLED.label("name"),
            Organisation.name.label("school"),
        )
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(StageEntry.stage_division_id == part_id)
        .order_by(StageEntry.position, StageEntry.id)
    )
    return [EntryRow(r.id, r.number or r.code, r.name, r.school or "", r.presence) for r in rows]


def _assignments(part_id: int) -> Sequence[Any]:
    return db.session.execute(
        sa.select(
            Assignment.id,
            Assignment.stage_entry_id,
            Assignment.judge_id,
            Assignment.state,
            Assignment.panel_id,
            Person.full_name,
            Person.title,
            ScoreSheet.total_e2,
            ScoreSheet.saved_at,
            ScoreSheet.submitted_at,
            ScoreSheet.source,
            ScoreSheet.state.label("sheet_state"),
            ScoreSheet.entered_by_id,
        )
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(Person, Person.id == Assignment.judge_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            StageEntry.stage_division_id == part_id,
            Assignment.practice.is_(False),
            Assignment.state != AssignmentState.REMOVED,
        )
        .order_by(Assignment.position, Assignment.id)
    ).all()


def _judges(part: StageDivision, rows: Sequence[Any]) -> dict[int, JudgeRow]:
    members = db.session.execute(
        sa.select(
            PanelMember.person_id,
            PanelMember.reserve,
            PanelMember.absent_since,
            Panel.chair_id,
            Person.full_name,
            Person.title,
            Panel.division_ids,
        )
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(Person, Person.id == PanelMember.person_id)
        .where(Panel.stage_id == part.stage_id)
    ).all()
    judges: dict[int, JudgeRow] = {}
    for row in members:
        if not row.division_ids or part.division_id in row.division_ids:
            known = judges.get(row.person_id)
            chair = row.chair_id == row.person_id or bool(known and known.chair)
            judges[row.person_id] = _judge(row.person_id, row, chair, row.reserve, row.absent_since)
    for row in rows:
        if row.judge_id not in judges:
            judges[row.judge_id] = _judge(row.judge_id, row, False, False, None)
    return judges


def _judge(person_id: int, row: Any, chair: bool, reserve: bool, absent: datetime | None) -> JudgeRow:
    return JudgeRow(
        person_id,
        f"{row.title} {row.full_name}".strip(),
        row.full_name.rsplit(" ", 1)[-1],
        chair,
        reserve,
        absent,
    )


def _count(judge: JudgeRow, row: Any, entry: EntryRow) -> None:
    if row.state is AssignmentState.SUBMITTED:
        judge.done += 1
    elif row.state is AssignmentState.DECLINED:
        judge.declined += 1
    else:
        judge.left += 1
        if row.state in (AssignmentState.OPEN, AssignmentState.REOPENED):
            judge.started += 1
            judge.current = entry.label
    if row.saved_at and (judge.saved_at is None or row.saved_at > judge.saved_at):
        judge.saved_at = row.saved_at
