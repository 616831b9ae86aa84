"""An upload from its bytes to its figures, with every fault on the way, cell by cell."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ingest.errors import Severity
from ingest.returns.container import check_kind, check_size, check_workbook, is_workbook
from ingest.returns.declaration import KEY_COLUMNS, QUARTER, Return
from ingest.returns.faults import CellFault, fault, in_order
from ingest.returns.figures import NOT_GIVEN, SYMBOLS, QuarterFigures, ReturnFigure
from ingest.returns.quarters import Quarter, parse_quarter
from ingest.returns.rules import NOTHING_KNOWN, Cells, Known, rule_faults
from ingest.returns.schema import make_frame, positions, schema_faults
from ingest.returns.sheet import Sheet, SheetRow
from ingest.returns.text import read_text
from ingest.returns.workbook import read_workbook


@dataclass(frozen=True, slots=True)
class Answer:
    """What the checks say of an upload. `rows` is empty where there is an error."""

    faults: tuple[CellFault, ...]
    rows: tuple[QuarterFigures, ...] = ()

    def of(self, severity: Severity) -> tuple[CellFault, ...]:
        """The faults of one severity."""
        return tuple(item for item in self.faults if item.severity == severity)

    @property
    def accepted(self) -> bool:
        """True where no error was found."""
        return not self.of("error")


def check_upload(
    declaration: Return, data: bytes, file_name: str, *, authority: tuple[str, str], today: date,
    known: Known = NOTHING_KNOWN,
) -> Answer:  # fmt: skip
    """Read an upload and hold it against its declaration and what is known.

    `authority`: the code and the name of the authority that it is given for. Never raises for what
    is in the file: whatever is wrong is a fault.
    """
    sheet, faults = read_upload(data, file_name)
    if sheet is None:
        return Answer(in_order(faults))
    faults += _column_faults(declaration, sheet)
    rows = _filled(declaration, sheet)
    if not rows:
        faults.append(
            fault("return_rows", "There is no row with figures below the columns’ names.")
        )
        return Answer(in_order(faults))
    sheet = Sheet(sheet.header, rows)
    frame, notes = make_frame(declaration, sheet)
    formulas = {item.cell for item in faults if item.check_id == "return_formula"}
    wrong = schema_faults(declaration, sheet, frame, authority, today)
    faults += [*notes, *(item for item in wrong if item.cell not in formulas)]
    figures, cells = _figures(declaration, sheet, frame, wrong)
    faults += rule_faults(declaration, figures, cells, known)
    answer = Answer(in_order(faults))
    return Answer(answer.faults, tuple(figures)) if answer.accepted else answer


def read_upload(data: bytes, file_name: str) -> tuple[Sheet | None, list[CellFault]]:
    """The sheet of an upload, or None with the reasons why it cannot be read."""
    faults = check_size(len(data)) or check_kind(data, file_name)
    if faults:
        return None, faults
    if not is_workbook(data):
        return read_text(data, file_name)
    faults = check_workbook(data)
    return (None, faults) if faults else read_workbook(data)


def _column_faults(declaration: Return, sheet: Sheet) -> Iterator[CellFault]:
    width = max(len(sheet.header), *(len(row.cells) for row in sheet.rows), 0)
    header = [*sheet.header, *[""] * (width - len(sheet.header))]
    names = [name.strip().casefold() for name in header]
    counts = Counter(names)
    missing = [name for name in declaration.columns if name not in counts]
    for at, name in enumerate(names):
        written = header[at]
        message = ""
        if name == "" and any(row.cell(at) for row in sheet.rows):
            message = "The column has cells and no name."
        elif name and name not in declaration.columns:
            near = difflib.get_close_matches(name, missing or declaration.columns, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            message = f"“{written}” is not a column of this return.{hint}"
        elif name and names.index(name) < at:
            message = f"{name} is there twice."
        if message:
            yield fault("return_columns", message, row=1, at=at, column=name, value=written)
    for name in missing:
        yield fault("return_columns", f"The column {name} is missing.", column=name)


def _filled(declaration: Return, sheet: Sheet) -> tuple[SheetRow, ...]:
    """The rows with something in them beyond the authority and the quarter that the template
    gives; a sheet with one such row alone keeps it, so that what is not given is said."""
    at = positions(declaration, sheet)
    keys = {at[name] for name in KEY_COLUMNS if name in at}
    filled = tuple(
        row
        for row in sheet.rows
        if any(cell for position, cell in enumerate(row.cells) if position not in keys)
    )
    return filled or sheet.rows[:1]


def _figures(
    declaration: Return, sheet: Sheet, frame: pd.DataFrame, wrong: Sequence[CellFault]
) -> tuple[list[QuarterFigures], Cells]:
    """The figures of each row whose quarter can be read, leaving out the cells at fault."""
    bad = {(item.row, item.column) for item in wrong}
    found: list[QuarterFigures] = []
    rows: dict[Quarter, int] = {}
    for position, row in enumerate(sheet.rows):
        quarter = parse_quarter(frame[QUARTER].iloc[position]) if QUARTER in frame else None
        if quarter is None or quarter in rows:
            continue
        rows[quarter] = row.number
        figures = {
            name: read_figure(frame[name].iloc[position])
            for name in declaration.measure_by_column
            if name in frame and (row.number, name) not in bad
        }
        found.append(QuarterFigures(quarter, figures))
    return found, Cells(positions(declaration, sheet), rows)


def read_figure(cell: str) -> ReturnFigure:
    """The figure of a cell that the schema has let through."""
    if cell == "":
        return NOT_GIVEN
    if cell in SYMBOLS:
        return ReturnFigure(None, SYMBOLS[cell], cell)
    return ReturnFigure(float(cell))
