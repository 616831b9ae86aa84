"""Every figure of a release of the real files equals the published cell that it came from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance.refresh import RefreshReport
from ingest.release_checks import RELEASE_CHECKS
from tests import published as raw

Sql = Callable[..., pd.DataFrame]

PUBLISHERS = {
    "Department for Education",
    "Office for National Statistics",
    "Ofsted",
    "Ministry of Housing, Communities and Local Government",
}
GOLDEN = [
    # indicator, area, period, value, numerator, denominator: single cells, looked up by hand
    ("cla_rate", "E92000001", "2025", 67.0, 81770.0, 12183016.0),
    ("cla_rate", "935", "2025", 60.0, 916.0, 152255.0),
    ("cla_cease_rate", "E12000001", "2025", 45.0, 2420.0, 542710.0),
    ("cin_started_rate", "935", "2025", 3290 / 152255 * 10_000, 3290.0, 152255.0),
    ("sw_turnover", "314", "2025", 28.0, 38.5, 137.4),
    ("sw_turnover", "318", "2025", 28.0, 38.5, 137.4),
    ("sw_caseload", "318", "2024", 13.0, 1731.0, 133.6),
    ("absence_cino", "E92000001", "2024/25", 17.4, 7397200.0, 42464140.0),
    ("att8_cino", "E92000001", "2024/25", 17.3, 228722.25, 13260.0),
]


WORKBOOKS = ("ofsted_", "cs_", "non_cla_")
"""Begin the ids of headline indicators from workbooks."""


@pytest.fixture(scope="module")
def held(published_sql: Sql) -> pd.DataFrame:
    """The observations of headline indicators, but for those of `test_published_workbooks`."""
    return published_sql(
        "SELECT o.*, i.source_key FROM observation AS o JOIN indicator AS i USING (indicator_id) "
        "WHERE i.headline AND i.domain NOT IN ('Inspection', 'Spending')"
    )


@pytest.fixture(scope="module")
def expected(published: Path) -> pd.DataFrame:
    """The published cells of headline indicators."""
    return raw.expected_headline(published)


@pytest.fixture(scope="module")
def matched(held: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Observations beside the published cells; a row that only one side has stays visible."""
    return held.merge(
        expected,
        on=raw.KEY,
        how="outer",
        suffixes=("", "_published"),
        indicator=True,
        validate="1:1",
    )


@pytest.fixture(scope="module")
def lait(published_sql: Sql, published: Path) -> pd.DataFrame:
    """The tool's observations beside its published cells."""
    held = published_sql(
        "SELECT o.*, i.source_key AS measure FROM observation AS o "
        "JOIN indicator AS i USING (indicator_id) WHERE i.source_id = 'dfe_lait'"
    )
    return held.merge(
        raw.expected_lait(published),
        on=["measure", "area_code", "period"],
        how="outer",
        suffixes=("", "_published"),
        indicator=True,
        validate="1:1",
    )


def same(left: pd.Series, right: pd.Series) -> pd.Series:
    """True where two columns are equal or both empty."""
    return (left == right) | (left.isna() & right.isna())


def test_the_release_has_every_headline_indicator_whose_file_is_there(
    published: Path, published_sql: Sql, published_report: RefreshReport
) -> None:
    wanted = {row["id"] for row in raw.headline_rows(published)}
    assert len(wanted) == 55
    table = raw.read_text(published / "headline_indicators.csv")
    wanted |= {row_id for row_id in table["id"] if row_id.startswith(WORKBOOKS)}
    held = published_sql("SELECT indicator_id FROM indicator WHERE headline")
    assert set(held["indicator_id"]) == wanted
    assert published_report.n_headline == 55 + 8


def test_the_release_has_every_measure_that_is_not_discontinued(
    published: Path, published_sql: Sql
) -> None:
    held = set(
        published_sql("SELECT source_key FROM indicator WHERE source_id = 'dfe_lait'")["source_key"]
    )
    assert held == set(raw.dictionary(published)["Measure_short"])
    assert len(held) >= 425


def test_no_published_row_is_lost_and_none_is_made_up(matched: pd.DataFrame) -> None:
    stray = matched[matched["_merge"] != "both"]
    assert stray[[*raw.KEY, "_merge"]].to_dict("records") == []
    assert len(matched) > 60_000


@pytest.mark.parametrize("column", ["value", "numerator", "denominator"])
def test_every_headline_figure_equals_its_published_cell(
    matched: pd.DataFrame, column: str
) -> None:
    exact = same(matched[column], matched[f"{column}_published"])
    derived = matched["indicator_id"].isin(DERIVED) & (column == "value")
    close = np.isclose(matched[column], matched[f"{column}_published"], rtol=1e-14, atol=0)
    wrong = matched[~(exact | (derived & close))]
    assert wrong[[*raw.KEY, column, f"{column}_published"]].to_dict("records") == []
    assert matched[column].notna().sum() > 50_000


@pytest.mark.parametrize("column", ["status", "symbol"])
def test_every_headline_symbol_is_kept_as_published(matched: pd.DataFrame, column: str) -> None:
    wrong = matched[~same(matched[column], matched[f"{column}_published"])]
    assert wrong[[*raw.KEY, column, f"{column}_published"]].to_dict("records") == []


DERIVED = {
    "cin_rate", "cin_started_rate", "referral_rate", "cpp_rate", "cpp_start_rate",
    "factor_domestic_abuse_parent", "factor_domestic_abuse_child", "factor_mental_health_parent",
    "factor_mental_health_child", "factor_neglect", "factor_emotional_abuse",
    "factor_child_criminal_exploitation", "factor_child_sexual_exploitation",
    "factor_going_missing", "factor_gangs",
}  # fmt: skip


def test_the_derived_indicators_are_those_without_a_published_rate(published: Path) -> None:
    rows = raw.headline_rows(published)
    assert {row["id"] for row in rows if row["published_value"] == "(derive)"} == DERIVED


def test_there_are_suppressed_unavailable_and_inapplicable_figures(held: pd.DataFrame) -> None:
    counts = held["status"].value_counts()
    for status in ("reported", "suppressed", "not_available", "not_applicable", "rounds_to_zero"):
        assert counts[status] > 0, status
    assert held.loc[held["status"] != "reported", "value"].isna().all()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda item: "-".join(item[:3]))
def test_a_figure_looked_up_by_hand_is_there(
    golden: tuple[str, str, str, float, float, float], held: pd.DataFrame
) -> None:
    indicator, area, period, value, numerator, denominator = golden
    row = held.set_index(raw.KEY).loc[(indicator, area, period)]
    assert (row["value"], row["numerator"], row["denominator"]) == pytest.approx(
        (value, numerator, denominator), rel=1e-14
    )


def test_the_counts_of_headline_indicators_csv_are_those_of_the_release(
    published: Path, held: pd.DataFrame
) -> None:
    local = held[held["area_code"].str.fullmatch(r"\d{3}")]
    # A joint return is one row of its file.
    local = local[local["joint_with"].isna() | (local["area_code"] < local["joint_with"])]
    wrong = []
    for row in raw.headline_rows(published):
        mine = local[local["indicator_id"] == row["id"]]
        last = mine[mine["period"] == raw.label(row["last"])]
        # Of an indicator without a published rate, the numerators were counted.
        column = "numerator" if row["published_value"] == "(derive)" else "value"
        with_figure = mine.dropna(subset=column).groupby("period").size()
        found = {
            "first": min(with_figure.index),
            "last": max(with_figure.index),
            "rows": len(last),
            "numeric": int(last[column].notna().sum()),
            "fewest": int(with_figure.min()),
        }
        told = {
            "first": raw.label(row["first"]),
            "last": raw.label(row["last"]),
            "rows": int(row["la_rows_last"]),
            "numeric": int(row["la_numeric_last"]),
            "fewest": int(row["min_la_numeric_any_year"]),
        }
        if row["published_value"] != "(derive)":
            found["symbols"] = last["symbol"].value_counts().to_dict()
            told["symbols"] = json.loads(row["symbols_last"])
        if found != told:
            wrong.append((row["id"], found, told))
    assert wrong == []


def test_polarity_and_unit_are_those_of_headline_indicators_csv(
    published: Path, published_sql: Sql
) -> None:
    held = published_sql(
        "SELECT indicator_id, unit, polarity FROM indicator "
        "WHERE headline AND domain NOT IN ('Inspection', 'Spending')"
    )
    told = {
        row["id"]: (raw.UNIT_OF[row["unit"]], raw.POLARITY_OF[row["polarity"]])
        for row in raw.headline_rows(published)
    }
    columns = (held["indicator_id"], held["unit"], held["polarity"])
    assert {i: (u, p) for i, u, p in zip(*columns, strict=True)} == told


def test_published_rates_agree_with_numerator_over_denominator_within_rounding(
    published: Path, held: pd.DataFrame
) -> None:
    # The workforce's full-time equivalents are themselves rounded: headline_indicators.csv counts
    # their mismatches. Every other published rate must agree at the authority level.
    scale = {"%": 100, "per10k": 10_000, "score": 1}
    for row in raw.headline_rows(published):
        if row["published_value"] == "(derive)" or row["id"].startswith("sw_"):
            continue
        mine = held[held["indicator_id"] == row["id"]]
        mine = mine[mine["area_code"].str.fullmatch(r"\d{3}")]
        mine = mine.dropna(subset=["value", "numerator", "denominator"])
        mine = mine[mine["denominator"] > 0]
        again = mine["numerator"] / mine["denominator"] * scale[row["unit"]]
        whole = (mine["value"] % 1 == 0).all()
        assert len(mine) > 100, row["id"]
        assert (again - mine["value"]).abs().max() <= (0.5 if whole else 0.05) + 1e-9, row["id"]


def test_intervals_rest_on_unrounded_counts_of_authorities(
    held: pd.DataFrame, published_sql: Sql
) -> None:
    methods = published_sql("SELECT indicator_id, interval_method FROM indicator WHERE headline")
    counted = set(methods.loc[methods["interval_method"] != "none", "indicator_id"])
    local = held[held["area_code"].str.fullmatch(r"\d{3}") & held["indicator_id"].isin(counted)]
    assert len(counted) == 44
    for _, group in local.dropna(subset="numerator").groupby("indicator_id"):
        # Counts rounded to 5 or 10 would all be multiples of five; of others a fifth is.
        above_nought = group.loc[group["numerator"] > 0, "numerator"]
        assert (above_nought % 1 == 0).all()
        assert (above_nought % 5 == 0).mean() < 0.3


def test_every_measure_of_the_tool_has_every_row_and_no_other(lait: pd.DataFrame) -> None:
    stray = lait[lait["_merge"] != "both"]
    assert stray[["measure", "area_code", "period", "_merge"]].to_dict("records") == []
    assert len(lait) > 600_000


def test_every_figure_of_the_tool_equals_its_published_cell(lait: pd.DataFrame) -> None:
    wrong = lait[~same(lait["value"], lait["value_published"])]
    assert wrong[["measure", "area_code", "period", "value", "cell"]].to_dict("records") == []
    assert lait["value"].notna().sum() > 500_000


def test_every_missing_figure_of_the_tool_is_missing_and_no_nought(lait: pd.DataFrame) -> None:
    dash = lait["cell"] == "-"
    assert dash.sum() > 90_000
    assert (lait.loc[dash, "status"] == "missing").all()
    assert (lait.loc[dash, "symbol"] == "-").all()
    assert lait.loc[dash, "value"].isna().all()
    assert (lait.loc[~dash, "status"] == "reported").all()
    assert lait.loc[~dash, "symbol"].isna().all()


def test_provisional_years_of_the_tool_are_marked(lait: pd.DataFrame) -> None:
    assert (lait["provisional"] == lait["provisional_published"]).all()
    assert 0 < lait["provisional"].sum() < 1_000


def test_only_the_year_that_is_no_year_is_set_aside_and_it_holds_no_figure(
    published: Path, published_report: RefreshReport
) -> None:
    table = pd.read_parquet(published / "lait" / "bds_long_0.parquet")
    odd = table[table["Years"].map(raw.lait_label).isna()]
    assert set(odd["Years"]) == {"0"}
    assert set(odd["Values"]) == {"-"}
    notes = [f for f in published_report.findings if f.check_id == "year_readable"]
    assert [len(note.rows) for note in notes] == [len(odd)]
    assert notes[0].rows == tuple(np.flatnonzero(table["Years"] == "0") + 2)


def test_the_words_of_a_measure_are_those_of_the_dictionary(
    published: Path, published_sql: Sql
) -> None:
    told = raw.dictionary(published).drop_duplicates("Measure_short").set_index("Measure_short")
    held = published_sql("SELECT * FROM indicator WHERE source_id = 'dfe_lait'")
    held = held.set_index("source_key").loc[told.index]
    polarity = told["Polarity"].str.strip().str.lower().map({"high": "high", "low": "low"})
    assert (held["polarity"] == polarity.fillna("none")).all()
    assert (held["definition"] == told["Description"].str.strip()).all()
    assert (held["methodology"] == told["Methodology"].str.strip()).all()
    assert (held["title"] == told["Measure"].str.split().str.join(" ")).all()
    stated = told["dps"].isin(["0", "1", "2"])
    assert stated.sum() > 100
    assert (held.loc[stated, "decimals"] == told.loc[stated, "dps"].astype(int)).all()
    assert (held["domain"] != "").all()
    assert held["indicator_id"].is_unique
    assert held["indicator_id"].str.fullmatch("lait_[a-z0-9_]+").all()
    everywhere = raw.dictionary(published).groupby("Measure_short")["No_Quartile"]
    bands = everywhere.apply(lambda marks: "N" not in set(marks))
    assert (held["publisher_bands"] == bands.loc[held.index]).all()
    assert 10 < (~held["publisher_bands"]).sum() < 40


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        (r"^%", "percent"),
        (r"[Rr]ate per 10,000$", "per_10000"),
        (r"per 100,000", "per_100000"),
        (r"^Spend$|^Unit Cost$", "gbp"),
        (r"[Ss]core", "score"),
        (r"^Number", "count"),
    ],
)
def test_the_unit_of_a_measure_is_what_its_axis_says(
    words: str, unit: str, published: Path, published_sql: Sql
) -> None:
    told = raw.dictionary(published)
    measures = told.loc[told["y_axis_name"].str.contains(words), "Measure_short"].unique()
    held = published_sql("SELECT source_key, unit FROM indicator").set_index("source_key")["unit"]
    assert len(measures) > 0
    assert set(held.loc[measures]) == {unit}


# What makes the real files hard ---------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [("314", "318"), ("940", "941")])
def test_both_authorities_of_a_joint_return_show_the_joint_figure(
    one: str, other: str, held: pd.DataFrame, published: Path
) -> None:
    workforce = held[held["indicator_id"].str.startswith("sw_")]
    first = workforce[workforce["area_code"] == one].set_index(["indicator_id", "period"])
    second = workforce[workforce["area_code"] == other].set_index(["indicator_id", "period"])
    table = raw.read_text(published / "ees" / "csww_indicators_2017_to_2025.csv")
    years = set(table.loc[table["old_la_code"] == f"{one} / {other}", "time_period"])
    assert years == ({f"{year}" for year in range(2017, 2026)} if one == "314" else years)
    assert years
    assert {period for _, period in first.index} == years
    assert (first["joint_with"] == other).all()
    assert (second["joint_with"] == one).all()
    columns = ["value", "numerator", "denominator", "status", "symbol"]
    pd.testing.assert_frame_equal(first[columns].sort_index(), second[columns].sort_index())
    assert first["value"].notna().any()


def test_only_the_two_joint_returns_are_marked_as_joint(
    held: pd.DataFrame, published_sql: Sql
) -> None:
    joint = held[held["joint_with"].notna()]
    assert set(joint["area_code"]) == {"314", "318", "940", "941"}
    assert joint["indicator_id"].str.startswith("sw_").all()
    notes = published_sql("SELECT message, rows FROM finding WHERE check_id = 'joint_return'")
    assert sorted(m.split("(")[1].split(")")[0] for m in notes["message"]) == [
        "314 / 318",
        "940 / 941",
    ]
    assert sorted(len(rows.split()) for rows in notes["rows"]) == [5, 9]


def years_with(column: str, held: pd.DataFrame, indicator: str, area: str) -> set[str]:
    mine = held[(held["indicator_id"] == indicator) & (held["area_code"] == area)]
    return set(mine.dropna(subset=column)["period"])


def years_in(first: int, last: int) -> set[str]:
    return {str(year) for year in range(first, last + 1)}


@pytest.mark.parametrize(
    ("indicator", "column", "area", "years"),
    [
        # Children in need: on the boundaries of the day, new ones from the first full year.
        ("cin_rate", "numerator", "835", years_in(2013, 2019)),
        ("cin_rate", "numerator", "836", years_in(2013, 2019)),
        ("cin_rate", "numerator", "837", years_in(2013, 2019)),
        ("cin_rate", "numerator", "838", years_in(2020, 2025)),
        ("cin_rate", "numerator", "839", years_in(2020, 2025)),
        ("cin_rate", "value", "928", years_in(2013, 2021)),
        ("cin_rate", "value", "940", years_in(2022, 2025)),
        ("cin_rate", "value", "941", years_in(2022, 2025)),
        ("cin_rate", "value", "909", years_in(2013, 2023)),
        ("cin_rate", "value", "942", years_in(2024, 2025)),
        ("cin_rate", "value", "943", years_in(2024, 2025)),
        # No population was published for the three that made Dorset and Bournemouth, so no rate.
        ("cin_rate", "value", "835", set()),
        ("cin_rate", "value", "838", years_in(2020, 2025)),
        # The two new authorities had no re-referrals to count in their first year.
        ("rereferral_pct", "value", "838", years_in(2021, 2025)),
        ("rereferral_pct", "value", "839", years_in(2021, 2025)),
        # Looked-after files name every authority in every year and pad with z.
        ("cla_rate", "value", "928", {"2021"}),
        ("cla_rate", "value", "940", years_in(2022, 2025)),
        ("cla_rate", "value", "909", years_in(2021, 2023)),
        ("cla_rate", "value", "942", years_in(2024, 2025)),
        # The workforce is on new boundaries a year earlier.
        ("sw_turnover", "value", "835", years_in(2017, 2018)),
        ("sw_turnover", "value", "838", years_in(2019, 2025)),
        ("sw_turnover", "value", "928", years_in(2017, 2020)),
        ("sw_turnover", "value", "909", years_in(2017, 2022)),
        ("sw_turnover", "value", "942", years_in(2023, 2025)),
    ],
)
def test_a_reorganised_authority_has_figures_for_the_years_in_which_it_made_returns(
    indicator: str, column: str, area: str, years: set[str], held: pd.DataFrame
) -> None:
    assert years_with(column, held, indicator, area) == years


def test_the_two_dorsets_are_told_apart(published_sql: Sql) -> None:
    areas = published_sql("SELECT * FROM area WHERE name LIKE 'Dorset%'").set_index("area_code")
    assert set(areas.index) == {"835", "838"}
    assert areas["name"].is_unique
    assert list(areas.loc["835", "successor_codes"]) == ["838", "839"]
    assert str(areas.loc["835", "valid_to"])[:10] == "2019-03-31"
    assert str(areas.loc["838", "valid_from"])[:10] == "2019-04-01"


def test_padding_of_abolished_and_future_authorities_is_not_applicable(held: pd.DataFrame) -> None:
    rows = held[held["indicator_id"] == "cla_rate"].set_index(["area_code", "period"])
    for key in [("928", "2025"), ("909", "2024"), ("940", "2021"), ("942", "2023")]:
        row = rows.loc[key]
        assert (row["status"], row["symbol"]) == ("not_applicable", "z"), key
        assert np.isnan(row["value"]), key


def test_files_with_a_byte_order_mark_are_read(published: Path, held: pd.DataFrame) -> None:
    marked = [
        path.name
        for path in (published / "ees").glob("*.csv")
        if path.read_bytes().startswith(b"\xef\xbb\xbf")
    ]
    assert "cla_number_and_rate_per_10k_children.csv" in marked
    sources = set(held["source_key"])
    assert set(marked) <= sources


def test_the_year_without_absence_figures_is_there_and_not_available(held: pd.DataFrame) -> None:
    year = held[held["indicator_id"].str.startswith("absence_") & (held["period"] == "2019/20")]
    assert len(year) == 3 * (1 + 11 + 151)
    assert (year["status"] == "not_available").all()
    assert (year["symbol"] == "x").all()
    assert year["value"].isna().all()


def test_inner_and_outer_london_are_kept_as_published_beside_london(held: pd.DataFrame) -> None:
    regions = held[(held["indicator_id"] == "cla_rate") & (held["period"] == "2025")]
    codes = set(regions.loc[regions["area_code"].str.startswith("E1"), "area_code"])
    assert codes == {f"E1200000{i}" for i in range(1, 10)} | {"E13000001", "E13000002"}


def test_the_release_names_the_file_publisher_and_licence_of_every_figure(
    published: Path, published_sql: Sql
) -> None:
    files = published_sql("SELECT * FROM source_file")
    for row in files.to_dict("records"):
        path = published / row["retrieved_from"]
        assert path.name == row["file_name"]
        assert path.stat().st_size == row["bytes"]
        assert row["licence"] == "Open Government Licence v3.0"
        assert row["publisher"] in PUBLISHERS
    orphans = published_sql(
        "SELECT count(*) AS n FROM observation "
        "WHERE source_file_id NOT IN (SELECT source_file_id FROM source_file)"
    )
    assert orphans["n"].item() == 0


def test_every_observation_is_of_a_known_area_and_indicator(published_sql: Sql) -> None:
    orphans = published_sql(
        "SELECT count(*) AS n FROM observation "
        "WHERE area_code NOT IN (SELECT area_code FROM area) "
        "OR indicator_id NOT IN (SELECT indicator_id FROM indicator)"
    )
    assert orphans["n"].item() == 0


def test_the_real_files_give_no_error_and_no_warning_but_on_the_tool(
    published_report: RefreshReport,
) -> None:
    of_release = {item.check_id for item in RELEASE_CHECKS}
    given = [f for f in published_report.findings if f.check_id not in of_release]
    grave = [f for f in given if f.severity != "info"]
    assert {f.severity for f in grave} == {"warning"}
    assert {f.file_name for f in grave} == {"bds_long_0.parquet", "lait_data_dictionary.csv"}
    assert [f.check_id for f in grave].count("year_readable") == 1


def test_measures_that_two_topics_describe_differently_are_noted(
    published: Path, published_report: RefreshReport
) -> None:
    told = raw.dictionary(published)
    columns = ["Polarity", "y_axis_name", "dps", "Year_Type", "No_Quartile"]
    counts = told.groupby("Measure_short")[columns].nunique()
    differing = set(counts.index[(counts > 1).any(axis=1)])
    noted = [f for f in published_report.findings if f.check_id == "dictionary_agrees"]
    assert differing
    assert {f.message.split("The rows of ")[1].split(" differ")[0] for f in noted} == differing


def test_the_folder_s_other_files_are_named_as_set_aside(published_report: RefreshReport) -> None:
    aside = {f.file_name for f in published_report.findings if f.check_id == "file_not_used"}
    assert "headline_indicators.csv" in aside
    assert not any(name.startswith(("ofsted/", "mhclg/")) for name in aside)
    absent = {f.file_name for f in published_report.findings if f.check_id == "file_absent"}
    assert absent == {"fingertips_*.csv", "ks2_la.csv", "la_conviction_health_outcome_cla.csv"}
