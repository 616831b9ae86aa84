"""A trend line small enough for a table cell, as an SVG picture in a data address."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.charts.style import US, svg_address

WIDTH, HEIGHT, PAD = 96, 26, 4


def sparkline(values: Sequence[float | None]) -> str | None:
    """`data:image/svg+xml,…` of the values in order; a gap stays a gap. None below two figures."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (WIDTH - 2 * PAD) / (len(values) - 1)

    def point(index: int, value: float) -> str:
        y = HEIGHT - PAD - (value - low) / span * (HEIGHT - 2 * PAD)
        return f"{PAD + index * step:.1f},{y:.1f}"

    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(point(index, value))
    lines = "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{US}" stroke-width="1.5"/>'
        for run in runs
        if len(run) > 1
    )
    dots = [run[0] for run in runs if len(run) == 1]
    last = next(run for run in reversed(runs) if run)[-1]
    circles = "".join(
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{US}"/>'
        for (x, y), radius in [*((dot.split(","), 1.5) for dot in dots), (last.split(","), 2.6)]
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{lines}{circles}</svg>'
    )
    return svg_address(svg)
