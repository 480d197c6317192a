"""Several tables one below the other on a sheet, each with a header of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from incubator.contests.registration_files.cleaning import Cleaner, cleaners_of
from incubator.contests.registration_files.columns import Meaning, meaning_of
from incubator.contests.registration_files.heads import find_header
from incubator.contests.registration_files.records import Cell
from incubator.contests.registration_files.tables import Sheet
from incubator.core.text import search_key

_LEAST = 3  # columns of a table
_VALUE = re.compile(r"\d[/.\-]\d{1,2}[/.\-]\d|\d{6}")
#: Cheap to ask of each row: does it speak of people and of what is asked about them?
_MAY_BE_HEADER = re.compile(
    r"(?=.*\b(?:ho (?:va )?ten|ten|thanh vien|hoc sinh|thi sinh|hs ?\d?|name|members?|students?)\b)"
    r".*\b(?:sinh|lop|truong|don vi|doi|nhom|birth|class|grade|school|team)\b"
)


def parts_of(sheet: Sheet) -> list[Sheet]:
    """`sheet` alone where it holds one table; else a sheet for each, its rows still counted from the first.

    A header that is repeated word for word (on each printed page, above each team) begins no other table.
    """
    candidates = [row for row, cells in enumerate(sheet.rows) if _only_words(cells)]
    if len(candidates) < 2:
        return [sheet]
    width = max((len(row) for row in sheet.rows), default=0)
    starts, before = [0], None
    for row, words in _headers(sheet, candidates, cleaners_of(sheet.rows, width)):
        if before is not None and words != before:
            starts.append(_with_titles(sheet, row, starts[-1] + 1))
        before = words
    if len(starts) == 1:
        return [sheet]
    ends = [*starts[1:], len(sheet.rows)]
    return [_cut(sheet, start, end) for start, end in zip(starts, ends, strict=True)]


def _only_words(cells: list[Cell]) -> bool:
    """No number, date or phone: those are somebody's."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    filled = len(cells) - cells.count(None)
    return len(texts) == filled >= _LEAST and not _VALUE.search(" ".join(texts))


def _headers(sheet: Sheet, candidates: list[int], cleaners: list[Cleaner]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are headers by themselves, with their words."""
    below = -1  # a second row of one header is no header of its own
    for row in candidates:
        if row <= below:
            continue
        words = _words(sheet.rows[row], cleaners)
        if not _MAY_BE_HEADER.search(search_key(" ".join(words))) or not _all_known(words):
            continue
        header = find_header(
            Sheet(sheet.name, [[], *sheet.rows[row : row + 3]]),
            [["tên đội: x"], *(_words(r, cleaners) for r in sheet.rows[row : row + 3])],
        )
        if header is not None and header.top == 1:
            below = row + header.bottom - header.top
            yield row, [f"{group} {label}".strip() for group, label in header.labels]


def _words(cells: list[Cell], cleaners: list[Cleaner]) -> list[str]:
    return [cleaners[i](cell)[0].replace("\n", " ") for i, cell in enumerate(cells)]


def _all_known(words: list[str]) -> bool:
    """Two of three cells say what stands below them, and none says it of itself (“Tên đội: Sao Mai”)."""
    filled = [word for word in words if word]
    known = sum(meaning_of(word) != Meaning() for word in filled)
    return known * 3 >= len(filled) * 2 and not any(re.search(r"[:：]\s*\S", word) for word in filled)


def _with_titles(sheet: Sheet, row: int, least: int) -> int:
    """Where the part of a header begins: with the lines of a single text above it."""
    start = row
    while start > least and sum(cell is not None for cell in sheet.rows[start - 1]) <= 1:
        start -= 1
    return start


def _cut(sheet: Sheet, start: int, end: int) -> Sheet:
    merges = [
        ((top - start, left), (bottom - start, right))
        for (top, left), (bottom, right) in sheet.merges or ()
        if start <= top < end
    ]
    struck = {row - start: columns for row, columns in sheet.struck.items() if start <= row < end}
    return replace(
        sheet, rows=sheet.rows[start:end], merges=merges, first=sheet.first + start, notices=[], struck=struck
    )
