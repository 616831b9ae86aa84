"""A meeting's pack and record as slides: the agenda, each matter in words, each figure as a chart
that PowerPoint draws and its user can edit, and the schedule of actions.

What is shortened on a slide stands in full in its notes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from alliance.charts.style import INK, US
from alliance.components.agenda_items import hours
from alliance.components.entry_facts import parties_words
from alliance.exports.about import RANKS, SUPPRESSION
from alliance.exports.native_chart import add_chart, rgb
from alliance.exports.slides import (
    MARGIN,
    MUTED,
    PALE,
    SMALL,
    WIDTH,
    Box,
    Line,
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
from alliance.exports.xlsx_file import clean_text
from alliance.log.agenda import put_right, when_words
from alliance.log.kinds.meeting import MEETING
from alliance.log.words import capital, kind_of, state_words, written_in
from alliance.packs.before import (
    ACTION_HEAD,
    ACTION_WIDTHS,
    AGENDA_HEAD,
    AGENDA_WIDTHS,
    FIGURES_ALREADY,
    FROZEN,
    NOTHING_LATE,
    action_rows,
    agenda_rows,
)
from alliance.packs.before import SUBTITLE as BEFORE
from alliance.packs.document import Stamp
from alliance.packs.figures import SINCE, Shown
from alliance.packs.meeting import Matter, Packed
from alliance.packs.record import NO_ACTION, NOT_AGREED, NOTHING, decision_parts, require_held
from alliance.packs.record import SUBTITLE as AFTER
from indicators.words import format_day

FLOOR, FOOT_HIGH = 6.72, 0.5
"""Inches from the top at which the body ends, and how high the foot is."""
PANEL = 3.6
LINE_HIGH, CELL_PAD, MOST_LINES = 0.2, 0.12, 9
"""Inches of a line in a table and around it; so many lines of a cell are shown."""
GAP = 0.3
READING = (
    FROZEN,
    "The thin line over a bar is its 95% interval: a difference within it may be chance.",
    SUPPRESSION,
    RANKS,
)
"""How the figures and their charts are to be taken."""
INTERVALS = ("95% interval", "99.8% interval")
"""Of a figure's facts, what stands with it beside its chart; the notes have them all."""
_BODY = WIDTH - 2 * MARGIN
Part = tuple[str, str]
"""A label and its words."""


@dataclass(frozen=True, slots=True)
class Deck:
    """A presentation that is being made: what stands on each slide of it."""

    deck: Any
    name: str
    subtitle: str
    stamp: Stamp

    def slide(self, title: str, notes: Iterable[str]) -> tuple[Any, float]:
        """Another slide with its strip, marking, title and notes; and how far down they reach."""
        slide = add_slide(self.deck)
        top = add_banner(slide, self.stamp.demonstration)
        marking = Box(MARGIN, top + 0.1, _BODY, 0.3)
        text_box(slide, "Marking", marking, [(self.stamp.marking, SMALL, True, INK)])
        place = Box(MARGIN, top + 0.42, _BODY, 0.85)
        points = 24 if len(title) <= place.characters(24, 2) else 18
        put_title(slide, clip(title, place.characters(points, 3)), points, place)
        said = [title, *notes, self.stamp.marking, self.stamp.demonstration, self.stamp.foot]
        slide.notes_slide.notes_text_frame.text = clean_text("\n".join(filter(None, said)))
        return slide, top + 1.35

    def finish(self) -> bytes:
        """Number the slides, write the foot of each, and give the file."""
        slides = list(self.deck.slides)
        for number, slide in enumerate(slides, start=1):
            words = f"{self.name}: {self.subtitle.lower()}. {self.stamp.foot}. "
            place = Box(MARGIN, FLOOR + 0.12, _BODY, FOOT_HIGH)
            foot = clip(words, place.characters(SMALL, 2) - 20, "… ")
            line = f"{foot}Slide {number} of {len(slides)}"
            text_box(slide, "Foot", place, [(line, SMALL, False, MUTED)])
        return save_deck(self.deck)


def render_pack(packed: Packed) -> bytes:
    """The pack before a meeting as slides."""
    deck = Deck(begin_deck(packed.meeting.title), packed.meeting.title, BEFORE, packed.stamp)
    _first(deck, packed, _before_parts(packed))
    _table(deck, "Agenda", AGENDA_HEAD, agenda_rows(packed), AGENDA_WIDTHS,
           "Nothing is on the agenda yet.")  # fmt: skip
    _actions(deck, packed, "Late actions", action_rows(packed, packed.late), NOTHING_LATE)
    for number, matter in enumerate(packed.matters, start=1):
        _matter(deck, packed, number, matter)
    _columns(deck, "How to read the figures", [("", words) for words in READING], [])
    return deck.finish()


def render_record(packed: Packed) -> bytes:
    """The record of a meeting as slides. Raises `NotThereError` where it was not held."""
    require_held(packed.meeting)
    deck = Deck(begin_deck(packed.meeting.title), packed.meeting.title, AFTER, packed.stamp)
    _first(deck, packed, _record_parts(packed))
    rows = [
        [f"{number}. {matter.listed.title}", *decision_parts(matter)]
        for number, matter in enumerate(packed.matters, start=1)
    ]
    _table(deck, "Decisions", ("Item", "Decided", "What was said"), rows, (26, 40, 34), NOTHING)
    _actions(deck, packed, "Schedule of actions", action_rows(packed, packed.actions), NO_ACTION)
    names = packed.gathering.names
    righted = [
        (f"{names.author(n.by, n.authority_code)}, {format_day(n.at.date())}", n.text)
        for n in put_right(packed.gathering)
    ]
    if righted:
        _columns(deck, "Put right since", righted, [])
    return deck.finish()


# The first slide ----------------------------------------------------------------------------------


def _first(deck: Deck, packed: Packed, parts: Iterable[Part]) -> None:
    _columns(deck, packed.meeting.title, [(deck.subtitle, when_words(packed.meeting)), *parts], [])


def _before_parts(packed: Packed) -> Iterator[Part]:
    meeting, names = packed.meeting, packed.gathering.names
    yield "Chair", f"{names.author(meeting.owner)}. {state_words(meeting)}."
    if meeting.content.get("attendees"):
        yield "Who attends", str(meeting.content["attendees"])


def _record_parts(packed: Packed) -> Iterator[Part]:
    meeting, names = packed.meeting, packed.gathering.names
    yield "Chair", f"{names.author(meeting.owner)}."
    for key in ("attended", "summary"):
        if meeting.content.get(key):
            yield MEETING.fields[key].label, str(meeting.content[key])
    state = MEETING.state(meeting.state)
    yield "Minutes", f"{state.words}. {state.meaning}" if state.sealed else NOT_AGREED


def _actions(
    deck: Deck, packed: Packed, title: str, rows: Sequence[Sequence[str]], nothing: str
) -> None:
    _table(deck, title, ACTION_HEAD, rows, ACTION_WIDTHS, nothing)


# A matter -----------------------------------------------------------------------------------------


def _matter(deck: Deck, packed: Packed, number: int, matter: Matter) -> None:
    title = f"{number}. {matter.listed.title}"
    why = matter.listed.item.content.get("why")
    left: list[Part] = [("When", f"{capital(hours(matter.listed))}.")]
    left += [("Why it is on the agenda", str(why))] if why else []
    about = matter.about
    if about is None:
        _columns(deck, title, left, [])
        return
    names = packed.gathering.names
    who = parties_words(about, names)
    left.append((about.ref, f"{f'{who}. ' if who else ''}{state_words(about)}."))
    asked = "\n".join(words for words in (matter.asked, *matter.reasons) if words)
    left += [("Asked of this meeting", asked)] if asked else []
    right: list[Part] = [("In its own words", about.title)]
    right += [(f.label, words) for f, words in written_in(about, names, but=FIGURES_ALREADY)]
    kind = kind_of(about)
    for note in matter.said:
        move = kind.move(note.move)
        did = move.past if move else "changed it"
        who = names.author(note.by, note.authority_code)
        right.append((f"{who} {did}, {format_day(note.at.date())}", note.text))
    _columns(deck, title, left, right)
    if matter.actions:
        rows = action_rows(packed, matter.actions)
        _actions(deck, packed, f"{title}: its actions", rows, "")
    for shown in matter.figures:
        _figure(deck, shown)


def _figure(deck: Deck, shown: Shown) -> None:
    """The chart with what stands beside it: what became of the figure, its numbers, whom it leaves
    out."""
    facts = [f"{what}: {words}" for what, words in shown.facts]
    about = [f"{what}: {words}" for what, words in shown.about]
    slide, top = deck.slide(
        shown.sentence, [shown.title, *shown.since, *facts, *about, *shown.notes]
    )
    subtitle = ". ".join([shown.title, *(words for words in about if "Source" not in words)])
    place = Box(MARGIN, top, _BODY, 0.32)
    text_box(slide, "Measure", place,
             [(clip(subtitle, place.characters(SMALL, 1), "…"), SMALL, False, MUTED)])  # fmt: skip
    body = top + 0.38
    wide = _BODY - PANEL - GAP
    if shown.chart is not None:
        box = Box(MARGIN, body, wide, FLOOR - body)
        add_chart(slide, shown.chart, box.lengths(), shown.sentence)
    numbers = [*facts[:1], *(fact for fact in facts if fact.startswith(INTERVALS))]
    parts: list[Part] = [
        (SINCE, " ".join(shown.since)),
        ("The figure in numbers", "\n".join(numbers)),
        ("Not in the chart" if shown.facts else "Notes", " ".join(shown.notes)),
        ("Source", dict(shown.about).get("Source", "")),
    ]
    left = MARGIN + (wide + GAP if shown.chart is not None else 0)
    box = Box(left, body, PANEL if shown.chart is not None else _BODY, FLOOR - body)
    _panel(slide, "Beside the chart", [part for part in parts if part[1]], box)


# Words and tables ---------------------------------------------------------------------------------


def _columns(deck: Deck, title: str, left: Sequence[Part], right: Sequence[Part]) -> None:
    """A slide of words, in one panel or two."""
    notes = [f"{what}: {words}" if what else words for what, words in (*left, *right)]
    slide, top = deck.slide(title, notes)
    high = FLOOR - top
    if not right:
        _panel(slide, "What it is", left, Box(MARGIN, top, _BODY, high))
        return
    narrow = 4.4
    _panel(slide, "What it is", left, Box(MARGIN, top, narrow, high))
    rest = Box(MARGIN + narrow + GAP, top, _BODY - narrow - GAP, high)
    _panel(slide, "In words", right, rest, "#FFFFFF")


def _panel(slide: Any, name: str, parts: Sequence[Part], box: Box, colour: str = PALE) -> None:
    """Labels and words in a box: as large as they fit, and shared out where they do not."""
    shape = add_panel(slide, name, box, colour)
    inner = Box(box.left, box.top, box.width - 0.3, box.height - 0.2)
    points = next((p for p in (16, 14) if _needs(parts, inner, p) <= inner.height), SMALL)
    numbered = [(f"{place}", words) for place, (_, words) in enumerate(parts)]
    spare = sum(60 + 20 * words.count("\n") for _, words in parts)
    room = inner.characters(points) - spare
    shown = share_out(numbered, room) if _needs(parts, inner, points) > inner.height else dict(
        numbered
    )  # fmt: skip
    lines: list[Line] = []
    ends: set[int] = set()
    for place, (label, _) in enumerate(parts):
        lines += [(label, points, True, US)] if label else []
        lines += [(line, points, False, INK) for line in shown[f"{place}"].split("\n")]
        ends.add(len(lines) - 1)
    write(shape.text_frame, lines)
    for place, paragraph in enumerate(shape.text_frame.paragraphs):
        paragraph.space_after = Pt(6 if place in ends else 0)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP


def _needs(parts: Sequence[Part], box: Box, points: int) -> float:
    """About how many inches the parts take at that size."""
    fits = box.characters(points, 1)
    lines = 0
    for label, words in parts:
        lines += math.ceil(len(label) / fits)
        lines += sum(max(1, math.ceil(len(line) / fits)) for line in words.split("\n"))
    return lines * points * 1.2 / 72 + len(parts) * 7 / 72


def _table(
    deck: Deck,
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    nothing: str,
) -> None:
    """A table, on as many slides as its rows need."""
    if not rows:
        _columns(deck, title, [("", nothing)], [])
        return
    shares = [_BODY * width / sum(widths) for width in widths]
    pages = list(_pages(rows, shares))
    for number, page in enumerate(pages, start=1):
        more = f" ({number} of {len(pages)})" if len(pages) > 1 else ""
        notes = ["; ".join(f"{w}: {t}" for w, t in zip(head, row, strict=True)) for row in page]
        slide, top = deck.slide(f"{title}{more}", notes)
        _grid(slide, title, [head, *page], shares, top)


def _pages(rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Iterator[list[Sequence[str]]]:
    room = FLOOR - 1.9 - _row_high(["x"], shares)
    page: list[Sequence[str]] = []
    used = 0.0
    for row in rows:
        high = _row_high(row, shares)
        if page and used + high > room:
            yield page
            page, used = [], 0.0
        page.append(row)
        used += high
    yield page


def _fits(width: float) -> int:
    """About how many characters a line of a cell holds."""
    return max(1, int((width - 0.2) * 72 / (SMALL * 0.55)))


def _row_high(row: Sequence[str], shares: Sequence[float]) -> float:
    lines = max(
        sum(max(1, math.ceil(len(line) / _fits(width))) for line in text.split("\n"))
        for text, width in zip(row, shares, strict=False)
    )
    return min(lines, MOST_LINES) * LINE_HIGH + CELL_PAD


def _grid(
    slide: Any, name: str, rows: Sequence[Sequence[str]], shares: Sequence[float], top: float
) -> None:
    highs = [_row_high(row, shares) for row in rows]
    place = Box(MARGIN, top, _BODY, sum(highs))
    frame = slide.shapes.add_table(len(rows), len(shares), *place.lengths())
    frame.name = "Table"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean_text(name))
    for column, width in enumerate(shares):
        frame.table.columns[column].width = Inches(width)
    for line, row in enumerate(rows):
        frame.table.rows[line].height = Inches(highs[line])
        for column, text in enumerate(row):
            shown = clip(text, _fits(shares[column]) * MOST_LINES)
            _cell(frame.table.cell(line, column), shown, line)


def _cell(cell: Any, text: str, line: int) -> None:
    """One cell; the first row is the header."""
    colour = "#FFFFFF" if line == 0 else INK
    write(cell.text_frame, [(part, SMALL, line == 0, colour) for part in text.split("\n")])
    for paragraph in cell.text_frame.paragraphs:
        paragraph.space_after = Pt(0)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(US if line == 0 else PALE if line % 2 == 0 else "#FFFFFF")
