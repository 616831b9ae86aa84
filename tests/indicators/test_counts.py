"""Which rows have counts that a test may use."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.counts import (
    Counted,
    bears_a_quarter,
    counts_of,
    has_small_counts,
    limits_of,
    scale_of,
    separate_returns,
    unrounded,
)
from indicators.intervals import byar_limits, wilson_limits
from tests.indicators.rows import PERCENT, RATE, figure


def test_whole_counts_of_a_published_figure_are_counts() -> None:
    assert counts_of(figure("901", 3, 40), "wilson") == Counted(3, 40)
    assert counts_of(figure("901", 0, 1), "byar") == Counted(0, 1)


@pytest.mark.parametrize(
    "row",
    [
        figure("901", None, 40),
        figure("901", 3, 40, value=None),
        figure("901", 3.5, 40),
        figure("901", 3, 40.5),
        figure("901", 41, 40),
        figure("901", -1, 40),
        figure("901", 3, 0, value=1.0),
        figure("901", 3, None, value=1.0),
    ],
)
def test_what_is_not_published_whole_has_no_counts(row: dict[str, object]) -> None:
    assert counts_of(row, "wilson") is None


def test_a_rate_may_count_more_than_its_population() -> None:
    assert counts_of(figure("901", 41, 40), "byar") == Counted(41, 40)


@pytest.mark.parametrize("method", ["none", ""])
def test_a_measure_without_a_method_has_no_counts(method: str) -> None:
    assert counts_of(figure("901", 3, 40), method) is None


def test_limits_are_those_of_the_method() -> None:
    assert limits_of(Counted(10, 100), "wilson") == wilson_limits(10, 100)
    low, high = byar_limits(65)
    assert limits_of(Counted(65, 1000), "byar") == pytest.approx((low / 1000, high / 1000))


def test_authorities_that_answered_together_are_one_return() -> None:
    rows = [
        figure("314", 5, 10, joint_with="318"),
        figure("318", 5, 10, joint_with="314"),
        figure("319", 5, 10),
    ]
    assert [row["area_code"] for row in separate_returns(rows)] == ["314", "319"]


def test_the_unrounded_figure_is_of_the_counts() -> None:
    row = figure("901", 2, 3, value=67.0)
    assert unrounded(row, PERCENT)["value"] == pytest.approx(200 / 3)
    assert unrounded(figure("901", 2.5, 3, value=83.0), PERCENT)["value"] == 83.0
    assert unrounded(figure("901", None, 3), PERCENT)["value"] is None


@pytest.mark.parametrize(("unit", "scale"), [("percent", 100), ("per_1000", 1000), ("days", 1)])
def test_the_scale_is_the_unit_s(unit: str, scale: float) -> None:
    assert scale_of(RATE | {"unit": unit}) == scale


@pytest.mark.parametrize(
    ("x", "n", "small"),
    [
        (0, 300, True),
        (9, 300, True),
        (10, 300, False),
        (10, 29, True),
        (10, 30, False),
        (0, None, True),
        (None, 29, True),
        (10, None, False),
        (None, None, False),
    ],
)
def test_a_figure_of_few_is_small(x: int | None, n: int | None, small: bool) -> None:
    row = figure("901", x, n, value=1.0)
    assert has_small_counts(row, "wilson") == small
    assert not has_small_counts(row, "none")
    assert not has_small_counts(row | {"value": None}, "wilson")


@pytest.mark.parametrize(
    ("indicator", "n", "bears"),
    [
        (PERCENT, 30, True),
        (PERCENT, 29, False),
        (PERCENT, 0, False),
        (PERCENT, None, False),
        (RATE, 5000, True),
        (RATE, None, False),
        (PERCENT | {"interval_method": "none"}, None, True),
        (PERCENT | {"interval_method": "none", "unit": "count"}, None, False),
        (PERCENT | {"interval_method": "none", "unit": "fte"}, 400, False),
    ],
)
def test_a_quarter_is_said_of_no_number_and_of_no_share_of_few_or_of_a_suppressed_number(
    indicator: dict[str, Any], n: int | None, bears: bool
) -> None:
    assert bears_a_quarter(figure("901", 0, n, value=0.0), indicator) == bears
