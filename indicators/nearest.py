"""Computed neighbours: the authorities nearest to one in the context measures that were chosen.

Standardised Euclidean distance, each measure's share of it shown, as CIPFA's nearest neighbours
model does: a choice of measures and weights and not a finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

NONE_BETTER = "none"
CONTEXT_UNITS = ("percent", "per_1000", "per_10000", "per_100000", "gbp", "count", "score", "ratio")
CONTEXT_TOPICS = (
    "Population and health",
    "Economic factors",
    "Contextual and other",
    "Spending",
)
"""Topics whose measures describe a place and the demand on it more than the work of a council."""
CONTEXT_MEASURES = ("population_0_17", "imd", "deprivation", "ethnic", "poverty", "low_income")
"""Measures of context wherever they stand: parts of their ids."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One authority, how far it is, and each measure's share (0 to 1) of the squared distance."""

    area_code: str
    distance: float
    parts: Mapping[str, float]


def nearest(
    measures: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, float],
    us: str,
    n: int = 10,
) -> tuple[Neighbour, ...]:
    """The `n` authorities nearest to `us`, nearest first, equals by code.

    `measures` gives each measure's figures by area code; z-scores are over the authorities that
    have every measure, and only they can be neighbours. A measure without a weight has weight 1.
    Nothing where `us` lacks a measure. Raises `ValueError` for a weight that is negative or no
    number.
    """
    factors = {key: _weight(weights.get(key, 1.0), key) for key in measures}
    codes = _with_every(measures)
    if us not in codes:
        return ()
    scores = {key: _standardise(figures, codes) for key, figures in measures.items()}
    found = [_neighbour(code, us, scores, factors) for code in codes if code != us]
    return tuple(sorted(found, key=lambda near: (near.distance, near.area_code))[:n])


def context_indicators(indicators: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The indicators that may say who is like whom: context measures without a better direction,
    in the order given."""
    return [row for row in indicators if row["polarity"] == NONE_BETTER and _is_context(row)]


def _is_context(row: Mapping[str, Any]) -> bool:
    named = any(part in row["indicator_id"] for part in CONTEXT_MEASURES)
    return row["unit"] in CONTEXT_UNITS and (named or row["domain"] in CONTEXT_TOPICS)


def _weight(weight: float, key: str) -> float:
    if not math.isfinite(weight) or weight < 0:
        raise ValueError(f"The weight of {key} is {weight}: give a number that is not negative.")
    return weight


def _with_every(measures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The authorities that have every measure, by code."""
    have = [set(figures) for figures in measures.values()]
    return sorted(set.intersection(*have)) if have else []


def _standardise(figures: Mapping[str, float], codes: Iterable[str]) -> dict[str, float]:
    """z-scores; of a measure that is the same everywhere all nought."""
    values = {code: float(figures[code]) for code in codes}
    least, most = min(values.values()), max(values.values())
    if least == most:
        return dict.fromkeys(values, 0.0)
    # Between nought and one first: the squares of tiny differences would vanish.
    placed = {code: (value - least) / (most - least) for code, value in values.items()}
    mean = fmean(placed.values())
    deviation = math.sqrt(fmean((value - mean) ** 2 for value in placed.values()))
    return {code: (value - mean) / deviation for code, value in placed.items()}


def _neighbour(
    code: str,
    us: str,
    scores: Mapping[str, Mapping[str, float]],
    factors: Mapping[str, float],
) -> Neighbour:
    squares = {key: factors[key] * (z[code] - z[us]) ** 2 for key, z in scores.items()}
    total = math.fsum(squares.values())
    parts = {key: square / total if total else 0.0 for key, square in squares.items()}
    return Neighbour(code, math.sqrt(total), parts)
