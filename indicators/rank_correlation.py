"""Spearman's rank correlation with its interval: whether two measures go together, in words.

Says nothing of cause. Opens no release.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from indicators.intervals import CONFIDENCE_95, standard_normal_quantile

FEWEST = 10
"""Below this many pairs the interval's approximation does not hold, and nothing is claimed."""

_STRENGTHS = ((0.2, "very weak"), (0.4, "weak"), (0.6, "moderate"), (0.8, "strong"))


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """`rho` of `n` pairs with its 95 % interval; None where there is none to be had."""

    n: int
    rho: float | None
    low: float | None = None
    high: float | None = None


def correlate_ranks(pairs: Sequence[tuple[float, float]]) -> RankCorrelation:
    """Spearman's rho of (x, y) pairs; ties share the mean of their ranks.

    The interval is Fisher's transformation with the standard error of Bonett and Wright
    (*Psychometrika* 65, 2000): sqrt((1 + rho² / 2) / (n − 3)). There is none under ten pairs, nor
    of a perfect correlation; no rho where all the values of a side are equal.
    """
    n = len(pairs)
    if n < FEWEST:
        return RankCorrelation(n, None)
    rho = _pearson(_mean_ranks([x for x, _ in pairs]), _mean_ranks([y for _, y in pairs]))
    if rho is None or abs(rho) > 1 - 1e-12:
        return RankCorrelation(n, rho)
    reach = standard_normal_quantile(CONFIDENCE_95) * math.sqrt((1 + rho * rho / 2) / (n - 3))
    centre = math.atanh(rho)
    return RankCorrelation(n, rho, math.tanh(centre - reach), math.tanh(centre + reach))


def _mean_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    n = len(xs)
    mean_x, mean_y = math.fsum(xs) / n, math.fsum(ys) / n
    across = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    spread = math.fsum((x - mean_x) ** 2 for x in xs) * math.fsum((y - mean_y) ** 2 for y in ys)
    return None if spread == 0 else max(-1.0, min(1.0, across / math.sqrt(spread)))


def correlation_words(found: RankCorrelation) -> str:
    """`Rank correlation 0.42 (95% interval 0.28 to 0.54): a moderate link …`, a whole sentence."""
    if found.n < FEWEST:
        return f"With fewer than {FEWEST} authorities no correlation is worked out."
    if found.rho is None:
        return "There is no correlation to work out: all the figures of one measure are equal."
    shown = f"Rank correlation {_number(found.rho)}"
    if found.low is None or found.high is None:
        return f"{shown}: the two put the authorities in the same order, or its reverse."
    shown += f" (95% interval {_number(found.low)} to {_number(found.high)})"
    if found.low <= 0 <= found.high:
        return f"{shown}: the interval holds nought, so the two may not go together at all."
    strength = next((word for below, word in _STRENGTHS if abs(found.rho) < below), "very strong")
    way = "higher" if found.rho > 0 else "lower"
    return (
        f"{shown}: a {strength} link, in which authorities with a higher figure on one tend to "
        f"have a {way} figure on the other."
    )


def _number(value: float) -> str:
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")
