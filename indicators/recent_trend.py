"""Recent trend: whether the last five figures rise or fall by more than chance, in words.

Chi-square for linear trend (P. Armitage, Biometrics 11 (1955) 375–386; for rates its Poisson form,
Breslow and Day, Statistical methods in cancer research II (1987) p. 96), on the five most recent
points without a gap, as OHID's Fingertips does. Where there are fewer, or no counts, no claim.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from scipy import special

from indicators.counts import METHODS, WILSON, Counted, Row, counts_of
from indicators.series import with_missing_years
from indicators.words import is_span, list_words

POINTS = 5
SIGNIFICANT = 0.05

RISING, FALLING, NONE, UNTESTED = "rising", "falling", "none", "untested"
IMPROVING, WORSENING = "improving", "worsening"

NO_COUNTS = "the measure has no counts of separate children or cases to test with"


@dataclass(frozen=True, slots=True)
class Trend:
    """`direction` is `rising`, `falling`, `none` or `untested` (then `reason` says why); `verdict`
    only where one direction is better; `n` how many points there were to test."""

    direction: str
    verdict: str | None
    p_value: float | None
    n: int
    reason: str
    first_period: str | None
    last_period: str | None


def find_trend(series: Sequence[Row], *, method: str, polarity: str) -> Trend:
    """The trend of one authority's series, oldest first, as `Release.series` gives it; end it at
    the period that is looked at."""
    rows = list(with_missing_years(series))[-POINTS:]
    counted = [counts_of(row, method) for row in rows]
    reason = _why_not(rows, counted, method)
    first, last = (rows[0]["period"], rows[-1]["period"]) if rows else (None, None)
    points = [point for point in counted if point is not None]
    if reason:
        return Trend(UNTESTED, None, None, len(points), reason, first, last)
    statistic, slope = trend_statistic(points, method)
    p_value = float(special.chdtrc(1, statistic))
    direction = NONE
    if p_value < SIGNIFICANT:
        direction = RISING if slope > 0 else FALLING
    return Trend(direction, _verdict(direction, polarity), p_value, POINTS, "", first, last)


def trend_statistic(points: Sequence[Counted], method: str) -> tuple[float, float]:
    """Chi-square on one degree of freedom of evenly spaced points, and its sign-giving sum."""
    total = sum(point.denominator for point in points)
    level = sum(point.numerator for point in points) / total
    moved = sum(i * (p.numerator - p.denominator * level) for i, p in enumerate(points))
    first = sum(i * p.denominator for i, p in enumerate(points))
    spread = sum(i * i * p.denominator for i, p in enumerate(points)) - first * first / total
    chance = level * (1 - level) if method == WILSON else level
    variance = chance * spread
    return (moved * moved / variance, moved) if variance > 0 else (0.0, 0.0)


def trend_words(trend: Trend) -> str:
    """`rising from 2021 to 2025, by more than chance would explain (p = 0.003)`; no full stop."""
    if trend.direction == UNTESTED:
        return f"not tested: {trend.reason}"
    when = f"from {trend.first_period} to {trend.last_period}"
    p = p_words(trend.p_value)
    if trend.direction == NONE:
        return f"no rise or fall {when} beyond what chance would explain ({p})"
    judged = f": {trend.verdict}" if trend.verdict else ""
    return f"{trend.direction} {when} by more than chance would explain ({p}){judged}"


def p_words(p_value: float | None) -> str:
    """`p = 0.03`, `p = 0.004`, `p < 0.001`, held together on a line; never nought or one."""
    if p_value is None or math.isnan(p_value):
        return "not tested"
    if p_value < 0.001:
        return "p\u00a0<\u00a00.001"
    if p_value > 0.99:
        return "p\u00a0>\u00a00.99"
    digits = 3 if p_value < 0.01 else 2
    return f"p\u00a0=\u00a0{p_value:.{digits}f}"


def _verdict(direction: str, polarity: str) -> str | None:
    if direction not in (RISING, FALLING) or polarity not in ("high", "low"):
        return None
    return IMPROVING if (direction == RISING) == (polarity == "high") else WORSENING


def _why_not(rows: Sequence[Row], counted: Sequence[Counted | None], method: str) -> str:
    """Why the points cannot be tested; empty where they can."""
    if method not in METHODS:
        return NO_COUNTS
    if len(rows) < POINTS:
        return f"a trend needs {POINTS} years in a row, and there {_are(len(rows))}"
    empty = [row["period"] for row in rows if row["value"] is None]
    if empty:
        none = list_words(empty)
        return f"a trend needs {POINTS} years in a row, and there is no figure for {none}"
    without = [row["period"] for row, point in zip(rows, counted, strict=True) if point is None]
    return f"there are no whole counts for {list_words(without)}" if without else _why_uneven(rows)


def _why_uneven(rows: Sequence[Row]) -> str:
    """Years that share children, or are not a year apart, are no five points."""
    if any(is_span(row["period"]) for row in rows):
        return "the periods overlap"
    ends = [row["period_end"] for row in rows]
    return "" if _a_year_apart(ends) else "the periods are not a year apart"


def _are(n: int) -> str:
    return {0: "are none", 1: "is one"}.get(n, f"are {n}")


def _a_year_apart(ends: Sequence[date]) -> bool:
    return all(b.year - a.year == 1 for a, b in pairwise(ends))
