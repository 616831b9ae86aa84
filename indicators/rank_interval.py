"""The rank that chance allows: between which places an authority would stand if only chance moved
the figures. It says nothing of differences in practice or recording.

H. Goldstein and D. J. Spiegelhalter, JRSS A 159 (1996) 385–443; E. C. Marshall and D. J.
Spiegelhalter, BMJ 316 (1998) 1701–1704: figures are drawn again and again from what each
authority's own counts allow, ranked each time, and the middle 95 % of its ranks is the interval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicators.counts import WILSON, Counted, Row, counts_of, return_of
from indicators.words import ordinal

DRAWS = 1000
_LOW, _HIGH = 25, 974
"""Places, of a thousand ranks in order, with 2.5 % of them outside on either side."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankInterval:
    """From the `low`th to the `high`th of `n` authorities with a figure; rank 1 is the best, or the
    highest where neither direction is better."""

    low: int
    high: int
    n: int


def rank_intervals(
    rows: Iterable[Row], *, polarity: str, method: str, scale: float
) -> dict[str, RankInterval | None]:
    """The interval of every authority with a figure; None for those whose counts are not there.

    An authority without counts keeps its place in every draw. An interval always holds the
    published rank (figures of nought are ties that no draw repeats). The seed is of the data: the
    same figures give the same intervals.
    """
    return _Simulation(rows, polarity, method, scale).intervals()


def rank_interval_of(
    area_code: str, rows: Iterable[Row], *, polarity: str, method: str, scale: float
) -> RankInterval | None:
    """One authority's interval, as `rank_intervals` gives it, without working out the others'."""
    simulated = _Simulation(rows, polarity, method, scale)
    if area_code not in simulated.codes:
        return None
    return simulated.interval(simulated.codes.index(area_code))


def rank_interval_words(interval: RankInterval) -> str:
    """`between 3rd and 15th of 153`; `3rd of 153` where the draws leave no doubt."""
    if interval.low == interval.high:
        return f"{ordinal(interval.low)} of {interval.n}"
    return f"between {ordinal(interval.low)} and {ordinal(interval.high)} of {interval.n}"


class _Simulation:
    """Draws of every authority's figure, lower being the better rank."""

    def __init__(self, rows: Iterable[Row], polarity: str, method: str, scale: float) -> None:
        valued = sorted((r for r in rows if r["value"] is not None), key=lambda r: r["area_code"])
        self.codes = [row["area_code"] for row in valued]
        self._counted = [counts_of(row, method) for row in valued]
        sign = 1.0 if polarity == "low" else -1.0
        self._published = sign * np.array([row["value"] for row in valued], dtype=np.float64)
        self._drawn: Floats = np.repeat(self._published[:, None], DRAWS, axis=1)
        if any(self._counted):
            self._draw(valued, sign, method, scale)

    def _draw(self, valued: Sequence[Row], sign: float, method: str, scale: float) -> None:
        """One draw for each return: authorities that answered together move together."""
        place: dict[tuple[str, ...], int] = {}
        first = [place.setdefault(return_of(row), i) for i, row in enumerate(valued)]
        apart = [i for i in sorted(set(first)) if self._counted[i] is not None]
        counted = [c for i in apart if (c := self._counted[i]) is not None]
        drawn = sign * scale * _draw_shares(counted, method)
        at = {i: k for k, i in enumerate(apart)}
        for i, origin in enumerate(first):
            if origin in at and self._counted[i] is not None:
                self._drawn[i] = drawn[at[origin]]

    def interval(self, i: int) -> RankInterval | None:
        """The interval of the authority in that place of `codes`."""
        ranks = np.partition(1 + (self._drawn < self._drawn[i]).sum(axis=0), (_LOW, _HIGH))
        return self._interval(i, int(ranks[_LOW]), int(ranks[_HIGH]))

    def intervals(self) -> dict[str, RankInterval | None]:
        """Every authority's interval: one sorting of each draw ranks them all."""
        if not self.codes:
            return {}
        ranks = np.partition(_smallest_ranks(self._drawn.T), (_LOW, _HIGH), axis=0)
        return {
            code: self._interval(i, int(ranks[_LOW, i]), int(ranks[_HIGH, i]))
            for i, code in enumerate(self.codes)
        }

    def _interval(self, i: int, low: int, high: int) -> RankInterval | None:
        if self._counted[i] is None:
            return None
        published = 1 + int((self._published < self._published[i]).sum())
        return RankInterval(min(low, published), max(high, published), len(self.codes))


def _smallest_ranks(values: Floats) -> NDArray[np.int64]:
    """The rank of each value within its row, from 1; equal values share the smallest."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    differs = np.ones(values.shape, dtype=bool)
    differs[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.where(differs, np.arange(values.shape[1]), 0)
    ranks = np.empty(values.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, 1 + np.maximum.accumulate(places, axis=1), axis=1)
    return ranks


def _draw_shares(counted: Sequence[Counted], method: str) -> Floats:
    """An authority a row: what its share may be, given its counts (Jeffreys' prior)."""
    x = np.array([c.numerator for c in counted], dtype=np.float64)
    n = np.array([c.denominator for c in counted], dtype=np.float64)
    generator = np.random.Generator(np.random.SFC64(_seed(counted)))
    shape = (len(counted), DRAWS)
    above = generator.standard_gamma((x + 0.5)[:, None], shape)
    if method != WILSON:
        return above / n[:, None]
    below = generator.standard_gamma((n - x + 0.5)[:, None], shape)
    return np.asarray(above / (above + below), dtype=np.float64)


def _seed(counted: Sequence[Counted]) -> int:
    """A number that follows from the counts alone."""
    text = ";".join(f"{c.numerator}/{c.denominator}" for c in counted)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
