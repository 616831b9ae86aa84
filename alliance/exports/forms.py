"""The forms that a table may take as a file: what writes each, its ending and its type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alliance.exports.csv_file import render_csv
from alliance.exports.pptx_file import render_pptx
from alliance.exports.table import ExportTable
from alliance.exports.xlsx_file import render_xlsx

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file: its ending, its media type, and what renders a table in it."""

    ending: str
    mimetype: str
    render: Callable[[ExportTable], bytes]


FORMS: dict[str, Form] = {
    form.ending: form
    for form in (
        Form("csv", "text/csv", render_csv),
        Form("xlsx", f"{_OFFICE}.spreadsheetml.sheet", render_xlsx),
        Form("pptx", f"{_OFFICE}.presentationml.presentation", render_pptx),
    )
}
