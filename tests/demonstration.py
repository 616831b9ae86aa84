"""The demonstration's home, built once for all the tests of a session, and its figures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from ingest.release import ReleaseStore

FENSHIRE = "629"
"""Whose figures the demonstration shows first; its region is Eastmere."""
EASTMERE, CAPITAL = "X12000006", "X12000007"
CITY = "500"
"""A city so small that many of its figures are suppressed; it lies in the capital."""
ABOLISHED = "650"
SUCCESSORS = ("658", "659")
JOINT = ("511", "512")
"""Two authorities of the capital with one return on their social workers."""
NAMED_ALLIANCE = "Fen and coast alliance"
MEMBERS = {"625", "629", "631", "632", "640", "643"}
"""Its authorities; one of them is late with its newest quarter."""


@cache
def demonstration_home(root: Path) -> Path:
    """A home with both editions of the demonstration, below `root`, a worker's own temporary
    folder: it is built once for all of a run's workers, and each has a copy. Not to be changed."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _build(root / "demonstration-home")
    home = root.parent / "demonstration-home"
    with FileLock(root.parent / "demonstration-home.lock"):
        if not home.is_dir():
            begun = _build(root.parent / "demonstration-home-begun")
            begun.rename(home)
            _said(begun).rename(_said(home))
    shutil.copyfile(_said(home), _said(root / "demonstration-home"))
    return copy_home(home, root / "demonstration-home")


def said_of_demonstration(root: Path) -> tuple[Path, dict[str, Any]]:
    """Where the command was asked to make that home, and what it printed, as JSON."""
    said: dict[str, Any] = json.loads(_said(demonstration_home(root)).read_text(encoding="utf-8"))
    return Path(said["asked"]), said["printed"]


def _said(home: Path) -> Path:
    return home.with_name(f"{home.name}.json")


def _build(home: Path) -> Path:
    """As anybody makes it, by the command: nothing but its result is printed."""
    words = ("demo", "--no-serve", "--json", "--home", str(home))
    done = subprocess.run(
        [sys.executable, "-c", "from alliance.cli import main; main()", *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    said = {"asked": str(home), "printed": json.loads(done.stdout)}
    _said(home).write_text(json.dumps(said), encoding="utf-8")
    return home


def copy_home(home: Path, to: Path) -> Path:
    """A home of one's own, to be changed."""
    shutil.copytree(home, to)
    return to


class Figures:
    """Reads the figures of the release that a home serves, by its own SQL."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Every row of a query."""
        result = self._connection.execute(sql, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def row(self, sql: str, *values: object) -> dict[str, Any]:
        """The only row of a query."""
        (row,) = self.rows(sql, *values)
        return row

    def column(self, sql: str, *values: object) -> list[Any]:
        """The first column of a query."""
        return [next(iter(row.values())) for row in self.rows(sql, *values)]


@contextmanager
def figures_of(home: Path) -> Iterator[Figures]:
    """The figures of the release that is being served from a home."""
    path = ReleaseStore(home).current_path()
    with duckdb.connect(str(path), read_only=True) as connection:
        yield Figures(connection)
