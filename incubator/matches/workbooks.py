"""Schedule and results as .xlsx, out and in."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from ..core import clock
from ..core.errors import Invalid
from ..core.i18n import _
from ..core.packages import MAX_CELLS, TooMuchError, far_cells
from ..models import ResultVersion
from .outcomes import Presence, Ruling
from .queries.snapshot import Board
from .queries.views import MatchView
from .replay_matches import PRESENCES

HEAD = (
    "match",
    "group",
    "court",
    "start",
    "red",
    "blue",
    "red_score",
    "blue_score",
    "outcome",
    "red_penalty",
    "blue_penalty",
    "decided",
    "special",
    "special_time",
    "note",
)
_OUTCOMES = ("played", *PRESENCES)
_SIDES = ("red", "blue")
_DECIDED = tuple(f"{how}:{side}" for how in ("jury", "lots") for side in _SIDES)
MOST = 2000


def export(board: Board, matches: Sequence[MatchView]) -> bytes:
    """One row a match; the same file, filled in, is what `read_results` takes."""
    import xlsxwriter

    groups = {group.id: group.name for group in board.groups}
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("matches")
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, HEAD, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(HEAD) - 1, 16)
    for n, view in enumerate(matches, 1):
        start = clock.local(view.starts_at).strftime("%Y-%m-%d %H:%M") if view.starts_at else ""
        row: list[Any] = [
            view.code,
            groups.get(view.group_id or 0, ""),
            view.court,
            start,
            view.red.team,
            view.blue.team,
            *_result(board.versions.get(view.id)),
        ]
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(n, column, value)
            else:
                sheet.write_string(n, column, str(value))  # never a formula
    book.close()
    return stream.getvalue()


def _result(version: ResultVersion | None) -> list[Any]:
    """The cells from the scores on, so that reading them gives the same result again."""
    if version is None:
        return [""] * (len(HEAD) - HEAD.index("red_score"))
    pair = tuple(Presence(sheet.get("presence", "present")) for sheet in version.sheets)
    outcome = next((name for name, presences in PRESENCES.items() if presences == pair), "")
    ruling = version.ruling or {}
    penalty = ruling.get("penalty") or ["", ""]
    winner = ruling.get("winner")
    decided = f"{ruling.get('how') or 'jury'}:{_SIDES[winner]}" if winner is not None else ""
    times = [(sheet.get("special"), side) for sheet, side in zip(version.sheets, _SIDES, strict=False)]
    special = min(((time, side) for time, side in times if time), default=(0, ""))
    return [
        version.red_score,
        version.blue_score,
        outcome,
        *penalty,
        decided,
        special[1],
        special[0] / 10 if special[0] else "",
        version.note,
    ]


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
    ruling: Ruling = field(default_factory=Ruling)
    specials: tuple[int | None, int | None] = (None, None)  # tenths of a second


def read_results(content: bytes) -> list[ReadRow]:
    """Rows that hold a result. Raises Invalid naming row and column for anything that cannot be one."""
    rows = _cells(content)
    if not rows:
        raise Invalid(_("Tệp trống."), field="file")
    names = [str(cell).strip().lower() for cell in rows[0]]
    missing = [name for name in ("match", "red_score", "blue_score") if name not in names]
    if missing:
        raise Invalid(_("Thiếu cột %(names)s ở dòng 1.", names=", ".join(missing)), field="file")
    if len(rows) > MOST:
        raise Invalid(_("Tệp có quá %(n)s dòng.", n=MOST), field="file")
    found = [_row(n, dict(zip(names, row, strict=False))) for n, row in enumerate(rows[1:], 2)]
    results = [row for row in found if row is not None]
    if not results:
        raise Invalid(_("Tệp chưa có kết quả nào: điền điểm hai bên rồi gửi lại."), field="file")
    return results


def _cells(content: bytes) -> list[list[Any]]:
    """The first sheet, after a look at how large it would become in memory."""
    from python_calamine import CalamineError, CalamineWorkbook

    unreadable = Invalid(_("Không đọc được tệp. Gửi tệp .xlsx tải từ trang này."), field="file")
    try:
        if far_cells(content):
            raise unreadable
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise unreadable
        rows: list[list[Any]] = sheet.to_python()
    except (TooMuchError, BadZipFile, zlib.error, CalamineError, OSError, ValueError, IndexError) as error:
        raise unreadable from error
    return rows


def _row(n: int, cells: dict[str, Any]) -> ReadRow | None:
    code = str(cells.get("match") or "").strip()
    outcome = _choice(n, cells, "outcome", _OUTCOMES) or "played"
    values = [cells.get("red_score"), cells.get("blue_score")]
    blank = [value in (None, "") for value in values]
    if not code or (all(blank) and outcome == "played"):
        return None
    if any(blank) and outcome == "played":
        raise Invalid(_("Dòng %(n)s: thiếu điểm của một bên.", n=n), field="file")
    return ReadRow(
        n,
        code,
        str(cells.get("red") or "").strip(),
        str(cells.get("blue") or "").strip(),
        (_whole(n, values[0]), _whole(n, values[1])),
        outcome,
        str(cells.get("note") or "").strip(),
        _ruling(n, cells),
        _specials(n, cells),
    )


def _ruling(n: int, cells: dict[str, Any]) -> Ruling:
    shots = [cells.get("red_penalty"), cells.get("blue_penalty")]
    penalty = (
        None if all(shot in (None, "") for shot in shots) else (_whole(n, shots[0]), _whole(n, shots[1]))
    )
    decided = _choice(n, cells, "decided", _DECIDED)
    how, _colon, side = decided.partition(":")
    return Ruling(how, _SIDES.index(side) if side else None, penalty)


def _specials(n: int, cells: dict[str, Any]) -> tuple[int | None, int | None]:
    side = _choice(n, cells, "special", _SIDES)
    if not side:
        return None, None
    try:
        time = round(float(cells.get("special_time") or 0) * 10)
    except (TypeError, ValueError):
        time = 0
    if time <= 0:
        raise Invalid(_("Dòng %(n)s: special_time phải là số giây lớn hơn 0.", n=n), field="file")
    return (time, 0) if side == "red" else (0, time)


def _choice(n: int, cells: dict[str, Any], name: str, known: Sequence[str]) -> str:
    text = str(cells.get(name) or "").strip()
    if text and text not in known:
        raise Invalid(
            _("Dòng %(n)s: %(name)s phải là một trong %(all)s.", n=n, name=name, all=", ".join(known)),
            field="file",
        )
    return text


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
