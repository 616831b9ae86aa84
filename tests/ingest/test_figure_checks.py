"""Figures that cannot be, and figures that are unusual for their unit."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import Catalogue, Indicator, Unit
from ingest.errors import Finding
from ingest.figure_checks import find_figure_faults

NAN = float("nan")


def indicator(unit: str, interval: str) -> Indicator:
    return Indicator(
        id="one", title="Number one", domain="D", file="f.csv", unit=unit, polarity="none",
        decimals=0, definition="D", value="v", numerator="n", denominator="d", interval=interval,
    )  # type: ignore[arg-type]  # fmt: skip


def faults(
    *figures: tuple[float, float, float], unit: str = "percent", share: bool = True
) -> list[Finding]:
    """The findings on figures (value, numerator, denominator) of one indicator, one an area."""
    declared = indicator(unit, "wilson" if share else "none")
    frame = pd.DataFrame(figures, columns=["value", "numerator", "denominator"], dtype=float)
    frame = frame.assign(
        indicator_id="one",
        area_code=[f"70{i}" for i in range(len(frame))],
        period="2025",
        source_file_id="abc",
    )
    about = pd.DataFrame([{"indicator_id": "one", "title": "Number one", "unit": unit}])
    catalogue = Catalogue((), (), (declared,))
    return find_figure_faults([frame], about, catalogue, {"abc": "a.csv"})


def ids(found: list[Finding]) -> list[str]:
    return [finding.check_id for finding in found]


CASES: list[tuple[str, bool, float, list[str]]] = [
    ("percent", True, 0, []),
    ("percent", True, 100, []),
    ("percent", True, 100.1, ["value_possible"]),
    ("percent", True, -0.1, ["value_possible"]),
    ("percent", False, 100.1, ["value_in_range"]),
    ("percent", False, -3.98, ["value_in_range"]),
    ("percent", False, 99, []),
    ("count", False, -1, ["value_possible"]),
    ("count", False, 1_000_000, []),
    ("per_10000", False, -0.5, ["value_possible"]),
    ("per_100000", False, 8_219, []),
    ("fte", False, -0.1, ["value_possible"]),
    ("days", False, -1, ["value_possible"]),
    ("gbp", False, -12_000, ["value_in_range"]),
    ("ratio", False, -0.1, ["value_in_range"]),
    ("score", False, -21.7, []),
    ("grade", False, 1, []),
    ("grade", False, 4, []),
    ("grade", False, 0, ["value_possible"]),
    ("grade", False, 5, ["value_possible"]),
    ("grade", False, 2.5, ["value_possible"]),
]


@pytest.mark.parametrize(("unit", "share", "value", "expected"), CASES)
def test_a_value_is_held_against_its_unit(
    unit: str, share: bool, value: float, expected: list[str]
) -> None:
    assert ids(faults((value, NAN, NAN), unit=unit, share=share)) == expected


def test_every_unit_but_a_score_has_a_value_that_is_reported() -> None:
    for unit in set(get_args(Unit)) - {"score"}:
        assert faults((-7.5, NAN, NAN), unit=unit, share=False), unit


def test_what_is_counted_is_no_more_than_what_it_is_counted_among() -> None:
    assert faults((100, 12, 12)) == []
    (finding,) = faults((100, 13, 12))
    assert finding.check_id == "numerator_within"
    assert "13 of 12 for area 700 in 2025" in finding.message
    assert faults((100, 13, 12), share=False) == []


def test_one_figure_is_named_with_its_file_area_and_period() -> None:
    (finding,) = faults((50, 1, 2), (101.5, 1, 2))
    assert finding.file_name == "a.csv"
    assert (finding.indicator_id, finding.area_code, finding.period) == ("one", "701", "2025")
    assert finding.message.startswith("Number one: 101.5 for area 701 in 2025.")


def test_many_figures_of_an_indicator_are_one_finding_with_the_furthest() -> None:
    (finding,) = faults((101, 1, 2), (250, 1, 2), (102, 1, 2))
    assert finding.area_code is None
    assert finding.period == "2025"
    assert "3 figures, the furthest out 250 for area 701 in 2025." in finding.message


def test_a_figure_that_is_not_reported_is_never_out_of_range() -> None:
    assert faults((NAN, NAN, NAN), (NAN, 5, NAN), (NAN, NAN, 3)) == []
    assert faults((NAN, NAN, NAN), unit="grade", share=False) == []


def test_files_without_a_figure_are_no_fault() -> None:
    empty = pd.DataFrame(
        columns=["indicator_id", "value", "numerator", "denominator", "source_file_id"]
    )
    about = pd.DataFrame(columns=["indicator_id", "title", "unit"])
    assert find_figure_faults([empty], about, Catalogue((), (), ()), {}) == []
    assert find_figure_faults([], about, Catalogue((), (), ()), {}) == []


@given(
    figures=st.lists(
        st.tuples(
            st.floats(0, 100), st.integers(0, 500).map(float), st.integers(500, 900).map(float)
        ),
        min_size=1,
    )
)
def test_no_possible_share_is_reported(figures: list[tuple[float, float, float]]) -> None:
    assert faults(*figures) == []


@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
@pytest.mark.parametrize("unit", get_args(Unit))
def test_a_value_is_an_error_or_a_warning_and_never_both(unit: Any, value: float) -> None:
    assert len(faults((value, np.nan, np.nan), unit=unit, share=False)) <= 1
