"""XmR: the example of the NIST handbook, and the rules."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.xmr import LEAST, ONE_SIDE, OUTSIDE, RULE_WORDS, build_xmr, moving_ranges

FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]

series = st.lists(st.floats(-1e4, 1e4), min_size=LEAST, max_size=40)


def test_the_flow_rates_of_the_nist_handbook() -> None:
    # NIST/SEMATECH e-Handbook of statistical methods, 6.3.2.2: mean 50.81, mean moving range
    # 1.8778, limits 45.8159 and 55.8041 (by 3 / 1.128, which 2.66 rounds), no signal.
    xmr = build_xmr(FLOW)
    assert xmr is not None
    assert xmr.mean == pytest.approx(50.81)
    assert fmean(size for size in xmr.moving_ranges if size is not None) == pytest.approx(
        1.8778, abs=5e-5
    )
    assert (xmr.low, xmr.high) == pytest.approx((45.8159, 55.8041), abs=2e-3)
    assert xmr.range_limit == pytest.approx(3.268 * 1.8778, abs=5e-4)
    assert xmr.signals == ()


@given(values=series)
def test_limits_are_around_the_mean_and_signals_outside_them(values: list[float]) -> None:
    xmr = build_xmr(values)
    assert xmr is not None
    mean_range = fmean(abs(b - a) for a, b in pairwise(values))
    assert xmr.mean == pytest.approx(fmean(values))
    assert xmr.high - xmr.mean == pytest.approx(2.66 * mean_range, abs=1e-6)
    assert xmr.mean - xmr.low == pytest.approx(2.66 * mean_range, abs=1e-6)
    outside = [i for i, value in enumerate(values) if not xmr.low <= value <= xmr.high]
    assert [i for i, rule in xmr.signals if rule == OUTSIDE] == outside


@given(values=series)
def test_a_run_is_eight_or_more_in_a_row_on_one_side(values: list[float]) -> None:
    xmr = build_xmr(values)
    assert xmr is not None
    signs = [(value > xmr.mean) - (value < xmr.mean) for value in values]
    expected = set()
    for start in range(len(signs) - 7):
        if abs(sum(signs[start : start + 8])) == 8:
            expected |= set(range(start, start + 8))
    assert {i for i, rule in xmr.signals if rule == ONE_SIDE} == expected


def test_one_far_out_is_a_signal() -> None:
    values = [10, 11, 10, 9, 10, 11, 10, 40, 10, 11, 10, 9, 10, 11, 10, 9]
    xmr = build_xmr(values)
    assert xmr is not None
    assert (7, OUTSIDE) in xmr.signals


@pytest.mark.parametrize(("n", "found"), [(7, False), (8, True), (9, True)])
def test_seven_on_one_side_are_no_signal_and_eight_are(n: int, found: bool) -> None:
    values = [20.0 + i % 2 for i in range(n)] + [10.0 + i % 2 for i in range(7)]
    xmr = build_xmr(values)
    assert xmr is not None
    assert [i for i, rule in xmr.signals if rule == ONE_SIDE] == (list(range(n)) if found else [])


def test_a_gap_is_spanned_by_no_range_and_ends_a_run() -> None:
    high, low = [20.0] * 4, [10.0] * 7
    xmr = build_xmr([*high, None, *high, *low])
    assert xmr is not None
    assert xmr.moving_ranges[4:6] == (None, None)
    assert xmr.mean == pytest.approx((8 * 20 + 7 * 10) / 15)
    assert not [rule for _, rule in xmr.signals if rule == ONE_SIDE]
    assert moving_ranges([1.0, None, 3.0, 5.0]) == (None, None, None, 2.0)
    assert moving_ranges([]) == ()


def test_limits_stop_where_the_measure_does() -> None:
    xmr = build_xmr([1, 9, 1, 9, 1, 9, 1, 9], least=0, most=10)
    assert xmr is not None
    assert (xmr.low, xmr.high) == (0, 10)


def test_values_that_never_move_have_limits_on_the_mean_and_no_signal() -> None:
    xmr = build_xmr([0.1] * 12)
    assert xmr is not None
    assert xmr.signals == ()


@pytest.mark.parametrize("values", [[], [1.0] * 5, [1.0, None] * 5, [1.0, None] * 12, [None] * 20])
def test_of_few_values_there_is_no_chart(values: list[float | None]) -> None:
    assert build_xmr(values) is None


def test_every_rule_has_words() -> None:
    assert set(RULE_WORDS) == {OUTSIDE, ONE_SIDE}
