"""Looking into the zip of an uploaded .xlsx or .ods before anything opens it: a few bytes may claim to be a sheet of
seventeen milliard cells, and the reader of workbooks would ask for the memory at once and take the process with it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELLS = 4_000_000  # of the rectangle around a sheet's cells: 50,000 rows of 80 columns
_CHUNK = 1 << 20
_REPEATED = {"table-row": "number-rows-repeated", "cell": "number-columns-repeated"}


class TooMuchError(Exception):
    """The parts unpack to more than MAX_UNPACKED."""


def far_cells(data: bytes) -> list[str]:
    """The far corner, as “XFD1048576”, of each sheet that is too large to open.

    Sizes that the archive itself claims are not believed: every part is unpacked and counted. A sheet may stand under
    any name in the archive, so every part in XML is read. Raises TooMuchError, or zlib.error and BadZipFile for a
    damaged archive and for one whose XML is none.
    """
    left, corners, book = MAX_UNPACKED, [], _Workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            part = _Part(book) if info.filename.lower().endswith((".xml", ".xml.rels")) else None
            for piece in _unpacked(info, memoryview(data)):
                left -= len(piece)
                if left < 0:
                    raise TooMuchError
                if part:
                    part.read(piece)
            if part:
                part.read(b"", last=True)
                corners += part.too_large
    if book.has_odd_sheets:
        raise zipfile.BadZipFile("a sheet that is no XML")
    return corners


def _unpacked(info: zipfile.ZipInfo, data: memoryview) -> Iterator[bytes]:
    head = bytes(data[info.header_offset : info.header_offset + 30])
    if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile(info.filename)
    names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    start = info.header_offset + 30 + names
    packed = bytes(data[start : start + info.compress_size])
    if info.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(info.filename)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and not inflater.eof:
        yield inflater.decompress(packed, _CHUNK)
        packed = inflater.unconsumed_tail


@dataclass(slots=True)
class _Workbook:
    """Which parts a workbook names as its sheets."""

    sheets: set[str] = field(default_factory=set)
    targets: dict[str, str] = field(default_factory=dict)

    @property
    def has_odd_sheets(self) -> bool:
        return any(not self.targets.get(sheet, ".xml").lower().endswith(".xml") for sheet in self.sheets)


class _Part:
    """One part in XML: the far corners of its sheets."""

    def __init__(self, book: _Workbook) -> None:
        self.book = book
        self.too_large: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._new_sheet()

    def read(self, piece: bytes, *, last: bool = False) -> None:
        try:
            self.parser.Parse(piece, last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise zipfile.BadZipFile(str(error)) from error
        if last:
            self._close_sheet()

    def _new_sheet(self) -> None:
        self.row = self.width = 0  # of the cells that hold something
        self.at_row = self.at_column = 0  # OpenDocument counts as it goes
        self.repeat = 1

    def _close_sheet(self) -> None:
        if self.row * self.width > MAX_CELLS:
            self.too_large.append(f"{letters_of(self.width)}{self.row}")
        self._new_sheet()

    def _start(self, tag: str, said: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in ("c", "row"):
            self._place(said.get("r", ""))
        elif name in ("table-cell", "covered-table-cell"):
            self.at_column += _number(said, _REPEATED["cell"])
            if any(key.endswith("value-type") for key in said):
                self.row = max(self.row, self.at_row + self.repeat)
                self.width = max(self.width, self.at_column)
        elif name == "table-row":
            self.repeat, self.at_column = _number(said, _REPEATED["table-row"]), 0
        elif name == "sheet":
            self.book.sheets |= {value for key, value in said.items() if key.rpartition(":")[2] == "id"}
        elif name == "Relationship":
            self.book.targets[said.get("Id", "")] = said.get("Target", "")

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "table-row":
            self.at_row += self.repeat
        elif name == "table":
            self._close_sheet()

    def _place(self, text: str) -> None:
        letters = text.rstrip("0123456789")
        row, width = int(text[len(letters) :] or 1), _width(letters)
        if row > self.row:
            self.row = row
        if width > self.width:
            self.width = width


@lru_cache(maxsize=1024)
def _width(letters: str) -> int:
    """AB → 28; 1 for none."""
    width = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        width = width * 26 + ord(letter) - ord("A") + 1
    return max(width, 1)


def _number(said: dict[str, str], name: str) -> int:
    text = next((value for key, value in said.items() if key.rpartition(":")[2] == name), "1")
    return max(int(text), 1)


def letters_of(width: int) -> str:
    """1 → A, 28 → AB, as spreadsheets name columns."""
    letters = ""
    while width:
        width, rest = divmod(width - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
