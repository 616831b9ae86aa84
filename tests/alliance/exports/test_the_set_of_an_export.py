"""A file answers for the very set, period and selection that its address names, says which they
are, and is refused where they cannot be followed: never of another set in silence."""

from __future__ import annotations

import csv
import io
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from dash import Dash

from alliance.comparison_set import choose_set, members_of, scope_name
from alliance.context_measures import choosable_measures, default_weights, write_weights
from alliance.exports.kinds import KINDS, SET, build_export, known_view
from alliance.exports.table import Absent, ExportTable, NotThereError
from alliance.programmes import programmes_by_key
from alliance.service import Served
from alliance.view import View
from tests.alliance.drawn import draw, text_of, walk
from tests.demonstration import CITY, FENSHIRE, JOINT

PERIOD = "2025"
OF_A_SET = [key for key, kind in KINDS.items() if set(SET) <= set(kind.takes)]


def computed(served: Served) -> dict[str, str]:
    """A computed set with measures and weights of its own, which finds others than the declared."""
    mine = {"us": FENSHIRE, "scope": "computed"}
    plain = members_of(served, known_view(served, mine), "computed")
    for measure in choosable_measures(served):
        chosen = {"measures": f"{measure},population_0_17", "weights": "10,0.1"}
        if measure == "population_0_17":
            continue
        if members_of(served, known_view(served, mine | chosen), "computed") != plain:
            return {"scope": "computed", **chosen}
    raise AssertionError("no choice of measures finds other neighbours")


def sets(served: Served) -> dict[str, dict[str, str]]:
    """One of each kind of set that anybody may ask for, by name."""
    other = next(k for k in served.alliances if FENSHIRE not in served.alliances[k].members)
    return {
        "alliance": {},
        "another alliance": {"alliance": other},
        "region": {"alliance": other, "scope": "region"},
        "neighbours": {"scope": "neighbours"},
        **{model: {"scope": f"neighbours-{model}"} for model in served.neighbour_models},
        "computed": {"scope": "computed"},
        "computed by choice": computed(served),
        "hand-made": {"scope": f"codes-{CITY}"},
        "programme": {"scope": f"programme-{next(iter(programmes_by_key(served)))}"},
        "country": {"scope": "england"},
    }


def query_of(served: Served, kind: str, asked: dict[str, str]) -> dict[str, str]:
    """An address's query for that kind of file and set."""
    words = {"indicator": "cla_rate", "period": PERIOD, "indicators": "cla_rate,cl_eet_17",
             "us": FENSHIRE, **asked}  # fmt: skip
    if kind == "breakdown":
        words |= {"indicator": "cla_placement_foster"}
        if "cla_placement_foster" not in served.indicators:
            words |= {"indicator": family_member(served)}
    return {k: v for k, v in words.items() if k in {"us", "alliance", *KINDS[kind].takes}}


def family_member(served: Served) -> str:
    """An indicator that is a category of a family, with figures in the period."""
    for key in served.indicators:
        words = {"indicator": key, "period": PERIOD, "us": FENSHIRE}
        try:
            build_export(served, "breakdown", words)
        except NotThereError:
            continue
        return key
    raise AssertionError("the demonstration has no breakdown")


def codes_of(table: ExportTable) -> set[str]:
    """Who the file says is of the set."""
    if any(column.key == "in_set" for column in table.columns):
        return {row["area_code"] for row in table.rows if row["in_set"] == "yes"}
    return {row["area_code"] for row in table.rows}


def members(served: Served, view: View, kind: str, table: ExportTable) -> set[str]:
    """Who is of the set, found without the export."""
    if kind in {"compare", "inspections", "rug"}:
        return set(members_of(served, view, view.scope))
    figures = served.release.figures("cla_rate", PERIOD)
    found = set(choose_set(served, view, view.scope, figures).codes)
    if kind == "funnel":
        found &= {row["area_code"] for row in table.rows}
    return found


@pytest.mark.parametrize("kind", OF_A_SET)
def test_a_file_holds_the_set_that_its_address_names_and_says_which(
    demo_served: Served, kind: str
) -> None:
    for name, asked in sets(demo_served).items():
        query = query_of(demo_served, kind, asked)
        view = known_view(demo_served, query)
        table = build_export(demo_served, kind, query)
        said = dict(table.about)
        assert said["Authority"] == "Fenshire", name
        assert said["Compared with"] == scope_name(demo_served, view, view.scope), name
        if name != "country":
            listed = set(said["Members of the set"].split("; "))
            others = members_of(demo_served, view, view.scope)[1:]
            assert listed == {demo_served.name(code) for code in others}, name
        if kind != "breakdown":
            assert codes_of(table) == members(demo_served, view, kind, table), name


def test_a_breakdown_has_the_median_of_the_set_that_was_asked_for(demo_served: Served) -> None:
    key = family_member(demo_served)
    found = set()
    for name, asked in sets(demo_served).items():
        query = {"indicator": key, "period": PERIOD, "us": FENSHIRE, **asked}
        view = known_view(demo_served, query)
        figures = demo_served.release.figures(key, PERIOD)
        rows = choose_set(demo_served, view, view.scope, figures).rows
        values = [r["value"] for r in rows if r["value"] is not None and r["area_code"] != FENSHIRE]
        table = build_export(demo_served, "breakdown", query)
        medians = [row["median"] for row in table.rows]
        assert median(values) in [pytest.approx(v) for v in medians if v is not None], name
        found.add(tuple(medians))
    assert len(found) > 4


def test_a_computed_set_names_its_measures_and_weights(demo_served: Served) -> None:
    query = query_of(demo_served, "figures", computed(demo_served))
    said = dict(build_export(demo_served, "figures", query).about)["Measures of the set"]
    first = demo_served.indicators[query["measures"].split(",")[0]]["title"]
    assert f"{first} (weight 10)" in said
    assert "(weight 0.1)" in said


def test_neighbours_name_their_model(demo_served: Served) -> None:
    for model in demo_served.neighbour_models:
        query = query_of(demo_served, "figures", {"scope": f"neighbours-{model}"})
        said = dict(build_export(demo_served, "figures", query).about)
        assert said["Model of statistical neighbours"] == model


def test_a_series_holds_the_median_of_the_set_and_draws_it_as_the_page_does(
    demo_served: Served,
) -> None:
    query = query_of(demo_served, "series", {"scope": f"codes-{CITY}"})
    table = build_export(demo_served, "series", query)
    city = {row["period"]: row["value"] for row in table.rows if row["area_code"] == CITY}
    known = {k: v for k, v in city.items() if not isinstance(v, Absent)}
    ours = [row for row in table.rows if row["area_code"] == FENSHIRE]
    assert known
    assert {r["period"]: r["set_median"] for r in ours if r["period"] in known} == known
    assert table.chart is not None
    assert "Median of the set" in [line.name for line in table.chart.series]
    query = query_of(demo_served, "series", {"scope": "neighbours"})
    near = build_export(demo_served, "series", query)
    assert near.chart is not None
    assert "Median of the set" not in [line.name for line in near.chart.series]


def test_whoever_answered_together_with_us_is_in_no_median_of_a_series(
    demo_app: Dash, demo_served: Served
) -> None:
    asked = {"us": JOINT[0], "scope": f"codes-{JOINT[1]}", "indicator": "sw_agency"}
    table = build_export(demo_served, "series", {**asked, "period": "2025"})
    joint = [row for row in table.rows if "joint return" in row["status"]]
    assert {row["area_code"] for row in joint} == set(JOINT)
    assert {(row["set_median"], row["set_n"]) for row in joint} == {(None, 0)}
    drawn = draw(demo_app, "/indicator/sw_agency", f"?{urlencode(asked)}&trend=table")
    (body,) = [part for part in drawn.find("Table") if "Neighbours' median" in text_of(part)]
    lines = {text_of(line)[:4]: [text_of(c) for c in walk(line) if c["type"] == "Td"]
             for line in walk(body) if line["type"] == "Tr"}  # fmt: skip
    for period in {row["period"] for row in joint}:
        assert lines[period][2] == "no figure"


def test_a_rank_stands_beside_how_many_there_are_and_what_chance_allows(
    demo_served: Served,
) -> None:
    for kind in ("figures", "series", "country"):
        table = build_export(demo_served, kind, query_of(demo_served, kind, {}))
        for row in table.rows:
            for where in ("england", "region"):
                rank, n = row[f"rank_{where}"], row[f"n_{where}"]
                if rank is None:
                    continue
                low, high = row[f"rank_{where}_low"], row[f"rank_{where}_high"]
                assert 1 <= low <= rank <= high <= n
        keys = [column.key for column in table.shown_columns]
        for where in ("england", "region"):
            place = keys.index(f"rank_{where}")
            assert keys[place + 1 : place + 4] == [
                f"n_{where}", f"rank_{where}_low", f"rank_{where}_high",
            ]  # fmt: skip


# From the pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/indicator/cla_rate", {}),
        ("/inspections", {}),
        ("/", {}),
        ("/compare", {"indicators": "cla_rate,cl_eet_17"}),
        ("/compare", {"indicators": "cla_rate,cl_eet_17", "show": "scatter"}),
        ("/compare", {"indicators": "cla_rate,cl_eet_17", "show": "multiples"}),
    ],
)
def test_the_links_of_a_page_lead_to_files_of_the_set_that_it_shows(
    demo_app: Dash, demo_served: Served, path: str, more: dict[str, str]
) -> None:
    asked = {**computed(demo_served), "us": FENSHIRE, **more}
    drawn = draw(demo_app, path, f"?{urlencode(asked)}")
    links = {
        href
        for part in drawn.find("A")
        if (href := str(part["props"].get("href"))).startswith("/download/") and ".csv" in href
    }
    assert links
    wanted = members_of(demo_served, known_view(demo_served, asked_set(asked)), "computed")
    for link in links:
        kind = urlsplit(link).path.rpartition("/")[2].removesuffix(".csv")
        table = build_export(demo_served, kind, dict(parse_qsl(urlsplit(link).query)))
        listed = dict(table.about)["Members of the set"].split("; ")
        assert listed == [demo_served.name(code) for code in wanted[1:]], link


def asked_set(asked: dict[str, str]) -> dict[str, str]:
    return {key: asked[key] for key in ("us", *SET)}


# Refused -----------------------------------------------------------------------------------------


WRONG = {
    "a set that there is not": {"scope": "galaxy"},
    "a saved set of somebody": {"scope": "set-1"},
    "a model that there is not": {"scope": "neighbours-1999"},
    "a stranger in a set": {"scope": "codes-999"},
    "a programme that there is not": {"scope": "programme-nothing"},
    "no measure": {"scope": "computed", "measures": "nothing"},
    "no weight": {"scope": "computed", "measures": "population_0_17", "weights": "nan"},
    "another alliance": {"alliance": "nowhere"},
    "another authority": {"us": "999"},
    "a slip of the pen": {"scpoe": "region"},
}


@pytest.mark.parametrize("kind", OF_A_SET)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_cannot_be_followed_is_refused_in_words(
    demo_app: Dash, demo_served: Served, kind: str, wrong: dict[str, str]
) -> None:
    query = query_of(demo_served, kind, {}) | wrong
    answer = demo_app.server.test_client().get(f"/download/{kind}.csv?{urlencode(query)}")
    assert answer.status_code == 404
    assert "There is no such file" in answer.text
    assert "Content-Disposition" not in answer.headers
    with pytest.raises(NotThereError) as told:
        build_export(demo_served, kind, query)
    assert len(str(told.value)) > 30


@pytest.mark.parametrize("query", [{"scope": "region"}, {"indicator": "cla_rate"}])
@pytest.mark.parametrize("file", ["profile.csv", "profile.xlsx", "profile.pdf"])
def test_a_profile_refuses_a_set_that_it_does_not_follow(
    demo_app: Dash, file: str, query: dict[str, str]
) -> None:
    words = urlencode({"us": FENSHIRE, **query})
    answer = demo_app.server.test_client().get(f"/download/{file}?{words}")
    assert answer.status_code == 404
    assert "does not follow" in answer.text


def test_a_profile_says_with_whom_it_compares(demo_served: Served) -> None:
    table = build_export(demo_served, "profile", {"us": FENSHIRE})
    said = dict(table.about)["Compared with"]
    near = demo_served.release.neighbours(FENSHIRE)
    assert demo_served.region_of(FENSHIRE) in said
    assert f"model of {demo_served.neighbour_models[0]}" in said
    assert all(demo_served.name(row["neighbour_code"]) in said for row in near)


def test_a_parameter_given_twice_is_refused(demo_app: Dash) -> None:
    words = f"indicator=cla_rate&period={PERIOD}&us={FENSHIRE}&scope=region&scope=england"
    answer = demo_app.server.test_client().get(f"/download/figures.csv?{words}")
    assert answer.status_code == 404
    assert "more than once" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "next year"}, {"from": "٢٠٢٥"}, {"from": "2999"}, {"to": "1066"},
        {"periods": "1999"}, {"show": "pie"}, {"cells": "ranks"}, {"of": "cla_number"},
        {"areas": CITY, "scope": "region"}, {"areas": "999"}, {"indicators": "nothing"},
    ],
    ids=str,
)  # fmt: skip
def test_a_comparison_of_what_the_page_would_put_right_is_refused(
    demo_served: Served, wrong: dict[str, str]
) -> None:
    query = {"indicators": "cla_rate,cl_eet_17", "us": FENSHIRE}
    build_export(demo_served, "compare", query)
    with pytest.raises(NotThereError):
        build_export(demo_served, "compare", query | wrong)


def test_a_panel_for_each_indicator_is_ours_beside_the_median_of_the_set(
    demo_served: Served,
) -> None:
    query = {"indicators": "cla_rate,cl_eet_17", "us": FENSHIRE, "show": "multiples",
             "of": "every", "areas": CITY}  # fmt: skip
    table = build_export(demo_served, "compare", query)
    assert {row["area_code"] for row in table.rows} == {FENSHIRE}
    city = {
        row["period"]: row["value"]
        for row in demo_served.release.series("cla_rate", CITY)
        if row["value"] is not None
    }
    ours = [row for row in table.rows if row["indicator_id"] == "cla_rate"]
    assert ours
    assert all(row["others_median"] == city.get(row["period"]) for row in ours)


def test_a_csv_says_the_set_before_its_figures(demo_app: Dash, demo_served: Served) -> None:
    query = query_of(demo_served, "figures", computed(demo_served))
    text = demo_app.server.test_client().get(f"/download/figures.csv?{urlencode(query)}").text
    head = [line for line in text.splitlines() if line.lstrip("\ufeff").startswith("# ")]
    assert any(line.startswith("# Members of the set: ") for line in head)
    rows: list[dict[str, Any]] = list(
        csv.DictReader(io.StringIO(text[text.index("area_code,") :], newline=""))
    )
    assert {"rank_england_low", "rank_region_high"} <= set(rows[0])
    assert default_weights(demo_served)
    assert write_weights(default_weights(demo_served))
