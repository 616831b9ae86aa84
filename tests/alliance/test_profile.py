"""What a profile rests on: findings beyond chance, ranks with their intervals, trends in words."""

from __future__ import annotations

import csv
import io
import re

import pytest
from dash import Dash

from alliance.exports.profile_document import profile_data
from alliance.profile import Finding, country_of, key_of, read_profile
from alliance.service import Served
from indicators.funnel import build_funnel
from indicators.rank_interval import rank_interval_of
from indicators.recent_trend import find_trend
from tests.alliance.drawn import draw, text_of, walk
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, SUCCESSORS, Figures

CODES = [FENSHIRE, CITY, ABOLISHED, SUCCESSORS[0]]


@pytest.mark.parametrize("code", CODES)
def test_a_finding_is_every_figure_whose_95_percent_interval_leaves_the_country_out(
    code: str, demo_served: Served
) -> None:
    profile = read_profile(demo_served, code)
    found = {f.indicator["indicator_id"]: f for f in profile.findings}
    for indicator, figure in profile.chosen(None):
        key, england = indicator["indicator_id"], figure["england_unrounded"]
        if figure["ci95_low"] is None or indicator["polarity"] == "none" or england is None:
            assert key not in found
            continue
        outside = not figure["ci95_low"] <= england <= figure["ci95_high"]
        assert (key in found) == outside
        if outside:
            high = figure["value"] > england
            good = high == (indicator["polarity"] == "high")
            assert found[key].verdict == ("better" if good else "worse")


def test_the_findings_of_the_country_are_told_apart_by_the_funnel(demo_served: Served) -> None:
    seen: set[bool] = set()
    for code in list(demo_served.authorities)[:40]:
        for finding in read_profile(demo_served, code).findings:
            indicator = finding.indicator
            rows = demo_served.release.figures(indicator["indicator_id"], finding.figure["period"])
            funnel = build_funnel(
                rows,
                method=indicator["interval_method"],
                scale={"percent": 100.0, "per_10000": 10_000.0}[indicator["unit"]],
            )
            point = funnel.point(code) if funnel else None
            assert finding.place == (point.place if point else None)
            seen.add(finding.stands_out)
        if seen == {True, False}:
            break
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("place", "verdict", "polarity", "out"),
    [
        ("above_95", "better", "high", True),
        ("above_998", "worse", "low", True),
        ("below_95", "better", "low", True),
        ("below_998", "worse", "high", True),
        ("inside", "worse", "high", False),
        ("above_95", "worse", "high", False),
        (None, "worse", "high", False),
    ],
)
def test_a_finding_stands_out_only_where_the_funnel_says_so_on_its_side(
    place: str | None, verdict: str, polarity: str, out: bool
) -> None:
    assert Finding({"polarity": polarity}, {}, verdict, place, 3.0).stands_out == out


@pytest.mark.parametrize("among", ["region", "neighbours"])
def test_a_rank_s_interval_is_of_the_set_that_the_rank_is_among(
    among: str, demo_served: Served
) -> None:
    profile = read_profile(demo_served, FENSHIRE)
    checked = 0
    for indicator, figure in profile.chosen(None):
        interval = profile.rank_interval(indicator, figure, among)
        if interval is None:
            continue
        assert interval.low <= figure[f"rank_{among}"] <= interval.high <= interval.n
        assert interval.n == figure[f"n_{among}"]
        if checked < 3:
            rows = [
                row
                for row in demo_served.release.figures(indicator["indicator_id"], figure["period"])
                if row["area_code"] in profile.peers[among]
            ]
            scale = {"percent": 100.0, "per_10000": 10_000.0}[indicator["unit"]]
            assert interval == rank_interval_of(
                FENSHIRE, rows, polarity=indicator["polarity"],
                method=indicator["interval_method"], scale=scale,
            )  # fmt: skip
        checked += 1
    assert checked > 20


@pytest.mark.parametrize("code", CODES)
def test_a_trend_ends_with_the_figure_that_is_shown(code: str, demo_served: Served) -> None:
    profile = read_profile(demo_served, code)
    for indicator, figure in profile.chosen(None):
        key = indicator["indicator_id"]
        trend = profile.trends[key]
        assert trend.last_period in {None, figure["period"]}
        series = [
            row
            for row in demo_served.release.series(key, code)
            if row["period_end"] <= figure["period_end"]
        ]
        method, polarity = indicator["interval_method"], indicator["polarity"]
        assert trend == find_trend(series, method=method, polarity=polarity)
        assert trend.verdict is None or polarity != "none"


def test_what_is_the_same_for_every_authority_is_read_once(demo_served: Served) -> None:
    profile = read_profile(demo_served, FENSHIRE)
    key = key_of(next(iter(profile.figures.values())))
    before = country_of(demo_served).figures(key)
    assert before
    assert read_profile(demo_served, CITY).country.figures(key) is before


def test_the_profile_begins_with_what_it_comes_to(demo_app: Dash, demo_served: Served) -> None:
    drawn = draw(demo_app, f"/authority/{FENSHIRE}")
    (short,) = drawn.find(css="in-short-facts")
    facts = [text_of(item) for item in walk(short) if item["type"] == "Li"]
    tested = read_profile(demo_served, FENSHIRE).tally(None).tested
    assert len(facts) == 3
    assert facts[0].startswith("Judged “")
    assert f"Of {tested} figures that can be tested" in facts[1]
    assert "five-year trends" in facts[2]
    (leads,) = drawn.find(css="leads")
    words = {text_of(item): item["props"].get("href", "") for item in walk(leads)}
    assert words["Download profile (PDF)"] == f"/download/profile.pdf?us={FENSHIRE}"
    assert words["Who is like us"].startswith(f"/neighbours/{FENSHIRE}?")


TALLY = re.compile(
    r"[oO]f (\d+) figures? that can be tested[^:]*: (\w+) better(?:,| and) (\w+) worse"
    r"(?:(?:,| and) (\d+) similar)?(?:(?:,| and) (\d+) higher or lower)?"
)
NO_TALLY = re.compile(r"[nN]o figure can be tested|has no figure")


def tallies(words: str) -> list[tuple[int, ...]]:
    """Every tally in a text: tested, better, worse, similar, higher or lower."""
    return [
        tuple(0 if number in {"none", ""} else int(number) for number in found)
        for found in TALLY.findall(words)
    ]


@pytest.mark.parametrize("code", CODES)
def test_an_authority_has_the_same_tally_everywhere(
    code: str, demo_app: Dash, demo_served: Served
) -> None:
    profile = read_profile(demo_served, code)
    figures = [figure for _, figure in profile.chosen(None) if figure["value"] is not None]
    said = [figure["vs_england"] for figure in figures]
    expected = (
        len(said) - said.count(None), said.count("better"), said.count("worse"),
        said.count("similar"), said.count("higher") + said.count("lower"),
    )  # fmt: skip
    places = {
        "overview": " ".join(draw(demo_app, "/", f"?us={code}").texts),
        "profile": " ".join(draw(demo_app, f"/authority/{code}").texts),
        "document": " ".join(profile_data(demo_served, code)["in_short"]),
    }
    found = {place: tallies(words) for place, words in places.items()}
    if not expected[0]:
        assert all(NO_TALLY.search(words) for words in places.values())
        return
    # The profile says it in short and again over the chart.
    assert {place: set(said) for place, said in found.items()} == {p: {expected} for p in places}
    assert len(found["profile"]) >= 2
    drawn = draw(demo_app, f"/authority/{code}", "?profile=table")
    (table,) = drawn.find(css="profile")
    marks = [text_of(cell) for cell in walk(table) if cell["type"] == "Td"]
    assert sum(words == "▲ better" for words in marks) == expected[1]
    assert sum(words == "▼ worse" for words in marks) == expected[2]


def test_the_lists_hold_every_finding_once(demo_app: Dash, demo_served: Served) -> None:
    drawn = draw(demo_app, f"/authority/{FENSHIRE}")
    found = read_profile(demo_served, FENSHIRE).findings
    halves = list(drawn.find(css="half"))
    items = [text_of(i) for half in halves for i in walk(half) if i["type"] == "Li"]
    assert sorted(item.split(":")[0] for item in items) == sorted(
        finding.indicator["title"].split(":")[0] for finding in found
    )


def test_the_table_says_rank_intervals_and_trends_in_words(demo_app: Dash) -> None:
    (table,) = draw(demo_app, f"/authority/{FENSHIRE}", "?profile=table").find(css="profile")
    words = text_of(table)
    assert "between " in words
    assert " since 20" in words
    assert "not averaged" in words
    for told in ("Rank in region", "Rank among neighbours", "Recent trend"):
        assert told in words


@pytest.mark.parametrize("code", [FENSHIRE, CITY, ABOLISHED])
def test_the_export_has_the_same_figures_and_makes_no_number_of_a_suppressed_one(
    code: str, demo_app: Dash, demo_served: Served, demo_figures: Figures
) -> None:
    answer = demo_app.server.test_client().get(f"/download/profile.csv?us={code}")
    assert answer.status_code == 200
    lines = answer.data.decode("utf-8-sig").splitlines()
    body = [line for line in lines if not line.startswith("#")]
    rows = {row["indicator_id"]: row for row in csv.DictReader(io.StringIO("\n".join(body)))}
    profile = read_profile(demo_served, code)
    assert set(rows) == {indicator["indicator_id"] for indicator, _ in profile.chosen(None)}
    for key, figure in profile.figures.items():
        shown = rows[key]["value"]
        if figure["value"] is None:
            assert shown == ""
            assert rows[key]["status"] == demo_served.absence(figure)
        else:
            assert float(shown) == pytest.approx(figure["value"])


def test_small_numbers_are_marked_in_the_table_the_file_and_the_document(
    demo_app: Dash, demo_served: Served
) -> None:
    profile = read_profile(demo_served, CITY)
    small = {
        indicator["title"]
        for indicator, figure in profile.chosen(None)
        if figure["value"] is not None
        and indicator["interval_method"] in {"wilson", "byar"}
        and figure["numerator"] is not None
        and (figure["numerator"] < 10 or figure["denominator"] < 30)
    }
    assert small
    (table,) = draw(demo_app, f"/authority/{CITY}", "?profile=table").find(css="profile")
    rows = [text_of(row) for row in walk(table) if row["type"] == "Tr"]
    assert sum("small numbers" in words for words in rows) == len(small)
    answer = demo_app.server.test_client().get(f"/download/profile.csv?us={CITY}")
    lines = [line for line in answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
             if not line.startswith("#")]  # fmt: skip
    told = csv.DictReader(io.StringIO("\n".join(lines)))
    assert {row["title"] for row in told if "small numbers" in row["status"]} == small
    topics = profile_data(demo_served, CITY)["topics"]
    marked = {r["title"] for t in topics for r in t["rows"] if "small numbers" in r["marks"]}
    assert marked == small


def test_an_export_of_what_is_not_there_is_not_found(demo_app: Dash) -> None:
    client = demo_app.server.test_client()
    assert client.get("/download/profile.csv?us=999").status_code == 404
    assert client.get(f"/download/profile.csv?us={FENSHIRE}&topic=Nothing").status_code == 404
