"""Sheets of an Excel or OpenDocument workbook as text. Reads values only: no macro, no formula."""

from __future__ import annotations

import difflib
import fnmatch
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import python_calamine

from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.tables import PublishedFile

Rows = list[list[str]]

HEADER_WITHIN = 30
"""A header stands in one of that many first rows, below titles and notes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name and every row as text, from the first cell on."""

    name: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The table of a sheet: `frame` has the header's names, `row_numbers` says where in the sheet
    each of its rows stands, `header_row` where the header does."""

    sheet: Sheet
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    row_numbers: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    header_row: int = 1

    def keep(self, wanted: npt.NDArray[np.bool_]) -> SheetTable:
        """The table with those of its rows, numbered anew from 0."""
        frame = self.frame[wanted].reset_index(drop=True)
        return SheetTable(self.sheet, frame, self.row_numbers[wanted], self.header_row)


class Workbook:
    """An open workbook, read sheet by sheet."""

    def __init__(self, workbook: python_calamine.CalamineWorkbook) -> None:
        self._workbook = workbook

    @property
    def names(self) -> list[str]:
        """The sheets' names, in their order."""
        return list(self._workbook.sheet_names)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that very name."""
        cells = self._workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        return Sheet(name, [[_text(cell) for cell in row] for row in cells])


def open_workbook(file: PublishedFile) -> tuple[Workbook | None, list[Finding]]:
    """The workbook, or a finding why it cannot be read."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        return None, [_unreadable(file, str(error))]
    if not workbook.sheet_names:
        return None, [_unreadable(file, "it has no sheet")]
    return Workbook(workbook), []


def _unreadable(file: PublishedFile, why: str) -> Finding:
    check = CHECKS["file_kind"] if file.data.strip() else CHECKS["file_readable"]
    message = f"The file is not a workbook that can be read ({why})."
    if not file.data.strip():
        message = "The file is empty."
    return check.finding(message, file_name=file.name, rows=(1,))


def read_sheet(file: PublishedFile) -> tuple[Rows, list[Finding]]:
    """The first sheet's rows as text (whole numbers without `.0`), or a finding why not."""
    workbook, findings = open_workbook(file)
    if workbook is None:
        return [], findings
    try:
        return workbook.sheet(workbook.names[0]).rows, []
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        return [], [_unreadable(file, str(error))]


def find_sheet(
    workbook: Workbook, pattern: str, file: PublishedFile
) -> tuple[Sheet | None, list[Finding]]:
    """The one sheet of a name (`*` stands for anything), or a finding with the names there are."""
    names = [name for name in workbook.names if fnmatch.fnmatchcase(name, pattern)]
    if len(names) != 1:
        near = difflib.get_close_matches(pattern, workbook.names, n=1, cutoff=0.5)
        hint = f" The nearest name there is {near[0]}." if near else ""
        message = (
            f"{len(names)} sheets are named {pattern}: {', '.join(names)}."
            if names
            else f"There is no sheet {pattern}.{hint} The sheets are: {', '.join(workbook.names)}."
        )
        return None, [CHECKS["sheet_found"].finding(message, file_name=file.name)]
    try:
        return workbook.sheet(names[0]), []
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        return None, [_unreadable(file, str(error))]


def read_table(
    sheet: Sheet, wanted: Collection[str], file: PublishedFile
) -> tuple[SheetTable, list[Finding]]:
    """The table of a sheet, below the first row that has the names of the `wanted` columns, or at
    least half as many of them as any row has (a header may be repeated further down).

    Blank rows and columns without a name or a cell are passed over. A finding says where there is
    no such row, no row below it, or a name that stands twice.
    """
    found = {i: len({*wanted} & {*row}) for i, row in enumerate(sheet.rows[:HEADER_WITHIN])}
    most = max(found.values(), default=0)
    header = next((i for i, names in found.items() if 2 * names >= most), 0)
    if not most:
        message = f"Sheet {sheet.name} has no header row with {', '.join(list(wanted)[:3])}."
        check = CHECKS["columns_known"]
        return SheetTable(sheet), [
            check.finding(message, file_name=file.name, rows=(1,), column=next(iter(wanted)))
        ]
    names = [name.strip() for name in sheet.rows[header]]
    numbers = [i for i in range(header + 1, len(sheet.rows)) if any(sheet.rows[i])]
    body = [sheet.rows[i] for i in numbers]
    findings = _header_faults(names, body, sheet, header + 1, file)
    columns = {name: [row[j] for row in body] for j, name in enumerate(names) if name}
    rows = np.array(numbers, dtype=np.int64) + 1
    return SheetTable(sheet, pd.DataFrame(columns, dtype="str"), rows, header + 1), findings


def _header_faults(
    names: Sequence[str], body: Rows, sheet: Sheet, row: int, file: PublishedFile
) -> list[Finding]:
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    nameless = any(not name and any(line[j] for line in body) for j, name in enumerate(names))
    found = []
    if repeated or nameless:
        message = (
            f"The header of sheet {sheet.name} repeats {', '.join(repeated)}."
            if repeated
            else f"Sheet {sheet.name} has a column without a name."
        )
        columns = ", ".join(repeated)
        check = CHECKS["columns_known"]
        found.append(check.finding(message, file_name=file.name, rows=(row,), column=columns))
    if not body:
        message = f"Sheet {sheet.name} has no row below its header."
        found.append(CHECKS["rows_present"].finding(message, file_name=file.name, rows=(row,)))
    return found


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
