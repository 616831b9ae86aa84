"""Funnel plot: each authority's figure against its size, with the limits of their average there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from alliance.charts.style import AXIS, GREY, INK, PHONE, base_layout, fit, legend, value_axis, wrap
from alliance.charts.who import Who, dots
from indicators.funnel import Funnel, FunnelPoint
from indicators.words import format_number, format_value

NAMED = 6
"""So many of the authorities beyond the limits are named in the chart; all are on hover."""
NAMED_ON_PHONE = 2
"""So many of the furthest out are named where the chart is small; the legend names ours."""
WIDE = 12.0
"""Where the largest denominator is so many times the smallest, the axis is logarithmic."""
TITLE_WIDTH = 32
"""Characters to a line of an axis' title: as many as a telephone shows."""
LABEL_WIDTH, LINE_HEIGHT = 0.36, 0.045
"""Of the chart: what a name takes on a telephone, and on any screen a line of it."""
LIMIT = "#6B757D"
INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Axes:
    """How a funnel's two axes are written."""

    unit: str
    decimals: int
    unit_title: str
    denominator_title: str


def funnel(found: Funnel, who: Who, axes: Axes) -> dict[str, Any]:
    """Points of the authorities within the 95 and 99.8 % limits of their average.

    found: `indicators.funnel.build_funnel`, in the indicator's unit. The few furthest out are
    named in the chart where there is room; every one is named where it is pointed at.
    """
    layout = base_layout(height=470)
    layout["xaxis"] = AXIS | _size_axis(found, axes.denominator_title)
    layout["yaxis"] = value_axis(axes.unit, axes.unit_title) | {"range": _range(found)}
    layout["hovermode"] = "closest"
    layout |= legend()
    points = [
        dots(kind, [p.denominator for p in some], [p.value for p in some],
             [_hover(p, who, axes) for p in some])
        for kind, some in who.split(found.points, lambda point: point.area_code)
    ]  # fmt: skip
    labels = layout["annotations"] = _labels(found, who, layout)
    others = [label for label in labels if not label["text"].startswith("<b>")]
    narrow = {"annotations": others[:NAMED_ON_PHONE], "xaxis": _fewer_ticks(layout["xaxis"])}
    fit(layout, narrow, most=PHONE)
    return {"data": [*_limits(found, axes), *points], "layout": layout}


def _limits(found: Funnel, axes: Axes) -> list[dict[str, Any]]:
    """The average and its limits, told apart by their dashes."""
    sizes = [limit.denominator for limit in found.curve]
    value = format_value(found.target, axes.unit, axes.decimals)
    target = f"Average of {len(found.points)} ({value})"
    kinds: list[tuple[str, list[tuple[str, str]], str, float]] = [
        ("95% limits", [("low95", "95"), ("high95", "95")], "dash", 1.5),
        ("99.8% limits", [("low998", "998"), ("high998", "998")], "solid", 1.5),
    ]
    lines = [
        _line(sizes, [getattr(limit, end) for limit in found.curve], name, dash, width, shown=not i)
        for name, ends, dash, width in kinds
        for i, (end, _) in enumerate(ends)
    ]
    level = _line(sizes, [found.target for _ in sizes], target, "dot", 2, shown=True)
    return [level | {"line": level["line"] | {"color": GREY}}, *lines]


def _line(
    x: Sequence[float], y: Sequence[float], name: str, dash: str, width: float, *, shown: bool
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": name,
        "line": {"color": LIMIT, "width": width, "dash": dash}, "hoverinfo": "skip",
        "showlegend": shown, "legendgroup": name,
    }  # fmt: skip


def _hover(point: FunnelPoint, who: Who, axes: Axes) -> str:
    value = format_value(point.value, axes.unit, axes.decimals)
    size = f"{axes.denominator_title}: {format_number(point.denominator, 0)}"
    return f"<b>{who.name(point.area_code)}</b><br>{value}<br>{size}<br>{place_words(point.place)}"


def place_words(place: str) -> str:
    """Where a point lies, in words."""
    side, _, limits = place.partition("_")
    shown = {"95": "95%", "998": "99.8%"}.get(limits)
    return f"{side} the {shown} limits" if shown else "inside the limits"


def _size_axis(found: Funnel, title: str) -> dict[str, Any]:
    """The axis of the denominators: logarithmic where they are very unlike."""
    words = wrap(title, TITLE_WIDTH)
    axis: dict[str, Any] = {"title": {"text": words, "font": {"size": 13}}, "showgrid": False}
    sizes = [point.denominator for point in found.points]
    if not sizes or min(sizes) <= 0 or max(sizes) < WIDE * min(sizes):
        return axis | {"rangemode": "tozero", "nticks": 6}
    low, high = min(sizes) * 0.8, max(sizes) * 1.25
    ticks = [
        step * 10**power
        for power in range(int(log10(low)) - 1, int(log10(high)) + 1)
        for step in (1, 3)
        if low <= step * 10**power <= high
    ]
    return axis | {
        "type": "log",
        "range": [log10(low), log10(high)],
        "tickvals": ticks,
        "ticktext": [format_number(tick, 0) for tick in ticks],
    }


def _fewer_ticks(axis: Mapping[str, Any]) -> dict[str, Any]:
    """The axis with as many ticks as a telephone has room for."""
    if len(axis.get("tickvals", ())) <= 3:
        return {**axis, "tickangle": 0, "nticks": 3}
    vals, texts = axis["tickvals"], axis["ticktext"]
    kept = [(v, t) for v, t in zip(vals, texts, strict=True) if t.startswith("1")]
    return {**axis, "tickangle": 0, "tickvals": [v for v, _ in kept],
            "ticktext": [t for _, t in kept]}  # fmt: skip


def _range(found: Funnel) -> list[float]:
    """The axis of the figures spans the points and the average: limits of the smallest sizes may
    leave the chart, or they would press everything else flat."""
    values = [found.target, *(point.value for point in found.points)]
    room = 0.08 * ((max(values) - min(values)) or abs(found.target) or 1.0)
    low = min(values) - room
    return [max(low, -room / 2) if min(values) >= 0 else low, max(values) + room]


def _labels(found: Funnel, who: Who, layout: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ours always; then the furthest beyond the limits, on whichever side no name lies yet."""
    outside = sorted((p for p in found.points if p.place != INSIDE), key=lambda p: -abs(p.z))
    ours = [point for point in found.points if point.area_code == who.us]
    taken: list[Box] = []
    labels: list[dict[str, Any]] = []
    for point in [*ours, *(p for p in outside if p.area_code != who.us)]:
        box = _free_box(point, who, layout, found, taken)
        if box is not None and len(labels) < NAMED:
            taken.append(box)
            labels.append(_label(point, who, right=box.right, log="type" in layout["xaxis"]))
    return labels


@dataclass(frozen=True, slots=True)
class Box:
    """What a name covers, in shares of the chart; `right` where it stands right of its point."""

    left: float
    bottom: float
    top: float
    right: bool

    def meets(self, other: Box) -> bool:
        """True where the two cover one another."""
        beside = abs(self.left - other.left) < LABEL_WIDTH
        return beside and self.bottom < other.top and other.bottom < self.top


def _free_box(
    point: FunnelPoint, who: Who, layout: Mapping[str, Any], found: Funnel, taken: Sequence[Box]
) -> Box | None:
    """Where a point's name may stand, on its roomier side if it can; None where it cannot."""
    x, y = _within(point.denominator, layout["xaxis"], found), _within_y(point, layout)
    half = LINE_HEIGHT * len(wrap(who.name(point.area_code)).split("<br>")) / 2
    sides = (True, False) if x < 1 / 2 else (False, True)
    boxes = [Box(x if right else x - LABEL_WIDTH, y - half, y + half, right) for right in sides]
    return next(
        (
            box
            for i, box in enumerate(boxes)
            if (i == 0 or 0 <= box.left <= 1 - LABEL_WIDTH)
            and not any(box.meets(other) for other in taken)
        ),
        None,
    )


def _within(size: float, axis: Mapping[str, Any], found: Funnel) -> float:
    """How far along its axis a denominator lies, from 0 to 1."""
    if "type" in axis:
        low, high = axis["range"]
        return float((log10(size) - low) / (high - low))
    return size / (max(point.denominator for point in found.points) or 1.0)


def _within_y(point: FunnelPoint, layout: Mapping[str, Any]) -> float:
    low, high = layout["yaxis"]["range"]
    return float((point.value - low) / (high - low))


def _label(point: FunnelPoint, who: Who, *, right: bool, log: bool) -> dict[str, Any]:
    name, mine = wrap(who.name(point.area_code)), point.area_code == who.us
    return {
        "x": log10(point.denominator) if log else point.denominator,
        "y": point.value,
        "text": f"<b>{name}</b>" if mine else name,
        "showarrow": False,
        "xanchor": "left" if right else "right",
        "xshift": 9 if right else -9,
        "align": "left" if right else "right",
        "font": {"size": 13 if mine else 12, "color": who.colour if mine else INK},
        "bgcolor": "rgba(255,255,255,0.75)",
    }
