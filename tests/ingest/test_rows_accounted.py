"""No silent loss: of every published file, the rows that are there are the rows that were used and
the rows that were set aside with a reason. Rows are counted here by other means than the product's.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import python_calamine
from typer.testing import CliRunner

from alliance.cli import app
from alliance.refresh import RefreshReport
from ingest.catalogue import Catalogue, FileSpec
from ingest.load import FileAccount
from tests.published import read_text

SHEETS = {
    "LA_Inspection_Outcomes_as_at_31_March_*.*": (
        "Inspections_as_at_31_March", "In-year_inspections", "ILACS_inspection_history",
    ),
    "RSX_LA_Data_*.*": ("RSX_LA_Data_202425",),
    "RO3_LA_Data_*.*": ("RO3_LA_Data_202425",),
    "la_code_list.xlsx": ("Sheet1",),
    "sn_may_2025.xlsx": ("LA SN Groups",),
    "sn_april_2021.xlsx": ("LA SN Groups",),
}  # fmt: skip
"""The sheets that hold figures or areas."""
HEADERS = {"ONS Code", "Local authority area code", "LA Number", "SN1"}
ABOVE_COUNT = {"sn_may_2025.xlsx", "sn_april_2021.xlsx"}
"""Workbooks without a title, where rows above the header are rows set aside."""
Sql = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def paths(published: Path, catalogue: Catalogue) -> dict[str, tuple[FileSpec, Path]]:
    """Declaration and place of every real file, by its own name."""
    found = {path: catalogue.file_for(path.name) for path in published.rglob("*")}
    return {path.name: (spec, path) for path, spec in found.items() if spec is not None}


def count_rows(spec: FileSpec, path: Path) -> int:
    """How many rows a file has below its header (or headers)."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sum(1 for row in csv.reader(file) if row) - 1
    if path.suffix == ".parquet":
        return int(pq.ParquetFile(path).metadata.num_rows)
    book = python_calamine.CalamineWorkbook.from_path(path)
    return sum(
        count_sheet(book.get_sheet_by_name(name), above=spec.name in ABOVE_COUNT)
        for name in SHEETS[spec.name]
    )


def count_sheet(sheet: python_calamine.CalamineSheet, *, above: bool) -> int:
    rows = sheet.to_python(skip_empty_area=False)
    header = next(i for i, row in enumerate(rows) if HEADERS & {str(cell).strip() for cell in row})
    filled = sum(1 for row in rows[header + 1 :] if any(cell != "" for cell in row))
    return filled + (header if above else 0)


def aside(account: FileAccount) -> int:
    return sum(part.rows for part in account.set_aside)


def test_every_file_has_one_account_of_all_its_rows(
    published_report: RefreshReport, paths: dict[str, tuple[FileSpec, Path]]
) -> None:
    accounts = {item.file_name: item for item in published_report.accounts}
    assert len(accounts) == len(published_report.accounts)
    assert set(accounts) == set(paths)
    for name, (spec, path) in paths.items():
        account = accounts[name]
        assert account.rows == count_rows(spec, path), name
        assert account.used + aside(account) == account.rows, name
        assert account.used > 0, name


def test_whatever_is_set_aside_has_a_reason_in_words(published_report: RefreshReport) -> None:
    parts = [part for account in published_report.accounts for part in account.set_aside]
    assert parts
    for part in parts:
        assert part.rows > 0
        assert len(part.reason.split()) > 2
        assert part.reason[-1] != "."
    for account in published_report.accounts:
        reasons = [part.reason for part in account.set_aside]
        assert len(set(reasons)) == len(reasons)


def test_the_release_keeps_the_account_of_every_file(
    published_report: RefreshReport, published_sql: Sql
) -> None:
    kept = published_sql("SELECT file_name, outcome, reason, rows FROM row_account")
    told = [
        (account.file_name, outcome, reason, rows)
        for account in published_report.accounts
        for outcome, reason, rows in (
            ("used", None, account.used),
            *(("set_aside", part.reason, part.rows) for part in account.set_aside),
        )
    ]
    frame = kept.astype(object).where(kept.notna(), None)
    assert sorted(map(str, frame.itertuples(index=False, name=None))) == sorted(map(str, told))
    files = published_sql("SELECT file_name, rows FROM source_file").set_index("file_name")["rows"]
    assert kept.groupby("file_name")["rows"].sum().to_dict() == files.to_dict()


# Used ------------------------------------------------------------------------------------------


def rows_asked_for(spec: FileSpec, table: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Which rows some indicator's selection finds, as a figure or as its denominator."""
    asked = pd.Series(False, index=table.index)
    for item in catalogue.indicators:
        selections = []
        if item.file == spec.name:
            selections.append(item.where)
        if item.denominator_columns and (item.denominator_file or item.file) == spec.name:
            same = {} if item.denominator_file else item.where
            selections.append(same | item.denominator_where)
        for where in selections:
            chosen = pd.Series(True, index=table.index)
            for column, value in where.items():
                chosen &= table[column] == value
            asked |= chosen
    return asked


def test_the_rows_used_are_those_that_an_indicator_asks_for(
    published_report: RefreshReport,
    paths: dict[str, tuple[FileSpec, Path]],
    catalogue: Catalogue,
) -> None:
    accounts = {item.file_name: item for item in published_report.accounts}
    idle = "a denominator of a year or an area that no figure needs"
    checked = 0
    for name, (spec, path) in paths.items():
        if spec.kind != "ees":
            continue
        account = accounts[name]
        reasons = {part.reason: part.rows for part in account.set_aside}
        asked = int(rows_asked_for(spec, read_text(path), catalogue).sum())
        assert account.used == asked - reasons.get(idle, 0), name
        others = {reason: rows for reason, rows in reasons.items() if reason != idle}
        assert sum(others.values()) == account.rows - asked, name
        assert set(others) <= {"of a breakdown that no indicator reads"}
        checked += 1
    assert checked == 16


def test_every_row_used_of_the_data_set_is_a_figure_of_the_release(
    published_report: RefreshReport, published_sql: Sql
) -> None:
    [account] = [x for x in published_report.accounts if x.file_name == "bds_long_0.parquet"]
    rows = published_sql(
        "SELECT COUNT(*) AS figures, COUNT(DISTINCT source_row) AS rows FROM observation AS o "
        "JOIN source_file AS f ON f.source_file_id = o.source_file_id WHERE f.file_name = ?",
        account.file_name,
    ).iloc[0]
    assert rows["figures"] == rows["rows"] == account.used


def test_every_figure_names_a_row_that_was_used(
    published_report: RefreshReport, published_sql: Sql
) -> None:
    named = published_sql(
        "SELECT f.file_name, COUNT(DISTINCT o.source_row) AS rows FROM observation AS o "
        "JOIN source_file AS f ON f.source_file_id = o.source_file_id GROUP BY f.file_name"
    ).set_index("file_name")["rows"]
    used = {item.file_name: item.used for item in published_report.accounts}
    assert all(rows <= used[name] for name, rows in named.items())


# The summary -----------------------------------------------------------------------------------


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_summary_s_totals_are_the_sums_over_the_files(published: Path, tmp_path: Path) -> None:
    """The command's own words, of two of the files: it says the same of more."""
    folder = tmp_path / "folder"
    folder.mkdir()
    counted = {}
    for name in ("b1_children_in_need_2013_to_2025.csv", "la_care_leavers_activity.csv"):
        (folder / name).write_bytes((published / "ees" / name).read_bytes())
        counted[name] = len(read_text(published / "ees" / name))
    home = ["--home", str(tmp_path / "home")]
    answer = CliRunner().invoke(app, ["refresh", "--from", str(folder), "--verbose", *home])
    assert answer.exit_code == 0, answer.output
    words = " ".join(answer.stdout.split())
    total = re.search(r"Rows read ([\d,]+) = ([\d,]+) used \+ ([\d,]+) set aside", words)
    assert total is not None, words
    rows, used, aside = map(number, total.groups())
    assert rows == used + aside == sum(counted.values())
    own = {name: re.search(rf"{name}: ([\d,]+) = ([\d,]+) used", words) for name in counted}
    assert {name: number(match[1]) for name, match in own.items() if match} == counted
    assert used == sum(number(match[2]) for match in own.values() if match)
