"""What an upload is answered, cell by cell: every fault at once, in words, and no guess."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checks import CHECKS
from ingest.returns.faults import column_letters
from ingest.returns.figures import SYMBOLS, ReturnFigure
from tests.ingest.returns.samples import (
    HEADER,
    ROW,
    check,
    check_csv,
    csv_of,
    found,
    only,
    row,
    workbook_of,
)


def test_a_row_without_a_fault_is_taken_from_csv_and_from_a_workbook_alike() -> None:
    from_csv = check_csv(ROW)
    from_workbook = check(workbook_of((701, "2025/26 Q2", 200, 40, 500, 60, 50, 33.5)))
    assert from_csv.faults == from_workbook.faults == ()
    assert from_csv.rows == from_workbook.rows
    assert from_csv.rows[0].figures["workers_fte"] == ReturnFigure(33.5)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"\r\n", b"\r\n,,,,,,,\r\n,,,,,,,\r\n"])
def test_a_mark_and_empty_rows_at_the_end_of_a_csv_file_do_no_harm(mark: bytes, end: bytes) -> None:
    data = mark + csv_of(ROW).rstrip(b"\r\n") + end
    assert check(data, "extract.csv").faults == ()


def test_columns_may_stand_in_any_order() -> None:
    cells = dict(zip(HEADER, ROW, strict=True))
    order = tuple(sorted(HEADER))
    answer = check(csv_of(tuple(cells[name] for name in order), header=order), "a.csv")
    assert answer.rows == check_csv(ROW).rows


CELLS = [
    ("return_number", "C2", {"referrals": "lots"}, "“lots” is not a number"),
    ("return_number", "C2", {"referrals": "12 345"}, "“12 345” is not a number"),
    ("return_number", "C2", {"referrals": "1,23"}, "“1,23” is not a number"),
    ("return_number", "C2", {"referrals": "12%"}, "“12%” is not a number"),
    ("return_number", "C2", {"referrals": "-"}, "“-” is not a number"),
    ("return_number", "C2", {"referrals": "#REF!"}, "“#REF!” is not a number"),
    ("return_number", "C2", {"referrals": "1e999"}, "“1e999” is not a number"),
    ("return_negative", "F2", {"opened": "-60"}, "-60 is below zero"),
    ("return_whole_number", "C2", {"referrals": "200.5"}, "200.5 is not a whole number"),
    ("return_required", "D2", {"again": ""}, "not given"),
    ("return_authority", "A2", {"authority_code": "702"}, "“702” is not Ashby (701)"),
    ("return_authority", "A2", {"authority_code": ""}, "There is no authority"),
    ("return_quarter", "B2", {"quarter": "2025/26 Q3"}, "the last quarter that has is 2025/26 Q2"),
    ("return_quarter", "B2", {"quarter": "Summer"}, "“Summer” is no quarter"),
    ("return_quarter", "B2", {"quarter": ""}, "There is no quarter"),
    ("return_relation", "D2", {"again": "201"}, "Re-referrals (201) is more than referrals (200)"),
]  # fmt: skip


@pytest.mark.parametrize(("check_id", "cell", "cells", "said"), CELLS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_cell_at_fault_is_named_with_what_was_written_and_what_to_do(
    check_id: str, cell: str, cells: dict[str, str], said: str, kind: str
) -> None:
    written = row(**cells)
    answer = check_csv(written) if kind == "csv" else check(workbook_of(written))
    assert (check_id, cell) in found(answer)
    fault = next(item for item in answer.faults if item.check_id == check_id)
    (column,) = cells
    assert (fault.row, fault.column, fault.severity) == (2, column, "error")
    assert fault.value == cells[column]
    assert said in fault.message
    assert fault.message.endswith(CHECKS[check_id].remedy)
    assert answer.rows == ()


def test_every_fault_of_every_row_is_told_at_once() -> None:
    answer = check_csv(
        row(referrals="lots", quarter="2025/26 Q1"),
        row(again="-1", opened="2.5"),
        row(quarter="soon", authority_code="9"),
    )
    assert set(found(answer)) == {
        ("return_number", "C2"), ("return_negative", "D3"), ("return_whole_number", "F3"),
        ("return_authority", "A4"), ("return_quarter", "B4"),
    }  # fmt: skip


def test_a_quarter_has_one_row_however_it_is_written() -> None:
    answer = check_csv(ROW, row(quarter="2025-26 q2", referrals="210"))
    assert only(answer).check_id == "return_quarter_unique"
    assert only(answer).cell == "B3"


def test_rows_of_several_quarters_are_taken_together() -> None:
    answer = check_csv(row(quarter="2025/26 Q1", open_cases="490"), ROW)
    assert answer.faults == ()
    assert [item.quarter.label for item in answer.rows] == ["2025/26 Q1", "2025/26 Q2"]


def test_rows_of_the_template_that_nobody_filled_are_left_out() -> None:
    empty = ("701", "2025/26 Q1", "", "", "", "", "", "")
    assert len(check_csv(empty, ROW).rows) == 1


HEADERS = [
    ("referals", "“referals” is not a column of this return. Did you mean referrals?"),
    ("again", "again is there twice"),
    ("", "The header has a column without a name"),
    ("colour", "“colour” is not a column of this return."),
]


@pytest.mark.parametrize(("name", "said"), HEADERS)
def test_a_column_unknown_or_twice_is_told_with_the_nearest_name(name: str, said: str) -> None:
    header = tuple(name if item == "referrals" else item for item in HEADER)
    data = workbook_of(ROW, header=header) if name == "again" else csv_of(ROW, header=header)
    answer = check(data, "a.xlsx" if name == "again" else "a.csv")
    assert any(said in item.message for item in answer.of("error"))
    if name:
        assert any("The column referrals is missing" in item.message for item in answer.of("error"))


def test_a_column_without_a_name_is_told_in_a_workbook_too() -> None:
    answer = check(workbook_of((*ROW, "5"), header=(*HEADER, "")))
    assert found(answer) == [("return_columns", "I1")]


@pytest.mark.parametrize("written", ["1,234", "12,345,678", "1,234.0"])
def test_a_comma_at_the_thousands_is_read_and_said(written: str) -> None:
    answer = check_csv(row(referrals=written))
    assert only(answer).check_id == "return_separator"
    assert only(answer).severity == "info"
    assert answer.rows[0].figures["referrals"].value == float(written.replace(",", ""))


@pytest.mark.parametrize(("symbol", "status"), list(SYMBOLS.items()))
@pytest.mark.parametrize("style", ["{}", "[{}]", " {} "])
def test_a_symbol_stands_for_its_reason_and_is_no_number(
    symbol: str, status: str, style: str
) -> None:
    answer = check_csv(row(again=style.format(symbol.upper())))
    assert answer.faults == ()
    assert answer.rows[0].figures["again"] == ReturnFigure(None, status, symbol)


def test_a_blank_that_may_be_left_is_not_given_and_not_zero() -> None:
    figure = check_csv(row(workers_fte="")).rows[0].figures["workers_fte"]
    assert figure == ReturnFigure(None, "missing", "")
    assert check_csv(row(workers_fte="0")).rows[0].figures["workers_fte"] == ReturnFigure(0.0)


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", csv_of(), workbook_of()])
def test_a_file_without_a_row_is_told_so(data: bytes) -> None:
    answer = check(data, "a.xlsx" if data.startswith(b"PK") else "a.csv")
    assert not answer.accepted


@given(st.integers(0, 20_000))
def test_columns_are_lettered_as_a_spreadsheet_letters_them(position: int) -> None:
    from openpyxl.utils import get_column_letter

    if position < 18_278:
        assert column_letters(position) == get_column_letter(position + 1)


WRITTEN = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(str),
    st.sampled_from([*SYMBOLS, "", "1,000", "=1+1", "TRUE", "٣"]),
)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[WRITTEN] * len(HEADER)))
def test_whatever_is_written_a_figure_is_a_whole_count_or_a_reason_or_is_refused(
    cells: tuple[str, ...],
) -> None:
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    data = (",".join(HEADER) + "\n" + ",".join(quoted) + "\n").encode("utf-8", "surrogatepass")
    answer = check(data, "any.csv")
    assert answer.accepted == bool(answer.rows)
    for figures in answer.rows:
        assert cells[0].strip() == "701"
        for name, figure in figures.figures.items():
            assert (figure.value is None) == (figure.status != "reported")
            if figure.value is not None:
                assert figure.value >= 0
                assert name == "workers_fte" or figure.value == int(figure.value)
    for fault in answer.faults:
        assert fault.message
        assert fault.check_id in CHECKS


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a", "a.xls", "a.xlsm"]))
def test_no_bytes_are_answered_with_anything_but_faults(data: bytes, name: str) -> None:
    answer = check(data, name)
    assert not answer.accepted
    assert all(item.message for item in answer.faults)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 6_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_refused_or_read_but_never_breaks(at: int, noise: bytes) -> None:
    data = bytearray(workbook_of(ROW))
    at %= len(data)
    data[at : at + len(noise)] = noise
    answer = check(bytes(data))
    assert answer.accepted == bool(answer.rows)
