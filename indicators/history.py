"""What became of authorities that once stood where one stands now: every stretch of so many years
in an indicator's history, each authority counted once however often it stood there.

Owns the matching and its shares; makes no claim about causes. Whoever answered together with the
authority that is looked at is left out, and no suppressed figure has a part in anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicators.counts import Row, others_with_figure, return_of, unrounded
from indicators.words import GRADE, UNRANKED_UNITS

ALIKE = 0.5
"""How near a place must lie to another to be alike, in spreads of all authorities."""
BAND = 0.8
"""The share of authorities that a band holds: four in five."""
LEAST = 10
"""Below so many authorities nothing is called usual, and a year has no spread."""
_IQR_OF_NORMAL = 1.349

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class History:
    """The figures of all other authorities: `values` has a row for each of `codes` and a column for
    each of `years` (that in which a period ends), NaN where there is none. `medians` and `spreads`
    by year; a spread is NaN where it is nought or too few have a figure."""

    codes: tuple[str, ...]
    years: tuple[int, ...]
    values: Numbers
    medians: Numbers
    spreads: Numbers


@dataclass(frozen=True, slots=True)
class Spells:
    """Every time another authority stood alike and has a figure `years` later, as arrays side by
    side: who, from which year, the change, and what of it goes beyond the change of the median
    of all. `low` and `high` bound what is alike, as figures of the year that is looked from, whose
    median is `median`."""

    years: int
    low: float
    high: float
    median: float
    codes: tuple[str, ...]
    starts: tuple[int, ...]
    changes: tuple[float, ...]
    beyond: tuple[float, ...]

    @property
    def n(self) -> int:
        """How many authorities there are among them."""
        return len(set(self.codes))

    @property
    def weights(self) -> Numbers:
        """One for each authority, shared among its spells."""
        _, place, number = np.unique(np.array(self.codes), return_inverse=True, return_counts=True)
        return np.asarray(1.0 / number[place], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Moved:
    """Of `n` authorities `ever` moved as far at least once, in `far` of `spells` stretches; `share`
    is of all stretches with each authority counting once. `who` are those, with the year from which
    each moved farthest."""

    ever: int
    n: int
    far: int
    spells: int
    share: float
    who: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """What usually happens: the middle change, and the changes between which four in five lie."""

    low: float
    middle: float
    high: float


def has_history(indicator: Row) -> bool:
    """False of grades, and of numbers, which follow the size of the authority: nobody stands where
    another of another size does."""
    return indicator["unit"] != GRADE and indicator["unit"] not in UNRANKED_UNITS


def read_history(rows: Iterable[Row], us: str, indicator: Row) -> History:
    """The history from rows of `Release.history`, without `us` and whoever answered together with
    `us`; two others that answered together are one. From counts where there are any."""
    others = others_with_figure(rows, us)
    kept = [row for row in others if row["area_code"] == return_of(row)[0]]
    codes = tuple(sorted({row["area_code"] for row in kept}))
    years = tuple(sorted({row["period_end"].year for row in kept}))
    place = {code: i for i, code in enumerate(codes)}
    column = {year: i for i, year in enumerate(years)}
    values = np.full((len(codes), len(years)), np.nan)
    for row in kept:
        spot = place[row["area_code"]], column[row["period_end"].year]
        values[spot] = unrounded(row, indicator)["value"]
    if not kept:
        return History(codes, years, values, np.empty(0), np.empty(0))
    return History(codes, years, values, np.nanmedian(values, axis=0), _spreads(values))


def _spreads(values: Numbers) -> Numbers:
    """A robust standard deviation of each year: the interquartile range (type 7) over 1.349."""
    low, high = np.nanquantile(values, [0.25, 0.75], axis=0)
    spread = (high - low) / _IQR_OF_NORMAL
    few = np.count_nonzero(~np.isnan(values), axis=0) < LEAST
    return np.asarray(np.where(few | (spread <= 0), np.nan, spread), dtype=np.float64)


def find_spells(
    history: History, level: float, year: int, years: int, *, until: int | None = None
) -> Spells | None:
    """Every stretch of `years` (1 or more) of another authority that began as many spreads from the
    median of its year as `level` lies from that of `year`, give or take `ALIKE`. `until`: only
    those that had ended by then. None where that year has no spread."""
    if year not in history.years:
        return None
    here = history.years.index(year)
    median, spread = float(history.medians[here]), float(history.spreads[here])
    if np.isnan(spread):
        return None
    place = (level - median) / spread
    found: list[tuple[str, int, float, float]] = []
    for start, begun in enumerate(history.years):
        ended = begun + years
        if ended in history.years and (until is None or ended <= until):
            end = history.years.index(ended)
            found += _from_year(history, start, end, place)
    found.sort()
    columns = tuple(zip(*found, strict=True)) or ((), (), (), ())
    low, high = median + (place - ALIKE) * spread, median + (place + ALIKE) * spread
    return Spells(years, low, high, median, *columns)


def _from_year(
    history: History, start: int, end: int, place: float
) -> list[tuple[str, int, float, float]]:
    begun, ended = history.values[:, start], history.values[:, end]
    places = (begun - history.medians[start]) / history.spreads[start]
    alike = (np.abs(places - place) <= ALIKE) & ~np.isnan(ended)
    common = float(history.medians[end] - history.medians[start])
    return [
        (history.codes[i], history.years[start], change, change - common)
        for i in np.flatnonzero(alike)
        for change in [float(ended[i] - begun[i])]
    ]


def usual_change(spells: Spells) -> Band | None:
    """The usual change from there; None of fewer than `LEAST` authorities."""
    return _band(spells, spells.changes)


def usual_beyond(spells: Spells) -> Band | None:
    """The same of what goes beyond the change of the median: how far authorities that stood there
    drift back (or on) whatever was done, which is regression to the mean."""
    return _band(spells, spells.beyond)


def _band(spells: Spells, changes: tuple[float, ...]) -> Band | None:
    if spells.n < LEAST:
        return None
    shares = [(1 - BAND) / 2, 0.5, (1 + BAND) / 2]
    low, middle, high = np.quantile(
        np.array(changes), shares, weights=spells.weights, method="inverted_cdf"
    )
    return Band(float(low), float(middle), float(high))


def moved_as_far(spells: Spells, change: float) -> Moved:
    """How many moved by `change` or more, in its direction."""
    far = _as_far(spells.changes, change)
    sign = 1 if change >= 0 else -1
    best: dict[str, tuple[float, int]] = {}
    for code, start, moved, is_far in zip(
        spells.codes, spells.starts, spells.changes, far, strict=True
    ):
        if is_far:
            best[code] = max(best.get(code, (-np.inf, 0)), (sign * moved, start))
    n = spells.n
    share = float(spells.weights[far].sum() / n) if n else 0.0
    who = tuple((code, start) for code, (_, start) in sorted(best.items()))
    return Moved(len(best), n, int(far.sum()), len(spells.codes), share, who)


def chance_of_as_much(spells: Spells, beyond: float) -> float:
    """The share of authorities alike that moved `beyond` the median or more in its direction, with
    the one that is looked at counted among them: (1 + Σ shares) / (1 + n), never nought (as a
    permutation test has it: Davison and Hinkley, Bootstrap methods, 1997, p. 161)."""
    far = _as_far(spells.beyond, beyond)
    return float((1 + spells.weights[far].sum()) / (1 + spells.n)) if spells.n else 1.0


def _as_far(changes: tuple[float, ...], change: float) -> NDArray[np.bool_]:
    moved, slack = np.array(changes, dtype=np.float64), 1e-9 * max(1.0, abs(change))
    return moved >= change - slack if change >= 0 else moved <= change + slack


def common_change(history: History, year: int, years: int) -> float | None:
    """How far the median of all others moved from a year to one `years` later."""
    if year not in history.years or year + years not in history.years:
        return None
    start, end = history.years.index(year), history.years.index(year + years)
    return float(history.medians[end] - history.medians[start])


def median_of(history: History, year: int) -> float | None:
    """The median of all others in a year; None where nobody has a figure."""
    if year not in history.years:
        return None
    return float(history.medians[history.years.index(year)])
