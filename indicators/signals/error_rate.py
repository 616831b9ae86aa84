"""What a p-value is worth: exact tails, what authorities usually differ by, and the false discovery
rate of many tests at once. It knows no authority and no indicator.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from indicators.counts import WILSON
from indicators.funnel import LEAST

Floats = NDArray[np.float64]

RATE = 0.05
"""The false discovery rate that the list promises."""
_MIDDLE_OF_CHI_SQUARE = float(special.chdtri(1, 0.5))
DRAWS, SEED = 100_000, 20_170_101


def exact_p(numerator: Floats, denominator: Floats, share: Floats, method: str) -> Floats:
    """Two-sided p of counts where `share` is expected: twice the smaller exact tail, binomial of a
    proportion and Poisson of a rate (at most 1)."""
    if method == WILSON:
        share = np.clip(share, 0.0, 1.0)
        whole = np.nan_to_num(denominator).astype(np.int64)
        below = special.bdtr(numerator, whole, share)
        above = np.where(
            numerator > 0, special.bdtrc(np.maximum(numerator - 1, 0), whole, share), 1.0
        )
    else:
        expected = np.asarray(share * denominator)
        below = special.pdtr(numerator, expected)
        above = np.where(numerator > 0, special.pdtrc(np.maximum(numerator - 1, 0), expected), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, above)))


def p_of_z(z: Floats) -> Floats:
    """Two-sided p of standard normal scores."""
    return np.asarray(2 * special.ndtr(-np.abs(z)))


def allow_for_usual_spread(p: Floats) -> Floats:
    """p-values after the spread that authorities usually show, in one indicator under one rule.

    Genomic control (B. Devlin and K. Roeder, Biometrics 55 (1999) 997–1004): each p as chi-square
    on one degree of freedom, divided by the ratio of their median to that of pure chance where the
    ratio is above one. p only grows. Where every authority moves, nobody stands out. Nobody can be
    told from the usual where fewer than ten are tested: then every p is 1.
    """
    known = ~np.isnan(p)
    if known.sum() < LEAST:
        return np.where(known, 1.0, np.nan)
    statistic = special.chdtri(1, np.clip(p, 1e-300, 1.0))
    usual = max(1.0, float(np.median(statistic[known])) / _MIDDLE_OF_CHI_SQUARE)
    return np.asarray(special.chdtrc(1, statistic / usual))


def false_discovery_q(p: Floats) -> Floats:
    """q-values: the smallest false discovery rate at which each is still flagged.

    Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289–300. It
    holds for tests that are independent or depend positively on one another (Y. Benjamini and
    D. Yekutieli, Annals of Statistics 29 (2001) 1165–1188).
    """
    if not len(p):
        return p
    order = np.argsort(p)
    raised = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    return q


def simes_p(rows: Floats) -> Floats:
    """One p of each row's p-values together: the smallest of n × p / rank over them, NaN of none.

    R. J. Simes, Biometrika 73 (1986) 751–754: valid for tests that are independent or depend
    positively on one another (S. K. Sarkar, Annals of Statistics 26 (1998) 494–504).
    """
    ordered = np.sort(rows, axis=1)
    n = (~np.isnan(rows)).sum(axis=1)
    ranks = np.arange(1, rows.shape[1] + 1)
    raised = np.where(np.isnan(ordered), np.inf, ordered * n[:, None] / ranks)
    smallest = raised.min(axis=1, initial=np.inf)
    return np.where(n > 0, np.minimum(1.0, smallest), np.nan)


SIMULATED_OTHERS = (5, 7, 10)
"""Numbers of others that are simulated; between two the smaller serves, whose tail is longer."""


@cache
def _distances(others: int) -> Floats:
    """Simulated distances of one from the median of so many others, where all are alike."""
    draws = np.random.default_rng(SEED + others).standard_normal((DRAWS, others + 1))
    return np.sort(distance_of(draws[:, 0], draws[:, 1:]))


def row_medians(rows: Floats) -> tuple[Floats, Floats]:
    """The median of each row's numbers (NaN of none), and how many there were; NaN is no number."""
    ordered = np.sort(rows, axis=1)
    n = (~np.isnan(rows)).sum(axis=1)
    at, some = np.arange(len(rows)), np.maximum(n, 1)
    middle = (ordered[at, (some - 1) // 2] + ordered[at, some // 2]) / 2
    return middle, n.astype(np.float64)


def distance_of(value: Floats, others: Floats) -> Floats:
    """How many median absolute deviations values are from the median of the others (their rows)."""
    middle, _ = row_medians(others)
    spread, _ = row_medians(np.abs(others - middle[:, None]))
    out = np.full(len(value), np.nan)
    np.divide(np.abs(value - middle), spread, out=out, where=spread > 0)
    return out


def distance_p(distance: float, others: int) -> float:
    """The share of simulated authorities, alike with `others` others (normal figures), that lie as
    far from them: (1 + as many as do) / (1 + all), which is a valid p (B. V. North and others,
    American Journal of Human Genetics 71 (2002) 439–441). NaN of fewer than five others."""
    if others < SIMULATED_OTHERS[0] or np.isnan(distance):
        return float("nan")
    drawn = _distances(max(n for n in SIMULATED_OTHERS if n <= others))
    beyond = len(drawn) - int(np.searchsorted(drawn, distance, side="left"))
    return (1 + beyond) / (1 + len(drawn))
