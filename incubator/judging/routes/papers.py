"""Papers for signature: one score sheet per judge and entry, the summary table, the minutes.

They are official papers and so Vietnamese, whatever language their printer reads; what is refused is said in that one.
"""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import force_locale

from ...core import clock, pdf
from ...core.errors import Conflict
from ...core.i18n import _
from ...core.web import current_actor, points, score, vn_date
from ...models import CriterionSource, StageDivision
from .. import scoring
from ..queries import board as boards
from ..queries import inputs
from ..queries import results as queries
from . import bp
from .setup import MANAGE


def _answer(paper: dict[str, Any], name: str) -> Response:
    response = Response(pdf.render("official", paper), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _head(part: StageDivision, kind: str, title: str) -> dict[str, Any]:
    from flask import current_app

    config = current_app.config
    return {
        "parent": str(config.get("OWNER_PARENT", "")),
        "body": str(config.get("OWNER_NAME", "")),
        "number": "",
        "place": str(config.get("DATE_PLACE", "")),
        "date": clock.today().isoformat(),
        "kind": kind,
        "title": title,
        "landscape": False,
        "blocks": [],
        "signatures": [],
        "recipients": [],
    }


def _about(part: StageDivision) -> str:
    return f"{part.stage.edition.name} – {part.stage.name}, {part.division.name}"


@bp.get("/boards/<int:part_id>/papers/sheets.pdf")
@MANAGE
def score_sheets(part_id: int) -> Response:
    """A blank sheet for every judge and entry; nothing trumps pen and paper when the line is gone all day."""
    part = boards.get_part_for(current_actor(), part_id)
    board = boards.board_of(part, inputs.method_of(part.stage))
    if not any(entry.living for entry in board.entries):
        raise Conflict(_("Chưa phân công giám khảo nên chưa có phiếu để in."))
    with force_locale("vi"):
        return _answer({"sheets": _score_sheets(part, board)}, f"phieu-cham-{part_id}")


def _score_sheets(part: StageDivision, board: boards.Board) -> list[dict[str, Any]]:
    criteria = [c for c in inputs.criteria_of(part.rubric_id) if c.source is CriterionSource.JUDGE]
    columns = [
        {"title": "STT", "align": "right", "width": "auto"},
        {"title": _("Tiêu chí"), "align": "left", "width": "3fr"},
        {"title": _("Điểm tối đa"), "align": "right", "width": "1fr"},
        {"title": _("Điểm chấm"), "align": "right", "width": "1fr"},
    ]
    table = [
        [str(i), c.name, points(c.max_e2, 0 if c.max_e2 % 100 == 0 else 1), ""]
        for i, c in enumerate(criteria, start=1)
    ]
    most = sum(c.max_e2 for c in criteria)
    table.append(["", _("Tổng"), points(most, 0), ""])
    names = {j.id: j.name for j in board.judges}
    sheets = []
    for entry in board.entries:
        for cell in entry.living:
            blind = part.stage.blind
            facts = [[_("Mã số"), entry.label], [_("Giám khảo"), names[cell.judge_id]]]
            if not blind:
                facts.insert(1, [_("Đội, đơn vị"), f"{entry.name}, {entry.school}".rstrip(", ")])
            sheet = _head(part, _("Phiếu chấm điểm"), _about(part))
            sheet["blocks"] = [
                {"type": "facts", "rows": facts},
                {"type": "table", "columns": columns, "rows": table, "size": 12},
                {"type": "text", "text": _("Nhận xét gửi đội:")},
                {"type": "lines", "count": 4},
            ]
            sheet["signatures"] = [{"lines": [_("GIÁM KHẢO")], "name": ""}]
            sheets.append(sheet)
    return sheets


def _tabulated(part: StageDivision) -> tuple[list[queries.ResultRow], scoring.Method, str]:
    tabulation = queries.tabulation_of(part.id)
    if tabulation is None:
        raise Conflict(_("Đóng vòng và tổng hợp điểm trước khi in giấy tờ này."))
    method = scoring.Method.of({k: v for k, v in tabulation.parameters.items() if k != "reason"})
    return queries.rows_of([part.id]), method, tabulation.input_hash


@bp.get("/boards/<int:part_id>/papers/summary.pdf")
@MANAGE
def summary(part_id: int) -> Response:
    """Bảng tổng hợp: every entry with its means, total and rank."""
    part = boards.get_part_for(current_actor(), part_id)
    tabulated = _tabulated(part)
    with force_locale("vi"):
        return _answer(_summary(part, *tabulated), f"tong-hop-{part_id}")


def _summary(
    part: StageDivision, rows: list[queries.ResultRow], method: scoring.Method, digest: str
) -> dict[str, Any]:
    criteria = inputs.criteria_of(part.rubric_id)
    columns = [
        {"title": t, "align": a, "width": w}
        for t, a, w in (
            (_("Hạng"), "right", "auto"),
            (_("Mã số"), "left", "auto"),
            (_("Đội"), "left", "2fr"),
            (_("Đơn vị"), "left", "2fr"),
            *((c.name, "right", "1fr") for c in criteria),
            (_("Tổng điểm"), "right", "auto"),
        )
    ]
    table = [
        [
            str(r.rank or "–"),
            r.label,
            r.name,
            r.school,
            *(score(m, method.places) for m in r.result.get("means_e4", [0] * len(criteria))),
            score(r.score_e4, method.places),
        ]
        for r in rows
    ]
    for row in table:
        row += [""] * (len(columns) - len(row))
    paper = _head(part, _("Bảng tổng hợp điểm"), _about(part))
    paper["landscape"] = True
    paper["blocks"] = [
        {"type": "table", "columns": columns, "rows": table, "size": 10},
        {"type": "text", "text": _("Mã kiểm tra dữ liệu: %(hash)s", hash=digest[:16])},
    ]
    paper["signatures"] = [
        {"lines": [_("NGƯỜI TỔNG HỢP")], "name": ""},
        {"lines": [_("TRƯỞNG BAN GIÁM KHẢO")], "name": ""},
    ]
    return paper


@bp.get("/boards/<int:part_id>/papers/minutes.pdf")
@MANAGE
def minutes(part_id: int) -> Response:
    """Biên bản: who judged, how it was counted, ties and how they were decided, the ranking that counts."""
    part = boards.get_part_for(current_actor(), part_id)
    tabulated = _tabulated(part)
    with force_locale("vi"):
        return _answer(_minutes(part, *tabulated), f"bien-ban-{part_id}")


def _minutes(
    part: StageDivision, rows: list[queries.ResultRow], method: scoring.Method, digest: str
) -> dict[str, Any]:
    board = boards.board_of(part, method)
    names = queries.key_names(method, inputs.criteria_of(part.rubric_id))
    judges = [[str(i), j.name, str(j.done), str(j.left)] for i, j in enumerate(board.judges, start=1)]
    limit = part.advance or 20
    listed = [r for r in rows if r.rank is not None and r.rank <= limit]
    decided = [_decided(t) for t in queries.ties_of(part, part.stage, names, wider=part.advance is None)]
    paper = _head(part, _("Biên bản"), _("Họp hội đồng chấm thi %(about)s", about=_about(part)))
    paper["blocks"] = [
        {"type": "heading", "text": _("1. Giám khảo")},
        {
            "type": "table",
            "size": 12,
            "rows": judges,
            "columns": [
                {"title": "STT", "align": "right", "width": "auto"},
                {"title": _("Họ tên"), "align": "left", "width": "3fr"},
                {"title": _("Đã nộp"), "align": "right", "width": "1fr"},
                {"title": _("Còn thiếu"), "align": "right", "width": "1fr"},
            ],
        },
        {"type": "heading", "text": _("2. Cách tính")},
        {"type": "text", "text": _method_text(method, part)},
        {"type": "heading", "text": _("3. Đồng điểm")},
        {"type": "list", "items": decided or [_("Không có đồng điểm ở suất vào vòng sau hoặc suất giải.")]},
        {"type": "heading", "text": _("4. Kết quả")},
        {
            "type": "table",
            "size": 12,
            "columns": [
                {"title": _("Hạng"), "align": "right", "width": "auto"},
                {"title": _("Mã số"), "align": "left", "width": "auto"},
                {"title": _("Đội"), "align": "left", "width": "2fr"},
                {"title": _("Đơn vị"), "align": "left", "width": "2fr"},
                {"title": _("Tổng điểm"), "align": "right", "width": "auto"},
            ],
            "rows": [
                [str(r.rank), r.label, r.name, r.school, score(r.score_e4, method.places)] for r in listed
            ],
        },
        {"type": "text", "text": _("Mã kiểm tra dữ liệu: %(hash)s", hash=digest[:16])},
    ]
    paper["signatures"] = [
        {"lines": [_("THƯ KÝ")], "name": ""},
        {"lines": [_("TM. HỘI ĐỒNG"), _("CHỦ TỊCH")], "name": ""},
    ]
    return paper


def _decided(tie: queries.TieView) -> str:
    if tie.row.outcome is None:
        return _("%(title)s. Chưa giải quyết.", title=tie.title)
    return _(
        "%(title)s. %(how)s; người quyết định: %(who)s; người ghi nhận: %(by)s. Căn cứ: %(reason)s",
        title=tie.title,
        how=queries.outcome_words()[tie.row.outcome],
        who=tie.decided_by or "–",
        by=tie.recorded_by or "–",
        reason=tie.row.reason,
    )


def _method_text(method: scoring.Method, part: StageDivision) -> str:
    how = {
        scoring.Aggregate.MEAN: _("trung bình các phiếu được tính"),
        scoring.Aggregate.SUM: _("tổng các phiếu"),
        scoring.Aggregate.TRIMMED: _("trung bình sau khi bỏ phiếu cao nhất và thấp nhất"),
    }[method.aggregate]
    return _(
        "Mỗi bài %(k)s phiếu; kết quả là %(how)s, làm tròn %(places)s chữ số. Vòng đóng ngày %(day)s.",
        k=method.expected,
        how=how,
        places=method.places,
        day=vn_date(part.closed_at),
    )
