"""`alliance export`: writes whole files that say what they hold, and never over another."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from pptx import Presentation
from pypdf import PdfReader

from alliance.cli import main
from alliance.service import DEMONSTRATION
from ingest.release import ReleaseStore
from tests.demonstration import CITY, EASTMERE, FENSHIRE


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def export(demonstration: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `alliance export` on the demonstration."""

    def run(*words: object) -> Said:
        status = 0
        try:
            main(["--home", str(demonstration), "export", *map(str, words)])
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return Said(status, printed.out, printed.err)

    return run


def test_figures_of_the_latest_period_in_every_form(export: Any, tmp_path: Path) -> None:
    words = ("figures", "--indicator", "cla_rate", "--authority", FENSHIRE)
    paths = {form: tmp_path / f"rate.{form}" for form in ("csv", "xlsx", "pptx")}
    for path in paths.values():
        said = export(*words, "--out", path)
        assert said.status == 0, said.err
        assert DEMONSTRATION in said.out
    lines = paths["csv"].read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.DictReader([line for line in lines if not line.startswith("# ")]))
    assert {row["period"] for row in rows} == {"2025"}
    assert len(rows) == 11
    assert openpyxl.load_workbook(paths["xlsx"])["Figures"].max_row == 11 + 3
    assert len(Presentation(paths["pptx"]).slides) == 1


def test_a_scope_a_period_and_a_form_are_as_asked_for(export: Any, tmp_path: Path) -> None:
    out = tmp_path / "figures"
    said = export(
        "figures", "--indicator", "cla_rate", "--period", "2023", "--scope", "england",
        "--alliance", EASTMERE, "--format", "csv", "--out", out, "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.json["kind"] == "figures"
    assert said.json["demo"] is True
    assert said.json["rows"] > 140
    assert said.json["bytes"] == out.stat().st_size
    assert "# Period: 2023" in out.read_text(encoding="utf-8-sig").splitlines()


def test_a_series_is_of_one_authority_and_then_of_its_set(export: Any, tmp_path: Path) -> None:
    out = tmp_path / "series.csv"
    assert (
        export(
            "series",
            "--indicator",
            "cla_rate",
            "--authority",
            CITY,
            "--scope",
            f"codes-{FENSHIRE}",
            "--out",
            out,
        ).status
        == 0
    )
    text = out.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text[text.index("area_code,") :], newline="")))
    assert list(dict.fromkeys(row["area_code"] for row in rows)) == [CITY, FENSHIRE]


def test_any_kind_can_be_written_by_the_words_of_its_address(export: Any, tmp_path: Path) -> None:
    out = tmp_path / "series.csv"
    said = export("table", "series", "indicator=cla_rate", f"us={CITY}", "--out", out)
    assert said.status == 0, said.err
    assert out.exists()


def test_a_profile_is_a_pdf(export: Any, tmp_path: Path) -> None:
    out = tmp_path / "fenshire.pdf"
    assert export("profile", "--authority", FENSHIRE, "--out", out).status == 0
    assert "Fenshire" in PdfReader(out).pages[0].extract_text()


def test_the_release_is_the_very_file_that_is_served(
    export: Any, tmp_path: Path, demonstration: Path
) -> None:
    out = tmp_path / "release.duckdb"
    said = export("release", "--out", out, "--json")
    served = ReleaseStore(demonstration).current_path()
    assert said.json["release_id"] == served.stem
    assert out.read_bytes() == served.read_bytes()
    with duckdb.connect(str(out), read_only=True) as connection:
        assert connection.execute("SELECT demo FROM release").fetchall() == [(True,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release.duckdb"]


@pytest.mark.parametrize(
    "words",
    [
        ("figures", "--indicator", "cla_rate"),
        ("profile", "--authority", FENSHIRE),
        ("release",),
    ],
)
def test_nothing_is_written_over_a_file_unless_that_is_said(
    export: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    out = tmp_path / "mine.csv"
    out.write_text("mine", encoding="utf-8")
    said = export(*words, "--out", out)
    assert said.status == 1
    assert "is there already, and was left as it is" in said.err
    assert out.read_text(encoding="utf-8") == "mine"
    assert export(*words, "--out", out, "--overwrite").status == 0
    assert out.stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("figures", "--indicator", "nothing"), 1, "no indicator"),
        (("figures", "--indicator", "cla_rate", "--period", "1999"), 1, "no period"),
        (("figures", "--indicator", "cla_rate", "--scope", "galaxy"), 1, "no comparator set"),
        (("figures", "--indicator", "cla_rate", "--authority", "999"), 1, "999"),
        (("figures", "--indicator", "cla_rate", "--format", "docx"), 2, "no form of export"),
        (("table", "nothing"), 2, "no kind of export"),
        (("table", "series", "indicator"), 2, "KEY=VALUE"),
        (("profile", "--authority", "999"), 1, "no authority"),
    ],
)
def test_wrong_words_are_told_and_leave_no_file(
    export: Any, tmp_path: Path, words: tuple[str, ...], status: int, told: str
) -> None:
    said = export(*words, "--out", tmp_path / "out.csv")
    assert said.status == status
    assert told in " ".join(said.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(export: Any, tmp_path: Path) -> None:
    for words in (("profile", "--authority", FENSHIRE), ("release",)):
        said = export(*words, "--out", tmp_path / "none" / "out.pdf", "--json")
        assert said.status == 1
        assert "cannot be written" in said.json["error"]


@pytest.mark.parametrize("command", ["figures", "series", "table", "profile", "release"])
def test_every_command_has_help_with_an_example(export: Any, command: str) -> None:
    said = export(command, "--help")
    assert said.status == 0
    assert f"Example: alliance export {command}" in " ".join(said.out.split())
