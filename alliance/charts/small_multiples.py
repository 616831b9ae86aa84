"""Small multiples: one small trend for each authority, or each indicator, read side by side.

The figure is a plain dict with one pair of axes for each panel; `draw_panel` makes a panel of it a
picture small enough for a page of a hundred and fifty.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from alliance.charts.style import AXIS, GREY, INK, US, base_layout
from indicators.words import GRADE, format_value
from ingest.grades import GRADE_WORDS

MEDIAN = "#8A939B"
COLUMNS, PANEL_HEIGHT = 5, 150
WIDTH, HEIGHT = 240, 116
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 20
Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One series over the periods, and the median of the set beside it; a gap is None."""

    title: str
    periods: tuple[str, ...]
    values: Values
    median: Values
    unit: str
    decimals: int
    ours: bool = False


def small_multiples(panels: Sequence[Panel], *, same_scale: bool) -> dict[str, Any]:
    """A pair of traces for each panel, the median first, on axes of the panel's own.

    With `same_scale` all panels have one vertical range, as figures of one indicator must.
    """
    rows = max(1, math.ceil(len(panels) / COLUMNS))
    layout = base_layout(height=max(180, rows * (PANEL_HEIGHT + 30)))
    layout["xaxis"], layout["yaxis"] = AXIS | {"visible": False}, AXIS | {"visible": False}
    common = value_range(panels) if same_scale else None
    data: list[dict[str, Any]] = []
    layout["annotations"] = []
    for index, panel in enumerate(panels):
        column, row = index % COLUMNS, index // COLUMNS
        ends = common or value_range([panel])
        left, right = column / COLUMNS, (column + 0.86) / COLUMNS
        top, bottom = 1 - (row + 0.2) / rows, 1 - (row + 0.9) / rows
        layout[f"xaxis{_number(index)}"] = _across(panel, left, right, index)
        layout[f"yaxis{_number(index)}"] = _upright(ends, bottom, top, index)
        layout["annotations"].append(_name(panel, left, top))
        data += _traces(panel, index)
    return {"data": data, "layout": layout}


def value_range(panels: Sequence[Panel]) -> tuple[float, float]:
    """The lowest and the highest figure of those panels, a little room about them; of grades all
    four, the best on top."""
    if panels and panels[0].unit == GRADE:
        return max(GRADE_WORDS) + 0.4, min(GRADE_WORDS) - 0.4
    known = [v for panel in panels for v in (*panel.values, *panel.median) if v is not None]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    room = (high - low) * 0.06 or abs(high) * 0.06 or 1.0
    return (0.0 if 0 <= low < high / 2 else low - room), high + room


def draw_panel(panel: Panel, ends: tuple[float, float]) -> str:
    """`data:image/svg+xml,…` of one panel on a scale that reaches from one end to the other."""
    parts = [*_scale(panel, ends), *_line(panel.median, ends, ours=None),
             *_line(panel.values, ends, ours=panel.ours)]  # fmt: skip
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="Arial, sans-serif" font-size="12">'
        f"{''.join(parts)}</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" =/:;,()'")


def _number(index: int) -> str:
    return "" if index == 0 else str(index + 1)


def _across(panel: Panel, left: float, right: float, index: int) -> dict[str, Any]:
    periods = list(panel.periods)
    shown = [periods[0], periods[-1]] if len(periods) > 1 else periods
    return AXIS | {
        "type": "category", "categoryorder": "array", "categoryarray": periods,
        "domain": [left, right], "anchor": f"y{_number(index)}", "tickvals": shown,
        "showgrid": False, "tickfont": {"size": 11, "color": INK},
    }  # fmt: skip


def _upright(ends: tuple[float, float], bottom: float, top: float, index: int) -> dict[str, Any]:
    return AXIS | {
        "range": list(ends), "domain": [bottom, top], "anchor": f"x{_number(index)}", "nticks": 3,
        "tickfont": {"size": 11, "color": INK},
    }  # fmt: skip


def _name(panel: Panel, left: float, top: float) -> dict[str, Any]:
    return {
        "text": f"<b>{panel.title}</b>" if panel.ours else panel.title,
        "x": left, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper",
        "yanchor": "bottom", "showarrow": False,
        "font": {"size": 12, "color": US if panel.ours else INK},
    }  # fmt: skip


def _traces(panel: Panel, index: int) -> Iterator[dict[str, Any]]:
    shared = {
        "type": "scatter", "x": list(panel.periods), "connectgaps": False, "showlegend": False,
        "xaxis": f"x{_number(index)}", "yaxis": f"y{_number(index)}",
    }  # fmt: skip
    if any(value is not None for value in panel.median):
        yield shared | {
            "mode": "lines", "name": "Median of the others", "y": list(panel.median),
            "line": {"color": MEDIAN, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip",
        }  # fmt: skip
    colour, width = (US, 3) if panel.ours else (GREY, 1.75)
    yield shared | {
        "mode": "lines+markers", "name": panel.title, "y": list(panel.values),
        "line": {"color": colour, "width": width}, "marker": {"size": 5, "color": colour},
        "text": ["" if v is None else format_value(v, panel.unit, panel.decimals)
                 for v in panel.values],
        "hovertemplate": "%{x}: %{text}<extra></extra>",
    }  # fmt: skip


def _place(ends: tuple[float, float], index: int, n: int, value: float) -> tuple[float, float]:
    step = (WIDTH - LEFT - RIGHT) / max(1, n - 1)
    x = LEFT + index * step if n > 1 else (LEFT + WIDTH - RIGHT) / 2
    share = (value - ends[0]) / (ends[1] - ends[0])
    return x, HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _scale(panel: Panel, ends: tuple[float, float]) -> Iterator[str]:
    """Quiet lines with their values, and the first and last period."""
    values = [float(v) for v in GRADE_WORDS] if panel.unit == GRADE else round_values(ends)
    for value in values:
        _, y = _place(ends, 0, 1, value)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#D5DADF"/>'
        words = _short(value, panel, ends)
        yield (
            f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end" fill="#4B555D">{words}</text>'
        )
    base = HEIGHT - 5
    if panel.periods:
        first, last = panel.periods[0], panel.periods[-1]
        yield f'<text x="{LEFT}" y="{base}" fill="#4B555D">{first}</text>' if first != last else ""
        yield (
            f'<text x="{WIDTH - RIGHT}" y="{base}" text-anchor="end" fill="#4B555D">{last}</text>'
        )


def _short(value: float, panel: Panel, ends: tuple[float, float]) -> str:
    """A value short enough for the margin: thousands as k, no more decimals than it needs."""
    unit = panel.unit if panel.unit in {"percent", "gbp"} else "count"
    if panel.unit == GRADE:
        return f"{value:.0f}"
    if max(map(abs, ends)) >= 10_000:
        return f"{format_value(value / 1000, unit, 0)}k"
    return format_value(value, unit, max(0, -math.floor(math.log10(_step(ends)) + 1e-9)))


def round_values(ends: tuple[float, float]) -> list[float]:
    """Two or three round values between the ends, at even steps."""
    step = _step(ends)
    first = math.ceil(ends[0] / step - 1e-9)
    last = math.floor(ends[1] / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def _step(ends: tuple[float, float]) -> float:
    """One, two or five times a power of ten: at most four of them fit between the ends."""
    span = ends[1] - ends[0]
    power = 10.0 ** math.floor(math.log10(span / 2))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if span / (m * power) < 3.5)


def _line(values: Values, ends: tuple[float, float], *, ours: bool | None) -> Iterator[str]:
    """The line of a series, a break where a figure is not there; `ours` None is the median's."""
    colour, width, dash = {
        None: (MEDIAN, 1.5, ' stroke-dasharray="4 3"'),
        False: (GREY, 1.75, ""),
        True: (US, 3, ""),
    }[ours]
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append("{:.1f} {:.1f}".format(*_place(ends, index, len(values), value)))
    runs = [run for run in runs if run]
    for run in runs:
        if len(run) > 1:
            yield (
                f'<path d="M{"L".join(run)}" fill="none" stroke="{colour}" '
                f'stroke-width="{width}"{dash} stroke-linejoin="round"/>'
            )
    if ours is None:
        return
    alone = [run[0] for run in runs if len(run) == 1]
    dots = [(dot, 2.2) for dot in alone] + ([(runs[-1][-1], 3.4)] if runs else [])
    for dot, radius in dots:
        x, y = dot.split()
        yield f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'
