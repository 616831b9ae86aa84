"""The comparison: its address holds all of it, its table says every figure in words, and its
sentences claim no more than the figures bear."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import openpyxl
import pytest
from dash import Dash
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.charts.scatter import PLOT, place_names
from alliance.charts.small_multiples import Panel, draw_panel, round_values, value_range
from alliance.compare.rows import Compared, find_change
from alliance.compare.scatter_section import pair_figures, pair_periods
from alliance.compare.selection import (
    compare_address,
    compare_query,
    read_selection,
)
from alliance.compare.table import GRID
from alliance.pages.compare import follow_choice
from alliance.service import Served
from alliance.view import parse_view
from ingest.grades import GRADE_WORDS
from tests.alliance.drawn import Drawn, draw, text_of, walk
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT, SUCCESSORS, Figures

MANY = "cla_rate,cpp_rate,rereferral_pct,cl_eet_17,ofsted_overall,sw_agency,cs_spend_per_child"


def compare(app: Dash, **query: str) -> Drawn:
    return draw(app, "/compare", f"?{urlencode(query)}")


def selected(served: Served, **query: str) -> Any:
    return read_selection(served, parse_view(served, query), query)


def cells(drawn: Drawn) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in drawn.ids[GRID]["props"]["rowData"]}


# What is chosen ---------------------------------------------------------------------------------


def test_nothing_chosen_offers_three_comparisons_that_work(demo_app: Dash) -> None:
    drawn = compare(demo_app, us=FENSHIRE)
    assert drawn.faults() == []
    links = [part["props"]["href"] for part in drawn.find(css="example")]
    assert len(links) == 3
    for link in links:
        shown = draw(demo_app, "/compare", f"?{urlsplit(link).query}")
        assert shown.faults() == []
        assert "Fenshire" in shown.sentences[0]


SELECTIONS = st.fixed_dictionaries(
    {"us": st.sampled_from([FENSHIRE, CITY, ABOLISHED])},
    optional={
        "areas": st.sampled_from(["537", "537,500", f"{ABOLISHED},537"]),
        "scope": st.sampled_from(["neighbours", "england", "region"]),
        "indicators": st.sampled_from(["cla_rate", "cla_rate,cpp_rate", MANY]),
        "from": st.sampled_from(["2021", "2023"]),
        "to": st.sampled_from(["2024", "2025"]),
        "periods": st.sampled_from(["2025", "2024,2024/25"]),
        "show": st.sampled_from(["table", "multiples", "scatter"]),
        "cells": st.sampled_from(["values", "intervals"]),
        "of": st.sampled_from(["cpp_rate", "every"]),
        "x": st.just("referral_rate"),
        "y": st.just("sw_agency"),
    },
)


@given(query=SELECTIONS)
@settings(max_examples=30)
def test_an_address_reproduces_the_selection(demo_served: Served, query: dict[str, str]) -> None:
    view = parse_view(demo_served, query)
    chosen = read_selection(demo_served, view, query)
    again = compare_query(chosen, view)
    assert read_selection(demo_served, parse_view(demo_served, again), again) == chosen
    parsed = {k: v[0] for k, v in parse_qs(urlsplit(compare_address(again)).query).items()}
    assert parsed == again


@given(
    query=st.dictionaries(
        st.sampled_from(["areas", "scope", "indicators", "from", "to", "show", "of", "x", "cells"]),
        st.text(max_size=30),
    )
)
@settings(max_examples=30)
def test_whatever_is_typed_into_the_address_is_read(
    demo_served: Served, query: dict[str, str]
) -> None:
    chosen = selected(demo_served, **query)
    assert chosen.areas
    assert set(chosen.areas) <= set(demo_served.authorities)
    assert set(chosen.indicators) <= set(demo_served.indicators)
    assert chosen.first <= chosen.last


def test_what_an_address_has_wrong_is_said(demo_app: Dash) -> None:
    drawn = compare(demo_app, indicators="cla_rate,nothing", areas="537,999")
    said = [text_of(part) for part in drawn.find(css="note")]
    assert "There is no authority 999 in this release." in said
    assert "There is no indicator nothing in this release." in said


def test_there_is_no_cap_on_authorities_indicators_or_years(demo_served: Served) -> None:
    everyone = ",".join(demo_served.authorities)
    chosen = selected(
        demo_served, areas=everyone, indicators=",".join(demo_served.indicators), us=FENSHIRE
    )
    assert len(chosen.areas) == len(demo_served.authorities)
    assert chosen.areas[0] == FENSHIRE
    assert chosen.indicators == tuple(demo_served.indicators)


CHOICE = dict.fromkeys(("scope", "from", "to", "cells", "of", "x", "y"), "") | {
    "scope": "alliance", "from": "2021", "to": "2025", "x": "a", "y": "b",
}  # fmt: skip


def test_a_set_replaces_names_and_names_replace_a_set() -> None:
    by_set = follow_choice(
        "compare-scope", CHOICE | {"scope": "england"}, indicators=["a"], areas=["537"], before={}
    )
    assert (by_set["areas"], by_set["scope"]) == ("", "england")
    by_name = follow_choice("compare-apply", CHOICE, indicators=["a"], areas=["537"], before={})
    assert (by_name["areas"], by_name["scope"]) == ("537", None)


def test_what_nobody_chose_stays_out_of_the_address() -> None:
    found = follow_choice("compare-apply", CHOICE, indicators=["a"], areas=[], before={})
    assert not {"from", "to", "x", "y", "cells", "of"} & set(found)
    years = follow_choice(
        "compare-to", CHOICE, indicators=["a"], areas=[], before={"periods": "2024", "show": "x"}
    )
    assert (years["from"], years["to"], years["periods"], years["show"]) == (
        "2021", "2025", None, "x",
    )  # fmt: skip


# The table --------------------------------------------------------------------------------------


def test_every_cell_of_the_table_is_the_release_s_figure(
    demo_app: Dash, demo_figures: Figures
) -> None:
    drawn = compare(demo_app, us=FENSHIRE, indicators="cla_rate,cpp_repeat_pct", scope="neighbours")
    assert drawn.faults() == []
    groups = drawn.ids[GRID]["props"]["columnDefs"][1:]
    rows = cells(drawn)
    assert len(rows) == 11
    assert next(iter(rows)) == "Fenshire"
    seen = 0
    for number, key in enumerate(("cla_rate", "cpp_repeat_pct")):
        periods = [column["headerName"] for column in groups[number]["children"][:-1]]
        for figure in demo_figures.rows(
            "SELECT a.name, c.period, c.value FROM comparison AS c JOIN area AS a USING (area_code)"
            " WHERE indicator_id = ?", key,
        ):  # fmt: skip
            if figure["name"] in rows and figure["period"] in periods:
                cell = f"{number}_{periods.index(figure['period'])}"
                assert rows[figure["name"]].get(f"v{cell}") == figure["value"]
                assert bool(rows[figure["name"]][f"t{cell}"])
                seen += 1
    assert seen == 2 * 5 * 11


def test_a_suppressed_figure_is_said_in_words_and_has_no_value(demo_app: Dash) -> None:
    drawn = compare(demo_app, us=CITY, indicators="cl_eet_17")
    row = next(iter(cells(drawn).values()))
    assert row["us"]
    texts = [value for key, value in row.items() if key.startswith("t0_") and "change" not in key]
    assert set(texts) <= {"suppressed", "not applicable", "not available"}
    assert not [key for key in row if key.startswith("v0_")]


def test_intervals_are_shown_when_asked_for(demo_app: Dash) -> None:
    plain = cells(compare(demo_app, us=FENSHIRE, indicators="cla_rate"))["Fenshire"]
    wide = cells(compare(demo_app, us=FENSHIRE, indicators="cla_rate", cells="intervals"))
    assert "(" not in plain["t0_4"]
    assert plain["n0_4"].startswith("95% interval ")
    assert wide["Fenshire"]["t0_4"] == f"{plain['t0_4']} ({plain['n0_4'].split(' ', 2)[2]})"


def test_grades_have_words_and_neither_median_nor_change(demo_app: Dash) -> None:
    grid = compare(demo_app, us=FENSHIRE, indicators="ofsted_overall").ids[GRID]["props"]
    heads = [column["headerName"] for column in grid["columnDefs"][1]["children"]]
    assert not [head for head in heads if "Change" in head]
    *middles, best = grid["dashGridOptions"]["pinnedTopRowData"]
    assert [row["name"] for row in middles] == ["Median of the others", "Mean of the others"]
    for row in middles:
        assert {v for key, v in row.items() if key.startswith("t0_") and v} == {"not averaged"}
    assert best["name"] == "Best of the others"
    assert {v for key, v in best.items() if key.startswith("t0_") and v} <= {
        *GRADE_WORDS.values(), "no figure",
    }  # fmt: skip


def test_the_best_of_the_others_is_named_and_a_context_measure_has_none(demo_app: Dash) -> None:
    drawn = compare(demo_app, us=FENSHIRE, areas="625,640", indicators="rereferral_pct,cla_rate")
    grid = drawn.ids[GRID]["props"]
    best = grid["dashGridOptions"]["pinnedTopRowData"][2]
    rows = [row for row in grid["rowData"] if not row["us"]]
    places = [key[1:] for key in best if key.startswith("n0_")]
    assert places
    for place in places:
        low = min(row[f"v{place}"] for row in rows if f"v{place}" in row)
        assert best[f"v{place}"] == low
        assert best[f"n{place}"] in {row["name"] for row in rows if row[f"v{place}"] == low}
    assert {v for key, v in best.items() if key.startswith("t1_")} <= {"none", ""}
    (below,) = drawn.find("Details", css="compare-on-top")
    lines = [[text_of(c) for c in walk(line) if c["type"] in {"Th", "Td"}]
             for line in walk(below) if line["type"] == "Tr"]  # fmt: skip
    said = {(cells[0], cells[1]): cells[3] for cells in lines}
    heads = grid["columnDefs"][1]
    for place, column in zip(places, heads["children"], strict=False):
        words = said[heads["headerName"], column["headerName"]]
        assert words.endswith(f": {best[f'n{place}']}")
        assert words.startswith(f"{best[f't{place}']}:")
    assert "none is better" in said.values()


def test_of_many_indicators_the_lines_on_top_are_said_of_the_latest_period(
    demo_app: Dash, demo_served: Served
) -> None:
    keys = ",".join(list(demo_served.headline)[:20])
    (below,) = draw(
        demo_app, "/compare", f"?us={FENSHIRE}&indicators={keys}&from=2019&to=2025"
    ).find("Details", css="compare-on-top")
    lines = [line for line in walk(below) if line["type"] == "Tr"]
    assert 10 < len(lines) <= 21
    assert "The latest period shown of each indicator." in text_of(below)


def test_a_change_needs_both_ends() -> None:
    assert find_change([1.0, None, 4.0]) == 3.0
    assert find_change([None, 4.0]) is None
    assert find_change([4.0, None]) is None
    assert find_change([4.0]) is None


def test_medians_are_of_the_others_with_a_figure(demo_served: Served) -> None:
    view = parse_view(demo_served, {"us": FENSHIRE})
    query = {"areas": "537,500,538", "indicators": "cla_rate", "us": FENSHIRE}
    compared = Compared(demo_served, read_selection(demo_served, view, query), ("cla_rate",))
    values = sorted(
        v for c in ("537", "500", "538") if (v := compared.value("cla_rate", "2025", c)) is not None
    )
    middle = values[len(values) // 2] if len(values) % 2 else sum(values) / 2
    assert compared.median("cla_rate", "2025") == middle


@pytest.mark.parametrize("us", [CITY, ABOLISHED, *SUCCESSORS, *JOINT])
@pytest.mark.parametrize("show", ["table", "multiples", "scatter"])
def test_a_comparison_is_whole_from_an_unusual_authority(
    demo_app: Dash, us: str, show: str
) -> None:
    for more in ({}, {"of": "every"}, {"x": "ofsted_overall", "y": "cla_rate"}, {"tab": "table"}):
        drawn = compare(demo_app, us=us, show=show, indicators=MANY, **more)
        assert drawn.faults() == []


# Small multiples --------------------------------------------------------------------------------


def test_a_panel_for_each_authority_ours_first_and_marked(demo_app: Dash) -> None:
    drawn = compare(demo_app, us=FENSHIRE, indicators="cla_rate", show="multiples")
    names = [text_of(part) for part in drawn.find(css="panel-name")]
    assert names[0] == "Fenshire"
    assert len(names) == len(set(names)) > 5
    assert len(list(drawn.find(css="panel-us"))) == 1


def test_a_gap_is_named_below_its_panel(demo_app: Dash) -> None:
    drawn = compare(demo_app, us=CITY, indicators="cl_eet_17", show="multiples")
    said = [text_of(part) for part in drawn.find(css="panel-gaps")]
    assert any("suppressed" in words for words in said)


def test_panels_of_one_indicator_have_one_scale() -> None:
    low = Panel("A", ("2024", "2025"), (10.0, 12.0), (None, None), "count", 0)
    high = Panel("B", ("2024", "2025"), (80.0, 90.0), (None, None), "count", 0)
    ends = value_range([low, high])
    assert ends[0] <= 10
    assert ends[1] >= 90
    assert draw_panel(low, ends) != draw_panel(low, value_range([low]))


@given(low=st.floats(-1e5, 1e5), span=st.floats(1e-3, 1e6))
def test_round_values_lie_between_the_ends_and_are_few(low: float, span: float) -> None:
    found = round_values((low, low + span))
    assert 1 <= len(found) <= 4
    slack = span * 1e-6 + abs(low) * 1e-9
    assert all(low - slack <= value <= low + span + slack for value in found)


# Scatter ----------------------------------------------------------------------------------------


def test_a_scatter_says_how_many_have_both_and_that_it_is_no_cause(demo_app: Dash) -> None:
    drawn = compare(demo_app, us=FENSHIRE, show="scatter", x="referral_rate", y="rereferral_pct")
    assert drawn.faults() == []
    (sentence,) = drawn.sentences
    assert "authorities have both figures" in sentence
    assert "Rank correlation" in sentence
    assert "does not show that one brings about the other" in sentence
    figure = next(drawn.find("Graph"))["props"]["figure"]
    ours = next(trace for trace in figure["data"] if trace["name"] == "Fenshire")
    assert len(ours["x"]) == 1
    assert len(figure["layout"]["shapes"]) == 2


def test_nobody_without_both_figures_is_drawn(demo_served: Served) -> None:
    periods = pair_periods(demo_served, "cla_rate", "cl_eet_17", None)
    assert periods is not None
    pairs = pair_figures(demo_served, "cla_rate", "cl_eet_17", periods)
    drawn = {row["area_code"] for row in pairs.both}
    assert CITY in pairs.lacking
    assert "suppressed" in pairs.lacking[CITY]
    assert not drawn & set(pairs.lacking)
    assert all(row["x"] is not None and row["y"] is not None for row in pairs.both)


def test_periods_are_paired_by_the_year_in_which_they_end(demo_served: Served) -> None:
    periods = pair_periods(demo_served, "cs_spend_per_child", "cl_eet_19", None)
    assert periods == ("2024/25", "2025")


SPOTS = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=20)


@given(SPOTS)
def test_names_stand_inside_the_chart_and_none_twice(spots: list[tuple[float, float]]) -> None:
    rows = [{"area_code": str(i), "x": x, "y": y} for i, (x, y) in enumerate(spots)]
    names = {row["area_code"]: "Fenshire" for row in rows}
    places = place_names(rows, rows, names)
    assert set(places) <= set(names)
    assert PLOT[0] > 500


# The files --------------------------------------------------------------------------------------


def fetch(app: Dash, form: str, **query: str) -> Any:
    return app.server.test_client().get(f"/download/compare.{form}?{urlencode(query)}")


def test_the_csv_has_one_line_for_each_figure(demo_app: Dash) -> None:
    answer = fetch(demo_app, "csv", us=FENSHIRE, indicators="cla_rate,cl_eet_17", scope="england")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith(("#", "\ufeff#"))]
    assert lines[0].split(",")[:4] == ["indicator_id", "indicator", "unit", "area_code"]
    assert any(",suppressed," in line for line in lines)
    assert "Demonstration: invented authorities and figures" in answer.text


def test_the_workbook_has_a_sheet_for_each_indicator(demo_app: Dash) -> None:
    answer = fetch(demo_app, "xlsx", us=FENSHIRE, indicators="cla_rate,cl_eet_17,ofsted_overall")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert len(book.sheetnames) == 4
    assert book.sheetnames[-1] == "About"
    for sheet in book.worksheets[:-1]:
        values = {cell.value for row in sheet.iter_rows() for cell in row}
        assert "Fenshire" in values
        assert "Demonstration: invented authorities and figures" in values


@pytest.mark.parametrize(
    "query",
    [
        {}, {"indicators": "nothing"}, {"indicators": "cla_rate", "scope": "nowhere"},
        {"indicators": "cla_rate", "areas": "999"},
    ],
)  # fmt: skip
def test_no_file_of_what_is_not_there(demo_app: Dash, query: dict[str, str]) -> None:
    assert fetch(demo_app, "csv", **query).status_code == 404
