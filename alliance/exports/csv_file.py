"""CSV: the one way in which the product begins and writes one.

Lines that begin with # say what the figures are; then a header and rows, in which nothing is a
formula. A byte order mark first, without which a spreadsheet mistakes the letters.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from alliance.exports.table import Absent, ExportTable
from indicators.impact import safe_cell

_MARK = "\ufeff"
ROWS_IN_A_PIECE = 1_000
_AFTER_A_SEPARATOR = re.compile(r"[,;](?=[^\s\w])")
"""Where a spreadsheet would begin a cell with something other than a word."""


def csv_opening(lines: Iterable[str]) -> str:
    """The beginning of a CSV: the mark, and each line after a #, with no line break within."""
    return _MARK + "".join(f"# {_harmless(line)}\r\n" for line in lines)


def _harmless(line: str) -> str:
    """A line on one line, of which no part is a cell that runs."""
    return _AFTER_A_SEPARATOR.sub(r"\g<0> ", " ".join(line.split()))


def write_csv(lines: Iterable[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole CSV; every cell goes through `safe_cell`."""
    return "".join(csv_pieces(lines, header, rows))


def csv_pieces(
    lines: Iterable[str], header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[str]:
    """The same in pieces of at most `ROWS_IN_A_PIECE` rows, so that a file of any length can be
    handed on while it is written."""
    buffer = io.StringIO(newline="")
    buffer.write(csv_opening(lines))
    writer = csv.writer(buffer)
    writer.writerow([safe_cell(cell) for cell in header])
    for batch in batched(rows, ROWS_IN_A_PIECE):
        writer.writerows([safe_cell(cell) for cell in row] for row in batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def batched(rows: Iterable[Sequence[object]], size: int) -> Iterator[list[Sequence[object]]]:
    """The rows in lists of `size`, the last perhaps shorter."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def render_csv(table: ExportTable) -> bytes:
    """A table as CSV, whole."""
    return b"".join(stream_csv(table))


def stream_csv(table: ExportTable) -> Iterator[bytes]:
    """A table as CSV, in pieces. A figure that is not a number is an empty cell where the row has
    its reason in `status`, else the reason stands in its place."""
    keys = [column.key for column in table.columns]
    absent_is_blank = "status" in keys
    lines = [table.title, *(f"{what}: {words}" for what, words in table.about), *table.notes]

    def cell(value: Any) -> object:
        if isinstance(value, Absent):
            return None if absent_is_blank else value.words
        return value.isoformat() if isinstance(value, date) else value

    rows = ([cell(row.get(key)) for key in keys] for row in table.rows)
    return (piece.encode() for piece in csv_pieces(lines, keys, rows))
