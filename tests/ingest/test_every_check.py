"""The registry of checks is walked: each has a bad input that makes it fire, and it alone."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ingest.load
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding, IngestError
from ingest.folder import find_files, open_file
from ingest.load import load_folder, read_file
from ingest.release_writer import ReleaseWriter
from ingest.tables import Load
from tests import builders
from tests.conftest import NOW, REPOSITORY, Small
from tests.ingest.every_check import CASES, GOOD, Files, Step


def read(files: Files, root: Path, catalogue: Catalogue, reference: Reference) -> set[Finding]:
    """The findings on each data file by itself."""
    builders.write_files(root, files)
    found: set[Finding] = set()
    for path, spec in find_files(root, catalogue, now=NOW).files:
        found |= set(read_file(open_file(path, spec), catalogue, reference).findings)
    return found


def load(files: Files, root: Path, catalogue: Catalogue, reference: Reference) -> set[Finding]:
    """The findings on a folder and on the figures in its files."""
    builders.write_files(root, files)
    folder = find_files(root, catalogue, now=NOW)
    try:
        return set(load_folder(folder, catalogue, reference).findings)
    except IngestError as error:
        return set(error.findings)


Find = Callable[[Step, Files, str], set[Finding]]


@pytest.fixture
def find(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Find:
    """Gives all that is found in files at a step; the third argument names a folder for them."""

    def find_at(step: Step, files: Files, name: str) -> set[Finding]:
        root = tmp_path / name
        if step == "read":
            return read(files, root, small_catalogue, small_reference)
        if step == "load":
            return load(files, root, small_catalogue, small_reference)
        small: Small = request.getfixturevalue("small")
        if step == "release":
            shutil.rmtree(small.store.home, ignore_errors=True)
        return set(small.refresh(folder=builders.write_files(root, files)).findings)

    return find_at


@pytest.mark.parametrize("check_id", CASES)
def test_a_check_fires_on_its_own_bad_input_and_no_other_does(check_id: str, find: Find) -> None:
    case = CASES[check_id]
    good, bad = case.good(), case.bad()
    if case.step == "read":
        good = good or {name: GOOD[name] for name in bad if name in GOOD}
    else:
        good = GOOD | good
        bad = {name: data for name, data in GOOD.items() if name not in case.without} | bad
    before, after = find(case.step, good, "good"), find(case.step, bad, "bad")
    assert {finding.check_id for finding in after - before} == {check_id}
    for finding in after - before:
        assert finding.severity == CHECKS[check_id].severity
        assert len(finding.message) > 15


def test_the_shape_of_a_release_is_checked(tmp_path: Path) -> None:
    with pytest.raises(IngestError) as caught, ReleaseWriter(tmp_path / "a.duckdb") as writer:
        writer.insert("finding", pd.DataFrame([{"check_id": "", "severity": "", "message": ""}]))
    assert {finding.check_id for finding in caught.value.findings} == {"release_shape"}


def test_a_row_that_a_reader_loses_is_noticed(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forgetful(*arguments: Any) -> list[Load]:
        return [
            replace(part, accounts=tuple(replace(a, used=a.used - 1) for a in part.accounts))
            for part in load_families(*arguments)
        ]

    load_families = ingest.load._load_families
    monkeypatch.setattr(ingest.load, "_load_families", forgetful)
    found = load(GOOD, tmp_path, small_catalogue, small_reference)
    assert {finding.check_id for finding in found} == {"rows_accounted"}


def named_in_tests() -> set[str]:
    """Every text of every other test module."""
    texts: set[str] = set()
    for path in (REPOSITORY / "tests").rglob("*.py"):
        if path.name not in {"every_check.py", "test_checks.py"}:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return texts


def test_every_check_is_made_to_fire_by_a_test() -> None:
    assert set(CASES) <= set(CHECKS)
    assert set(CHECKS) - set(CASES) - named_in_tests() == set()
