"""Spread: a dot for every authority along the figures, with the median and the quartiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alliance.charts.style import AXIS, GREY, PHONE, base_layout, fit, legend, value_axis
from alliance.charts.who import Who, dots
from indicators.set_summary import quantile
from indicators.words import format_value

BINS = 70
"""Dots whose figures fall into the same of so many steps are stacked; the same rows always give
the same chart."""
DOT, TALLEST = 9, 560
"""Pixels that a dot of a stack needs, and those that a chart may have."""
LINES = (("Lower quartile", 0.25, "dash", 1.5), ("Median", 0.5, "solid", 2.5),
         ("Upper quartile", 0.75, "dot", 2.0))  # fmt: skip


def distribution(
    rows: Sequence[Mapping[str, Any]], who: Who, *, unit: str, decimals: int, unit_title: str
) -> dict[str, Any]:
    """A dot for each row that has a value, stacked where many have nearly the same.

    rows: `Release.figures`, each with area_code and value. Quartiles are interpolated linearly, as
    those of the quartile bands are.
    """
    known = [row for row in rows if row["value"] is not None]
    heights = dict(zip((row["area_code"] for row in known), _stack(known), strict=True))
    top = max([2.0, *(abs(height) for height in heights.values())]) + 1.0
    layout = base_layout(height=round(min(TALLEST, max(300, 2 * top * DOT + 120))))
    layout["xaxis"] = value_axis(unit, unit_title) | {"nticks": 8}
    fit(layout, {"xaxis": layout["xaxis"] | {"nticks": 4, "tickangle": 0}}, most=PHONE)
    layout["yaxis"] = AXIS | {"range": [-top, top], "tickvals": [], "showgrid": False}
    layout["hovermode"] = "closest"
    layout |= legend()
    lines = quartiles([row["value"] for row in known])
    layout["shapes"] = [
        {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper",
         "layer": "below", "line": {"color": GREY, "width": width, "dash": dash}}
        for (_, _, dash, width), value in zip(LINES, lines, strict=False)
    ]  # fmt: skip
    named = [
        {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "hoverinfo": "skip",
         "name": f"{label} ({shown_quantile(value, unit, decimals)})",
         "line": {"color": GREY, "width": width, "dash": dash}}
        for (label, _, dash, width), value in zip(LINES, lines, strict=False)
    ]  # fmt: skip
    points = [
        dots(kind, [row["value"] for row in some], [heights[row["area_code"]] for row in some],
             [_hover(row, who, unit, decimals) for row in some])
        for kind, some in who.split(known, lambda row: str(row["area_code"]))
    ]  # fmt: skip
    return {"data": [*points, *named], "layout": layout}


def shown_quantile(value: float, unit: str, decimals: int) -> str:
    """A quantile as the figures are written, with a decimal more where it lies between two."""
    exact = abs(round(value, decimals) - value) < 10.0 ** -(decimals + 3)
    return format_value(value, unit, decimals if exact else decimals + 1)


def quartiles(values: Sequence[float]) -> list[float]:
    """The lower quartile, the median and the upper quartile; none of no figures."""
    return [quantile(values, share) for _, share, _, _ in LINES] if values else []


def _stack(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    """How far above or below the middle each row's dot lies: in turn, by step of the figures."""
    if not rows:
        return []
    values = [row["value"] for row in rows]
    low, span = min(values), (max(values) - min(values)) or 1.0
    held: dict[int, int] = {}
    heights = [0.0] * len(rows)
    for index in sorted(range(len(rows)), key=lambda i: (values[i], rows[i]["area_code"])):
        step = round((values[index] - low) / span * BINS)
        turn = held[step] = held.get(step, -1) + 1
        heights[index] = ((turn + 1) // 2) * (1.0 if turn % 2 else -1.0)
    return heights


def _hover(row: Mapping[str, Any], who: Who, unit: str, decimals: int) -> str:
    marks = ["provisional"] if row.get("provisional") else []
    marks += ["joint return"] if row.get("joint_with") else []
    shown = format_value(row["value"], unit, decimals)
    return "<br>".join([f"<b>{who.name(row['area_code'])}</b>", shown, *marks])
