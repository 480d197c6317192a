"""What a workbook holds beside the values of its cells: formulas, hidden rows and columns, remarks and text boxes.

A formula is read as the value it had when the file was saved, hidden rows and columns as any other; remarks, boxes and
what is crossed out are not read. Each of it is told.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable

from incubator.contests.registration_files.crossed import (
    cross_out,
    struck_formats,
    struck_in_open_document,
    struck_in_workbook,
)
from incubator.contests.registration_files.records import SourceFile
from incubator.contests.registration_files.sentences import say
from incubator.contests.registration_files.tables import Book, Sheet

_ATTRIBUTE = re.compile(r"""([\w:-]+)=["']([^"']*)["']""")
# .xlsx
_FORMULA = re.compile(rb"<c [^>]*><f[ >/].*?</c>", re.DOTALL)
_HIDDEN_ROW = re.compile(rb'<row [^>]*\bhidden="(?:1|true)"[^>]*(?<!/)>')
_HIDDEN_COLUMN = re.compile(rb'<col [^>]*\bhidden="(?:1|true)"[^>]*>')
_TAG = re.compile(r"<Relationship [^>]*>")
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet [^>]*>")
_REMARKS = re.compile(r"xl/(?:comments|threadedComments)[^.]*\.xml")
_DRAWING = re.compile(r"xl/drawings/drawing\d+\.xml")
# .ods
_TABLE = re.compile(rb'<table:table [^>]*?table:name="([^"]*)".*?</table:table>', re.DOTALL)
_CELL_WITH_FORMULA = re.compile(rb"<table:table-cell [^>]*table:formula=[^>]*>")
_UNSEEN_ROW = re.compile(
    rb'<table:table-row [^>]*table:visibility="(?:collapse|filter)"[^>]*(?<!/)>(.*?)</table:table-row>',
    re.DOTALL,
)
_COLUMN = re.compile(rb"<table:table-column[^>]*>")

_SHOWN = 10  # numbers of rows

Told = dict[str, int]  # sentence → how many


def note_what_is_not_seen(file: SourceFile, book: Book) -> None:
    """Add to the notices of `book` and of its sheets what stands in them and was not read, or not as it stands."""
    if not file.data.startswith(b"PK"):
        _tell_of_old_workbook(file, book)
        _tell_of_crossed(book)
        return
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        if "content.xml" in archive.namelist():
            content = archive.read("content.xml")
            tables = {html.unescape(m[1].decode("utf-8", "replace")): m[0] for m in _TABLE.finditer(content)}
            for sheet in book.sheets:
                table = tables.get(sheet.name, b"")
                _tell(sheet, _in_open_document(sheet, table))
                cross_out(sheet, struck_in_open_document(content, table))
            beside = {
                "remarks": content.count(b"<office:annotation "),
                "text_boxes": content.count(b"<draw:text-box") + content.count(b"<draw:custom-shape "),
            }
        else:
            parts = _worksheets(archive)
            named = "xl/styles.xml" in archive.namelist()
            formats = struck_formats(archive.read("xl/styles.xml")) if named else set()
            for sheet in book.sheets:
                part = archive.read(parts[sheet.name]) if sheet.name in parts else b""
                _tell(sheet, _in_workbook(sheet, part))
                cross_out(sheet, struck_in_workbook(part, formats))
            beside = _beside_the_cells(archive)
    book.notices += [say(code, name=file.name, count=count) for code, count in beside.items() if count]
    _tell_of_crossed(book)


def _tell_of_crossed(book: Book) -> None:
    for sheet in book.sheets:
        if sheet.struck:
            numbers = [str(row + 1) for row in sorted(sheet.struck)]
            shown = ", ".join(numbers[:_SHOWN]) + ("…" if len(numbers) > _SHOWN else "")
            count = sum(map(len, sheet.struck.values()))
            sheet.notices.append(say("crossed_out", sheet=sheet.name, count=count, rows=shown))


def _tell_of_old_workbook(file: SourceFile, book: Book) -> None:
    by_name = {old.name: old for old in book.old}
    for sheet in book.sheets:
        if old := by_name.get(sheet.name):
            _tell(
                sheet,
                {
                    "formulas": old.formulas,
                    "hidden_rows": len(old.hidden_rows & old.filled_rows),
                    "hidden_columns": _filled(sheet, old.hidden_columns),
                },
            )
            cross_out(sheet, iter(old.struck))
    beside = {
        "remarks": sum(old.remarks for old in book.old),
        "text_boxes": sum(old.text_boxes for old in book.old),
    }
    book.notices += [say(code, name=file.name, count=count) for code, count in beside.items() if count]


def _tell(sheet: Sheet, told: Told) -> None:
    sheet.notices += [say(code, sheet=sheet.name, count=count) for code, count in told.items() if count]


def _in_workbook(sheet: Sheet, content: bytes) -> Told:
    formulas = [match.group() for match in _FORMULA.finditer(content)] if b"<f" in content else []
    bare = sum(b"<v>" not in cell or b"<v></v>" in cell for cell in formulas)
    hidden = b'hidden="' in content
    return {
        "formulas": len(formulas) - bare,
        "formulas_without_value": bare,
        "hidden_rows": len(_HIDDEN_ROW.findall(content)) if hidden else 0,
        "hidden_columns": _filled(sheet, _hidden_columns(content, _width(sheet))) if hidden else 0,
    }


def _in_open_document(sheet: Sheet, content: bytes) -> Told:
    formulas = _CELL_WITH_FORMULA.findall(content)
    bare = sum(b"value-type=" not in cell for cell in formulas)
    rows = [match[1] for match in _UNSEEN_ROW.finditer(content)]
    hidden, index = set(), 0
    for tag in _COLUMN.findall(content):
        said = dict(_ATTRIBUTE.findall(tag.decode("ascii", "replace")))
        after = index + int(said.get("table:number-columns-repeated", 1))
        if said.get("table:visibility") in ("collapse", "filter"):
            hidden |= set(range(index, min(after, _width(sheet))))
        index = after
    return {
        "formulas": len(formulas) - bare,
        "formulas_without_value": bare,
        "hidden_rows": sum(b"value-type=" in row for row in rows),
        "hidden_columns": _filled(sheet, hidden),
    }


def _beside_the_cells(archive: zipfile.ZipFile) -> Told:
    remarks = boxes = 0
    for name in archive.namelist():
        if _REMARKS.fullmatch(name):
            remarks += archive.read(name).count(b"<comment ")
        elif _DRAWING.fullmatch(name):
            boxes += len(
                re.findall(rb"<xdr:txBody>(?:(?!</xdr:txBody>).)*?<a:t>", archive.read(name), re.DOTALL)
            )
    return {"remarks": remarks, "text_boxes": boxes}


def _width(sheet: Sheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def _hidden_columns(content: bytes, width: int) -> set[int]:
    return {
        index
        for tag in _HIDDEN_COLUMN.findall(content)
        for said in (dict(_ATTRIBUTE.findall(tag.decode("ascii", "replace"))),)
        for index in range(int(said.get("min", 1)) - 1, min(int(said.get("max", 0)), width))
    }


def _filled(sheet: Sheet, columns: Iterable[int]) -> int:
    """How many of the columns hold anything."""
    return sum(any(i < len(row) and row[i] is not None for row in sheet.rows) for i in columns)


def _worksheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the package that holds each sheet, by the sheet's name."""
    names = archive.namelist()
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(names):
        return {}
    targets = {}
    for tag in _TAG.findall(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
        said = dict(_ATTRIBUTE.findall(tag))
        path = said.get("Target", "").removeprefix("/xl/")
        targets[said.get("Id", "")] = f"xl/{path}"
    found = {}
    for tag in _SHEET_TAG.findall(archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        said = dict(_ATTRIBUTE.findall(tag))
        part = targets.get(said.get("r:id", ""), "")
        if part in names:
            found[html.unescape(said.get("name", ""))] = part
    return found
