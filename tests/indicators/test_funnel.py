"""Funnel limits: by another way of working them out, and what must always hold of them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from indicators.funnel import (
    ABOVE_998,
    BELOW_998,
    INSIDE,
    LEAST,
    Funnel,
    additive_variance,
    build_funnel,
    winsorise,
)
from tests.indicators.rows import figure

METHODS = {"wilson": 100.0, "byar": 10_000.0}

counts = st.lists(
    st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=LEAST,
    max_size=40,
)
methods = st.sampled_from(sorted(METHODS))


def rows_of(pairs: list[tuple[int, int]], scale: float) -> list[dict[str, Any]]:
    return [figure(f"{900 + i}", x, n, scale) for i, (x, n) in enumerate(pairs)]


def built(pairs: list[tuple[int, int]], method: str) -> Funnel:
    scale = METHODS[method]
    funnel = build_funnel(rows_of(pairs, scale), method=method, scale=scale)
    assert funnel is not None
    return funnel


def level(share: float, method: str) -> float:
    return math.asin(math.sqrt(share)) if method == "wilson" else math.sqrt(share)


@settings(max_examples=60)
@given(pairs=counts, method=methods)
def test_the_target_is_all_of_them_as_one(pairs: list[tuple[int, int]], method: str) -> None:
    expected = sum(x for x, _ in pairs) / sum(n for _, n in pairs) * METHODS[method]
    assert built(pairs, method).target == pytest.approx(expected)


@settings(max_examples=60)
@given(pairs=counts, method=methods)
def test_scores_are_spiegelhalter_s(pairs: list[tuple[int, int]], method: str) -> None:
    funnel = built(pairs, method)
    target = level(funnel.target / METHODS[method], method)
    for (x, n), point in zip(pairs, funnel.points, strict=True):
        deviation = math.sqrt(1 / (4 * n) + funnel.tau2)
        assert point.z == pytest.approx((level(x / n, method) - target) / deviation, abs=1e-9)
        assert point.value == pytest.approx(x / n * METHODS[method])


@settings(max_examples=60)
@given(pairs=counts, method=methods)
def test_phi_and_the_variance_are_by_the_paper_s_formulas(
    pairs: list[tuple[int, int]], method: str
) -> None:
    funnel = built(pairs, method)
    target = level(funnel.target / METHODS[method], method)
    scores = sorted((level(x / n, method) - target) * 2 * math.sqrt(n) for x, n in pairs)
    edges = stats.mstats.mquantiles(scores, [0.1, 0.9], alphap=1, betap=1)
    pulled = [min(max(score, edges[0]), edges[1]) for score in scores]
    phi = sum(score**2 for score in pulled) / len(pulled)
    assert funnel.phi == pytest.approx(phi, rel=1e-9, abs=1e-12)
    weights = [4 * n for _, n in pairs]
    spare = sum(weights) - sum(w * w for w in weights) / sum(weights)
    beyond = phi > 1 + 2 * math.sqrt(2 / len(pairs))
    expected = max(0, (len(pairs) * phi - (len(pairs) - 1)) / spare) if beyond else 0
    assert funnel.tau2 == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert funnel.overdispersed == (expected > 0)


@settings(max_examples=40)
@given(
    effects=st.lists(st.floats(-2, 2), min_size=3, max_size=30),
    variances=st.lists(st.floats(0.01, 1), min_size=30, max_size=30),
)
def test_the_variance_between_authorities_is_dersimonian_and_laird_s(
    effects: list[float], variances: list[float]
) -> None:
    # Around the weighted mean, and without pulling scores in, the two are the same.
    effect, variance = np.array(effects), np.array(variances[: len(effects)])
    weights = 1 / variance
    mean = float((weights * effect).sum() / weights.sum())
    phi = float((weights * (effect - mean) ** 2).mean())
    with np.errstate(all="ignore"):
        expected = max(0.0, combine_effects(effect, variance, method_re="dl").tau2)
    assert additive_variance(phi, weights) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("method", "share"), [("wilson", 0.3), ("byar", 0.02)])
def test_without_over_dispersion_the_limits_are_near_the_exact_ones(
    method: str, share: float
) -> None:
    n, scale = 20_000, METHODS[method]
    pairs = [(round(share * n), n)] * 20
    funnel = built(pairs, method)
    assert not funnel.overdispersed
    exact = stats.binom(n, share) if method == "wilson" else stats.poisson(n * share)
    limit = funnel.curve[-1]
    found = [limit.low998, limit.low95, limit.high95, limit.high998]
    expected = exact.ppf([0.001, 0.025, 0.975, 0.999]) / n * scale
    assert found == pytest.approx(list(expected), rel=0.01)


@settings(max_examples=60)
@given(pairs=counts, method=methods)
def test_limits_enclose_the_target_and_each_other_and_stay_possible(
    pairs: list[tuple[int, int]], method: str
) -> None:
    funnel = built(pairs, method)
    most = METHODS[method] if method == "wilson" else math.inf
    sizes = [n for _, n in pairs]
    assert (funnel.curve[0].denominator, funnel.curve[-1].denominator) == (min(sizes), max(sizes))
    for limit in funnel.curve:
        below, above = (limit.low998, limit.low95), (limit.high95, limit.high998)
        assert 0 <= below[0] <= below[1] <= funnel.target + 1e-9
        assert funnel.target - 1e-9 <= above[0] <= above[1] <= most + 1e-9
    widths = [limit.high95 - limit.low95 for limit in funnel.curve]
    assert method == "wilson" or all(b <= a + 1e-9 for a, b in pairwise(widths))


@settings(max_examples=60)
@given(pairs=counts, method=methods)
def test_a_place_is_where_the_point_lies_among_the_limits_of_its_size(
    pairs: list[tuple[int, int]], method: str
) -> None:
    funnel = built(pairs, method)
    by_size = {limit.denominator: limit for limit in funnel.curve}
    for point in funnel.points:
        limit = by_size.get(float(point.denominator))
        if limit is None or min(abs(abs(point.z) - z) for z in (1.959964, 3.090232)) < 1e-4:
            continue
        if point.place == ABOVE_998:
            assert point.value >= limit.high998
        elif point.place == BELOW_998:
            assert point.value <= limit.low998
        elif point.place == INSIDE:
            assert limit.low95 - 1e-9 <= point.value <= limit.high95 + 1e-9


def test_authorities_that_differ_by_more_than_chance_widen_the_limits() -> None:
    spread = built([(100 + 40 * (i % 5), 1000) for i in range(40)], "wilson")
    alike = built([(180, 1000)] * 40, "wilson")
    assert spread.overdispersed
    assert not alike.overdispersed
    assert spread.phi > 1
    assert spread.curve[0].high95 - spread.curve[0].low95 > (
        alike.curve[0].high95 - alike.curve[0].low95
    )


def test_one_strange_authority_does_not_make_the_others_over_dispersed() -> None:
    funnel = built([(180, 1000)] * 39 + [(90, 100)], "wilson")
    odd = funnel.points[-1]
    assert not funnel.overdispersed
    assert odd.place == ABOVE_998


def test_scores_beyond_the_tenth_at_each_end_are_pulled_in() -> None:
    scores = np.array([-100.0, *range(1, 10), 100.0])
    assert list(winsorise(scores)) == [1.0, *range(1, 10), 9.0]


@given(scores=st.lists(st.floats(-50, 50), min_size=LEAST, max_size=60))
def test_pulling_in_keeps_the_order_and_never_widens(scores: list[float]) -> None:
    pulled = winsorise(np.array(scores))
    assert min(scores) <= pulled.min()
    assert pulled.max() <= max(scores)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(pulled[order]) >= 0).all()


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("x", [0, 5])
def test_figures_at_the_edge_have_a_funnel(method: str, x: int) -> None:
    funnel = built([(x, 5)] * 12, method)
    assert funnel.target == (0 if x == 0 else METHODS[method])
    assert {point.place for point in funnel.points} == {INSIDE}
    assert len(funnel.curve) == 1


def test_a_joint_return_is_one_in_the_spread_and_a_point_for_each() -> None:
    pairs = [(i, 100) for i in range(10, 20)]
    rows = rows_of(pairs, 100.0)
    partner = rows[0] | {"area_code": "950", "joint_with": "900"}
    rows[0]["joint_with"] = "950"
    alone = built(pairs, "wilson")
    both = build_funnel([*rows, partner], method="wilson", scale=100.0)
    assert both is not None
    assert (both.target, both.phi) == (alone.target, alone.phi)
    assert len(both.points) == len(alone.points) + 1


@given(pairs=counts)
def test_rows_without_counts_change_nothing(pairs: list[tuple[int, int]]) -> None:
    assume(any(x for x, _ in pairs))
    rows = rows_of(pairs, 100.0)
    more = [figure("990", None, 50), figure("991", 2.5, 50), figure("992", None, None)]
    assert build_funnel([*rows, *more], method="wilson", scale=100.0) == build_funnel(
        rows, method="wilson", scale=100.0
    )


@pytest.mark.parametrize("n", [0, 1, LEAST - 1])
def test_of_few_authorities_there_is_no_funnel(n: int) -> None:
    assert build_funnel(rows_of([(3, 10)] * n, 100.0), method="wilson", scale=100.0) is None


def test_of_a_measure_without_counts_there_is_no_funnel() -> None:
    assert build_funnel(rows_of([(3, 10)] * 20, 1.0), method="none", scale=1.0) is None
