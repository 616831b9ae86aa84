"""An authority's own trend carried on, against the line and the interval of statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from indicators.own_trend import carry_on, line_at
from tests.indicators.histories import rows_of

VALUES = st.lists(st.floats(0, 500, allow_nan=False), min_size=5, max_size=5)


@given(VALUES, st.integers(1, 5))
def test_the_line_and_its_interval_are_those_of_least_squares(
    values: list[float], ahead: int
) -> None:
    value, half = line_at(values, 4 + ahead)
    model = sm.OLS(np.array(values), sm.add_constant(np.arange(5.0))).fit()
    frame = model.get_prediction([[1.0, 4.0 + ahead]]).summary_frame(alpha=0.2)
    assert value == pytest.approx(float(frame["mean"].iloc[0]), rel=1e-6, abs=1e-6)
    expected = float(frame["obs_ci_upper"].iloc[0] - frame["obs_ci_lower"].iloc[0]) / 2
    assert half == pytest.approx(expected, rel=1e-6, abs=1e-5)


def test_a_straight_line_is_carried_on_as_it_is() -> None:
    found = carry_on(rows_of({"900": [10.0, 12.0, 14.0, 16.0, 18.0]}), 2, unit="per_10000")
    assert found is not None
    assert found.value == pytest.approx(22.0)
    assert (found.low, found.high) == pytest.approx((22.0, 22.0))
    assert (found.first_period, found.last_period) == ("2015", "2019")


@given(VALUES, st.integers(1, 9))
def test_no_percentage_is_carried_beyond_what_one_can_be(values: list[float], years: int) -> None:
    rows = rows_of({"900": [value / 5 for value in values]})
    found = carry_on(rows, years, unit="percent")
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 100


@pytest.mark.parametrize(
    "values", [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, None, 5.0, 6.0], [1.0, 2.0, 3.0, 4.0, None]]
)
def test_nothing_is_carried_on_from_few_or_over_a_gap(values: list[float | None]) -> None:
    rows = rows_of({"900": values})
    if values[-1] is None:
        rows.append(rows[-1] | {"period": "2019", "value": None})
    assert carry_on(rows, 2, unit="percent") is None


def test_nothing_is_carried_on_from_periods_that_overlap() -> None:
    rows = rows_of({"900": [1.0, 2.0, 3.0, 4.0, 5.0]})
    spans = [row | {"period": f"{row['period']}-17"} for row in rows]
    assert carry_on(spans, 2, unit="percent") is None
