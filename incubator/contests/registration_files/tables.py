"""From the bytes of a file to its sheets: which format it really is, and a clear refusal when it is none."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from incubator.contests.registration_files.records import Cell, SourceFile
from incubator.contests.registration_files.sentences import Sentence, say
from incubator.core.old_workbooks import DamagedError, OldSheet, sheets_of
from incubator.core.packages import MAX_CELLS, MAX_UNPACKED, TooMuchError, far_cells
from incubator.core.text import is_syllable

MAX_ROWS = 50_000
MAX_COLUMNS = 256
DAYS_TO_1904 = 1462  # workbooks of old Macintoshes count their days from there

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
_HTML = re.compile(
    rb"^(\xef\xbb\xbf)?\s*(<!doctype html|<html|<head|<table|<meta|<style|mime-version:|<\?xml[^>]*>\s*<html)",
    re.IGNORECASE,
)
_XML = re.compile(rb"^(\xef\xbb\xbf)?\s*<\?xml\b")
_FROM_1904 = re.compile(rb'\bdate1904="(?:1|true)"')
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")
_DOTS = re.compile(r"[\s/]*(?:[.…_]+[\s/]*)+")  # “……”, “…/…/……”: where nothing was filled in
_ENDINGS = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt")


class UnreadableError(Exception):
    """Nothing of the file can be read; `sentence` says why and what to send instead."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(slots=True)
class Sheet:
    """A visible sheet; `merges` are ((row, column), (row, column)) from zero, or None where the format
    hides them."""

    name: str
    rows: list[list[Cell]]
    merges: list[tuple[tuple[int, int], tuple[int, int]]] | None = None
    notices: list[str] = field(default_factory=list)
    first: int = 0  # rows of the file above `rows`
    columns: str = ""  # “F–I” where further tables stand beside this one
    days_before: int = 0  # between 1900 and the day from which the workbook counts its days
    struck: dict[int, set[int]] = field(
        default_factory=dict
    )  # row of `rows` → columns of what was crossed out

    @property
    def place(self) -> str:
        """How its rows are named: two tables side by side have the same row numbers."""
        return f"{self.name} ({self.columns})" if self.columns else self.name


@dataclass(slots=True)
class Book:
    """`old` is what the records of an .xls say of its sheets beside their values."""

    sheets: list[Sheet]
    notices: list[str] = field(default_factory=list)
    old: list[OldSheet] = field(default_factory=list)


def open_book(file: SourceFile) -> Book:
    """The sheets of a workbook or text file.

    Raises UnreadableError with a sentence for a person: empty, locked, damaged, with macros, another kind
    of file, too large.
    """
    head = file.data[:2048]
    if not file.data.strip(b"\x00 \r\n\t"):
        raise UnreadableError(say("empty_file", name=file.name))
    if head.startswith(_ZIP):
        return _open_zip(file)
    if head.startswith(_OLE):
        return _open_ole(file)
    if _HTML.match(head):
        raise UnreadableError(say("html", name=file.name))
    if _XML.match(head):
        raise UnreadableError(say("xml", name=file.name))
    if head.startswith(_PDF) or _ending(file.name) not in (".csv", ".tsv", ".txt"):
        raise _is_something_else(file)
    return _open_text(file)


def _is_something_else(file: SourceFile) -> UnreadableError:
    return UnreadableError(say("not_a_workbook" if _ending(file.name) else "unknown_kind", name=file.name))


def _ending(name: str) -> str:
    return next((ending for ending in _ENDINGS if name.lower().endswith(ending)), "")


def _open_zip(file: SourceFile) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            names = archive.namelist()
        far = far_cells(file.data)
    except TooMuchError as error:
        raise UnreadableError(say("too_large", name=file.name, size=MAX_UNPACKED // 1024**2)) from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableError(say("damaged", name=file.name)) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableError(say("macros", name=file.name))
    if any(re.fullmatch(r"xl/worksheets/[^/]+\.bin", name) for name in names):
        raise UnreadableError(say("unknown_kind", name=file.name))
    if "word/document.xml" in names:
        raise UnreadableError(say("word", name=file.name))
    if not any(name.startswith("xl/") or name in ("mimetype", "content.xml") for name in names):
        raise _is_something_else(file)
    if far:
        raise UnreadableError(say("far_cell", name=file.name, cell=far[0], limit=MAX_ROWS))
    return _open_workbook(file, since_1904=_FROM_1904.search(_main_part(file.data)) is not None)


def _main_part(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/workbook.xml") if "xl/workbook.xml" in archive.namelist() else b""


def _open_ole(file: SourceFile) -> Book:
    if "EncryptedPackage".encode("utf-16-le") in file.data:
        raise UnreadableError(say("encrypted", name=file.name))
    if "_VBA_PROJECT".encode("utf-16-le") in file.data:
        raise UnreadableError(say("macros", name=file.name))
    if "WordDocument".encode("utf-16-le") in file.data:
        raise UnreadableError(say("word", name=file.name))
    if not any(stream.encode("utf-16-le") in file.data for stream in ("Workbook", "Book")):
        raise _is_something_else(file)
    try:
        old = sheets_of(file.data)
    except DamagedError as error:
        raise UnreadableError(say("damaged", name=file.name)) from error
    if far := [sheet.far_corner for sheet in old if sheet.far_corner]:
        raise UnreadableError(say("far_cell", name=file.name, cell=far[0], limit=MAX_ROWS))
    book = _open_workbook(file, since_1904=any(sheet.since_1904 for sheet in old))
    book.old = old
    return book


def _open_workbook(file: SourceFile, *, since_1904: bool) -> Book:
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.data))
        visible = [m.name for m in workbook.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
        hidden = [m.name for m in workbook.sheets_metadata if m.name not in visible]
        sheets = [_read_sheet(file, workbook, name) for name in visible]
    except calamine.PasswordError as error:
        raise UnreadableError(say("encrypted", name=file.name)) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableError(say("damaged", name=file.name)) from error
    for sheet in sheets:
        sheet.days_before = DAYS_TO_1904 if since_1904 else 0
    return Book(sheets, [say("hidden_sheet", sheet=name) for name in hidden])


def _read_sheet(file: SourceFile, workbook: Any, name: str) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height > MAX_ROWS:
        raise UnreadableError(
            say("too_many_rows", name=file.name, sheet=name, rows=sheet.total_height, limit=MAX_ROWS)
        )
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        corner = f"{column_letter(sheet.total_width - 1)}{sheet.total_height}"
        raise UnreadableError(say("far_cell", name=file.name, cell=corner, limit=MAX_ROWS))
    raw = sheet.to_python(skip_empty_area=False)
    rows: list[list[Cell]] = [[_cell(value) for value in row[:MAX_COLUMNS]] for row in raw]
    return Sheet(name, rows, sheet.merged_cell_ranges)


def column_letter(index: int) -> str:
    """0 → A, 26 → AA, as spreadsheets name columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _cell(value: Any) -> Cell:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, str):
        return value if _VISIBLE.search(value) and not _DOTS.fullmatch(value) else None
    if value is None or isinstance(value, int | float | bool | datetime):
        return value
    return value if hasattr(value, "year") else str(value)


def _open_text(file: SourceFile) -> Book:
    csv.field_size_limit(1_000_000)
    text = _unwrapped(_decode(file))
    if "\x00" in text:
        raise UnreadableError(say("not_a_workbook", name=file.name))
    delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([_cell(value) for value in row[:MAX_COLUMNS]])
            if len(rows) > MAX_ROWS:
                raise UnreadableError(
                    say(
                        "too_many_rows",
                        name=file.name,
                        sheet=file.name,
                        rows=text.count("\n"),
                        limit=MAX_ROWS,
                    )
                )
    except csv.Error as error:
        raise UnreadableError(say("damaged", name=file.name)) from error
    if _ends_inside_quotes(text, delimiter):
        raise UnreadableError(say("unclosed_quote", name=file.name))
    return Book([Sheet(file.name.rsplit(".", 1)[0], rows)])


def _unwrapped(text: str) -> str:
    """Without the quotation marks that a program put around each whole row (`"1,""Sao Mai"",…"`)."""
    if not text.startswith('"'):
        return text
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error:
        return text
    wrapped = all(len(row) == 1 for row in rows) and any(
        sum(row[0].count(mark) > 1 for row in rows) * 2 > len(rows) for mark in ",;\t"
    )
    return "\n".join(row[0] for row in rows) if wrapped else text


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    """A quotation mark that nobody closed has swallowed all rows behind it; the lenient reader does not say so."""
    try:
        for _row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _decode(file: SourceFile) -> str:
    """Text of a CSV: a byte order mark is believed, then UTF-8; else one byte a letter, where Windows' own
    Vietnamese code page is told from legacy fonts by which of them makes words."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if file.data.startswith(mark):
            return file.data.decode(codec, errors="replace")
    if codec := _utf16_without_mark(file.data):
        return file.data.decode(codec, errors="replace")
    try:
        return file.data.decode("utf-8")
    except UnicodeDecodeError:
        windows = file.data.decode("cp1258", errors="replace")
        words = [word for word in re.split(r"[\W\d_]+", windows[:20_000]) if word and not word.isascii()]
        if words and sum(is_syllable(word) for word in words) * 2 > len(words):
            return windows
        return file.data.decode("latin-1")


def _utf16_without_mark(data: bytes) -> str:
    """Digits, commas and line ends of a UTF-16 text have a zero byte on one and the same side."""
    head = data[:4000]
    for codec, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros.count(0) * 4 > len(zeros) and not others.count(0):
            return codec
    return ""


def _delimiter(text: str) -> str:
    """The separator that Excel names in a first line “sep=;”, else the one that cuts the first rows into the most, and
    most even, pieces: rows, because a cell in quotation marks may hold several lines."""
    if named := re.match(r"sep=(.)\r?\n", text):
        return named[1]

    def evenness(mark: str) -> tuple[int, int]:
        try:
            rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 30)
            cuts = [len(row) - 1 for row in rows if len(row) > 1]
        except csv.Error:
            return 0, 0
        usual = max(set(cuts), key=lambda n: (cuts.count(n), n), default=0)
        return usual, cuts.count(usual)

    return max(",;\t|", key=evenness)
