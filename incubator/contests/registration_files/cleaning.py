"""The text of a column: one encoding decided from all its cells, marks and spaces mended, every step
named."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from incubator.contests.registration_files.records import Cell
from incubator.core.text import (
    Encoding,
    collapse,
    could_be_legacy,
    decode,
    decode_viqr,
    detect_cell,
    detect_column,
    detect_row,
    is_viqr,
    read_again,
    repair_marks,
    with_strokes,
)

_TABLE_ROW = 3  # a letterhead has fewer cells and is often typed in another font
_ENOUGH = 6  # distinct cells with marked letters below which a column follows its sheet

Fixed = tuple[str, tuple[str, ...]]


def as_text(cell: Cell) -> str:
    """A cell as a person would read it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return cell.strftime("%d/%m/%Y") if hasattr(cell, "strftime") else str(cell)


def column_encodings(rows: list[list[Cell]], width: int) -> list[Encoding]:
    """The encoding of each column; a column with little evidence follows the sheet as a whole."""
    marked: list[set[str]] = [set() for _ in range(width)]
    for row in rows:
        if sum(cell is not None for cell in row) < _TABLE_ROW:
            continue
        for index, cell in enumerate(row):
            if isinstance(cell, str) and not cell.isascii() and read_again(cell) == cell:
                marked[index].add(cell)
    whole = detect_column(cell for cells in marked for cell in cells)
    return [detect_column(cells) if len(cells) >= _ENOUGH else whole for cells in marked]


def cleaners_of(rows: list[list[Cell]], width: int) -> list[Cleaner]:
    """One for each column. Rows typed in an old font among columns in Unicode are told by the row as a whole."""
    ascii_marks = is_viqr(
        cell for row in rows for cell in row if isinstance(cell, str) and cell.isascii() and "@" not in cell
    )
    cleaners = [Cleaner(encoding, viqr=ascii_marks) for encoding in column_encodings(rows, width)]
    modern = [index for index, cleaner in enumerate(cleaners) if cleaner.encoding is Encoding.UNICODE]
    for row in rows if modern else ():
        marked = [
            (i, cell)
            for i in modern
            if i < len(row) and isinstance(cell := row[i], str) and not cell.isascii()
        ]
        encoding = detect_row(cell for _, cell in marked) if len(marked) >= 2 else None
        for index, cell in marked:
            if encoding and could_be_legacy(cell):
                cleaners[index].strays[cell] = encoding
    return cleaners


@dataclass(slots=True)
class Cleaner:
    """Cleans the cells of one column; equal cells are worked out once. `strays` are texts of rows in another font."""

    encoding: Encoding
    viqr: bool = False
    cache: dict[str, Fixed] = field(default_factory=dict)
    strays: dict[str, Encoding] = field(default_factory=dict)

    def __call__(self, cell: Cell) -> Fixed:
        raw = as_text(cell)
        fixed = self.cache.get(raw)
        if fixed is None:
            text = decode_viqr(raw) if self.viqr and raw.isascii() else raw
            fixed = clean(text, self.strays.get(text) or detect_cell(text, self.encoding))
            fixed = self.cache[raw] = fixed if text == raw else (fixed[0], ("encoding_viqr", *fixed[1]))
        return fixed


def clean(raw: str, encoding: Encoding) -> Fixed:
    """The text in Unicode with marks in place and single spaces (line breaks stay), and the repairs it
    took."""
    kinds: list[str] = []
    text = raw
    if not raw.isascii():
        text = read_again(raw)
        if text != raw:
            kinds.append("encoding_utf8")
        elif (text := decode(raw, encoding)) != raw:
            kinds.append(f"encoding_{encoding.value}")
        if (stroked := with_strokes(text)) != text:
            text = stroked
            kinds.append("look_alikes")
        composed = unicodedata.normalize("NFC", text)
        if composed != text:
            kinds.append("decomposed")
        text = repair_marks(composed)
        if text != composed:
            kinds.append("misplaced_marks")
    tidy = "\n".join(line for line in map(collapse, text.replace("\r", "\n").split("\n")) if line)
    if tidy.startswith("'") and not tidy.endswith("'"):
        tidy = tidy[1:].lstrip()
    if tidy != text:
        kinds.append("spaces")
    return tidy, tuple(kinds)


def encodings_of(cleaners: Iterable[Cleaner]) -> list[str]:
    """The legacy encodings met, each once."""
    met = {encoding for cleaner in cleaners for encoding in (cleaner.encoding, *cleaner.strays.values())}
    return sorted(encoding.value for encoding in met if encoding is not Encoding.UNICODE)
