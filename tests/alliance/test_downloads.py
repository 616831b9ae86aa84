"""A CSV holds the figures of the release, says what they are, and runs nothing when opened."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.downloads import figures_address, series_address
from alliance.exports.about import about_indicators
from alliance.exports.csv_file import render_csv
from alliance.exports.figures import columns_of, record
from alliance.exports.table import ExportTable
from alliance.service import DEMONSTRATION, Served
from alliance.view import SCOPES, parse_view
from indicators.impact import FORMULA_STARTS
from tests.alliance.conftest import make_app
from tests.demonstration import ABOLISHED, CAPITAL, CITY, EASTMERE, FENSHIRE, JOINT, Figures

COMPARISON = """
    SELECT c.*, o.status, o.provisional, o.joint_with, o.numerator, o.denominator
    FROM comparison AS c JOIN observation AS o USING (indicator_id, area_code, period)
"""
NUMBERS = (
    "value", "ci95_low", "ci95_high", "england", "region", "neighbours_mean", "neighbours_median",
    "neighbours_n", "rank_england", "n_england", "rank_region", "n_region", "change", "numerator",
    "denominator",
)  # fmt: skip


def fetch(app: Dash, path: str, **query: str) -> Any:
    return app.server.test_client().get(f"{path}?{urlencode(query)}")


def read(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """The lines about the figures, without their #, and the figures."""
    assert text.startswith("\ufeff")
    lines = text[1:].splitlines()
    about = [line for line in lines if line.startswith("# ")]
    assert lines[: len(about)] == about
    return [line[2:] for line in about], list(csv.DictReader(lines[len(about) :]))


def of(code: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """One authority's lines."""
    return [row for row in rows if row["area_code"] == code]


def assert_same(found: list[dict[str, str]], expected: list[dict[str, Any]]) -> None:
    """Every number is the release's, an absent one is an empty cell."""
    assert [(r["area_code"], r["period"]) for r in found] == [
        (r["area_code"], r["period"]) for r in expected
    ]
    for row, figure in zip(found, expected, strict=True):
        for name in NUMBERS:
            if figure[name] is None:
                assert row[name] == "", name
            else:
                assert float(row[name]) == pytest.approx(figure[name], abs=1e-9), name
        assert row["vs_england"] == (figure["vs_england"] or "")


def test_every_comparison_reads_back_as_the_release(demo_app: Dash, demo_figures: Figures) -> None:
    latest = demo_figures.rows(
        "SELECT indicator_id, max_by(period, period_end) AS period FROM comparison"
        " WHERE value IS NOT NULL GROUP BY indicator_id ORDER BY indicator_id"
    )
    assert len(latest) == 75
    for row in latest:
        answer = fetch(
            demo_app, f"/download/figures/{row['indicator_id']}.csv",
            period=row["period"], us=FENSHIRE, alliance=EASTMERE,
        )  # fmt: skip
        expected = demo_figures.rows(
            f"{COMPARISON} JOIN area AS a USING (area_code) WHERE indicator_id = ? AND period = ?"
            " AND region_code = ? ORDER BY area_code",
            row["indicator_id"],
            row["period"],
            EASTMERE,
        )
        assert expected
        assert_same(read(answer.text)[1], expected)


@pytest.mark.parametrize("us", [FENSHIRE, CITY, ABOLISHED, *JOINT])
def test_every_series_reads_back_as_the_release(
    demo_app: Dash, demo_figures: Figures, us: str
) -> None:
    for key in ("cla_rate", "cl_eet_17", "sw_agency", "absence_cla", "cla_sdq_avg"):
        answer = fetch(demo_app, f"/download/series/{key}.csv", us=us)
        expected = demo_figures.rows(
            f"{COMPARISON} WHERE indicator_id = ? AND area_code = ? ORDER BY c.period_end", key, us
        )
        assert_same(of(us, read(answer.text)[1]), expected)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_holds_the_authorities_that_the_page_shows(
    demo_app: Dash, demo_figures: Figures, scope: str
) -> None:
    answer = fetch(
        demo_app, "/download/figures/cla_rate.csv", period="2025", us=FENSHIRE, scope=scope
    )
    wanted = {
        "alliance": "SELECT area_code FROM area WHERE region_code = 'X12000006'"
        " AND area_level = 'authority' AND valid_to IS NULL",
        "neighbours": "SELECT neighbour_code FROM neighbour WHERE area_code = '629'"
        " UNION ALL SELECT '629'",
        "england": "SELECT area_code FROM area WHERE area_level = 'authority' AND valid_to IS NULL",
    }[scope]
    codes = [row["area_code"] for row in read(answer.text)[1]]
    assert codes == sorted(demo_figures.column(wanted))


def test_a_figure_that_is_none_is_an_empty_cell_with_its_reason(
    demo_app: Dash, demo_figures: Figures
) -> None:
    _, rows = read(fetch(demo_app, "/download/series/cl_eet_17.csv", us=CITY).text)
    rows = of(CITY, rows)
    assert rows
    assert {row["value"] for row in rows} == {""}
    assert {row["status"] for row in rows} <= {"suppressed", "not applicable"}


def test_a_joint_return_names_the_other_authority(demo_app: Dash) -> None:
    _, rows = read(fetch(demo_app, "/download/series/sw_agency.csv", us=JOINT[0]).text)
    assert f"reported, joint return with {JOINT[1]}" in {row["status"] for row in rows}


def test_the_file_says_what_its_figures_are(demo_app: Dash, demo_figures: Figures) -> None:
    about, _ = read(fetch(demo_app, "/download/series/cla_rate.csv", us=CITY).text)
    row = demo_figures.row("SELECT * FROM indicator WHERE indicator_id = 'cla_rate'")
    release = demo_figures.column("SELECT release_id FROM release")[0]
    assert about[0] == "Children looked after per 10,000 children"
    assert about[1] == DEMONSTRATION
    assert about[2].startswith(f"Release: {release}, built 20")
    assert about[3] == f"Definition: {' '.join(row['definition'].split())}"
    assert about[4] == f"Caveats: {' '.join(row['caveats'].split())}"
    assert about[5] == "Period: 2021 to 2025"
    assert about[6].startswith("Intervals: 95% confidence limits of a rate by Byar's method")
    assert about[7].startswith("Figures that are not numbers: A figure that is suppressed")


def test_the_file_has_a_name_of_plain_letters_and_a_type(demo_app: Dash) -> None:
    answer = fetch(demo_app, "/download/figures/absence_cla.csv", period="2023/24", us=CITY)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="absence_cla_2023-24.csv"'
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/download/figures/nothing.csv", {"period": "2025"}),
        ("/download/series/nothing.csv", {"us": CITY}),
        ("/download/figures/cla_rate.csv", {}),
        ("/download/figures/cla_rate.csv", {"period": "1999"}),
        ("/download/figures/cla_rate.csv", {"period": "2025", "scope": "galaxy"}),
        ("/download/figures/cla_rate.csv", {"period": "2025", "alliance": "nowhere"}),
        ("/download/figures/cla_rate.csv", {"period": "2025", "us": "999"}),
        ("/download/series/cla_rate.csv", {"us": "<script>"}),
    ],
)
def test_what_is_not_there_is_not_found(demo_app: Dash, path: str, query: dict[str, str]) -> None:
    assert fetch(demo_app, path, **query).status_code == 404


def test_before_the_first_refresh_nothing_is_found(tmp_path: Path) -> None:
    answer = fetch(make_app(tmp_path), "/download/series/cla_rate.csv", us=CITY)
    assert answer.status_code == 404


def test_the_page_s_links_lead_to_the_files_of_its_view(
    demo_app: Dash, demo_served: Served
) -> None:
    view = parse_view(demo_served, {"us": CITY})
    for path in (
        figures_address("cla_rate", "2025", view, "england"),
        series_address("cla_rate", view),
    ):
        answer = demo_app.server.test_client().get(path)
        assert answer.status_code == 200
        assert CITY in {row["area_code"] for row in read(answer.text)[1]}
    assert f"alliance={CAPITAL}" in figures_address("cla_rate", "2025", view, "alliance")


# What a spreadsheet would run --------------------------------------------------------------------


def served_where_the_city_is_called(served: Served, name: str) -> Served:
    """The same release, but for one name."""
    other = Served(served.release, served.settings)
    areas = served.areas | {CITY: served.areas[CITY] | {"name": name}}
    other.__dict__["areas"] = areas
    return other


def csv_of(served: Served, indicator: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """Those rows of an indicator as a file."""
    table = ExportTable(
        indicator["title"],
        columns_of(served, indicator),
        [record(served, indicator, row, {}) for row in rows],
        about_indicators(served, [indicator], "2025"),
    )
    return render_csv(table).decode()


def written_name(served: Served, name: str) -> str:
    other = served_where_the_city_is_called(served, name)
    rows = other.release.series("cla_rate", CITY)[-1:]
    text = csv_of(other, other.indicators["cla_rate"], rows)
    start = text.index("area_code,")
    return next(csv.DictReader(io.StringIO(text[start:], newline="")))["name"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_begins_like_a_formula_has_an_apostrophe_before_it(
    demo_served: Served, start: str
) -> None:
    assert written_name(demo_served, f"{start}1+1") == f"'{start}1+1"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(name=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_name_reads_back_and_none_begins_like_a_formula(demo_served: Served, name: str) -> None:
    found = written_name(demo_served, name)
    assert not found.startswith(FORMULA_STARTS)
    assert not found.lstrip().startswith(FORMULA_STARTS)
    assert found in {name, f"'{name}"}


def test_a_negative_number_stays_a_number(demo_served: Served) -> None:
    rows = demo_served.release.series("cla_rate", FENSHIRE)
    changed = [row | {"change": -1.5} for row in rows]
    text = csv_of(demo_served, demo_served.indicators["cla_rate"], changed)
    _, found = read(text)
    assert {row["change"] for row in found} == {"-1.5"}


def test_a_difference_carries_no_dust_of_binary_arithmetic(demo_served: Served) -> None:
    rows = [row | {"change": 0.1 + 0.2} for row in demo_served.release.series("cla_rate", FENSHIRE)]
    _, found = read(csv_of(demo_served, demo_served.indicators["cla_rate"], rows))
    assert {row["change"] for row in found} == {"0.3"}


def test_a_caveat_of_several_lines_stays_in_the_lines_about_the_figures(
    demo_served: Served,
) -> None:
    indicator = demo_served.indicators["cla_rate"] | {"caveats": "One.\n\n=2+2\r\nThree."}
    about, found = read(
        csv_of(demo_served, indicator, demo_served.release.series("cla_rate", CITY))
    )
    assert "Caveats: One. =2+2 Three." in about
    assert found


# The real published files ------------------------------------------------------------------------


def test_a_real_file_names_its_publisher_and_licence(real_app: Dash, real_figures: Figures) -> None:
    about, rows = read(fetch(real_app, "/download/series/cla_rate.csv", us="873").text)
    assert about[1] == (
        "Source: Department for Education, Children looked after in England including adoptions "
        "(Open Government Licence v3.0)"
    )
    expected = real_figures.rows(
        f"{COMPARISON} WHERE indicator_id = 'cla_rate' AND area_code = '873' ORDER BY c.period_end"
    )
    assert_same(of("873", rows), expected)
