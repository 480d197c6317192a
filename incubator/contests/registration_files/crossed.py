"""Cells that somebody crossed out: the text is still in the file, and no longer meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from incubator.contests.registration_files.tables import Sheet

Cells = Iterator[tuple[int, int]]  # row and column, from zero

_STRIKE = re.compile(rb'<(?:\w+:)?strike(?:\s+val="(\w+)")?\s*/>')
_FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
_FONT = re.compile(rb"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb'<(?:\w+:)?xf\b[^>]*?fontId="(\d+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*?\bs="(\d+)"[^>]*?(?<!/)>')
_ODS_STYLE = re.compile(rb'<style:style style:name="([^"]+)"[^>]*>(.*?)</style:style>', re.DOTALL)
_ODS_LINE = re.compile(rb'text-line-through-style="(?!none)')
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
_STYLE_NAME = re.compile(rb'table:style-name="([^"]+)"')


def cross_out(sheet: Sheet, cells: Cells) -> None:
    """Take the crossed-out cells out of `sheet`; it keeps where they stood."""
    for row, column in cells:
        if row < len(sheet.rows) and column < len(sheet.rows[row]) and sheet.rows[row][column] is not None:
            sheet.rows[row][column] = None
            sheet.struck.setdefault(row, set()).add(column)


def struck_formats(styles: bytes) -> set[int]:
    """The formats of an .xlsx, by their number, whose font is crossed out."""
    if b"strike" not in styles:
        return set()
    fonts, formats = _FONTS.search(styles), _FORMATS.search(styles)
    if fonts is None or formats is None:
        return set()
    struck = {
        number
        for number, font in enumerate(_FONT.finditer(fonts[0]))
        if (said := _STRIKE.search(font[1] or b"")) and said[1] not in (b"0", b"false")
    }
    return {n for n, font in enumerate(_FORMAT.findall(formats[0])) if int(font) in struck}


def struck_in_workbook(content: bytes, formats: set[int]) -> Cells:
    for cell in _CELL.finditer(content) if formats else ():
        if int(cell[3]) in formats:
            column = 0
            for letter in cell[1]:
                column = column * 26 + letter - 64
            yield int(cell[2]) - 1, column - 1


def struck_in_open_document(document: bytes, table: bytes) -> Cells:
    """Of a table in an .ods; formats that a whole column has are not looked at."""
    if b"text-line-through-style" not in document:
        return
    names = {style[1] for style in _ODS_STYLE.finditer(document) if _ODS_LINE.search(style[2])}
    row = 0
    for found in _ODS_ROW.finditer(table) if names else ():
        column = 0
        for cell in _ODS_CELL.finditer(found[2] or b""):
            style = _STYLE_NAME.search(cell[1])
            if b"value-type=" in cell[1] and style and style[1] in names:
                yield row, column
            column += _times(cell[1])
        row += _times(found[1])


def _times(said: bytes) -> int:
    match = _REPEATED.search(said)
    return int(match[1]) if match else 1
