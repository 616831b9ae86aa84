"""Breakdown: a bar for each category of a family of indicators, with what others have beside it.

All of one family have one unit: shares and counts never stand on one axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alliance.charts.style import (
    AXIS,
    GREY,
    NAME_WIDTH,
    NARROW,
    TEAL,
    US,
    base_layout,
    fit,
    legend,
    names_above,
    value_axis,
    wrap,
)
from indicators.words import format_value

ROW = 52
LABEL_WIDTH = 30
"""Characters to a line of a name beside its bar."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category: our figure, the country's and the set's median; None where there is none.
    `absence` says in words why ours is not there; `here` marks the page's own indicator."""

    label: str
    value: float | None
    country: float | None
    median: float | None
    absence: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """Whose figures a breakdown shows: ours as bars, the others' as marks."""

    us: str
    country: str
    median: str


def breakdown(
    categories: Sequence[Category], marks: Marks, *, unit: str, decimals: int, unit_title: str
) -> dict[str, Any]:
    """A flat bar for each category in the order given, with the country's and the median's mark."""

    def show(value: float | None) -> str:
        return "no figure" if value is None else format_value(value, unit, decimals)

    places = list(range(len(categories)))
    layout = base_layout(height=max(180, ROW * len(categories) + 120))
    layout["yaxis"] = AXIS | {
        "tickvals": places,
        "ticktext": [_label(category, show(category.value)) for category in categories],
        "range": [len(categories) - 0.5, -0.5],
        "showgrid": False,
        "ticks": "",
    }
    layout["xaxis"] = value_axis(unit, unit_title) | {
        "range": _range(categories),
        "nticks": 6,
        "tickangle": 0,
    }
    layout["bargap"] = 0.45
    layout["hovermode"] = "closest"
    layout |= legend()
    above = [_label(category, show(category.value), NAME_WIDTH) for category in categories]
    fit(layout, names_above(layout, above, places, other=140), most=NARROW)

    bar = {
        "type": "bar",
        "orientation": "h",
        "name": marks.us,
        "x": [category.value for category in categories],
        "y": places,
        "marker": {"color": US},
        "hovertext": [
            f"<b>{category.label}</b><br>{marks.us}: "
            f"{category.absence or show(category.value)}<br>"
            f"{marks.country}: {show(category.country)}<br>{marks.median}: {show(category.median)}"
            for category in categories
        ],
        "hoverinfo": "text",
    }
    others = [
        _marks(marks.country, [c.country for c in categories], places, "square", GREY, 11),
        _marks(marks.median, [c.median for c in categories], places, "triangle-up", TEAL, 12),
    ]
    return {"data": [bar, *(trace for trace in others if trace["x"])], "layout": layout}


def _label(category: Category, shown: str, width: int = LABEL_WIDTH) -> str:
    """Name and figure, as the ranked bars have them; why there is none in place of a figure."""
    words = wrap(category.label, width)
    figure = category.absence or shown if category.value is None else f"<b>{shown}</b>"
    return f"<b>{words}</b>  {figure} " if category.here else f"{words}  {figure} "


def _range(categories: Sequence[Category]) -> list[float]:
    """From nought, or from the lowest, to beyond the highest."""
    found = [v for c in categories for v in (c.value, c.country, c.median) if v is not None]
    low, high = min([0.0, *found]), max([0.0, *found])
    room = (high - low) or 1.0
    return [low - (0.05 * room if low < 0 else 0.0), high + 0.08 * room]


def _marks(
    name: str,
    values: Sequence[float | None],
    places: Sequence[int],
    symbol: str,
    colour: str,
    size: int,
) -> dict[str, Any]:
    known = [(value, place) for value, place in zip(values, places, strict=True)
             if value is not None]  # fmt: skip
    return {
        "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "skip",
        "x": [value for value, _ in known], "y": [place for _, place in known],
        "marker": {"symbol": symbol, "size": size, "color": colour,
                   "line": {"color": "#FFFFFF", "width": 1.5}},
    }  # fmt: skip
