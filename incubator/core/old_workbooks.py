"""Looking into an old .xls before anything opens it: where its cells stand, what is hidden, what stands beside them.

Sources: [MS-CFB] for the compound file, [MS-XLS] for the records; both are read by hand because the reader of workbooks
asks for the whole rectangle around the cells at once, and does not say what is hidden.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .packages import MAX_CELLS, letters_of

_END, _MOST_ROWS, _MOST_COLUMNS = 0xFFFFFFFA, 65_536, 256
_BOF, _EOF, _SHEET, _DIMENSIONS, _ROW, _COLUMNS, _NOTE, _OBJECT = (
    (0x0809, 0x0409, 0x0209, 0x0009),
    0x000A,
    0x0085,
    (0x0200, 0x0000),
    0x0208,
    0x007D,
    0x001C,
    0x005D,
)
_FONT, _FORMAT, _DAYS = 0x0031, 0x00E0, 0x0022
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
#: A value in one cell: numbers, texts, truths; rich and computed ones.
_CELLS = frozenset((0x0203, 0x0003, 0x0204, 0x0004, 0x0205, 0x0005, 0x027E, 0x00FD, 0x00D6)) | _FORMULAS
_SEVERAL = 0x00BD  # numbers in neighbouring cells of one row
_TEXT_BOX, _HIDDEN_ROW, _STRUCK = 6, 0x20, 0x08


class DamagedError(Exception):
    """The bytes are no workbook, or claim what none may hold."""


@dataclass(slots=True)
class OldSheet:
    """One sheet; rows and columns count from zero."""

    name: str
    height: int = 0  # of the cells that hold something
    width: int = 0
    formulas: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filled_rows: set[int] = field(default_factory=set)
    remarks: int = 0
    text_boxes: int = 0
    struck: list[tuple[int, int]] = field(
        default_factory=list
    )  # row and column of cells that are crossed out
    since_1904: bool = False  # the workbook counts its days from 1904

    @property
    def far_corner(self) -> str:
        """“IV65536” of a sheet that is too large to open, else ''."""
        return f"{letters_of(self.width)}{self.height}" if self.height * self.width > MAX_CELLS else ""


def sheets_of(data: bytes) -> list[OldSheet]:
    """What each worksheet of an .xls holds. Raises DamagedError."""
    try:
        stream = _stream(data, ("workbook", "book"))
        book = _read_book(stream)
        found = [(name, start) for name, start in book.sheets if start < len(stream)]
        ends = dict(pairwise([*sorted({start for _, start in found}), len(stream)]))
        if len(ends) < len(found):
            raise DamagedError  # two sheets in one place
        return [
            _read_sheet(
                OldSheet(name, since_1904=book.since_1904), stream, start, ends[start], book.struck_formats
            )
            for name, start in found
        ]
    except (struct.error, IndexError) as error:
        raise DamagedError from error


# -- the compound file ----------------------------------------------------------------------------


def _stream(data: bytes, names: tuple[str, ...]) -> bytes:
    shift, short_shift = struct.unpack_from("<HH", data, 30)
    if not 7 <= shift <= 16 or not 2 <= short_shift <= shift:
        raise DamagedError
    size, cutoff, first_short = 1 << shift, *struct.unpack_from("<II", data, 56)
    table = _sector_table(data, size)
    directory = _chain(data, struct.unpack_from("<I", data, 48)[0], table, size)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    root = next((entry for entry in entries if entry[66] == 5), b"")
    for entry in entries:
        length = min(struct.unpack_from("<H", entry, 64)[0], 64)
        if entry[66] != 2 or entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower() not in names:
            continue
        start, count = struct.unpack_from("<II", entry, 116)
        if count >= cutoff:
            return _chain(data, start, table, size)[:count]
        short = _chain(data, struct.unpack_from("<I", root, 116)[0], table, size)
        numbers = _chain(data, first_short, table, size)
        short_table = struct.unpack(f"<{len(numbers) // 4}I", numbers)
        return _chain(short, start, short_table, 1 << short_shift, first=0)[:count]
    raise DamagedError


def _sector_table(data: bytes, size: int) -> tuple[int, ...]:
    """Which sector follows which, put together from the parts that the head lists, and further lists behind it."""
    listed = list(struct.unpack_from("<109I", data, 76))
    more, seen = struct.unpack_from("<I", data, 68)[0], 0
    while more < _END and seen <= len(data) // size:
        part = struct.unpack_from(f"<{size // 4}I", data, size * (more + 1))
        listed += part[:-1]
        more, seen = part[-1], seen + 1
    found: list[int] = []
    for sector in listed:
        if len(found) * size > len(data) + size * size:
            break  # more than the file has sectors
        if sector < _END:
            piece = data[size * (sector + 1) : size * (sector + 2)]
            found += struct.unpack(f"<{len(piece) // 4}I", piece[: len(piece) // 4 * 4])
    return tuple(found)


def _chain(data: bytes, sector: int, table: tuple[int, ...], size: int, *, first: int = 1) -> bytes:
    """The sectors from `sector` on; a chain that bites its tail is damage."""
    pieces: list[bytes] = []
    most = len(data) // size + 1
    while sector < _END:
        if len(pieces) > most:
            raise DamagedError
        pieces.append(data[size * (sector + first) : size * (sector + first + 1)])
        sector = table[sector]
    return b"".join(pieces)


# -- the records ----------------------------------------------------------------------------------


def _records(stream: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its body begins, its length) of each record from `at` to the end of its part, or to `end`."""
    depth = 0
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        depth += (kind in _BOF) - (kind == _EOF)
        yield kind, at, length
        if depth <= 0:
            return
        at += length


@dataclass(slots=True)
class _Book:
    """What the first part of the stream says: sheets with their places, and the formats that cross out."""

    sheets: list[tuple[str, int]] = field(default_factory=list)
    struck_formats: set[int] = field(default_factory=set)
    since_1904: bool = False


def _read_book(stream: bytes) -> _Book:
    book, fonts, formats = _Book(), list[bool](), list[int]()
    is_new = struct.unpack_from("<H", stream, 4)[0] >= 0x0600
    for kind, at, length in _records(stream, 0, len(stream)):
        if kind == _SHEET and length > 7 and stream[at + 5] == 0:
            name = stream[at + 7 : at + length]
            if is_new:
                text = name[1:].decode("utf-16-le" if name[0] & 1 else "latin-1", "replace")
            else:
                text = name.decode("latin-1")
            book.sheets.append((text[: stream[at + 6]], struct.unpack_from("<I", stream, at)[0]))
        elif kind == _FONT:
            fonts.append(bool(struct.unpack_from("<H", stream, at + 2)[0] & _STRUCK))
        elif kind == _FORMAT:
            formats.append(struct.unpack_from("<H", stream, at)[0])
        elif kind == _DAYS:
            book.since_1904 = stream[at] == 1
    fonts.insert(4, False)  # there is no fifth font, the numbers go on behind it
    book.struck_formats = {n for n, font in enumerate(formats) if font < len(fonts) and fonts[font]}
    return book


def _read_sheet(sheet: OldSheet, stream: bytes, start: int, end: int, struck_formats: set[int]) -> OldSheet:
    for kind, at, length in _records(stream, start, end):
        if kind in _CELLS or kind == _SEVERAL:
            row, column, form = struct.unpack_from("<HHH", stream, at)
            last = struct.unpack_from("<H", stream, at + length - 2)[0] if kind == _SEVERAL else column
            sheet.height, sheet.width = max(sheet.height, row + 1), max(sheet.width, last + 1)
            sheet.filled_rows.add(row)
            sheet.formulas += kind in _FORMULAS
            if form in struck_formats:
                sheet.struck += [(row, place) for place in range(column, min(last, _MOST_COLUMNS) + 1)]
        elif kind == _ROW:
            if struct.unpack_from("<H", stream, at + 12)[0] & _HIDDEN_ROW:
                sheet.hidden_rows.add(struct.unpack_from("<H", stream, at)[0])
        elif kind == _COLUMNS:
            first, last = struct.unpack_from("<HH", stream, at)
            if stream[at + 8] & 1:
                sheet.hidden_columns |= set(range(first, min(last, _MOST_COLUMNS - 1) + 1))
        elif kind in _DIMENSIONS and length >= 10:
            _ensure_possible(stream, at, length)
        sheet.remarks += kind == _NOTE
        sheet.text_boxes += kind == _OBJECT and struct.unpack_from("<HHH", stream, at) == (
            0x15,
            0x12,
            _TEXT_BOX,
        )
    return sheet


def _ensure_possible(stream: bytes, at: int, length: int) -> None:
    """A sheet may not claim more rows and columns than there are: memory is asked for by what it claims."""
    form = "<IIHH" if length >= 14 else "<HHHH"
    top, bottom, left, right = struct.unpack_from(form, stream, at)
    if not (top <= bottom <= _MOST_ROWS and left <= right <= _MOST_COLUMNS):
        raise DamagedError
