"""Ofsted's inspection outcomes, hand-made as OpenDocument and Excel workbooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import Finding
from ingest.readers import tabular
from ingest.tables import RawTable
from tests import workbooks
from tests.workbooks import (
    GRADES,
    HISTORY,
    JUDGEMENTS,
    LATEST,
    NOW_THERE,
    OUTCOMES,
    VISITS,
    Sheets,
    grade_of,
    inspected_on,
)

CODE, NAME, INSPECTED, PUBLISHED, OVERALL = 1, 2, 4, 5, 6
"""Places of columns in the sheet of the latest judgements."""

Read = Callable[..., RawTable]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return workbooks.open_catalogue(tmp_path_factory.mktemp("catalogue"))


@pytest.fixture
def read(catalogue: Catalogue, small_reference: Reference) -> Read:
    def read_sheets(sheets: Sheets, name: str = OUTCOMES) -> RawTable:
        make = workbooks.xlsx_bytes if name.endswith("xlsx") else workbooks.ods_bytes
        return workbooks.read(make(sheets), name, catalogue, small_reference)

    return read_sheets


def changed(row: int, column: int, cell: workbooks.Cell, sheet: str = LATEST) -> Sheets:
    """The sheets with one cell changed; `row` as a spreadsheet numbers it."""
    sheets = workbooks.outcome_sheets()
    sheets[sheet][row - 1][column] = cell
    return sheets


def only(table: RawTable, check_id: str) -> Finding:
    """The one finding, which is of that check."""
    assert [item.check_id for item in table.findings] == [check_id], table.findings
    return table.findings[0]


@pytest.mark.parametrize("name", [OUTCOMES, OUTCOMES.replace(".ods", ".xlsx")])
def test_a_judgement_becomes_the_number_of_its_grade(name: str, read: Read) -> None:
    table = read(workbooks.outcome_sheets(), name)
    assert table.findings == ()
    assert list(table.frame["old_la_code"]) == [place.code for place in NOW_THERE]
    assert list(table.frame["new_la_code"]) == [place.gss for place in NOW_THERE]
    assert list(table.frame[JUDGEMENTS[0]]) == [str(grade_of(place.code)) for place in NOW_THERE]
    assert set(table.frame["time_period"]) == {"2025"}
    assert set(table.frame["geographic_level"]) == {"Local authority"}
    assert table.periods == {"2025"}
    assert table.rows_at([0, 1]) == (4, 5)


def test_a_blank_on_care_leavers_before_2023_is_not_applicable_and_no_grade(
    read: Read, catalogue: Catalogue, small_reference: Reference
) -> None:
    table = read(workbooks.outcome_sheets())
    loaded = tabular.load([table], catalogue, small_reference)
    held = loaded.observations[0].query("indicator_id == 'leavers'").set_index("area_code")
    for place in NOW_THERE:
        row = held.loc[place.code]
        if inspected_on(place.code) < date(2023, 1, 1):
            assert row["status"] == "not_applicable"
            assert pd.isna(row["value"])
        else:
            assert (row["status"], row["value"]) == ("reported", grade_of(place.code))
        assert (row["period"], row["period_end"]) == ("2025", pd.Timestamp("2025-03-31"))
    assert 0 < (held["status"] == "not_applicable").sum() < len(held)


def test_the_history_and_the_visits_are_kept_in_the_words_published(
    read: Read, catalogue: Catalogue, small_reference: Reference
) -> None:
    loaded = tabular.load([read(workbooks.outcome_sheets())], catalogue, small_reference)
    held = loaded.inspections
    assert held is not None
    ashby = held[held["area_code"] == "701"]
    assert list(ashby["inspected_on"]) == [date(2018, 9, 3), inspected_on("701")]
    assert list(ashby["overall"]) == ["Inadequate", GRADES[grade_of("701") - 1]]
    assert list(ashby["event"]) == ["ILACS Standard Inspection", "ILACS Short Inspection"]
    assert set(held["framework"]) == {"ILACS"}
    gone = held[held["area_code"] == "713"]
    assert list(gone["published_on"]) == [date(2019, 7, 3)]
    visit = held[(held["area_code"] == "702") & held["overall"].isna()]
    assert list(visit["theme"]) == ["Care leavers"]
    assert list(visit["event"]) == ["ILACS Focused Visit"]
    assert held["source_file_id"].str.endswith("outcomes_as_at_31_March_2025").all()


def test_every_row_of_the_three_sheets_is_used_or_set_aside_with_a_reason(
    read: Read, catalogue: Catalogue, small_reference: Reference
) -> None:
    sheets = workbooks.outcome_sheets()
    table = read(sheets)
    assert table.rows_read == sum(len(rows) - 3 for rows in sheets.values())
    assert [(item.rows, "history" in item.reason) for item in table.set_aside] == [(1, True)]
    (account,) = tabular.load([table], catalogue, small_reference).accounts
    assert account.used + 1 == table.rows_read


def test_a_workbook_without_the_sheet_of_visits_is_read(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    del sheets[VISITS]
    table = read(sheets)
    assert table.findings == ()
    assert table.inspections is not None
    assert len(table.inspections) == len(sheets[HISTORY]) - 3


@pytest.mark.parametrize("sheet", [LATEST, HISTORY])
def test_a_sheet_under_another_name_is_refused_with_the_names_there_are(
    sheet: str, read: Read
) -> None:
    sheets = {
        f"{name}_new" if name == sheet else name: rows
        for name, rows in workbooks.outcome_sheets().items()
    }
    finding = only(read(sheets), "sheet_found")
    assert f"There is no sheet {sheet}" in finding.message
    assert f"The nearest name there is {sheet}_new" in finding.message


@pytest.mark.parametrize("moved", [-1, 4])
def test_a_header_in_another_row_is_found_and_findings_name_the_true_row(
    moved: int, read: Read
) -> None:
    sheets = workbooks.outcome_sheets()
    rows = sheets[LATEST]
    sheets[LATEST] = [rows[0], *([["note"]] * (moved + 1)), *rows[2:]]
    assert read(sheets).findings == ()
    sheets[LATEST][2 + moved + 1][OVERALL] = "Excellent"
    assert only(read(sheets), "grade_known").rows == (4 + moved,)


def test_a_renamed_column_is_named_with_its_nearest_stranger(read: Read) -> None:
    finding = only(read(changed(3, OVERALL, "Overall efectiveness")), "columns_known")
    assert finding.column == "Overall effectiveness"
    assert finding.rows == (3,)
    assert "The nearest name there is Overall efectiveness" in finding.message


def test_a_sheet_without_any_known_column_is_refused(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    sheets[LATEST] = [sheets[LATEST][0], ["a", "b"], ["1", "2"]]
    assert "no header row" in only(read(sheets), "columns_known").message


def test_a_sheet_without_rows_is_refused(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    del sheets[LATEST][3:]
    assert LATEST in only(read(sheets), "rows_present").message


def test_an_unknown_authority_is_refused_with_its_row_and_name(read: Read) -> None:
    sheets = changed(6, CODE, "T06000099")
    finding = only(read(sheets), "authority_known")
    assert finding.rows == (6,)
    assert finding.column == "Local authority area code"
    assert f"“T06000099” ({sheets[LATEST][5][NAME]})" in finding.message


@pytest.mark.parametrize("cell", ["Excellent", "", "2", "good", "[c]"])
def test_what_is_no_grade_is_refused_and_never_a_number(cell: str, read: Read) -> None:
    table = read(changed(5, OVERALL, cell))
    assert {item.check_id for item in table.findings} == {"grade_known"}
    assert table.findings[0].rows == (5,)
    assert table.findings[0].column == JUDGEMENTS[0]
    assert table.frame.empty


def test_a_blank_on_care_leavers_after_2022_is_refused(read: Read) -> None:
    place = next(i for i, p in enumerate(NOW_THERE) if inspected_on(p.code).year > 2022)
    finding = only(read(changed(4 + place, OVERALL + 4, "")), "grade_known")
    assert finding.rows == (4 + place,)
    assert "blank cell" in finding.message


def test_an_authority_twice_is_refused_with_both_rows(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    sheets[LATEST].append(sheets[LATEST][3])
    assert only(read(sheets), "key_unique").rows == (4, len(sheets[LATEST]))


def test_an_authority_under_two_of_its_codes_is_there_twice(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    codes = [row[CODE] if len(row) > CODE else "" for row in sheets[LATEST]]
    hazel = codes.index(workbooks.gss("714"))
    again = list(sheets[LATEST][hazel])
    again[CODE] = "T10000014"
    sheets[LATEST].append(again)
    assert only(read(sheets), "key_unique").rows == (hazel + 1, len(sheets[LATEST]))


def test_an_older_code_of_an_authority_is_its_own(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    for rows in sheets.values():
        for row in rows[3:]:
            if row[CODE] == workbooks.gss("714"):
                row[CODE] = "T10000014"
    table = read(sheets)
    assert table.findings == ()
    assert "714" in set(table.frame["old_la_code"])


def test_a_missing_authority_is_noticed(read: Read) -> None:
    sheets = workbooks.outcome_sheets()
    del sheets[LATEST][4]
    assert NOW_THERE[1].name in only(read(sheets), "periods_whole").message


def test_an_authority_that_the_history_tells_otherwise_is_a_warning(read: Read) -> None:
    table = read(changed(4, OVERALL, GRADES[grade_of("701") % 4]))
    finding = only(table, "history_agrees")
    assert finding.severity == "warning"
    assert (finding.rows, finding.area_code) == ((4,), "701")


@pytest.mark.parametrize("cell", ["soon", "31/13/2024", ""])
def test_what_is_no_date_is_refused(cell: str, read: Read) -> None:
    finding = next(
        item for item in read(changed(5, INSPECTED, cell)).findings if item.severity == "error"
    )
    assert finding.check_id == "date_readable"
    assert finding.rows == (5,)
    assert finding.column == "Inspection date"


def test_a_date_may_be_written_as_text_with_the_day_first(read: Read) -> None:
    day = inspected_on("701")
    sheets = changed(4, INSPECTED, f"{day:%d/%m/%Y}")
    assert read(sheets).findings == ()


def test_a_report_before_its_inspection_is_refused(read: Read) -> None:
    finding = only(read(changed(5, PUBLISHED, date(2001, 1, 1))), "date_readable")
    assert "before the inspection" in finding.message


def test_another_name_of_an_authority_is_a_warning_and_it_is_matched_on_its_code(
    read: Read,
) -> None:
    table = read(changed(4, NAME, "Ashbourne"))
    finding = only(table, "name_known")
    assert (finding.rows, finding.area_code) == ((4,), "701")
    assert table.frame["old_la_code"].iloc[0] == "701"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Local authority inspection judgements as at 31 March 2024", OUTCOMES),
        ("Local authority inspection judgements as at 31 August 2025", OUTCOMES),
        ("Local authority inspection judgements", OUTCOMES),
        (
            "Local authority inspection judgements as at 31 March 2025",
            OUTCOMES.replace("2025", "2024"),
        ),
    ],
)
def test_title_and_file_name_must_tell_the_same_day(title: str, name: str, read: Read) -> None:
    assert {item.check_id for item in read(changed(1, 0, title), name).findings} == {"year_agrees"}


@pytest.mark.parametrize(
    ("data", "check_id"),
    [
        (b"", "file_readable"),
        (b"<html>Not found</html>", "file_kind"),
        (b"a,b\n1,2\n", "file_kind"),
        (workbooks.ods_bytes(workbooks.outcome_sheets())[:2_000], "file_kind"),
    ],
)
def test_what_is_no_workbook_is_refused(
    data: bytes, check_id: str, catalogue: Catalogue, small_reference: Reference
) -> None:
    table = workbooks.read(data, OUTCOMES, catalogue, small_reference)
    assert only(table, check_id).file_name == OUTCOMES
