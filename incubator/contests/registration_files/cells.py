"""The cells of one sheet as its layout has them: cleaned, with the repairs they took and what stood there."""

from __future__ import annotations

from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.columns import part_of
from incubator.contests.registration_files.dates import LAST_SERIAL, DateOrder
from incubator.contests.registration_files.layout import Layout
from incubator.contests.registration_files.records import Cell, Repair, TeamRow
from incubator.contests.registration_files.tables import Sheet
from incubator.contests.registration_files.values import is_ditto

CellText = tuple[str, tuple[str, ...], str]  # cleaned, kinds of repair, as it stood


class CellReader:
    """Reads cells by row and by column or role."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet, self.layout = sheet, layout

    def _cell(self, row: int, column: int) -> Cell:
        """The cell, or the one that a merge downwards gives it."""
        value = self.layout.cell(self.sheet, row, column)
        top = self.layout.tops.get((row, column))
        return value if value is not None or top is None else self.layout.cell(self.sheet, top, column)

    def _clean(self, row: int, column: int) -> CellText:
        cell = self._cell(row, column)
        text, kinds = self.layout.cleaners[column](cell)
        own = self.sheet.rows[row][column] if column < len(self.sheet.rows[row]) else None
        if is_ditto(own):
            return text, (*kinds, "filled_down"), as_text(own)
        return text, kinds, as_text(cell)

    def _text(self, row: int, role: str) -> CellText:
        column = self.layout.columns.get(role)
        return ("", (), "") if column is None else self._clean(row, column)

    def _dated(self, cell: Cell) -> Cell:
        """A number of days, as this workbook counts them, counted as all others do."""
        whole = isinstance(cell, int | float) and not isinstance(cell, bool)
        return cell + self.sheet.days_before if whole and cell < LAST_SERIAL else cell  # type: ignore[operator]

    def _order(self, column: int | None) -> DateOrder:
        return DateOrder.DAY_FIRST if column is None else self.layout.orders.get(column, DateOrder.DAY_FIRST)

    def _note(self, team: TeamRow, name: str, kinds: tuple[str, ...], was: str, now: str) -> None:
        if kinds:
            team.repairs.append(Repair(name, tuple(dict.fromkeys(kinds)), was, now))

    def _part(self, row: int) -> str:
        """What a column such as “Vai trò” says the person of this row is: member, captain, coach; '' without one.

        “GV” in place of a number says it too.
        """
        text = self._text(row, "part")[0]
        if not text and part_of(self._text(row, "index")[0]) == "coach":
            return "coach"
        return (part_of(text) or "member") if text else ""
