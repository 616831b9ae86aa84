"""Tallies of one authority: each verdict once, and how many differ by chance alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.recent_trend import Trend
from indicators.tally import (
    Tally,
    TrendTally,
    by_chance,
    tally_figures,
    tally_trends,
    tally_words,
    trend_tally_words,
)

VERDICTS = ["better", "worse", "similar", "higher", "lower", None]

figures = st.lists(
    st.fixed_dictionaries(
        {"value": st.just(1.0) | st.none(), "vs_england": st.sampled_from(VERDICTS)}
    ).map(lambda row: row | {"vs_england": row["vs_england"] if row["value"] else None}),
    max_size=80,
)


@given(rows=figures)
def test_every_figure_is_in_one_place_of_the_tally(rows: list[dict[str, object]]) -> None:
    tally = tally_figures(rows)
    verdicts = [row["vs_england"] for row in rows if row["value"]]
    assert tally.shown == len(verdicts)
    assert tally.tested == len(verdicts) - verdicts.count(None)
    assert (tally.better, tally.worse, tally.similar) == tuple(
        verdicts.count(word) for word in ("better", "worse", "similar")
    )
    assert tally.context == verdicts.count("higher") + verdicts.count("lower")
    words = tally_words(tally, "England")
    assert not re.search(r"\b0\b|None|nan", words)
    assert ("95%" in words) == ("by chance alone" in words) == (tally.tested > 0)


@pytest.mark.parametrize(
    ("tested", "words"),
    [(1, "fewer than one of 1"), (15, "about 1 of 15"), (43, "about 2 of 43"),
     (360, "about 18 of 360")],
)  # fmt: skip
def test_one_in_twenty_is_to_be_expected_by_chance(tested: int, words: str) -> None:
    # 18 indicators of 20 authorities are 360 tests: about 18 false flags at 95 %.
    assert by_chance(tested) == words
    expected = stats.binom.mean(tested, 0.05)
    assert abs(float(words.split()[1]) - expected) <= 0.5 if "about" in words else expected < 1


def test_the_words_of_a_tally() -> None:
    assert tally_words(Tally(62, 2, 0, 18, 17), "England") == (
        "Of 37 figures that can be tested against England by their 95% intervals: 2 better, none "
        "worse, 18 similar and 17 higher or lower where neither is better. About 2 of 37 would "
        "differ by chance alone."
    )
    assert tally_words(Tally(1, 0, 1, 0, 0), "England") == (
        "Of 1 figure that can be tested against England by its 95% interval: none better and 1 "
        "worse. Fewer than one of 1 would differ by chance alone."
    )
    assert tally_words(Tally(9, 0, 0, 0, 0), "England") == (
        "No figure can be tested against England’s."
    )


def test_a_trend_of_a_context_measure_is_counted_and_not_judged() -> None:
    def trend(direction: str, verdict: str | None, p: float | None) -> Trend:
        return Trend(direction, verdict, p, 5, "", "2021", "2025")

    tally = tally_trends(
        [
            trend("rising", "improving", 0.01),
            trend("falling", "worsening", 0.01),
            trend("falling", None, 0.01),
            trend("none", None, 0.5),
            trend("untested", None, None),
        ]
    )
    assert tally == TrendTally(tested=4, improving=1, worsening=1, context=1)
    assert trend_tally_words(tally) == (
        "Of 4 five-year trends that can be tested at 95%: 1 improving, 1 worsening and 1 rising "
        "or falling where neither is better. Fewer than one of 4 would be called by chance alone."
    )
    assert trend_tally_words(tally_trends([])) == "No recent trend can be tested."
