"""The spine: England in the middle, better to the right, context neither good nor bad."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st

from alliance.charts.spine import EDGE, SYMBOLS, SpineRow, Spread, can_be_drawn, spine
from alliance.profile import read_profile
from alliance.service import Served
from tests.alliance.drawn import Drawn, draw, text_of
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT, SUCCESSORS, Figures

NAMES = {"us": "Fenshire", "region": "Eastmere", "country": "Aldermark"}
SPREAD = Spread(150, 0.0, 10.0, 40.0, 60.0, 90.0, 100.0)


def a_row(
    value: float, *, polarity: str = "low", verdict: str | None = None, **more: Any
) -> SpineRow:
    indicator = {
        "indicator_id": "made_up", "title": "Made up", "domain": "Topic", "unit": "percent",
        "decimals": 1, "polarity": polarity,
    }  # fmt: skip
    figure = {
        "value": value, "england": 50.0, "region": 45.0, "vs_england": verdict, "period": "2025",
        "ci95_low": None, "ci95_high": None,
    }  # fmt: skip
    return SpineRow(indicator, figure | more, SPREAD)


@pytest.mark.parametrize(
    ("polarity", "value", "side"),
    [("low", 40.0, 1), ("low", 60.0, -1), ("high", 60.0, 1), ("high", 40.0, -1),
     ("none", 60.0, 1), ("none", 40.0, -1), ("low", 50.0, 0)],
)  # fmt: skip
def test_better_is_to_the_right_and_of_a_context_measure_higher(
    polarity: str, value: float, side: int
) -> None:
    place = a_row(value, polarity=polarity).place(value)
    assert (place > 0) - (place < 0) == side


NUMBERS = st.floats(-1e9, 1e9)


@given(st.lists(NUMBERS, min_size=7, max_size=7), NUMBERS, st.sampled_from(["low", "high", "none"]))
def test_every_figure_stands_within_the_chart_and_in_its_order(
    values: list[float], england: float, polarity: str
) -> None:
    ends = sorted(values)
    row = SpineRow(
        a_row(0, polarity=polarity).indicator,
        {"england": england},
        Spread(9, *ends[:3], *ends[4:]),
    )
    places = [row.place(value) for value in ends]
    assert all(-EDGE <= place <= EDGE for place in places)
    assert row.place(england) == 0
    assert places == sorted(places, reverse=polarity == "low")
    base, wide = row.span(ends[0], ends[-1])
    assert wide >= 0
    assert (base, base + wide) == pytest.approx((min(places), max(places)))


def test_the_middle_95_percent_fit_and_what_is_beyond_stands_at_the_edge() -> None:
    row = a_row(50, polarity="high")
    assert 0 < row.place(90.0) < EDGE
    assert row.place(100.0) == row.place(5_000.0) == EDGE
    assert row.place(-5_000.0) == -EDGE


@pytest.mark.parametrize("verdict", SYMBOLS)
def test_our_shape_says_what_the_interval_does_without_colour(verdict: str | None) -> None:
    figure = spine([a_row(40, verdict=verdict)], **NAMES)
    (ours,) = [trace for trace in figure["data"] if "hovertext" in trace]
    assert ours["marker"]["symbol"] == SYMBOLS[verdict]
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
    assert any("40.0%" in str(note["text"]) for note in figure["layout"]["annotations"])


def test_a_region_without_a_figure_has_no_diamond() -> None:
    figure = spine([a_row(40, region=None)], **NAMES)
    assert "Region" not in {trace["name"] for trace in figure["data"]}


def test_a_grade_a_missing_figure_and_one_without_the_country_s_are_not_drawn() -> None:
    row = a_row(40)
    assert can_be_drawn(row.indicator, row.figure)
    assert not can_be_drawn({**row.indicator, "unit": "grade"}, row.figure)
    assert not can_be_drawn(row.indicator, {**row.figure, "value": None})
    assert not can_be_drawn(row.indicator, {**row.figure, "england": None})


def test_the_spread_of_an_indicator_is_of_every_published_figure(
    demo_served: Served, demo_figures: Figures
) -> None:
    profile = read_profile(demo_served, FENSHIRE)
    rows = profile.spine_rows(None)
    assert len(rows) > 50
    for row in rows:
        values = [
            float(str(value))
            for value in demo_figures.column(
                "SELECT value FROM comparison WHERE indicator_id = ? AND period = ? "
                "AND value IS NOT NULL",
                row.indicator["indicator_id"],
                row.figure["period"],
            )
        ]
        assert (row.spread.n, row.spread.lowest, row.spread.highest) == (
            len(values), min(values), max(values),
        )  # fmt: skip


def chart_of(drawn: Drawn) -> dict[str, Any]:
    (graph,) = drawn.find("Graph")
    return dict(graph["props"]["figure"])


@pytest.mark.parametrize("code", [FENSHIRE, CITY, ABOLISHED, *SUCCESSORS, *JOINT])
def test_every_headline_indicator_is_drawn_or_named_with_the_reason(
    code: str, demo_app: Dash, demo_served: Served
) -> None:
    drawn = draw(demo_app, f"/authority/{code}")
    assert drawn.faults() == []
    figure = chart_of(drawn)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    shown = " ".join(
        str(note["text"]).replace("<br>", " ") for note in figure["layout"]["annotations"]
    )
    left_out = " ".join(text_of(part) for part in drawn.find(css="absences"))
    for indicator, row in read_profile(demo_served, code).chosen(None):
        there = f"{indicator['title']}, {row['period']}" in shown
        assert there != (indicator["title"] in left_out), indicator["title"]


def test_a_context_measure_has_no_shape_that_judges(demo_app: Dash, demo_served: Served) -> None:
    profile = read_profile(demo_served, FENSHIRE)
    context = {i["title"] for i, _ in profile.chosen(None) if i["polarity"] == "none"}
    assert len(context) > 10
    for trace in chart_of(draw(demo_app, f"/authority/{FENSHIRE}"))["data"]:
        if trace["name"] in {"Better", "Worse"}:
            titles = {text.split("</b>")[0].removeprefix("<b>") for text in trace["hovertext"]}
            assert titles
            assert not titles & context


def test_one_topic_is_drawn_and_tabled_alone(demo_app: Dash) -> None:
    drawn = draw(demo_app, f"/authority/{FENSHIRE}", "?topic=Workforce&profile=table")
    assert drawn.faults() == []
    (table,) = drawn.find(css="profile")
    assert "Agency social workers" in text_of(table)
    assert "Re-referrals" not in text_of(table)
    assert "Re-referrals" not in json.dumps(chart_of(drawn))
    assert drawn.ids["authority-profile-tab"]["props"]["value"] == "table"
