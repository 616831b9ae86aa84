"""Ranked bars with confidence intervals and the comparators' lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.charts.style import (
    AXIS,
    GREY,
    INK,
    NAME_WIDTH,
    NARROW,
    ORCHID,
    PEER,
    PLUM,
    TEAL,
    US,
    base_layout,
    fit,
    legend,
    names_above,
    value_axis,
    wrap,
)
from indicators.rank_interval import RankInterval, rank_interval_words
from indicators.words import UNRANKED_UNITS, format_value

MANY = 40
"""Above this many, bars stand upright without names."""
BAR_HEIGHT, LABEL_LINE = 30, 18
"""Pixels from one flat bar to the next, and of a line of a name beside it."""
LABEL_WIDTH = 30
"""Characters to a line of a name beside its bar."""
OTHERS = "#C9CFD4"
WIDER = "#5A646C"
"""The 99.8 % interval: thinner and paler than the 95 % one that lies on it."""
INTERVALS = "95% (thick) and 99.8% intervals"


@dataclass(frozen=True, slots=True)
class Comparator:
    """A line across the bars: what it is and its value. A `total` of many authorities is no
    measure for one of them, so it is never drawn."""

    label: str
    value: float
    dash: str
    colour: str
    total: bool = False


def comparators(
    figure: Mapping[str, Any], *, country: str, region: str, totals: bool = False
) -> list[Comparator]:
    """England's and the region's lines of one authority's comparison; `totals` where they are
    sums, as those of numbers are."""
    found = [
        (country, figure["england"], "solid", GREY),
        (region, figure["region"], "dash", PLUM),
    ]
    return [
        Comparator(label, value, dash, colour, totals)
        for label, value, dash, colour in found
        if value is not None
    ]


def median_line(label: str, value: float, *, neighbours: bool) -> Comparator:
    """The line of the set's median, drawn as a trend draws it: the neighbours' unlike any other."""
    dash, colour = ("dot", TEAL) if neighbours else ("dashdot", ORCHID)
    return Comparator(label, value, dash, colour)


def ranked_bars(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    us: str,
    members: frozenset[str],
    unit: str,
    decimals: int,
    unit_title: str,
    lines: Sequence[Comparator],
    ranks: Mapping[str, RankInterval | None] | None = None,
) -> dict[str, Any]:
    """Bars of the rows that have a value, best or highest first.

    rows: `Release.figures`, each with area_code, value, rank_england, ci95_low, ci95_high,
    ci998_low, ci998_high. `ranks`: what chance allows each rank, said where a bar is pointed at.
    Few bars lie flat with their names; many stand upright, named when pointed at. Lines of totals
    are left out.
    """
    bars = sorted(
        (row for row in rows if row["value"] is not None),
        key=lambda row: (row["rank_england"], names[row["area_code"]]),
    )
    chart = _Chart(bars, names, us, members, unit, decimals, unit_title,
                   [line for line in lines if not line.total], ranks or {})  # fmt: skip
    return _upright(chart) if len(bars) > MANY else _flat(chart)


@dataclass(frozen=True, slots=True)
class _Chart:
    """What both ways of drawing need: the bars in order, and how to name and colour them."""

    bars: list[Mapping[str, Any]]
    names: Mapping[str, str]
    us: str
    members: frozenset[str]
    unit: str
    decimals: int
    unit_title: str
    lines: list[Comparator]
    ranks: Mapping[str, RankInterval | None]

    def name(self, row: Mapping[str, Any]) -> str:
        """The authority's name."""
        return self.names[row["area_code"]]

    def show(self, value: float, decimals: int | None = None) -> str:
        """A value as the chart writes it."""
        return format_value(value, self.unit, self.decimals if decimals is None else decimals)

    def label(self, row: Mapping[str, Any], width: int = LABEL_WIDTH) -> str:
        """Name and figure, as the axis shows them; ours in bold. `width`: of a line, characters."""
        name, shown = wrap(self.name(row), width), f"<b>{self.show(row['value'])}</b> "
        return f"<b>{name}</b>  {shown}" if row["area_code"] == self.us else f"{name}  {shown}"

    def hover(self, row: Mapping[str, Any]) -> str:
        """What is said of a bar that is pointed at."""
        words = [f"<b>{self.name(row)}</b>", self.show(row["value"])]
        for width, name in (("95", "95%"), ("998", "99.8%")):
            if row[f"ci{width}_low"] is not None:
                places = max(self.decimals, 1)
                low, high = (self.show(row[f"ci{width}_{end}"], places) for end in ("low", "high"))
                words.append(f"{name} interval {low} to {high}")
        if self.unit not in UNRANKED_UNITS:
            words.append(f"{row['rank_england']} of {row['n_england']} in the country")
        interval = self.ranks.get(row["area_code"])
        words += [f"by chance {rank_interval_words(interval)}"] if interval else []
        words += ["provisional"] if row.get("provisional") else []
        words += ["joint return"] if row.get("joint_with") else []
        return "<br>".join(words)

    def colours(self, others: str) -> list[str]:
        """A colour for each bar: ours, the members', the others'."""
        return [
            US if row["area_code"] == self.us else PEER if row["area_code"] in self.members
            else others
            for row in self.bars
        ]  # fmt: skip

    def trace(self, others: str) -> dict[str, Any]:
        """What the bar traces of both ways have in common."""
        return {
            "type": "bar",
            "marker": {"color": self.colours(others)},
            "hovertext": [self.hover(row) for row in self.bars],
            "hoverinfo": "text",
            "showlegend": False,
        }


def _intervals(bars: Sequence[Mapping[str, Any]], width: str) -> dict[str, Any]:
    """Plotly error bars of the 95 (`95`) or 99.8 % (`998`) intervals; none where a bar has none."""

    def span(row: Mapping[str, Any], end: str, sign: int) -> float:
        bound = row[f"ci{width}_{end}"]
        return 0.0 if bound is None else max(0.0, sign * (bound - row["value"]))

    return {
        "type": "data",
        "symmetric": False,
        "array": [span(row, "high", 1) for row in bars],
        "arrayminus": [span(row, "low", -1) for row in bars],
        "color": INK if width == "95" else WIDER,
        "thickness": 3 if width == "95" else 1,
        "width": 0,
        "visible": any(row[f"ci{width}_low"] is not None for row in bars),
    }


def _wider(chart: _Chart, *, flat: bool) -> list[dict[str, Any]]:
    """The 99.8 % intervals, as a trace of their own; and what both look like, in the legend."""
    known = [(place, row) for place, row in enumerate(chart.bars)
             if row["ci998_low"] is not None]  # fmt: skip
    if not known:
        return []
    rows, ours, theirs = [row for _, row in known], "xy"[not flat], "xy"[flat]
    pen = {"color": INK, "width": 3}
    return [
        {
            "type": "scatter", "mode": "markers", "hoverinfo": "skip", "showlegend": False,
            "marker": {"size": 1, "opacity": 0},
            ours: [row["value"] for row in rows], theirs: [place for place, _ in known],
            f"error_{ours}": _intervals(rows, "998") | {"width": 4 if flat else 0},
        },
        {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "name": INTERVALS,
         "line": pen, "hoverinfo": "skip"},
    ]  # fmt: skip


def _cased(chart: _Chart) -> list[dict[str, Any]]:
    """Our intervals once more, in a white casing: on our dark bar they would not be seen."""
    mine = [
        (place, row)
        for place, row in enumerate(chart.bars)
        if row["area_code"] == chart.us and row["ci95_low"] is not None
    ]
    pens = [("998", "#FFFFFF", 4), ("95", "#FFFFFF", 6), ("998", WIDER, 1), ("95", INK, 3)]
    return [
        {
            "type": "scatter", "mode": "markers", "hoverinfo": "skip", "showlegend": False,
            "marker": {"size": 1, "opacity": 0},
            "x": [row["value"]], "y": [place],
            "error_x": _intervals([row], width) | {"color": colour, "thickness": thickness},
        }
        for place, row in mine
        for width, colour, thickness in pens
    ]  # fmt: skip


def _flat(chart: _Chart) -> dict[str, Any]:
    """Bars that lie flat, each with its name and figure."""
    bars, places = chart.bars, list(range(len(chart.bars)))
    ends = (len(bars) - 0.5, -0.5)
    labels = [chart.label(row) for row in bars]
    lines = max((label.count("<br>") + 1 for label in labels), default=1)
    other = 70 + 20 * len(chart.lines)
    layout = base_layout(height=max(180, max(BAR_HEIGHT, LABEL_LINE * lines) * len(bars) + other))
    layout["yaxis"] = AXIS | {
        "tickvals": places,
        "ticktext": labels,
        "showgrid": False,
        "ticks": "",
        "range": list(ends),
    }
    layout["xaxis"] = value_axis(chart.unit, chart.unit_title)
    layout["bargap"] = 0.35
    layout["shapes"] = [
        _rule(line, x0=line.value, x1=line.value, y0=ends[1], y1=ends[0]) for line in chart.lines
    ]
    layout |= legend()
    above = [chart.label(row, NAME_WIDTH) for row in bars]
    fit(layout, names_above(layout, above, places, other=other + 40), most=NARROW)
    bar = chart.trace(PEER) | {
        "orientation": "h",
        "x": [row["value"] for row in bars],
        "y": places,
        "error_x": _intervals(bars, "95"),
    }
    data = [bar, *_wider(chart, flat=True), *_cased(chart), *_legend_lines(chart.lines)]
    return {"data": data, "layout": layout}


def _upright(chart: _Chart) -> dict[str, Any]:
    """Bars that stand upright, only ours named."""
    bars, places = chart.bars, list(range(len(chart.bars)))
    layout = base_layout(height=440)
    layout["xaxis"] = AXIS | {
        "tickvals": [],
        "showgrid": False,
        "range": [-1, len(bars)],
        "title": {"text": f"{len(bars)} authorities in order", "font": {"size": 13}},
    }
    layout["yaxis"] = value_axis(chart.unit, chart.unit_title)
    layout["bargap"] = 0.15
    layout["shapes"] = [
        _rule(line, y0=line.value, y1=line.value, x0=-1, x1=len(bars)) for line in chart.lines
    ]
    layout["annotations"] = [
        _flag(place, len(bars), chart.name(row))
        for place, row in zip(places, bars, strict=True)
        if row["area_code"] == chart.us
    ]
    layout |= legend()
    bar = chart.trace(OTHERS) | {
        "x": places,
        "y": [row["value"] for row in bars],
        "error_y": _intervals(bars, "95") | {"thickness": 1.75},
    }
    meanings = (("this authority", US), ("same alliance", PEER), ("other authorities", OTHERS))
    swatches = [
        {"type": "bar", "x": [None], "y": [None], "name": label, "marker": {"color": colour},
         "hoverinfo": "skip"}
        for label, colour in meanings
    ]  # fmt: skip
    data = [bar, *_wider(chart, flat=False), *swatches, *_legend_lines(chart.lines)]
    return {"data": data, "layout": layout}


def _rule(line: Comparator, **ends: float) -> dict[str, Any]:
    """A comparator's line across the bars."""
    return {"type": "line", "line": _pen(line), **ends}


def _pen(line: Comparator) -> dict[str, Any]:
    return {"color": line.colour, "width": 2, "dash": line.dash}


def _flag(place: int, n: int, name: str) -> dict[str, Any]:
    """Our name above our bar, kept inside the chart."""
    anchor = "left" if place < n / 3 else "right" if place > 2 * n / 3 else "center"
    return {
        "x": place, "y": 0.98, "yref": "paper", "yanchor": "top", "xanchor": anchor,
        "showarrow": False, "text": f"<b>▼ {name}</b>", "font": {"color": US, "size": 13},
    }  # fmt: skip


def _legend_lines(lines: list[Comparator]) -> list[dict[str, Any]]:
    """Traces without points: they put the comparators' lines into the legend."""
    return [
        {
            "type": "scatter", "mode": "lines", "x": [None], "y": [None], "name": line.label,
            "line": _pen(line), "hoverinfo": "skip",
        }
        for line in lines
    ]  # fmt: skip
