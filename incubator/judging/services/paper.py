"""Sheets that came on paper: typed by one person, checked by another. And points that judges do not give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import changed, db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Criterion,
    CriterionSource,
    EnteredScore,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
)
from .. import policies, scoring
from ..queries.following import held_comments
from . import marks as hot
from .sheets import finish_sheet


def enter_paper(
    assignment_id: int, points: Mapping[int, int], comment: str, *, token: str, actor: Actor, at: datetime
) -> ScoreSheet:
    """Type a paper sheet. It counts only after `check_paper()` by somebody else. Typing again replaces the marks.

    Raises Conflict when the judge has begun on a screen, Invalid for a mark that does not fit.
    """
    row = hot.load_row(assignment_id)
    ensure(policies.can_manage(actor, row.edition_id))
    _ensure_person(actor)
    if row.stage_state != StageState.OPEN or row.state not in policies.MARKED:
        raise Conflict(
            _("Vòng đang đóng hoặc bài không còn giao cho giám khảo này, nên không nhận phiếu giấy.")
        )
    if actor.person_id == row.judge_id:
        raise Conflict(_("Phiếu giấy phải do người khác giám khảo nhập."))
    if row.sheet_id and row.source == "screen":
        raise Conflict(_("Giám khảo đã chấm bài này trên máy. Mở phiếu đó thay vì nhập phiếu giấy."))
    if row.sheet_state == SheetState.SUBMITTED:
        raise Conflict(_("Phiếu giấy này đã nhập và đã được kiểm tra."))
    sheet_id = row.sheet_id or hot.open_sheet(row, actor=actor, at=at)
    _write(sheet_id, row, points, token, actor, at)
    sheet = db.session.get_one(ScoreSheet, sheet_id)
    sheet.source, sheet.comment, sheet.entered_by_id = "paper", comment.strip(), actor.person_id
    sheet.checked_by_id, sheet.checked_at, sheet.saved_at = None, None, at
    sheet.version += 1
    db.session.execute(
        sa.update(Assignment).where(Assignment.id == row.id).values(state=AssignmentState.OPEN)
    )
    db.session.flush()
    activity.record(
        "judging.paper.entered",
        sheet,
        actor=actor,
        at=at,
        edition_id=row.edition_id,
        after={"marks": {str(k): v for k, v in points.items()}},
    )
    return sheet


def _ensure_person(actor: Actor) -> None:
    if actor.person_id is None:
        raise Invalid(_("Phiếu giấy phải có người nhập cụ thể."))


def _write(
    sheet_id: int, row: Any, points: Mapping[int, int], token: str, actor: Actor, at: datetime
) -> None:
    criteria = db.session.scalars(
        sa.select(Criterion).where(
            Criterion.rubric_id == row.rubric_id, Criterion.source == CriterionSource.JUDGE
        )
    ).all()
    current = hot.current_marks(sheet_id)
    new: list[tuple[int, int, int | None, str]] = []
    for criterion in criteria:
        value = points.get(criterion.id)
        if value is None:
            raise Invalid(_("Chưa nhập điểm “%(name)s”.", name=criterion.name), field=f"m{criterion.id}")
        if scoring.mark_problem(scoring.Rule(criterion.id, criterion.max_e2, criterion.step_e2), value):
            raise Invalid(
                _(
                    "“%(name)s”: điểm từ 0 đến %(most)s, bước %(step)s.",
                    name=criterion.name,
                    most=hot.plain(criterion.max_e2),
                    step=hot.plain(criterion.step_e2),
                ),
                field=f"m{criterion.id}",
            )
        latest = current.get(criterion.id)
        if latest is None or latest.points_e2 != value:
            version = latest.version + 1 if latest else 1
            new.append((criterion.id, version, value, f"{token}-{criterion.id}-{version}"[:40]))
    if new:
        hot.insert_marks(sheet_id, new, actor=actor, at=at)


def check_paper(assignment_id: int, total_e2: int, *, actor: Actor, at: datetime) -> ScoreSheet:
    """The second person types the total that stands on the paper; if it agrees, the sheet counts.

    Raises Conflict for the person who typed the marks, Invalid when the totals differ.
    """
    row = hot.load_row(assignment_id)
    ensure(policies.can_manage(actor, row.edition_id))
    _ensure_person(actor)
    if row.sheet_id is None or row.source != "paper":
        raise NotFound(_("Chưa có phiếu giấy nào được nhập cho bài này."))
    sheet = db.session.get_one(ScoreSheet, row.sheet_id)
    if sheet.state is SheetState.SUBMITTED:
        return sheet
    if row.stage_state != StageState.OPEN:
        raise Conflict(_("Vòng đang đóng. Mở lại vòng trước khi kiểm tra phiếu."))
    if sheet.entered_by_id == actor.person_id:
        raise Conflict(_("Người nhập không tự kiểm tra phiếu của mình. Nhờ một người khác trong ban thư ký."))
    typed = hot.retotal(sheet.id)
    if typed != total_e2:
        raise Invalid(
            _(
                "Tổng trên giấy %(paper)s khác tổng các điểm đã nhập. So từng điểm với giấy; nhập sai thì nhập lại phiếu.",
                paper=hot.plain(total_e2),
            ),
            field="total",
        )
    sheet.checked_by_id, sheet.checked_at = actor.person_id, at
    finish_sheet(sheet, row, actor=actor, at=at)
    activity.record("judging.paper.checked", sheet, actor=actor, at=at, edition_id=row.edition_id)
    return sheet


def enter_scores(
    part: StageDivision,
    stage: Stage,
    criterion: Criterion,
    values: Mapping[int, int],
    source_note: str,
    *,
    actor: Actor,
    at: datetime,
) -> int:
    """Points (e2) of one criterion per stage entry; for votes the numbers of votes, turned into points by the formula.

    Only what changed becomes a new version. Returns how many changed.
    """
    ensure(policies.can_manage(actor, stage.edition_id))
    if part.state is not StageState.OPEN and part.state is not StageState.PLANNED:
        raise Conflict(_("Vòng đang đóng. Mở lại vòng trước khi sửa điểm này."))
    if criterion.rubric_id != part.rubric_id or criterion.source is CriterionSource.JUDGE:
        raise NotFound(_("Tiêu chí này không do ban thư ký nhập."))
    if not source_note.strip():
        raise Invalid(_("Ghi nguồn của điểm, ví dụ: danh sách điểm danh ngày 12/10."), field="source_note")
    votes = criterion.source is CriterionSource.VOTES
    points = scoring.votes_to_points(values, criterion.max_e2) if votes else dict(values)
    for entry_id, value in points.items():
        if not 0 <= value <= criterion.max_e2:
            raise Invalid(
                _("Điểm từ 0 đến %(most)s.", most=hot.plain(criterion.max_e2)),
                field=f"e{entry_id}",
                entry=entry_id,
            )
    latest = entered_of(part.id, [criterion.id])
    rows = [
        {
            "stage_entry_id": e,
            "criterion_id": criterion.id,
            "points_e2": p,
            "raw": values[e] if votes else None,
            "version": old.version + 1 if (old := latest.get((e, criterion.id))) else 1,
            "source_note": source_note.strip(),
            "by_id": actor.person_id,
            "at": at,
        }
        for e, p in points.items()
        if (e, criterion.id) not in latest or latest[e, criterion.id].points_e2 != p
    ]
    if rows:
        db.session.execute(sa.insert(EnteredScore), rows)
        hot.freeze(criterion.rubric_id, at)
    activity.record(
        "judging.scores.entered",
        part,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"criterion": criterion.id, "changed": len(rows)},
    )
    return len(rows)


def entered_of(part_id: int, criterion_ids: list[int]) -> dict[tuple[int, int], Any]:
    """(stage entry, criterion) -> newest entered score."""
    rows = db.session.execute(
        sa.select(
            EnteredScore.stage_entry_id,
            EnteredScore.criterion_id,
            EnteredScore.points_e2,
            EnteredScore.raw,
            EnteredScore.version,
            EnteredScore.source_note,
        )
        .join(StageEntry, StageEntry.id == EnteredScore.stage_entry_id)
        .where(StageEntry.stage_division_id == part_id, EnteredScore.criterion_id.in_(criterion_ids))
        .order_by(EnteredScore.version)
    )
    return {(r.stage_entry_id, r.criterion_id): r for r in rows}


def release_comments(part: StageDivision, stage: Stage, *, actor: Actor, at: datetime) -> int:
    """Let the teams read what judges wrote for them, without names. Only after publication of the stage."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if part.state is not StageState.PUBLISHED:
        raise Conflict(_("Nhận xét chỉ gửi cho đội sau khi kết quả được công bố."))
    sheets = held_comments(ScoreSheet.id).where(StageEntry.stage_division_id == part.id)
    count = changed(
        sa.update(ScoreSheet)
        .where(ScoreSheet.id.in_(sheets))
        .values(comment_released_at=at)
        .execution_options(synchronize_session=False)
    )
    activity.record(
        "judging.comments.released",
        part,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"sheets": count},
    )
    return count
