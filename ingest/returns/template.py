"""The workbook that a member fills, made from the declaration. The same declaration, authority and
quarters give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from ingest.returns.declaration import AUTHORITY, QUARTER, Measure, Return
from ingest.returns.faults import column_letters
from ingest.returns.quarters import Quarter
from ingest.returns.sheet import SHEET

READ_ME, COLUMNS = "Read me", "Columns"
ROWS_TO_FILL = 12
"""Rows below the header that are open to be filled: three years of quarters."""
TIMING_WORDS = {
    "quarter": "in the quarter",
    "snapshot": "on the last day of the quarter",
    "twelve_months": "in the 12 months to the last day of the quarter",
}
UNIT_WORDS = {"count": "whole number", "fte": "full-time equivalents, decimals allowed"}
_MADE = datetime(2020, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that equal templates are equal bytes
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
_KEY_WORDS = {
    AUTHORITY: ("Authority code", "The DfE number of the authority, such as 873."),
    QUARTER: ("Quarter", "Such as 2025/26 Q1: April to June is Q1, January to March is Q4."),
}


def render_template(
    declaration: Return, authority: tuple[str, str], quarters: Sequence[Quarter], *, notice: str
) -> bytes:
    """The workbook for an authority (code, name), a row for each quarter filled in beforehand.

    `notice` stands on every sheet and page: that the return is provisional and for whom it is.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        workbook.set_properties(
            {"title": declaration.title, "subject": authority[1], "comments": notice,
             "created": _MADE}
        )  # fmt: skip
        formats = _formats(workbook)
        _write_read_me(workbook, formats, declaration, authority, notice)
        _write_return(workbook, formats, declaration, authority, quarters, notice)
        _write_columns(workbook, formats, declaration, notice)
        workbook.get_worksheet_by_name(SHEET).activate()
    return buffer.getvalue()


def _formats(workbook: Any) -> dict[str, Any]:
    font = {"font_name": "Arial", "font_size": 11, "valign": "top"}
    add = workbook.add_format
    return {
        "title": add({**font, "bold": True, "font_size": 16}),
        "heading": add({**font, "bold": True, "font_size": 12}),
        "notice": add({**font, "bold": True, "font_color": "#801650", "text_wrap": True}),
        "text": add({**font, "text_wrap": True}),
        "name": add({**font, "bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF",
                     "border": 1}),
        "key": add({**font, "bg_color": "#F1F3F5", "border": 1, "num_format": "@"}),
        "open key": add({**font, "bg_color": "#F1F3F5", "border": 1, "num_format": "@",
                      "locked": False}),
        "count": add({**font, "border": 1, "locked": False}),
        "fte": add({**font, "border": 1, "locked": False}),
        "cell": add({**font, "text_wrap": True, "border": 1}),
    }  # fmt: skip


def _page(sheet: Any, notice: str, *, wide: bool) -> None:
    """How a sheet prints: A4 across, what it is on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.set_header("&L&A")
    sheet.set_footer(f"&L{notice.replace('&', '&&')}&RPage &P of &N")
    if not wide:
        sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)


def _write_read_me(
    workbook: Any, formats: dict[str, Any], declaration: Return, authority: tuple[str, str],
    notice: str,
) -> None:  # fmt: skip
    sheet = workbook.add_worksheet(READ_ME)
    _page(sheet, notice, wide=False)
    sheet.set_column(0, 0, 100)
    lines = [
        (declaration.title, "title"),
        (f"{authority[1]} ({authority[0]})", "heading"),
        (notice, "notice"),
        ("", "text"),
        (" ".join(declaration.heading.introduction.split()), "text"),
        ("", "text"),
        ("How to fill it", "heading"),
        (f"Write the figures on the sheet “{SHEET}”, one row for each quarter. The names in row 1 "
         "stay as they are; their order does not matter. Each name is explained on the sheet "
         f"“{COLUMNS}”, and beside the cell when you choose it.", "text"),
        ("A quarter is written as 2025/26 Q1. Q1 is April to June, Q2 July to September, Q3 "
         "October to December, Q4 January to March. Add a row for an earlier quarter to correct "
         "what you gave for it; rows without any figure are left out.", "text"),
        ("Instead, upload a CSV file with the same names in its first row.", "text"),
        ("", "text"),
        ("When there is no figure", "heading"),
        ("c  suppressed: there is a figure, and it is too small to be shown", "text"),
        ("x  not available: it was not collected, or is not fit to be used", "text"),
        ("z  not applicable: there is nothing to be counted", "text"),
        ("An empty cell means that the figure was not given. It is never read as zero: where "
         "there were none, write 0.", "text"),
        ("", "text"),
        ("What is not taken", "heading"),
        ("Formulas (paste them as values), macros, hidden sheets, links to other workbooks, "
         "embedded files and passwords. Numbers may have a comma at the thousands (1,234).",
         "text"),
    ]  # fmt: skip
    for row, (text, kind) in enumerate(lines):
        sheet.write_string(row, 0, text, formats[kind])


def _write_return(
    workbook: Any, formats: dict[str, Any], declaration: Return, authority: tuple[str, str],
    quarters: Sequence[Quarter], notice: str,
) -> None:  # fmt: skip
    sheet = workbook.add_worksheet(SHEET)
    _page(sheet, notice, wide=True)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)
    sheet.freeze_panes(1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
    for at, name in enumerate(declaration.columns):
        sheet.set_column(at, at, max(16, len(name) + 4))
        sheet.write_string(0, at, name, formats["name"])
    for row in range(1, ROWS_TO_FILL + 1):
        quarter = quarters[row - 1].label if row <= len(quarters) else ""
        code = authority[0] if quarter else ""
        for at, text in enumerate((code, quarter)):
            sheet.write(row, at, text or None, formats["key" if quarter else "open key"])
        for at, measure in enumerate(declaration.measures, start=2):
            sheet.write_blank(row, at, None, formats[measure.unit])
    for at, measure in enumerate(declaration.measures, start=2):
        sheet.data_validation(1, at, ROWS_TO_FILL, at, _validation(measure, column_letters(at)))


def _validation(measure: Measure, letters: str) -> dict[str, Any]:
    """What Excel lets a person write, and says beside the cell; the checks after the upload are
    the ones that count."""
    cell = f"{letters}2"
    whole = f",{cell}=INT({cell})" if measure.unit == "count" else ""
    symbols = ",".join(f'{cell}="{symbol}"' for symbol in "cxz")
    message = f"{measure.definition} {_need(measure)}"
    return {
        "validate": "custom",
        "value": f"=OR(AND(ISNUMBER({cell}),{cell}>=0{whole}),{symbols})",
        "input_title": _cut(measure.label, _LONGEST_TITLE),
        "input_message": _cut(message, _LONGEST_MESSAGE),
        "error_title": "Not a figure",
        "error_message": "Give a number that is not below zero, or c, x or z.",
        "error_type": "warning",
    }


def _need(measure: Measure) -> str:
    return "Required." if measure.required else "May be left empty."


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _write_columns(
    workbook: Any, formats: dict[str, Any], declaration: Return, notice: str
) -> None:
    sheet = workbook.add_worksheet(COLUMNS)
    _page(sheet, notice, wide=False)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    head = ("Column", "What it is", "Definition", "Of", "Written as", "Required")
    for at, (name, width) in enumerate(zip(head, (38, 34, 70, 26, 24, 11), strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, formats["name"])
    rows = [(name, *_KEY_WORDS[name], "", "text", "yes") for name in (AUTHORITY, QUARTER)]
    rows += [
        (
            measure.column,
            measure.label,
            measure.definition,
            TIMING_WORDS[measure.timing],
            UNIT_WORDS[measure.unit],
            "yes" if measure.required else "no",
        )
        for measure in declaration.measures
    ]
    for row, cells in enumerate(rows, start=1):
        for at, text in enumerate(cells):
            sheet.write_string(row, at, text, formats["cell"])
