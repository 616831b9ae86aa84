"""Trend of one authority against its region, its neighbours and England."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.charts.style import (
    AXIS,
    GREY,
    ORCHID,
    PHONE,
    PLUM,
    TEAL,
    US,
    base_layout,
    fit,
    grade_axis,
    legend,
    value_axis,
)
from indicators.words import GRADE, format_value

PEERS = "#B9C1C8"
BAND, BAND_EDGE = "rgba(18,67,109,0.13)", "rgba(18,67,109,0.35)"
TOTALS = ("region", "england")
"""Columns that are sums where the figures are numbers: beside one authority they say nothing."""
WIDE_SHARE = 0.5
"""Where the smallest figure is under this share of the largest, the axis begins at nought."""


@dataclass(frozen=True, slots=True)
class Line:
    """How one series is told apart: by marker, dashes and width before colour."""

    column: str
    label: str
    colour: str
    dash: str
    marker: str
    width: float


@dataclass(frozen=True, slots=True)
class Peers:
    """The figures over time of the set's members, without ours: (period, value) oldest first by
    the member's name. They are drawn faint, as one series that `label` names."""

    label: str
    series: Mapping[str, Sequence[tuple[str, float | None]]]


def lines_of(name: str, region: str, country: str, median: str = "") -> tuple[Line, ...]:
    """The series of a trend, the authority's own first. `median`: the name of the comparison set's
    median, in the column `set_median`, where it is another than the neighbours'."""
    own = (Line("set_median", median, ORCHID, "dashdot", "pentagon", 2),) if median else ()
    return (
        Line("value", name, US, "solid", "circle", 3),
        *own,
        Line("region", region, PLUM, "dash", "diamond", 2),
        Line("neighbours_median", "Neighbours' median", TEAL, "dot", "triangle-up", 2),
        Line("england", country, GREY, "longdash", "square", 2),
    )


def trend(
    rows: Sequence[Mapping[str, Any]],
    lines: Sequence[Line],
    *,
    unit: str,
    decimals: int,
    unit_title: str,
    peers: Peers | None = None,
) -> dict[str, Any]:
    """One line for each series over the periods.

    rows: `Release.series`, oldest first: period, value, region, neighbours_median, england,
    ci95_low, ci95_high. The authority's 95 % interval is a band where there is one; `peers` lie
    behind it all, in grey, named where they are pointed at.
    """
    periods = [row["period"] for row in rows]
    wide = _wide(rows, lines, peers)
    layout = base_layout(height=380)
    layout["xaxis"] = AXIS | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": periods,
        "showgrid": False,
        "tickangle": "auto",
        "nticks": 12,
    }
    layout["yaxis"] = value_axis(unit, unit_title) | {
        "rangemode": "tozero" if wide else "normal",
    }  # fmt: skip
    if unit == GRADE:
        layout["yaxis"] |= grade_axis()
    layout["hovermode"] = "closest"
    layout |= legend()
    layout["legend"] |= {"traceorder": "reversed", "y": 1.02}
    few = {"tickvals": _ends(periods), "tickangle": 0}
    fit(layout, {"xaxis": layout["xaxis"] | few, "yaxis": layout["yaxis"] | {"nticks": 5}},
        most=PHONE)  # fmt: skip
    data = [_peers(peers, periods, unit, decimals)] if peers and peers.series else []
    data += [_band(rows)] if any(row["ci95_low"] is not None for row in rows) else []
    for line in reversed(lines):
        values = [row[line.column] for row in rows]
        if any(value is not None for value in values):
            data.append(_line(line, periods, values, unit, decimals))
    return {"data": data, "layout": layout}


def _ends(periods: Sequence[str]) -> list[str]:
    """The first, the middle and the last period: as many as a telephone has room for."""
    return [periods[i] for i in sorted({0, len(periods) // 2, len(periods) - 1})] if periods else []


def _wide(rows: Sequence[Mapping[str, Any]], lines: Sequence[Line], peers: Peers | None) -> bool:
    """True where the figures span enough of the way to nought for the axis to begin there."""
    known = [row[line.column] for row in rows for line in lines if row[line.column] is not None]
    if peers:
        known += [v for series in peers.series.values() for _, v in series if v is not None]
    return bool(known) and min(known) < WIDE_SHARE * max(known)


def _line(
    line: Line, periods: list[str], values: list[float | None], unit: str, decimals: int
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": line.label,
        "x": periods,
        "y": values,
        "connectgaps": False,
        "line": {"color": line.colour, "width": line.width, "dash": line.dash},
        "marker": {"symbol": line.marker, "size": 9 if line.width > 2 else 7},
        "text": ["" if v is None else format_value(v, unit, decimals) for v in values],
        "hovertemplate": f"<b>{line.label}</b><br>%{{x}}: %{{text}}<extra></extra>",
    }


def _peers(peers: Peers, periods: Sequence[str], unit: str, decimals: int) -> dict[str, Any]:
    """All members as one series with gaps between them: one entry of the legend, one trace."""
    x: list[str | None] = []
    y: list[float | None] = []
    text: list[str] = []
    for name, series in peers.series.items():
        known = dict(series)
        values = [known.get(period) for period in periods]
        if any(value is not None for value in values):
            x += [*periods, None]
            y += [*values, None]
            text += [
                "" if v is None else f"<b>{name}</b><br>{p}: {format_value(v, unit, decimals)}"
                for p, v in zip(periods, values, strict=True)
            ] + [""]
    return {
        "type": "scatter", "mode": "lines+markers", "name": peers.label,
        "x": x, "y": y, "hovertext": text, "hoverinfo": "text", "connectgaps": False,
        "line": {"color": PEERS, "width": 1}, "marker": {"size": 4, "color": PEERS},
    }  # fmt: skip


def _band(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The authority's 95 % interval: an area for each run of years that have one, which is an
    upright line where the run is of one year."""
    x: list[str | None] = []
    y: list[float | None] = []
    for run in _runs(rows):
        around = [*run, *reversed(run), run[0]]
        x += [*(row["period"] for row in around), None]
        y += [
            *(row["ci95_low"] for row in run),
            *(row["ci95_high"] for row in reversed(run)),
            run[0]["ci95_low"],
            None,
        ]
    return {
        "type": "scatter", "mode": "lines", "name": "95% interval", "x": x, "y": y,
        "fill": "toself", "fillcolor": BAND, "line": {"color": BAND_EDGE, "width": 1},
        "hoverinfo": "skip",
    }  # fmt: skip


def _runs(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The rows that have an interval, parted where one between them has none."""
    runs: list[list[Mapping[str, Any]]] = [[]]
    for row in rows:
        if row["ci95_low"] is None:
            runs.append([])
        else:
            runs[-1].append(row)
    return [run for run in runs if run]
