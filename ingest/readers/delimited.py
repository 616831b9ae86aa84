"""CSV as text, strictly: a cut, mixed-up or wrongly encoded file is a finding, never a guess."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.schemas.faults import FIRST_DATA_ROW

_MAGIC = {
    b"PK\x03\x04": "a ZIP archive (or an Excel or OpenDocument workbook)",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_delimited(
    data: bytes, file_name: str, *, line_breaks_in_cells: bool = True
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a comma-separated file, every cell as text.

    Returns a frame of str columns (empty where an error is among the findings) and the findings.
    Where cells never hold line breaks, say so: one in a cell then shows that a quotation mark was
    not closed and swallowed the rows after it.
    """
    text = data.removeprefix(_UTF8_MARK)
    finding = _refuse_by_content(text, file_name) or _refuse_by_encoding(text, file_name)
    if finding is not None:
        return pd.DataFrame(), [finding]
    header = _header(text)
    finding = _refuse_by_header(header, file_name)
    if finding is not None:
        return pd.DataFrame(), [finding]
    frame, findings = _parse(text, header, file_name)
    if not findings and not line_breaks_in_cells:
        findings = _broken_cells(frame, text, file_name)
    if not findings and not text.endswith((b"\n", b"\r")):
        findings = [
            CHECKS["csv_rows_whole"].finding(
                "The last row does not end with a line break, so its last cell may be cut.",
                file_name=file_name,
                rows=(len(frame) + 1,),
                column=header[-1],
            )
        ]
    return (pd.DataFrame() if findings else frame), findings


def _refuse_by_content(data: bytes, file_name: str) -> Finding | None:
    if not data.strip():
        return CHECKS["file_readable"].finding("The file is empty.", file_name=file_name, rows=(1,))
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            message = f"The file is {what}, not CSV."
            return CHECKS["file_kind"].finding(message, file_name=file_name, rows=(1,))
    if data.lstrip().startswith(b"<"):
        message = "The file is a web page, not CSV."
        return CHECKS["file_kind"].finding(message, file_name=file_name, rows=(1,))
    return None


def _refuse_by_encoding(data: bytes, file_name: str) -> Finding | None:
    if data.startswith(_UTF16_MARKS) or b"\0" in data[:4]:
        message = "The file is in UTF-16, not UTF-8."
        return CHECKS["file_encoding"].finding(message, file_name=file_name, rows=(1,))
    start = data.find(b"\0")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    if start < 0:
        return None
    row = data.count(b"\n", 0, start) + 1
    position = data.count(b",", data.rfind(b"\n", 0, start) + 1, start)
    header = _header(data)
    return CHECKS["file_encoding"].finding(
        f"The byte 0x{data[start]:02x} is no text in UTF-8.",
        file_name=file_name,
        rows=(row,),
        column=header[position] if position < len(header) else "",
    )


def _header(text: bytes) -> list[str]:
    lines = io.StringIO(text.decode("utf-8", "replace"), newline="")
    try:
        return next(csv.reader(lines), [])
    except csv.Error:  # a quotation mark that is never closed makes a header without an end
        return []


def _refuse_by_header(header: list[str], file_name: str) -> Finding | None:
    if len(header) == 1:
        for delimiter, words in _OTHER_DELIMITERS.items():
            if header[0].count(delimiter) > 1:
                message = f"Columns are separated by {words}."
                return CHECKS["csv_delimiter"].finding(message, file_name=file_name, rows=(1,))
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated or "" in header or not header:
        message = (
            f"The header repeats {', '.join(repeated)}."
            if any(repeated)
            else "The header has a column without a name, or a quotation mark that is not closed."
        )
        return CHECKS["columns_known"].finding(
            message, file_name=file_name, rows=(1,), column=", ".join(repeated)
        )
    return None


def _parse(text: bytes, header: list[str], file_name: str) -> tuple[pd.DataFrame, list[Finding]]:
    broken: list[tuple[int, int]] = []

    def note(row: pa.csv.InvalidRow) -> str:
        broken.append((row.number or 0, row.actual_columns))
        return "skip"

    body = text.rstrip(b"\r\n") + b"\n"
    try:
        table = pa.csv.read_csv(
            io.BytesIO(body),
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=max(len(body), 1)),
            parse_options=pa.csv.ParseOptions(
                invalid_row_handler=note, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        message = f"The file cannot be read as CSV ({error})."
        return pd.DataFrame(), [CHECKS["csv_rows_whole"].finding(message, file_name=file_name)]
    if broken:
        return pd.DataFrame(), [_broken_rows(broken, header, file_name)]
    if table.column_names != header:
        message = "The header cannot be read: look for a stray quotation or byte order mark."
        return pd.DataFrame(), [
            CHECKS["columns_known"].finding(message, file_name=file_name, rows=(1,))
        ]
    if not table.num_rows:
        message = "The file has a header and no rows."
        return pd.DataFrame(), [
            CHECKS["rows_present"].finding(message, file_name=file_name, rows=(1,))
        ]
    frame = table.to_pandas()
    return frame, _blank_rows(frame, file_name)


def _blank_rows(frame: pd.DataFrame, file_name: str) -> list[Finding]:
    blank = frame.index[frame.iloc[:, 0] == ""]
    blank = blank[(frame.loc[blank] == "").all(axis="columns")]
    if blank.empty:
        return []
    rows = tuple(int(i) + FIRST_DATA_ROW for i in blank)
    message = "The row is blank."
    return [CHECKS["csv_rows_whole"].finding(message, file_name=file_name, rows=rows)]


def _broken_cells(frame: pd.DataFrame, text: bytes, file_name: str) -> list[Finding]:
    """Findings on cells with a line break, where the file has more lines than rows."""
    if len(text.rstrip(b"\r\n").splitlines()) == len(frame) + 1:
        return []
    findings = []
    for name in frame.columns:
        broken = pc.match_substring_regex(pa.array(frame[name], pa.string()), "[\r\n]")
        rows = np.flatnonzero(broken.to_numpy(zero_copy_only=False))
        if len(rows) or len(name.splitlines()) > 1:
            findings.append(
                CHECKS["csv_rows_whole"].finding(
                    "The cell goes on over a line break: a quotation mark is not closed.",
                    file_name=file_name,
                    rows=tuple(int(i) + FIRST_DATA_ROW for i in rows) or (1,),
                    column=name,
                )
            )
    return findings


def _broken_rows(broken: list[tuple[int, int]], header: list[str], file_name: str) -> Finding:
    first_row, cells = broken[0]
    short = cells < len(header)
    column = header[cells - 1] if short else header[-1]
    return CHECKS["csv_rows_whole"].finding(
        f"The row has {cells} {'cell' if cells == 1 else 'cells'} where the header has "
        f"{len(header)}; it {'ends after' if short else 'goes on after'} column {column}."
        if len(broken) == 1
        else f"{len(broken):,} rows do not have the header's {len(header)} cells; row {first_row} "
        f"has {cells}.",
        file_name=file_name,
        rows=tuple(row for row, _ in broken),
        column=column,
    )
