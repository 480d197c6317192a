"""Lists of pupils whose team stands in the middle of its rows, as people do who centre it by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.layout import ROW_A_PUPIL, Layout, SheetError
from incubator.contests.registration_files.records import Cell
from incubator.contests.registration_files.sentences import say
from incubator.contests.registration_files.tables import Sheet

_ONCE_A_TEAM = ("index", "school", "division", "coach.name")


def with_teams_on_top(file: str, sheet: Sheet, layout: Layout) -> Sheet:
    """`sheet` itself, or where its first pupil has no team yet, a sheet with each team's cells on its first row.

    Blank rows or numbers that begin again must show where a team ends; raises SheetError where neither does, because
    any guess would put pupils into a wrong team.
    """
    if layout.shape != ROW_A_PUPIL or "team" not in layout.columns:
        return sheet
    pupils = _pupil_rows(sheet, layout)
    if not pupils or _begins_team(sheet, layout, pupils[0], pupils):
        return sheet
    found = (
        _run(pupils, lambda last, row: row != last + 1),
        _run(pupils, lambda last, row: _number(sheet, layout, row) in (1, None)),
    )
    for blocks in found:
        if all(len(_holding(sheet, layout, "team", block)) == 1 for block in blocks):
            return _lifted(sheet, layout, blocks)
    raise SheetError(say("team_in_the_middle", sheet=sheet.name, name=file, row=sheet.first + pupils[0] + 1))


def counts_teams(sheet: Sheet, layout: Layout) -> bool:
    """Does the column of numbers count teams, not pupils? Then it is blank beside a team's further pupils.

    Where more numbers stand beside further pupils than blanks, pupils are counted and one was forgotten.
    """
    if layout.shape != ROW_A_PUPIL or not {"index", "team"} <= set(layout.columns):
        return False
    pupils = _pupil_rows(sheet, layout)
    numbered, named = (set(_holding(sheet, layout, role, pupils)) for role in ("index", "team"))
    return named <= numbered and len(numbered - named) <= len(pupils) - len(numbered) > 0


def _pupil_rows(sheet: Sheet, layout: Layout) -> list[int]:
    """Rows with a pupil's name and something of the pupil's beside it."""
    rows = []
    for row in range(layout.first, len(sheet.rows)):
        for columns in layout.members:
            about = (columns[part] for part in ("birth", "class") if part in columns)
            if _has(sheet, layout, row, columns["name"]) and any(_has(sheet, layout, row, i) for i in about):
                rows.append(row)
    return rows


def _has(sheet: Sheet, layout: Layout, row: int, column: int) -> bool:
    cell = layout.cell(sheet, row, column)
    if cell is None and (row, column) in layout.tops:
        cell = layout.cell(sheet, layout.tops[row, column], column)
    return cell is not None


def _holding(sheet: Sheet, layout: Layout, role: str, rows: list[int]) -> list[int]:
    column = layout.columns.get(role)
    return [] if column is None else [row for row in rows if layout.cell(sheet, row, column) is not None]


def _begins_team(sheet: Sheet, layout: Layout, first: int, pupils: list[int]) -> bool:
    """The first pupil's row names the team, or leaves its name out but holds what stands once a team."""
    if _has(sheet, layout, first, layout.columns["team"]):
        return True
    once = [role for role in _ONCE_A_TEAM if len(_holding(sheet, layout, role, pupils)) < len(pupils)]
    return not _holding(sheet, layout, "team", pupils) or any(
        _has(sheet, layout, first, layout.columns[role]) for role in once if role in layout.columns
    )


def _number(sheet: Sheet, layout: Layout, row: int) -> int | None:
    text = as_text(layout.raw(sheet, row, "index")).strip(" .)")
    return int(text) if text.isdigit() else None


def _run(rows: list[int], ends: Callable[[int, int], bool]) -> list[list[int]]:
    """`rows` in runs; `ends(last, row)` says that a new one begins at `row`."""
    blocks = [rows[:1]]
    for last, row in zip(rows, rows[1:], strict=False):
        if ends(last, row):
            blocks.append([])
        blocks[-1].append(row)
    return blocks


def _lifted(sheet: Sheet, layout: Layout, blocks: list[list[int]]) -> Sheet:
    """What stands once a team, moved to the first of its rows."""
    of_pupil = {i for columns in layout.members for i in columns.values()}
    of_pupil |= {layout.columns[role] for role in ("notes", "part") if role in layout.columns}
    rows = list(sheet.rows)
    for block in blocks:
        first, *others = block
        rows[first] = top = list(rows[first])
        for row in others:
            rows[row] = cells = list(rows[row])
            for column, cell in enumerate(cells):
                if column not in of_pupil and cell is not None and _cell(top, column) is None:
                    top.extend([None] * (column + 1 - len(top)))
                    top[column], cells[column] = cell, None
    return replace(sheet, rows=rows)


def _cell(row: list[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None
