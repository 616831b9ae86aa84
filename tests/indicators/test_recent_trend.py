"""Recent trend: published examples, statsmodels, and when nothing is claimed."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from indicators.counts import Counted
from indicators.recent_trend import (
    NO_COUNTS,
    find_trend,
    p_words,
    trend_statistic,
    trend_words,
)
from tests.indicators.drawn_words import is_clean
from tests.indicators.rows import figure, years

fives = st.lists(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=5,
    max_size=5,
)


def counted(pairs: list[tuple[int, int]]) -> list[Counted]:
    return [Counted(x, n) for x, n in pairs]


def test_altman_s_example_of_shoe_sizes() -> None:
    # D. G. Altman, Practical statistics for medical research (1991), p. 262: 8.02 for trend.
    pairs = [(5, 22), (7, 35), (6, 42), (7, 48), (8, 54), (10, 150)]
    assert trend_statistic(counted(pairs), "wilson")[0] == pytest.approx(8.02, abs=0.01)


def test_the_example_of_r_s_prop_trend_test() -> None:
    # Fleiss's smokers among patients, as in R's documentation: X-squared = 8.2249, p = 0.004132.
    pairs = [(83, 86), (90, 93), (129, 136), (70, 82)]
    statistic, slope = trend_statistic(counted(pairs), "wilson")
    assert statistic == pytest.approx(8.2249, abs=5e-5)
    assert slope < 0
    assert stats.chi2.sf(statistic, 1) == pytest.approx(0.004132, abs=5e-7)


@settings(max_examples=60)
@given(pairs=fives)
def test_of_proportions_it_is_the_correlation_squared_times_the_number(
    pairs: list[tuple[int, int]],
) -> None:
    # Armitage's statistic is N r² of a yes-or-no with the year.
    total, found = sum(n for _, n in pairs), sum(x for x, _ in pairs)
    assume(0 < found < total)
    t = np.arange(5.0)
    n = np.array([n for _, n in pairs], dtype=float)
    x = np.array([x for x, _ in pairs], dtype=float)
    share, mean_t = found / total, (t * n).sum() / total
    covariance = (t * x).sum() / total - share * mean_t
    variance_t = (t * t * n).sum() / total - mean_t**2
    expected = total * covariance**2 / (share * (1 - share) * variance_t)
    statistic, _ = trend_statistic(counted(pairs), "wilson")
    assert statistic == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(max_examples=30)
@given(pairs=fives)
def test_of_rates_it_is_the_score_test_of_a_poisson_model(pairs: list[tuple[int, int]]) -> None:
    x = np.array([x for x, _ in pairs], dtype=float)
    n = np.array([n for _, n in pairs], dtype=float)
    assume(x.sum() > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flat = sm.GLM(x, np.ones(5), family=sm.families.Poisson(), exposure=n).fit(tol=1e-12)
        expected = float(flat.score_test(exog_extra=np.arange(5.0)[:, None])[0].squeeze())
    statistic, _ = trend_statistic(counted(pairs), "byar")
    assert statistic == pytest.approx(expected, rel=1e-5, abs=1e-7)


@settings(max_examples=30)
@given(pairs=fives)
def test_of_proportions_it_is_the_score_test_of_a_logistic_model(
    pairs: list[tuple[int, int]],
) -> None:
    x = np.array([x for x, _ in pairs], dtype=float)
    n = np.array([n for _, n in pairs], dtype=float)
    assume(0 < x.sum() < n.sum())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = np.column_stack([x, n - x])
        flat = sm.GLM(both, np.ones(5), family=sm.families.Binomial()).fit(tol=1e-12)
        expected = float(flat.score_test(exog_extra=np.arange(5.0)[:, None])[0].squeeze())
    statistic, _ = trend_statistic(counted(pairs), "wilson")
    assert statistic == pytest.approx(expected, rel=1e-5, abs=1e-7)


@settings(max_examples=60)
@given(pairs=fives, method=st.sampled_from(["wilson", "byar"]))
def test_the_other_way_round_the_direction_turns(pairs: list[tuple[int, int]], method: str) -> None:
    there = find_trend(years(list(pairs)), method=method, polarity="high")
    back = find_trend(years(list(reversed(pairs))), method=method, polarity="high")
    assert there.p_value == pytest.approx(back.p_value, rel=1e-6, abs=1e-12)
    turned = {"rising": "falling", "falling": "rising"}
    if abs((there.p_value or 0) - 0.05) > 1e-9:
        assert back.direction == turned.get(there.direction, there.direction)


def trend_of(counts: list[tuple[Any, Any]], polarity: str = "low", method: str = "wilson") -> Any:
    return find_trend(years(counts), method=method, polarity=polarity)


RISING = [(10, 100), (20, 100), (30, 100), (40, 100), (50, 100)]


@pytest.mark.parametrize(
    ("polarity", "verdict"), [("high", "improving"), ("low", "worsening"), ("none", None)]
)
def test_a_rise_is_judged_by_which_way_is_better(polarity: str, verdict: str | None) -> None:
    trend = trend_of(RISING, polarity)
    assert (trend.direction, trend.verdict) == ("rising", verdict)
    assert (trend.first_period, trend.last_period, trend.n) == ("2021", "2025", 5)


@pytest.mark.parametrize(
    ("polarity", "verdict"), [("low", "improving"), ("high", "worsening"), ("none", None)]
)
def test_a_fall_is_judged_the_other_way(polarity: str, verdict: str | None) -> None:
    trend = trend_of(RISING[::-1], polarity)
    assert (trend.direction, trend.verdict) == ("falling", verdict)


def test_only_the_last_five_years_count() -> None:
    series = years([(90, 100), (10, 100), *RISING])
    assert find_trend(series, method="wilson", polarity="low").p_value == trend_of(RISING).p_value


@pytest.mark.parametrize("method", ["wilson", "byar"])
@pytest.mark.parametrize("pair", [(0, 40), (40, 40), (1, 1), (0, 1)])
def test_figures_that_never_move_have_no_trend(pair: tuple[int, int], method: str) -> None:
    trend = trend_of([pair] * 5, method=method)
    assert (trend.direction, trend.verdict) == ("none", None)
    assert trend.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([], "there are none"),
        (RISING[:1], "there is one"),
        (RISING[:4], "there are 4"),
        ([*RISING[:4], (None, 100)], "no figure for 2025"),
        ([*RISING[:2], (None, 100), *RISING[3:]], "no figure for 2023"),
        ([*RISING[:4], (4.5, 100)], "no whole counts for 2025"),
    ],
)
def test_without_five_years_in_a_row_nothing_is_claimed(
    counts: list[tuple[Any, Any]], reason: str
) -> None:
    trend = trend_of(counts)
    assert (trend.direction, trend.verdict, trend.p_value) == ("untested", None, None)
    assert reason in trend.reason


def test_a_year_that_the_publication_left_out_is_a_gap() -> None:
    series = years(RISING)
    del series[2]
    trend = find_trend([*years([(9, 100)], first=2020), *series], method="wilson", polarity="low")
    assert trend.direction == "untested"
    assert "2023" in trend.reason


def test_a_measure_without_counts_is_not_tested() -> None:
    assert trend_of(RISING, method="none").reason == NO_COUNTS


def test_periods_that_overlap_are_not_five_points() -> None:
    series = [row | {"period": f"{row['period_end'].year - 2}-25"} for row in years(RISING)]
    assert "overlap" in find_trend(series, method="wilson", polarity="low").reason


@settings(max_examples=40)
@given(pairs=fives, polarity=st.sampled_from(["high", "low", "none"]))
def test_the_words_say_what_was_found(pairs: list[tuple[int, int]], polarity: str) -> None:
    trend = trend_of(list(pairs), polarity)
    words = trend_words(trend)
    assert is_clean(words)
    assert trend.direction in words or words.startswith("no rise or fall")
    assert (trend.verdict or "2021") in words
    if polarity == "none":
        assert "improving" not in words
        assert "worsening" not in words


def test_the_words_of_what_was_not_tested_say_why() -> None:
    assert trend_words(trend_of(RISING[:3])).startswith("not tested: a trend needs 5 years")
    assert is_clean(trend_words(find_trend([], method="byar", polarity="none")))
    assert figure("901", None, 1)["value"] is None


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "p < 0.001"), (0.0041, "p = 0.004"), (0.049, "p = 0.05"), (0.2, "p = 0.20"),
        (1.0, "p > 0.99"), (None, "not tested"),
    ],
)  # fmt: skip
def test_a_p_is_never_nought_or_one(p: float | None, words: str) -> None:
    assert p_words(p).replace("\u00a0", " ") == words
