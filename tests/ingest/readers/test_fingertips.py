"""Fingertips downloads, hand-made: a row for each category and sex, of which one is selected."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ingest.authorities import Reference
from ingest.catalogue import Catalogue, load_catalogue
from ingest.errors import Finding
from ingest.readers import tabular
from ingest.tables import Load, RawTable
from tests import builders, workbooks
from tests.builders import Row, Table
from tests.workbooks import FINGERTIPS, NOW_THERE, admissions, fingertips_row

WHOLE = {"Sex": "Persons", "Category": ""}

Read = Callable[[Table], RawTable]
LoadOne = Callable[[Table], Load]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return workbooks.open_catalogue(tmp_path_factory.mktemp("catalogue"))


@pytest.fixture
def read(catalogue: Catalogue, small_reference: Reference) -> Read:
    return lambda table: workbooks.read(table.bytes(), FINGERTIPS, catalogue, small_reference)


@pytest.fixture
def load(read: Read, catalogue: Catalogue, small_reference: Reference) -> LoadOne:
    return lambda table: tabular.load([read(table)], catalogue, small_reference)


def row_of(table: Table, area: str, year: int, **more: str) -> Row:
    """The row of an area's whole in a year."""
    period = f"{year - 1}/{year % 100:02d}"
    found = table.find(**(WHOLE | {"Area Code": area, "Time period": period} | more))
    assert len(found) == 1
    return found[0]


def only(table: RawTable, check_id: str) -> Finding:
    """The one finding, which is of that check."""
    assert [item.check_id for item in table.findings] == [check_id], table.findings
    return table.findings[0]


def test_an_area_is_counted_once_though_it_is_repeated_for_each_category_and_sex(
    load: LoadOne,
) -> None:
    table = workbooks.fingertips_table()
    england = table.find(**{"Area Code": builders.COUNTRY[0], "Time period": "2024/25"})
    assert len(england) == 5
    loaded = load(table)
    assert [item for item in loaded.findings if item.severity == "error"] == []
    held = loaded.observations[0]
    assert not held.duplicated(["area_code", "period"]).any()
    assert set(held["period"]) == {"2023/24", "2024/25"}
    latest = held[held["period"] == "2024/25"].set_index("area_code")
    for place in NOW_THERE:
        if place.code != "724":
            row = latest.loc[place.code]
            assert row["numerator"] == admissions(place.gss, 2025)
            assert row["value"] == admissions(place.gss, 2025) / 2
            assert row["denominator"] == 20_000
    country = latest.loc[builders.COUNTRY[0]]
    assert country["numerator"] == admissions(builders.COUNTRY[0], 2025)
    assert {"T12000001", "T12000002", "T12000007"} <= set(latest.index)
    assert set(latest["period_end"]) == {pd.Timestamp("2025-03-31")}


def test_every_row_is_used_or_set_aside_with_a_reason(read: Read, load: LoadOne) -> None:
    table = workbooks.fingertips_table()
    raw = read(table)
    assert raw.rows_read == len(table.rows)
    assert [(item.rows, item.reason) for item in raw.set_aside] == [
        (2, "areas of the type “Districts & UAs (from Apr 2023)”")
    ]
    (account,) = load(table).accounts
    assert account.used + sum(item.rows for item in account.set_aside) == len(raw.frame)


def test_an_indicator_that_names_no_sex_is_refused_rather_than_counted_thrice(
    small_reference: Reference, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("vague")
    workbooks.open_catalogue(directory)
    text = workbooks.INDICATORS_TOML.replace(' Sex = "Persons",', "")
    (directory / "indicators" / "all.toml").write_text(text, encoding="utf-8")
    catalogue = load_catalogue(directory)
    shutil.rmtree(directory)
    table = workbooks.read(
        workbooks.fingertips_table().bytes(), FINGERTIPS, catalogue, small_reference
    )
    loaded = tabular.load([table], catalogue, small_reference)
    errors = [item for item in loaded.findings if item.severity == "error"]
    assert {(item.check_id, item.column) for item in errors} == {("selection_found", "Sex")}
    assert loaded.observations == []


def test_a_row_that_stands_twice_is_refused_with_both_rows(read: Read) -> None:
    table = workbooks.fingertips_table()
    table.rows.append(dict(row_of(table, "T06000001", 2025)))
    finding = only(read(table), "key_unique")
    assert len(finding.rows) == 2
    assert finding.rows[1] == len(table.rows) + 1


def test_more_columns_in_any_order_are_tolerated(read: Read) -> None:
    table = workbooks.fingertips_table()
    table.columns = [*reversed(table.columns), "Confidence interval method"]
    for row in table.rows:
        row["Confidence interval method"] = "Byar's method"
    assert read(table).findings == ()


def test_a_renamed_column_is_named_with_its_nearest_stranger(read: Read) -> None:
    table = workbooks.fingertips_table()
    table.columns[table.columns.index("Area Code")] = "AreaCode"
    for row in table.rows:
        row["AreaCode"] = row.pop("Area Code")
    finding = only(read(table), "columns_known")
    assert finding.column == "Area Code"
    assert "The nearest name there is AreaCode" in finding.message


@pytest.mark.parametrize(
    ("note", "status"),
    [
        ("Value suppressed for disclosure control due to small count", "suppressed"),
        ("Value missing in source data", "missing"),
        ("", "missing"),
    ],
)
def test_a_blank_value_is_what_its_note_says_and_never_nought(
    note: str, status: str, load: LoadOne
) -> None:
    table = workbooks.fingertips_table()
    row_of(table, "T06000003", 2025).update({"Value": "", "Count": "", "Value note": note})
    held = load(table).observations[0]
    cell = held[(held["area_code"] == "703") & (held["period"] == "2024/25")].iloc[0]
    assert cell["status"] == status
    assert np.isnan(cell["value"])
    assert np.isnan(cell["numerator"])


def test_a_value_with_a_note_is_kept(load: LoadOne) -> None:
    table = workbooks.fingertips_table()
    row = row_of(table, "T06000003", 2025)
    row["Value note"] = "Aggregated from all known lower geography values"
    held = load(table).observations[0]
    cell = held[(held["area_code"] == "703") & (held["period"] == "2024/25")].iloc[0]
    assert cell["value"] == float(row["Value"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2020 - 22", "spans several years"),
        ("2020/21 - 22/23", "spans several years"),
        ("2023 Q1", "is no whole year"),
        ("2022/24", "is no whole year"),
    ],
)
def test_a_period_that_is_no_single_year_is_set_aside_with_its_reason(
    text: str, words: str, read: Read
) -> None:
    table = workbooks.fingertips_table()
    row_of(table, "T06000003", 2025)["Time period"] = text
    table.rows.append(row_of(workbooks.fingertips_table(), "T06000003", 2025))
    aside = {item.reason: item.rows for item in read(table).set_aside}
    assert aside[f"the period “{text}”, which {words}"] == 1


def test_a_four_digit_year_is_a_calendar_year(read: Read) -> None:
    table = workbooks.fingertips_table([2025])
    for row in table.rows:
        row["Time period"] = "2024"
    frame = read(table).frame
    assert set(frame["time_period"]) == {"2024"}
    assert set(frame["time_identifier"]) == {"Calendar year"}


def test_the_true_row_of_the_file_is_named_below_rows_that_are_set_aside(read: Read) -> None:
    table = workbooks.fingertips_table()
    district = fingertips_row("T07000001", "Little Ashby", "Districts & UAs (from Apr 2023)", 2025)
    table.rows.insert(0, district)
    bad = row_of(table, "T06000003", 2025)
    bad["Value"] = "many"
    finding = only(read(table), "number_or_symbol")
    assert finding.rows == (table.row_number(bad),)
    assert finding.column == "Value"


def test_an_unknown_upper_tier_authority_is_refused(read: Read) -> None:
    table = workbooks.fingertips_table()
    row_of(table, "T06000003", 2025)["Area Code"] = "T06000099"
    findings = {item.check_id: item for item in read(table).findings}
    assert "T06000099" in findings["authority_known"].message


@pytest.mark.parametrize(
    "kind", ["Counties & UAs (2021/22-2022/23)", "County & UA (pre 4/19)",
             "Upper tier local authorities (4/23 onwards)"]
)  # fmt: skip
def test_older_names_of_the_upper_tier_are_understood(kind: str, read: Read) -> None:
    table = workbooks.fingertips_table()
    for row in table.rows:
        row["Area Type"] = row["Area Type"].replace(workbooks.COUNTIES, kind)
    assert read(table).findings == ()


def test_an_authority_that_is_missing_is_noticed(read: Read) -> None:
    table = workbooks.fingertips_table()
    table.rows = [row for row in table.rows if row["Area Code"] != "T06000003"]
    found = read(table).findings
    assert {item.check_id for item in found} == {"periods_whole"}
    assert all("Cedarham" in item.message for item in found)


def test_a_download_of_districts_alone_is_refused_with_the_reason(read: Read) -> None:
    table = workbooks.fingertips_table()
    table.rows = [row for row in table.rows if row["Area Type"].startswith("Districts")]
    assert "Districts & UAs" in only(read(table), "rows_present").message


@pytest.mark.parametrize(
    ("data", "check_id"), [(b"", "file_readable"), (b"<html></html>", "file_kind")]
)
def test_what_is_no_download_is_refused(
    data: bytes, check_id: str, catalogue: Catalogue, small_reference: Reference
) -> None:
    only(workbooks.read(data, FINGERTIPS, catalogue, small_reference), check_id)
