"""The picture of a priority's trajectory for paper: the agreed path and the published figures, as
an SVG that can be read in black and white. Draws what it is handed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alliance.charts.style import INK, PEER, PLUM, RULE, US
from alliance.charts.svg import FONT, Scale, escaped, label, plain, round_step, stroke
from alliance.charts.trajectory import Path, Row, Travelled

WIDTH, PLOT_HEIGHT = 720, 230
LEFT, RIGHT, TOP = 84, 196, 64
"""Pixels left of the plot for its figures, right of it for names, above it for the key."""
TICKS, LINE = 5, 15
MOST_NAMES, FEW_NAMES = 14, 5
"""So many names fit beside the plot; under so many each has a line for its figure."""
SHORT = 26
"""Characters of a name beside its line."""
_DASH = "8 4"
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where days and figures lie."""

    first: date
    last: date
    scale: Scale

    def x(self, day: date) -> float:
        whole = (self.last - self.first).days or 1
        return LEFT + (day - self.first).days / whole * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return TOP + (1 - self.scale.share(value)) * PLOT_HEIGHT


def draw_trajectory(
    travelled: Sequence[Travelled],
    path: Path | None,
    *,
    title: str,
    sentence: str,
    unit_title: str,
    show: Callable[[float], str],
) -> str:
    """The picture as SVG. `path`: None where only a course is to be shown. `show` writes a figure.
    Raises `ValueError` where there is no figure to draw."""
    rows = [row for one in travelled for row in one.rows if row["value"] is not None]
    if not rows:
        raise ValueError("There is no figure to draw.")
    plane = _plane(rows, path)
    marks = [*_axes(plane, unit_title, show), *_key(travelled, path)]
    if path is not None:
        marks += _path(plane, path, show)
    for one in sorted(travelled, key=lambda one: one.main):
        marks += _course(plane, one, path.start[0] if path else None)
    marks += _names(plane, travelled, show)
    height = TOP + PLOT_HEIGHT + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{FONT}">'
        f"<title>{escaped(title)}</title><desc>{escaped(sentence)}</desc>"
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>{"".join(marks)}</svg>'
    )


def _plane(rows: Sequence[Row], path: Path | None) -> _Plane:
    values = [float(row["value"]) for row in rows]
    days = [row["period_end"] for row in rows]
    if path is not None:
        values += [path.start[1], path.target]
        days += [path.start[0], *([path.end[0]] if path.end else [])]
    low, high = min(values), max(values)
    step = round_step(((high - low) or abs(high) or 1.0) / (TICKS - 1))
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    top = top if top > bottom else bottom + step
    first, last = min(days), max(days)
    return _Plane(first, last if last > first else first + _YEAR, Scale(bottom, top, step))


def _axes(plane: _Plane, unit_title: str, show: Callable[[float], str]) -> Iterable[str]:
    right, bottom = WIDTH - RIGHT, TOP + PLOT_HEIGHT
    for tick in plane.scale.ticks:
        y = plane.y(tick)
        yield stroke(LEFT, y, right, y, RULE, 1)
        yield label(LEFT - 8, y + 4, show(tick), size=12, anchor="end")
    years = list(range(plane.first.year, plane.last.year + 1))
    every = max(1, math.ceil(len(years) / 9))
    for year in years[::every]:
        day = date(year, 12, 31)
        if plane.first <= day <= plane.last:
            x = plane.x(day)
            yield stroke(x, bottom, x, bottom + 5, INK, 1)
            yield label(x, bottom + 19, f"end {year}", size=12, anchor="middle")
    yield stroke(LEFT, bottom, right, bottom, INK, 1)
    begins = "" if plane.scale.low == 0 else f" The scale begins at {show(plane.scale.low)}."
    yield label(LEFT, bottom + 36, f"{unit_title}.{begins}", size=12)


def _key(travelled: Sequence[Travelled], path: Path | None) -> Iterable[str]:
    """What the lines and marks are, told by more than colour."""
    if any(one.main for one in travelled):
        words = "Published figures"
        words += ": hollow until it was agreed, full since" if path is not None else ""
        yield from (stroke(LEFT, 14, LEFT + 40, 14, US, 3), _dot(LEFT + 20, 14, US, full=True))
        yield label(LEFT + 50, 18, words, size=13)
    else:
        yield from (stroke(LEFT, 14, LEFT + 40, 14, PEER, 2), _dot(LEFT + 20, 14, PEER, full=True))
        yield label(LEFT + 50, 18, "Published figures of each authority", size=13)
    if path is not None:
        words = "Agreed path to the target (star)" if path.end else "Target"
        yield stroke(LEFT, 36, LEFT + 40, 36, PLUM, 2, _DASH)
        yield label(LEFT + 50, 40, words, size=13)


def _path(plane: _Plane, path: Path, show: Callable[[float], str]) -> Iterable[str]:
    """The way that was agreed; a level where no day was."""
    start = path.start if path.end else (path.start[0], path.target)
    end = path.end or (plane.last, path.target)
    (x0, y0), (x1, y1) = ((plane.x(day), plane.y(value)) for day, value in (start, end))
    yield stroke(x0, y0, x1, y1, PLUM, 2, _DASH)
    if path.end:
        yield f'<rect x="{x0 - 5:.1f}" y="{y0 - 5:.1f}" width="10" height="10" fill="{PLUM}"/>'
    yield _star(x1, y1)


def _course(plane: _Plane, one: Travelled, start: date | None) -> Iterable[str]:
    """A line that stops where a figure is missing; before the start thin and hollow."""
    colour, wide = (US, 3.0) if one.main else (PEER, 2.0)
    for before, after in zip(one.rows, one.rows[1:], strict=False):
        if before["value"] is not None and after["value"] is not None:
            early = start is not None and after["period_end"] <= start
            ends = [(plane.x(row["period_end"]), plane.y(row["value"])) for row in (before, after)]
            yield stroke(*ends[0], *ends[1], colour, 1.0 if early else wide)
    for row in one.rows:
        if row["value"] is not None:
            full = start is None or row["period_end"] > start
            yield _dot(plane.x(row["period_end"]), plane.y(row["value"]), colour, full=full)


def _names(
    plane: _Plane, travelled: Sequence[Travelled], show: Callable[[float], str]
) -> Iterable[str]:
    """Each course's name and last figure right of the plot, one under the other, with a line to
    where it ends; nothing where there are more than fit."""
    ends = []
    for one in travelled:
        known = [row for row in one.rows if row["value"] is not None]
        if known:
            last = known[-1]
            place = (plane.x(last["period_end"]), plane.y(last["value"]))
            ends.append((place, one, f"{show(last['value'])} in {last['period']}"))
    if len(ends) > MOST_NAMES:
        return
    ends.sort(key=lambda end: end[0][1])
    roomy = len(ends) < FEW_NAMES
    right = WIDTH - RIGHT + 22
    levels = _apart([place[1] for place, *_ in ends], (2 * LINE if roomy else LINE) + 2)
    for ((x, y), one, figure), level in zip(ends, levels, strict=True):
        name = plain(one.name)[:SHORT]
        yield stroke(x, y, right - 4, level, PEER, 0.8, "1 2")
        if roomy:
            yield label(right, level, name, size=13, bold=one.main)
            yield label(right, level + LINE, figure, size=13, bold=one.main)
        else:
            yield label(right, level + 4, f"{name}: {figure.partition(' in ')[0]}", size=12)


def _apart(levels: Sequence[float], step: float) -> list[float]:
    """The levels, from the top down, moved so that each stands `step` below the one before it and
    none below the plot."""
    found: list[float] = []
    for level in levels:
        found.append(max(level, found[-1] + step) if found else level)
    lowest = TOP + PLOT_HEIGHT + 20 - step / 2
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], lowest)
        lowest = found[place] - step
    return found


def _dot(x: float, y: float, colour: str, *, full: bool) -> str:
    fill = colour if full else "#FFFFFF"
    pen = f'fill="{fill}" stroke="{colour}" stroke-width="2"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {pen}/>'


def _star(x: float, y: float) -> str:
    points = " ".join(
        f"{x + reach * math.sin(turn):.1f},{y - reach * math.cos(turn):.1f}"
        for turn, reach in zip((place * math.pi / 5 for place in range(10)), (9, 4) * 5,
                               strict=True)
    )  # fmt: skip
    return f'<polygon points="{points}" fill="{PLUM}" stroke="#FFFFFF" stroke-width="1"/>'
