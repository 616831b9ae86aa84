"""Two indicators against each other, one point for each authority; shows no cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.charts.style import (
    INK,
    PEER,
    PHONE,
    US,
    base_layout,
    fit,
    grade_axis,
    value_axis,
    wrap,
)
from indicators.words import GRADE, format_value

HEIGHT = 560
OTHERS = "#C9CFD4"
MEDIAN = "#5A646C"
NAMED = 24
"""Above this many members, they are named when pointed at and not beside their points."""
TITLE_WIDTH = 54
"""Characters to a line of an axis' title: as many as stand beside a chart of this height."""
TITLE_ON_PHONE = 32
PLOT = (1100.0, 420.0)
"""Width and height in pixels for which names are placed: less than a desk's screen has."""
LETTER, LINE, CLEAR = 6.2, 14.0, 9.0
"""Width of a letter, height of a line and the room about a point, in pixels."""
_PLACES = {
    "middle right": (1, 0), "middle left": (-1, 0), "top center": (0, -1), "bottom center": (0, 1),
    "top right": (1, -1), "bottom right": (1, 1), "top left": (-1, -1), "bottom left": (-1, 1),
}  # fmt: skip
"""Where a name may stand, the best place first: to the side and above or below its point."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the two indicators: its title, its unit, the median of the points, if any, and whether
    the axis begins at nought."""

    title: str
    unit: str
    decimals: int
    median: float | None
    from_nought: bool = False

    def show(self, value: float) -> str:
        """A value as the chart writes it."""
        return format_value(value, self.unit, self.decimals)


def scatter(
    points: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    across: Axis,
    up: Axis,
    *,
    us: str,
    members: frozenset[str],
) -> dict[str, Any]:
    """A point for each authority that has both figures.

    points: rows of area_code, x and y, both numbers. `members` of the comparison set are darker and
    named; `us` is a diamond; the others are pale. Quiet lines mark both medians.
    """
    ours = [row for row in points if row["area_code"] == us]
    peers = [row for row in points if row["area_code"] in members and row["area_code"] != us]
    others = [row for row in points if row["area_code"] not in members and row["area_code"] != us]
    chart = _Chart(names, across, up)
    places = place_names([*ours, *peers], points, names) if len(peers) <= NAMED else {}
    places |= {row["area_code"]: places.get(row["area_code"], "top center") for row in ours}
    layout = base_layout(height=HEIGHT)
    layout["xaxis"] = _axis(across)
    layout["yaxis"] = _axis(up)
    narrow = {"text": wrap(across.title, TITLE_ON_PHONE), "font": {"size": 13}}
    fit(layout, {"xaxis": layout["xaxis"] | {"nticks": 4, "title": narrow}}, most=PHONE)
    layout["shapes"] = [*_median("x", across.median), *_median("y", up.median)]
    layout["annotations"] = [*_median_words("x", across), *_median_words("y", up)]
    layout["showlegend"] = True
    layout["hovermode"] = "closest"
    layout["legend"] = {
        "orientation": "h", "yanchor": "bottom", "y": 1.03, "x": 0, "font": {"size": 13},
        "itemclick": False, "itemdoubleclick": False,
    }  # fmt: skip
    data = [
        chart.trace(others, "Other authorities", color=OTHERS, size=8, symbol="circle"),
        chart.trace(peers, "The set compared", color=PEER, size=10, symbol="circle",
                    places=places),
        chart.trace(ours, names.get(us, us), color=US, size=15, symbol="diamond", places=places),
    ]  # fmt: skip
    return {"data": [trace for trace in data if trace["x"]], "layout": layout}


@dataclass(frozen=True, slots=True)
class _Chart:
    names: Mapping[str, str]
    across: Axis
    up: Axis

    def trace(
        self,
        rows: Sequence[Mapping[str, Any]],
        name: str,
        *,
        color: str,
        size: int,
        symbol: str,
        places: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The points of one kind."""
        ours = color == US
        named = bool(places)
        where = [(places or {}).get(row["area_code"], "") for row in rows]
        return {
            "type": "scatter",
            "mode": "markers+text" if named else "markers",
            "name": name,
            "x": [row["x"] for row in rows],
            "y": [row["y"] for row in rows],
            "text": [self._label(row, ours=ours) if place else ""
                     for row, place in zip(rows, where, strict=True)] if named else [],
            "textposition": [place or "top center" for place in where] if named else "top center",
            "textfont": {"size": 13 if ours else 11, "color": US if ours else INK},
            "hovertext": [self._hover(row) for row in rows],
            "hoverinfo": "text",
            "cliponaxis": False,
            "marker": {"color": color, "size": size, "symbol": symbol,
                       "line": {"color": "#FFFFFF", "width": 1}},
        }  # fmt: skip

    def _label(self, row: Mapping[str, Any], *, ours: bool) -> str:
        name = self.names[row["area_code"]]
        return f"<b>{name}</b>" if ours else name

    def _hover(self, row: Mapping[str, Any]) -> str:
        name = self.names[row["area_code"]]
        return "<br>".join(
            [
                f"<b>{name}</b>",
                f"Across: {self.across.show(row['x'])}",
                f"Up: {self.up.show(row['y'])}",
            ]
        )


def place_names(
    rows: Sequence[Mapping[str, Any]],
    points: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> dict[str, str]:
    """On which side of its point each name stands, so that none lies over another or over a point
    that is named too; a name for which there is no room is left out."""
    spots = _in_pixels(rows, points)
    taken: list[Box] = [(x - CLEAR, y - CLEAR, x + CLEAR, y + CLEAR) for x, y in spots]
    found: dict[str, str] = {}
    for own, (row, spot) in enumerate(zip(rows, spots, strict=True)):
        width = LETTER * len(names[row["area_code"]])
        for place, side in _PLACES.items():
            box = _box(spot, side, width)
            others = (other for at, other in enumerate(taken) if at != own)
            if box[0] >= 0 and box[2] <= PLOT[0] and not any(_overlap(box, o) for o in others):
                taken.append(box)
                found[row["area_code"]] = place
                break
    return found


def _in_pixels(
    rows: Sequence[Mapping[str, Any]], points: Sequence[Mapping[str, Any]]
) -> list[tuple[float, float]]:
    ends = (
        [(min(p[side] for p in points), max(p[side] for p in points)) for side in ("x", "y")]
        if (points)
        else [(0.0, 1.0)] * 2
    )
    spans = [(high - low) or 1.0 for low, high in ends]
    return [
        (
            (0.03 + 0.94 * (row["x"] - ends[0][0]) / spans[0]) * PLOT[0],
            (0.97 - 0.94 * (row["y"] - ends[1][0]) / spans[1]) * PLOT[1],
        )
        for row in rows
    ]


def _box(spot: tuple[float, float], side: tuple[int, int], width: float) -> Box:
    """Left, top, right and bottom of a name beside a point."""
    x = spot[0] + side[0] * (CLEAR + width / 2)
    y = spot[1] + side[1] * (CLEAR + LINE / 2)
    return x - width / 2, y - LINE / 2, x + width / 2, y + LINE / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _axis(axis: Axis) -> dict[str, Any]:
    found = value_axis(axis.unit, wrap(axis.title, TITLE_WIDTH)) | {
        "nticks": 8, "rangemode": "tozero" if axis.from_nought else "normal",
    }  # fmt: skip
    return found | (grade_axis() | {"title": found["title"]} if axis.unit == GRADE else {})


def _median(side: str, value: float | None) -> list[dict[str, Any]]:
    if value is None:
        return []
    other = "y" if side == "x" else "x"
    return [
        {
            "type": "line", "layer": "below", f"{side}0": value, f"{side}1": value,
            f"{other}0": 0, f"{other}1": 1, f"{other}ref": "paper",
            "line": {"color": MEDIAN, "width": 1, "dash": "dot"},
        }
    ]  # fmt: skip


def _median_words(side: str, axis: Axis) -> list[dict[str, Any]]:
    if axis.median is None:
        return []
    shown = {"showarrow": False, "font": {"size": 12, "color": MEDIAN},
             "text": f"median {axis.show(axis.median)}"}  # fmt: skip
    if side == "x":
        return [shown | {"x": axis.median, "y": 1, "yref": "paper", "yanchor": "bottom"}]
    return [shown | {"y": axis.median, "x": 1, "xref": "paper", "xanchor": "right",
                     "yanchor": "bottom"}]  # fmt: skip
