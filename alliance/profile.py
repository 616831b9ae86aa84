"""What an authority's profile rests on: its headline figures, their past, and where they lie among
every authority's. Reads in few queries and keeps what is the same for every authority; draws
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from alliance.charts.spine import SpineRow, Spread, can_be_drawn
from alliance.service import Served
from indicators.counts import METHODS, has_small_counts, scale_of
from indicators.funnel import (
    ABOVE_95,
    ABOVE_998,
    BELOW_95,
    BELOW_998,
    Funnel,
    FunnelPoint,
    build_funnel,
)
from indicators.queries import Rows
from indicators.rank_interval import RankInterval, rank_interval_of
from indicators.recent_trend import Trend, find_trend
from indicators.series import latest_figure, with_missing_years
from indicators.tally import Tally, tally_figures

Row = Mapping[str, Any]
Key = tuple[str, str]
"""Indicator id and period."""


class Country:
    """Every authority's headline figures of a release, read once for each indicator and period."""

    def __init__(self) -> None:
        self._figures: dict[Key, Rows] = {}
        self._spreads: dict[Key, Spread] = {}
        self._funnels: dict[Key, Funnel | None] = {}
        self._ranks: dict[tuple[str, Key, frozenset[str]], RankInterval | None] = {}

    def read(self, served: Served, periods: Mapping[str, str]) -> None:
        """Have the figures of those periods (by indicator id) ready, in one query."""
        missing = {k: period for k, period in periods.items() if (k, period) not in self._figures}
        if not missing:
            return
        found: dict[Key, Rows] = {key: [] for key in missing.items()}
        for row in served.release.known_figures(missing):
            found[row["indicator_id"], row["period"]].append(row)
        self._figures |= found

    def figures(self, key: Key) -> Rows:
        """Every authority's figure that is a number; a row for each."""
        return self._figures.get(key, [])

    def spread(self, key: Key) -> Spread:
        """Where they lie. Quartiles by linear interpolation, as the quarters of the bands are."""
        if key not in self._spreads:
            values = [row["value"] for row in self.figures(key)]
            shares = (0.0, 0.025, 0.25, 0.75, 0.975, 1.0)
            self._spreads[key] = Spread(len(values), *map(float, np.quantile(values, shares)))
        return self._spreads[key]

    def funnel(self, key: Key, indicator: Row) -> Funnel | None:
        """The funnel of all of them; None of what has no counts."""
        if key not in self._funnels:
            self._funnels[key] = build_funnel(
                self.figures(key), method=indicator["interval_method"], scale=scale_of(indicator)
            )
        return self._funnels[key]

    def rank(
        self, code: str, key: Key, indicator: Row, codes: frozenset[str]
    ) -> RankInterval | None:
        """The interval of one authority's rank among those authorities."""
        if (code, key, codes) not in self._ranks:
            self._ranks[code, key, codes] = rank_interval_of(
                code,
                [row for row in self.figures(key) if row["area_code"] in codes],
                polarity=indicator["polarity"],
                method=indicator["interval_method"],
                scale=scale_of(indicator),
            )
        return self._ranks[code, key, codes]


@dataclass(frozen=True, slots=True)
class Finding:
    """A headline figure that is `better` or `worse` than the country's (`verdict`), as the release
    says by its 95 % interval. `place` is where it lies in the funnel of all authorities, which
    allows for what authorities ordinarily differ by (None where there is no funnel), and `strength`
    how many standard deviations off its middle."""

    indicator: Row
    figure: Row
    verdict: str
    place: str | None
    strength: float

    @property
    def stands_out(self) -> bool:
        """True where authorities do not ordinarily differ by so much on that side: outside the
        funnel's 95 % limits. Where there is no funnel nothing says so."""
        above = (self.verdict == "better") == (self.indicator["polarity"] == "high")
        return self.place in ((ABOVE_95, ABOVE_998) if above else (BELOW_95, BELOW_998))


def country_of(served: Served) -> Country:
    """What is kept of that release."""
    return served.kept(_new_country)


def _new_country(_served: Served) -> Country:
    return Country()


@dataclass(frozen=True)
class Profile:
    """One authority's headline figures by indicator id: of the latest period, or of its own last
    ones where it is no more. `series` are its figures over time, oldest first, with years that were
    left out as gaps."""

    served: Served
    area: Row
    figures: Mapping[str, Row]
    series: Mapping[str, list[dict[str, Any]]]
    country: Country

    @property
    def code(self) -> str:
        """The authority's code."""
        return str(self.area["area_code"])

    @cached_property
    def neighbours(self) -> list[str]:
        """Its statistical neighbours of the newest model, the closest first."""
        return [row["neighbour_code"] for row in self.served.release.neighbours(self.code)]

    def chosen(self, topic: str | None) -> list[tuple[Row, Row]]:
        """Indicator and figure in display order: of one topic, or of all (None)."""
        return [
            (indicator, self.figures[key])
            for key, indicator in self.served.headline.items()
            if key in self.figures and topic in {None, indicator["domain"]}
        ]

    def spine_rows(self, topic: str | None) -> list[SpineRow]:
        """What the spine draws of them."""
        return [
            SpineRow(indicator, figure, self.country.spread(key_of(figure)))
            for indicator, figure in self.chosen(topic)
            if can_be_drawn(indicator, figure)
        ]

    @cached_property
    def trends(self) -> dict[str, Trend]:
        """The recent trend of each indicator, up to the period shown."""
        return {
            key: find_trend(
                [row for row in self.series.get(key, [])
                 if row["period_end"] <= figure["period_end"]],
                method=self.served.headline[key]["interval_method"],
                polarity=self.served.headline[key]["polarity"],
            )
            for key, figure in self.figures.items()
        }  # fmt: skip

    @cached_property
    def peers(self) -> dict[str, frozenset[str]]:
        """Codes of the authorities that a rank is among: the region's; it and its neighbours."""
        region = self.area["region_code"]
        alike = (c for c, a in self.served.authorities.items() if a["region_code"] == region)
        return {"region": frozenset(alike), "neighbours": frozenset([self.code, *self.neighbours])}

    def rank_interval(self, indicator: Row, figure: Row, among: str) -> RankInterval | None:
        """The interval of its rank in the `region` or among `neighbours`; None where its counts are
        not published, and where the set is not the one that the release ranked it in."""
        if indicator["interval_method"] not in METHODS:
            return None
        found = self.country.rank(self.code, key_of(figure), indicator, self.peers[among])
        return found if found is not None and found.n == figure[f"n_{among}"] else None

    def tally(self, topic: str | None) -> Tally:
        """How its figures stand to the country's, of one topic or of all (None)."""
        return tally_figures(figure for _, figure in self.chosen(topic))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every figure that is better or worse than the country's, the furthest out first."""
        found = [
            _finding(indicator, figure, self._funnel_point(indicator, figure))
            for indicator, figure in self.chosen(None)
            if figure["vs_england"] in ("better", "worse")
        ]
        return tuple(sorted(found, key=lambda finding: -finding.strength))

    def found(self, verdict: str, *, standing_out: bool) -> list[Finding]:
        """The findings with that verdict that stand out, or those that do not."""
        return [
            finding
            for finding in self.findings
            if finding.verdict == verdict and finding.stands_out == standing_out
        ]

    def _funnel_point(self, indicator: Row, figure: Row) -> FunnelPoint | None:
        funnel = self.country.funnel(key_of(figure), indicator)
        return funnel.point(self.code) if funnel else None


def _finding(indicator: Row, figure: Row, point: FunnelPoint | None) -> Finding:
    place, strength = (point.place, abs(point.z)) if point else (None, 0.0)
    return Finding(indicator, figure, figure["vs_england"], place, strength)


def marks_of(indicator: Row, figure: Row) -> list[str]:
    """What is to be borne in mind of the figure itself, in a word or two each."""
    marks = {
        "provisional": figure["provisional"],
        "small numbers": has_small_counts(figure, indicator["interval_method"]),
    }
    return [words for words, holds in marks.items() if holds]


def key_of(figure: Row) -> Key:
    """Indicator and period of a figure."""
    return str(figure["indicator_id"]), str(figure["period"])


def read_profile(served: Served, code: str) -> Profile:
    """The profile of an authority that the release knows. Raises `KeyError` for another."""
    area = served.authorities[code]
    gone = area["valid_to"] is not None
    series = {
        key: list(with_missing_years(found))
        for key, found in groupby(
            served.release.profile_series(code), lambda row: str(row["indicator_id"])
        )
    }
    figures = {
        key: row
        for key, rows in series.items()
        if (row := latest_figure(rows) if gone else _latest(served, key, rows)) is not None
    }
    country = country_of(served)
    country.read(served, {key: row["period"] for key, row in figures.items()})
    return Profile(served, area, figures, series, country)


def _latest(served: Served, key: str, rows: list[dict[str, Any]]) -> Row | None:
    """The figure of the indicator's latest period, or why there is none; None without a row."""
    periods = served.periods.get(key)
    if not periods:
        return None
    return next((row for row in rows if row["period"] == periods[-1]["period"]), None)
