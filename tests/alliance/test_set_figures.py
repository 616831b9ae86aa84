"""A set in figures: the best of it, mean, median and aggregates, each labelled as what it is, by
the release's own rows."""

from __future__ import annotations

from statistics import fmean, median

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st

from alliance.comparison_set import choose_set, hand_made, members_of
from alliance.service import Served
from alliance.set_figures import AS_ONE, BEST, COUNTRY, MEAN, MEDIAN, REGION, SetFigure, set_figures
from alliance.view import parse_view
from indicators.words import GRADE, UNRANKED_UNITS
from tests.alliance.drawn import client_of, draw, text_of, walk
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT, SUCCESSORS, Figures

SCOPES = ("alliance", "region", "neighbours", "computed", "england", hand_made(["625", "640"]),
          "programme-partner-in-practice")  # fmt: skip


def found(
    served: Served, key: str, scope: str = "alliance", us: str = FENSHIRE, period: str = ""
) -> dict[str, SetFigure]:
    view = parse_view(served, {"us": us, "scope": scope})
    period = period or served.periods[key][-1]["period"]
    figures = served.release.figures(key, period)
    chosen = choose_set(served, view, view.scope, figures)
    listed = set_figures(served, us, served.indicators[key], chosen, figures)
    return {figure.key: figure for figure in listed}


def others(figures: Figures, served: Served, key: str, scope: str, us: str) -> dict[str, float]:
    """The published values of the members but us, by the release's own table."""
    view = parse_view(served, {"us": us, "scope": scope})
    period = served.periods[key][-1]["period"]
    rows = figures.rows(
        "SELECT area_code, value FROM observation WHERE indicator_id = ? AND period = ?"
        " AND value IS NOT NULL",
        key, period,
    )  # fmt: skip
    members = set(members_of(served, view, view.scope)) - {us}
    return {row["area_code"]: row["value"] for row in rows if row["area_code"] in members}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("key", ["cla_rate", "rereferral_pct", "cl_eet_17"])
def test_best_mean_and_median_are_of_the_other_members_as_published(
    demo_served: Served, demo_figures: Figures, key: str, scope: str
) -> None:
    values = others(demo_figures, demo_served, key, scope, FENSHIRE)
    listed = found(demo_served, key, scope)
    assert listed[MEAN].value == pytest.approx(fmean(values.values()))
    assert listed[MEDIAN].value == pytest.approx(median(values.values()))
    polarity = demo_served.indicators[key]["polarity"]
    if polarity == "none":
        assert (listed[BEST].value, listed[BEST].shown) == (None, "none")
        assert "so none is the best" in listed[BEST].what
        return
    best = (max if polarity == "high" else min)(values.values())
    assert listed[BEST].value == best
    holders = [demo_served.name(code) for code, value in values.items() if value == best]
    assert all(name in listed[BEST].what for name in holders) or len(holders) > 6
    assert f"of {len(values)} others with a figure" in listed[BEST].what


def test_what_is_worked_out_and_what_is_published_is_said_of_each(
    demo_served: Served, demo_figures: Figures
) -> None:
    listed = found(demo_served, "rereferral_pct")
    assert [figure.label for figure in listed.values()] == [
        "Best in the set", "Mean of the set", "Median of the set", "The set taken as one",
        "Eastmere, as published", "Aldermark, as published",
    ]  # fmt: skip
    for key in (MEAN, MEDIAN, AS_ONE):
        assert listed[key].what.startswith("Worked out here")
    assert "95% interval" in listed[BEST].what
    period = demo_served.periods["rereferral_pct"][-1]["period"]
    for key, code in ((REGION, "X12000006"), (COUNTRY, demo_served.country["area_code"])):
        assert listed[key].what.startswith("Published")
        published = demo_figures.row(
            "SELECT value FROM observation WHERE indicator_id = 'rereferral_pct'"
            " AND area_code = ? AND period = ?",
            code, period,
        )  # fmt: skip
        assert listed[key].value == published["value"]


def test_a_grade_has_a_best_and_is_never_averaged(demo_served: Served) -> None:
    listed = found(demo_served, "ofsted_overall", "england")
    assert list(listed) == [BEST]
    assert listed[BEST].shown == "Outstanding"


def test_whoever_answered_together_with_us_is_not_our_peer(demo_served: Served) -> None:
    listed = found(demo_served, "sw_agency", hand_made([JOINT[1]]), us=JOINT[0])
    assert listed[BEST].shown == "none"
    assert listed[MEAN].shown == "no figure"
    assert {listed[key].what for key in (BEST, MEAN, MEDIAN)} == {
        "Nobody else of the set has a figure."
    }


@given(
    st.sampled_from([FENSHIRE, CITY, ABOLISHED, *SUCCESSORS, *JOINT]),
    st.sampled_from(SCOPES),
    st.data(),
)
def test_whatever_is_compared_each_figure_says_what_it_is_and_no_unranked_measure_has_a_best(
    demo_served: Served, us: str, scope: str, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(demo_served.indicators)))
    indicator = demo_served.indicators[key]
    period = data.draw(st.sampled_from([row["period"] for row in demo_served.periods[key]]))
    for figure in found(demo_served, key, scope, us, period).values():
        assert figure.what.endswith(".")
        assert figure.shown
        assert (figure.value is None) <= (figure.against == "")
        if figure.key == BEST and figure.value is not None:
            assert indicator["polarity"] != "none"
            assert indicator["unit"] not in UNRANKED_UNITS
        if figure.key == MEAN:
            assert indicator["unit"] != GRADE


def test_the_page_and_its_file_say_the_same(demo_app: Dash, demo_served: Served) -> None:
    query = f"?us={FENSHIRE}&scope=region"
    drawn = draw(demo_app, "/indicator/rereferral_pct", query)
    section = drawn.ids["set-figures"]
    rows = [[text_of(cell) for cell in row["props"]["children"]] for row in walk(section)
            if row["type"] == "Tr"][1:]  # fmt: skip
    listed = found(demo_served, "rereferral_pct", "region")
    assert [(row[0], row[1]) for row in rows] == [
        (f"{figure.label}{figure.what}", figure.shown) for figure in listed.values()
    ]
    assert any(row[2].endswith((" higher", " lower")) for row in rows)
    period = demo_served.periods["rereferral_pct"][-1]["period"]
    address = f"/download/figures/rereferral_pct.csv{query}&period={period}"
    text = client_of(demo_app).get(address).get_data(as_text=True)
    for figure in listed.values():
        assert f"{figure.label}: {figure.shown}." in text.replace('"', "")
