"""The hot path: one mark, saved at once. Core statements only (an ORM version took two to three times as long)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Criterion,
    CriterionSource,
    Mark,
    Rubric,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
)
from .. import policies, scoring

TEXTS = ("comment", "own_note", "panel_note")
LONGEST = 4000

_load = (
    sa.select(
        Assignment.id,
        Assignment.judge_id,
        Assignment.state,
        Assignment.practice,
        StageEntry.presence,
        StageDivision.id.label("stage_division_id"),
        StageDivision.state.label("stage_state"),
        Stage.edition_id,
        ScoreSheet.id.label("sheet_id"),
        ScoreSheet.state.label("sheet_state"),
        ScoreSheet.version.label("sheet_version"),
        ScoreSheet.source,
        sa.func.coalesce(ScoreSheet.rubric_id, StageDivision.rubric_id).label("rubric_id"),
    )
    .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
    .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
    .join(Stage, Stage.id == StageDivision.stage_id)
    .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
    .where(Assignment.id == sa.bindparam("assignment"))
    .with_for_update(of=Assignment)
)

_latest, _again, _one = (Mark.__table__.alias(name) for name in ("latest", "again", "one"))
# One statement for all that a save must know: the assignment, its criterion, the newest mark, and the mark that this
# very save left if it was sent before.
_load_for_mark = (
    _load.add_columns(
        Criterion.id.label("criterion_id"),
        Criterion.max_e2,
        Criterion.step_e2,
        Criterion.weight_e2,
        Criterion.source.label("criterion_source"),
        Rubric.frozen_at,
        _latest.c.version.label("latest_version"),
        _latest.c.points_e2.label("latest_points_e2"),
        _latest.c.at.label("latest_at"),
        _again.c.version.label("again_version"),
        _again.c.points_e2.label("again_points_e2"),
        _again.c.at.label("again_at"),
    )
    .join(
        Criterion,
        sa.and_(
            Criterion.id == sa.bindparam("criterion"),
            Criterion.rubric_id == sa.func.coalesce(ScoreSheet.rubric_id, StageDivision.rubric_id),
        ),
    )
    .join(Rubric, Rubric.id == Criterion.rubric_id)
    # Each by the id that one look into an index finds, however long the history is.
    .outerjoin(
        _latest,
        _latest.c.id
        == sa.select(_one.c.id)
        .where(_one.c.sheet_id == ScoreSheet.id, _one.c.criterion_id == Criterion.id)
        .order_by(_one.c.version.desc())
        .limit(1)
        .scalar_subquery(),
    )
    .outerjoin(
        _again,
        sa.and_(
            _again.c.id
            == sa.select(_one.c.id)
            .where(_one.c.sheet_id == ScoreSheet.id, _one.c.client_id == sa.bindparam("client"))
            .scalar_subquery(),
            _again.c.criterion_id == Criterion.id,
        ),
    )
)
_insert_mark = sa.insert(Mark.__table__)  # type: ignore[arg-type]
_sheet: Any = ScoreSheet.__table__
_touch_sheet = (
    sa.update(_sheet)
    .where(_sheet.c.id == sa.bindparam("sheet"))
    .values(version=_sheet.c.version + 1, saved_at=sa.bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What the device needs to go on: the mark's new version and when it was saved."""

    sheet_id: int
    criterion_id: int
    version: int
    points_e2: int | None
    at: datetime
    repeated: bool = False


def save_mark(
    assignment_id: int,
    criterion_id: int,
    points_e2: int | None,
    *,
    base: int,
    client_id: str,
    actor: Actor,
    at: datetime,
) -> Saved:
    """Save one mark on top of version `base`. The same `client_id` again changes nothing and answers the same.

    Raises NotFound (not the actor's), Conflict code "closed" (stage or sheet takes no marks) or "stale" (another tab or
    device saved since; details: points_e2, version, at), Invalid (maximum, step).
    """
    row = _run(
        _load_for_mark, {"assignment": assignment_id, "criterion": criterion_id, "client": client_id}
    ).first()
    if row is None:
        raise NotFound(_("Không có phiếu chấm hoặc tiêu chí này trong danh sách của Thầy/Cô."))
    if row.again_version is not None and policies.is_judge_of(actor, row):
        # Also when the stage has closed since: what was saved is saved, and told.
        return Saved(
            row.sheet_id, criterion_id, row.again_version, row.again_points_e2, row.again_at, repeated=True
        )
    ensure_open(actor, row)
    _ensure_fits(row, points_e2)
    version = (row.latest_version or 0) + 1
    if base != version - 1:
        raise stale(criterion_id, row.latest_version, row.latest_points_e2, row.latest_at)
    if points_e2 is None and row.sheet_state == SheetState.SUBMITTED:
        raise Invalid(_("Phiếu đã nộp phải đủ điểm: chọn điểm khác thay vì bỏ trống."))
    sheet_id = row.sheet_id or open_sheet(row, actor=actor, at=at)
    insert_marks(sheet_id, [(criterion_id, version, points_e2, client_id)], actor=actor, at=at)
    _touch(row, sheet_id, at)
    activity.record(
        "judging.mark.saved",
        actor=actor,
        at=at,
        edition_id=row.edition_id,
        object_type="score_sheet",
        object_id=sheet_id,
        before={"marks": {str(criterion_id): row.latest_points_e2}},
        after={"marks": {str(criterion_id): points_e2}},
    )
    return Saved(sheet_id, criterion_id, version, points_e2, at)


def _run(statement: Any, values: Any) -> Any:
    """Straight on the connection: the session's own way costs as much again as the statement."""
    return db.session.connection().execute(statement, values)


def ensure_open(actor: Actor, row: Any) -> None:
    """Refuse others' sheets as if they did not exist, and own ones with the reason why they are closed."""
    if not policies.is_judge_of(actor, row):
        raise NotFound(_("Không có phiếu chấm này trong danh sách của Thầy/Cô."))
    if policies.can_mark(actor, row):
        return
    if row.state not in policies.MARKED:
        raise Conflict(
            _("Bài này không còn giao cho Thầy/Cô. Điểm đã nhập vẫn được giữ ở ban thư ký."), code="closed"
        )
    if not policies.stage_takes_marks(row.stage_state, row.practice):
        raise Conflict(
            _("Vòng chấm này đang đóng nên không nhận điểm. Cần sửa, Thầy/Cô báo thư ký mở lại."),
            code="closed",
        )
    raise Conflict(_("Đội này vắng hoặc đã rút, không cần chấm."), code="closed")


def _ensure_fits(row: Any, points_e2: int | None) -> None:
    if row.criterion_source != CriterionSource.JUDGE:
        raise Invalid(_("Tiêu chí này do ban thư ký nhập, giám khảo không chấm."))
    if points_e2 is None:
        return
    problem = scoring.mark_problem(scoring.Rule(row.criterion_id, row.max_e2, row.step_e2), points_e2)
    if problem == "range":
        raise Invalid(_("Điểm phải từ 0 đến %(most)s.", most=plain(row.max_e2)), most=row.max_e2)
    if problem == "step":
        raise Invalid(_("Điểm đi theo bước %(step)s.", step=plain(row.step_e2)), step=row.step_e2)


def plain(e2: int) -> str:
    """850 -> 8,5"""
    return f"{e2 // 100}" if e2 % 100 == 0 else f"{e2 / 100:.2f}".rstrip("0").replace(".", ",")


def stale(
    criterion_id: int, version: int | None, points_e2: int | None = None, at: datetime | None = None
) -> Conflict:
    """The refusal that a second device gets, with the mark as it is now: hundredths of a point, and when it was saved."""
    return Conflict(
        _("Điểm này vừa được lưu từ một máy hoặc một thẻ khác. Chọn điểm muốn giữ."),
        code="stale",
        criterion=criterion_id,
        points_e2=points_e2,
        version=version or 0,
        at=at.isoformat() if at else None,
    )


def open_sheet(row: Any, *, actor: Actor, at: datetime) -> int:
    """The sheet is born with its first mark; that freezes the rubric, unless the entry is for practice."""
    result = db.session.execute(
        sa.insert(ScoreSheet).values(
            assignment_id=row.id,
            rubric_id=row.rubric_id,
            state=SheetState.DRAFT,
            version=0,
            source="screen",
            entered_by_id=None,
            created_at=at,
            saved_at=at,
            comment="",
            own_note="",
            panel_note="",
            void_reason="",
        )
    )
    if not row.practice:
        freeze(row.rubric_id, at)
    key = result.inserted_primary_key  # type: ignore[attr-defined]
    return int(key[0])


def freeze(rubric_id: int, at: datetime) -> None:
    """The first mark freezes the rubric; later ones change nothing."""
    db.session.execute(
        sa.update(Rubric).where(Rubric.id == rubric_id, Rubric.frozen_at.is_(None)).values(frozen_at=at)
    )


def insert_marks(
    sheet_id: int, marks: list[tuple[int, int, int | None, str]], *, actor: Actor, at: datetime
) -> None:
    """Append marks: (criterion, version, points, client id)."""
    _run(
        _insert_mark,
        [
            {
                "sheet_id": sheet_id,
                "criterion_id": c,
                "version": v,
                "points_e2": p,
                "client_id": k,
                "by_id": actor.person_id,
                "at": at,
            }
            for c, v, p, k in marks
        ],
    )


def _touch(row: Any, sheet_id: int, at: datetime) -> None:
    _run(_touch_sheet, {"sheet": sheet_id, "now": at})
    if row.sheet_state == SheetState.SUBMITTED:
        retotal(sheet_id)
    elif row.state == AssignmentState.ASSIGNED:
        db.session.execute(
            sa.update(Assignment).where(Assignment.id == row.id).values(state=AssignmentState.OPEN)
        )


def current_marks(sheet_id: int) -> dict[int, Any]:
    """Criterion -> newest mark (version, points_e2, at)."""
    rows = db.session.execute(
        sa.select(Mark.criterion_id, Mark.version, Mark.points_e2, Mark.at)
        .where(Mark.sheet_id == sheet_id)
        .order_by(Mark.version)
    )
    return {r.criterion_id: r for r in rows}


def retotal(sheet_id: int) -> int:
    """Recompute the stored total of a complete sheet; hundredths, rounded half up."""
    marks = current_marks(sheet_id)
    weights = db.session.execute(
        sa.select(Criterion.id, Criterion.weight_e2)
        .join(ScoreSheet, ScoreSheet.rubric_id == Criterion.rubric_id)
        .where(ScoreSheet.id == sheet_id, Criterion.source == CriterionSource.JUDGE)
    ).all()
    total_e4 = sum((marks[c].points_e2 or 0) * w for c, w in weights if c in marks)
    total_e2 = (total_e4 + 50) // 100
    db.session.execute(sa.update(ScoreSheet).where(ScoreSheet.id == sheet_id).values(total_e2=total_e2))
    return total_e2


def load_row(assignment_id: int) -> Any:
    """The assignment with its sheet's and stage's state, locked."""
    row = db.session.execute(_load, {"assignment": assignment_id}).first()
    if row is None:
        raise NotFound(_("Không có phiếu chấm này."))
    return row
