"""The registry of checks is walked: each is used, each reads well, each finding names one."""

from __future__ import annotations

import ast

import pytest

from ingest.checks import CHECKS, Check
from tests.conftest import REPOSITORY

SOURCES = {
    path: path.read_text(encoding="utf-8")
    for folder in ("ingest", "indicators", "alliance")
    for path in (REPOSITORY / folder).rglob("*.py")
    if path.name != "checks.py"
}


def texts(source: str) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


USED = set().union(*(texts(source) for source in SOURCES.values()))


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_a_registered_check_is_used_and_says_what_it_looks_for(check: Check) -> None:
    assert check.id in USED
    assert check.sentence.endswith(".")
    assert check.severity in {"error", "warning", "info"}
    assert check.remedy or check.severity == "info"


def test_no_module_names_a_check_that_is_not_registered() -> None:
    named = {
        node.slice.value
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "CHECKS"
        and isinstance(node.slice, ast.Constant)
    }
    named |= {
        node.args[0].value
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "named_check"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(named) > 15
    assert named <= set(CHECKS)


def test_a_finding_carries_its_check_s_severity_and_remedy() -> None:
    check = CHECKS["csv_delimiter"]
    finding = check.finding("Columns are separated by tabs.", file_name="a.csv", rows=(1,))
    assert finding.check_id == "csv_delimiter"
    assert finding.severity == "error"
    assert finding.message == f"Columns are separated by tabs. {check.remedy}"


def test_a_check_without_a_remedy_adds_nothing_to_the_message() -> None:
    assert CHECKS["joint_return"].finding("One return for both.").message == "One return for both."


# The page that lists them ----------------------------------------------------------------------


def documented() -> list[list[str]]:
    """The cells of every row of the tables of docs/checks.md."""
    text = (REPOSITORY / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_the_page_on_checks_lists_exactly_the_registry() -> None:
    listed = [row[0].strip("` ") for row in documented()]
    assert sorted(listed) == sorted(CHECKS)


@pytest.mark.parametrize("row", documented(), ids=lambda row: row[0])
def test_the_page_on_checks_says_what_the_check_says(row: list[str]) -> None:
    name, severity, what, why, to_do = row
    check = CHECKS[name.strip("` ")]
    assert severity == check.severity
    assert what == check.sentence
    assert len(why) > 10
    assert to_do.rstrip(" |") == (check.remedy or "Nothing.")
