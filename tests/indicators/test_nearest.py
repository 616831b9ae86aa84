"""Computed neighbours: scipy's distances, and what a share of a distance must be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import distance

from indicators.nearest import context_indicators, nearest

tables = st.integers(2, 12).flatmap(
    lambda n: st.lists(
        st.lists(st.floats(-1e3, 1e3), min_size=n, max_size=n), min_size=1, max_size=4
    )
)


def measures_of(table: list[list[float]]) -> dict[str, dict[str, float]]:
    return {
        f"m{k}": {f"{900 + i}": value for i, value in enumerate(column)}
        for k, column in enumerate(table)
    }


@settings(max_examples=60)
@given(table=tables, weights=st.lists(st.floats(0, 10), min_size=4, max_size=4))
def test_distances_are_scipy_s_standardised_euclidean(
    table: list[list[float]], weights: list[float]
) -> None:
    columns = np.array(table).T
    spread = columns.std(axis=0)
    kept = [k for k in range(len(table)) if len(set(table[k])) > 1 and spread[k] > 1e-9]
    factors = {f"m{k}": weights[k] for k in kept}
    found = nearest({key: measures_of(table)[key] for key in factors}, factors, "900", n=99)
    if not kept:
        assert found == ()
        return
    scores = (columns[:, kept] - columns[:, kept].mean(axis=0)) / spread[kept]
    w = [weights[k] for k in kept]
    for near in found:
        other = scores[int(near.area_code) - 900]
        expected = distance.euclidean(scores[0], other, w=w)
        assert near.distance == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(max_examples=60)
@given(table=tables)
def test_shares_of_a_distance_add_to_the_whole_and_the_nearest_come_first(
    table: list[list[float]],
) -> None:
    found = nearest(measures_of(table), {}, "900", n=99)
    assert [near.distance for near in found] == sorted(near.distance for near in found)
    assert "900" not in {near.area_code for near in found}
    assert len(found) == len(table[0]) - 1
    for near in found:
        assert all(0 <= part <= 1 for part in near.parts.values())
        whole = math.fsum(near.parts.values())
        assert whole == pytest.approx(1) if near.distance else whole == 0


@settings(max_examples=40)
@given(table=tables)
def test_it_is_as_far_there_as_back(table: list[list[float]]) -> None:
    measures = measures_of(table)
    there = {near.area_code: near.distance for near in nearest(measures, {}, "900", n=99)}
    for code, far in there.items():
        back = {near.area_code: near.distance for near in nearest(measures, {}, code, n=99)}
        assert back["900"] == pytest.approx(far)


def test_units_do_not_matter_and_weights_do() -> None:
    measures = {
        "spend": {"1": 1.0, "2": 1.1, "3": 2.0, "4": 3.0},
        "need": {"1": 10.0, "2": 40.0, "3": 11.0, "4": 20.0},
    }
    pounds = {**measures, "spend": {code: v * 1e6 for code, v in measures["spend"].items()}}
    plain = nearest(measures, {}, "1")
    assert [near.area_code for near in nearest(pounds, {}, "1")] == [n.area_code for n in plain]
    assert nearest(measures, {"need": 0.0}, "1")[0].area_code == "2"
    assert nearest(measures, {"spend": 0.0}, "1")[0].area_code == "3"
    assert nearest(measures, {"need": 0.0}, "1")[0].parts == {"spend": 1.0, "need": 0.0}


def test_only_who_has_every_measure_can_be_a_neighbour() -> None:
    measures = {"a": {"1": 1.0, "2": 2.0, "3": 3.0}, "b": {"1": 1.0, "3": 5.0}}
    assert [near.area_code for near in nearest(measures, {}, "1")] == ["3"]
    assert nearest(measures, {}, "2") == ()
    assert nearest({}, {}, "1") == ()


def test_a_measure_that_is_the_same_everywhere_parts_nobody() -> None:
    measures = {"a": {"1": 1.0, "2": 4.0}, "same": {"1": 0.1, "2": 0.1}}
    assert nearest(measures, {}, "1")[0].parts == {"a": 1.0, "same": 0.0}
    assert nearest({"same": {"1": 7.0, "2": 7.0, "3": 7.0}}, {}, "3")[0].area_code == "1"


def test_no_more_are_given_than_were_asked_for() -> None:
    figures = {"a": {f"{900 + i}": float(i) for i in range(30)}}
    assert [near.area_code for near in nearest(figures, {}, "900")] == [
        str(code) for code in range(901, 911)
    ]
    assert len(nearest(figures, {}, "900", n=3)) == 3


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight of a"):
        nearest({"a": {"1": 1.0, "2": 2.0}}, {"a": weight}, "1")


def test_context_is_what_is_neither_good_nor_bad_and_describes_a_place() -> None:
    def row(key: str, **more: str) -> dict[str, str]:
        plain = {"indicator_id": key, "polarity": "none", "unit": "percent",
                 "domain": "Children looked after"}  # fmt: skip
        return plain | more

    rows = [
        row("population_0_17", unit="count"),
        row("cla_rate"),
        row("fsm", domain="Economic factors"),
        row("unemployment", domain="Economic factors", polarity="low"),
        row("grade", domain="Contextual and other", unit="grade"),
        row("area_deprivation"),
    ]
    found = [row["indicator_id"] for row in context_indicators(rows)]
    assert found == ["population_0_17", "fsm", "area_deprivation"]
