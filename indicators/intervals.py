"""Confidence limits of a proportion and of a rate, as public health statistics in England use them.

Method: APHO Technical Briefing 3, “Commonly used public health statistics and their confidence
intervals” (2008), which OHID's Fingertips follows. A proportion has Wilson score limits (Wilson,
JASA 22, 1927); a count has Byar's limits (Breslow and Day, Statistical methods in cancer research
II, IARC 1987, p. 69), and below ten exact Poisson limits (Garwood, Biometrika 28, 1936).
Only for unrounded counts of separate things; never rebuilt from rounded figures.
"""

from __future__ import annotations

import math

import pandas as pd
from scipy import special

CONFIDENCE_95 = 0.95
CONFIDENCE_998 = 0.998
EXACT_BELOW = 10
"""Counts below this have exact Poisson limits, as Byar's approximation is poor there."""

Limits = tuple[float, float]


def standard_normal_quantile(confidence: float) -> float:
    """The z for two-sided limits: 1.95996 at 0.95, 3.09023 at 0.998."""
    _require_confidence(confidence)
    return float(special.ndtri(0.5 + confidence / 2))


def wilson_limits(numerator: int, denominator: int, confidence: float = CONFIDENCE_95) -> Limits:
    """Wilson score limits of numerator / denominator, as shares between 0 and 1.

    Raises `ValueError` unless 0 <= numerator <= denominator and denominator > 0.
    """
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError(
            f"A share needs 0 <= numerator <= denominator > 0, not {numerator} of {denominator}."
        )
    z = standard_normal_quantile(confidence)
    share = numerator / denominator
    centre = share + z * z / (2 * denominator)
    half = z * math.sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2))
    scale = 1 + z * z / denominator
    low = (centre - half) / scale if numerator else 0.0
    return low, (centre + half) / scale if numerator < denominator else 1.0


def poisson_limits(count: int, confidence: float = CONFIDENCE_95) -> Limits:
    """Exact limits of the expectation of a Poisson count. Raises `ValueError` if negative."""
    _require_count(count)
    _require_confidence(confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(special.gammaincinv(count, tail))
    return low, float(special.gammaincinv(count + 1, 1 - tail))


def byar_limits(count: int, confidence: float = CONFIDENCE_95) -> Limits:
    """Byar's limits of the expectation of a count; exact Poisson limits below ten.

    Divide by the population and multiply by the rate's scale for the limits of a rate.
    Raises `ValueError` for a negative count.
    """
    if count < EXACT_BELOW:
        return poisson_limits(count, confidence)
    z = standard_normal_quantile(confidence)
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    above = count + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3
    return low, high


def small_count_table() -> pd.DataFrame:
    """Exact limits of the counts 0–9: count, low95, high95, low998, high998 (for SQL to join)."""
    return pd.DataFrame(
        [
            (count, *poisson_limits(count, CONFIDENCE_95), *poisson_limits(count, CONFIDENCE_998))
            for count in range(EXACT_BELOW)
        ],
        columns=["count", "low95", "high95", "low998", "high998"],
    )


def _require_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence is between 0 and 1, not {confidence}.")


def _require_count(count: int) -> None:
    if count < 0:
        raise ValueError(f"A count is not negative: {count}.")
