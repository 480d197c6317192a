"""Schedule and results as .xlsx, out and in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ..core import clock
from ..core.errors import Invalid
from ..core.i18n import _
from .queries.views import MatchView

HEAD = ("match", "group", "court", "start", "red", "blue", "red_score", "blue_score", "outcome", "note")
_OUTCOMES = (
    "played",
    "walkover_red",
    "walkover_blue",
    "both_absent",
    "dsq_red",
    "dsq_blue",
    "dnf_red",
    "dnf_blue",
)
MOST = 2000


def export(matches: Sequence[MatchView], groups: dict[int, str]) -> bytes:
    """One row a match; the same file, filled in, is what `read_results` takes."""
    import xlsxwriter

    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("matches")
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, HEAD, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 9, 16)
    for n, view in enumerate(matches, 1):
        start = clock.local(view.starts_at).strftime("%Y-%m-%d %H:%M") if view.starts_at else ""
        score = (view.red.score, view.blue.score) if view.done else ("", "")
        row: list[Any] = [
            view.code, groups.get(view.group_id or 0, ""), view.court, start, view.red.team, view.blue.team, *score, "", "",
        ]  # fmt: skip
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(n, column, value)
            else:
                sheet.write_string(n, column, str(value))  # never a formula
    book.close()
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A result from a workbook. `row` is its line there, for messages."""

    row: int
    code: str
    red: str
    blue: str
    scores: tuple[int, int]
    outcome: str
    note: str


def read_results(content: bytes) -> list[ReadRow]:
    """Rows that hold a result. Raises Invalid naming row and column for anything that cannot be one."""
    from python_calamine import CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    except Exception as error:
        raise Invalid(_("Không đọc được tệp. Gửi tệp .xlsx tải từ trang này."), field="file") from error
    if not rows:
        raise Invalid(_("Tệp trống."), field="file")
    names = [str(cell).strip().lower() for cell in rows[0]]
    missing = [name for name in ("match", "red_score", "blue_score") if name not in names]
    if missing:
        raise Invalid(_("Thiếu cột %(names)s ở dòng 1.", names=", ".join(missing)), field="file")
    if len(rows) > MOST:
        raise Invalid(_("Tệp có quá %(n)s dòng.", n=MOST), field="file")
    found = [_row(n, dict(zip(names, row, strict=False))) for n, row in enumerate(rows[1:], 2)]
    return [row for row in found if row is not None]


def _row(n: int, cells: dict[str, Any]) -> ReadRow | None:
    code = str(cells.get("match") or "").strip()
    outcome = str(cells.get("outcome") or "").strip() or "played"
    values = [cells.get("red_score"), cells.get("blue_score")]
    blank = [value in (None, "") for value in values]
    if not code or (all(blank) and outcome == "played"):
        return None
    if outcome not in _OUTCOMES:
        raise Invalid(
            _("Dòng %(n)s: outcome phải là một trong %(all)s.", n=n, all=", ".join(_OUTCOMES)), field="file"
        )
    if any(blank) and outcome == "played":
        raise Invalid(_("Dòng %(n)s: thiếu điểm của một bên.", n=n), field="file")
    return ReadRow(
        n, code, str(cells.get("red") or "").strip(), str(cells.get("blue") or "").strip(),
        (_whole(n, values[0]), _whole(n, values[1])), outcome, str(cells.get("note") or "").strip(),
    )  # fmt: skip


def _whole(n: int, value: Any) -> int:
    if value in (None, ""):
        return 0
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.5
    if number != int(number) or abs(number) > 100_000:
        raise Invalid(_("Dòng %(n)s: điểm “%(value)s” không phải số nguyên.", n=n, value=value), field="file")
    return int(number)
