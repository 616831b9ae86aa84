"""Simulated alliances: authorities that do not differ, and some planted that do. None is real."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from indicators.signals.panel import Grid, Panel

PLANTED = 4
"""Authorities whose last figure is moved, where one is planted."""
SHARE = {"wilson": 0.2, "byar": 0.0065}
SCALE = {"wilson": "percent", "byar": "per_10000"}


def simulate(
    seed: int,
    *,
    authorities: int = 40,
    measures: int = 8,
    periods: int = 5,
    times: float = 1.0,
    spread: float = 0.0,
    planted: int = PLANTED,
) -> Panel:
    """An alliance drawn from chance alone: half its measures proportions, half rates. The last
    figure of the first few authorities is expected to be `times` the average; authorities differ by
    `spread` (standard deviation of the logarithm) that stays from year to year."""
    rng = np.random.default_rng(seed)
    grids = tuple(
        _grid(rng, k, authorities, periods, times, spread, planted) for k in range(measures)
    )  # fmt: skip
    return Panel(grids, {code: f"Town {code}" for code in grids[0].areas})


def _grid(
    rng: np.random.Generator, k: int, size: int, periods: int, times: float, spread: float,
    planted: int,
) -> Grid:  # fmt: skip
    method = "wilson" if k % 2 else "byar"
    sizes = (rng.uniform(150, 1500, size) * (1 if method == "wilson" else 60)).round()
    denominator = np.repeat(sizes[:, None], periods, axis=1)
    level = SHARE[method] * np.exp(spread * rng.standard_normal(size))
    share = np.repeat(level[:, None], periods, axis=1)
    share[:planted, -1] *= times
    draw = rng.binomial if method == "wilson" else None
    numerator = (
        draw(denominator.astype(int), np.minimum(share, 0.95))
        if draw
        else rng.poisson(share * denominator)
    ).astype(float)
    indicator = indicator_of(f"measure_{k}", method, "low" if k % 3 else "none")
    return grid_of(indicator, numerator, denominator)


def indicator_of(key: str, method: str, polarity: str, **more: Any) -> dict[str, Any]:
    """An indicator as the release describes it."""
    return {
        "indicator_id": key, "title": f"Measure of {key}", "domain": "Simulated", "decimals": 1,
        "unit": SCALE.get(method, "score"), "polarity": polarity, "interval_method": method,
        "timing": "year", "numerator_label": "children", "published_on": None,
        "denominator_label": "children aged 0 to 17",
    } | more  # fmt: skip


def grid_of(
    indicator: dict[str, Any],
    numerator: np.ndarray,
    denominator: np.ndarray,
    value: np.ndarray | None = None,
) -> Grid:
    """A grid of years to 2025 from counts; each authority's neighbours are the ten after it."""
    size, periods = numerator.shape
    years = range(2026 - periods, 2026)
    scale = {"wilson": 100.0, "byar": 10_000.0}.get(indicator["interval_method"], 1.0)
    neighbour = np.zeros((size, size), dtype=bool)
    for i in range(size):
        neighbour[i, [(i + step) % size for step in range(1, min(11, size))]] = True
    return Grid(
        indicator, tuple(f"{i:03d}" for i in range(size)), tuple(f"Town {i}" for i in range(size)),
        tuple(str(year) for year in years), tuple(date(year, 3, 31) for year in years),
        numerator / denominator * scale if value is None else value, numerator, denominator,
        np.full((size, periods), "reported", dtype=object),
        np.full((size, periods), None, dtype=object), neighbour,
    )  # fmt: skip
