"""Every judgement and every pound of a release of the real files equals the published cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import python_calamine

from alliance.refresh import RefreshReport
from tests import published as raw

Sql = Callable[..., pd.DataFrame]
Rows = list[list[Any]]

GRADE = {
    "Outstanding": 1.0,
    "Good": 2.0,
    "Requires improvement to be good": 3.0,
    "Inadequate": 4.0,
}
JUDGEMENTS = {
    # indicator: column of the sheet of latest judgements, of the release's table of inspections
    "ofsted_overall": (6, "overall"),
    "ofsted_leaders": (7, "leaders"),
    "ofsted_help_protection": (8, "help_protection"),
    "ofsted_care": (9, "care"),
    "ofsted_care_leavers": (10, "care_leavers"),
}
SPENDING = ("cs_share_of_spend", "cs_spend_per_child", "non_cla_share_of_cs")
CHILDREN = "Children Social Care - Total Expenditure (C3 = C1 + C2)"
ALL_SERVICES = "Total Service Expenditure - Total Expenditure (C3 = C1 + C2)"
ALL_CHILDREN = "TOTAL CHILDREN SOCIAL CARE - Total Expenditure (C3 = C1 + C2)"
LOOKED_AFTER = "Children's social care - Children Looked After - Total Expenditure (C3 = C1 + C2)"


def sheet(published: Path, pattern: str, name: str) -> Rows:
    """The rows of one sheet of one published workbook."""
    (path,) = published.rglob(pattern)
    return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


@pytest.fixture(scope="module")
def code_of(published: Path) -> dict[str, str]:
    """The authority of each GSS code, old ones included, as the published EES tables pair them."""
    pairs: dict[str, str] = {}
    for path in sorted((published / "ees").glob("*.csv")):
        table = raw.read_text(path)
        local = table[table["geographic_level"] == "Local authority"]
        pairs |= dict(zip(local["new_la_code"], local["old_la_code"], strict=True))
    return {gss: code for gss, code in pairs.items() if "/" not in gss}


@pytest.fixture(scope="module")
def held(published_sql: Sql) -> pd.DataFrame:
    """The observations of judgements and spending."""
    return published_sql(
        "SELECT o.* FROM observation AS o JOIN indicator AS i USING (indicator_id) "
        "WHERE i.source_id IN ('ofsted_outcomes', 'mhclg_outturn')"
    ).set_index(["indicator_id", "area_code"])


@pytest.fixture(scope="module")
def latest(published: Path) -> Rows:
    """The authorities' rows in the sheet of latest judgements."""
    return sheet(published, "LA_Inspection_Outcomes*.ods", "Inspections_as_at_31_March")[3:]


@pytest.fixture(scope="module")
def outturn(published: Path) -> dict[str, pd.DataFrame]:
    """The upper-tier authorities' rows of both outturn sheets, and the country's, by code."""
    found = {}
    for form in ("RSX", "RO3"):
        rows = sheet(published, f"{form}_LA_Data_*.ods", f"{form}_LA_Data_202425")
        frame = pd.DataFrame(rows[7:], columns=rows[6])
        wanted = frame["Class"].isin(["UA", "MD", "LB", "SC", "Eng"])
        frame = frame[wanted & (frame["ONS Code"].str.len() == 9)]
        found[form] = frame.set_index("ONS Code")
    return found


# Judgements -----------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", JUDGEMENTS)
def test_every_judgement_is_the_published_one(
    indicator: str, latest: Rows, held: pd.DataFrame, code_of: dict[str, str]
) -> None:
    mine = held.loc[indicator]
    column, _ = JUDGEMENTS[indicator]
    assert set(mine.index) == {code_of[row[1]] for row in latest}
    for row in latest:
        found = mine.loc[code_of[row[1]]]
        if row[column] == "":
            assert (found["status"], np.isnan(found["value"])) == ("not_applicable", True)
        else:
            assert (found["status"], found["value"]) == ("reported", GRADE[row[column]])
    assert set(mine["period"]) == {"2025"}
    assert set(mine["period_end"]) == {pd.Timestamp("2025-03-31")}


@pytest.mark.parametrize("indicator", [*JUDGEMENTS, *SPENDING])
def test_as_many_authorities_have_a_figure_as_headline_indicators_csv_counts(
    indicator: str, published: Path, held: pd.DataFrame
) -> None:
    row = raw.read_text(published / "headline_indicators.csv").set_index("id").loc[indicator]
    mine = held.loc[indicator]
    local = mine[mine.index.str.len() == 3]
    assert len(local) == int(row["la_rows_last"]) == 153
    assert local["value"].notna().sum() == int(row["la_numeric_last"])
    late = Counter(local["symbol"].dropna())
    assert late == ({"[x]": 3} if indicator in SPENDING else late)


def test_every_inspection_and_visit_is_in_the_table_in_its_own_words(
    published: Path, published_sql: Sql
) -> None:
    history = sheet(published, "LA_Inspection_Outcomes*.ods", "ILACS_inspection_history")[3:]
    visits = sheet(published, "LA_Inspection_Outcomes*.ods", "In-year_inspections")[3:]
    told = [(row[2], row[5].date(), row[6].date(), row[7], tuple(row[8:13])) for row in history]
    told += [
        (row[2], row[4].date(), row[5].date(), row[6], tuple(row[7:12]))
        for row in visits
        if "Inspection" not in row[6]
    ]
    table = published_sql(
        "SELECT a.gss_code, i.* FROM inspection AS i JOIN area AS a USING (area_code)"
    )
    words = [name for _, name in JUDGEMENTS.values()]
    ours = Counter(
        (row["inspected_on"].date(), row["published_on"].date(), row["event"],
         tuple("" if pd.isna(row[name]) else row[name] for name in words))
        for row in table.to_dict("records")
    )  # fmt: skip
    assert ours == Counter(item[1:] for item in told)
    assert len(table) == 271 + 60
    in_both = sum("Inspection" in row[6] for row in visits)
    assert in_both == 52


def test_abolished_authorities_keep_their_inspections(published_sql: Sql) -> None:
    gone = published_sql("SELECT * FROM inspection WHERE area_code IN ('837', '909', '928')")
    assert sorted(gone["area_code"]) == ["837", "909", "928"]
    assert dict(zip(gone["area_code"], gone["inspected_on"], strict=True)) == {
        "837": pd.Timestamp(date(2018, 7, 16)),
        "909": pd.Timestamp(date(2022, 9, 20)),
        "928": pd.Timestamp(date(2019, 6, 17)),
    }


def test_the_latest_judgements_are_those_of_the_newest_inspection(
    published_sql: Sql, held: pd.DataFrame
) -> None:
    newest = published_sql(
        "SELECT * FROM inspection WHERE overall IS NOT NULL "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY area_code ORDER BY inspected_on DESC) = 1"
    ).set_index("area_code")
    for indicator, (_, column) in JUDGEMENTS.items():
        values = held.loc[indicator]["value"]
        grades = newest.loc[values.index, column].map(GRADE)
        pd.testing.assert_series_equal(values, grades, check_names=False)


def test_no_judgement_is_averaged_or_set_against_the_country(published_sql: Sql) -> None:
    row = published_sql(
        "SELECT count(*) AS rows, count(england) + count(region) + count(neighbours_mean) "
        "+ count(neighbours_median) + count(quartile_band) + count(change) + count(ci95_low) "
        "+ count(ci998_low) + count(vs_england) AS worked_out "
        "FROM comparison WHERE indicator_id LIKE 'ofsted%'"
    )
    assert row.iloc[0].to_dict() == {"rows": 5 * 153, "worked_out": 0}


# Spending -------------------------------------------------------------------------------------


def number(cell: object) -> float:
    return float("nan") if cell == "[x]" else float(str(cell))


def test_every_share_of_spending_is_of_the_published_cells(
    outturn: dict[str, pd.DataFrame], held: pd.DataFrame, code_of: dict[str, str]
) -> None:
    mine = held.loc["cs_share_of_spend"]
    table = outturn["RSX"].drop(index=raw.COUNTRY)
    assert set(mine.index) == {code_of[code] for code in table.index}
    for code, row in table.iterrows():
        found = mine.loc[code_of[str(code)]]
        top, bottom = number(row[CHILDREN]), number(row[ALL_SERVICES])
        expected = [100 * top / bottom, top, bottom]
        np.testing.assert_allclose(
            found[["value", "numerator", "denominator"]].astype(float), expected, rtol=1e-14
        )
        assert found["status"] == ("not_available" if np.isnan(top) else "reported")


def test_every_pound_per_child_is_of_the_published_cells(
    outturn: dict[str, pd.DataFrame],
    held: pd.DataFrame,
    code_of: dict[str, str],
    published: Path,
) -> None:
    population = raw.with_keys(raw.read_text(published / "ees" / raw.POPULATION_FILE))
    population = population[population["time_period"] == "2024"]
    children = dict(zip(population["area"], population["population_estimate"], strict=True))
    mine = held.loc["cs_spend_per_child"]
    for code, row in outturn["RSX"].iterrows():
        area = code_of.get(str(code), raw.COUNTRY)
        top, bottom = number(row[CHILDREN]), float(children[area])
        assert mine.loc[area, "denominator"] == bottom
        np.testing.assert_allclose(mine.loc[area, "value"], 1_000 * top / bottom, rtol=1e-14)
    assert len(mine) == 154


def test_every_share_not_on_children_looked_after_is_of_the_published_cells(
    outturn: dict[str, pd.DataFrame], held: pd.DataFrame, code_of: dict[str, str]
) -> None:
    mine = held.loc["non_cla_share_of_cs"]
    for code, row in outturn["RO3"].iterrows():
        area = code_of.get(str(code), raw.COUNTRY)
        whole = number(row[ALL_CHILDREN])
        rest = whole - number(row[LOOKED_AFTER])
        np.testing.assert_allclose(mine.loc[area, "numerator"], rest, rtol=1e-14)
        np.testing.assert_allclose(mine.loc[area, "value"], 100 * rest / whole, rtol=1e-14)
    assert len(mine) == 154


def test_authorities_without_a_return_are_in_no_numerator_and_no_denominator(
    published_sql: Sql,
) -> None:
    held = published_sql(
        "SELECT a.name, o.* FROM observation AS o JOIN area AS a USING (area_code) "
        "WHERE symbol = '[x]' AND period = '2024/25'"
    )
    for indicator in SPENDING:
        late = held[held["indicator_id"] == indicator]
        assert set(late["name"]) == {"Birmingham", "Cumberland", "Slough"}
        assert late[["value", "numerator"]].isna().all(axis=None)
    shares = held[held["indicator_id"] != "cs_spend_per_child"]
    assert shares["numerator"].isna().all()


def test_the_country_s_total_which_holds_districts_and_police_is_no_comparator_of_shares(
    held: pd.DataFrame, published_sql: Sql, outturn: dict[str, pd.DataFrame]
) -> None:
    assert raw.COUNTRY not in held.loc["cs_share_of_spend"].index
    compared = published_sql(
        "SELECT count(england) AS n FROM comparison WHERE indicator_id = 'cs_share_of_spend'"
    )
    assert compared["n"].item() == 0
    local = outturn["RSX"].drop(index=raw.COUNTRY)[ALL_SERVICES]
    reported = sum(float(cell) for cell in local if cell != "[x]")
    # What the published total holds beside the authorities that are compared.
    assert float(outturn["RSX"].loc[raw.COUNTRY, ALL_SERVICES]) > 1.2 * reported


# The files ------------------------------------------------------------------------------------


def test_the_workbooks_give_no_error_and_no_warning(published_report: RefreshReport) -> None:
    names = ("LA_Inspection", "RSX_LA", "RO3_LA", "ons_mid")
    found = [f for f in published_report.findings if f.file_name.startswith(names)]
    assert [f for f in found if f.severity == "error"] == []
    assert [f for f in found if f.check_id in {"name_known", "history_agrees"}] == []


def test_every_row_of_the_workbooks_is_used_or_set_aside_with_a_reason(
    published_report: RefreshReport,
) -> None:
    accounts = {item.file_name.split("_")[0]: item for item in published_report.accounts}
    for item in accounts.values():
        assert item.rows == item.used + sum(part.rows for part in item.set_aside)
    assert accounts["LA"].rows == 153 + 271 + 112
    for form in ("RSX", "RO3"):
        assert accounts[form].rows == 424
        assert accounts[form].used == 154


def test_children_aged_0_to_17_are_the_published_estimates(
    published: Path, published_sql: Sql
) -> None:
    held = published_sql(
        "SELECT area_code, period, value, status FROM observation "
        "WHERE indicator_id = 'population_0_17'"
    )
    table = raw.with_keys(raw.read_text(published / "ees" / raw.POPULATION_FILE))
    keys = zip(table["area"], table["time_period"], strict=True)
    told = dict(zip(keys, table["population_estimate"], strict=True))
    assert len(held) == len(told)
    for row in held.to_dict("records"):
        cell = told[row["area_code"], row["period"]]
        assert np.isnan(row["value"]) == (cell in raw.STATUS_OF)
        assert np.isnan(row["value"]) or row["value"] == float(cell)
