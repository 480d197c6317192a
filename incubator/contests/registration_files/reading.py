"""Reading files into team rows. Nothing is decided here about rules: see checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from incubator.contests.registration_files.divisions import DivisionReader
from incubator.contests.registration_files.forms import as_table
from incubator.contests.registration_files.layout import SheetError, understand
from incubator.contests.registration_files.namesakes import settle_schools
from incubator.contests.registration_files.parts import parts_of
from incubator.contests.registration_files.records import (
    FileReport,
    Reading,
    Rules,
    SheetMapping,
    SheetReport,
    SourceFile,
)
from incubator.contests.registration_files.rows import RowReader
from incubator.contests.registration_files.schools import SchoolRegister
from incubator.contests.registration_files.sentences import say
from incubator.contests.registration_files.side import tables_beside
from incubator.contests.registration_files.tables import Sheet, UnreadableError, open_book
from incubator.contests.registration_files.unseen import note_what_is_not_seen

Mappings = Mapping[tuple[str, str], SheetMapping]


def read_files(
    files: Iterable[SourceFile],
    rules: Rules,
    mappings: Mappings | None = None,
    progress: Callable[[int, str], None] | None = None,
) -> Reading:
    """Every team in the files, in their order, with what was repaired; files that cannot be read say why.

    `progress(done, name)` is called before each file.
    """
    reading = Reading()
    divisions, schools = DivisionReader(rules.divisions), SchoolRegister.of(rules.schools)
    for done, file in enumerate(files):
        if progress:
            progress(done, file.name)
        report = FileReport(file.name)
        reading.files.append(report)
        reader = RowReader(file.name, rules, divisions, schools)
        _read_file(file, report, reader, reading, mappings or {})
    settle_schools(reading.rows, schools)
    return reading


def _read_file(
    file: SourceFile, report: FileReport, reader: RowReader, reading: Reading, mappings: Mappings
) -> None:
    try:
        book = open_book(file)
        note_what_is_not_seen(file, book)
    except UnreadableError as error:
        report.problem = error.sentence
        return
    report.notices.extend(book.notices)
    headless: list[SheetReport] = []
    for sheet in book.sheets:
        sheet_report = SheetReport(sheet.name, notices=list(sheet.notices))
        report.sheets.append(sheet_report)
        if not any(cell is not None for row in sheet.rows for cell in row):
            sheet_report.notices.append(say("empty_sheet", sheet=sheet.name))
            continue
        if not _read_sheet(sheet, sheet_report, reader, reading, mappings.get((file.name, sheet.name))):
            headless.append(sheet_report)
    _settle_problems(file, report, headless)


def _read_sheet(
    sheet: Sheet, report: SheetReport, reader: RowReader, reading: Reading, mapping: SheetMapping | None
) -> bool:
    """Append the sheet's teams; False when it has no header."""
    beside = [sheet] if mapping else tables_beside(sheet)
    if len(beside) > 1:
        report.notices.append(say("side_by_side", sheet=sheet.name))
    tables = [as_table(table) for table in beside]
    if any(table is not before for table, before in zip(tables, beside, strict=True)):
        report.notices.append(say("slip", sheet=sheet.name))
    parts = tables if mapping else [part for table in tables for part in parts_of(table)]
    for part in parts:
        own = report if part is parts[0] else SheetReport(sheet.name)
        if not _read_part(part, own, reader, reading, mapping):
            return False
        if own is not report:
            _tell_of_part(part, own, report)
        if report.problem:
            break
    return True


def _read_part(
    part: Sheet, report: SheetReport, reader: RowReader, reading: Reading, mapping: SheetMapping | None
) -> bool:
    try:
        layout = understand(reader.source, part, report, mapping)
        report.layout = layout.shape
        rows = reader.read(part, layout, report)
    except SheetError as problem:
        report.problem = problem.sentence
        return bool(report.columns)
    report.teams = len(rows)
    reading.rows.extend(rows)
    return True


def _tell_of_part(part: Sheet, own: SheetReport, report: SheetReport) -> None:
    """A further table of a sheet in the report of its first."""
    below = [say("several_tables", sheet=report.name, row=part.first + 1)] if part.first else []
    report.notices += [notice for notice in (*below, *own.notices) if notice not in report.notices]
    report.teams += own.teams
    report.skipped += own.skipped
    report.problem = own.problem


def _settle_problems(file: SourceFile, report: FileReport, headless: list[SheetReport]) -> None:
    """A sheet without header beside one that was read is a cover or a note; alone it is a problem."""
    filled = [sheet for sheet in report.sheets if sheet.columns or sheet in headless]
    if not filled:
        report.problem = say("no_data", name=file.name)
    if len(headless) < len(filled):
        for sheet in headless:
            sheet.problem = ""
            sheet.notices.append(say("sheet_without_header", sheet=sheet.name))
    if not report.problems and not any(sheet.teams for sheet in report.sheets):
        read = next(sheet for sheet in filled if sheet.layout)
        report.problem = say("no_teams", name=file.name, sheet=read.name)
