"""What every chart shares: palette, type, margins. Colours never carry meaning on their own."""

from __future__ import annotations

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
}


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
