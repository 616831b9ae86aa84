"""The comparisons worked out anew with numpy, scipy and statsmodels: one matrix, authorities across
and (indicator, period) down. Imports nothing of the product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

Matrix = np.ndarray[Any, np.dtype[np.float64]]
GROUP = ["indicator_id", "period"]


def ranks(values: Matrix, polarity: Sequence[str]) -> Matrix:
    """Rank along each row: 1 is the lowest where low is good, else the highest; ties share the
    smallest rank; NaN has none."""
    turned = np.where(np.asarray(polarity)[:, None] == "low", values, -values)
    ranked = stats.rankdata(turned, method="min", axis=1, nan_policy="omit")
    return np.where(np.isnan(values), np.nan, ranked)


def bands(values: Matrix, polarity: Sequence[str]) -> np.ndarray[Any, Any]:
    """Quartile bands by numpy's linear quantiles: A is the best quarter, None where no polarity."""
    some = ~np.isnan(values).all(axis=1)
    quartiles = np.full((3, len(values), 1), np.nan)
    quartiles[:, some, 0] = np.nanquantile(values[some], [0.25, 0.5, 0.75], axis=1)
    q1, q2, q3 = quartiles
    low = np.select([values <= q1, values <= q2, values <= q3], ["A", "B", "C"], "D")
    high = np.select([values > q3, values > q2, values > q1], ["A", "B", "C"], "D")
    kind = np.asarray(polarity)[:, None]
    found = np.where(kind == "low", low, high).astype(object)
    found[np.isnan(values) | (kind == "none")] = None
    return found


def byar(count: Matrix, confidence: float) -> tuple[Matrix, Matrix]:
    """Byar's limits of a count, and below ten the exact Poisson limits."""
    tail = (1 - confidence) / 2
    z = stats.norm.isf(tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = count * (1 - 1 / (9 * count) - z / (3 * count**0.5)) ** 3
    high = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * (count + 1) ** 0.5)) ** 3
    exact_low = np.where(count > 0, stats.gamma.ppf(tail, np.maximum(count, 1)), 0.0)
    exact_high = stats.gamma.isf(tail, count + 1)
    small = count < 10
    return np.where(small, exact_low, low), np.where(small, exact_high, high)


def limits(
    numerator: Matrix, denominator: Matrix, method: np.ndarray[Any, Any], scale: Matrix,
    confidence: float,
) -> tuple[Matrix, Matrix]:  # fmt: skip
    """Limits of each figure, NaN where it has none."""
    fit = (denominator > 0) & (numerator >= 0) & (numerator % 1 == 0)
    share = fit & (method == "wilson") & (numerator <= denominator)
    rate = fit & (method == "byar")
    top, bottom = np.where(fit, numerator, 1.0), np.where(fit, denominator, 1.0)
    w_low, w_high = proportion_confint(
        np.minimum(top, bottom), bottom, alpha=1 - confidence, method="wilson"
    )
    b_low, b_high = byar(top, confidence)
    pick = [share, rate]
    low = np.select(pick, [w_low * scale, b_low / bottom * scale], np.nan)
    high = np.select(pick, [w_high * scale, b_high / bottom * scale], np.nan)
    return low, high


def _end_year(period: str) -> int:
    if len(period) == 4:
        return int(period)
    return int(period[:2] + period[-2:]) + (100 if period[-2:] < period[2:4] else 0)


def _neighbours(
    values: Matrix,
    kinds: list[str],
    authorities: list[str],
    neighbours: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Matrix], Matrix]:
    """Mean, median and own rank among the neighbours with a value, and how many there are."""
    place = {code: i for i, code in enumerate(authorities)}
    near = {name: np.full_like(values, np.nan) for name in ("mean", "median", "rank")}
    n_near = np.zeros_like(values)
    for i, code in enumerate(authorities):
        others = [place[other] for other in neighbours.get(code, ())]
        if not others:
            continue
        theirs = values[:, others]
        n_near[:, i] = (~np.isnan(theirs)).sum(axis=1)
        some = n_near[:, i] > 0
        near["mean"][some, i] = np.nanmean(theirs[some], axis=1)
        near["median"][some, i] = np.nanmedian(theirs[some], axis=1)
        together = ranks(np.column_stack([values[:, i], theirs]), kinds)[:, 0]
        near["rank"][some, i] = together[some]
    return near, n_near


def compare(
    figures: pd.DataFrame,
    *,
    country: str,
    polarity: Mapping[str, str],
    region_of: Mapping[str, str],
    part_of: Mapping[str, str],
    neighbours: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Every authority's comparison, one row for each (indicator, period, authority) that stands in
    `figures` (indicator_id, area_code, period, value). `region_of` names authorities and their
    whole region, `part_of` those in a part of a region and that part."""
    authorities = sorted(region_of)
    wide = figures.pivot(index=GROUP, columns="area_code", values="value")
    areas = {*wide.columns, *authorities, country, *region_of.values()}
    wide = wide.reindex(columns=sorted(areas))
    values = wide[authorities].to_numpy(dtype=float)
    kinds = [polarity[indicator] for indicator, _ in wide.index]
    place = {code: i for i, code in enumerate(authorities)}

    rank_region, n_region = np.full_like(values, np.nan), np.zeros_like(values)
    n_equal = np.full_like(values, np.nan)
    region = np.full_like(values, np.nan)
    basis = np.full(values.shape, None, dtype=object)
    for code in set(region_of.values()):
        mine = [place[a] for a in authorities if region_of[a] == code]
        rank_region[:, mine] = ranks(values[:, mine], kinds)
        n_region[:, mine] = (~np.isnan(values[:, mine])).sum(axis=1)[:, None]
        theirs = values[:, mine]
        n_equal[:, mine] = (theirs[:, :, None] == theirs[:, None, :]).sum(axis=2)
        for i in mine:
            for candidate in (code, part_of.get(authorities[i])):
                if candidate not in wide.columns:
                    continue
                column = wide[candidate].to_numpy(dtype=float)
                empty = np.isnan(region[:, i]) & ~np.isnan(column)
                region[empty, i] = column[empty]
                basis[empty, i] = candidate

    near, n_near = _neighbours(values, kinds, authorities, neighbours)
    ends = pd.Series([_end_year(period) for _, period in wide.index])
    ids = wide.index.get_level_values("indicator_id")
    row_of = {(a, year): i for i, (a, year) in enumerate(zip(ids, ends, strict=True))}
    assert len(row_of) == len(wide), "two periods of one indicator end in one year"
    change = np.full_like(values, np.nan)
    for i, (indicator, year) in enumerate(zip(ids, ends, strict=True)):
        before = row_of.get((indicator, year - 1))
        if before is not None:
            change[i] = values[i] - values[before]

    england = np.repeat(wide[country].to_numpy(dtype=float)[:, None], len(authorities), axis=1)
    n_england = np.repeat((~np.isnan(values)).sum(axis=1)[:, None], len(authorities), axis=1)
    columns = {
        "value": values,
        "england": england,
        "region": region,
        "region_basis": basis,
        "neighbours_mean": near["mean"],
        "neighbours_median": near["median"],
        "neighbours_n": n_near,
        "rank_england": ranks(values, kinds),
        "n_england": n_england,
        "rank_region": rank_region,
        "n_region": n_region,
        "n_equal_region": np.where(np.isnan(values), np.nan, n_equal),
        "rank_neighbours": near["rank"],
        "n_neighbours": n_near + ((n_near > 0) & ~np.isnan(values)),
        "quartile_band": bands(values, kinds),
        "change": change,
    }
    index = pd.MultiIndex.from_product(
        [range(len(wide)), authorities], names=["group", "area_code"]
    )
    long = pd.DataFrame({name: matrix.ravel() for name, matrix in columns.items()}, index=index)
    long = long.reset_index()
    for name in GROUP:
        long[name] = wide.index.get_level_values(name).to_numpy()[long["group"]]
    asked = figures[figures["area_code"].isin(place)][["area_code", *GROUP]]
    return asked.merge(long.drop(columns="group"), on=["area_code", *GROUP], validate="1:1")


def verdict(
    low: Matrix, high: Matrix, england: Matrix, polarity: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """better, worse, higher, lower or similar to the country, by the 95 % limits; else None."""
    above, below = low > england, high < england
    good = (above & (polarity == "high")) | (below & (polarity == "low"))
    context = polarity == "none"
    words = np.select(
        [np.isnan(low) | np.isnan(england), context & above, context & below, good, above | below],
        ["", "higher", "lower", "better", "worse"],
        "similar",
    ).astype(object)
    words[words == ""] = None
    return words
