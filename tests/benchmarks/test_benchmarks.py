"""The benchmarks ask what a browser asks and reckon rightly; no test here looks at a clock."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import Dash

from alliance.pages import PAGES
from alliance.service import Served
from tests.alliance.drawn import client_of, draw
from tests.alliance.visits import Visit
from tests.benchmarks.__main__ import BENCHMARKS, table
from tests.benchmarks.bare import bare_request
from tests.benchmarks.interactions import bodies_of, sample
from tests.benchmarks.registry import Measured, at_least, at_most, judge, percentile


def test_a_goal_is_a_ceiling_or_a_floor() -> None:
    assert at_most("start", 3.0, 2.0, 1.5, "").met
    assert not at_most("start", 3.1, 2.0, 1.5, "").met
    assert at_least("load", 0.8, 0.8, "").met
    assert not at_least("load", 0.79, 0.8, "").met
    assert at_most("start", 1.0, 3.0, 1.5, "").ratio == 0.333


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3.0], 0.95, 3.0), ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0), (range(1, 101), 0.95, 95.0),
     ([5.0, 1.0], 0.95, 5.0), (range(1, 21), 0.95, 19.0)],
)  # fmt: skip
def test_a_percentile_is_the_nearest_rank(values: Any, share: float, expected: float) -> None:
    assert percentile(list(values), share) == expected


def test_nothing_measured_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="Nothing was measured"):
        percentile([], 0.95)


def test_a_ratio_is_over_the_yardstick_and_the_goal_too() -> None:
    result = judge(Measured("page", [20.0, 40.0], [4.0, 5.0], [10.0, 12.0], "/slow"), 150)
    assert (result.ratio, result.goal, result.met) == (8.0, 30.0, True)
    assert "2 requests, median 20.0 ms, 95th percentile 40.0 ms" in result.beside
    assert "processor 12.0 ms) beside 5.0 ms; slowest `/slow`" in result.beside
    late = judge(Measured("page", [151.0], [5.0], [1.0]), 150)
    assert late.ratio > late.goal
    assert not late.met


def test_the_table_has_a_row_for_each_result() -> None:
    result = judge(Measured("page", [20.0], [5.0], [10.0], "/slow"), 150)
    lines = table([result, result]).splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1


def test_the_yardstick_draws_150_bars() -> None:
    bare_request()()


def test_the_sample_has_every_page(demo_served: Served) -> None:
    assert {place.page for place in sample(demo_served)} == {page.id for page in PAGES}


def test_every_callback_that_is_asked_answers(demo_app: Dash, demo_served: Served) -> None:
    asked = set()
    kinds: dict[str, list[Visit]] = {}
    for place in sample(demo_served):
        kinds.setdefault(place.page, []).append(place)
    for place in (place for places in kinds.values() for place in places[:2]):
        for output, body in bodies_of(demo_app, draw(demo_app, place.path, place.query)):
            answer = client_of(demo_app).post("/_dash-update-component", json=body)
            assert answer.status_code in {200, 204}, f"{output}: {answer.text[:300]}"
            assert answer.status_code == 204 or "response" in json.loads(answer.text)
            asked.add(output)
    callbacks = client_of(demo_app).get("/_dash-dependencies").json
    own = {
        callback["output"]
        for callback in callbacks
        if not callback.get("clientside_function") and "_pages" not in callback["output"]
    }
    assert asked == own


def test_every_benchmark_says_what_it_measures() -> None:
    for key, benchmark in BENCHMARKS.items():
        assert benchmark.id == key
        assert benchmark.sentence.endswith(".")
