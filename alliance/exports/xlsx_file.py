"""XLSX: the figures as typed numbers, what they are on a sheet of their own, and a native chart.

A text is always a text: never a formula, never a link. Nothing is computed here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from alliance.charts.style import GREY, INK, ORCHID, PEER, PLUM, TEAL, US
from alliance.exports.table import Absent, Column, ExportTable, NativeChart, NativeSeries
from indicators.impact import would_run

FIGURES, ABOUT, CHART = "Figures", "About", "Chart"
COLOURS = {"us": US, "peer": PEER, "region": PLUM, "neighbours": TEAL, "england": GREY,
           "set": ORCHID}  # fmt: skip
"""A colour for each role; in bars the label tells it too, in lines the dashes and the marker."""
_DASHES = {"us": "solid", "peer": "solid", "region": "dash", "neighbours": "round_dot",
           "england": "long_dash", "set": "dash_dot"}  # fmt: skip
_MARKERS = {"us": "circle", "peer": "circle", "region": "diamond", "neighbours": "triangle",
            "england": "square", "set": "x"}  # fmt: skip
MOST_FIGURES = 100_000
"""Figures in one workbook: some ten seconds to write. A sheet could hold ten times as many, and a
spreadsheet of that length is waited for at every step."""
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML file may hold."""
_MOST_IN_A_CELL = 32_767
LINE = 15
"""Points of a line."""
HEADER_HEIGHT = 2 * LINE + 2
"""Two lines, which a label takes in the narrowest column that it may have."""
ABOUT_WIDTH = 100
PAGE_WIDTH = 130
"""Characters of a sheet on one page across: more would be too small to read."""
HIGHEST = 409
"""Points of the highest row that a spreadsheet allows."""
_MOST_IN_A_NAME = 31
"""Characters; a spreadsheet refuses a longer text."""


def render_xlsx(table: ExportTable) -> bytes:
    """A workbook of the sheets Figures and About, and Chart where the table has one; of a table in
    parts, a sheet of figures for each."""
    buffer = io.BytesIO()
    # Row by row through a file on disk, where no chart wants its numbers column by column.
    kept = {"in_memory": True} if table.chart else {"constant_memory": True}
    book = xlsxwriter.Workbook(buffer, _OPTIONS | kept)
    book.set_properties({"title": table.title, "author": "Alliance", "subject": table.sentence})
    writer = _Writer(book)
    names = _sheet_names(table.parts)
    for name, part in zip(names, table.parts, strict=True):
        _figures_sheet(writer, part, name)
    if not table.parts:
        _figures_sheet(writer, table, FIGURES)
    if table.chart is not None:
        _chart_sheet(writer, table, table.chart)
    _about_sheet(writer, table)
    book.close()
    return buffer.getvalue()


def number_format(unit: str, decimals: int | None) -> str:
    """How a spreadsheet shows a number of that unit; None shows the digits that there are."""
    if decimals is None:
        return "#,##0.##########" if unit != "count" else "#,##0.##"
    number = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    return {"percent": f'{number}"%"', "gbp": f'"£"{number}'}.get(unit, number)


class _Writer:
    """A workbook with its formats, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **properties: Any) -> Any:
        """The workbook's format with those properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": "Arial", "font_size": 11, "valign": "top", **properties}
            self._formats[key] = self.book.add_format(base)
        return self._formats[key]

    def write(self, sheet: Any, row: int, column: int, value: Any, **properties: Any) -> None:
        """One cell by its type; a text that would run if it were typed in again is marked as one
        that is quoted, as a spreadsheet itself does."""
        if value is None or value == "":
            return
        if isinstance(value, Absent):
            self.write(sheet, row, column, value.words, italic=True, font_color=GREY, align="right")
        elif isinstance(value, bool):
            self.write(sheet, row, column, "yes" if value else "no", **properties)
        elif isinstance(value, date):
            style = self.format(**properties, num_format="d mmmm yyyy", align="left")
            sheet.write_datetime(row, column, value, style)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, self.format(**properties))
        else:
            text = clean_text(str(value))[:_MOST_IN_A_CELL]
            kept = {key: item for key, item in properties.items() if key != "num_format"}
            if would_run(text):
                kept["quote_prefix"] = True
            sheet.write_string(row, column, text, self.format(**kept))


def clean_text(text: str) -> str:
    """A text as an Office file may hold it: without the characters that XML forbids."""
    return _NOT_ALLOWED.sub("", text)


def _sheet_names(parts: Sequence[ExportTable]) -> list[str]:
    """A name for each part's sheet: its title as far as a spreadsheet allows, no two the same."""
    found: dict[str, None] = dict.fromkeys((ABOUT.casefold(), CHART.casefold()))
    names = []
    for number, part in enumerate(parts, start=1):
        title = re.sub(r"[\[\]:*?/\\']", " ", part.title).strip()[:_MOST_IN_A_NAME].strip()
        if not title or title.casefold() in found:
            title = f"{number} {title}"[:_MOST_IN_A_NAME].strip()
        found[title.casefold()] = None
        names.append(title)
    return names


def _figures_sheet(writer: _Writer, table: ExportTable, name: str) -> None:
    sheet = writer.book.add_worksheet(name)
    head = _opening(writer, sheet, table)
    columns = table.shown_columns
    sheet.set_row(head, HEADER_HEIGHT)
    for place, column in enumerate(columns):
        style = {"bold": True, "bg_color": US, "font_color": "#FFFFFF", "text_wrap": True}
        writer.write(sheet, head, place, column.label, **style)
    looks = [_look(column) for column in columns]
    longest = [0] * len(columns)
    line = head
    for line, row in enumerate(table.rows, start=head + 1):
        for place, column in enumerate(columns):
            value = row.get(column.key)
            if isinstance(value, str | Absent):
                longest[place] = max(longest[place], len(str(value)))
            look = _look_of_row(row) if column.by_row else looks[place]
            writer.write(sheet, line, place, value, **look)
    widths = [_width(column, longest[place]) for place, column in enumerate(columns)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(head + 1, min(2, len(columns)))
    sheet.autofilter(head, 0, max(line, head + 1), max(len(columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(max(1, round(sum(widths) / PAGE_WIDTH)), 0)
    sheet.repeat_rows(head)
    sheet.repeat_columns(0, min(2, len(columns)) - 1)
    _footer(sheet, table)


def _opening(writer: _Writer, sheet: Any, table: ExportTable) -> int:
    """Title and, of a demonstration, its banner, above the header; gives the header's row."""
    row = 0
    if table.demonstration:
        writer.write(
            sheet, row, 0, table.demonstration, bold=True, font_color="#FFFFFF", bg_color=PLUM
        )
        for column in range(1, len(table.shown_columns)):
            sheet.write_blank(row, column, None, writer.format(bg_color=PLUM))
        row += 1
    writer.write(sheet, row, 0, table.title, bold=True, font_size=14, font_color=US)
    return row + 1


def _footer(sheet: Any, table: ExportTable) -> None:
    """Title, release and page at the foot of a printed page; & begins a code there."""
    found = dict(table.about)
    words = f"{table.title}. Release {found.get('Release', '')}".replace("&", "&&")
    sheet.set_footer(f"&L&8{clean_text(words)[:180]}&R&8Page &P of &N")


def _look(column: Column) -> dict[str, Any]:
    """How a column's numbers are shown; words stand off the numbers before them."""
    if not column.unit:
        return {"indent": 1}
    return {"num_format": number_format(column.unit, column.decimals)}


def _look_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a row that is of a measure of its own."""
    return {"num_format": number_format(row["shown_unit"], row["shown_decimals"])}


def _width(column: Column, longest: int) -> float:
    return float(min(max(longest + 3, len(column.label) * 0.65, 11), 48))


def _about_sheet(writer: _Writer, table: ExportTable) -> None:
    sheet = writer.book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, ABOUT_WIDTH)
    lines = [("Title", table.title)]
    lines += [("In one sentence", table.sentence)] if table.sentence else []
    lines += [*table.about, *(("Note", note) for note in table.notes)]
    for row, (what, words) in enumerate(lines):
        banner = what == "Demonstration"
        loud = {"bg_color": PLUM, "font_color": "#FFFFFF"} if banner else {}
        height = max(_lines(words, ABOUT_WIDTH), _lines(what, 28))
        sheet.set_row(row, min(height * LINE, HIGHEST))
        writer.write(sheet, row, 0, what, bold=True, text_wrap=True, **loud)
        writer.write(sheet, row, 1, words, text_wrap=True, **loud)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _lines(words: str, width: int) -> int:
    """How many lines a text takes in a column so many characters wide, with some room."""
    return max(1, -(-len(words) * 10 // (width * 9)))


def _chart_sheet(writer: _Writer, table: ExportTable, chart: NativeChart) -> None:
    """The chart beside the numbers that it is drawn from, intervals among them. Comparators are
    hollow bars at their place among the others."""
    if chart.kind == "bar":
        chart = chart.with_comparator_bars()
    sheet = writer.book.add_worksheet(CHART)
    _opening(writer, sheet, table)
    head, first = 2, 3
    sheet.set_row(head, 3 * LINE)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    writer.write(sheet, head, 0, "", bold=True)
    sheet.set_column(0, 0, 34)
    for line, category in enumerate(chart.categories, start=first):
        writer.write(sheet, line, 0, category)
    native = writer.book.add_chart({"type": chart.kind})
    column = 1
    for series in chart.series:
        column = _chart_series(writer, sheet, native, chart, series, column, head)
    _chart_look(native, table, chart)
    height = 24 * len(chart.categories) + 160 if chart.kind == "bar" else 420
    native.set_size({"width": 900, "height": max(320, height)})
    spot = {"description": clean_text(table.sentence or table.title), "object_position": 3}
    sheet.insert_chart(head, column + 1, native, spot)


def _chart_series(
    writer: _Writer, sheet: Any, native: Any, chart: NativeChart, series: NativeSeries,
    column: int, head: int,
) -> int:  # fmt: skip
    """Writes a series' numbers and adds it to the chart; gives the next free column."""
    first, last = head + 1, head + len(chart.categories)
    number = {"num_format": number_format(chart.unit, chart.decimals)}
    has_intervals = any(value is not None for value in series.low)
    lists = [(series.name, series.values)]
    if has_intervals:
        sides = (
            (f"{series.name}: interval below", series.low),
            (f"{series.name}: interval above", series.high),
        )
        lists += [(label, reach(series.values, ends)) for label, ends in sides]
    for place, (label, values) in enumerate(lists, start=column):
        writer.write(sheet, head, place, label, bold=True, text_wrap=True)
        sheet.set_column(place, place, 14)
        for line, value in enumerate(values, start=first):
            writer.write(sheet, line, place, value, **number)
    look: dict[str, Any] = _series_look(chart, series)
    if has_intervals:
        below, above = ([CHART, first, column + step, last, column + step] for step in (1, 2))
        look["y_error_bars"] = {
            "type": "custom", "minus_values": _range(below), "plus_values": _range(above),
            "line": {"color": INK, "width": 1},
        }  # fmt: skip
    native.add_series(
        {
            "name": [CHART, head, column],
            "categories": [CHART, first, 0, last, 0],
            "values": [CHART, first, column, last, column],
            **look,
        }
    )
    return column + len(lists)


def _range(cells: list[Any]) -> str:
    sheet, first_row, first_column, last_row, last_column = cells
    name = xlsxwriter.utility.xl_range_abs(first_row, first_column, last_row, last_column)
    return f"={sheet}!{name}"


def reach(values: Sequence[float | None], ends: Sequence[float | None]) -> tuple[float | None, ...]:
    """How far an interval's end lies from its figure."""
    return tuple(
        None if value is None or end is None else abs(end - value)
        for value, end in zip(values, ends, strict=True)
    )


def _series_look(chart: NativeChart, series: NativeSeries) -> dict[str, Any]:
    colour = COLOURS[series.role]
    if chart.kind == "bar":
        points = [_bar_look(role) for role in series.roles]
        return {"fill": {"color": colour}, "gap": 45, "points": points or None}
    ours = series.role == "us"
    return {
        "line": {"color": colour, "width": 3 if ours else 2, "dash_type": _DASHES[series.role]},
        "marker": {"type": _MARKERS[series.role], "size": 8 if ours else 6,
                   "fill": {"color": colour}, "border": {"color": colour}},
    }  # fmt: skip


def _bar_look(role: str) -> dict[str, Any]:
    if role in {"us", "peer"}:
        return {"fill": {"color": COLOURS[role]}}
    return {"fill": {"color": "#FFFFFF"}, "border": {"color": COLOURS[role], "width": 2}}


def _chart_look(native: Any, table: ExportTable, chart: NativeChart) -> None:
    font = {"name": "Arial", "size": 11, "color": INK}
    native.set_title(
        {"name": clean_text(table.title), "name_font": {**font, "size": 14, "bold": True},
         "overlay": False}
    )  # fmt: skip
    values = {
        "name": clean_text(chart.axis_title), "name_font": {**font, "bold": False},
        "num_font": font, "num_format": number_format(chart.unit, chart.decimals),
        "major_gridlines": {"visible": True, "line": {"color": "#D5DADF"}},
    }  # fmt: skip
    names = {"num_font": font, "interval_unit": 1}
    if chart.kind == "bar":  # lying bars: the library's x axis lies too, and holds the values
        whole = all(v is None or v >= 0 for v in chart.series[0].values)
        native.set_x_axis({**values, "min": 0} if whole else values)
        native.set_y_axis(
            {**names, "reverse": True, "crossing": "max", "major_gridlines": {"visible": False}}
        )
    else:
        native.set_x_axis(names)
        native.set_y_axis(values)
    native.show_blanks_as("gap")
    if chart.kind == "bar":
        native.set_legend({"none": True})
    else:
        native.set_legend({"position": "bottom", "font": font})
