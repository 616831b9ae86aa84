"""Who is like us: the models side by side, each distance explained, a set chosen by hand; and every
section of a page with its own address."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from dash import Dash, html

from alliance.components.sections import link_sections
from alliance.service import Served
from tests.alliance.conftest import make_app
from tests.alliance.drawn import Drawn, draw, text_of, walk
from tests.builders import PLACE, neighbours_of
from tests.conftest import Small
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT, SUCCESSORS


def table(drawn: Drawn, section: str) -> list[list[str]]:
    """The rows of a section's first table, as text."""
    parts = list(walk(drawn.ids[section]["props"]["children"]))
    first = next(part for part in parts if part["type"] == "Table")
    return [
        [text_of(cell) for cell in row["props"]["children"]]
        for row in walk(first)
        if row["type"] == "Tr" and isinstance(row["props"]["children"], list)
    ]


def section_text(drawn: Drawn, section: str) -> str:
    return text_of(drawn.ids[section])


@pytest.mark.parametrize("code", [FENSHIRE, CITY, ABOLISHED, *SUCCESSORS, *JOINT])
def test_the_page_is_whole_from_any_authority(demo_app: Dash, code: str) -> None:
    for query in ("", "?measures=cla_rate&weights=2", f"?codes={CITY}-{FENSHIRE}", "?set=9"):
        drawn = draw(demo_app, f"/neighbours/{code}", query)
        assert drawn.faults() == []
        assert drawn.title.startswith("Who is like ")


def test_an_authority_that_is_none_is_not_found(demo_app: Dash) -> None:
    assert draw(demo_app, "/neighbours/999").headings == ["Authority not found"]


def test_the_models_stand_side_by_side_and_who_is_in_both_is_said(small: Small) -> None:
    drawn = draw(make_app(small.store.home), "/neighbours/701")
    newest, older = (neighbours_of("701", model) for model in ("2025", "2021"))
    both = len(set(newest) & set(older))
    text = section_text(drawn, "neighbours-statistical")
    assert f"names 10 neighbours of Ashby; {both} of them are in that of 2021 too." in text
    rows = {row[0]: row[1:] for row in table(drawn, "neighbours-statistical") if len(row) == 3}
    for place, code in enumerate(newest, 1):
        mine = rows[PLACE[code].name]
        assert mine[0].startswith(f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place, 'th') },")
        assert (mine[1] == "not in it") is (code not in older)
    for code in set(older) - set(newest):
        assert rows[PLACE[code].name][0] == "not in it"
    assert "713" not in drawn.path


def test_an_authority_that_no_model_knows_is_told_so(small: Small) -> None:
    drawn = draw(make_app(small.store.home), "/neighbours/713")
    assert "No model of this release names neighbours of Gorse." in drawn.texts


def test_each_distance_is_explained_measure_by_measure(demo_app: Dash, demo_served: Served) -> None:
    query = "?measures=population_0_17,cs_spend_per_child&weights=1,2"
    rows = table(draw(demo_app, f"/neighbours/{FENSHIRE}", query), "neighbours-computed")
    head, ours, *near = rows
    assert head[:3] == ["Authority", "Distance", "In the ten"]
    assert ours[0] == "Fenshire (us)"
    values = {
        key: {r["area_code"]: r["value"] for r in demo_served.release.latest_values([key])}
        for key in ("population_0_17", "cs_spend_per_child")
    }
    have = [
        code
        for code in set.intersection(*(set(found) for found in values.values()))
        if demo_served.authorities[code]["valid_to"] is None
    ]
    codes = {demo_served.name(code): code for code in have}
    spread = {}
    for key, found in values.items():
        mean = sum(found[code] for code in have) / len(have)
        spread[key] = math.sqrt(sum((found[code] - mean) ** 2 for code in have) / len(have))
    assert len(near) == 10
    for name, distance, _, size, spend in near:
        parts = [
            weight * ((values[key][codes[name]] - values[key][FENSHIRE]) / spread[key]) ** 2
            for key, weight in (("population_0_17", 1), ("cs_spend_per_child", 2))
        ]
        assert float(distance) == pytest.approx(math.sqrt(sum(parts)), abs=0.006)
        for cell, part in zip((size, spend), parts, strict=True):
            assert f"{round(100 * part / sum(parts))}% of the distance" in cell


def test_without_a_figure_it_says_which_measure_to_leave_out(demo_app: Dash) -> None:
    text = section_text(draw(demo_app, f"/neighbours/{ABOLISHED}"), "neighbours-computed")
    assert "Wolmershire has no figure for “Children aged 0 to 17” (" in text
    assert "did not exist then)" in text
    assert "Leave those out below." in text


def test_authorities_chosen_by_hand_lead_to_a_comparison_with_them(demo_app: Dash) -> None:
    drawn = draw(demo_app, f"/neighbours/{FENSHIRE}", f"?codes={CITY}-999-625")
    assert drawn.ids["neighbours-codes"]["props"]["value"] == [CITY, "625"]
    assert f"scope=codes-{CITY}-625" in drawn.ids["neighbours-links-1"]["props"]["href"]
    assert drawn.ids["neighbours-links"]["props"]["className"] == ""
    none = draw(demo_app, f"/neighbours/{FENSHIRE}")
    assert none.ids["neighbours-links"]["props"]["className"] == "none-chosen"


# Sections ---------------------------------------------------------------------------------------


def links(children: list[object]) -> list[tuple[str, str]]:
    found = link_sections(children, prefix="page-")
    tree = html.Div(found)
    return [
        (part.href, getattr(part, "aria-label"))
        for part in tree._traverse()
        if isinstance(part, html.A)
    ]


def test_every_section_has_an_address_and_its_heading_a_link_to_it() -> None:
    named = html.Section([html.H2("Data"), html.P("x")], id="page-data")
    own = html.Section(html.Div([html.H2("Chart", id="page-chart-title"), html.P("x")]))
    unnamed = html.Section([html.H2(["About ", html.B("this")])])
    assert links([html.H1("Page"), named, own, unnamed, html.H2("Alone")]) == [
        ("#page-data", "Link to this section: Data"),
        ("#page-chart-title", "Link to this section: Chart"),
        ("#page-about-this", "Link to this section: About this"),
    ]
    assert unnamed.id == "page-about-this"


@pytest.mark.parametrize("path", ["/", "/indicator/cla_rate", f"/authority/{FENSHIRE}", "/data"])
def test_a_link_to_a_section_leads_to_what_is_on_the_page(demo_app: Dash, path: str) -> None:
    drawn = draw(demo_app, path)
    targets = [part["props"]["href"] for part in drawn.find(css="section-link")]
    assert targets
    assert len(set(targets)) == len(targets)
    assert {target.removeprefix("#") for target in targets} <= set(drawn.ids)


def test_before_there_is_a_release_the_page_says_what_to_do(tmp_path: Path) -> None:
    drawn = draw(make_app(tmp_path), "/neighbours/629")
    assert drawn.headings == ["There is nothing to show yet"]
