"""Revenue outturn workbooks, hand-made as OpenDocument and Excel workbooks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import Finding
from ingest.readers import tabular
from ingest.tables import RawTable
from tests import builders, workbooks
from tests.workbooks import (
    ADULTS,
    ALL_CHILDREN,
    ALL_SERVICES,
    CHILDREN,
    DETAIL,
    LOOKED_AFTER,
    NO_RETURN,
    NOW_THERE,
    OUTTURN_HEADER,
    SUMMARY,
    Sheets,
    country_spent,
    spent,
)

SHEET = "RSX_LA_Data_202425"
CODE, NAME, CLASS, FIRST_FIGURE = 1, 2, 4, 7
"""Places of columns in the data sheet."""
ASHBY = OUTTURN_HEADER + 2
"""The row of the first authority; a district stands above it."""

Read = Callable[..., RawTable]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return workbooks.open_catalogue(tmp_path_factory.mktemp("catalogue"))


@pytest.fixture
def read(catalogue: Catalogue, small_reference: Reference) -> Read:
    def read_sheets(sheets: Sheets, name: str = SUMMARY) -> RawTable:
        make = workbooks.xlsx_bytes if name.endswith("xlsx") else workbooks.ods_bytes
        return workbooks.read(make(sheets), name, catalogue, small_reference)

    return read_sheets


@pytest.fixture
def observed(
    read: Read, catalogue: Catalogue, small_reference: Reference
) -> Callable[[str], pd.DataFrame]:
    """The observations of one indicator from both workbooks and the population, by area."""
    population = builders.ees_files()[builders.POPULATION].bytes()
    tables = [
        read(workbooks.outturn_sheets()),
        read(workbooks.outturn_sheets("RO3"), DETAIL),
        workbooks.read(population, builders.POPULATION, catalogue, small_reference),
    ]
    held = pd.concat(tabular.load(tables, catalogue, small_reference).observations)
    return lambda name: held[held["indicator_id"] == name].set_index("area_code")


def changed(row: int, column: int, cell: workbooks.Cell) -> Sheets:
    """The sheets with one cell changed; `row` as a spreadsheet numbers it."""
    sheets = workbooks.outturn_sheets()
    sheets[SHEET][row - 1][column] = cell
    return sheets


def only(table: RawTable, check_id: str) -> Finding:
    """The one finding, which is of that check."""
    assert [item.check_id for item in table.findings] == [check_id], table.findings
    return table.findings[0]


@pytest.mark.parametrize("name", [SUMMARY, SUMMARY.replace(".ods", ".xlsx")])
def test_authorities_and_the_country_are_kept_as_published(name: str, read: Read) -> None:
    table = read(workbooks.outturn_sheets(), name)
    assert table.findings == ()
    frame = table.frame.set_index("old_la_code")
    assert list(frame.index) == [*(place.code for place in NOW_THERE), ""]
    for place in NOW_THERE:
        row = frame.loc[place.code]
        told = ["[x]"] * 3
        if place.code != NO_RETURN:
            told = [f"{spent(place.code)[name]:g}" for name in (CHILDREN, ADULTS, ALL_SERVICES)]
        assert list(row[[CHILDREN, ADULTS, ALL_SERVICES]]) == told
        assert (row["basis"], row["new_la_code"]) == ("return", place.gss)
    country = frame.loc[""]
    assert (country["geographic_level"], country["basis"]) == ("National", "estimate")
    assert float(country[CHILDREN]) == country_spent(CHILDREN)
    assert set(frame["time_period"]) == {"202425"}
    assert table.periods == {"202425"}
    assert table.rows_at([0]) == (ASHBY,)


def test_every_other_row_is_set_aside_with_a_reason(read: Read) -> None:
    sheets = workbooks.outturn_sheets()
    table = read(sheets)
    assert table.rows_read == len(sheets[SHEET]) - OUTTURN_HEADER
    words = {item.reason.split(",")[0]: item.rows for item in table.set_aside}
    assert len(words) == 5
    assert words["shire districts"] == 1
    assert sum(words.values()) == len(sheets[SHEET]) - OUTTURN_HEADER - len(NOW_THERE) - 1


def test_an_authority_without_a_return_has_no_share_and_is_in_no_total(
    observed: Callable[[str], pd.DataFrame],
) -> None:
    held = observed("share_of_spend")
    late = held.loc[NO_RETURN]
    assert (late["status"], late["symbol"]) == ("not_available", "[x]")
    assert np.isnan([late["value"], late["numerator"], late["denominator"]]).all()
    for place in NOW_THERE:
        if place.code != NO_RETURN:
            own = spent(place.code)
            assert held.loc[place.code, "value"] == pytest.approx(
                100 * own[CHILDREN] / own[ALL_SERVICES], rel=1e-12
            )
    # The published total is over other authorities and bodies too, so it is not set beside them.
    assert set(held.index) == {place.code for place in NOW_THERE}


def test_spending_per_child_is_in_pounds_over_the_children_of_mid_year(
    observed: Callable[[str], pd.DataFrame],
) -> None:
    held = observed("spend_per_child")
    population = {
        row["old_la_code"] or row["country_code"]: float(row["population_estimate"])
        for row in builders.ees_files()[builders.POPULATION].find(time_period="2024")
        if row["geographic_level"] != "Regional"
    }
    children = population["703"]
    row = held.loc["703"]
    assert row["numerator"] == spent("703")[CHILDREN]
    assert row["denominator"] == children
    assert row["value"] == pytest.approx(spent("703")[CHILDREN] * 1_000 / children, rel=1e-12)
    country = held.loc[builders.COUNTRY[0]]
    assert country["value"] == pytest.approx(
        country_spent(CHILDREN) * 1_000 / population[builders.COUNTRY[0]], rel=1e-12
    )
    assert set(held["period"]) == {"2024/25"}
    assert set(held["period_end"]) == {pd.Timestamp("2025-03-31")}


def test_a_part_is_taken_off_the_numerator(observed: Callable[[str], pd.DataFrame]) -> None:
    held = observed("not_on_care")
    own = spent("702")
    rest = own[ALL_CHILDREN] - own[LOOKED_AFTER]
    assert held.loc["702", "numerator"] == pytest.approx(rest)
    assert held.loc["702", "value"] == pytest.approx(100 * rest / own[ALL_CHILDREN], rel=1e-12)
    assert held.loc[NO_RETURN, "status"] == "not_available"
    assert np.isnan(held.loc[NO_RETURN, "numerator"])


def test_a_sheet_under_another_name_is_refused(read: Read) -> None:
    sheets = workbooks.outturn_sheets()
    sheets["RSX data"] = sheets.pop(SHEET)
    assert "RSX data" in only(read(sheets), "sheet_found").message


def test_two_sheets_of_the_name_are_refused(read: Read) -> None:
    sheets = workbooks.outturn_sheets()
    sheets["RSX_LA_Data_202324"] = sheets[SHEET]
    assert "2 sheets" in only(read(sheets), "sheet_found").message


@pytest.mark.parametrize(
    ("sheet", "title", "name"),
    [
        ("RSX_LA_Data_202324", "Worksheet 2: Revenue Outturn (RO) 2024-25", SUMMARY),
        (SHEET, "Worksheet 2: Revenue Outturn (RO) 2023-24", SUMMARY),
        (SHEET, "Worksheet 2: Revenue Outturn (RO) 2024-25", "RSX_2023-24.ods"),
        ("RSX_LA_Data_latest", "Worksheet 2: Revenue Outturn (RO) 2024-25", SUMMARY),
    ],
)
def test_sheet_title_and_file_name_must_tell_the_same_year(
    sheet: str, title: str, name: str, read: Read
) -> None:
    rows = workbooks.outturn_sheets()[SHEET]
    rows[0] = [title]
    found = read({sheet: rows}, name).findings
    assert {item.check_id for item in found} == {"year_agrees"}


def test_a_header_in_another_row_is_found_and_findings_name_the_true_row(read: Read) -> None:
    sheets = changed(ASHBY, FIRST_FIGURE, "many")
    sheets[SHEET][1:1] = [["another note"], []]
    finding = only(read(sheets), "number_or_symbol")
    assert (finding.rows, finding.column) == ((ASHBY + 2,), CHILDREN)


def test_a_renamed_column_is_named_with_its_nearest_stranger(read: Read) -> None:
    near = CHILDREN.replace("Children Social", "Children's Social")
    finding = only(read(changed(OUTTURN_HEADER, FIRST_FIGURE, near)), "columns_known")
    assert (finding.column, finding.rows) == (CHILDREN, (OUTTURN_HEADER,))
    assert f"The nearest name there is {near}" in finding.message


def test_a_column_that_stands_twice_is_refused(read: Read) -> None:
    sheets = changed(OUTTURN_HEADER, FIRST_FIGURE + 1, CHILDREN)
    assert "repeats" in only(read(sheets), "columns_known").message


@pytest.mark.parametrize("cell", ["many", "1,234", "£5", "#REF!"])
def test_a_text_in_a_figure_is_refused_and_never_a_number(cell: str, read: Read) -> None:
    table = read(changed(ASHBY + 1, FIRST_FIGURE + 1, cell))
    finding = only(table, "number_or_symbol")
    assert (finding.rows, finding.column) == ((ASHBY + 1,), ADULTS)
    assert f"“{cell}”" in finding.message
    assert table.frame.empty


def test_the_mark_of_a_note_is_no_figure(read: Read) -> None:
    table = read(changed(ASHBY, FIRST_FIGURE + 1, "[note 4]"))
    assert table.findings == ()
    assert table.frame[ADULTS].iloc[0] == "[note 4]"


def test_an_unknown_authority_is_refused_with_its_row(read: Read) -> None:
    table = read(changed(ASHBY + 2, CODE, "T06000099"))
    finding = only(table, "authority_known")
    assert (finding.rows, finding.column) == ((ASHBY + 2,), "ONS Code")


@pytest.mark.parametrize("code", ["", "T06000"])
def test_an_authority_with_a_broken_code_is_refused_and_not_set_aside(
    code: str, read: Read
) -> None:
    assert only(read(changed(ASHBY, CODE, code)), "authority_known").rows == (ASHBY,)


def test_an_authority_twice_is_refused_with_both_rows(read: Read) -> None:
    sheets = workbooks.outturn_sheets()
    sheets[SHEET].insert(ASHBY, sheets[SHEET][ASHBY - 1])
    assert only(read(sheets), "key_unique").rows == (ASHBY, ASHBY + 1)


def test_an_authority_that_is_missing_is_noticed(read: Read) -> None:
    sheets = workbooks.outturn_sheets()
    del sheets[SHEET][ASHBY]
    assert NOW_THERE[1].name in only(read(sheets), "periods_whole").message


def test_an_authority_under_another_class_is_noticed(read: Read) -> None:
    finding = only(read(changed(ASHBY, CLASS, "SD")), "periods_whole")
    assert NOW_THERE[0].name in finding.message


def test_an_unknown_class_is_refused(read: Read) -> None:
    finding = only(read(changed(ASHBY, CLASS, "MC")), "class_known")
    assert (finding.rows, finding.column) == ((ASHBY,), "Class")


def test_a_name_that_is_not_on_record_is_a_warning(read: Read) -> None:
    finding = only(read(changed(ASHBY, NAME, "Ashbourne UA")), "name_known")
    assert (finding.rows, finding.area_code) == ((ASHBY,), "701")


def test_the_kind_of_authority_after_a_name_is_no_other_name(read: Read) -> None:
    for kind in ("UA", "CC", "MBC"):
        assert read(changed(ASHBY, NAME, f"Ashby {kind}")).findings == ()


def test_a_sheet_with_no_authority_is_refused(read: Read) -> None:
    sheets = workbooks.outturn_sheets()
    sheets[SHEET] = sheets[SHEET][: OUTTURN_HEADER + 1]
    assert "rows_present" in {item.check_id for item in read(sheets).findings}


@pytest.mark.parametrize(
    ("data", "check_id"),
    [
        (b"", "file_readable"),
        (b"<html>Not found</html>", "file_kind"),
        (workbooks.ods_bytes(workbooks.outturn_sheets())[:1_500], "file_kind"),
    ],
)
def test_what_is_no_workbook_is_refused(
    data: bytes, check_id: str, catalogue: Catalogue, small_reference: Reference
) -> None:
    only(workbooks.read(data, SUMMARY, catalogue, small_reference), check_id)
