"""Exact tails, the usual spread, the false discovery rate, and what they promise together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from indicators.signals.error_rate import (
    RATE,
    allow_for_usual_spread,
    distance_of,
    distance_p,
    exact_p,
    false_discovery_q,
    row_medians,
    simes_p,
)
from indicators.signals.find import find_signals
from tests.indicators.signals.alliances import PLANTED, simulate

SHARES = st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=60)


def arrays(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@given(st.integers(1, 300), st.data(), st.floats(0.01, 0.99))
def test_an_exact_p_is_twice_the_smaller_tail(n: int, data: st.DataObject, share: float) -> None:
    x = data.draw(st.integers(0, n))
    for method, law in (("wilson", stats.binom(n, share)), ("byar", stats.poisson(n * share))):
        expected = min(1.0, 2 * min(law.cdf(x), law.sf(x - 1)))
        got = exact_p(arrays(x), arrays(n), arrays(share), method)[0]
        assert got == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(SHARES)
def test_q_values_are_those_of_another_implementation(p: list[float]) -> None:
    values = arrays(*p)
    assert np.allclose(false_discovery_q(values), stats.false_discovery_control(values))


@given(st.lists(st.floats(1e-9, 1.0), min_size=10, max_size=60))
def test_allowing_for_the_usual_spread_makes_no_p_smaller(p: list[float]) -> None:
    values = arrays(*p)
    assert (allow_for_usual_spread(values) >= values * (1 - 1e-6)).all()


def test_where_everybody_moves_nobody_stands_out() -> None:
    assert allow_for_usual_spread(np.full(20, 1e-12)).min() > 0.4


def test_under_ten_authorities_nobody_stands_out() -> None:
    assert (allow_for_usual_spread(np.full(9, 1e-12)) == 1).all()


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-9, 9)), min_size=1, max_size=12))
def test_the_median_of_a_row_is_of_its_numbers(row: list[float]) -> None:
    middle, n = row_medians(arrays(*row)[None, :])
    known = [value for value in row if not np.isnan(value)]
    assert n[0] == len(known)
    if known:
        assert middle[0] == pytest.approx(float(np.median(known)))
    else:
        assert np.isnan(middle[0])


@pytest.mark.parametrize("others", [5, 7, 10])
def test_authorities_alike_lie_as_far_apart_as_the_simulation_says(others: int) -> None:
    draws = np.random.default_rng(7).standard_normal((4_000, others + 1))
    distance = distance_of(draws[:, 0], draws[:, 1:])
    p = np.array([distance_p(float(d), others) for d in distance])
    for level in (0.01, 0.05, 0.2):
        assert abs((p <= level).mean() - level) < 4 * np.sqrt(level / 4_000)


def test_of_fewer_than_five_neighbours_no_distance_is_tested() -> None:
    assert np.isnan(distance_p(4.0, 4))


def test_alliances_without_a_difference_have_hardly_a_flag() -> None:
    flagged = sum(bool(find_signals(simulate(seed)).signals) for seed in range(20))
    assert flagged / 20 <= RATE + 2 * np.sqrt(RATE * (1 - RATE) / 20)


def test_authorities_that_stay_apart_are_no_news_of_a_change() -> None:
    for seed in range(3):
        found = find_signals(simulate(seed, spread=0.3)).signals
        assert not [s for s in found if s.rule in ("latest_change", "recent_trend")]


def test_a_doubled_figure_is_found_where_it_was_planted() -> None:
    found = find_signals(simulate(1, times=2.0)).signals
    planted = {f"{i:03d}" for i in range(PLANTED)}
    right = [signal for signal in found if signal.area_code in planted]
    assert {signal.area_code for signal in right} == planted
    assert len(right) >= 0.9 * len(found)


@given(st.lists(st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=4, max_size=4),
                min_size=1, max_size=5))  # fmt: skip
def test_one_p_of_several_is_simes_own(rows: list[list[float]]) -> None:
    for row, p in zip(rows, simes_p(np.array(rows)), strict=True):
        known = sorted(value for value in row if not np.isnan(value))
        if not known:
            assert np.isnan(p)
        else:
            one_by_one = [len(known) * value / rank for rank, value in enumerate(known, 1)]
            assert p == pytest.approx(min(1.0, *one_by_one))
