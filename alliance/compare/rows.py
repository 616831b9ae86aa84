"""The figures of a comparison, asked for once and put in order; the medians of the others.

Knows no component and no chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median
from typing import Any

from alliance.compare.selection import Selection, periods_of
from alliance.service import Served
from indicators.counts import others_with_figure
from indicators.words import GRADE, NO_FIGURE, NOT_THEN, UNRANKED_UNITS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Compared:
    """The figures of some indicators for the selection's authorities, by indicator, authority and
    period."""

    served: Served
    chosen: Selection
    indicators: tuple[str, ...]

    @cached_property
    def rows(self) -> list[Row]:
        """Every figure, as `Release.compared` has them, of the periods that are shown."""
        first, last = self.chosen.days
        found = self.served.release.compared(
            self.indicators, self.chosen.areas, first=first, last=last
        )
        shown = {key: set(self.periods(key)) for key in self.indicators}
        return [row for row in found if row["period"] in shown[row["indicator_id"]]]

    @cached_property
    def by_key(self) -> dict[tuple[str, str, str], Row]:
        """A figure by (indicator id, period, area code)."""
        return {(row["indicator_id"], row["period"], row["area_code"]): row for row in self.rows}

    @cached_property
    def _periods(self) -> dict[str, tuple[str, ...]]:
        return {
            key: tuple(row["period"] for row in periods_of(self.served, self.chosen, key))
            for key in self.indicators
        }

    def periods(self, indicator_id: str) -> tuple[str, ...]:
        """The periods of an indicator that are shown, oldest first."""
        return self._periods[indicator_id]

    def figure(self, indicator_id: str, period: str, area_code: str) -> Row | None:
        """One figure, or None where the release has no row for it."""
        return self.by_key.get((indicator_id, period, area_code))

    def value(self, indicator_id: str, period: str, area_code: str) -> float | None:
        """One value, or None where there is none."""
        row = self.figure(indicator_id, period, area_code)
        return None if row is None else row["value"]

    def absence(self, indicator_id: str, period: str, area_code: str) -> str:
        """Why a figure is not there, in words."""
        row = self.figure(indicator_id, period, area_code)
        if row is None:
            ends = self.served.period_end(indicator_id, period)
            there = ends is None or self.served.existed(area_code, ends)
            return NO_FIGURE if there else NOT_THEN
        return self.served.absence(row)

    def others(self, indicator_id: str, period: str) -> list[float]:
        """The values of the authorities other than the reader's own, as `held`."""
        return list(self.held(indicator_id, period).values())

    def held(self, indicator_id: str, period: str) -> dict[str, float]:
        """The values of the others by code, without whoever answered together with the reader's
        own authority: theirs is the same figure."""
        if (indicator_id, period) not in self._held:
            self._held[indicator_id, period] = self._find_held(indicator_id, period)
        return self._held[indicator_id, period]

    @cached_property
    def _held(self) -> dict[tuple[str, str], dict[str, float]]:
        return {}

    def _find_held(self, indicator_id: str, period: str) -> dict[str, float]:
        us, *others = self.chosen.areas
        found = (self.figure(indicator_id, period, code) for code in others)
        rows = others_with_figure((row for row in found if row is not None), us)
        return {row["area_code"]: row["value"] for row in rows}

    def mean(self, indicator_id: str, period: str) -> float | None:
        """The plain average of the others with a figure; None of grades, which are an order."""
        values = self.others(indicator_id, period)
        graded = self.served.indicators[indicator_id]["unit"] == GRADE
        return None if graded or not values else fmean(values)

    def best(self, indicator_id: str, period: str) -> tuple[float, list[str]] | None:
        """The best figure of the others and whose it is; None where none is better."""
        indicator = self.served.indicators[indicator_id]
        if indicator["unit"] in UNRANKED_UNITS or indicator["polarity"] not in {"high", "low"}:
            return None
        held = self.held(indicator_id, period)
        if not held:
            return None
        best = (max if indicator["polarity"] == "high" else min)(held.values())
        return best, [code for code, value in held.items() if value == best]

    def median(self, indicator_id: str, period: str) -> float | None:
        """The median of the others with a figure; None of grades, which are an order."""
        if (indicator_id, period) not in self._medians:
            self._medians[indicator_id, period] = self._find_median(indicator_id, period)
        return self._medians[indicator_id, period]

    @cached_property
    def _medians(self) -> dict[tuple[str, str], float | None]:
        return {}

    def _find_median(self, indicator_id: str, period: str) -> float | None:
        if self.served.indicators[indicator_id]["unit"] == GRADE:
            return None
        values = self.others(indicator_id, period)
        return median(values) if values else None


def find_change(values: Sequence[float | None]) -> float | None:
    """The last value less the first; None where either is not there, or there is but one."""
    if len(values) < 2 or values[0] is None or values[-1] is None:
        return None
    return values[-1] - values[0]


def list_names(names: Iterable[str], *, most: int = 40) -> str:
    """`Fenshire, Wenbridge and 3 more`."""
    found = list(names)
    more = len(found) - most
    return ", ".join(found[:most]) + (f" and {more} more" if more > 0 else "")
