"""Confidence limits: the published reference values, other libraries, and what must always hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from indicators.intervals import (
    EXACT_BELOW,
    byar_limits,
    poisson_limits,
    small_count_table,
    standard_normal_quantile,
    wilson_limits,
)

CONFIDENCES = [0.95, 0.998]
confidences = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.998])


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    """A numerator and a denominator, with the ends and tiny denominators often among them."""
    n = draw(st.one_of(st.integers(1, 5), st.integers(1, 20_000)))
    x = draw(st.one_of(st.sampled_from([0, min(1, n), n - 1, n]), st.integers(0, n)))
    return x, n


@pytest.mark.parametrize(
    ("x", "n", "confidence", "low", "high"),
    [
        (10, 100, 0.95, 0.05523, 0.17437),
        (10, 100, 0.998, 0.03968, 0.23006),
        (0, 20, 0.95, 0.0, 0.16113),
    ],
)
def test_wilson_gives_the_reference_values(
    x: int, n: int, confidence: float, low: float, high: float
) -> None:
    assert wilson_limits(x, n, confidence) == pytest.approx((low, high), abs=5e-6)


def test_exact_poisson_gives_the_reference_values() -> None:
    assert poisson_limits(5) == pytest.approx((1.62349, 11.66833), abs=5e-6)
    assert byar_limits(5) == poisson_limits(5)


def test_byar_gives_the_reference_values() -> None:
    assert byar_limits(65) == pytest.approx((50.163, 82.849), abs=5e-4)


@pytest.mark.parametrize(("confidence", "z"), [(0.95, 1.959964), (0.998, 3.090232)])
def test_the_quantile_is_that_of_two_sided_limits(confidence: float, z: float) -> None:
    assert standard_normal_quantile(confidence) == pytest.approx(z, abs=1e-6)


@given(share=shares(), confidence=confidences)
def test_wilson_equals_statsmodels(share: tuple[int, int], confidence: float) -> None:
    low, high = proportion_confint(*share, alpha=1 - confidence, method="wilson")
    assert wilson_limits(*share, confidence) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


@given(share=shares(), confidence=confidences)
def test_wilson_solves_its_own_equation(share: tuple[int, int], confidence: float) -> None:
    # The limits are the shares p at which |x/n - p| is z standard errors of p itself.
    (x, n), z = share, stats.norm.isf((1 - confidence) / 2)
    for p in wilson_limits(x, n, confidence):
        if 0 < p < 1:
            assert abs(x / n - p) == pytest.approx(z * math.sqrt(p * (1 - p) / n), rel=1e-6)


@given(share=shares(), confidence=confidences)
def test_wilson_limits_enclose_the_share_and_stay_between_nought_and_one(
    share: tuple[int, int], confidence: float
) -> None:
    x, n = share
    low, high = wilson_limits(x, n, confidence)
    assert 0 <= low <= x / n <= high <= 1
    assert low < high
    assert (low == 0) == (x == 0)
    assert (high == 1) == (x == n)


@given(share=shares(), confidence=confidences)
def test_the_rest_has_the_mirrored_limits(share: tuple[int, int], confidence: float) -> None:
    x, n = share
    low, high = wilson_limits(x, n, confidence)
    assert wilson_limits(n - x, n, confidence) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(share=shares())
def test_more_confidence_makes_wider_limits(share: tuple[int, int]) -> None:
    low95, high95 = wilson_limits(*share, 0.95)
    low998, high998 = wilson_limits(*share, 0.998)
    assert low998 <= low95
    assert high95 <= high998


@given(count=st.integers(0, 2_000), confidence=confidences)
def test_exact_poisson_limits_equal_statsmodels(count: int, confidence: float) -> None:
    expected = confint_poisson(count, 1, method="exact-c", alpha=1 - confidence)
    low, high = (0.0 if math.isnan(limit) else limit for limit in expected)
    assert poisson_limits(count, confidence) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


@given(count=st.integers(0, 200), confidence=confidences)
def test_at_an_exact_poisson_limit_the_count_lies_at_the_edge_of_its_tail(
    count: int, confidence: float
) -> None:
    tail = (1 - confidence) / 2
    low, high = poisson_limits(count, confidence)
    assert stats.poisson.cdf(count, high) == pytest.approx(tail, rel=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(tail, rel=1e-6)
    else:
        assert low == 0


@given(count=st.integers(EXACT_BELOW, 10**6), confidence=confidences)
def test_byar_is_breslow_and_day_s_formula(count: int, confidence: float) -> None:
    z = stats.norm.isf((1 - confidence) / 2)
    low = count * (1 - 1 / (9 * count) - z / (3 * count**0.5)) ** 3
    high = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * (count + 1) ** 0.5)) ** 3
    assert byar_limits(count, confidence) == pytest.approx((low, high), rel=1e-9)


@given(count=st.integers(EXACT_BELOW, 10**5), confidence=confidences)
def test_byar_is_near_the_exact_limits(count: int, confidence: float) -> None:
    assert byar_limits(count, confidence) == pytest.approx(
        poisson_limits(count, confidence), rel=0.02
    )


@pytest.mark.parametrize("count", range(EXACT_BELOW))
@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_below_ten_the_limits_are_exact(count: int, confidence: float) -> None:
    assert byar_limits(count, confidence) == poisson_limits(count, confidence)


@given(count=st.integers(0, 10**6), confidence=confidences)
def test_limits_of_a_count_enclose_it(count: int, confidence: float) -> None:
    low, high = byar_limits(count, confidence)
    assert 0 <= low <= count < high


@pytest.mark.parametrize(("x", "n"), [(1, 0), (0, 0), (-1, 5), (6, 5), (0, -1)])
def test_a_share_that_is_none_is_refused(x: int, n: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson_limits(x, n)


@pytest.mark.parametrize("limits", [poisson_limits, byar_limits])
def test_a_negative_count_is_refused(limits: object) -> None:
    with pytest.raises(ValueError, match="not negative"):
        limits(-1)  # type: ignore[operator]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.95, math.nan])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        standard_normal_quantile(confidence)
    with pytest.raises(ValueError, match="between 0 and 1"):
        poisson_limits(5, confidence)
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_limits(5, 10, confidence)


def test_the_table_of_small_counts_holds_the_exact_limits_of_nought_to_nine() -> None:
    table = small_count_table().set_index("count")
    assert list(table.index) == list(range(10))
    for count, row in table.iterrows():
        exact = stats.chi2.ppf([0.025, 0.001], 2 * count) / 2 if count else [0.0, 0.0]
        above = stats.chi2.isf([0.025, 0.001], 2 * count + 2) / 2
        assert list(row[["low95", "low998"]]) == pytest.approx(list(exact), rel=1e-9)
        assert list(row[["high95", "high998"]]) == pytest.approx(list(above), rel=1e-9)
