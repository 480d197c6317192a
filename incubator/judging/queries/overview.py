"""How far each stage of an edition is, and what waits for its secretary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.i18n import _, ngettext
from ...core.todo import Todo
from ...core.together import Asking
from ...core.web import named
from ...models import (
    Assignment,
    AssignmentState,
    Division,
    Edition,
    Rubric,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
    StageKind,
    StagePresence,
    StageState,
)
from .inputs import method_in, method_of

#: Entries that a sheet is expected of, and assignments that may become one.
_THERE = StageEntry.presence.in_((StagePresence.EXPECTED, StagePresence.PRESENT))
_COUNTED = sa.and_(
    Assignment.state.not_in((AssignmentState.REMOVED, AssignmentState.DECLINED)),
    Assignment.practice.is_(False),
)


@dataclass(frozen=True, slots=True)
class PartLine:
    """A stage of a division in the edition's overview."""

    part: StageDivision
    stage: Stage
    division: Division
    entries: int
    wanted: int  # sheets that the rules ask for
    submitted: int
    rubric: str


def editions_of(actor: Actor) -> list[tuple[Edition, int]]:
    """Editions whose judging somebody manages, newest first, with how many stages of divisions are open. One query."""
    ids = actor.scope_ids(Permission.JUDGING_MANAGE, ScopeKind.EDITION)
    is_open = sa.case((StageDivision.state == StageState.OPEN, 1), else_=0)
    statement = (
        sa.select(Edition, sa.func.coalesce(sa.func.sum(is_open), 0))
        .join(Stage, sa.and_(Stage.edition_id == Edition.id, Stage.kind == StageKind.RUBRIC))
        .outerjoin(StageDivision, StageDivision.stage_id == Stage.id)
        .group_by(Edition.id)
        .order_by(Edition.year.desc(), Edition.id.desc())
    )
    if ids is not None:
        statement = statement.where(Edition.id.in_(ids))
    return [(edition, int(n)) for edition, n in db.session.execute(statement)]


def parts_of(edition_id: int) -> list[PartLine]:
    """Rubric stages of an edition with how far each is, in two statements."""
    entries = (
        sa.select(
            StageEntry.stage_division_id,
            sa.func.count().label("n"),
            sa.func.sum(sa.case((_THERE, 1), else_=0)).label("there"),
        )
        .group_by(StageEntry.stage_division_id)
        .subquery()
    )
    sheets = (
        sa.select(
            StageEntry.stage_division_id,
            sa.func.sum(sa.case((Assignment.state == AssignmentState.SUBMITTED, 1), else_=0)).label("done"),
        )
        .join(Assignment, Assignment.stage_entry_id == StageEntry.id)
        .where(_COUNTED)
        .group_by(StageEntry.stage_division_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(StageDivision, Stage, Division, entries.c.n, entries.c.there, sheets.c.done, Rubric.name)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Division, Division.id == StageDivision.division_id)
        .outerjoin(entries, entries.c.stage_division_id == StageDivision.id)
        .outerjoin(sheets, sheets.c.stage_division_id == StageDivision.id)
        .outerjoin(Rubric, Rubric.id == StageDivision.rubric_id)
        .where(Stage.edition_id == edition_id, Stage.kind == StageKind.RUBRIC)
        .order_by(Stage.position, Division.position, Division.id)
    )
    return [
        PartLine(p, s, d, n or 0, int(there or 0) * method_of(s).expected, int(x or 0), r or "")
        for p, s, d, n, there, x, r in rows
    ]


def secretary_todos(actor: Actor) -> Asking[list[Todo]]:
    """What waits in open and closed stages: sheets to come in, papers to check, ties."""
    scope = actor.scope_ids(Permission.JUDGING_MANAGE, ScopeKind.EDITION)
    if scope is not None and not scope:
        return []
    living = Assignment.state.in_((AssignmentState.ASSIGNED, AssignmentState.OPEN, AssignmentState.REOPENED))
    typed = sa.and_(living, ScoreSheet.source == "paper", ScoreSheet.state == SheetState.DRAFT)
    # Who typed a sheet cannot check it: to them it is no work, it waits for somebody else.
    own = sa.and_(typed, ScoreSheet.entered_by_id == actor.person_id)
    left, paper, own_paper = (sa.func.sum(sa.case((which, 1), else_=0)) for which in (living, typed, own))
    statement = (
        sa.select(
            StageDivision.id,
            Stage.name.label("stage"),
            Division.name.label("division"),
            Edition.name.label("edition"),
            Stage.name_en.label("stage_en"),
            Division.name_en.label("division_en"),
            Edition.name_en.label("edition_en"),
            StageDivision.state,
            left.label("left"),
            paper.label("paper"),
            own_paper.label("own_paper"),
            Stage.edition_id,
            Stage.id.label("stage_id"),
            Stage.settings,
        )
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Division, Division.id == StageDivision.division_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .join(StageEntry, StageEntry.stage_division_id == StageDivision.id)
        .outerjoin(
            Assignment, sa.and_(Assignment.stage_entry_id == StageEntry.id, Assignment.practice.is_(False))
        )
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(StageDivision.state.in_((StageState.OPEN, StageState.CLOSED)), Stage.kind == StageKind.RUBRIC)
        .group_by(StageDivision.id, Stage.id, Division.id, Edition.id)
    )
    judges = _judges_of_entries()
    if scope is not None:
        statement = statement.where(Stage.edition_id.in_(scope))
        judges = judges.where(Stage.edition_id.in_(scope))
    rows, counts = yield [statement, judges]
    return [
        todo
        for row in sorted(rows, key=lambda r: r.id)
        for todo in _todos(row, sum(c.n for c in counts if c.part_id == row.id and c.judges < _wanted(row)))
    ]


def _judges_of_entries() -> sa.Select[Any]:
    """For each open stage of a division: how many entries have how many judges."""
    each = (
        sa.select(StageEntry.id, StageEntry.stage_division_id, sa.func.count(Assignment.id).label("judges"))
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .outerjoin(Assignment, sa.and_(Assignment.stage_entry_id == StageEntry.id, _COUNTED))
        .where(StageDivision.state == StageState.OPEN, _THERE)
        .group_by(StageEntry.id, StageEntry.stage_division_id)
        .subquery()
    )
    return (
        sa.select(each.c.stage_division_id.label("part_id"), each.c.judges, sa.func.count().label("n"))
        .join(StageDivision, StageDivision.id == each.c.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(Stage.kind == StageKind.RUBRIC)
        .group_by(each.c.stage_division_id, each.c.judges)
    )


def _wanted(row: Any) -> int:
    return method_in(row.settings).expected


def _todos(row: Any, short: int) -> list[Todo]:
    where, scope = f"{named(row, 'stage')} · {named(row, 'division')}", f"edition:{row.edition_id}"
    edition = named(row, "edition")
    found = []
    to_check = (row.paper or 0) - (row.own_paper or 0)
    if to_check:
        found.append(
            Todo(
                _("%(n)s phiếu giấy chờ người thứ hai kiểm tra", n=to_check),
                f"/judging/boards/{row.id}",
                _("Kiểm tra"),
                f"{where} · {edition}",
                "clipboard-check",
                count=int(to_check),
                scope=scope,
            )
        )
    if row.own_paper:
        found.append(
            Todo(
                _("%(n)s phiếu giấy do mình nhập chờ người khác kiểm tra", n=row.own_paper),
                f"/judging/boards/{row.id}",
                _("Theo dõi"),
                f"{where} · {edition}",
                "hourglass-split",
                count=int(row.own_paper),
                scope=scope,
            )
        )
    if row.state is StageState.CLOSED:
        found.append(
            Todo(
                _("Vòng đã đóng, chờ chốt kết quả"),
                f"/judging/boards/{row.id}/results",
                _("Xem kết quả"),
                f"{where} · {edition}",
                "trophy",
                urgent=True,
                scope=scope,
            )
        )
        return found
    if short:
        found.append(
            Todo(
                ngettext("%(num)d bài chưa đủ giám khảo", "%(num)d bài chưa đủ giám khảo", short),
                f"/judging/stages/{row.stage_id}/panels",
                _("Giao thêm"),
                f"{where} · {edition}",
                "person-plus",
                count=short,
                scope=scope,
            )
        )
    left = (row.left or 0) - (
        row.paper or 0
    )  # a typed sheet has come in: it waits to be checked, not to be handed in
    if left:
        found.append(
            Todo(
                _("Còn %(n)s phiếu chưa nộp", n=left),
                f"/judging/boards/{row.id}",
                _("Theo dõi"),
                f"{where} · {edition}",
                "hourglass-split",
                count=int(left),
                scope=scope,
            )
        )
    elif not short and not row.paper:
        found.append(
            Todo(
                _("Đã đủ phiếu, có thể đóng vòng"),
                f"/judging/boards/{row.id}",
                _("Đóng vòng"),
                f"{where} · {edition}",
                "check-circle",
                scope=scope,
            )
        )
    return found
