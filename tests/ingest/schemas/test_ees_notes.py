"""Oddities of an EES file that can be read all the same: what is noted, and what is not."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.authorities import Reference
from ingest.catalogue import Catalogue, FileSpec
from ingest.schemas.ees_notes import Note, find_notes, find_total_notes, is_total
from tests import builders
from tests.builders import ABSENCE, CARE, EES_FILES, NEED, WORKFORCE, Row, Table
from tests.ingest.every_check import phases

CEDARHAM = {"old_la_code": "703", "time_period": "2024"}


def frame_of(table: Table) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(table.text()), dtype=str, keep_default_na=False)


def spec_of(name: str, catalogue: Catalogue) -> FileSpec:
    spec = catalogue.file_for(name)
    assert spec is not None
    return spec


class Notes:
    """Finds the notes on a table under the name of one of the invented country's files."""

    def __init__(self, catalogue: Catalogue, reference: Reference) -> None:
        self.catalogue, self.reference = catalogue, reference

    def on(self, name: str, table: Table) -> list[Note]:
        spec = spec_of(name, self.catalogue)
        return list(find_notes(frame_of(table), spec, self.reference))

    def totals(self, table: Table) -> list[Note]:
        return list(find_total_notes(frame_of(table), spec_of(ABSENCE, self.catalogue)))


@pytest.fixture
def notes(small_catalogue: Catalogue, small_reference: Reference) -> Notes:
    return Notes(small_catalogue, small_reference)


def positions(table: Table, rows: list[Row]) -> tuple[int, ...]:
    return tuple(table.row_number(row) - 2 for row in rows)


@pytest.mark.parametrize("name", EES_FILES)
def test_a_sound_file_has_no_notes(name: str, notes: Notes, small_catalogue: Catalogue) -> None:
    table = builders.ees_files()[name]
    assert notes.on(name, table) == []
    assert list(find_total_notes(frame_of(table), spec_of(name, small_catalogue))) == []


# Cells -----------------------------------------------------------------------------------------


def test_the_blank_cells_of_a_column_are_one_note_with_every_row(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    blank = table.find(old_la_code="703")
    for row in blank:
        row["again"] = ""
    (note,) = notes.on(NEED, table)
    assert (note.check_id, note.column) == ("figure_filled", "again")
    assert note.positions == positions(table, blank)
    assert note.message == "4 cells are blank."


def test_legacy_symbols_are_named_apart_from_blanks(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    for text, year in ((":", "2022"), ("..", "2023"), ("", "2024"), ("c", "2025")):
        table.find(old_la_code="703", time_period=year)[0]["again"] = text
    blank, legacy = notes.on(NEED, table)
    assert (blank.check_id, legacy.check_id) == ("figure_filled", "symbol_current")
    assert legacy.message == "2 cells have “..”, “:”."
    assert len(blank.positions) == 1
    assert len(legacy.positions) == 2


# Areas -----------------------------------------------------------------------------------------


def test_an_area_column_that_the_level_should_fill_is_noted_when_empty(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    rows = table.find(geographic_level="Local authority", time_period="2024")
    for row in rows:
        row["country_name"] = ""
    (note,) = notes.on(NEED, table)
    assert (note.check_id, note.column) == ("area_columns", "country_name")
    assert note.positions == positions(table, rows)
    assert note.message == f"{len(rows)} rows (level Local authority) left it empty."


def test_an_authority_s_code_on_a_region_s_row_is_noted(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    row = table.find(geographic_level="Regional", time_period="2024")[0]
    row["old_la_code"] = "703"
    (note,) = notes.on(NEED, table)
    assert (note.check_id, note.column) == ("area_columns", "old_la_code")
    assert note.message == "“703” stands on a row of level Regional, which has none."


@pytest.mark.parametrize(
    ("level", "column"),
    [("Local authority", "old_la_code"), ("Regional", "region_code"), ("National", "country_code")],
)
def test_a_row_s_own_code_is_left_to_the_check_that_refuses_it(
    level: str, column: str, notes: Notes
) -> None:
    table = builders.ees_files()[NEED]
    table.find(geographic_level=level)[0][column] = ""
    assert [note for note in notes.on(NEED, table) if note.column == column] == []


def test_authorities_under_a_region_that_is_not_theirs_are_one_note(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    moved = [*table.find(old_la_code="703"), *table.find(old_la_code="704")]
    for row in moved:
        row.update({"region_code": "T12000002", "region_name": "Southland"})
    (note,) = notes.on(NEED, table)
    assert note.check_id == "region_agrees"
    assert note.positions == tuple(sorted(positions(table, moved)))
    assert note.message == "“T12000002” is not the region of authority 703 (and 1 more)."
    assert note.area_code is None


def test_a_capital_s_authority_may_stand_under_the_whole_or_its_part(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    for row in table.find(old_la_code="721"):
        row.update({"region_code": "T12000007", "region_name": "Capital"})
    assert notes.on(NEED, table) == []


def test_a_joint_return_lies_where_its_authorities_lie(notes: Notes) -> None:
    table = builders.ees_files()[WORKFORCE]
    for row in table.find(old_la_code=builders.JOINT_CODE):
        row.update({"region_code": "T12000001", "region_name": "Northland"})
    (note,) = notes.on(WORKFORCE, table)
    assert (note.check_id, note.area_code) == ("region_agrees", "711")


def test_the_name_of_a_region_or_of_the_country_must_be_on_record(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    for row in table.rows:
        row["country_name"] = "Testing Kingdom"
    (note,) = notes.on(NEED, table)
    assert (note.check_id, note.column) == ("name_known", "country_name")
    assert "“Testing Kingdom” is not a known name of T92000001." in note.message
    assert len(note.positions) == len(table.rows)


def test_a_region_s_name_may_differ_in_case_and_by_an_ampersand(notes: Notes) -> None:
    table = builders.ees_files()[NEED]
    for row in table.find(region_code="T12000001"):
        row["region_name"] = "NORTHLAND"
    assert notes.on(NEED, table) == []


# Totals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["Total", "total", "All", "All children", "Total children", "Suitability total"]
)
def test_a_total_is_told_by_its_words(value: str) -> None:
    assert is_total(value)


@pytest.mark.parametrize("value", ["Allegation (s47)", "Totally new", "Overall", "Primary", ""])
def test_a_category_is_no_total(value: str) -> None:
    assert not is_total(value)


def test_parts_that_make_their_total_are_not_noted(notes: Notes) -> None:
    assert notes.totals(phases()) == []


def change(table: Table, phase: str, by: int, **where: str) -> Row:
    row = table.find(phase=phase, **where)[0]
    row["missed"] = str(int(row["missed"]) + by)
    return table.find(phase="Total", **where)[0]


def test_a_total_that_its_parts_do_not_make_is_noted_with_both(notes: Notes) -> None:
    table = phases()
    near = change(table, "Primary", 2, old_la_code="701", time_period="202324")
    far = change(table, "Secondary", -30, old_la_code="703", time_period="202425")
    (note,) = notes.totals(table)
    total, parts = int(far["missed"]), int(far["missed"]) - 30
    assert (note.check_id, note.column) == ("parts_and_total", "missed")
    assert note.positions == tuple(sorted(positions(table, [near, far])))
    assert note.message.startswith("2 totals of ")
    assert f"Cedarham, 202425, “Total” is {total:,} and its parts make {parts:,}." in note.message


def test_a_region_s_total_may_be_off_by_its_rounding_and_no_more(notes: Notes) -> None:
    for by, noted in ((10, False), (40, True)):
        table = phases()
        change(
            table, "Primary", by, geographic_level="Regional", region_code="T12000001",
            time_period="202425",
        )  # fmt: skip
        assert bool(notes.totals(table)) is noted, by


@pytest.mark.parametrize("hidden", ["Primary", "Secondary", "Total"])
def test_nothing_is_said_of_a_total_of_which_a_cell_is_suppressed(
    hidden: str, notes: Notes
) -> None:
    table = phases()
    change(table, "Primary", 5, old_la_code="703", time_period="202425")
    table.find(phase=hidden, old_la_code="703", time_period="202425")[0]["missed"] = "c"
    assert notes.totals(table) == []


def test_a_total_whose_part_has_no_row_is_not_taken_for_whole(notes: Notes) -> None:
    table = phases()
    table.rows.remove(table.find(phase="Primary", old_la_code="703", time_period="202425")[0])
    assert notes.totals(table) == []


def test_categories_that_overlap_are_no_parts(notes: Notes) -> None:
    table = phases()
    for row in table.find(phase="Secondary"):
        row["missed"] = str(int(row["missed"]) + 11)
    assert notes.totals(table) == []


def test_percentages_are_no_parts(notes: Notes) -> None:
    table = phases()
    for row in table.rows:
        row["absence_percent"] = {"Primary": "37", "Secondary": "63", "Total": "100"}[row["phase"]]
    table.find(phase="Primary", old_la_code="703", time_period="202425")[0]["absence_percent"] = (
        "36"
    )
    assert notes.totals(table) == []


def test_a_total_that_one_period_lacks_is_noted(notes: Notes) -> None:
    table = phases()
    table.rows = [r for r in table.rows if (r["time_period"], r["phase"]) != ("202223", "Total")]
    (note,) = notes.totals(table)
    assert (note.check_id, note.column) == ("total_present", "phase")
    assert note.message == "Period 202223 has no total, and other periods have one."
    assert {table.rows[i]["time_period"] for i in note.positions} == {"202223"}


def test_a_filter_that_never_had_a_total_needs_none(
    notes: Notes, small_catalogue: Catalogue
) -> None:
    table = builders.ees_files()[CARE]
    for row in table.find(stability="Total children"):
        row["stability"] = "Unstable"
    for row in table.rows:
        row["cla_group"] = "On 31 March"
    assert list(find_total_notes(frame_of(table), spec_of(CARE, small_catalogue))) == []


@given(
    hidden=st.sets(st.integers(0, 155), max_size=60),
    wrong=st.sets(st.integers(0, 51), max_size=2),
    symbol=st.sampled_from(["c", "x", "", "~"]),
)
def test_a_total_is_quoted_if_and_only_if_it_is_wrong_and_all_of_it_is_published(
    hidden: set[int], wrong: set[int], symbol: str
) -> None:
    table = phases()
    local = table.find(geographic_level="Local authority")
    groups = [local[i : i + 3] for i in range(0, len(local), 3)]
    for i in wrong & set(range(len(groups))):
        groups[i][0]["missed"] = str(int(groups[i][0]["missed"]) + 5)
    for i in hidden & set(range(len(local))):
        local[i]["missed"] = symbol
    whole = [group for group in groups if all(row["missed"] != symbol for row in group)]
    expected = {
        table.row_number(total) - 2
        for first, second, total in whole
        if int(first["missed"]) + int(second["missed"]) != int(total["missed"])
    }
    spec = FileSpec(ABSENCE, "s", "ees", ("phase",))
    found = [n for n in find_total_notes(frame_of(table), spec) if n.column == "missed"]
    assert len(whole) >= 20 >= 10 * len(expected)
    assert {i for note in found for i in note.positions} == expected
