"""An authority's own trend carried on to a later year: the straight line through its last five
figures, with the interval in which a figure of that year would lie if the line held.

Ordinary least squares and the prediction interval of a new figure (N. R. Draper and H. Smith,
Applied regression analysis, 3rd edition 1998, section 3.1). Three degrees of freedom make it wide,
and that is what five figures can tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from indicators.counts import Row
from indicators.history import BAND
from indicators.series import with_missing_years
from indicators.words import is_span

POINTS = 5


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """The figure of the line, with the limits between which four in five new figures would lie."""

    value: float
    low: float
    high: float
    first_period: str
    last_period: str


def carry_on(series: Sequence[Row], years: int, *, unit: str) -> CarriedOn | None:
    """The line through the last five rows of `Release.series`, `years` after the last of them. None
    where there are fewer, one is not there, or the periods overlap. Kept within what the unit can
    be: nothing below nought, no percentage above 100."""
    rows = list(with_missing_years(series))[-POINTS:]
    values = [row["value"] for row in rows]
    if len(rows) < POINTS or None in values or any(is_span(row["period"]) for row in rows):
        return None
    value, half = line_at([float(value) for value in values], POINTS - 1 + years)
    keep = limits_of_unit(unit)
    return CarriedOn(
        _within(value, keep),
        _within(value - half, keep),
        _within(value + half, keep),
        rows[0]["period"],
        rows[-1]["period"],
    )


def line_at(values: Sequence[float], place: float, share: float = BAND) -> tuple[float, float]:
    """Of evenly spaced values (three or more, at 0, 1, 2 …) the least-squares line at `place`, and
    half the width of the prediction interval that holds `share` of new values."""
    n = len(values)
    mean_x, mean_y = (n - 1) / 2, math.fsum(values) / n
    squares = math.fsum((x - mean_x) ** 2 for x in range(n))
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in enumerate(values)) / squares
    off = math.fsum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in enumerate(values))
    error = math.sqrt(off / (n - 2) * (1 + 1 / n + (place - mean_x) ** 2 / squares))
    factor = float(special.stdtrit(n - 2, (1 + share) / 2))
    return mean_y + slope * (place - mean_x), factor * error


def limits_of_unit(unit: str) -> tuple[float, float]:
    """What a figure of the unit can be at least and at most."""
    if unit == "score":
        return -math.inf, math.inf
    return 0.0, 100.0 if unit == "percent" else math.inf


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
