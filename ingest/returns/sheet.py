"""A return's sheet as text, whichever kind of file it came in: names of columns, rows, cells."""

from __future__ import annotations

from dataclasses import dataclass

SHEET = "Return"
"""The sheet of a workbook on which the figures stand."""
MAX_ROWS, MAX_COLUMNS = 400, 400
"""More rows or columns than any return has: a sheet with more is something else."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row below the header that has something in it; `number` as a spreadsheet numbers it."""

    number: int
    cells: tuple[str, ...]

    def cell(self, position: int) -> str:
        """The cell at that position, empty where the row ends before it."""
        return self.cells[position] if position < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet: the names in row 1 and every row with something in it."""

    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]
