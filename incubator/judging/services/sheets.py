"""A sheet as a whole: texts, the plain form, submission, reopening, conflicts declared by the judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    ConflictKind,
    Criterion,
    CriterionSource,
    Entry,
    ScoreSheet,
    SheetState,
    StageEntry,
    StageState,
)
from ...models import Conflict as ConflictRow
from .. import policies
from . import marks as hot


@dataclass(slots=True)
class Clash:
    """Values that another tab or device saved meanwhile: criterion -> newest mark; text name -> stored text."""

    marks: dict[int, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.marks or self.texts)


def save_text(assignment_id: int, name: str, text: str, *, base: str, actor: Actor, at: datetime) -> int:
    """Save one of the three texts if it still reads `base` (or already reads `text`). Returns the sheet's version.

    Raises Conflict code "stale" with `text`, what another tab or device wrote.
    """
    if name not in hot.TEXTS:
        raise Invalid(_("Không có ô này trong phiếu."))
    row = hot.load_row(assignment_id)
    hot.ensure_open(actor, row)
    sheet = _sheet(row, actor, at)
    stored = getattr(sheet, name)
    if stored == text:
        return sheet.version
    if stored != base:
        raise Conflict(
            _("Nhận xét này vừa được sửa trên máy hoặc thẻ khác."),
            code="stale",
            name=name,
            text=stored,
            version=sheet.version,
        )
    _write_text(sheet, name, text, at)
    _record_texts(row, sheet, [name], actor, at)
    return sheet.version


def _write_text(sheet: ScoreSheet, name: str, text: str, at: datetime) -> None:
    if len(text) > hot.LONGEST:
        raise Invalid(_("Nhận xét dài nhất %(n)s ký tự.", n=hot.LONGEST), field=name)
    setattr(sheet, name, text)
    sheet.version += 1
    sheet.saved_at = at
    db.session.flush()


def _record_texts(row: Any, sheet: ScoreSheet, names: list[str], actor: Actor, at: datetime) -> None:
    activity.record(
        "judging.text.saved",
        sheet,
        actor=actor,
        at=at,
        edition_id=row.edition_id,
        after={n: activity.digest(getattr(sheet, n)) for n in names},
    )


def _sheet(row: Any, actor: Actor, at: datetime) -> ScoreSheet:
    sheet_id = row.sheet_id or hot.open_sheet(row, actor=actor, at=at)
    sheet: ScoreSheet = db.session.get_one(ScoreSheet, sheet_id)
    return sheet


def save_sheet(
    assignment_id: int,
    points: Mapping[int, int | None],
    bases: Mapping[int, int],
    texts: Mapping[str, str],
    text_bases: Mapping[str, str],
    *,
    token: str,
    actor: Actor,
    at: datetime,
) -> Clash:
    """The plain form: save all that changed. What another device changed meanwhile is not touched but returned.

    `token` makes the client ids of this sending, so that a form sent twice is saved once.
    """
    row = hot.load_row(assignment_id)
    hot.ensure_open(actor, row)
    current = hot.current_marks(row.sheet_id) if row.sheet_id else {}
    clash = Clash()
    for criterion_id, value in points.items():
        latest = current.get(criterion_id)
        if (latest.points_e2 if latest else None) == value:
            continue
        if bases.get(criterion_id, 0) != (latest.version if latest else 0):
            clash.marks[criterion_id] = latest
            continue
        hot.save_mark(
            assignment_id,
            criterion_id,
            value,
            base=bases.get(criterion_id, 0),
            client_id=f"{token}-{criterion_id}"[:40],
            actor=actor,
            at=at,
        )
    _save_texts(hot.load_row(assignment_id), texts, text_bases, clash, actor, at)
    return clash


def _save_texts(
    row: Any, texts: Mapping[str, str], bases: Mapping[str, str], clash: Clash, actor: Actor, at: datetime
) -> None:
    if not row.sheet_id and not any(texts.values()):
        return
    sheet = _sheet(row, actor, at)
    changed = []
    for name in (n for n in hot.TEXTS if n in texts):
        stored = getattr(sheet, name)
        if stored == texts[name]:
            continue
        if stored != bases.get(name, ""):
            clash.texts[name] = stored
            continue
        _write_text(sheet, name, texts[name], at)
        changed.append(name)
    if changed:
        _record_texts(row, sheet, changed, actor, at)


def submit_sheet(
    assignment_id: int, *, actor: Actor, at: datetime, versions: Mapping[int, int] | None = None
) -> ScoreSheet:
    """Hand in a complete sheet. Twice is once. `versions`: the marks that the judge saw; others raise "stale"."""
    row = hot.load_row(assignment_id)
    hot.ensure_open(actor, row)
    sheet = _sheet(row, actor, at)
    current = hot.current_marks(sheet.id)
    for criterion_id, version in (versions or {}).items():
        latest = current.get(criterion_id)
        if latest is None and version:
            raise hot.stale(criterion_id, 0)
        if latest is not None and latest.version != version:
            raise hot.stale(criterion_id, latest.version, latest.points_e2, latest.at)
    missing = _missing(sheet, current)
    if missing:
        raise Invalid(
            _("Chưa chấm: %(names)s. Chấm đủ rồi nộp.", names=", ".join(missing)), code="incomplete"
        )
    if sheet.state is SheetState.SUBMITTED:
        return sheet
    finish_sheet(sheet, row, actor=actor, at=at)
    return sheet


def _missing(sheet: ScoreSheet, current: Mapping[int, Any]) -> list[str]:
    rows = db.session.execute(
        sa.select(Criterion.id, Criterion.name)
        .where(Criterion.rubric_id == sheet.rubric_id, Criterion.source == CriterionSource.JUDGE)
        .order_by(Criterion.position)
    )
    return [r.name for r in rows if r.id not in current or current[r.id].points_e2 is None]


def finish_sheet(sheet: ScoreSheet, row: Any, *, actor: Actor, at: datetime) -> None:
    """Total, state and record of a sheet that is complete; also for checked paper sheets."""
    sheet.total_e2 = hot.retotal(sheet.id)
    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, at
    sheet.version += 1
    db.session.execute(
        sa.update(Assignment).where(Assignment.id == row.id).values(state=AssignmentState.SUBMITTED)
    )
    db.session.flush()
    activity.record(
        "judging.sheet.submitted",
        sheet,
        actor=actor,
        at=at,
        edition_id=row.edition_id,
        after={"total_e2": sheet.total_e2},
    )


def reopen_sheet(assignment_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Give a submitted sheet back to its judge. Old marks stay; the judge is told why."""
    row = hot.load_row(assignment_id)
    ensure(policies.can_manage(actor, row.edition_id))
    if not reason.strip():
        raise Invalid(_("Ghi lý do mở lại phiếu; giám khảo sẽ đọc được."), field="reason")
    if row.stage_state != StageState.OPEN:
        raise Conflict(_("Vòng đang đóng. Mở lại vòng trước khi mở lại phiếu."))
    if row.sheet_state != SheetState.SUBMITTED:
        raise Conflict(_("Phiếu này chưa nộp nên không cần mở lại."))
    sheet = db.session.get_one(ScoreSheet, row.sheet_id)
    sheet.state, sheet.total_e2, sheet.submitted_at = SheetState.REOPENED, None, None
    sheet.version += 1
    db.session.execute(
        sa.update(Assignment)
        .where(Assignment.id == row.id)
        .values(state=AssignmentState.REOPENED, reason=reason.strip())
    )
    activity.record(
        "judging.sheet.reopened", sheet, actor=actor, at=at, edition_id=row.edition_id, reason=reason.strip()
    )
    activity.notify(
        "judging/reopened",
        person_id=row.judge_id,
        at=at,
        url=f"/judging/sheets/{row.id}",
        assignment_id=row.id,
    )


def declare_conflict(
    assignment_id: int, kind: ConflictKind, reason: str, *, actor: Actor, at: datetime
) -> None:
    """The judge knows the team: the entry leaves the list, the sheet is void, the secretary sees why."""
    row = hot.load_row(assignment_id)
    if policies.is_judge_of(actor, row):
        hot.ensure_open(actor, row)
    else:
        ensure(policies.can_manage(actor, row.edition_id))
    if not reason.strip():
        raise Invalid(_("Ghi ngắn gọn quan hệ với đội, ví dụ: học trò cũ."), field="reason")
    team_id = db.session.scalar(
        sa.select(Entry.team_id)
        .join(StageEntry, StageEntry.entry_id == Entry.id)
        .join(Assignment, Assignment.stage_entry_id == StageEntry.id)
        .where(Assignment.id == assignment_id)
    )
    source = "judge" if policies.is_judge_of(actor, row) else "secretary"
    db.session.add(
        ConflictRow(
            person_id=row.judge_id,
            team_id=team_id,
            kind=kind,
            reason=reason.strip(),
            source=source,
            valid_from=at,
        )
    )
    db.session.execute(
        sa.update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(state=AssignmentState.DECLINED, reason=reason.strip())
    )
    if row.sheet_id:
        sheet = db.session.get_one(ScoreSheet, row.sheet_id)
        sheet.state, sheet.void_reason = SheetState.VOID, reason.strip()
    db.session.flush()
    activity.record(
        "judging.conflict.declared",
        actor=actor,
        at=at,
        edition_id=row.edition_id,
        object_type="assignment",
        object_id=assignment_id,
        after={"kind": kind},
        reason=reason.strip(),
    )
