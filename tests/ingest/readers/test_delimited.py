"""CSV as text, strictly: what is whole is read cell for cell, what is not is refused."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.errors import Finding
from ingest.readers.delimited import read_delimited

GOOD = b"code,name,value\n701,Ashby,12\n702,Birch,c\n703,Cedarham,\n"


def read(data: bytes, **options: bool) -> pd.DataFrame:
    frame, findings = read_delimited(data, "a.csv", **options)
    assert findings == []
    return frame


def refuse(data: bytes, **options: bool) -> Finding:
    frame, findings = read_delimited(data, "a.csv", **options)
    assert frame.empty
    assert len(findings) == 1
    assert findings[0].severity == "error"
    assert findings[0].file_name == "a.csv"
    return findings[0]


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", GOOD)
    return buffer.getvalue()


def test_every_cell_is_read_as_text() -> None:
    assert read(GOOD).to_dict("list") == {
        "code": ["701", "702", "703"],
        "name": ["Ashby", "Birch", "Cedarham"],
        "value": ["12", "c", ""],
    }


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        GOOD + b"\n\n",
        b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\r\n",
        b'"code","name","value"\n"701","Ashby","12"\n"702","Birch","c"\n"703","Cedarham",""\n',
    ],
    ids=["mark", "crlf", "cr", "blank end", "mark and crlf", "quoted"],
)
def test_a_mark_other_line_ends_and_quotes_change_nothing(data: bytes) -> None:
    pd.testing.assert_frame_equal(read(data), read(GOOD))


def test_quoted_cells_may_hold_commas_quotes_and_where_it_is_said_line_breaks() -> None:
    data = b'a,"b, c"\n"x, y","he said ""no"""\n"two\nlines",\n'
    assert read(data).to_dict("list") == {
        "a": ["x, y", "two\nlines"],
        "b, c": ['he said "no"', ""],
    }


@pytest.mark.parametrize("text", ["null", "NA", "nan", "None", "true", "007", "1.50", "2024-01-01"])
def test_no_word_is_taken_for_a_missing_value_a_truth_or_a_number(text: str) -> None:
    assert read(f"a,b\n{text},{text}\n".encode()).to_dict("list") == {"a": [text], "b": [text]}


@pytest.mark.parametrize(
    ("data", "check", "rows", "column"),
    [
        (b"", "file_readable", (1,), ""),
        (b" \r\n\t\n", "file_readable", (1,), ""),
        (b"\xef\xbb\xbf", "file_readable", (1,), ""),
        (zipped(), "file_kind", (1,), ""),
        (b"\xef\xbb\xbf" + zipped(), "file_kind", (1,), ""),
        (gzip.compress(GOOD), "file_kind", (1,), ""),
        (b"PAR1" + GOOD, "file_kind", (1,), ""),
        (b"%PDF-1.7\n", "file_kind", (1,), ""),
        (b"<!DOCTYPE html><p>Not found", "file_kind", (1,), ""),
        (b"\xef\xbb\xbf\n<html>\n", "file_kind", (1,), ""),
        (b"<!-- sign in -->\n<p>\n", "file_kind", (1,), ""),
        (b'<?xml version="1.0"?>\n', "file_kind", (1,), ""),
        (GOOD.decode().encode("utf-16"), "file_encoding", (1,), ""),
        (GOOD.decode().encode("utf-16-le"), "file_encoding", (1,), ""),
        (GOOD.decode().encode("utf-16-be"), "file_encoding", (1,), ""),
        (GOOD.decode().encode("utf-32"), "file_encoding", (1,), ""),
        (GOOD.replace(b"Birch", b"B\xefrch"), "file_encoding", (3,), "name"),
        (GOOD.replace(b"12", b"\xff"), "file_encoding", (2,), "value"),
        (GOOD.replace(b"703", b"7\x003"), "file_encoding", (4,), "code"),
        (GOOD.replace(b",", b";"), "csv_delimiter", (1,), ""),
        (GOOD.replace(b",", b"\t"), "csv_delimiter", (1,), ""),
        (GOOD.replace(b",", b"|"), "csv_delimiter", (1,), ""),
        (GOOD.replace(b"name", b"code"), "columns_known", (1,), "code"),
        (GOOD.replace(b"name", b""), "columns_known", (1,), ""),
        (b"\n" + GOOD, "columns_known", (1,), ""),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD, "columns_known", (1,), ""),
        (b'code,"' + GOOD * 10_000, "columns_known", (1,), ""),
        (b"code,name,value\n", "rows_present", (1,), ""),
        (b"code,name,value", "rows_present", (1,), ""),
        (b"code,na", "rows_present", (1,), ""),
        (GOOD[:-1] + b"4", "csv_rows_whole", (4,), "value"),
        (GOOD[:-1], "csv_rows_whole", (4,), "value"),
        (GOOD[:-3], "csv_rows_whole", (4,), "name"),
        (GOOD.replace(b"Birch,c", b"Birch"), "csv_rows_whole", (3,), "name"),
        (GOOD.replace(b"Birch,c", b"Birch,c,9"), "csv_rows_whole", (3,), "value"),
        (GOOD.replace(b"12", b"12,").replace(b",c", b",c,"), "csv_rows_whole", (2, 3), "value"),
        (GOOD.replace(b"702,", b"\n702,"), "csv_rows_whole", (3,), ""),
        (GOOD.replace(b"702,Birch,c", b",,"), "csv_rows_whole", (3,), ""),
        (GOOD.replace(b"Birch", b'"Birch'), "csv_rows_whole", (3,), "name"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused_with_the_place(
    data: bytes, check: str, rows: tuple[int, ...], column: str
) -> None:
    finding = refuse(data)
    assert (finding.check_id, finding.rows, finding.column) == (check, rows, column)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (GOOD.replace(b",", b";"), "semicolons"),
        (GOOD.replace(b",", b"\t"), "tabs"),
        (GOOD.replace(b",", b"|"), "vertical bars"),
        (zipped(), "ZIP"),
        (gzip.compress(GOOD), "gzip"),
        (b"<html>\n", "web page"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.replace(b"Birch", b"B\xefrch"), "0xef"),
        (GOOD.replace(b"Birch,c", b"Birch"), "2 cells where the header has 3"),
    ],
)
def test_the_message_says_what_was_found(data: bytes, words: str) -> None:
    assert words in refuse(data).message


def test_two_stray_quotes_that_swallow_rows_are_seen_where_cells_hold_no_line_breaks() -> None:
    swallowed = GOOD.replace(b"701,Ashby", b'701,"Ashby').replace(b"702,Birch", b'702,Birch"')
    # With the right number of cells in it, the row would pass: 701 with the figure of 702.
    assert list(read(swallowed)["value"]) == ["c", ""]
    finding = refuse(swallowed, line_breaks_in_cells=False)
    assert (finding.check_id, finding.rows, finding.column) == ("csv_rows_whole", (2,), "name")


def test_a_line_break_in_a_column_name_is_seen_where_cells_hold_none() -> None:
    data = b'a,"b\nc"\n1,2\n'
    assert list(read(data).columns) == ["a", "b\nc"]
    assert refuse(data, line_breaks_in_cells=False).rows == (1,)


@given(st.integers(0, len(GOOD) - 1))
def test_a_file_cut_anywhere_but_between_two_rows_is_refused(length: int) -> None:
    cut = GOOD[:length]
    assume(not (cut.endswith(b"\n") and cut.count(b"\n") > 1))
    assert refuse(cut).severity == "error"


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=8)
    )
)
def test_what_the_csv_module_writes_is_read_back_cell_for_cell(rows: list[list[str]]) -> None:
    assume(all(any(row) for row in rows))
    names = [f"column {i}" for i in range(len(rows[0]))]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([names, *rows])
    frame = read(buffer.getvalue().encode("utf-8"), line_breaks_in_cells=False)
    assert frame.columns.tolist() == names
    assert frame.to_numpy().tolist() == rows


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_the_reader_raise(data: bytes) -> None:
    frame, findings = read_delimited(data, "a.csv", line_breaks_in_cells=False)
    assert frame.empty == bool(findings)
    assert all(finding.severity == "error" for finding in findings)


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=3))
def test_no_bytes_put_into_a_good_file_make_the_reader_raise(place: int, junk: bytes) -> None:
    frame, findings = read_delimited(GOOD[:place] + junk + GOOD[place:], "a.csv")
    assert frame.empty == bool(findings)
