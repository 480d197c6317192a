"""What keeps a stage from its next step, in sentences: what, how many, and the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...core.web import named
from ...models import (
    Assignment,
    AssignmentState,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
)
from .. import scoring
from . import inputs, ranking


@dataclass(frozen=True, slots=True)
class Blocker:
    """`kind` is an icon of the blocker list; `blocks` is False for what is only worth knowing."""

    kind: str
    title: str
    text: str = ""
    blocks: bool = True
    code: str = ""
    ids: tuple[int, ...] = ()


def for_closing(
    part: StageDivision, stage: Stage, method: scoring.Method, given: inputs.Inputs | None = None
) -> list[Blocker]:
    """Blockers and notes before closing, by the rule for missing marks in `method`."""
    given = given or inputs.inputs_of(part.id, part.rubric_id)
    result = (
        scoring.tabulate(given.rules, method, given.entry_ids, given.sheets, given.entered)
        if given.rules
        else None
    )
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.state, ScoreSheet.source, ScoreSheet.state.label("sheet_state"))
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            StageEntry.stage_division_id == part.id,
            Assignment.practice.is_(False),
            sa.or_(Assignment.state == AssignmentState.DECLINED, ScoreSheet.source == "paper"),
        )
    ).all()
    found = [*_waiting(result, method), *_unchecked(rows), *_gaps(result, method), *_owed(given)]
    found += [*_chain(given, method), *_nowhere(part, stage)]
    declined = sum(r.state is AssignmentState.DECLINED for r in rows)
    if declined:
        text = _("Phiếu của các bài này không tính; xem từng bài đã đủ giám khảo chưa.")
        found.append(
            Blocker(
                "ok", _("%(n)s xung đột lợi ích đã khai.", n=declined), text, blocks=False, code="declined"
            )
        )
    return found


def _waiting(result: scoring.Result | None, method: scoring.Method) -> list[Blocker]:
    if result is None or not result.waiting:
        return []
    n = len(result.waiting)
    by_count = Counter(r.sheets for r in result.rows if r.rank is None)
    text = "; ".join(_("%(n)s bài có %(k)s phiếu", n=by_count[k], k=k) for k in sorted(by_count))
    if method.missing is scoring.Missing.MEAN:
        title = _("%(n)s bài chưa có đủ %(m)s phiếu tối thiểu.", n=n, m=method.at_least)
    elif method.missing is scoring.Missing.RESERVE:
        title = _("%(n)s bài chưa đủ %(k)s phiếu: giao cho giám khảo dự bị.", n=n, k=method.expected)
    else:
        title = _("%(n)s bài chưa đủ %(k)s phiếu.", n=n, k=method.expected)
    return [Blocker("bad", title, text, code="missing", ids=result.waiting)]


def _unchecked(rows: Sequence[Any]) -> list[Blocker]:
    living = (AssignmentState.OPEN, AssignmentState.ASSIGNED)
    waiting = tuple(
        r.id for r in rows if r.source == "paper" and r.sheet_state is SheetState.DRAFT and r.state in living
    )
    if not waiting:
        return []
    text = _("Một người khác người nhập phải kiểm tra tổng điểm.")
    return [
        Blocker("bad", _("%(n)s phiếu giấy chờ kiểm tra.", n=len(waiting)), text, code="paper", ids=waiting)
    ]


def _gaps(result: scoring.Result | None, method: scoring.Method) -> list[Blocker]:
    if result is None or not result.gaps or method.gap_e4 is None:
        return []
    text = _(
        "Ngưỡng %(t)s điểm: chấm lại hoặc thêm giám khảo; mọi bản phiếu đều được giữ.",
        t=method.gap_e4 // 10_000,
    )
    # A gap is a rule for judges, not for the arithmetic: the chair may close with it.
    return [
        Blocker(
            "warn",
            _("%(n)s bài có phiếu lệch quá ngưỡng.", n=len(result.gaps)),
            text,
            False,
            "gap",
            result.gaps,
        )
    ]


def _owed(given: inputs.Inputs) -> list[Blocker]:
    if not given.not_entered:
        return []
    names = {c.id: named(c) for c in given.criteria}
    counts = Counter(names[c] for _e, c in given.not_entered)
    text = "; ".join(f"{name}: {n}" for name, n in counts.items())
    return [Blocker("bad", _("Còn điểm ban thư ký chưa nhập."), text, code="entered")]


def _chain(given: inputs.Inputs, method: scoring.Method) -> list[Blocker]:
    """A tie-break that names a criterion which the rubric no longer has would silently decide nothing."""
    known = {c.id for c in given.criteria}
    lost = sum(bool(step.criteria) and known.isdisjoint(step.criteria) for step in method.chain)
    if not lost:
        return []
    text = _("Bộ tiêu chí đã đổi. Chọn lại ở trang Cách tính.")
    return [Blocker("bad", _("%(n)s bước xét đồng điểm không còn tiêu chí.", n=lost), text, code="chain")]


def _nowhere(part: StageDivision, stage: Stage) -> list[Blocker]:
    """A cut in the last stage would send entries nowhere and give no prizes."""
    if part.advance is None or ranking.later_part(part, stage) is not None:
        return []
    text = _("Thêm vòng sau, hoặc để trống số vào vòng sau ở trang thiết lập cuộc thi.")
    title = _("Vòng này lấy %(n)s bài vào vòng sau nhưng không có vòng sau.", n=part.advance)
    return [Blocker("bad", title, text, code="nowhere")]
