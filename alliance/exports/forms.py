"""The forms that a table may take as a file: what writes each, its ending and its type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alliance.exports.csv_file import render_csv, stream_csv
from alliance.exports.pptx_file import render_pptx
from alliance.exports.table import ExportTable, TooManyRowsError
from alliance.exports.xlsx_file import MOST_FIGURES, render_xlsx

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file: its ending, its media type, and what renders a table in it, whole. `stream`
    renders it in pieces, where that can be done; `most_rows` is how many it may have."""

    ending: str
    mimetype: str
    render: Callable[[ExportTable], bytes]
    stream: Callable[[ExportTable], Iterator[bytes]] | None = None
    most_rows: int | None = None

    def pieces(self, table: ExportTable) -> Iterator[bytes]:
        """The file piece by piece, in one where it cannot be otherwise. Raises as `check_size`,
        before the first."""
        self.check_size(table)
        return self.stream(table) if self.stream else iter((self.render(table),))

    def check_size(self, table: ExportTable) -> None:
        """Stop where the form cannot hold the table. Raises `TooManyRowsError`, which says what to
        ask for instead."""
        if self.most_rows is not None and len(table.rows) > self.most_rows:
            raise TooManyRowsError(
                f"There are {len(table.rows):,} figures in what was asked for, and a workbook is "
                f"made of {self.most_rows:,} at most: more would not open with ease. Choose CSV, "
                "which holds them all, or fewer indicators, authorities or years. Every figure of "
                "the release is also in one file, at /api/v1/release/file."
            )


FORMS: dict[str, Form] = {
    form.ending: form
    for form in (
        Form("csv", "text/csv", render_csv, stream=stream_csv),
        Form("xlsx", f"{_OFFICE}.spreadsheetml.sheet", render_xlsx, most_rows=MOST_FIGURES),
        Form("pptx", f"{_OFFICE}.presentationml.presentation", render_pptx),
    )
}
