"""Reads a return from CSV, as a case-management system exports it. The same strict reader as for
published files; what an export may do and a publication may not is put right before it."""

from __future__ import annotations

import csv
import io
import re

from ingest.readers.delimited import read_delimited
from ingest.returns.faults import CellFault, fault, of_finding
from ingest.returns.sheet import MAX_ROWS, Sheet, SheetRow
from ingest.schemas.faults import FIRST_DATA_ROW

_EMPTY_END = re.compile(rb'(?:(?<=\n)[",\t ]*\r?\n)+\Z')


def read_text(data: bytes, file_name: str) -> tuple[Sheet | None, list[CellFault]]:
    """The rows of a CSV file and what is wrong with it; None where it cannot be read.

    Empty rows at its end are left out, and the last row need not end with a line break: the upload
    itself tells whether all of it came.
    """
    body = _EMPTY_END.sub(b"", data.rstrip(b"\r\n\t ") + b"\n")
    if body.count(b"\n") > 4 * MAX_ROWS:
        return None, [fault("return_rows", f"The file has more than {MAX_ROWS} rows.")]
    frame, findings = read_delimited(body, file_name)
    if findings:
        header = _names(body)
        return None, [item for finding in findings for item in of_finding(finding, header)]
    rows = [
        SheetRow(position + FIRST_DATA_ROW, tuple(cell.strip() for cell in cells))
        for position, cells in enumerate(frame.itertuples(index=False, name=None))
    ]
    return Sheet(tuple(name.strip() for name in frame.columns), tuple(rows)), []


def _names(body: bytes) -> list[str]:
    """The names of the columns as far as they can be read, to say which cell is at fault."""
    first = body.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    try:
        return next(csv.reader(io.StringIO(first.decode("utf-8", "replace"))), [])
    except csv.Error:
        return []
