"""PPTX: one slide with a chart that PowerPoint itself draws and its user can edit.

What is shortened on the slide stands in full in its notes: source, release, caveats, who is left
out. Everything on the slide is 12 points or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from alliance.charts.style import INK, US
from alliance.exports.native_chart import add_chart, rgb
from alliance.exports.slides import (
    MARGIN,
    MUTED,
    PALE,
    PANEL_WIDTH,
    SMALL,
    WIDTH,
    Box,
    add_banner,
    add_panel,
    add_slide,
    begin_deck,
    clip,
    put_title,
    save_deck,
    share_out,
    text_box,
    write,
)
from alliance.exports.table import Column, ExportTable, NativeChart
from alliance.exports.xlsx_file import clean_text
from indicators.words import format_day, format_number

MOST_ROWS, MOST_COLUMNS, ROW_HEIGHT = 12, 6, 0.31


def render_pptx(table: ExportTable) -> bytes:
    """A presentation of one slide; where the table has no chart, its first rows as a table."""
    deck = begin_deck(table.title)
    slide = add_slide(deck)
    top = add_banner(slide, table.demonstration)
    _title(slide, table, Box(MARGIN, top + 0.2, WIDTH - 2 * MARGIN, 0.95))
    _subtitle(slide, table, Box(MARGIN, top + 1.17, WIDTH - 2 * MARGIN, 0.34))
    body = top + 1.62
    left = WIDTH - 3 * MARGIN - PANEL_WIDTH + 0.2
    floor = 6.72
    _picture(slide, table, Box(MARGIN, body, left, floor - body))
    _panel(slide, table, Box(MARGIN + left + 0.3, body, PANEL_WIDTH, floor - body))
    _footer(slide, table, Box(MARGIN, 6.8, WIDTH - 2 * MARGIN, 0.55))
    slide.notes_slide.notes_text_frame.text = clean_text(_notes(table))
    return save_deck(deck)


def _title(slide: Any, table: ExportTable, box: Box) -> None:
    """What the figures say, in one sentence, in the slide's own title."""
    text = table.sentence or table.title
    points = 24 if len(text) <= box.characters(24, 2) else 18
    put_title(slide, clip(text, box.characters(points, 3)), points, box)


def _subtitle(slide: Any, table: ExportTable, box: Box) -> None:
    about = dict(table.about)
    parts = [table.title, about.get("Period", "")]
    text = ". ".join(part for part in parts if part)
    text_box(slide, "Measure", box, [(clip(text, box.characters(14, 1), "…"), 14, False, MUTED)])


def _picture(slide: Any, table: ExportTable, box: Box) -> None:
    if table.chart is not None:
        add_chart(slide, table.chart, box.lengths(), table.sentence or table.title)
        return
    _table(slide, table, box)


def _table(slide: Any, table: ExportTable, box: Box) -> None:
    """The first rows and columns, where there is no chart; what is left out is said below."""
    rows = table.rows[:MOST_ROWS]
    every = table.shown_columns
    columns = _telling(every, rows)[:MOST_COLUMNS]
    if not columns:
        text_box(slide, "No figures", box, [("There is no figure to show.", 16, False, INK)])
        return
    height = ROW_HEIGHT * (len(rows) + 1)
    place = Box(box.left, box.top, box.width, height)
    grid = slide.shapes.add_table(len(rows) + 1, len(columns), *place.lengths())
    grid.name = "Table"
    grid._element.nvGraphicFramePr.cNvPr.set("descr", clean_text(table.title))
    wide = 2.0
    share = box.width / (len(columns) - 1 + wide)
    for place_of, column in enumerate(columns):
        grid.table.columns[place_of].width = Inches(share * (1 if place_of else wide))
        texts = [column.label, *(_shown_in(row, column) for row in rows)]
        for line, text in enumerate(texts):
            _cell(grid.table.cell(line, place_of), text, share * (1 if place_of else wide), line)
    left_out = len(table.rows) - len(rows)
    if left_out > 0 or len(every) > len(columns):
        words = f"The first {len(rows)} of {len(table.rows)} rows and {len(columns)} of "
        words += f"{len(every)} columns: the file in Excel or CSV form has all."
        words = f"{_alike(table, rows)} {words}".strip()
        below = Box(box.left, box.top + height + 0.05, box.width, 0.5)
        text_box(slide, "Left out", below, [(words, SMALL, False, MUTED)])


def _telling(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """The columns in which the rows differ, without codes beside names; all that have anything
    where they hardly differ."""
    texts = {c.key: {_shown_in(row, c) for row in rows} for c in columns}
    filled = [c for c in columns if texts[c.key] - {""}]
    named = any(c.key == "name" for c in filled)
    telling = [c for c in filled if len(texts[c.key]) > 1 and not (named and c.key == "area_code")]
    return telling if len(telling) > 1 else filled


def _alike(table: ExportTable, rows: Sequence[Mapping[str, Any]]) -> str:
    """`Unit: per 10,000.` and whatever else all the rows have in common, of words alone."""
    found = []
    for column in table.shown_columns:
        values = {str(row.get(column.key) or "") for row in rows}
        words = next(iter(values)) if len(values) == 1 else ""
        if words and column.key in {"indicator", "unit", "period"}:
            found.append(f"{column.label}: {words}.")
    return " ".join(found)


def _cell(cell: Any, text: str, width: float, line: int) -> None:
    """One cell, on one line; the first row is the header."""
    fits = int((width - 0.2) * 72 / (SMALL * 0.62))
    shown = text if len(text) <= fits else text[: fits - 1].rstrip() + "…"
    write(cell.text_frame, [(shown, SMALL, line == 0, "#FFFFFF" if line == 0 else INK)])
    cell.text_frame.word_wrap = False
    cell.text_frame.paragraphs[0].space_after = Pt(0)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(US if line == 0 else PALE if line % 2 == 0 else "#FFFFFF")


def _shown_in(row: Mapping[str, Any], column: Column) -> str:
    """A row's value as people read it, in the unit of the column or of the row."""
    if column.by_row:
        column = replace(column, unit=row["shown_unit"], decimals=row["shown_decimals"])
    return _shown(row.get(column.key), column)


def _shown(value: Any, column: Column) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return format_day(value)
    if not isinstance(value, int | float):
        return str(value)
    decimals = column.decimals if column.decimals is not None else 0 if value == int(value) else 1
    return {"percent": "{}%", "gbp": "£{}"}.get(column.unit, "{}").format(
        format_number(value, decimals)
    )


def _panel(slide: Any, table: ExportTable, box: Box) -> None:
    """Beside the chart: who is left out, what the thin lines are, how to take the figures."""
    shape = add_panel(slide, "How to take these figures", box)
    inner = Box(box.left, box.top, box.width - 0.3, box.height - 0.2)
    parts = [(what, words) for what, words in _panel_parts(table) if words]
    shown = share_out(parts, inner.characters(SMALL) - 60 * len(parts))
    lines = [
        line
        for what, _ in parts
        for line in ((what, SMALL, True, US), (shown[what], SMALL, False, INK))
    ]
    write(shape.text_frame, lines)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP


def _panel_parts(table: ExportTable) -> list[tuple[str, str]]:
    about = table.about
    intervals = " ".join(words for what, words in about if what.startswith("Intervals"))
    caveats = " ".join(words for what, words in about if what.startswith("Caveats"))
    nobody = "Nobody is left out." if table.chart else ""
    return [
        ("Compared with", dict(about).get("Compared with", "")),
        ("Not in the chart" if table.chart else "Notes", " ".join(table.notes) or nobody),
        ("How to read it", f"{_reading(table.chart)} {intervals}".strip()),
        ("Caveats", caveats),
    ]


def _reading(chart: NativeChart | None) -> str:
    """What the shapes are, by more than their colour."""
    if chart is None:
        return ""
    bears = any(value is not None for series in chart.series for value in series.low)
    thin = " The thin lines are intervals." if bears else ""
    if chart.kind == "line":
        return f"The thick line is the authority's own.{thin}"
    ours = [label for label, *_, role in chart.bars() if role == "us"]
    dark = f"The dark bar: {ours[0]}." if ours else ""
    against = " Hollow bars or lines across are comparators." if chart.comparators else ""
    return f"{dark}{against}{thin}".strip()


def _footer(slide: Any, table: ExportTable, box: Box) -> None:
    parts = [
        f"{what}: {words}" for what, words in table.about if what in {"Source", "Period", "Release"}
    ]
    text = ". ".join(parts)
    text_box(slide, "Source", box, [(clip(text, box.characters(SMALL, 2)), SMALL, False, MUTED)])


def _notes(table: ExportTable) -> str:
    lines = [table.title, table.sentence, *(f"{what}: {words}" for what, words in table.about)]
    return "\n".join(line for line in [*lines, *table.notes] if line)
