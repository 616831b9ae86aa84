"""How many of one authority's figures differ from the country's, and how many would by chance.

The one rule of every tally: the figure's own 95 % interval leaves the country's published figure
out, as `comparison.vs_england` says it and every mark beside a figure shows it. It tests nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.counts import Row
from indicators.recent_trend import FALLING, IMPROVING, RISING, SIGNIFICANT, WORSENING, Trend
from indicators.words import list_words

ONE_IN_TWENTY = SIGNIFICANT
"""The share of tests that find a difference where there is none: that of a 95 % interval, and of
the test of a trend."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `shown` figures those by each verdict; `context` are higher or lower where neither is
    better. What is shown and in none of them has no interval or nothing to be held against."""

    shown: int
    better: int
    worse: int
    similar: int
    context: int

    @property
    def tested(self) -> int:
        """How many have a verdict."""
        return self.better + self.worse + self.similar + self.context


@dataclass(frozen=True, slots=True)
class TrendTally:
    """Of `tested` trends those that go the better or the worse way, and those that rise or fall
    where neither is better."""

    tested: int
    improving: int
    worsening: int
    context: int


def tally_figures(figures: Iterable[Row]) -> Tally:
    """The tally of one authority's figures: rows with `value` and `vs_england`."""
    shown = [row for row in figures if row["value"] is not None]
    number = Counter(row["vs_england"] for row in shown)
    return Tally(
        len(shown),
        number["better"],
        number["worse"],
        number["similar"],
        number["higher"] + number["lower"],
    )


def tally_trends(trends: Iterable[Trend]) -> TrendTally:
    """The tally of one authority's recent trends."""
    tested = [trend for trend in trends if trend.p_value is not None]
    verdicts = Counter(trend.verdict for trend in tested)
    moves = sum(t.verdict is None and t.direction in (RISING, FALLING) for t in tested)
    return TrendTally(len(tested), verdicts[IMPROVING], verdicts[WORSENING], moves)


def tally_words(tally: Tally, country: str) -> str:
    """`Of 43 figures that can be tested against England by their 95% intervals: 2 better, …`, and
    how many would differ by chance alone. Whole sentences."""
    if not tally.tested:
        return f"No figure can be tested against {country}’s."
    parts = [f"{tally.better or 'none'} better", f"{tally.worse or 'none'} worse"]
    parts += [f"{tally.similar} similar"] if tally.similar else []
    parts += _context(tally.context, "higher or lower")
    figures = "1 figure" if tally.tested == 1 else f"{tally.tested} figures"
    own = "its 95% interval" if tally.tested == 1 else "their 95% intervals"
    return (
        f"Of {figures} that can be tested against {country} by {own}: {list_words(parts)}. "
        f"{_chance(tally.tested)} would differ by chance alone."
    )


def trend_tally_words(tally: TrendTally) -> str:
    """The same of recent trends. Whole sentences."""
    if not tally.tested:
        return "No recent trend can be tested."
    parts = [f"{tally.improving or 'none'} improving", f"{tally.worsening or 'none'} worsening"]
    parts += _context(tally.context, "rising or falling")
    trends = "1 five-year trend" if tally.tested == 1 else f"{tally.tested} five-year trends"
    return (
        f"Of {trends} that can be tested at 95%: {list_words(parts)}. "
        f"{_chance(tally.tested)} would be called by chance alone."
    )


def by_chance(tested: int) -> str:
    """How many of so many tests at 95 % find something where nothing is: `about 2 of 43`."""
    expected = round(ONE_IN_TWENTY * tested)
    return f"{f'about {expected}' if expected else 'fewer than one'} of {tested}"


def _chance(tested: int) -> str:
    words = by_chance(tested)
    return f"{words[:1].upper()}{words[1:]}"


def _context(number: int, moves: str) -> list[str]:
    return [f"{number} {moves} where neither is better"] if number else []
