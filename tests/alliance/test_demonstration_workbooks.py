"""The demonstration's workbooks: invented judgements and spending, laid out as the real ones."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from alliance.demonstration.country import read_country
from alliance.demonstration.published_files import REFERENCE_DIR, write_published_files
from alliance.demonstration.workbooks import (
    HISTORY_SHEET,
    JUDGEMENTS,
    LATEST_SHEET,
    OUTCOMES_FILE,
    VISITS_SHEET,
)

Rows = list[list[Any]]
SUMMARY, DETAIL = (f"{form}_LA_Data_2024-25_data_by_LA.xlsx" for form in ("RSX", "RO3"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demonstration")
    write_published_files(path, edition="latest")
    return path


def rows_of(path: Path, sheet: str) -> Rows:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def test_every_authority_of_today_has_its_latest_judgements(folder: Path) -> None:
    rows = rows_of(folder / OUTCOMES_FILE, LATEST_SHEET)[3:]
    country = read_country(REFERENCE_DIR)
    assert Counter(row[2] for row in rows) == Counter(unit.name for unit in country.units)
    grades = Counter(row[6] for row in rows)
    assert len(grades) == 4
    assert max(grades.values()) < len(rows) * 0.7


def test_no_inspection_is_after_the_day_of_the_judgements_or_outside_an_authority_s_life(
    folder: Path,
) -> None:
    lives = {unit.name: unit for unit in read_country(REFERENCE_DIR).authorities}
    for row in rows_of(folder / OUTCOMES_FILE, HISTORY_SHEET)[3:]:
        begun, published = (
            cell.date() if isinstance(cell, datetime) else cell for cell in row[5:7]
        )
        assert lives[row[2]].exists_on(begun)
        assert begun < published
        assert begun.isoformat() <= "2025-03-31"
        assert (row[-1] == "") == (begun.isoformat() < "2023-01-01")


def test_the_latest_judgements_are_those_of_the_newest_inspection(folder: Path) -> None:
    newest: dict[str, list[Any]] = {}
    for row in rows_of(folder / OUTCOMES_FILE, HISTORY_SHEET)[3:]:
        if row[2] not in newest or newest[row[2]][0] < row[5]:
            newest[row[2]] = [row[5], *row[8:]]
    for row in rows_of(folder / OUTCOMES_FILE, LATEST_SHEET)[3:]:
        assert [row[4], *row[6:]] == newest[row[2]]


def test_visits_have_a_theme_and_no_judgement(folder: Path) -> None:
    visits = [row for row in rows_of(folder / OUTCOMES_FILE, VISITS_SHEET)[3:] if "Visit" in row[6]]
    assert len(visits) > 5
    for row in visits:
        assert row[7 : 7 + len(JUDGEMENTS)] == [""] * len(JUDGEMENTS)
        assert row[-1]


def test_parts_of_spending_make_their_totals_and_both_workbooks_agree(folder: Path) -> None:
    summary = rows_of(folder / SUMMARY, "RSX_LA_Data_202425")
    detail = rows_of(folder / DETAIL, "RO3_LA_Data_202425")
    of_class = {"UA", "MD", "LB", "SC"}
    pairs = [(a, b) for a, b in zip(summary[7:], detail[7:], strict=True) if a[4] in of_class]
    late = [a[2] for a, _ in pairs if a[7] == "[x]"]
    assert len(late) == 2
    for a, b in pairs:
        assert a[:6] == b[:6]
        if a[7] == "[x]":
            assert set(a[7:]) == set(b[7:]) == {"[x]"}
            continue
        education, children, adults, total = a[7], a[10], a[13], a[16]
        assert education + children + adults == total
        assert b[7] + b[10] == b[13] == children
        assert children > 0
