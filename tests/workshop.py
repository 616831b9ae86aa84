"""A workshop for published files: a release of real ones, refreshed with one of them mutated, and
what is then told and kept. The real files are copied to a temporary folder, never into the tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd

from alliance.refresh import RefreshReport, refresh
from indicators.impact import GROUPS, Line, read_impact
from ingest.authorities import Reference
from ingest.catalogue import Catalogue, FileSpec, load_catalogue
from ingest.errors import Finding
from ingest.load import check_file
from ingest.paths import data_dir
from ingest.release import ReleaseStore
from tests.conftest import NOW
from tests.mutations import Copy, Key, Table, open_copy, read_table

CATALOGUE = load_catalogue(data_dir() / "catalogue")


def real_files(published: Path) -> dict[str, Path]:
    """The real file of each declared one, by the catalogue's name."""
    found = {path: CATALOGUE.file_for(path.name) for path in sorted(published.rglob("*"))}
    return {spec.name: path for path, spec in found.items() if spec is not None}


@dataclass
class Workshop:
    """One file with what belongs to it, and a home that serves a release of them."""

    spec: FileSpec
    folder: Path
    home: Path
    catalogue: Catalogue
    reference: Reference
    paths: Mapping[str, Path]
    at_work: Path

    @property
    def path(self) -> Path:
        return self.paths[self.spec.name]

    @property
    def base(self) -> Path:
        return ReleaseStore(self.home).current_path()

    def open(self, data: bytes | None = None, name: str = "") -> Copy:
        spec = next(s for s in self.catalogue.files if s.name == (name or self.spec.name))
        path = self.paths[spec.name]
        return open_copy(path.read_bytes() if data is None else data, path.name, spec)

    def table(self, copy: Copy, name: str = "") -> Table:
        spec = next(s for s in self.catalogue.files if s.name == (name or self.spec.name))
        return read_table(copy, self.paths[spec.name].name, spec, self.reference)

    def refresh(self, data: bytes) -> tuple[RefreshReport, ReleaseStore]:
        """Refresh a copy of the home from a copy of the folder in which the file is this one."""
        shutil.rmtree(self.at_work, ignore_errors=True)
        shutil.copytree(self.folder, self.at_work / "folder")
        shutil.copytree(self.home, self.at_work / "home")
        (self.at_work / "folder" / self.path.name).write_bytes(data)
        store = ReleaseStore(self.at_work / "home")
        report = refresh(
            store,
            self.at_work / "folder",
            self.catalogue,
            self.reference,
            now=NOW + timedelta(hours=1),
            actor="an analyst",
        )
        return report, store

    def check(self, data: bytes) -> tuple[Finding, ...]:
        """The errors of a file looked at by itself."""
        path = self.at_work / "checked" / self.path.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        found = check_file(path, self.catalogue, self.reference).findings
        return tuple(item for item in found if item.severity == "error")


def belongs_to(spec: FileSpec, catalogue: Catalogue) -> set[str]:
    """The file, those that its indicators divide by, and those whose indicators divide by it."""
    pairs = {(item.file, item.denominator_file or item.file) for item in catalogue.indicators}
    return {spec.name, *(name for pair in pairs if spec.name in pair for name in pair)}


def open_workshop(
    spec: FileSpec,
    paths: Mapping[str, Path],
    reference: Reference,
    place: Path,
    also: Collection[str] = (),
) -> Workshop:
    """Copy the files (and `also` others) and publish a release of them."""
    names = {*belongs_to(spec, CATALOGUE), *also}
    there = {name: path for name, path in paths.items() if name in names}
    (place / "folder").mkdir()
    for path in there.values():
        shutil.copy(path, place / "folder")
        (place / "folder" / path.name).chmod(0o644)
    refresh(
        ReleaseStore(place / "home"),
        place / "folder",
        CATALOGUE,
        reference,
        now=NOW,
        actor="an analyst",
    )
    return Workshop(
        spec, place / "folder", place / "home", CATALOGUE, reference, there, place / "work"
    )


def lines_of(new: Path, old: Path) -> dict[str, tuple[Line, ...]]:
    """Every line of the impact report, by its section; sections without a line are left out."""
    impact = read_impact(new, old, shown=10**6)
    parts = [part for group in GROUPS for part in impact.group(group)]
    assert all(part.total == len(part.lines) for part in parts)
    assert {name for name, n in impact.counts.items() if n} <= {
        *(part.section for part in parts), "moved_ranks", "flipped_bands", "flipped_verdicts",
    }  # fmt: skip
    return {part.section: part.lines for part in parts}


def key_of(line: Line) -> Key:
    assert line.indicator_id is not None
    assert line.area_code is not None
    assert line.period is not None
    return (line.indicator_id, line.area_code, line.period)


def query(path: Path, sql: str, *values: object) -> pd.DataFrame:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, list(values)).df()


def released(store: ReleaseStore) -> dict[str, bytes]:
    """The pointer and every release, byte for byte."""
    paths = [store.pointer, *sorted(store.releases_dir.glob("*.duckdb"))]
    return {path.name: path.read_bytes() for path in paths}


def assert_refused(
    workshop: Workshop, data: bytes, checks: Collection[str], source: str = ""
) -> RefreshReport:
    """Refresh: the file's source stops for these checks, what it had stands in for it, and what
    is served is the same byte for byte."""
    before = released(ReleaseStore(workshop.home))
    report, store = workshop.refresh(data)
    assert released(store) == before
    assert not report.published
    [stopped] = report.stopped
    assert stopped.source_id == workshop.spec.source
    assert workshop.path.name in stopped.kept
    assert {item.check_id for item in stopped.errors} == set(checks)
    assert {item.file_name for item in stopped.errors} == {workshop.path.name}
    return report
