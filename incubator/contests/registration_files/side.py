"""Tables side by side on a sheet: a list that goes on to the right, or a team in each of several blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from incubator.contests.registration_files.cleaning import cleaners_of
from incubator.contests.registration_files.columns import meaning_of
from incubator.contests.registration_files.records import Cell
from incubator.contests.registration_files.tables import Sheet, column_letter

_SEARCH_ROWS = 40
_LEAST_COLUMNS = 3


def tables_beside(sheet: Sheet) -> list[Sheet]:
    """`sheet` alone, or a sheet for each of the tables that stand side by side under one and the same head.

    The head must say for each what a row is (its number or its team): “Họ tên, Ngày sinh, Lớp” twice are two pupils of a
    team. What stands alone in a row above holds for all of them.
    """
    for head, row in enumerate(sheet.rows[:_SEARCH_ROWS]):
        starts = _starts(row)
        if len(starts) > 1 and _says_what_a_row_is(sheet, row[starts[0] : starts[1]]):
            return list(_cut(sheet, head, starts))
    return [sheet]


def _starts(row: list[Cell]) -> list[int]:
    """Where the same labels begin again, each time at least three alike; [] where the row is no such head."""
    labels = [(i, cell.strip().casefold()) for i, cell in enumerate(row) if isinstance(cell, str)]
    if len(labels) < 2 * _LEAST_COLUMNS or len(labels) < sum(cell is not None for cell in row):
        return []
    words = [word for _, word in labels]
    begins = [n for n, word in enumerate(words) if word == words[0]]
    alike = all(words[n : n + _LEAST_COLUMNS] == words[:_LEAST_COLUMNS] for n in begins)
    return (
        [labels[n][0] for n in begins] if alike and len(set(words[:_LEAST_COLUMNS])) == _LEAST_COLUMNS else []
    )


def _says_what_a_row_is(sheet: Sheet, labels: list[Cell]) -> bool:
    cleaners = cleaners_of(sheet.rows, max(map(len, sheet.rows)))
    meanings = [meaning_of(cleaners[i](cell)[0].replace("\n", " ")) for i, cell in enumerate(labels)]
    return any(m.role in ("index", "team") for m in meanings) and any(m.aspect == "name" for m in meanings)


def _cut(sheet: Sheet, head: int, starts: list[int]) -> Iterator[Sheet]:
    width = max(map(len, sheet.rows))
    for start, end in zip([0, *starts[1:]], [*starts[1:], width], strict=True):
        rows: list[list[Cell]] = [row[start:end] for row in sheet.rows]
        for number, row in enumerate(sheet.rows[:head]):
            if len(row) - row.count(None) == 1:
                rows[number] = [cell for cell in row if cell is not None]
        yield replace(
            sheet,
            rows=rows,
            merges=[
                ((top, left - start), (bottom, min(right, end - 1) - start))
                for (top, left), (bottom, right) in sheet.merges or ()
                if start <= left < end
            ],
            struck={
                number: {column - start for column in columns if start <= column < end}
                for number, columns in sheet.struck.items()
            },
            columns=f"{column_letter(start)}–{column_letter(end - 1)}",
            notices=[],
        )
