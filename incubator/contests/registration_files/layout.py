"""A sheet understood: its header, the role of every column, and the shape of its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from incubator.contests.registration_files.cleaning import Cleaner, as_text, clean, cleaners_of, encodings_of
from incubator.contests.registration_files.columns import Meaning, meaning_of
from incubator.contests.registration_files.contents import infer_from_content
from incubator.contests.registration_files.dates import DateOrder, date_order
from incubator.contests.registration_files.heads import HEAD_ROWS, Header, find_header
from incubator.contests.registration_files.records import Cell, ColumnRead, SheetMapping, SheetReport
from incubator.contests.registration_files.sentences import MEMBER_PARTS, Sentence, say
from incubator.contests.registration_files.tables import Sheet, column_letter
from incubator.contests.registration_files.titles import Facts, facts_of
from incubator.contests.registration_files.values import is_ditto
from incubator.core.packages import MAX_CELLS
from incubator.core.text import Encoding, search_key

_MOST_BLANK = 10  # cells through which a mark for “as above” looks up
_COACH_PART = re.compile(r"(coach\d*)\.(?:name|phone|email)")
_COUNTED = re.compile(r"(?:(?:doi|nhom|team|group) (?:so )?)?\d{1,3}\.?")
_MEMBER_NAME = re.compile(r"member(\d+)\.name")
ROW_A_TEAM, ROW_A_PUPIL, PEOPLE_IN_A_CELL = "row_a_team", "row_a_pupil", "people_in_a_cell"


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
    facts: Facts  # what they and the sheet's name say of every team
    tops: dict[tuple[int, int], int] = field(default_factory=dict)  # merged cell -> row that holds its value
    merged: frozenset[int] = frozenset()  # columns with merges downwards
    other: dict[int, int] = field(default_factory=dict)  # column -> the one that holds what it leaves blank
    orders: dict[int, DateOrder] = field(default_factory=dict)  # column of dates -> how they stand
    above: dict[tuple[int, int], Cell] = field(
        default_factory=dict
    )  # mark for “as above” -> what it stands for

    def raw(self, sheet: Sheet, row: int, role: str) -> Cell:
        column = self.columns.get(role)
        return None if column is None else self.cell(sheet, row, column)

    def cell(self, sheet: Sheet, row: int, column: int) -> Cell:
        values = sheet.rows[row]
        value = values[column] if column < len(values) else None
        if is_ditto(value) and row > self.first:
            return self._above(sheet, row, column)
        if value is None and column in self.other:
            return self.cell(sheet, row, self.other[column])
        return value

    def _above(self, sheet: Sheet, row: int, column: int) -> Cell:
        """What a mark for “as above” stands for: the last thing said there, through other marks and a few blank cells."""
        found, blank, number = None, 0, row - 1
        while number >= self.first and blank < _MOST_BLANK:
            values = sheet.rows[number]
            value = values[column] if column < len(values) else None
            if (number, column) in self.above:
                found = self.above[number, column]
                break
            if value is not None and not is_ditto(value):
                found = value
                break
            blank += value is None
            number -= 1
        self.above[row, column] = found
        return found


def understand(file: str, sheet: Sheet, report: SheetReport, mapping: SheetMapping | None) -> Layout:
    """The layout of a sheet; fills `report`. Raises SheetError when there is no header or two columns
    clash."""
    width = max((len(row) for row in sheet.rows), default=0)
    cleaners = cleaners_of(sheet.rows, width)
    head = [
        [_head_text(cleaners[i], cell) for i, cell in enumerate(row)] + [""] * (width - len(row))
        for row in sheet.rows[:HEAD_ROWS]
    ]
    filled = [(number, cells) for number, cells in enumerate(head, 1) if any(cells)]
    report.preview = [
        (sheet.first + number, [cell[:60] for cell in cells[:40]]) for number, cells in filled[:8]
    ]
    header = _header(file, sheet, head, mapping)
    roles = _roles(sheet, header, mapping)
    labels = [" ".join(part for part in pair if part) for pair in header.labels]
    inferred = (
        infer_from_content(roles, labels, _columns_below(sheet, header, width)) if mapping is None else {}
    )
    roles = [inferred.get(index, role) for index, role in enumerate(roles)]
    report.header_rows = tuple(sheet.first + row for row in range(header.top + 1, header.bottom + 2))
    report.columns = _column_reads(sheet, header, roles, labels, cleaners, set(inferred))
    for encoding in encodings_of(cleaners):
        report.notices.append(say("text_before_unicode", encoding=encoding.upper()))
    roles, other = _without_clashes(file, sheet, header, roles)
    layout = _layout(sheet, header, roles, cleaners, labels, head)
    layout.other = other
    layout.orders = _date_orders(layout, _columns_below(sheet, header, width))
    return layout


def _head_text(cleaner: Cleaner, cell: Cell) -> str:
    """A head typed in Unicode above names in an old font is read as it stands, where only that makes sense."""
    text = cleaner(cell)[0].replace("\n", " ")
    if cleaner.encoding is Encoding.UNICODE or meaning_of(text) != Meaning():
        return text
    plain = clean(as_text(cell), Encoding.UNICODE)[0].replace("\n", " ")
    return text if meaning_of(plain) == Meaning() else plain


def _date_orders(layout: Layout, columns: list[list[Cell]]) -> dict[int, DateOrder]:
    """Birth dates stand alike in all their columns: one hand typed them."""
    births = sorted({member["birth"] for member in layout.members if "birth" in member})
    order = date_order(
        " ".join(layout.labels[index] for index in births),
        [cell for index in births for cell in columns[index]],
    )
    orders = dict.fromkeys(births, order)
    if (sent := layout.columns.get("submitted_at")) is not None:
        orders[sent] = date_order(layout.labels[sent], columns[sent])
    return orders


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


def _without_clashes(
    file: str, sheet: Sheet, header: Header, roles: list[str]
) -> tuple[list[str], dict[int, int]]:
    """Roles that two columns claim, settled: the second is dropped when it is empty or says the same.

    One that holds just what the first leaves blank (birth dates under “Nam” and “Nữ”) is read in its place; the dict
    says which. Two that differ are a problem.
    """
    seen: dict[
        str, tuple[int, int, list[Cell]]
    ] = {}  # role -> first and last column, what they hold together
    out, other = list(roles), {}
    for index, role in enumerate(roles):
        if role in ("", "ignore", "index", "notes", "area", "project"):
            continue
        mine = [row[index] if index < len(row) else None for row in sheet.rows[header.bottom + 1 :]]
        if role not in seen:
            seen[role] = (index, index, mine)
            continue
        first, last, held = seen[role]
        if role == "team" and (number := _numbers_teams(held, mine)):
            if number == 1:
                out[first], seen[role] = "ignore", (index, index, mine)
            else:
                out[index] = "ignore"
            continue
        if any(b is not None and a is not None and a != b for a, b in zip(held, mine, strict=True)):
            raise SheetError(
                say(
                    "duplicate_columns",
                    sheet=sheet.name,
                    name=file,
                    role=role,
                    one=column_letter(first),
                    other=column_letter(index),
                )
            )
        out[index] = "ignore"
        if any(a is None and b is not None for a, b in zip(held, mine, strict=True)):
            other[last] = index
            seen[role] = (first, index, [b if a is None else a for a, b in zip(held, mine, strict=True)])
    return out, other


def _numbers_teams(one: list[Cell], other: list[Cell]) -> int:
    """Which of two columns that mean the team only counts them (“Nhóm: 1”, “Đội 1”): 1 or 2; 0 for neither or both."""
    counts = [
        all(_COUNTED.fullmatch(search_key(as_text(cell))) for cell in cells if cell is not None)
        for cells in (one, other)
    ]
    return 0 if counts[0] == counts[1] else 1 if counts[0] else 2


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
        {part: columns[f"member{n}.{part}"] for part in MEMBER_PARTS if f"member{n}.{part}" in columns}
        for n in numbers
    ]
    people = {match[1] for role in columns if (match := _COACH_PART.fullmatch(role))}
    coaches = [
        {part: columns[f"{who}.{part}"] for part in ("name", "phone", "email") if f"{who}.{part}" in columns}
        for who in sorted(people, key=_order)
    ]
    titles = [cell for row in head[: max(header.top, 0)] for cell in row if cell]
    shape = PEOPLE_IN_A_CELL if "members" in columns else ROW_A_TEAM if len(members) > 1 else ROW_A_PUPIL
    tops = _tops(sheet, header, len(roles))
    facts = {
        role: value
        for role, value in facts_of(head[: max(header.top, 0)], sheet.name).items()
        if role not in columns
    }
    merged = frozenset(column for _, column in tops)
    first = header.bottom + 1
    return Layout(shape, first, columns, members, coaches, cleaners, labels, titles, facts, tops, merged)


def _tops(sheet: Sheet, header: Header, width: int) -> dict[tuple[int, int], int]:
    """For each cell below the first row of a merge, that row. A merge may claim to reach the end of the earth."""
    return dict(
        islice(
            (
                ((row, column), top)
                for (top, left), (bottom, right) in sheet.merges or ()
                if top > header.bottom
                for row in range(top + 1, min(bottom + 1, len(sheet.rows)))
                for column in range(left, min(right + 1, width))
            ),
            MAX_CELLS,
        )
    )


def _order(who: str) -> int:
    """“coach” is the first, “coach2” the second."""
    return int(who.removeprefix("coach") or 1)
