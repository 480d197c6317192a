"""Lists as files: .xlsx and .csv that open right in Excel, and in which nothing typed by a person is a
formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, send_file, stream_with_context

from . import clock

CSV = "csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\ufeff"  # without it Excel takes UTF-8 for the local code page
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@|%]|^[\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 48

Row = Sequence[Any]


def plain(value: Any) -> Any:
    """A cell's value: moments in local time without zone, decimals as numbers, text without control
    characters."""
    if isinstance(value, datetime):
        return clock.local(value).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, bool) or value is None or isinstance(value, date | int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return _CONTROL.sub("", str(value))


def harmless(value: Any) -> str:
    """A CSV field that no spreadsheet takes for a formula: an apostrophe goes before = + - @ and their
    like."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, int | float):
        return str(value)
    return f"'{value}" if _FORMULA.match(value) else value


def csv_lines(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """CSV text in pieces, with a byte order mark; never held whole."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(_BOM)
    for count, row in enumerate(_with_header(header, rows)):
        writer.writerow([harmless(value) for value in row])
        if count % 200 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _with_header(header: Row, rows: Iterable[Row]) -> Iterator[Row]:
    yield header
    yield from rows


def write_xlsx(target: Any, title: str, header: Row, rows: Iterable[Row]) -> int:
    """Write one sheet to a path or binary file, row by row; returns how many rows. Text is always written
    as text."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet(_SHEET_NAME.sub(" ", title)[:31] or "Sheet1")
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(header):
        sheet.set_column(column, column, min(_WIDEST, max(12, len(str(label)) + 4)))
        sheet.write_string(0, column, str(label), head)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write(sheet, number, column, plain(value), day, moment)
    if number:
        sheet.autofilter(0, 0, number, max(0, len(header) - 1))
    book.close()
    return number


def _write(sheet: Any, row: int, column: int, value: Any, day: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, bool | int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, value)


def download(kind: str, name: str, header: Row, rows: Iterable[Row]) -> Response:
    """A list as the answer to a request: `kind` is csv or xlsx, `name` the file's name without ending.

    Rows may be a generator that reads the database; a CSV is sent while it is read.
    """
    if kind == CSV:
        response = Response(stream_with_context(csv_lines(header, rows)), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    else:
        file = io.BytesIO()
        write_xlsx(file, name, header, rows)
        file.seek(0)
        response = send_file(
            file, mimetype=XLSX_TYPE, as_attachment=True, download_name=f"{name}.xlsx", max_age=0
        )
    response.headers["Cache-Control"] = "private, no-store"
    return response
