"""Trajectory of a priority: the agreed path from baseline to target, and the published figures
before and since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance.charts.style import (
    AXIS,
    PEER,
    PHONE,
    PLUM,
    US,
    base_layout,
    fit,
    grade_axis,
    legend,
    value_axis,
)
from indicators.words import GRADE, format_day, format_value

Row = Mapping[str, Any]
BAND = "rgba(138, 147, 155, 0.18)"


@dataclass(frozen=True, slots=True)
class Path:
    """What was agreed, as (day, figure): where it starts and where it should come to, the latter
    None where no day is agreed; then `target` is a level alone."""

    start: tuple[date, float]
    end: tuple[date, float] | None
    target: float


@dataclass(frozen=True, slots=True)
class Travelled:
    """An authority's figures: rows with period, period_end and value, oldest first. `main` is the
    one that is looked from, or the only one."""

    name: str
    rows: Sequence[Row]
    main: bool


@dataclass(frozen=True, slots=True)
class Usual:
    """The figures between which four in five authorities that stood alike had come by a day."""

    day: date
    low: float
    high: float


def trajectory(
    travelled: Sequence[Travelled],
    path: Path,
    *,
    unit: str,
    decimals: int,
    unit_title: str,
    usual: Sequence[Usual] = (),
) -> dict[str, Any]:
    """The agreed path dashed, with a square where it starts and a star at its target; figures from
    the start on as a heavy line, those before as a thin one with hollow marks. Other authorities'
    lie behind, in grey, and are named where they are pointed at; behind all what is `usual`."""
    layout = base_layout(height=360)
    layout["xaxis"] = AXIS | {"type": "date", "showgrid": False, "nticks": 8, "tickformat": "%Y"}
    layout["yaxis"] = value_axis(unit, unit_title)
    if unit == GRADE:
        layout["yaxis"] |= grade_axis()
    layout["hovermode"] = "closest"
    layout |= legend()
    few = {"xaxis": layout["xaxis"] | {"nticks": 4}, "yaxis": layout["yaxis"] | {"nticks": 5}}
    fit(layout, few, most=PHONE)
    start = path.start[0]
    others = [one for one in travelled if not one.main]
    data = [_usual(path, usual, unit, decimals)] if usual else []
    data += [_others(others, unit, decimals)] if others else []
    for one in travelled:
        if one.main:
            data += _before_and_since(one, start, unit, decimals)
    data.append(_path(path, travelled, unit, decimals))
    return {"data": data, "layout": layout}


def _usual(path: Path, usual: Sequence[Usual], unit: str, decimals: int) -> dict[str, Any]:
    """A band that opens from where the path starts, outlined so that it shows without colour."""
    start, level = path.start
    days = [start, *(one.day for one in usual)]
    lows, highs = [level, *(one.low for one in usual)], [level, *(one.high for one in usual)]
    spans = [
        f"Usual by {format_day(one.day)}: {format_value(one.low, unit, decimals)} to "
        f"{format_value(one.high, unit, decimals)}"
        for one in usual
    ]
    return {
        "type": "scatter", "mode": "lines", "name": "Usual course from there",
        "x": [day.isoformat() for day in (*days, *reversed(days))],
        "y": [*highs, *reversed(lows)],
        "fill": "toself", "fillcolor": BAND,
        "line": {"color": PEER, "width": 1, "dash": "dot"},
        "text": ["", *spans, *reversed(spans), ""], "hoverinfo": "text",
    }  # fmt: skip


def _points(rows: Sequence[Row], unit: str, decimals: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "connectgaps": False,
        "x": [row["period_end"].isoformat() for row in rows],
        "y": [row["value"] for row in rows],
        "text": [
            "" if row["value"] is None
            else f"{row['period']}: {format_value(row['value'], unit, decimals)}"
            for row in rows
        ],
    }  # fmt: skip


def _before_and_since(
    one: Travelled, start: date, unit: str, decimals: int
) -> list[dict[str, Any]]:
    """The two parts of a course; they meet in the figure at the start."""
    before = [row for row in one.rows if row["period_end"] <= start]
    since = [row for row in one.rows if row["period_end"] > start]
    traces = []
    if before:
        traces.append(
            _points(before, unit, decimals)
            | {
                "name": f"{one.name}, before",
                "line": {"color": US, "width": 1},
                "marker": {"symbol": "circle-open", "size": 7},
                "hovertemplate": f"<b>{one.name}</b><br>%{{text}}<extra></extra>",
            }
        )
    if since:
        traces.append(
            _points([*before[-1:], *since], unit, decimals)
            | {
                "name": f"{one.name}, since it was agreed",
                "line": {"color": US, "width": 3},
                "marker": {"symbol": "circle", "size": 9},
                "hovertemplate": f"<b>{one.name}</b><br>%{{text}}<extra></extra>",
            }
        )
    return traces


def _others(others: Sequence[Travelled], unit: str, decimals: int) -> dict[str, Any]:
    """Every other authority as one series with gaps between them: one entry of the legend."""
    x: list[str | None] = []
    y: list[float | None] = []
    text: list[str] = []
    for one in others:
        points = _points(one.rows, unit, decimals)
        x += [*points["x"], None]
        y += [*points["y"], None]
        text += [*(f"<b>{one.name}</b><br>{words}" for words in points["text"]), ""]
    return {
        "type": "scatter", "mode": "lines+markers", "name": "Authorities of the priority",
        "x": x, "y": y, "hovertext": text, "hoverinfo": "text", "connectgaps": False,
        "line": {"color": PEER, "width": 1}, "marker": {"size": 5, "color": PEER},
    }  # fmt: skip


def _path(path: Path, travelled: Sequence[Travelled], unit: str, decimals: int) -> dict[str, Any]:
    """The way that was agreed; a level across the figures where no day was."""
    last = max((row["period_end"] for one in travelled for row in one.rows), default=path.start[0])
    end = path.end or (max(last, path.start[0]), path.target)
    ends = (path.start, end) if path.end else ((path.start[0], path.target), end)
    words = [format_value(value, unit, decimals) for _, value in ends]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"{'Agreed path to' if path.end else 'Target:'} {words[1]}",
        "x": [day.isoformat() for day, _ in ends],
        "y": [value for _, value in ends],
        "line": {"color": PLUM, "width": 2, "dash": "dash"},
        "marker": {"symbol": ["square", "star"], "size": [9, 13], "color": PLUM},
        "cliponaxis": False,
        "hovertext": [f"Agreed: {word}" for word in words],
        "hoverinfo": "text",
    }
