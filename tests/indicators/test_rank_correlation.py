"""Spearman's rank correlation agrees with scipy, its interval with the formula it is taken from."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.rank_correlation import (
    FEWEST,
    RankCorrelation,
    correlate_ranks,
    correlation_words,
)

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 2))
TIED = st.integers(-3, 3).map(float)


@given(st.lists(st.tuples(NUMBERS | TIED, NUMBERS | TIED), min_size=FEWEST, max_size=60))
def test_rho_is_scipys_with_ties_and_without(pairs: list[tuple[float, float]]) -> None:
    found = correlate_ranks(pairs)
    xs, ys = zip(*pairs, strict=True)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert found.rho is None
        return
    assert found.rho == pytest.approx(stats.spearmanr(xs, ys).statistic, abs=1e-9)
    assert found.low is None or -1 <= found.low <= found.rho <= (found.high or 0) <= 1


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=FEWEST - 1))
def test_too_few_pairs_bear_no_claim(pairs: list[tuple[float, float]]) -> None:
    found = correlate_ranks(pairs)
    assert found == RankCorrelation(len(pairs), None)
    assert "no correlation" in correlation_words(found)


def test_the_interval_is_fishers_with_bonett_and_wrights_error() -> None:
    pairs = [(float(i), float((i * 7) % 23)) for i in range(40)]
    found = correlate_ranks(pairs)
    assert found.rho is not None
    assert found.low is not None
    assert found.high is not None
    error = math.sqrt((1 + found.rho**2 / 2) / 37)
    reach = stats.norm.ppf(0.975) * error
    assert math.atanh(found.low) == pytest.approx(math.atanh(found.rho) - reach)
    assert math.atanh(found.high) == pytest.approx(math.atanh(found.rho) + reach)


def test_a_perfect_order_has_no_interval_and_is_said_to_be_one() -> None:
    found = correlate_ranks([(float(i), float(i * i)) for i in range(12)])
    assert found == RankCorrelation(12, 1.0)
    assert "same order" in correlation_words(found)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (RankCorrelation(150, 0.55, 0.42, 0.66), "0.55 (95% interval 0.42 to 0.66): a moderate"),
        (RankCorrelation(150, -0.71, -0.8, -0.6), "−0.71 (95% interval −0.80 to −0.60): a strong"),
        (RankCorrelation(150, -0.71, -0.8, -0.6), "a lower figure on the other"),
        (RankCorrelation(150, 0.1, -0.06, 0.26), "may not go together at all"),
        (RankCorrelation(20, None), "all the figures of one measure are equal"),
    ],
)
def test_the_words_say_how_strong_and_which_way(found: RankCorrelation, words: str) -> None:
    assert words in correlation_words(found)


def test_the_words_never_speak_of_a_cause() -> None:
    words = correlation_words(RankCorrelation(150, 0.9, 0.86, 0.93)).casefold()
    assert not any(claim in words for claim in ("cause", "because", "leads to", "effect", "due to"))
