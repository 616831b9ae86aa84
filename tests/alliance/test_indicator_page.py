"""An indicator's page: its sections in a director's order, each chart with its own numbers."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from dash import Dash

from alliance.pages.indicator import TABS
from alliance.view import DEFAULTS
from tests.alliance.drawn import Drawn, client_of, draw, text_of, walk
from tests.demonstration import CITY, FENSHIRE, Figures

EVERY_SECTION = "/indicator/factor_neglect"
ORDER = [
    "ranked",
    "set-figures",
    "evidence",
    "trend",
    "funnel",
    "spread",
    "map",
    "breakdown",
    "about",
]


def sections_of(drawn: Drawn) -> list[str]:
    """The ids of the page's sections, from the top."""
    found = [part["props"].get("id") for part in drawn.find("Section")]
    return [name for name in found if name in ORDER]


def section(drawn: Drawn, name: str) -> dict[str, Any]:
    """One section of the page."""
    return next(part for part in drawn.find("Section") if part["props"].get("id") == name)


def inside(drawn: Drawn, name: str, kind: str) -> dict[str, Any]:
    """The only component of a type in a section."""
    (found,) = [part for part in walk(section(drawn, name)) if part["type"] == kind]
    return found["props"]


def test_the_sections_stand_in_the_order_in_which_a_director_asks(demo_app: Dash) -> None:
    assert sections_of(draw(demo_app, EVERY_SECTION)) == ORDER


@pytest.mark.parametrize(
    ("indicator", "without"),
    [
        ("ofsted_overall", {"funnel", "spread", "breakdown"}),
        ("population_0_17", {"funnel", "map", "breakdown"}),
        ("sw_agency", {"funnel", "breakdown"}),
        ("cla_rate", {"breakdown"}),
    ],
)
def test_an_indicator_has_the_sections_that_it_can_bear(
    demo_app: Dash, indicator: str, without: set[str]
) -> None:
    drawn = draw(demo_app, f"/indicator/{indicator}")
    assert sections_of(drawn) == [name for name in ORDER if name not in without]
    assert drawn.faults() == []


def test_the_name_of_each_chart_is_the_sentence_before_it(demo_app: Dash) -> None:
    drawn = draw(demo_app, EVERY_SECTION)
    for name in TABS:
        parts = list(walk(section(drawn, name)))
        (sentence,) = [p for p in parts if p["props"].get("className") == "sentence"]
        (graph,) = [p for p in parts if p["props"].get("role") == "img"]
        assert graph["props"]["aria-label"] == text_of(sentence)
        assert any(p["type"] == "Summary" and text_of(p) == "How to read this" for p in parts)


@pytest.mark.parametrize("tab", TABS)
def test_an_address_opens_the_tab_that_it_names_and_no_other(demo_app: Dash, tab: str) -> None:
    drawn = draw(demo_app, EVERY_SECTION, f"?{tab}=table")
    values = {name: drawn.ids[component]["props"]["value"] for name, component in TABS.items()}
    assert values == {name: "table" if name == tab else "chart" for name in TABS}
    assert DEFAULTS[tab] == "chart"


MARKERS = {"spread": "x", "funnel": "y"}


@pytest.mark.parametrize("us", [FENSHIRE, CITY])
@pytest.mark.parametrize("name", MARKERS)
def test_the_table_has_the_numbers_of_the_chart(demo_app: Dash, name: str, us: str) -> None:
    drawn = draw(demo_app, EVERY_SECTION, f"?us={us}")
    traces = inside(drawn, name, "Graph")["figure"]["data"]
    drawn_values = sorted(v for t in traces if t["mode"] == "markers" for v in t[MARKERS[name]])
    records = inside(drawn, name, "AgGrid")["rowData"]
    assert drawn_values == sorted(record["value"] for record in records)
    assert len(records) > 100


def test_the_map_and_its_table_show_every_authority_there_is(
    demo_app: Dash, demo_figures: Figures
) -> None:
    drawn = draw(demo_app, EVERY_SECTION)
    current = demo_figures.column(
        "SELECT name FROM area WHERE area_level = 'authority' AND valid_to IS NULL"
    )
    traces = inside(drawn, "map", "Graph")["figure"]["data"]
    tiles = [text for t in traces if t["type"] == "bar" for text in t["hovertext"]]
    assert sorted(text.split("</b>")[0][3:] for text in tiles) == sorted(current)
    records = {record["name"]: record for record in inside(drawn, "map", "AgGrid")["rowData"]}
    assert set(records) == set(current)
    for text in tiles:
        name, shown = text[3:].split("</b><br>")[0], text.split("<br>")[1]
        assert shown == (records[name]["shown"] or records[name]["where"])


def test_the_breakdown_and_its_table_have_the_same_figures(demo_app: Dash) -> None:
    drawn = draw(demo_app, EVERY_SECTION)
    bar = inside(drawn, "breakdown", "Graph")["figure"]["data"][0]
    body = [p for p in walk(section(drawn, "breakdown")) if p["type"] == "Tr"][1:]
    cells = [[text_of(cell) for cell in row["props"]["children"]] for row in body]
    assert len(cells) == len(bar["x"]) == 10
    for row, value in zip(cells, bar["x"], strict=True):
        assert (row[1] == f"{value:.1f}%") == (value is not None)


def test_faint_lines_and_their_table_have_the_same_figures(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator/cla_rate")
    peers = inside(drawn, "trend", "Graph")["figure"]["data"][0]
    assert peers["name"] == "Members of the set"
    tables = [p for p in walk(section(drawn, "trend")) if p["type"] == "Table"]
    cells = [text_of(p) for p in walk(tables[1]) if p["type"] == "Td"]
    known = [value for value in peers["y"] if value is not None]
    assert [cell for cell in cells if cell != "no figure"] == [f"{value:.0f}" for value in known]
    assert "Fenshire" not in {text_of(p) for p in walk(tables[1]) if p["type"] == "Th"}


def test_an_authority_without_a_figure_is_told_why_in_every_section(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator/cl_eet_17", f"?us={CITY}")
    for name in ("ranked", "funnel", "spread", "map"):
        parts = walk(section(drawn, name))
        (sentence,) = [text_of(p) for p in parts if p["props"].get("className") == "sentence"]
        assert sentence.startswith("City of Crownhaven: suppressed"), name


def test_totals_of_many_authorities_are_in_the_tables_and_not_in_the_charts(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator/population_0_17", f"?us={FENSHIRE}")
    for name in ("ranked", "trend"):
        figure = inside(drawn, name, "Graph")["figure"]
        assert not {"Aldermark", "Eastmere"} & {trace.get("name") for trace in figure["data"]}
        assert "total" in text_of(section(drawn, name))
    assert "Aldermark" in " ".join(
        text_of(part) for part in walk(section(drawn, "trend")) if part["type"] == "Table"
    )


def test_a_funnel_says_whether_authorities_differ_by_more_than_chance(demo_app: Dash) -> None:
    notes = " ".join(draw(demo_app, "/indicator/cla_rate").notes)
    assert "(over-dispersion), so the limits are widened" in notes


def test_the_line_of_a_funnel_is_said_to_be_what_it_is_and_never_the_country(
    demo_app: Dash, demo_figures: Figures
) -> None:
    rows = demo_figures.rows(
        "SELECT numerator, denominator FROM observation JOIN area USING (area_code) WHERE "
        "indicator_id = 'cl_eet_17' AND period = ? AND value IS NOT NULL AND numerator IS NOT NULL "
        "AND area_level = 'authority' AND (joint_with IS NULL OR area_code < joint_with)",
        "2025",
    )
    average = 100 * sum(r["numerator"] for r in rows) / sum(r["denominator"] for r in rows)
    average_words = re.compile(rf"verage of the (\d+) authorities with counts[,: (]+{average:.1f}%")
    chart = draw(demo_app, "/indicator/cl_eet_17")
    table = draw(demo_app, "/indicator/cl_eet_17", "?funnel=table")
    (level,) = [t for t in inside(chart, "funnel", "Graph")["figure"]["data"]
                if t["mode"] == "lines" and t["line"]["dash"] == "dot"]  # fmt: skip
    address = "/download/funnel.csv?indicator=cl_eet_17&period=2025"
    told = {
        "sentence": next(s for s in chart.sentences if "around the average" in s),
        "table": " ".join(text_of(p) for p in walk(section(table, "funnel")) if p["type"] == "P"),
        "evidence": text_of(section(chart, "evidence")),
        "file": client_of(demo_app).get(address).get_data(as_text=True),
    }
    assert re.fullmatch(rf"Average of \d+ \({average:.1f}%\)", level["name"]), level["name"]
    assert {place for place, words in told.items() if average_words.search(words)} == set(told), (
        told
    )
    for place in ("sentence", "table", "file"):
        assert "(Aldermark’s published figure: " in told[place], place


def test_the_page_is_not_heavy(demo_app: Dash) -> None:
    drawn = draw(demo_app, EVERY_SECTION, "?scope=england")
    assert len(json.dumps(drawn.tree)) < 400_000


# Exports ----------------------------------------------------------------------------------------


def download(app: Dash, address: str) -> list[dict[str, str]]:
    """The rows of a CSV, without the lines that say what they are."""
    answer = client_of(app).get(address)
    assert answer.status_code == 200, address
    lines = [line for line in answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
             if not line.startswith("#")]  # fmt: skip
    return list(csv.DictReader(io.StringIO("\n".join(lines))))


def test_the_links_of_each_section_give_its_own_numbers(demo_app: Dash) -> None:
    drawn = draw(demo_app, EVERY_SECTION)
    for name in ("funnel", "breakdown"):
        (link,) = [p["props"]["href"] for p in walk(section(drawn, name))
                   if p["type"] == "A" and text_of(p) == "CSV"]  # fmt: skip
        rows = download(demo_app, link)
        figure = inside(drawn, name, "Graph")["figure"]["data"]
        if name == "funnel":
            points = [v for t in figure if t["mode"] == "markers" for v in t["y"]]
            assert sorted(float(row["value"]) for row in rows) == pytest.approx(sorted(points))
            assert {"z", "place", "denominator"} <= set(rows[0])
        else:
            assert [float(row["value"]) for row in rows] == pytest.approx(figure[0]["x"])


@pytest.mark.parametrize(
    "address",
    [
        "/download/funnel.csv?indicator=ofsted_overall&period=2025",
        "/download/funnel.csv?indicator=cla_rate&period=1900",
        "/download/breakdown.csv?indicator=cla_rate&period=2025",
        "/download/breakdown.csv?indicator=nothing&period=2025",
    ],
)
def test_a_file_of_what_is_not_there_is_not_found(demo_app: Dash, address: str) -> None:
    assert client_of(demo_app).get(address).status_code == 404
