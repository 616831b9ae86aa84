"""XmR chart of a quarterly local series, with the published annual figures of the same measure
beside it, never joined to it. Draws what it is handed; works nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from alliance.charts.style import AXIS, GREY, INK, PHONE, PLUM, US, base_layout, fit, value_axis
from indicators.words import format_value
from indicators.xmr import ONE_SIDE, OUTSIDE, RULE_WORDS, Xmr

SIGNAL_SYMBOLS = {OUTSIDE: "diamond"}
"""The shape of a quarter that is a signal; of any other rule than these a square."""
LEGEND = {OUTSIDE: "Signal: outside the limits", ONE_SIDE: "Signal: a run on one side"}
"""What the legend says of a signal: as many characters as a telephone shows; all is on hover."""


def xmr(
    quarters: Sequence[Mapping[str, Any]],
    published: Sequence[Mapping[str, Any]],
    chart: Xmr | None,
    *,
    unit: str,
    decimals: int,
    unit_title: str,
) -> dict[str, Any]:
    """Quarters as a line with its mean and natural process limits; published figures as bars as
    long as the year that they are of, or squares on their day.

    quarters: oldest first, each with label, period_end and value (None is a gap); `chart` is of the
    same values, None where there are too few. published: period, period_start (None for a figure
    of one day), period_end and value.
    """
    layout = base_layout(height=400)
    layout["xaxis"] = AXIS | {"type": "date", "showgrid": False, "nticks": 8}
    fit(layout, {"xaxis": layout["xaxis"] | {"nticks": 4}}, most=PHONE)
    layout["yaxis"] = value_axis(unit, unit_title) | {
        "rangemode": "tozero" if _is_wide(quarters, published) else "normal",
    }  # fmt: skip
    layout |= {
        "showlegend": True,
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "font": {"size": 13},
                   "itemclick": False, "itemdoubleclick": False},
    }  # fmt: skip
    data = [
        *_limits(quarters, chart, unit, decimals),
        *_published(published, unit, decimals),
        *_local(quarters, chart, unit, decimals),
    ]
    return {"data": data, "layout": layout}


def _is_wide(quarters: Sequence[Mapping[str, Any]], published: Sequence[Mapping[str, Any]]) -> bool:
    """True where the figures span enough of the way to nought for the axis to begin there."""
    known = [row["value"] for row in (*quarters, *published) if row["value"] is not None]
    return bool(known) and 0 <= min(known) < 0.5 * max(known)


def _local(
    quarters: Sequence[Mapping[str, Any]], chart: Xmr | None, unit: str, decimals: int
) -> list[dict[str, Any]]:
    """The quarters in order, and those that are signals again with a shape of their own."""
    rules: dict[int, str] = {}
    for place, rule in chart.signals if chart else ():
        rules.setdefault(place, rule)
    line = _trace(quarters, "Local, quarterly", unit, decimals) | {
        "mode": "lines+markers",
        "connectgaps": False,
        "line": {"color": US, "width": 2.5},
        "marker": {"symbol": "circle", "size": 8, "color": US},
    }
    shapes = []
    for rule in dict.fromkeys(rules.values()):
        found = [quarters[place] for place, own in rules.items() if own == rule]
        words = RULE_WORDS[rule]
        shapes.append(
            _trace(found, LEGEND[rule], unit, decimals, f"<br>{words}")
            | {
                "mode": "markers",
                "marker": {
                    "symbol": SIGNAL_SYMBOLS.get(rule, "square"), "size": 14, "color": "#FFFFFF",
                    "line": {"color": PLUM, "width": 3},
                },
            }
        )  # fmt: skip
    return [line, *shapes] if quarters else []


def _trace(
    rows: Sequence[Mapping[str, Any]], name: str, unit: str, decimals: int, more: str = ""
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "x": [_day(row["period_end"]) for row in rows],
        "y": [row["value"] for row in rows],
        "hovertext": [
            f"<b>{row['label']}</b>, local and provisional<br>"
            f"{_shown(row['value'], unit, decimals)}{more}"
            for row in rows
        ],
        "hoverinfo": "text",
    }


def _limits(
    quarters: Sequence[Mapping[str, Any]], chart: Xmr | None, unit: str, decimals: int
) -> list[dict[str, Any]]:
    """The mean and the natural process limits, from the first quarter to the last."""
    if chart is None:
        return []
    ends = [_day(quarters[0]["period_end"]), _day(quarters[-1]["period_end"])]
    lines = (
        ("Mean", chart.mean, "solid", 1.5, True),
        ("Natural process limits", chart.high, "dash", 1.5, True),
        ("Natural process limits", chart.low, "dash", 1.5, False),
    )
    return [
        {
            "type": "scatter", "mode": "lines", "name": name, "x": ends, "y": [value, value],
            "line": {"color": GREY, "width": width, "dash": dash}, "showlegend": shown,
            "hovertext": [f"{name}: {_shown(value, unit, decimals)}"] * 2, "hoverinfo": "text",
        }
        for name, value, dash, width, shown in lines
    ]  # fmt: skip


def _published(rows: Sequence[Mapping[str, Any]], unit: str, decimals: int) -> list[dict[str, Any]]:
    """A bar over the year of each figure, or a square on its day; nothing joins one to the next."""
    x: list[str | None] = []
    y: list[float | None] = []
    words: list[str] = []
    for row in rows:
        days = [row["period_end"]]
        if row["period_start"] is not None and row["period_start"] != row["period_end"]:
            days = [row["period_start"], row["period_end"]]
        text = f"<b>{row['period']}</b>, published<br>{_shown(row['value'], unit, decimals)}"
        x += [*(_day(day) for day in days), None]
        y += [*(row["value"] for _ in days), None]
        words += [*(text for _ in days), ""]
    if not rows:
        return []
    return [
        {
            "type": "scatter", "mode": "lines+markers", "name": "Published, annual",
            "x": x, "y": y, "connectgaps": False, "hovertext": words, "hoverinfo": "text",
            "line": {"color": "#8A939B", "width": 6},
            "marker": {"symbol": "square", "size": 10, "color": "#FFFFFF",
                       "line": {"color": INK, "width": 1.5}},
        }
    ]  # fmt: skip


def _shown(value: float | None, unit: str, decimals: int) -> str:
    return "no figure" if value is None else format_value(value, unit, decimals)


def _day(day: date) -> str:
    return day.isoformat()
