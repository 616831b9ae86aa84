"""The template says what the declaration says, is the same each time, and is taken when filled."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from ingest.returns.declaration import Return
from ingest.returns.quarters import Quarter
from ingest.returns.template import render_template
from tests.ingest.returns.samples import ASHBY, ROW, check, found, small_return
from tests.ingest.returns.test_declaration import RETURNS

NOTICE = "Demonstration & provisional"
SECOND = Quarter(2025, 2)


@pytest.fixture(params=[small_return(), *RETURNS], ids=lambda item: item.id)
def declared(request: pytest.FixtureRequest) -> Return:
    found: Return = request.param
    return found


def open_template(declared: Return, *quarters: Quarter) -> openpyxl.Workbook:
    data = render_template(declared, ASHBY, quarters or (SECOND,), notice=NOTICE)
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_same_template_has_the_same_bytes(declared: Return) -> None:
    first = render_template(declared, ASHBY, (SECOND,), notice=NOTICE)
    assert first == render_template(declared, ASHBY, (SECOND,), notice=NOTICE)


def test_row_1_has_the_columns_names_and_row_2_the_authority_and_quarter(declared: Return) -> None:
    sheet = open_template(declared, Quarter(2025, 1), SECOND)["Return"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == declared.columns
    assert [cells[:2] for cells in rows[1:4]] == [
        ("701", "2025/26 Q1"), ("701", "2025/26 Q2"), (None, None),
    ]  # fmt: skip
    assert not any(any(cell is not None for cell in cells[2:]) for cells in rows[1:])


def test_names_are_locked_and_cells_to_fill_are_not(declared: Return) -> None:
    sheet = open_template(declared)["Return"]
    assert sheet.protection.sheet
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(cell.protection.locked for cell in sheet[2][2:])
    assert not any(cell.protection.locked for cell in sheet[3])


def test_columns_are_wide_enough_for_their_names(declared: Return) -> None:
    sheet = open_template(declared)["Return"]
    for cell in sheet[1]:
        width = sheet.column_dimensions[cell.column_letter].width
        assert width >= len(str(cell.value)) + 2


def test_every_column_is_explained_and_checked_where_it_is_filled(declared: Return) -> None:
    book = open_template(declared)
    explained = {cells[0]: cells for cells in book["Columns"].iter_rows(values_only=True)}
    assert set(declared.columns) < set(explained)
    prompts = [item.prompt for item in book["Return"].data_validations.dataValidation]
    assert len(prompts) == len(declared.measures)
    for measure, prompt in zip(declared.measures, prompts, strict=True):
        assert explained[measure.column][1:3] == (measure.label, measure.definition)
        assert measure.definition[:100] in prompt


def test_it_says_what_it_is_on_the_first_sheet_and_on_every_page(declared: Return) -> None:
    book = open_template(declared)
    first = " ".join(str(c) for (c,) in book["Read me"].iter_rows(max_col=1, values_only=True))
    for words in (declared.title, "Ashby (701)", NOTICE, "c  suppressed", "never read as zero"):
        assert words in first
    for sheet in book:
        assert NOTICE.replace("&", "&&") in str(sheet.oddFooter.left.text)
        assert sheet.sheet_state == "visible"


def test_the_empty_template_is_told_what_is_not_given(declared: Return) -> None:
    required = [m.column for m in declared.measures if m.required]
    data = render_template(small_return(), ASHBY, (SECOND,), notice=NOTICE)
    answer = check(data)
    assert found(answer) == [("return_required", "C2"), ("return_required", "D2")]
    assert required


def test_the_filled_template_is_taken() -> None:
    book = open_template(small_return())
    for at, cell in enumerate(ROW[2:], start=3):
        book["Return"].cell(2, at).value = float(cell)
    buffer = io.BytesIO()
    book.save(buffer)
    answer = check(buffer.getvalue())
    assert answer.faults == ()
    (row,) = answer.rows
    assert row.quarter.end == date(2025, 9, 30)
    assert [figure.value for figure in row.figures.values()] == [200, 40, 500, 60, 50, 33.5]
