"""Funnel limits of a proportion or a rate: how far from the average an authority of its size may
be, allowing for authorities that differ by more than chance. The average is of the authorities with
counts and not the country's published figure, which has those without in it. It draws nothing.

D. J. Spiegelhalter, “Funnel plots for comparing institutional performance”, Statistics in Medicine
24 (2005) 1185–1202; “Handling over-dispersion of performance indicators”, Quality and Safety in
Health Care 14 (2005) 347–351: z-scores on a scale of steady variance (the arcsine of the square
root of a proportion, the square root of a rate), the most extreme tenth at each end pulled in, and
where they spread by more than chance an additive variance between authorities (random effects).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.counts import WILSON, Counted, Row, counts_of, separate_returns
from indicators.intervals import CONFIDENCE_95, CONFIDENCE_998, standard_normal_quantile

LEAST = 10
"""Authorities that a funnel needs: of fewer, a tenth is nobody and their spread says nothing."""
WINSORISED = 0.1
STEPS = 60
"""Sizes at which the limits are worked out, for a smooth line."""

INSIDE = "inside"
ABOVE_95, BELOW_95, ABOVE_998, BELOW_998 = "above_95", "below_95", "above_998", "below_998"

_Z = (
    -standard_normal_quantile(CONFIDENCE_998),
    -standard_normal_quantile(CONFIDENCE_95),
    standard_normal_quantile(CONFIDENCE_95),
    standard_normal_quantile(CONFIDENCE_998),
)
"""Standard deviations at which the four limits lie, lowest first."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One authority: its figure in the unit, its size, how many standard deviations it is off."""

    area_code: str
    value: float
    denominator: int
    z: float
    place: str


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """The limits at one size, in the indicator's unit."""

    denominator: float
    low998: float
    low95: float
    high95: float
    high998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """`target` in the unit; `phi` the spread of the z-scores (1 is chance alone); `tau2` the
    variance between authorities on the transformed scale, nought unless `overdispersed`."""

    target: float
    phi: float
    tau2: float
    overdispersed: bool
    points: tuple[FunnelPoint, ...]
    curve: tuple[FunnelLimit, ...]

    @property
    def line(self) -> str:
        """What the line in the middle is, as every sentence and file names it."""
        return f"average of the {len(self.points)} authorities with counts"

    def point(self, area_code: str) -> FunnelPoint | None:
        """One authority's point, if it has one."""
        return next((point for point in self.points if point.area_code == area_code), None)


def build_funnel(rows: Iterable[Row], *, method: str, scale: float) -> Funnel | None:
    """The funnel of one indicator and period: rows as `Release.figures` gives them.

    Only authorities with whole counts take part; a joint return is one in the spread and a point
    for each of its authorities. None of fewer than ten, and of a method that has no counts.
    """
    kept = [(row, counted) for row in rows if (counted := counts_of(row, method))]
    apart = [counted for row in separate_returns(r for r, _ in kept)
             if (counted := counts_of(row, method))]  # fmt: skip
    if len(apart) < LEAST:
        return None
    target = sum(c.numerator for c in apart) / sum(c.denominator for c in apart)
    phi, tau2 = _spread(apart, target, method)
    points = tuple(_point(row, c, target, tau2, method, scale) for row, c in kept)
    sizes = [c.denominator for c in apart]
    curve = tuple(_limit(size, target, tau2, method, scale) for size in _sizes(sizes))
    return Funnel(target * scale, phi, tau2, tau2 > 0, points, curve)


def transform(share: Any, method: str) -> Any:
    """The scale on which chance is as wide at every level."""
    return np.arcsin(np.sqrt(share)) if method == WILSON else np.sqrt(share)


def untransform(level: float, method: str) -> float:
    """Back from the transformed scale; limits beyond the possible stop at its end."""
    if method == WILSON:
        return math.sin(min(max(level, 0.0), math.pi / 2)) ** 2
    return max(level, 0.0) ** 2


def winsorise(scores: Floats) -> Floats:
    """The scores with the most extreme tenth at each end pulled in to where that tenth begins."""
    low, high = np.quantile(scores, [WINSORISED, 1 - WINSORISED])
    return np.asarray(np.clip(scores, low, high), dtype=np.float64)


def additive_variance(phi: float, weights: Floats) -> float:
    """The variance between authorities that a spread of `phi` implies (moments, as DerSimonian and
    Laird); `weights` are one over the chance variance of each."""
    n, total = len(weights), float(weights.sum())
    spare = total - float((weights**2).sum()) / total
    return max(0.0, (n * phi - (n - 1)) / spare)


def _spread(counted: list[Counted], target: float, method: str) -> tuple[float, float]:
    """phi of the winsorised scores, and the variance where phi is beyond what chance gives it."""
    sizes = np.array([c.denominator for c in counted], dtype=np.float64)
    shares = np.array([c.share for c in counted])
    scores = (transform(shares, method) - transform(target, method)) * 2 * np.sqrt(sizes)
    phi = float((winsorise(scores) ** 2).mean())
    beyond_chance = phi > 1 + 2 * math.sqrt(2 / len(counted))
    return phi, additive_variance(phi, 4 * sizes) if beyond_chance else 0.0


def _point(
    row: Row, counted: Counted, target: float, tau2: float, method: str, scale: float
) -> FunnelPoint:
    off = float(transform(counted.share, method) - transform(target, method))
    z = off / math.sqrt(1 / (4 * counted.denominator) + tau2)
    value = counted.share * scale
    return FunnelPoint(row["area_code"], value, counted.denominator, z, _place(z))


def _place(z: float) -> str:
    if abs(z) <= standard_normal_quantile(CONFIDENCE_95):
        return INSIDE
    if abs(z) <= standard_normal_quantile(CONFIDENCE_998):
        return ABOVE_95 if z > 0 else BELOW_95
    return ABOVE_998 if z > 0 else BELOW_998


def _sizes(sizes: list[int]) -> list[float]:
    """From the smallest to the largest in even ratios: the funnel bends most where it is narrow."""
    least, most = min(sizes), max(sizes)
    if least == most:
        return [float(least)]
    inner = [float(size) for size in np.geomspace(least, most, STEPS)[1:-1]]
    return [float(least), *inner, float(most)]


def _limit(size: float, target: float, tau2: float, method: str, scale: float) -> FunnelLimit:
    centre = float(transform(target, method))
    deviation = math.sqrt(1 / (4 * size) + tau2)
    low998, low95, high95, high998 = (
        untransform(centre + z * deviation, method) * scale for z in _Z
    )
    return FunnelLimit(size, low998, low95, high95, high998)
