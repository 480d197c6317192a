"""A sheet understood: its header, the role of every column, and the shape of its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from incubator.contests.registration_files.cleaning import Cleaner, as_text, column_encodings, encodings_of
from incubator.contests.registration_files.heads import Header, find_header, infer_from_content
from incubator.contests.registration_files.records import Cell, ColumnRead, SheetMapping, SheetReport
from incubator.contests.registration_files.sentences import Sentence, say
from incubator.contests.registration_files.tables import Sheet

_HEAD_ROWS = 44
_COACH_PART = re.compile(r"(coach\d*)\.(?:name|phone|email)")
_MEMBER_NAME = re.compile(r"member(\d+)\.name")
ROW_A_TEAM, ROW_A_PUPIL, PEOPLE_IN_A_CELL = "row_a_team", "row_a_pupil", "people_in_a_cell"
_ROLE_NAMES = {
    "team": "Tên đội", "school": "Trường", "division": "Bảng", "coach.name": "Giáo viên hướng dẫn",
    "coach.phone": "Số điện thoại", "coach.email": "Thư điện tử", "members": "Danh sách học sinh",
}  # fmt: skip


class SheetError(Exception):
    """The sheet cannot be read; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(slots=True)
class Layout:
    """Where each thing stands. `first` is the index of the first row below the header."""

    shape: str
    first: int
    columns: dict[str, int]  # role -> column
    members: list[dict[str, int]]  # per pupil: name, birth, class -> column
    coaches: list[dict[str, int]]  # per coach: name, phone, email -> column
    cleaners: list[Cleaner]
    labels: list[str]
    titles: list[str]  # texts above the header
    tops: dict[tuple[int, int], int] = field(default_factory=dict)  # merged cell -> row that holds its value

    def raw(self, sheet: Sheet, row: int, role: str) -> Cell:
        column = self.columns.get(role)
        return None if column is None else self.cell(sheet, row, column)

    def cell(self, sheet: Sheet, row: int, column: int) -> Cell:
        values = sheet.rows[row]
        return values[column] if column < len(values) else None


def understand(file: str, sheet: Sheet, report: SheetReport, mapping: SheetMapping | None) -> Layout:
    """The layout of a sheet; fills `report`. Raises SheetError when there is no header or two columns
    clash."""
    width = max((len(row) for row in sheet.rows), default=0)
    encodings = column_encodings(sheet.rows, width)
    cleaners = [Cleaner(encoding) for encoding in encodings]
    head = [
        [cleaners[i](cell)[0].replace("\n", " ") for i, cell in enumerate(row)] + [""] * (width - len(row))
        for row in sheet.rows[:_HEAD_ROWS]
    ]
    filled = [(number, cells) for number, cells in enumerate(head, 1) if any(cells)]
    report.preview = [(number, [cell[:60] for cell in cells[:40]]) for number, cells in filled[:8]]
    header = _header(file, sheet, head, mapping)
    roles = _roles(sheet, header, mapping)
    inferred = infer_from_content(roles, _columns_below(sheet, header, width)) if mapping is None else {}
    roles = [inferred.get(index, role) for index, role in enumerate(roles)]
    labels = [" ".join(part for part in pair if part) for pair in header.labels]
    report.header_rows = tuple(range(header.top + 1, header.bottom + 2))
    report.columns = _column_reads(sheet, header, roles, labels, cleaners, set(inferred))
    for encoding in encodings_of(encodings):
        report.notices.append(say("text_before_unicode", encoding=encoding.upper()))
    roles = _without_clashes(file, sheet, header, roles)
    return _layout(sheet, header, roles, cleaners, labels, head)


def _header(file: str, sheet: Sheet, head: list[list[str]], mapping: SheetMapping | None) -> Header:
    if mapping is not None and mapping.header_row is not None:
        row = mapping.header_row
        labels = tuple(("", cell) for cell in head[row]) if 0 <= row < len(head) else ()
        width = max((len(cells) for cells in head), default=0)
        labels = labels or tuple(("", "") for _ in range(width))
        return Header(row, row, labels, tuple("" for _ in labels))
    header = find_header(sheet, head)
    if header is None:
        raise SheetError(say("no_header", sheet=sheet.name, name=file))
    return header


def _roles(sheet: Sheet, header: Header, mapping: SheetMapping | None) -> list[str]:
    roles = list(header.roles)
    for index, role in (mapping.columns if mapping else {}).items():
        if 0 <= index < len(roles):
            if role not in ("ignore", ""):
                roles = ["" if other == role else other for other in roles]
            roles[index] = role
    return roles


def _columns_below(sheet: Sheet, header: Header, width: int) -> list[list[Cell]]:
    rows = sheet.rows[header.bottom + 1 : header.bottom + 201]
    return [[row[i] if i < len(row) else None for row in rows] for i in range(width)]


def _column_reads(
    sheet: Sheet,
    header: Header,
    roles: list[str],
    labels: list[str],
    cleaners: list[Cleaner],
    inferred: set[int],
) -> list[ColumnRead]:
    below = _columns_below(sheet, header, len(roles))
    samples = [
        next((cleaners[i](cell)[0] for cell in cells if cell is not None), "")
        for i, cells in enumerate(below)
    ]
    return [
        ColumnRead(i, labels[i], role, cleaners[i].encoding.value, i in inferred, samples[i][:60])
        for i, role in enumerate(roles)
        if labels[i] or samples[i]
    ]


def _without_clashes(file: str, sheet: Sheet, header: Header, roles: list[str]) -> list[str]:
    """A role that two columns claim: the second is dropped when it is empty or says the same, else a
    problem."""
    seen: dict[str, int] = {}
    out = list(roles)
    columns = _columns_below(sheet, header, len(roles))
    for index, role in enumerate(roles):
        if role in ("", "ignore", "index", "notes", "area", "project"):
            continue
        if role not in seen:
            seen[role] = index
            continue
        first = seen[role]
        if any(cell is not None and cell != columns[first][i] for i, cell in enumerate(columns[index])):
            raise SheetError(
                say(
                    "duplicate_columns", sheet=sheet.name, name=file, role=_ROLE_NAMES.get(role, role),
                    one=column_letter(first), other=column_letter(index),
                )
            )  # fmt: skip
        out[index] = "ignore"
    return out


def column_letter(index: int) -> str:
    """0 → A, 26 → AA, as spreadsheets name columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _layout(
    sheet: Sheet,
    header: Header,
    roles: list[str],
    cleaners: list[Cleaner],
    labels: list[str],
    head: list[list[str]],
) -> Layout:
    columns: dict[str, int] = {}
    for index, role in enumerate(roles):
        if role and role != "ignore":
            columns.setdefault(role, index)
    numbers = sorted({int(match[1]) for role in columns if (match := _MEMBER_NAME.fullmatch(role))})
    members = [
        {
            part: columns[f"member{n}.{part}"]
            for part in ("name", "birth", "class")
            if f"member{n}.{part}" in columns
        }
        for n in numbers
    ]
    people = {match[1] for role in columns if (match := _COACH_PART.fullmatch(role))}
    coaches = [
        {part: columns[f"{who}.{part}"] for part in ("name", "phone", "email") if f"{who}.{part}" in columns}
        for who in sorted(people, key=_order)
    ]
    titles = [cell for row in head[: header.top] for cell in row if cell]
    shape = PEOPLE_IN_A_CELL if "members" in columns else ROW_A_TEAM if len(members) > 1 else ROW_A_PUPIL
    tops = {
        (row, column): top
        for (top, left), (bottom, right) in sheet.merges or ()
        if top > header.bottom
        for row in range(top + 1, bottom + 1)
        for column in range(left, right + 1)
    }
    return Layout(shape, header.bottom + 1, columns, members, coaches, cleaners, labels, titles, tops)


def _order(who: str) -> int:
    """“coach” is the first, “coach2” the second."""
    return int(who.removeprefix("coach") or 1)


def is_repeated_header(sheet: Sheet, layout: Layout, row: int) -> bool:
    """Long lists repeat their header on every printed page."""
    cells = [as_text(cell) for cell in sheet.rows[row]]
    filled = [(i, layout.cleaners[i](text)[0].replace("\n", " ")) for i, text in enumerate(cells) if text]
    same = sum(
        bool(layout.labels[i]) and layout.labels[i].endswith(text)
        for i, text in filled
        if i < len(layout.labels)
    )
    return len(filled) >= 3 and same * 3 >= len(filled) * 2
