"""Shape of a return's rows, by pandera: every cell that fails is reported, not only the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ingest.returns.declaration import AUTHORITY, QUARTER, Measure, Return
from ingest.returns.faults import CellFault, fault
from ingest.returns.figures import SYMBOLS
from ingest.returns.quarters import last_ended, parse_quarter
from ingest.returns.sheet import Sheet
from ingest.schemas.faults import named_check
from ingest.symbols import is_number

_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
Mask = npt.NDArray[np.bool_]
Words = Callable[[str], str]


def plain_cell(text: str) -> str:
    """A figure's cell as it is read: `1,234` as `1234`, `[C]` as `c`; anything else as it is."""
    text = text.strip()
    symbol = text.casefold().removeprefix("[").removesuffix("]")
    if symbol in SYMBOLS:
        return symbol
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def make_frame(declaration: Return, sheet: Sheet) -> tuple[pd.DataFrame, list[CellFault]]:
    """The rows with plain cells, columns by name (those that the sheet has), and a note on each
    number that was written with separators."""
    at = positions(declaration, sheet)
    figures = declaration.measure_by_column
    written = {
        name: [row.cell(position) for row in sheet.rows]
        for name, position in at.items()
    }  # fmt: skip
    notes = [
        fault(
            "return_separator",
            f"“{cell.strip()}” was read as {plain_cell(cell)}.",
            row=row.number,
            at=at[name],
            column=name,
            value=cell,
        )
        for name in at
        if name in figures
        for row, cell in zip(sheet.rows, written[name], strict=True)
        if "," in cell and plain_cell(cell) != cell.strip()
    ]
    plain = {
        name: [
            plain_cell(cell) if name in declaration.measure_by_column else cell for cell in cells
        ]
        for name, cells in written.items()
    }
    return pd.DataFrame(plain, dtype="str"), notes


def positions(declaration: Return, sheet: Sheet) -> dict[str, int]:
    """Where each of the return's columns stands in the sheet; the first where it stands twice."""
    names = [name.strip().casefold() for name in sheet.header]
    return {name: names.index(name) for name in declaration.columns if name in names}


def return_schema(
    declaration: Return, frame: pd.DataFrame, authority_code: str, today: date
) -> pa.DataFrameSchema:
    """The schema of the columns that the frame has, for that authority on that day."""
    keys = {
        AUTHORITY: named_check("return_authority", lambda s: s == authority_code),
        QUARTER: named_check("return_quarter", lambda s: s.map(lambda t: _has_ended(t, today))),
    }
    columns = {name: pa.Column(checks=check) for name, check in keys.items() if name in frame}
    columns |= {
        measure.column: pa.Column(checks=_measure_checks(measure))
        for measure in declaration.measures
        if measure.column in frame
    }
    unique = named_check("return_quarter_unique", _first_of_quarter)
    return pa.DataFrameSchema(columns, checks=[unique] if QUARTER in frame else [], strict=False)


def _measure_checks(measure: Measure) -> list[pa.Check]:
    checks = [
        named_check("return_number", lambda s: (s == "") | s.isin(list(SYMBOLS)) | is_number(s)),
        named_check("return_negative", lambda s: ~(_numbers(s) < 0)),
    ]
    if measure.required:
        checks.append(named_check("return_required", lambda s: s != ""))
    if measure.unit == "count":
        checks.append(named_check("return_whole_number", lambda s: _is_whole(_numbers(s))))
    return checks


def _numbers(cells: pd.Series) -> npt.NDArray[np.float64]:
    """The number that each cell is; NaN for what is none, whose own check says so."""
    known = is_number(cells)
    return np.array([float(c) if k else np.nan for c, k in zip(cells, known, strict=True)])


def _is_whole(values: npt.NDArray[np.float64]) -> Mask:
    return np.isnan(values) | (values == np.floor(values))


def _has_ended(text: str, today: date) -> bool:
    quarter = parse_quarter(text)
    return quarter is not None and quarter.end < today


def _first_of_quarter(frame: pd.DataFrame) -> pd.Series:
    quarters = frame[QUARTER].map(parse_quarter)
    return ~quarters.duplicated() | quarters.isna()


def schema_faults(
    declaration: Return, sheet: Sheet, frame: pd.DataFrame, authority: tuple[str, str], today: date
) -> list[CellFault]:
    """Every cell that the schema refuses. `authority`: the code and name that the return is of."""
    schema = return_schema(declaration, frame, authority[0], today)
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return list(_faults(errors.failure_cases, declaration, sheet, frame, authority, today))
    return []


def _faults(
    cases: pd.DataFrame, declaration: Return, sheet: Sheet, frame: pd.DataFrame,
    authority: tuple[str, str], today: date,
) -> Iterator[CellFault]:  # fmt: skip
    at = positions(declaration, sheet)
    words = _words(authority, today)
    failed = zip(
        cases["check"], cases["schema_context"], cases["column"], cases["index"], strict=True
    )
    for check_id, context, column, index in failed:
        name = str(column) if context == "Column" else QUARTER
        position = int(index)
        cell = str(frame[name].iloc[position])
        row = sheet.rows[position].number
        yield fault(
            check_id, words[check_id](cell), row=row, at=at[name], column=name, value=cell
        )  # fmt: skip


def _words(authority: tuple[str, str], today: date) -> dict[str, Words]:
    code, name = authority
    last = last_ended(today).label

    def quarter(cell: str) -> str:
        if parse_quarter(cell) is None:
            return f"“{cell}” is no quarter." if cell else "There is no quarter."
        return f"{cell} has not ended yet: the last quarter that has is {last}."

    return {
        "return_authority": lambda cell: (
            f"“{cell}” is not {name} ({code})." if cell else "There is no authority."
        ),
        "return_quarter": quarter,
        "return_quarter_unique": lambda cell: f"{cell} has a row already.",
        "return_required": lambda _: "The figure is not given.",
        "return_number": lambda cell: f"“{cell}” is not a number.",
        "return_negative": lambda cell: f"{cell} is below zero.",
        "return_whole_number": lambda cell: f"{cell} is not a whole number.",
    }
