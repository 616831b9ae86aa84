"""The spine: one authority's headline figures, each against the spread of every authority.

Draws rows that it is handed; knows nothing of a release. England is the middle of every row and
better lies to the right; a measure of context has no better side, so its right is higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from alliance.charts.style import AXIS, GREY, INK, PLUM, US, base_layout, fit, wrap
from indicators.words import format_value

SPREAD, MIDDLE = "#E3E7EB", "#B4BCC4"
EDGE = 1.0
"""The half width of the chart: what lies further out is drawn there."""
ROOM = 0.94
"""Where the furthest of the middle 95 % of authorities stands."""
LINE, BAR, GAP, TOPIC, BOTTOM = 17, 14, 15, 40, 8
"""Pixels: of a line of text, of a bar, between rows, of a topic's heading, below."""
WIDE = 860
"""Pixels from which a title stands beside its bar and not above it."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the rows are laid out. `top`: pixels above the first, with room for the legend;
    `title_width`: characters to a line of a title; `beside`: the title stands beside its bar;
    `bars`: where those lie across the chart, from 0 to 1; `ends`: what of the scale shows;
    `heading`: the size of a topic's type in pixels."""

    top: int
    title_width: int
    beside: bool
    bars: tuple[float, float]
    ends: tuple[float, float]
    heading: int


ON_PHONE = Form(128, 36, beside=False, bars=(0.0, 1.0), ends=(-1.04, 1.46), heading=14)
AT_DESK = Form(84, 56, beside=True, bars=(0.43, 0.81), ends=(-1.04, 1.04), heading=15)
ENGLAND_AT = 0.91
"""Where the country's figure ends across a wide chart; ours ends at 1."""

SYMBOLS = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "similar": "circle",
    "higher": "triangle-up-open",
    "lower": "triangle-down-open",
    None: "circle-open",
}
"""The shape of ours, by how it stands to England at 95 %; None where no interval can be had."""
MARKS = {"better": "▲", "worse": "▼", "similar": "●", "higher": "△", "lower": "▽", None: "○"}
WORDS = {
    "better": "Better", "worse": "Worse", "similar": "Similar",
    "higher": "Higher", "lower": "Lower", None: "No interval",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the authorities' figures of one indicator and period lie, in its unit."""

    n: int
    lowest: float
    low95: float
    low_quartile: float
    high_quartile: float
    high95: float
    highest: float


@dataclass(frozen=True, slots=True)
class SpineRow:
    """One row: the authority's figure, England's and the region's, and the spread of all."""

    indicator: Mapping[str, Any]
    figure: Mapping[str, Any]
    spread: Spread

    def show(self, value: float) -> str:
        """A value as the chart writes it."""
        return format_value(value, self.indicator["unit"], self.indicator["decimals"])

    def place(self, value: float) -> float:
        """Where a value lies between −1 and 1: England's at nought, better to the right."""
        england = self.figure["england"]
        reach = max(abs(self.spread.low95 - england), abs(self.spread.high95 - england))
        side = -1.0 if self.indicator["polarity"] == "low" else 1.0
        if value == england:
            return 0.0
        if reach == 0:
            return EDGE * side * (1 if value > england else -1)
        return max(-EDGE, min(EDGE, side * ROOM * (value - england) / reach))

    def span(self, low: float, high: float) -> tuple[float, float]:
        """The left end of a bar between two values, and its width."""
        ends = sorted((self.place(low), self.place(high)))
        return ends[0], ends[1] - ends[0]


def can_be_drawn(indicator: Mapping[str, Any], figure: Mapping[str, Any]) -> bool:
    """True of a figure that can stand to England's: a number, and England's is there too."""
    known = figure["value"] is not None and figure["england"] is not None
    return known and indicator["unit"] != "grade"


def spine(rows: Sequence[SpineRow], *, us: str, region: str, country: str) -> dict[str, Any]:
    """A bar for each row under the heading of its topic.

    rows: in display order, each of which `can_be_drawn`. us, region, country: their names. The pale
    bar spans every authority, the darker one the middle half; the line is England, the diamond the
    region, and the shape of ours says what its 95 % interval does. Each row has a scale of its own,
    on which the middle 95 % of authorities fit: what lies further out stands at the edge. Where
    the chart is wide, titles and the country's figures stand beside the bars.
    """
    layout, data = _draw(rows, ON_PHONE, us, region, country)
    wide, again = _draw(rows, AT_DESK, us, region, country)
    parts = ("height", "xaxis", "yaxis", "shapes", "annotations", "legend")
    fit(layout, {part: wide[part] for part in parts}, least=WIDE,
        data=[{"y": trace["y"]} for trace in again])  # fmt: skip
    return {"data": data, "layout": layout}


def _draw(
    rows: Sequence[SpineRow], form: Form, us: str, region: str, country: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Layout and traces of the rows in that form."""
    depths, headings, height = _lay_out(rows, form)
    layout = base_layout(height=max(180, height))
    layout["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0}
    bare = AXIS | {"showgrid": False, "showticklabels": False, "showline": False, "ticks": "",
                   "automargin": False}  # fmt: skip
    layout["xaxis"] = bare | {"range": list(form.ends), "domain": list(form.bars)}
    layout["yaxis"] = bare | {"range": [layout["height"], 0]}
    layout["barmode"] = "overlay"
    layout["shapes"] = [
        {"type": "line", "x0": 0, "x1": 0, "y0": depth - BAR // 2 - 3, "y1": depth + BAR // 2 + 3,
         "line": {"color": GREY, "width": 2}}
        for depth in depths
    ]  # fmt: skip
    layout["annotations"] = [
        *(_sides(country, form.top) if rows else []),
        *(_heads(us, country, form.top) if rows and form.beside else []),
        *(_topic(depth, words, form) for depth, words in headings),
        *(note for row, depth in zip(rows, depths, strict=True)
          for note in _labels(row, depth, form)),
    ]  # fmt: skip
    layout |= {
        "showlegend": True,
        "legend": {
            "orientation": "h", "yanchor": "top" if form.beside else "bottom",
            "y": 1 if form.beside else 1 - (form.top - 16) / layout["height"],
            "x": 0, "font": {"size": 12},
            "itemclick": False, "itemdoubleclick": False, "traceorder": "normal",
        },
    }  # fmt: skip
    data = [
        _bars(rows, depths, "All authorities", SPREAD, BAR, ("lowest", "highest")),
        _bars(rows, depths, "Middle half", MIDDLE, BAR, ("low_quartile", "high_quartile")),
        _regions(rows, depths),
        *_ours(rows, depths, us, region, country),
    ]
    return layout, [trace for trace in data if trace["y"]]


def _lay_out(rows: Sequence[SpineRow], form: Form) -> tuple[list[int], list[tuple[int, str]], int]:
    """Pixels from the top to the middle of each bar and to each topic's heading; the height."""
    at, depths, headings = form.top, [], []
    topics = ["", *(row.indicator["domain"] for row in rows)]
    for (before, topic), row in zip(pairwise(topics), rows, strict=True):
        if topic != before:
            at += TOPIC
            headings.append((at - GAP, topic))
        words = LINE * (_title(row, form).count("<br>") + 1)
        if form.beside:
            half = max(BAR + 12, words + 8) // 2
            depths.append(at + half)
            at += 2 * half
        else:
            at += words + BAR // 2 + 5
            depths.append(at)
            at += BAR // 2 + GAP
    return depths, headings, at + BOTTOM


def _title(row: SpineRow, form: Form) -> str:
    """The indicator and its period; of a context measure also which side is which."""
    words = f"{row.indicator['title']}, {row.figure['period']}"
    context = row.indicator["polarity"] == "none"
    return wrap(f"{words} (right is higher)" if context else words, form.title_width)


def _sides(country: str, depth: int) -> list[dict[str, Any]]:
    """Which side is which, above the first row."""
    note = {"yref": "y", "y": depth, "showarrow": False, "font": {"size": 12, "color": INK}}
    return [
        note | {"x": -EDGE, "xanchor": "left", "text": "◀ worse"},
        note | {"x": 0, "xanchor": "center", "text": f"<b>{country}</b>"},
        note | {"x": EDGE, "xanchor": "right", "text": "better ▶"},
    ]


def _heads(us: str, country: str, depth: int) -> list[dict[str, Any]]:
    """Whose figures stand at the end of the rows."""
    note = {"xref": "paper", "xanchor": "right", "yref": "y", "y": depth + 9, "yanchor": "bottom",
            "align": "right", "showarrow": False}  # fmt: skip
    return [
        note | {"x": ENGLAND_AT, "text": wrap(country, 12), "font": {"size": 12, "color": INK}},
        note | {"x": 1, "text": f"<b>{wrap(us, 12)}</b>", "font": {"size": 12, "color": US}},
    ]


def _topic(depth: int, words: str, form: Form) -> dict[str, Any]:
    return {
        "x": 0, "xref": "paper", "xanchor": "left", "y": depth, "yanchor": "middle",
        "showarrow": False, "text": f"<b>{words}</b>",
        "font": {"size": form.heading, "color": INK},
    }  # fmt: skip


def _labels(row: SpineRow, depth: int, form: Form) -> list[dict[str, Any]]:
    """The title of the bar, and our figure with its mark at the end; the country's where there is
    room for it."""
    mark = MARKS[row.figure["vs_england"]]
    title = {
        "x": 0, "xref": "paper", "xanchor": "left", "y": depth if form.beside
        else depth - BAR // 2 - 4, "yanchor": "middle" if form.beside else "bottom",
        "align": "left", "showarrow": False, "text": _title(row, form),
        "font": {"size": 13, "color": INK},
    }  # fmt: skip
    figure = {
        "x": 1, "xref": "paper", "xanchor": "right", "y": depth, "yanchor": "middle",
        "showarrow": False, "text": f"<b>{row.show(row.figure['value'])}</b> {mark}",
        "font": {"size": 13, "color": US},
    }  # fmt: skip
    england = figure | {"x": ENGLAND_AT, "text": row.show(row.figure["england"]),
                        "font": {"size": 13, "color": INK}}  # fmt: skip
    return [title, figure, *([england] if form.beside else [])]


def _bars(
    rows: Sequence[SpineRow], depths: Sequence[int], name: str, colour: str, width: int,
    ends: tuple[str, str],
) -> dict[str, Any]:  # fmt: skip
    spans = [row.span(*(getattr(row.spread, end) for end in ends)) for row in rows]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(depths),
        "base": [base for base, _ in spans],
        "x": [wide for _, wide in spans],
        "width": width,
        "marker": {"color": colour, "line": {"width": 0}},
        "hoverinfo": "skip",
    }


def _regions(rows: Sequence[SpineRow], depths: Sequence[int]) -> dict[str, Any]:
    found = [
        (row.place(row.figure["region"]), depth)
        for row, depth in zip(rows, depths, strict=True)
        if row.figure["region"] is not None
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Region",
        "x": [x for x, _ in found],
        "y": [y for _, y in found],
        "marker": {
            "symbol": "diamond", "size": 9, "color": "#FFFFFF",
            "line": {"color": PLUM, "width": 2},
        },
        "hoverinfo": "skip",
    }  # fmt: skip


def _ours(
    rows: Sequence[SpineRow], depths: Sequence[int], us: str, region: str, country: str
) -> list[dict[str, Any]]:
    """A trace for each shape, so that the legend says what it means."""
    return [
        _our_shape(
            verdict,
            [(row, depth) for row, depth in zip(rows, depths, strict=True)
             if row.figure["vs_england"] == verdict],
            us, region, country,
        )
        for verdict in SYMBOLS
    ]  # fmt: skip


def _our_shape(
    verdict: str | None, found: Sequence[tuple[SpineRow, int]], us: str, region: str, country: str
) -> dict[str, Any]:
    hollow = "open" in SYMBOLS[verdict]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": WORDS[verdict],
        "x": [row.place(row.figure["value"]) for row, _ in found],
        "y": [depth for _, depth in found],
        "marker": {
            "symbol": SYMBOLS[verdict], "color": US,
            "size": 13 if hollow else 15,
            "line": {"color": US, "width": 2} if hollow else {"color": "#FFFFFF", "width": 1.5},
        },
        "hovertext": [_hover(row, us, region, country) for row, _ in found],
        "hoverinfo": "text",
        "cliponaxis": False,
    }  # fmt: skip


def _hover(row: SpineRow, us: str, region: str, country: str) -> str:
    """What is said of ours where it is pointed at."""
    figure, spread = row.figure, row.spread
    words = [f"<b>{row.indicator['title']}</b>", f"{us}: {row.show(figure['value'])}"]
    if figure["ci95_low"] is not None:
        low, high = (row.show(figure[end]) for end in ("ci95_low", "ci95_high"))
        words[-1] += f" (95% interval {low} to {high})"
    words.append(f"{country}: {row.show(figure['england'])}")
    if figure["region"] is not None:
        words.append(f"{region}: {row.show(figure['region'])}")
    words.append(
        f"Middle half of {spread.n} authorities: {row.show(spread.low_quartile)} to "
        f"{row.show(spread.high_quartile)}"
    )
    words.append(f"All: {row.show(spread.lowest)} to {row.show(spread.highest)}")
    return "<br>".join(words)
