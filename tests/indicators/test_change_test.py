"""Change tested: Newcombe's worked examples, scipy and statsmodels, and the edges."""

from __future__ import annotations

import math
import warnings
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.rates import test_poisson_2indep as compare_two_rates

from indicators.change_test import (
    Change,
    change_words,
    difference_limits,
    p_of_proportions,
    p_of_rates,
    test_change,
)
from indicators.counts import Counted
from indicators.intervals import byar_limits
from indicators.recent_trend import NO_COUNTS
from tests.indicators.drawn_words import is_clean
from tests.indicators.rows import figure, years

METHODS = ["wilson", "byar"]


@st.composite
def counts(draw: st.DrawFn) -> Counted:
    """So many of so many, with the ends and tiny ones often among them."""
    n = draw(st.one_of(st.integers(1, 5), st.integers(1, 5000)))
    return Counted(draw(st.one_of(st.sampled_from([0, min(1, n), n]), st.integers(0, n))), n)


@pytest.mark.parametrize(
    ("earlier", "later", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (10, 10), 0.6791, 1.0),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_s_examples(
    earlier: tuple[int, int], later: tuple[int, int], low: float, high: float
) -> None:
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table II, method 10.
    found = difference_limits(Counted(*earlier), Counted(*later), "wilson")
    assert found == pytest.approx((low, high), abs=5e-5)


@given(earlier=counts(), later=counts())
def test_limits_of_proportions_equal_statsmodels(earlier: Counted, later: Counted) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = confint_proportions_2indep(
            later.numerator, later.denominator, earlier.numerator, earlier.denominator,
            method="newcomb", compare="diff",
        )  # fmt: skip
    found = difference_limits(earlier, later, "wilson")
    assert found == pytest.approx(tuple(expected), rel=1e-7, abs=1e-9)


def test_limits_of_rates_combine_byar_s() -> None:
    # 100 of 10,000, then 150 of 10,000, by hand.
    l1, u1 = (limit / 10_000 for limit in byar_limits(100))
    l2, u2 = (limit / 10_000 for limit in byar_limits(150))
    found = difference_limits(Counted(100, 10_000), Counted(150, 10_000), "byar")
    assert found[0] == pytest.approx(0.005 - ((0.015 - l2) ** 2 + (u1 - 0.01) ** 2) ** 0.5)
    assert found[1] == pytest.approx(0.005 + ((u2 - 0.015) ** 2 + (0.01 - l1) ** 2) ** 0.5)


@settings(max_examples=60)
@given(earlier=counts(), later=counts())
def test_p_of_proportions_is_pearson_s_or_fisher_s(earlier: Counted, later: Counted) -> None:
    table = [[c.numerator, c.denominator - c.numerator] for c in (earlier, later)]
    found = p_of_proportions(earlier, later)
    assert 0 <= found <= 1
    columns = [sum(column) for column in zip(*table, strict=True)]
    if 0 in columns:
        assert found == pytest.approx(1)
        return
    if stats.contingency.expected_freq(table).min() < 5:
        assert found == pytest.approx(min(1.0, stats.fisher_exact(table).pvalue))
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = proportions_ztest(
                [later.numerator, earlier.numerator], [later.denominator, earlier.denominator]
            )[1]
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)
        chi = stats.chi2_contingency(table, correction=False).pvalue
        assert found == pytest.approx(chi, rel=1e-6, abs=1e-12)


@settings(max_examples=60)
@given(earlier=counts(), later=counts())
def test_p_of_rates_is_twice_the_smaller_exact_tail(earlier: Counted, later: Counted) -> None:
    assume(earlier.numerator + later.numerator)
    ends = (later.numerator, later.denominator, earlier.numerator, earlier.denominator)
    tails = [
        float(compare_two_rates(*ends, method="exact-cond", alternative=side).pvalue)
        for side in ("smaller", "larger")
    ]
    expected = min(1.0, 2 * min(tails))
    assert p_of_rates(earlier, later) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(max_examples=80)
@given(earlier=counts(), later=counts(), method=st.sampled_from(METHODS))
def test_limits_enclose_the_difference_and_turn_with_it(
    earlier: Counted, later: Counted, method: str
) -> None:
    low, high = difference_limits(earlier, later, method)
    difference = later.share - earlier.share
    assert low - 1e-12 <= difference <= high + 1e-12
    back = difference_limits(later, earlier, method)
    assert back == pytest.approx((-high, -low), abs=1e-12)


@settings(max_examples=80)
@given(earlier=counts(), later=counts(), method=st.sampled_from(METHODS))
def test_a_significant_change_leaves_nought_out(
    earlier: Counted, later: Counted, method: str
) -> None:
    pairs = [(c.numerator, c.denominator) for c in (earlier, later)]
    change = test_change(*years(list(pairs)), method=method, scale=100.0)
    assert change.low is not None
    assert change.high is not None
    assert change.difference == pytest.approx((later.share - earlier.share) * 100, abs=1e-9)
    if change.significant:
        assert change.p_value is not None
        assert change.p_value < 0.05
        assert change.low > 0 or change.high < 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("pair", [(0, 1), (1, 1), (0, 4000), (7, 7)])
def test_the_same_figure_twice_is_no_change(pair: tuple[int, int], method: str) -> None:
    change = test_change(*years([pair, pair]), method=method, scale=100.0)
    assert change.significant is False
    assert change.p_value == pytest.approx(1)
    assert change.difference == 0


@pytest.mark.parametrize("method", METHODS)
def test_a_great_change_is_significant(method: str) -> None:
    change = test_change(*years([(100, 1000), (200, 1000)]), method=method, scale=100.0)
    assert change.significant is True


def test_what_is_not_there_is_not_tested() -> None:
    known, hidden, broken = figure("901", 5, 50), figure("901", None, 50), figure("901", 5.5, 50)
    assert test_change(None, known, method="wilson").reason == "there is no figure a year earlier"
    assert test_change(hidden, known, method="wilson").significant is None
    assert test_change(known, hidden, method="wilson").reason == "there is no figure"
    assert test_change(known, None, method="wilson").reason == "there is no figure"
    assert "whole counts" in test_change(broken, known, method="wilson").reason
    assert test_change(known, known, method="none").reason == NO_COUNTS
    span = figure("901", 5, 50, period="2023-25", period_end=date(2025, 12, 31))
    assert "overlap" in test_change(known, span, method="wilson").reason


@settings(max_examples=60)
@given(earlier=counts(), later=counts(), decimals=st.integers(0, 1))
def test_the_words_say_which_way_and_how_sure(
    earlier: Counted, later: Counted, decimals: int
) -> None:
    pairs = [(c.numerator, c.denominator) for c in (earlier, later)]
    change = test_change(*years(list(pairs)), method="wilson", scale=100.0)
    words = change_words(change, unit="percent", decimals=decimals, since="on a year earlier")
    assert is_clean(words)
    assert ("more than chance" in words) == bool(change.significant)
    moved = math.copysign(1, change.difference or 0)
    if not words.startswith(("no change", "almost no change")):
        assert words.startswith("up" if moved > 0 else "down")


def test_the_words_of_a_change() -> None:
    change = Change(2.14, 0.021, True, 0.31, 3.97, "")
    words = change_words(change, unit="percent", decimals=1).replace("\u00a0", " ")
    assert words == (
        "up 2.1 percentage points, more than chance would explain "
        "(95% interval +0.3 to +4.0, p = 0.02)"
    )
    nothing = Change(None, None, None, None, None, "there is no figure")
    assert change_words(nothing, unit="percent", decimals=1) == "not tested: there is no figure"
    still = Change(-0.01, 0.9, False, -2.0, 1.9, "")
    assert change_words(still, unit="per_10000", decimals=0).startswith("almost no change (95%")
