"""A set of authorities in a few numbers: mean, median, quarters, the best, and the set as one.

Never averages grades, and never lets a suppressed figure be worked out: the set as one is summed
over those members alone whose numerator and denominator are both published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from indicators.counts import (
    Counted,
    Row,
    counts_of,
    others_with_figure,
    scale_of,
    separate_returns,
)
from indicators.words import GRADE


@dataclass(frozen=True, slots=True)
class SetSummary:
    """`n` members have a figure; `aggregate` is the sum of numerators over the sum of denominators
    of the `aggregate_n` returns with both; figures in the indicator's unit; None where there is
    none. `polarity` is the indicator's."""

    n: int
    mean: float | None
    median: float | None
    aggregate: float | None
    aggregate_n: int
    best_code: str | None
    best_value: float | None
    low_quartile: float | None
    high_quartile: float | None
    polarity: str

    @property
    def comparator(self) -> float | None:
        """What a figure is tested against: the set as one, else its median."""
        return self.median if self.aggregate is None else self.aggregate

    @property
    def best_quarter(self) -> float | None:
        """The quartile that bounds the best quarter; None where neither direction is better."""
        return {"high": self.high_quartile, "low": self.low_quartile}.get(self.polarity)


def summarise_set(rows: Iterable[Row], us: str, indicator: Row) -> SetSummary:
    """The set's figures for one indicator and period, without `us` and without whoever answered
    together with `us` (theirs is the same figure)."""
    members = others_with_figure(rows, us)
    polarity = indicator["polarity"]
    if indicator["unit"] == GRADE or not members:
        return SetSummary(len(members), None, None, None, 0, None, None, None, None, polarity)
    values = [float(row["value"]) for row in members]
    counted = _counted(members, indicator["interval_method"])
    best = _best(members, polarity)
    return SetSummary(
        n=len(members),
        mean=fmean(values),
        median=median(values),
        aggregate=_as_one(counted, scale_of(indicator)),
        aggregate_n=len(counted),
        best_code=best["area_code"] if best else None,
        best_value=best["value"] if best else None,
        low_quartile=quantile(values, 0.25),
        high_quartile=quantile(values, 0.75),
        polarity=polarity,
    )


def medians_by_period(rows: Iterable[Row], us: str) -> dict[str, tuple[float, int]]:
    """The median of each period's figures, and of how many it is: of the rows of one indicator,
    without `us` and without whoever answered together with `us`."""
    values: dict[str, list[float]] = {}
    for row in others_with_figure(rows, us):
        values.setdefault(row["period"], []).append(row["value"])
    return {period: (median(found), len(found)) for period, found in values.items()}


def quantile(values: Iterable[float], share: float) -> float:
    """Linear interpolation between order statistics (Hyndman and Fan's type 7), as the release's
    bands have it. Raises `ValueError` of no values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("A quantile needs at least one value.")
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _counted(members: Sequence[Row], method: str) -> list[Counted]:
    """The counts of each return once."""
    return [c for row in separate_returns(members) if (c := counts_of(row, method))]


def _as_one(counted: Sequence[Counted], scale: float) -> float | None:
    if not counted:
        return None
    return sum(c.numerator for c in counted) / sum(c.denominator for c in counted) * scale


def _best(members: Sequence[Row], polarity: str) -> Row | None:
    """The best figure; the first by code of equals; None where neither direction is better."""
    if polarity not in ("high", "low"):
        return None
    sign = 1 if polarity == "low" else -1
    return min(members, key=lambda row: (sign * row["value"], row["area_code"]))
