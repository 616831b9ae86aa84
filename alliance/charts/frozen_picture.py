"""The picture of a figure taken into the challenge log: ranked bars as an SVG that needs nothing.

Draws what it is handed, and reads nothing: no script, no font and no address of another place, so
that it stays what it was. Every text in it is escaped.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from alliance.charts.style import GREY, INK, PLUM, RULE, TEAL, US
from alliance.charts.svg import FONT, Scale, escaped, label, plain, round_step, stroke

WIDTH, PAD = 720, 16
NAME_WIDTH, VALUE_WIDTH = 236, 92
PLOT_LEFT, PLOT_RIGHT = PAD + NAME_WIDTH + VALUE_WIDTH, WIDTH - 28
LINE, BAR_ROW, BAR, UPRIGHT_HEIGHT, UPRIGHT_LEFT = 19, 26, 16, 240, PAD + 64
MANY = 40
"""Above this many figures bars stand upright and only ours is named."""
TITLE_WIDE, TEXT_WIDE, SMALL_WIDE, NAME_WIDE = 66, 92, 106, 36
"""Characters on a line of each size."""
THEIRS, THEIRS_EDGE = "#D3D8DC", "#8A939B"
OURS = "▶"
DASHES = ("", "8 4", "2 3")
TICKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `shown` is its figure in words, or why there is none; `intervals` the ends of the
    95 % and of the 99.8 %, None where there is none."""

    name: str
    value: float | None
    shown: str
    ours: bool = False
    interval_95: tuple[float, float] | None = None
    interval_998: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Comparator:
    """A line across the bars with its words, figure included; `look` is which of the looks of
    lines it has, the same in every picture."""

    value: float
    words: str
    look: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a picture says. `bars` best first, those without a figure after them; `scale` names the
    axis; `notes` stand below the bars and `foot` (source, period, release) below them."""

    title: str
    sentence: str
    bars: Sequence[Bar]
    comparators: Sequence[Comparator]
    scale: str
    notes: Sequence[str]
    foot: Sequence[str]
    show: Callable[[float], str]


def draw_frozen(drawing: Drawing) -> str:
    """The drawing as SVG, `WIDTH` wide and as high as what it says."""
    sheet = _Sheet()
    sheet.text(drawing.title, 17, TITLE_WIDE, bold=True)
    sheet.text(drawing.sentence, 14, TEXT_WIDE)
    valued = [bar for bar in drawing.bars if bar.value is not None]
    scale = _scale_of(valued, drawing.comparators)
    within, beyond = _reachable(drawing.comparators, scale)
    _key(sheet, within, beyond, valued)
    if valued:
        (_upright if len(valued) > MANY else _flat)(sheet, drawing, valued, within, scale)
    _absent(sheet, [bar for bar in drawing.bars if bar.value is None], named=len(valued) <= MANY)
    for note in drawing.notes:
        sheet.text(note, 12, SMALL_WIDE)
    sheet.rule()
    for line in drawing.foot:
        sheet.text(line, 12, SMALL_WIDE, colour=GREY)
    return sheet.svg(drawing.title, drawing.sentence)


class _Sheet:
    """Marks from the top down; `y` is where the next one begins."""

    def __init__(self) -> None:
        self.y = float(PAD)
        self.marks: list[str] = []

    def add(self, *marks: str) -> None:
        self.marks += marks

    def text(
        self, words: str, size: int, wide: int, *, bold: bool = False, colour: str = INK
    ) -> None:
        for line in textwrap.wrap(plain(words), wide) or []:
            self.y += LINE if size > 12 else LINE - 3
            self.add(label(PAD, self.y - 4, line, size=size, bold=bold, colour=colour))
        self.y += 3

    def rule(self) -> None:
        self.y += 6
        self.add(stroke(PAD, self.y, WIDTH - PAD, self.y, RULE, 1))
        self.y += 4

    def svg(self, title: str, description: str) -> str:
        height = math.ceil(self.y + PAD / 2)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" font-family="{FONT}">'
            f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>"
            f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>{"".join(self.marks)}</svg>'
        )


# The scale --------------------------------------------------------------------------------------


def _scale_of(bars: Sequence[Bar], lines: Sequence[Comparator]) -> Scale:
    """Room for every bar and interval, and for the comparators that lie near them."""
    reach = [0.0]
    for bar in bars:
        ends = (*(bar.interval_95 or ()), *(bar.interval_998 or ()))
        reach += [end for end in (bar.value, *ends) if end is not None]
    spread = max(reach) - min(reach) or 1.0
    near = (min(reach) - spread, max(reach) + spread)
    reach += [line.value for line in lines if near[0] <= line.value <= near[1]]
    low, high = min(reach), max(reach)
    step = round_step((high - low or 1.0) / TICKS)
    return Scale(math.floor(low / step) * step, max(math.ceil(high / step), 1) * step
                  if high > 0 or low == 0 else 0.0, step)  # fmt: skip


def _reachable(
    lines: Sequence[Comparator], scale: Scale
) -> tuple[list[Comparator], list[Comparator]]:
    """The comparators on the scale, and those that lie far beyond it: one of another size must not
    flatten the bars."""
    inside = [line for line in lines if scale.low <= line.value <= scale.high]
    return inside, [line for line in lines if line not in inside]


# The parts --------------------------------------------------------------------------------------


def _key(
    sheet: _Sheet, within: Sequence[Comparator], beyond: Sequence[Comparator], bars: Sequence[Bar]
) -> None:
    """What the lines and marks are, one under the other."""
    sheet.y += 4
    for line in within:
        sheet.y += LINE
        middle = sheet.y - 8
        sheet.add(
            stroke(PAD, middle, PAD + 40, middle, COLOURS[line.look], 2.5, DASHES[line.look]),
            _marker(line.look, PAD + 20, middle),
            label(PAD + 50, sheet.y - 4, line.words, size=13),
        )
    for line in beyond:
        sheet.y += LINE
        sheet.add(label(PAD + 50, sheet.y - 4, f"{line.words}, beyond this scale", size=13))
    if any(bar.interval_95 for bar in bars):
        sheet.y += LINE
        middle = sheet.y - 8
        sheet.add(
            stroke(PAD, middle, PAD + 40, middle, INK, 1),
            stroke(PAD + 9, middle, PAD + 31, middle, INK, 4),
            label(PAD + 50, sheet.y - 4, "95% (thick) and 99.8% (thin) interval of a figure",
                  size=13),
        )  # fmt: skip
    sheet.y += 8


COLOURS = (GREY, PLUM, TEAL)


def _marker(look: int, x: float, y: float) -> str:
    """A comparator's own shape: told apart in black and white too."""
    pen = f'fill="{COLOURS[look]}" stroke="#FFFFFF" stroke-width="1"'
    if look == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" {pen}/>'
    if look == 1:
        return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" {pen}/>'
    return f'<path d="M{x:.1f} {y - 6:.1f}l6 10h-12z" {pen}/>'


def _flat(
    sheet: _Sheet,
    drawing: Drawing,
    bars: Sequence[Bar],
    lines: Sequence[Comparator],
    scale: Scale,
) -> None:
    """Bars that lie flat, each with its name and figure."""

    def at(value: float) -> float:
        return PLOT_LEFT + scale.share(value) * (PLOT_RIGHT - PLOT_LEFT)

    head = sheet.y
    sheet.y += 12 * len(lines) + 4
    top = sheet.y
    names = [textwrap.wrap(plain(bar.name), NAME_WIDE) or [""] for bar in bars]
    heights = [BAR_ROW + 14 * (len(name) - 1) for name in names]
    bottom = top + sum(heights)
    for tick in scale.ticks:
        sheet.add(
            stroke(at(tick), top, at(tick), bottom, RULE, 1),
            label(at(tick), bottom + 15, drawing.show(tick), size=12, anchor="middle"),
        )
    middles = []
    for bar, name, height in zip(bars, names, heights, strict=True):
        middles.append(sheet.y + height / 2)
        _flat_bar(sheet, bar, name, height, at)
    sheet.add(stroke(at(0), top, at(0), bottom, INK, 1))
    for place, line in enumerate(lines):
        x, level = at(line.value), head + 12 * place + 6
        sheet.add(
            stroke(x, level, x, bottom, "#FFFFFF", 4.5),
            stroke(x, level, x, bottom, COLOURS[line.look], 2.5, DASHES[line.look]),
            _marker(line.look, x, level),
        )
    sheet.add(
        *(
            stroke(at(low), middle, at(high), middle, pen, wide)
            for bar, middle in zip(bars, middles, strict=True)
            for low, high, pen, wide in _whiskers(bar)
        )
    )
    sheet.add(label(PLOT_LEFT, bottom + 33, drawing.scale, size=12))
    sheet.y = bottom + 40


def _flat_bar(
    sheet: _Sheet, bar: Bar, name: Sequence[str], height: float, at: Callable[[float], float]
) -> None:
    middle = sheet.y + height / 2
    first = middle + 4.5 - 7 * (len(name) - 1)
    if bar.ours:
        sheet.add(label(PAD, first, OURS, size=13, bold=True, colour=US))
    for row, words in enumerate(name):
        sheet.add(label(PAD + 16, first + 14 * row, words, size=13, bold=bar.ours))
    sheet.add(
        label(PLOT_LEFT - 8, middle + 4.5, bar.shown, size=13, bold=bar.ours, anchor="end"),
        _box(at(0), middle - BAR / 2, at(bar.value or 0.0), middle + BAR / 2, ours=bar.ours),
    )
    sheet.y += height


def _upright(
    sheet: _Sheet,
    drawing: Drawing,
    bars: Sequence[Bar],
    lines: Sequence[Comparator],
    scale: Scale,
) -> None:
    """Bars that stand upright, only ours named."""
    top = sheet.y + 22
    bottom = top + UPRIGHT_HEIGHT
    right = WIDTH - PAD - 14 * len(lines)
    step = (right - UPRIGHT_LEFT) / len(bars)

    def at(value: float) -> float:
        return bottom - scale.share(value) * UPRIGHT_HEIGHT

    for tick in scale.ticks:
        sheet.add(
            stroke(UPRIGHT_LEFT, at(tick), right, at(tick), RULE, 1),
            label(UPRIGHT_LEFT - 6, at(tick) + 4, drawing.show(tick), size=12, anchor="end"),
        )
    for place, bar in enumerate(bars):
        left = UPRIGHT_LEFT + step * place
        right_edge = left + step * 0.9
        sheet.add(_box(left + step * 0.1, at(0), right_edge, at(bar.value or 0.0), ours=bar.ours))
    sheet.add(stroke(UPRIGHT_LEFT, at(0), right, at(0), INK, 1))
    for place, line in enumerate(lines):
        y, end = at(line.value), right + 14 * place + 6
        sheet.add(
            stroke(UPRIGHT_LEFT, y, end, y, "#FFFFFF", 4),
            stroke(UPRIGHT_LEFT, y, end, y, COLOURS[line.look], 2.5, DASHES[line.look]),
            _marker(line.look, end, y),
        )
    for place, bar in enumerate(bars):
        middle = UPRIGHT_LEFT + step * (place + 0.5)
        sheet.add(
            *(
                stroke(middle, at(low), middle, at(high), pen, min(wide, step * 0.6))
                for low, high, pen, wide in _whiskers(bar)
            )
        )
        if bar.ours:
            sheet.add(
                *_flag(bar, place / len(bars), middle, top, min(at(bar.value or 0.0), bottom))
            )
    words = f"{drawing.scale}. {len(bars)} authorities in order, from the left."
    sheet.add(label(PAD, bottom + 20, words, size=12))
    sheet.y = bottom + 30


def _flag(bar: Bar, share: float, x: float, top: float, end: float) -> tuple[str, str]:
    """Our name and figure above our bar, kept inside the picture, and the line down to it."""
    words = f"{plain(bar.name)}: {bar.shown}"
    anchor, aside, said = ("start", -5, f"▼ {words}") if share < 2 / 3 else ("end", 5, f"{words} ▼")
    return (
        label(x + aside, top - 8, said, size=13, bold=True, colour=US, anchor=anchor),
        stroke(x, top - 4, x, end, US, 1, "1 2"),
    )


def _absent(sheet: _Sheet, bars: Sequence[Bar], *, named: bool) -> None:
    """Those without a figure, ours first, with the reason; of a large set, how many."""
    for bar in bars:
        if bar.ours:
            sheet.text(f"{OURS} {bar.name}: {bar.shown}", 14, TEXT_WIDE, bold=True)
    reasons: dict[str, list[str]] = {}
    for bar in bars:
        if not bar.ours:
            reasons.setdefault(bar.shown, []).append(bar.name)
    for reason, names in reasons.items():
        who = ", ".join(names) if named else f"{len(names)} of the set"
        sheet.text(f"No figure ({reason}): {who}.", 12, SMALL_WIDE)


def _whiskers(bar: Bar) -> Iterable[tuple[float, float, str, float]]:
    """Ends, pen and width of each stroke: the 99.8 % interval under the 95 %; on our dark bar both
    in a white casing."""
    spans = [(span, wide) for span, wide in ((bar.interval_998, 1.2), (bar.interval_95, 4.0))
             if span is not None]  # fmt: skip
    if bar.ours:
        yield from ((low, high, "#FFFFFF", wide + 3) for (low, high), wide in spans)
    yield from ((low, high, INK, wide) for (low, high), wide in spans)


# SVG --------------------------------------------------------------------------------------------


def _box(x0: float, y0: float, x1: float, y1: float, *, ours: bool) -> str:
    left, top = min(x0, x1), min(y0, y1)
    pen = f'fill="{US}"' if ours else f'fill="{THEIRS}" stroke="{THEIRS_EDGE}" stroke-width="0.5"'
    wide, high = max(abs(x1 - x0), 0.5), max(abs(y1 - y0), 0.5)
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" {pen}/>'
