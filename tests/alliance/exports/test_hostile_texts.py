"""A name or a note that somebody made to run, to break out of its place, or to name a file."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from alliance.exports.csv_file import csv_opening, render_csv
from alliance.exports.pptx_file import render_pptx
from alliance.exports.table import (
    Absent,
    Column,
    Comparator,
    ExportTable,
    NativeChart,
    NativeSeries,
    file_stem,
)
from alliance.exports.xlsx_file import number_format, render_xlsx

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, in half and in full width."""
ANY_TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40
)
BEFORE = st.sampled_from(["", " ", "\u00a0", "\u3000", "  "])
HOSTILE = st.builds("{}{}{}".format, BEFORE, st.sampled_from(RUNS), ANY_TEXT)


def table_of(text: str, **changes: Any) -> ExportTable:
    """A table in which the text stands wherever a text may."""
    return replace(
        ExportTable(
            title=f"Rate {text}",
            columns=(Column("name", "Name"), Column("value", "Value", "percent", 1)),
            rows=[
                {"name": text, "value": 12.345},
                {"name": "Poole", "value": Absent("suppressed")},
            ],
            about=(("Source", text), ("Release", "R1"), ("Caveats", f"one,{text}")),
            sentence=text,
            notes=(text,),
            name=text,
        ),
        **changes,
    )


def csv_cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@settings(max_examples=150)
@given(text=st.one_of(HOSTILE, ANY_TEXT))
def test_no_cell_of_a_csv_runs(text: str) -> None:
    table = table_of(text)
    rows = csv_cells(render_csv(table))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.strip()[:1] in RUNS and cell[:1] not in {"'", " "}]
    head = rows.index(["name", "value"])
    assert all(row[0].startswith("# ") for row in rows[:head])
    assert rows[head + 1][0].removeprefix("'") == text.removeprefix("'")
    assert rows[head + 1 :][0][1] == "12.345"
    assert rows[-1] == ["Poole", "suppressed"]


@settings(max_examples=60)
@given(text=HOSTILE)
def test_a_text_that_would_run_has_an_apostrophe_before_it_in_a_csv(text: str) -> None:
    rows = csv_cells(render_csv(table_of(text, title="Rate", about=(), notes=())))
    assert rows[2][0] == f"'{text}"


@settings(max_examples=60)
@given(text=st.one_of(HOSTILE, ANY_TEXT))
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(text: str) -> None:
    content = render_xlsx(table_of(text))
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
    assert not [xml for xml in sheets if b"<f>" in xml or b"<hyperlink" in xml]


@pytest.mark.parametrize("start", RUNS)
def test_a_text_that_would_run_is_marked_as_quoted_in_a_workbook(start: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(table_of(f"{start}1+1", notes=()))))
    cells = [cell for row in book["Figures"].iter_rows() for cell in row]
    (found,) = [cell for cell in cells if cell.value and str(cell.value).endswith("1+1")
                and not str(cell.value).startswith("Rate")]  # fmt: skip
    assert found.quotePrefix
    plain = next(cell for cell in cells if cell.value == "Poole")
    assert not plain.quotePrefix


def test_a_web_address_in_a_workbook_is_a_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(table_of("https://example.org"))))
    assert all(cell.hyperlink is None for row in book["Figures"].iter_rows() for cell in row)


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "\ufffe", "<b>&amp;</b>", "]]>", "a\nb"])
def test_a_character_that_xml_forbids_breaks_no_file(text: str) -> None:
    table = table_of(text, chart=a_chart(text))
    assert openpyxl.load_workbook(io.BytesIO(render_xlsx(table))).sheetnames
    assert len(Presentation(io.BytesIO(render_pptx(table))).slides) == 1


def a_chart(name: str) -> NativeChart:
    """Two bars with intervals and a comparator, all of that name."""
    series = NativeSeries(name, (12.0, 7.5), "peer", (10.0, None), (14.0, None), ("us", "peer"))
    return NativeChart(
        "bar", (name, "Poole"), (series,), name, "percent", 1, (Comparator(name, 9.0, "england"),)
    )


@settings(max_examples=200)
@given(name=ANY_TEXT)
def test_a_name_stays_within_the_file_name(name: str) -> None:
    stem = file_stem(name)
    assert 0 < len(stem) <= 100
    assert stem.isascii()
    assert not set(stem) & set('/\\:*?"<>|. \t\r\n;%')


@given(line=ANY_TEXT)
def test_a_line_about_the_figures_stays_one_line(line: str) -> None:
    opening = csv_opening([line, "next"])
    assert opening.count("\r\n") == 2
    assert opening.splitlines()[-1] == "# next"


@pytest.mark.parametrize(
    ("unit", "decimals", "expected"),
    [
        ("percent", 1, '#,##0.0"%"'),
        ("gbp", 0, '"£"#,##0'),
        ("per_10000", 0, "#,##0"),
        ("count", 2, "#,##0.00"),
        ("points", 1, "#,##0.0"),
    ],
)
def test_a_number_is_shown_as_its_unit_is(unit: str, decimals: int, expected: str) -> None:
    assert number_format(unit, decimals) == expected


def test_a_date_is_a_date_in_a_workbook_and_iso_in_a_csv() -> None:
    table = table_of("x", rows=[{"name": date(2025, 3, 31), "value": 1}])
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(table)))
    dates = [c for row in book["Figures"].iter_rows() for c in row if c.is_date]
    assert [cell.value.date() for cell in dates] == [date(2025, 3, 31)]
    assert csv_cells(render_csv(table))[-1] == ["2025-03-31", "1"]


def test_comparators_stand_at_their_place_among_the_bars() -> None:
    series = NativeSeries("Rate", (9.0, 7.0, 5.0), "peer", (), (), ("peer", "us", "peer"))
    chart = NativeChart(
        "bar", ("a", "b", "c"), (series,), "Rate", comparators=(
            Comparator("England", 6.0, "england"), Comparator("Region", 10.0, "region"),
        ),
    )  # fmt: skip
    merged = chart.with_comparator_bars()
    assert merged.categories == ("Region", "a", "b", "England", "c")
    assert merged.series[0].roles == ("region", "peer", "us", "england", "peer")
    assert merged.comparators == ()


def test_comparators_find_their_place_where_the_lowest_is_best() -> None:
    series = NativeSeries("Rate", (5.0, 7.0), "peer")
    chart = NativeChart(
        "bar", ("a", "b"), (series,), "Rate", comparators=(Comparator("England", 6.0, "england"),)
    )
    assert chart.with_comparator_bars().categories == ("a", "England", "b")
