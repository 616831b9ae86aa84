"""A file that is not right stops the refresh with a finding that names file, row and column, and
the release that was being served is still there, byte for byte."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ingest.checks import CHECKS
from ingest.errors import AllianceError, Finding
from tests import builders
from tests.builders import (
    ABSENCE,
    CARE,
    CODES,
    DICTIONARY,
    EES_FILES,
    JOINT_CODE,
    LONG,
    NEAR_2025,
    NEED,
    POPULATION,
    WORKFORCE,
    Cell,
    Row,
    Table,
)
from tests.conftest import Small

GOOD = builders.all_files()
PARTNERS = {NEED, POPULATION, LONG, DICTIONARY}
"""Files that are only read together: left in the folder beside every bad file."""
Files = dict[str, bytes]


def put_away(small: Small, files: Files) -> None:
    for name in set(GOOD) - {name.split("/")[-1] for name in files} - PARTNERS:
        (small.folder / name).unlink(missing_ok=True)


def refuse(small: Small, files: Files) -> tuple[Finding, ...]:
    """Refresh with these files over the good ones: their sources must stop, keep the files that
    they had, and change nothing. Good files that have nothing to do with them are put away, which
    only saves time."""
    put_away(small, files)
    small.put(files)
    before = small.served()
    assert len(before) == 2
    report = small.refresh()
    assert not report.published
    assert small.served() == before
    assert not list(small.store.releases_dir.glob(".building-*"))
    assert small.store.current_id() in before["current"].decode()
    findings = tuple(item for source in report.stopped for item in source.errors)
    assert all(source.kept for source in report.stopped)
    assert all(f.severity == "error" for f in findings)
    assert all(f.check_id in CHECKS for f in findings)
    assert set(findings) <= set(report.findings)
    return findings


# One cell --------------------------------------------------------------------------------------


def edit(name: str, where: Row, **cells: str) -> tuple[Files, int]:
    """A file with cells of one row changed, and that row's number."""
    table = builders.ees_files()[name]
    row = table.find(**where)[0]
    row.update(cells)
    return {name: table.bytes()}, table.row_number(row)


CEDARHAM = {"old_la_code": "703", "time_period": "2024"}
CEDARHAM_AT_SCHOOL = {"old_la_code": "703", "time_period": "202425"}

CELLS = [
    # file, row, column, what stands there, check
    *[
        (NEED, CEDARHAM, "open_cases", text, "number_or_symbol")
        for text in (
            "nan", "inf", "1,234", " 12", "12 ", "１２", "−5", "abc", "1.2.3", "12%", "1e999", "C",
            "-5",
        )
    ],
    (NEED, CEDARHAM, "referrals", "-5", "number_or_symbol"),
    (NEED, CEDARHAM, "again_percent", "ten", "number_or_symbol"),
    (NEED, CEDARHAM, "category", "All ", "filter_filled"),
    (NEED, CEDARHAM, "category", " All", "filter_filled"),
    (NEED, CEDARHAM, "category", "", "filter_filled"),
    (NEED, CEDARHAM, "category", "Some", "selection_found"),
    (NEED, CEDARHAM, "open_cases", "1\n2", "csv_rows_whole"),
    (NEED, CEDARHAM, "geographic_level", "Region", "geographic_level"),
    (NEED, CEDARHAM, "geographic_level", "Local authority ", "geographic_level"),
    (NEED, CEDARHAM, "geographic_level", "", "geographic_level"),
    (NEED, CEDARHAM, "time_period", "202426", "time_period"),
    (NEED, CEDARHAM, "time_period", "20２４", "time_period"),
    (NEED, CEDARHAM, "time_period", "", "time_period"),
    (NEED, CEDARHAM, "time_identifier", "Academic year", "time_period"),
    (NEED, CEDARHAM, "time_identifier", "Calendar year", "time_period"),
    (ABSENCE, CEDARHAM_AT_SCHOOL, "time_period", "202426", "years_consecutive"),
    (ABSENCE, CEDARHAM_AT_SCHOOL, "time_period", "2025", "time_period"),
    (ABSENCE, CEDARHAM_AT_SCHOOL, "time_identifier", "Financial year", "time_period"),
    (NEED, CEDARHAM, "old_la_code", "999", "authority_known"),
    (NEED, CEDARHAM, "old_la_code", "703 ", "authority_known"),
    (NEED, CEDARHAM, "old_la_code", "７０３", "authority_known"),
    (NEED, CEDARHAM, "old_la_code", "", "authority_known"),
    (NEED, CEDARHAM, "old_la_code", "703 / 999", "authority_known"),
    (NEED, {"geographic_level": "National"}, "country_code", "E92000001", "authority_known"),
    (NEED, {"geographic_level": "Regional"}, "region_code", "E12000001", "authority_known"),
]  # fmt: skip
IN_THE_MESSAGE = {"time_period", "years_consecutive", "authority_known"}
"""Checks of several columns together: the message names the column, not the finding."""


@pytest.mark.parametrize(
    ("name", "where", "column", "text", "check"),
    CELLS,
    ids=[f"{check}-{column}-{text!r}" for _, _, column, text, check in CELLS],
)
def test_one_wrong_cell_gives_findings_with_its_row_and_column(
    name: str, where: Row, column: str, text: str, check: str, small: Small
) -> None:
    files, number = edit(name, where, **{column: text})
    findings = refuse(small, files)
    assert {f.check_id for f in findings} == {check}
    for finding in findings:
        assert finding.file_name == name
        assert finding.rows == (number,)
        if check in IN_THE_MESSAGE:
            assert f"“{text}”" in finding.message
        else:
            assert finding.column == column


def test_text_in_several_cells_of_a_column_is_one_finding_with_every_row(small: Small) -> None:
    table = builders.ees_files()[NEED]
    rows = table.find(old_la_code="703")
    for row in rows:
        row["again"] = "many"
    findings = refuse(small, {NEED: table.bytes()})
    assert [f.check_id for f in findings] == ["number_or_symbol"]
    assert findings[0].rows == tuple(table.row_number(row) for row in rows)
    assert findings[0].column == "again"


def test_faults_of_several_files_are_reported_in_one_run(small: Small) -> None:
    one, row_of_one = edit(NEED, CEDARHAM, open_cases="many")
    two, row_of_two = edit(ABSENCE, CEDARHAM_AT_SCHOOL, missed="few")
    three = {NEAR_2025: b"no workbook", CARE: b""}
    findings = refuse(small, one | two | three)
    assert {(f.file_name, f.rows) for f in findings} == {
        (NEED, (row_of_one,)),
        (ABSENCE, (row_of_two,)),
        (NEAR_2025, (1,)),
        (CARE, (1,)),
    }


# Keys ------------------------------------------------------------------------------------------


def test_a_repeated_row_is_found_wherever_it_stands(small: Small) -> None:
    table = builders.ees_files()[NEED]
    row = table.find(**CEDARHAM)[0]
    table.rows.append({**row, "open_cases": "1"})
    findings = refuse(small, {NEED: table.bytes()})
    assert [f.check_id for f in findings] == ["key_unique"]
    assert findings[0].rows == (table.row_number(row), len(table.rows) + 1)


def test_a_repeated_row_that_names_another_region_is_the_same_key(small: Small) -> None:
    table = builders.ees_files()[NEED]
    row = table.find(**CEDARHAM)[0]
    table.rows.append({**row, "region_code": "T12000002", "region_name": "Southland"})
    findings = refuse(small, {NEED: table.bytes()})
    assert [f.check_id for f in findings] == ["key_unique"]
    assert findings[0].rows == (table.row_number(row), len(table.rows) + 1)


@pytest.mark.parametrize("code", ["711", "712", "712 / 711", "711/712", "711 / 701"])
def test_an_authority_of_a_joint_return_that_stands_elsewhere_too_is_repeated(
    code: str, small: Small
) -> None:
    table = builders.ees_files()[WORKFORCE]
    row = table.find(old_la_code=JOINT_CODE)[0]
    table.rows.append({**row, "old_la_code": code})
    findings = refuse(small, {WORKFORCE: table.bytes()})
    assert [f.check_id for f in findings] == ["key_unique"]
    assert {table.row_number(row), len(table.rows) + 1} <= set(findings[0].rows)


def test_a_population_for_two_age_groups_is_not_picked_from_at_random(small: Small) -> None:
    table = builders.ees_files()[POPULATION]
    table.rows += [{**row, "age_group": "0 to 4"} for row in table.rows]
    findings = refuse(small, {POPULATION: table.bytes()})
    assert {f.check_id for f in findings} == {"selection_found"}
    assert {f.file_name for f in findings} == {POPULATION}
    assert {f.column for f in findings} == {"age_group"}


def test_a_selection_that_nothing_fits_is_named_with_its_column(small: Small) -> None:
    table = builders.ees_files()[CARE]
    for row in table.find(stability="Stable"):
        row["stability"] = "Settled"
    findings = refuse(small, {CARE: table.bytes()})
    assert {f.check_id for f in findings} == {"selection_found"}
    assert findings[0].indicator_id == "stable_pct"
    assert "stability = “Stable”" in findings[0].message


# Whole files -----------------------------------------------------------------------------------


def lines(name: str = NEED) -> list[bytes]:
    return GOOD[name].splitlines(keepends=True)


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, GOOD[name])
    return buffer.getvalue()


def put(row: int, text: bytes) -> bytes:
    """The file with a line of its own put before that row."""
    return b"".join([*lines()[: row - 1], text, *lines()[row - 1 :]])


def change(row: int, old: bytes, new: bytes) -> bytes:
    """The file with something changed in one row."""
    found = lines()
    assert old in found[row - 1]
    found[row - 1] = found[row - 1].replace(old, new, 1)
    return b"".join(found)


def header(old: bytes, new: bytes) -> bytes:
    return change(1, old, new)


TEXT = GOOD[NEED].decode()
WHOLE = [
    # name of the case, bytes, check, rows, column
    ("semicolons", builders.ees_files()[NEED].text(";").encode(), "csv_delimiter", (1,), ""),
    ("tabs", builders.ees_files()[NEED].text("\t").encode(), "csv_delimiter", (1,), ""),
    ("bars", builders.ees_files()[NEED].text("|").encode(), "csv_delimiter", (1,), ""),
    ("renamed", header(b"open_cases", b"open_case"), "columns_known", (1,), "open_cases"),
    ("renamed standard", header(b"la_name", b"name"), "columns_known", (1,), "la_name"),
    ("space in name", header(b"open_cases", b"open_cases "), "columns_known", (1,), "open_cases"),
    ("capital in name", header(b"open_cases", b"Open_cases"), "columns_known", (1,), "open_cases"),
    ("filter gone", header(b"category", b"kind"), "columns_known", (1,), "category"),
    ("repeated column", header(b"again,", b"referrals,"), "columns_known", (1,), "referrals"),
    ("unnamed column", header(b"again,", b","), "columns_known", (1,), ""),
    ("UTF-16", TEXT.encode("utf-16"), "file_encoding", (1,), ""),
    ("UTF-16 LE without mark", TEXT.encode("utf-16-le"), "file_encoding", (1,), ""),
    ("UTF-16 BE without mark", TEXT.encode("utf-16-be"), "file_encoding", (1,), ""),
    ("invalid UTF-8", change(8, b"Ashby", b"Ashb\xff"), "file_encoding", (8,), "la_name"),
    ("empty", b"", "file_readable", (1,), ""),
    ("only white space", b" \r\n ", "file_readable", (1,), ""),
    ("ZIP", zipped(NEED), "file_kind", (1,), ""),
    ("gzip", gzip.compress(GOOD[NEED]), "file_kind", (1,), ""),
    ("HTML", b"<!doctype html>\n<html><body>Moved</body></html>\n", "file_kind", (1,), ""),
    ("a workbook", GOOD[NEAR_2025], "file_kind", (1,), ""),
    ("header only", lines()[0], "rows_present", (1,), ""),
    ("blank row", put(9, b"\n"), "csv_rows_whole", (9,), ""),
    ("row of commas", put(9, b"," * 14 + b"\n"), "csv_rows_whole", (9,), ""),
    ("extra cell", change(9, b"\n", b",7\n"), "csv_rows_whole", (9,), "again_percent"),
    ("cell missing", change(9, b"Northland,", b""), "csv_rows_whole", (9,), "again"),
    ("note below", GOOD[NEED] + b"Source: a survey\n", "csv_rows_whole", (76,), "time_period"),
    ("stray quote", change(8, b"Ashby", b'"Ashby'), "csv_rows_whole", (8,), "la_name"),
]


@pytest.mark.parametrize(
    ("data", "check", "rows", "column"), [case[1:] for case in WHOLE], ids=[c[0] for c in WHOLE]
)
def test_a_file_that_is_not_whole_gives_one_clear_finding(
    data: bytes, check: str, rows: tuple[int, ...], column: str, small: Small
) -> None:
    findings = refuse(small, {NEED: data})
    assert [(f.check_id, f.file_name, f.rows, f.column) for f in findings] == [
        (check, NEED, rows, column)
    ]
    assert len(findings[0].message) > 20


def test_a_renamed_column_is_shown_its_nearest_stranger(small: Small) -> None:
    findings = refuse(small, {NEED: header(b"open_cases", b"open_case")})
    assert "The nearest name there is open_case." in findings[0].message


def test_two_stray_quotes_that_give_one_authority_another_s_figures_are_found(
    small: Small,
) -> None:
    data = change(8, b",Ashby,", b',"Ashby,')
    data = data.replace(b",Birch and Holt,", b',Birch and Holt",', 1)
    findings = refuse(small, {NEED: data})
    assert [(f.check_id, f.rows, f.column) for f in findings] == [
        ("csv_rows_whole", (8,), "la_name")
    ]


@pytest.mark.parametrize("other", ["copy/" + NEED, "need_2023_to_2026.csv"])
def test_two_files_that_are_the_same_file_are_both_named(other: str, small: Small) -> None:
    findings = refuse(small, {other: change(8, b"Ashby", b"Ashtown")})
    assert [f.check_id for f in findings] == ["file_unique"]
    assert NEED in findings[0].message
    assert other in findings[0].message


def test_a_folder_that_is_not_there_or_holds_nothing_known_is_said_to(small: Small) -> None:
    before = small.served()
    with pytest.raises(AllianceError, match="is not a folder"):
        small.refresh(folder=small.folder / "nowhere")
    (small.folder / "empty").mkdir()
    with pytest.raises(AllianceError, match="No file in"):
        small.refresh(folder=small.folder / "empty")
    assert small.served() == before


@pytest.mark.parametrize("name", [POPULATION, DICTIONARY, LONG, CODES, NEAR_2025])
def test_a_folder_whose_files_make_no_indicator_is_said_to(
    name: str, bare: Small, tmp_path: Any
) -> None:
    folder = builders.write_files(tmp_path / "alone", {name: GOOD[name]})
    with pytest.raises(AllianceError, match="make no indicator") as caught:
        bare.refresh(folder=folder)
    assert name in str(caught.value)
    assert bare.store.current_id() is None


# Cut files -------------------------------------------------------------------------------------


def rows_with_period(name: str) -> list[tuple[int, str]]:
    """Where each row of a file ends, and its period."""
    place, ends = 0, []
    for line in lines(name):
        place += len(line)
        ends.append((place, line.split(b",")[0].decode()))
    return ends


def whole_years(name: str) -> set[int]:
    """Lengths at which a file is cut between two periods: what is left is a whole file of fewer
    years, which only a comparison with the release before can tell from a cut one."""
    ends = rows_with_period(name)
    return {ends[i][0] for i in range(1, len(ends) - 1) if ends[i][1] != ends[i + 1][1]}


def row_ends(name: str) -> list[int]:
    """Lengths at which a file is cut between two rows of one year (or below its header)."""
    return [place for place, _ in rows_with_period(name)[:-1] if place not in whole_years(name)]


@pytest.mark.parametrize("name", EES_FILES)
def test_a_file_cut_between_two_rows_of_a_year_is_refused(name: str, small: Small) -> None:
    places = row_ends(name)
    for place in (places[0], places[1], places[len(places) // 2], places[-1]):
        findings = refuse(small, {name: GOOD[name][:place]})
        assert {f.file_name for f in findings} == {name}
        assert {f.check_id for f in findings} <= {"periods_whole", "rows_present"}
        assert all(f.rows for f in findings)


@pytest.mark.parametrize("name", EES_FILES)
def test_no_row_can_be_cut_off_the_last_year_of_a_file_unseen(
    name: str, reading: Callable[[str, bytes], tuple[Finding, ...]]
) -> None:
    last_year = max(whole_years(name))
    places = [place for place in row_ends(name) if place > last_year]
    assert len(places) >= 16
    for place in places:
        findings = reading(name, GOOD[name][:place])
        errors = {f.check_id for f in findings if f.severity == "error"}
        assert errors == {"periods_whole"}, place


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, int]:
    """A file and a length to cut it to, but for lengths at which what is left is whole."""
    name = draw(st.sampled_from([*EES_FILES, DICTIONARY]))
    place = draw(st.integers(0, len(GOOD[name]) - 1))
    at_row_end = GOOD[name][:place].endswith(b"\n")
    assume(name != DICTIONARY or not at_row_end)
    assume(place not in whole_years(name))
    return name, place


@given(cut=cuts())
@settings(max_examples=150)
def test_a_file_cut_at_any_byte_is_found_out(
    cut: tuple[str, int], reading: Callable[[str, bytes], tuple[Finding, ...]]
) -> None:
    name, place = cut
    errors = [f for f in reading(name, GOOD[name][:place]) if f.severity == "error"]
    assert errors
    assert {f.file_name for f in errors} == {name}
    assert all(f.rows for f in errors)


@given(cut=cuts())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_at_any_byte_is_refused(cut: tuple[str, int], small: Small) -> None:
    name, place = cut
    try:
        findings = refuse(small, {name: GOOD[name][:place]})
    finally:
        small.put({name: GOOD[name]})
    assert {f.file_name for f in findings} == {name}


def test_a_file_cut_in_its_last_cell_is_refused_though_every_row_has_its_cells(
    small: Small,
) -> None:
    cut = GOOD[NEED][:-2]
    assert cut.splitlines()[-1].count(b",") == cut.splitlines()[0].count(b",")
    findings = refuse(small, {NEED: cut})
    assert [(f.check_id, f.rows, f.column) for f in findings] == [
        ("csv_rows_whole", (75,), "again_percent")
    ]


def test_a_cut_file_names_the_period_and_the_authorities_that_are_missing(small: Small) -> None:
    table = builders.ees_files()[NEED]
    table.rows = table.rows[:-2]
    findings = refuse(small, {NEED: table.bytes()})
    assert [f.check_id for f in findings] == ["periods_whole"]
    assert "Period 2022 has no row for Kelton, Larch." in findings[0].message
    assert findings[0].rows == (len(table.rows) + 1,)


def test_an_authority_that_a_reorganised_file_has_elsewhere_is_missed_too(small: Small) -> None:
    table = builders.ees_files()[NEED]
    table.rows = [r for r in table.rows if (r["old_la_code"], r["time_period"]) != ("713", "2022")]
    findings = refuse(small, {NEED: table.bytes()})
    assert "Period 2022 has no row for Gorse." in findings[0].message


def test_an_area_with_fewer_rows_than_others_is_named(small: Small) -> None:
    table = builders.ees_files()[CARE]
    row = table.find(old_la_code="722", time_period="2024", stability="Stable")[0]
    table.rows.remove(row)
    findings = refuse(small, {CARE: table.bytes()})
    assert [f.check_id for f in findings] == ["periods_whole"]
    assert "1 rows for 722 where others have 2" in findings[0].message
    left = table.find(old_la_code="722", time_period="2024")[0]
    assert findings[0].rows == (table.row_number(left),)


# The comparison tool's files -------------------------------------------------------------------


def long(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Files:
    return {LONG: builders.parquet_bytes(change(builders.long_frame()))}


def at(row: int, **cells: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype(dict.fromkeys(cells, object)) if "Values" in cells else frame
        for column, value in cells.items():
            frame.loc[row - 2, column.replace("_", " ")] = value
        return frame

    return change


def dictionary(change: Callable[[Table], None]) -> Files:
    table = builders.dictionary_table()
    change(table)
    return {DICTIONARY: table.bytes()}


def neighbours(change: Callable[[list[list[Cell]]], None]) -> Files:
    rows = builders.neighbour_rows("2025")
    change(rows)
    return {NEAR_2025: builders.workbook_bytes(rows)}


def codes(change: Callable[[list[list[Cell]]], None]) -> Files:
    rows = builders.code_rows()
    change(rows)
    return {CODES: builders.workbook_bytes(rows)}


def without_last(rows: list[list[Cell]]) -> None:
    for row in rows:
        row.pop()


def in_latin_1() -> bytes:
    """The data set with areas' names in another encoding than Parquet's."""
    frame = builders.long_frame()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    raw = pa.array([name.replace("a", "á").encode("latin-1") for name in frame["LA and Regions"]])
    names = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    buffer = io.BytesIO()
    place = table.column_names.index("LA and Regions")
    pq.write_table(table.set_column(place, "LA and Regions", names), buffer)
    return buffer.getvalue()


TOOL = [
    ("names in Latin-1", {LONG: in_latin_1()}, "file_kind", LONG, (), ""),
    ("renamed column", long(lambda f: f.rename(columns={"Values": "Value"})),
     "columns_known", LONG, (1,), "Values"),
    ("CSV named parquet", {LONG: builders.long_frame().to_csv().encode()},
     "file_kind", LONG, (), ""),
    ("empty parquet", {LONG: b""}, "file_readable", LONG, (), ""),
    ("cut parquet", {LONG: GOOD[LONG][:-40]}, "file_kind", LONG, (), ""),
    ("damaged parquet", {LONG: GOOD[LONG][:200] + bytes(300) + GOOD[LONG][500:]},
     "file_kind", LONG, (), ""),
    ("no rows", long(lambda f: f.iloc[:0]), "rows_present", LONG, (), ""),
    ("lists for figures", long(lambda f: f.assign(Values=[[1]] * len(f))),
     "file_kind", LONG, (), ""),
    ("text for a figure", long(at(5, Values="many")), "number_or_symbol", LONG, (5,), "Values"),
    ("unknown number", long(at(5, LA_Number=555.0)), "authority_known", LONG, (5,), "LA Number"),
    ("no number", long(at(5, LA_Number=float("nan"))), "authority_known", LONG, (5,), "LA Number"),
    ("half a number", long(at(5, LA_Number=701.5)), "authority_known", LONG, (5,), "LA Number"),
    ("repeated row", long(lambda f: pd.concat([f, f.iloc[[3]]])), "key_unique", LONG, (5, 222), ""),
    ("one year in two spellings",
     long(lambda f: pd.concat([f, f.iloc[[3]].assign(Years="2023")])),
     "key_unique", LONG, (5, 222), "Years"),
    ("measure not in the dictionary",
     {LONG: GOOD[LONG]} | dictionary(lambda t: t.rows.remove(t.find(Measure_short="Span")[0])),
     "measure_described", LONG, (), "Short Desc"),
    ("repeated measure", dictionary(lambda t: t.rows.append(dict(t.rows[0]))),
     "key_unique", DICTIONARY, (2, 8), ""),
    ("measure without a title", dictionary(lambda t: t.rows[0].update(Measure=" ")),
     "filter_filled", DICTIONARY, (2,), "Measure"),
    ("dictionary without a column", dictionary(lambda t: t.columns.remove("dps")),
     "columns_known", DICTIONARY, (1,), "dps"),
    ("dictionary without rows", dictionary(lambda t: t.rows.clear()),
     "rows_present", DICTIONARY, (1,), ""),
    ("unknown neighbour", neighbours(lambda r: r[2].__setitem__(2, 555)),
     "neighbour_known", NEAR_2025, (3,), "SN1"),
    ("region as a neighbour", neighbours(lambda r: r[2].__setitem__(4, 980)),
     "neighbour_known", NEAR_2025, (3,), "SN2"),
    ("unknown authority", neighbours(lambda r: r[4].__setitem__(0, 555)),
     "neighbour_known", NEAR_2025, (5,), "LA num"),
    ("its own neighbour", neighbours(lambda r: r[3].__setitem__(6, 702)),
     "neighbours_sound", NEAR_2025, (4,), "SN3"),
    ("the same neighbour twice", neighbours(lambda r: r[2].__setitem__(4, r[2][2])),
     "neighbours_sound", NEAR_2025, (3,), "SN2"),
    ("unknown closeness", neighbours(lambda r: r[2].__setitem__(3, "Near")),
     "neighbours_sound", NEAR_2025, (3,), "the one after SN1"),
    ("no closeness for the last", neighbours(without_last),
     "neighbours_sound", NEAR_2025, tuple(range(3, 16)), "the one after SN10"),
    ("no header", neighbours(lambda r: r.__delitem__(1)), "columns_known", NEAR_2025, (1,), "SN1"),
    ("no tenth neighbour", neighbours(lambda r: r[1].__setitem__(20, "other")),
     "columns_known", NEAR_2025, (2,), "SN10"),
    ("no authority", neighbours(lambda r: r.__delitem__(slice(2, None))),
     "rows_present", NEAR_2025, (2,), ""),
    ("workbook that is none", {NEAR_2025: b"LA num,SN1\n"}, "file_kind", NEAR_2025, (1,), ""),
    ("cut workbook", {NEAR_2025: GOOD[NEAR_2025][:3000]}, "file_kind", NEAR_2025, (1,), ""),
    ("other ZIP", {NEAR_2025: zipped(NEED)}, "file_kind", NEAR_2025, (1,), ""),
    ("empty workbook file", {NEAR_2025: b""}, "file_readable", NEAR_2025, (1,), ""),
    ("code list of strangers", codes(lambda r: r[2].__setitem__(0, 555)),
     "authority_known", CODES, (3,), ""),
    ("code list without names", codes(lambda r: r[0].__setitem__(1, "Name")),
     "columns_known", CODES, (1,), "LA Name"),
    ("code list without rows", codes(lambda r: r.__delitem__(slice(1, None))),
     "rows_present", CODES, (1,), ""),
    ("code list with a repeat", codes(lambda r: r.append(list(r[1]))),
     "key_unique", CODES, (2, 17), ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "check", "name", "rows", "column"), [c[1:] for c in TOOL], ids=[c[0] for c in TOOL]
)
def test_an_odd_file_of_the_comparison_tool_gives_one_clear_finding(
    files: Files, check: str, name: str, rows: tuple[int, ...], column: str, small: Small
) -> None:
    findings = refuse(small, files)
    assert [(f.check_id, f.file_name, f.rows, f.column) for f in findings] == [
        (check, name, rows, column)
    ]


def test_an_authority_twice_in_a_neighbour_workbook_is_found(small: Small) -> None:
    findings = refuse(small, neighbours(lambda r: r.append(list(r[2]))))
    assert ("key_unique", (3, 16)) in {(f.check_id, f.rows) for f in findings}


def test_two_measures_that_would_share_an_id_are_named(small: Small) -> None:
    files = dictionary(lambda t: t.rows.append(builders.dictionary_row("absent")))
    files |= long(
        lambda f: pd.concat([f, f[f["Short Desc"] == "Absent"].assign(**{"Short Desc": "absent"})])
    )
    findings = refuse(small, files)
    assert [(f.check_id, f.file_name) for f in findings] == [("key_unique", DICTIONARY)]
    assert "Absent and absent" in findings[0].message
    assert "lait_absent" in findings[0].message


@given(
    name=st.sampled_from([LONG, NEAR_2025, CODES]),
    places=st.lists(st.integers(0, 10**9), min_size=1, max_size=4),
    bit=st.integers(0, 7),
)
@settings(max_examples=60)
def test_a_damaged_binary_file_is_a_finding_or_read_but_never_a_crash(
    name: str, places: list[int], bit: int, reading: Callable[[str, bytes], tuple[Finding, ...]]
) -> None:
    data = bytearray(GOOD[name])
    for place in places:
        data[place % len(data)] ^= 1 << bit
    for finding in reading(name, bytes(data)):
        assert finding.check_id in CHECKS


@pytest.fixture(scope="module")
def reading(
    small_catalogue: Any, small_reference: Any
) -> Callable[[str, bytes], tuple[Finding, ...]]:
    """Reads one file of the invented country from its bytes; gives the findings."""
    from hashlib import sha256
    from pathlib import Path

    from ingest.load import read_file
    from ingest.tables import PublishedFile

    def read(name: str, data: bytes) -> tuple[Finding, ...]:
        spec = small_catalogue.file_for(name)
        file = PublishedFile(Path(name), spec, data, sha256(data).hexdigest())
        return read_file(file, small_catalogue, small_reference).findings

    return read


ODDITIES = {
    # files, the check that notes it, words of the note
    "another GSS code": (
        edit(NEED, CEDARHAM, new_la_code="T09999999")[0], "gss_code_known", "T09999999",
    ),
    "another name": (edit(NEED, CEDARHAM, la_name="Cedarton")[0], "name_known", "Cedarton"),
    "another name in the list": (
        codes(lambda r: r[2].__setitem__(1, "Birchington")), "name_known", "Birchington",
    ),
    "unknown polarity": (
        dictionary(lambda t: t.rows[0].update(Polarity="Hgih")), "term_known", "Hgih",
    ),
    "unknown kind of year": (
        dictionary(lambda t: t.rows[0].update(Year_Type="Lunar")), "term_known", "Lunar",
    ),
    "unknown axis": (
        dictionary(lambda t: t.rows[0].update(y_axis_name="Bananas")), "unit_known", "Bananas",
    ),
    "a year in other digits": (long(at(5, Years="20２４")), "year_readable", "20２４"),
    "a stray file": ({"readme.txt": b"hello"}, "file_not_used", "not in the catalogue"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "check", "words"), ODDITIES.values(), ids=list(ODDITIES))
def test_what_is_odd_but_right_is_read_and_noted_in_the_release(
    files: Files, check: str, words: str, bare: Small
) -> None:
    put_away(bare, files)
    bare.put(files)
    report = bare.refresh()
    assert report.published
    assert any(f.check_id == check and words in f.message for f in report.findings)
    held = bare.sql("SELECT message FROM finding WHERE check_id = ?", check)
    assert any(words in message for message in held["message"])
