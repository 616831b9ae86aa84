"""A set in a few numbers: by numpy and by hand, and what may never come into it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.set_summary import medians_by_period, quantile, summarise_set
from tests.indicators.rows import PERCENT, RATE, figure

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)
counts = st.lists(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=20,
)


def rows_of(pairs: list[tuple[Any, Any]], scale: float = 100.0) -> list[dict[str, Any]]:
    return [figure(f"{901 + i}", x, n, scale) for i, (x, n) in enumerate(pairs)]


@given(values=numbers, share=st.floats(0, 1))
def test_a_quantile_is_numpy_s(values: list[float], share: float) -> None:
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-9, abs=1e-6)


def test_a_quantile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        quantile([], 0.5)


@given(pairs=counts)
def test_mean_median_and_quarters_are_of_the_figures_and_the_aggregate_of_the_counts(
    pairs: list[tuple[int, int]],
) -> None:
    rows = rows_of(pairs)
    values = [row["value"] for row in rows]
    found = summarise_set([figure("900", 1, 2), *rows], "900", PERCENT)
    assert (found.n, found.aggregate_n) == (len(pairs), len(pairs))
    assert found.mean == pytest.approx(np.mean(values))
    assert found.median == pytest.approx(np.median(values))
    assert found.low_quartile == pytest.approx(np.percentile(values, 25))
    assert found.high_quartile == pytest.approx(np.percentile(values, 75))
    total = sum(x for x, _ in pairs) / sum(n for _, n in pairs) * 100
    assert found.aggregate == pytest.approx(total)
    assert found.comparator == found.aggregate


def test_the_aggregate_of_a_rate_is_in_its_unit() -> None:
    found = summarise_set(rows_of([(10, 1000), (30, 1000)], 10_000), "900", RATE)
    assert found.aggregate == pytest.approx(200)


def test_whoever_has_a_part_suppressed_leaves_both_sums() -> None:
    rows = [
        figure("901", 10, 100), figure("902", None, 400), figure("903", 30, 100),
        figure("904", 7, 70, value=None), figure("905", 3.5, 10),
    ]  # fmt: skip
    found = summarise_set(rows, "900", PERCENT)
    assert (found.n, found.aggregate_n) == (3, 2)
    assert found.aggregate == pytest.approx(20)


@given(pairs=counts, hidden=st.integers(1, 10**6))
def test_no_number_of_a_suppressed_figure_moves_anything(
    pairs: list[tuple[int, int]], hidden: int
) -> None:
    rows = rows_of(pairs)
    secret = figure("990", hidden, 10**6, value=None, status="suppressed")
    assert summarise_set([*rows, secret], "900", PERCENT) == summarise_set(rows, "900", PERCENT)


def test_we_are_no_member_of_the_set_that_we_are_compared_with() -> None:
    found = summarise_set([figure("900", 90, 100), figure("901", 10, 100)], "900", PERCENT)
    assert (found.n, found.median, found.best_code) == (1, 10, "901")


def test_a_joint_return_counts_once_in_the_sum_and_ours_not_at_all() -> None:
    pair = [figure("902", 10, 100, joint_with="903"), figure("903", 10, 100, joint_with="902")]
    other = figure("904", 60, 100)
    found = summarise_set([*pair, other], "900", PERCENT)
    assert (found.n, found.aggregate_n) == (3, 2)
    assert found.aggregate == pytest.approx(35)
    ours = summarise_set([*pair, other], "902", PERCENT)
    assert (ours.n, ours.aggregate) == (1, pytest.approx(60))


@pytest.mark.parametrize(
    ("polarity", "code", "value", "quarter"),
    [("low", "901", 10, 15), ("high", "903", 30, 25), ("none", None, None, None)],
)
def test_the_best_is_by_which_way_is_better(
    polarity: str, code: str | None, value: float | None, quarter: float | None
) -> None:
    rows = rows_of([(10, 100), (20, 100), (30, 100)])
    found = summarise_set(rows, "900", PERCENT | {"polarity": polarity})
    assert (found.best_code, found.best_value, found.best_quarter) == (code, value, quarter)


def test_without_counts_the_comparator_is_the_median() -> None:
    rows = rows_of([(10, 100), (20, 100), (60, 100)])
    found = summarise_set(rows, "900", PERCENT | {"interval_method": "none"})
    assert (found.aggregate, found.aggregate_n, found.comparator) == (None, 0, 20)


@pytest.mark.parametrize("rows", [[], [figure("901", None, 10)], [figure("900", 1, 10)]])
def test_of_nobody_there_is_nothing(rows: list[dict[str, Any]]) -> None:
    found = summarise_set(rows, "900", PERCENT)
    assert (found.n, found.mean, found.median, found.comparator) == (0, None, None, None)
    assert found.best_quarter is None


def test_grades_are_counted_and_never_averaged() -> None:
    rows = [figure("901", None, None, value=1.0), figure("902", None, None, value=4.0)]
    found = summarise_set(rows, "900", {**PERCENT, "unit": "grade", "interval_method": "none"})
    assert found.n == 2
    numbers_of = (found.mean, found.median, found.aggregate, found.low_quartile, found.best_value)
    assert set(numbers_of) == {None}


@given(
    values=st.lists(
        st.tuples(st.sampled_from(["2023", "2024", "2025"]), st.one_of(st.none(), st.floats(0, 9))),
        max_size=20,
    )
)
def test_a_median_of_each_period_is_of_the_others_that_did_not_answer_with_us(
    values: list[tuple[str, float | None]],
) -> None:
    rows: list[dict[str, Any]] = [
        {"area_code": f"9{i:02}", "period": period, "value": value, "joint_with": None}
        for i, (period, value) in enumerate(values)
    ]
    ours = [
        {"area_code": "800", "period": period, "value": 1e6, "joint_with": "801"}
        for period in ("2023", "2024", "2025", "2026")
    ]
    theirs = [row | {"area_code": "801", "joint_with": "800"} for row in ours]
    found = medians_by_period([*ours, *rows, *theirs], "800")
    for period in ("2023", "2024", "2025", "2026"):
        known = [value for when, value in values if when == period and value is not None]
        expected = (pytest.approx(np.median(known)), len(known)) if known else None
        assert found.get(period) == expected
