"""What every slide is made of: the strip of a demonstration, a title, boxes of words, panels.

Everything on a slide is 12 points or more; a text that does not fit is cut after a word and says
so.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from alliance.charts.style import INK, PLUM, US
from alliance.exports.native_chart import rgb
from alliance.exports.xlsx_file import clean_text

WIDTH, HEIGHT = 13.333, 7.5
"""Inches: 16 to 9."""
MARGIN, PANEL_WIDTH = 0.5, 3.35
FONT, SMALL = "Arial", 12
MUTED = "#4B555D"
PALE = "#EEF3F8"
TITLE_ONLY = 5
"""The layout of the library's template that has a title and nothing else."""
IN_FULL = " … (in full in the notes)"
Line = tuple[str, int, bool, str]
"""A paragraph: text, points, bold, colour."""


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


def begin_deck(title: str) -> Any:
    """A presentation without a slide."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck.core_properties.title = clean_text(title)[:255]
    deck.core_properties.author = "Alliance"
    deck.core_properties.language = "en-GB"
    return deck


def add_slide(deck: Any) -> Any:
    """Another slide, with a title that is to be filled."""
    return deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])


def save_deck(deck: Any) -> bytes:
    """The presentation as a file."""
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def add_banner(slide: Any, demonstration: str) -> float:
    """The strip of a demonstration across the top; gives how high it is."""
    strip = Box(0, 0, WIDTH, 0.38 if demonstration else 0.12)
    shape = add_panel(slide, "Banner", strip, PLUM if demonstration else US)
    if demonstration:
        write(shape.text_frame, [(demonstration, 14, True, "#FFFFFF")])
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return strip.height


def put_title(slide: Any, text: str, points: int, box: Box) -> None:
    """Fill the slide's own title."""
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = box.lengths()
    shape.text_frame.margin_left = shape.text_frame.margin_right = 0
    write(shape.text_frame, [(text, points, True, INK)])
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def add_panel(slide: Any, name: str, box: Box, colour: str = PALE) -> Any:
    """A filled box, to be written in."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.lengths())
    shape.name = name
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False
    return shape


def share_out(parts: list[tuple[str, str]], room: int) -> dict[str, str]:
    """The parts as they fit: what the short ones leave is for the long ones."""
    shown: dict[str, str] = {}
    for what, words in sorted(parts, key=lambda part: len(part[1])):
        part = room // (len(parts) - len(shown))
        shown[what] = clip(words, max(part, 60))
        room -= len(shown[what])
    return shown


def text_box(slide: Any, name: str, box: Box, lines: list[Line]) -> None:
    """A box of words without a frame. lines: (text, points, bold, colour)."""
    shape = slide.shapes.add_textbox(*box.lengths())
    shape.name = name
    write(shape.text_frame, lines)
    shape.text_frame.margin_left = shape.text_frame.margin_right = 0


def write(frame: Any, lines: Iterable[Line]) -> None:
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


def clip(text: str, characters: int, end: str = IN_FULL) -> str:
    """A text that fits, cut after a word and saying so."""
    if len(text) <= characters:
        return text
    return text[: max(characters - len(end), 1)].rsplit(" ", 1)[0] + end
