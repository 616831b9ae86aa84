"""`alliance returns`, as an analyst uses it at a terminal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from alliance.cli import main
from alliance.service import DEMONSTRATION
from tests.demonstration import FENSHIRE, MEMBERS, NAMED_ALLIANCE

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(demonstration: Path, tmp_path: Path) -> Path:
    """A home to be changed."""
    return Path(shutil.copytree(demonstration, tmp_path / "home"))


@pytest.fixture
def returns(capsys: pytest.CaptureFixture[str], home: Path) -> Run:
    """Run `alliance returns`; exit status, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        try:
            main(["returns", *(str(word) for word in words), "--home", str(home)])
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def filled(returns: Run, tmp_path: Path) -> Path:
    """The template, filled with figures that have no fault but stand out."""
    path = tmp_path / "return.xlsx"
    assert returns("template", "--authority", FENSHIRE, "--to", path)[0] == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Return"]
    for at in range(3, sheet.max_column + 1):
        sheet.cell(2, at).value = 10
    book.save(path)
    return path


def test_the_template_says_for_whom_it_is(returns: Run, tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    status, out, _ = returns(
        "template", "--authority", FENSHIRE, "--to", path, "--quarter", "2024/25 Q3"
    )
    assert status == 0
    assert "Fenshire, 2024/25 Q3" in out
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["Return"][2][:2]] == [FENSHIRE, "2024/25 Q3"]
    text = " ".join(str(c.value) for row in book["Read me"] for c in row)
    assert DEMONSTRATION in text
    assert f"for members of {NAMED_ALLIANCE} only" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--authority", "999"), "There is no authority 999"),
        (("--authority", FENSHIRE, "--quarter", "soon"), "“soon” is no quarter"),
        (("--authority", FENSHIRE, "--return", "x"), "Name the return with --return"),
        (("--authority", FENSHIRE, "--to", "/nowhere/a.xlsx"), "cannot be written"),
    ],
)
def test_a_template_that_cannot_be_made_is_told(
    returns: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    to = () if "--to" in words else ("--to", tmp_path / "a.xlsx")
    status, _, err = returns("template", *words, *to)
    assert status == 1
    assert said in err


def test_findings_are_printed_cell_by_cell(returns: Run, filled: Path) -> None:
    book = openpyxl.load_workbook(filled)
    book["Return"]["C2"] = "many"
    book.save(filled)
    status, out, err = returns("check", filled, "--authority", FENSHIRE)
    assert status == 1
    assert "Error: C2 (contacts): “many” is not a number." in err
    assert "Warning: " in out
    status, out, _ = returns("check", filled, "--authority", FENSHIRE, "--json")
    assert status == 1
    answer = json.loads(out)
    assert answer["ok"] is False
    assert answer["findings"][0]["cell"] == "C2"


def test_a_file_without_a_fault_is_said_to_have_none(returns: Run, filled: Path) -> None:
    status, out, _ = returns("check", filled, "--authority", FENSHIRE)
    assert status == 0
    assert "return.xlsx: no fault in" in out


def test_a_file_that_is_not_there_is_told(returns: Run, tmp_path: Path) -> None:
    status, _, err = returns("check", tmp_path / "none.xlsx", "--authority", FENSHIRE)
    assert status == 1
    assert "cannot be read" in err


def test_a_return_is_given_with_the_rights_of_the_account(returns: Run, filled: Path) -> None:
    status, _, err = returns("submit", filled, "--user", "p.nair")
    assert status == 1
    assert "say with --note" in err
    status, out, _ = returns("submit", filled, "--user", "p.nair", "--note", "A trial.")
    assert status == 0
    assert "Stored as a provisional return" in out
    status, out, _ = returns("submit", filled, "--user", "p.nair", "--note", "A trial.", "--json")
    assert status == 0
    assert json.loads(out)["result"] == "there_already"
    for user, said in (("t.hale", "Only an analyst"), ("j.lister", "“629” is not Broadshire"),
                       ("nobody", "There is no account")):  # fmt: skip
        status, _, err = returns("submit", filled, "--user", user, "--note", "x")
        assert status == 1
        assert said in err


def test_members_list_the_alliances_versions_and_others_nothing(returns: Run) -> None:
    status, out, _ = returns("list", "--user", "t.hale", "--json")
    assert status == 0
    found = json.loads(out)
    assert {item["authority_code"] for item in found} == MEMBERS
    assert all(item["provisional"] for item in found)
    status, out, _ = returns("list", "--user", "s.oduya", "--json")
    assert (status, json.loads(out)) == (0, [])
