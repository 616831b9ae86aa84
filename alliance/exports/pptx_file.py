"""PPTX: one slide with a chart that PowerPoint itself draws and its user can edit.

What is shortened on the slide stands in full in its notes: source, release, caveats, who is left
out. Everything on the slide is 12 points or more.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from alliance.charts.style import INK, PLUM, US
from alliance.exports.native_chart import add_chart, rgb
from alliance.exports.table import Column, ExportTable, NativeChart
from alliance.exports.xlsx_file import clean_text
from indicators.words import format_day, format_number

WIDTH, HEIGHT = 13.333, 7.5
"""Inches: 16 to 9."""
MARGIN, PANEL_WIDTH = 0.5, 3.35
FONT, SMALL = "Arial", 12
MUTED = "#4B555D"
PALE = "#EEF3F8"
TITLE_ONLY = 5
"""The layout of the library's template that has a title and nothing else."""
MOST_ROWS, MOST_COLUMNS, ROW_HEIGHT = 12, 6, 0.31
_IN_FULL = " … (in full in the notes)"


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    def lengths(self) -> tuple[Any, Any, Any, Any]:
        """The same as the library has it."""
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)

    def characters(self, points: float, lines: int | None = None) -> int:
        """About how many characters fit: half an em each, and a line 1.2 em high."""
        rows = lines or int(self.height * 72 / (points * 1.2))
        return int(self.width * 72 / (points * 0.52)) * rows


def render_pptx(table: ExportTable) -> bytes:
    """A presentation of one slide; where the table has no chart, its first rows as a table."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.core_properties.title = clean_text(table.title)[:255]
    deck.core_properties.author = "Alliance"
    deck.core_properties.language = "en-GB"
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    top = _banner(slide, table)
    _title(slide, table, Box(MARGIN, top + 0.2, WIDTH - 2 * MARGIN, 0.95))
    _subtitle(slide, table, Box(MARGIN, top + 1.17, WIDTH - 2 * MARGIN, 0.34))
    body = top + 1.62
    left = WIDTH - 3 * MARGIN - PANEL_WIDTH + 0.2
    floor = 6.72
    _picture(slide, table, Box(MARGIN, body, left, floor - body))
    _panel(slide, table, Box(MARGIN + left + 0.3, body, PANEL_WIDTH, floor - body))
    _footer(slide, table, Box(MARGIN, 6.8, WIDTH - 2 * MARGIN, 0.55))
    slide.notes_slide.notes_text_frame.text = clean_text(_notes(table))
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def _banner(slide: Any, table: ExportTable) -> float:
    """The strip of a demonstration across the top; gives how high it is."""
    strip = Box(0, 0, WIDTH, 0.38 if table.demonstration else 0.12)
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *strip.lengths())
    shape.name = "Banner"
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(PLUM if table.demonstration else US)
    shape.line.fill.background()
    shape.shadow.inherit = False
    if table.demonstration:
        _write(shape.text_frame, [(table.demonstration, 14, True, "#FFFFFF")])
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return strip.height


def _title(slide: Any, table: ExportTable, box: Box) -> None:
    """What the figures say, in one sentence, in the slide's own title."""
    text = table.sentence or table.title
    points = 24 if len(text) <= box.characters(24, 2) else 18
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = box.lengths()
    shape.text_frame.margin_left = shape.text_frame.margin_right = 0
    _write(shape.text_frame, [(_clip(text, box.characters(points, 3)), points, True, INK)])
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def _subtitle(slide: Any, table: ExportTable, box: Box) -> None:
    about = dict(table.about)
    parts = [table.title, about.get("Period", "")]
    text = ". ".join(part for part in parts if part)
    _text_box(slide, "Measure", box, [(_clip(text, box.characters(14, 1), "…"), 14, False, MUTED)])


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
        _text_box(slide, "No figures", box, [("There is no figure to show.", 16, False, INK)])
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
        _text_box(slide, "Left out", below, [(words, SMALL, False, MUTED)])


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
    _write(cell.text_frame, [(shown, SMALL, line == 0, "#FFFFFF" if line == 0 else INK)])
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
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.lengths())
    shape.name = "How to take these figures"
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(PALE)
    shape.line.fill.background()
    shape.shadow.inherit = False
    inner = Box(box.left, box.top, box.width - 0.3, box.height - 0.2)
    parts = [(what, words) for what, words in _panel_parts(table) if words]
    shown = _share(parts, inner.characters(SMALL) - 60 * len(parts))
    lines = [
        line
        for what, _ in parts
        for line in ((what, SMALL, True, US), (shown[what], SMALL, False, INK))
    ]
    _write(shape.text_frame, lines)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP


def _share(parts: list[tuple[str, str]], room: int) -> dict[str, str]:
    """The parts as they fit: what the short ones leave is for the long ones."""
    shown: dict[str, str] = {}
    for what, words in sorted(parts, key=lambda part: len(part[1])):
        share = room // (len(parts) - len(shown))
        shown[what] = _clip(words, max(share, 60))
        room -= len(shown[what])
    return shown


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
    _text_box(slide, "Source", box, [(_clip(text, box.characters(SMALL, 2)), SMALL, False, MUTED)])


def _notes(table: ExportTable) -> str:
    lines = [table.title, table.sentence, *(f"{what}: {words}" for what, words in table.about)]
    return "\n".join(line for line in [*lines, *table.notes] if line)


def _text_box(slide: Any, name: str, box: Box, lines: list[tuple[str, int, bool, str]]) -> None:
    shape = slide.shapes.add_textbox(*box.lengths())
    shape.name = name
    _write(shape.text_frame, lines)
    shape.text_frame.margin_left = shape.text_frame.margin_right = 0


def _write(frame: Any, lines: Iterable[tuple[str, int, bool, str]]) -> None:
    """Paragraphs of (text, points, bold, colour), left aligned, in British English."""
    frame.word_wrap = True
    for place, (text, points, bold, colour) in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = 1
        paragraph.space_after = Pt(0 if bold else 6)
        run = paragraph.add_run()
        run.text = clean_text(text)
        run.font.name, run.font.size, run.font.bold = FONT, Pt(points), bold
        run.font.color.rgb = rgb(colour)
        run.font.language_id = 2057


def _clip(text: str, characters: int, end: str = _IN_FULL) -> str:
    """A text that fits, cut after a word and saying so."""
    if len(text) <= characters:
        return text
    return text[: max(characters - len(end), 1)].rsplit(" ", 1)[0] + end
