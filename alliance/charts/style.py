"""What every chart shares: palette, type, margins. Colours never carry meaning on their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ingest.grades import GRADE_WORDS

NAVY, TEAL, PLUM, ORANGE, GREY, LILAC = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
US = NAVY
PEER = "#8A939B"
ORCHID = "#7A52B3"
"""A darker lilac: the palette's own does not stand out from white as a thin line must."""
INK = "#1D2429"
RULE = "#D5DADF"
FONT = '"Inter", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif'

GRAPH_CONFIG = {"displayModeBar": False, "responsive": True, "showSendToCloud": False}
"""For every graph: no tool bar (it holds an upload button), and the width of its frame."""

AXIS: dict[str, Any] = {
    "gridcolor": RULE,
    "zeroline": False,
    "linecolor": RULE,
    "tickfont": {"size": 13, "color": INK},
    "automargin": True,
    "fixedrange": True,
    "separatethousands": True,
    "exponentformat": "none",
}

NARROW = 620
"""Pixels under which a chart has no room for names beside its bars: they stand above them."""
PHONE = 480
"""Pixels under which a chart is drawn for a telephone: fewer ticks, fewer names."""
ANY_WIDTH = 100_000
NAME_LINE, NAMED_BAR, BETWEEN = 17, 16, 11
"""Pixels: of a line of a name above a bar, of that bar, and between one bar and the next name."""
NAME_WIDTH = 27
"""Characters to a line of a name above a bar: with a figure after it, what a telephone shows."""
LEGEND_WIDTH = 32
"""Characters to a line of the legend: as many as the smallest telephone shows."""


def base_layout(height: int) -> dict[str, Any]:
    """Layout of a chart of that height in pixels."""
    return {
        "height": height,
        "autosize": True,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "showlegend": False,
        "hoverlabel": {"bgcolor": INK, "font": {"color": "#FFFFFF", "size": 13}},
        "dragmode": False,
        "template": {},
    }


def value_axis(unit: str, title: str) -> dict[str, Any]:
    """The axis of the figures, with its title; of money with the sign at every tick."""
    return AXIS | {
        "title": {"text": title, "font": {"size": 13}},
        "tickprefix": "£" if unit == "gbp" else "",
    }


def fit(
    layout: dict[str, Any],
    changes: Mapping[str, Any],
    *,
    least: int = 0,
    most: int = ANY_WIDTH,
    data: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Say in the layout how the chart changes where it is from `least` to under `most` pixels wide:
    `changes` are parts of the layout, `data` parts of each trace in order. The browser does it
    (`assets/fitting.js`), for only there is the width known."""
    layout.setdefault("meta", {})["fit"] = {
        "least": least, "most": most, "layout": dict(changes), "data": list(data),
    }  # fmt: skip


def names_above(
    layout: Mapping[str, Any], names: Sequence[str], places: Sequence[float], *, other: int
) -> dict[str, Any]:
    """What of a layout of flat bars changes where their names stand above them.

    names: of the bars, from the top, on as many lines as each has; places: where each bar lies;
    other: pixels of the chart's height that are not for bars.
    """
    lines = max((name.count("<br>") + 1 for name in names), default=1)
    row = NAME_LINE * lines + NAMED_BAR + BETWEEN
    above = (NAME_LINE * lines + NAMED_BAR / 2 + BETWEEN / 2) / row
    first, last = min(places, default=0), max(places, default=0)
    return {
        "height": row * len(names) + other,
        "bargap": 1 - NAMED_BAR / row,
        "yaxis": {**layout["yaxis"], "showticklabels": False,
                  "range": [last + 1 - above, first - above]},
        "xaxis": {**layout["xaxis"], "nticks": 4, "tickangle": 0},
        "annotations": [
            {
                "x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "bottom",
                "yshift": NAMED_BAR / 2, "align": "left", "showarrow": False, "text": name,
                "font": {"size": 13, "color": INK}, "bgcolor": "rgba(255,255,255,0.85)",
                "borderpad": 0,
            }
            for name, place in zip(names, places, strict=True)
        ],
    }  # fmt: skip


def wrap_legend(figure: Mapping[str, Any]) -> None:
    """Put names that the legend of a telephone would cut on two lines."""
    for trace in figure["data"]:
        if len(trace.get("name") or "") > LEGEND_WIDTH:
            trace["name"] = wrap(trace["name"], LEGEND_WIDTH)


def legend() -> dict[str, Any]:
    """A legend above the chart, which names and does not act."""
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.01,
            "x": 0,
            "font": {"size": 13},
            "itemclick": False,
            "itemdoubleclick": False,
            "tracegroupgap": 0,
        },
    }


def grade_axis() -> dict[str, Any]:
    """An axis of Ofsted's grades in words, the best on top."""
    grades = sorted(GRADE_WORDS)
    return {
        "tickvals": grades,
        "ticktext": [wrap(GRADE_WORDS[grade]) for grade in grades],
        "range": [grades[-1] + 0.5, grades[0] - 0.5],
        "title": {"text": ""},
    }


def wrap(name: str, width: int = 17) -> str:
    """A label on lines of at most that many characters, for an axis."""
    lines: list[str] = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def svg_address(svg: str) -> str:
    """A picture as a data address, for an `img`: scripts in it never run."""
    return "data:image/svg+xml," + quote(svg)
