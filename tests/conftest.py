"""What the tests share: the published files, a release of them, and the small invented country."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

from alliance.refresh import RefreshReport, refresh
from ingest.authorities import Reference, load_reference
from ingest.catalogue import Catalogue, load_catalogue
from ingest.durable import write_whole
from ingest.paths import data_dir
from ingest.release import ReleaseStore
from tests import builders

settings.register_profile("alliance", deadline=None, print_blob=True)
settings.load_profile("alliance")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """A worker holds apps and releases for as long as it runs: to walk all of them for garbage at
    every few hundred objects would be much of its time."""
    gc.set_threshold(200_000, 20, 100)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: tests of pages wait for a browser."""
    return (os.cpu_count() or 1) + 1


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes stay out of a test's name: a gzip header holds the time, which differs by worker."""
    return argname if isinstance(val, bytes | bytearray) else None


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published files, which is not part of the repository."""
    folder = Path(
        os.environ.get("ALLIANCE_PUBLISHED") or REPOSITORY.parent / "shared" / "published"
    )
    if not folder.is_dir():
        pytest.skip(
            f"the folder of real published files is not at {folder}; ALLIANCE_PUBLISHED names it"
        )
    return folder


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The product's own catalogue."""
    return load_catalogue(data_dir() / "catalogue")


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The product's own reference tables of England."""
    return load_reference(data_dir() / "reference")


@pytest.fixture(scope="session")
def published_report(
    published: Path,
    catalogue: Catalogue,
    reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> RefreshReport:
    """One release of the real files, built once for all the workers. Not to be changed."""

    def build(home: Path) -> RefreshReport:
        return refresh(ReleaseStore(home), published, catalogue, reference, now=NOW, actor="tests")

    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return build(root / "published-home")
    kept = root.parent / "published-home.pickle"
    with FileLock(root.parent / "published-home.lock"):
        if not kept.exists():
            write_whole(kept, pickle.dumps(build(root.parent / "published-home")))
    report: RefreshReport = pickle.loads(kept.read_bytes())
    return report


@pytest.fixture(scope="session")
def published_sql(published_report: RefreshReport) -> Iterator[Callable[..., pd.DataFrame]]:
    """Runs a query on the release of the real files."""
    with duckdb.connect(str(published_report.path), read_only=True) as connection:
        yield lambda sql, *values: connection.execute(sql, list(values)).df()


@dataclass
class Small:
    """The invented country: its catalogue and reference, a folder of files, a home."""

    catalogue: Catalogue
    reference: Reference
    folder: Path
    store: ReleaseStore
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def put(self, files: dict[str, bytes]) -> None:
        """Write files into the folder, over those of the same name."""
        builders.write_files(self.folder, files)

    def refresh(self, **options: Any) -> RefreshReport:
        """Refresh the home from the folder, an hour after the refresh before."""
        self.clock[0] += timedelta(hours=1)
        arguments = {
            "catalogue": self.catalogue,
            "reference": self.reference,
            "now": self.clock[0],
            "actor": "an analyst",
        }
        return refresh(
            options.pop("store", self.store),
            options.pop("folder", self.folder),
            **(arguments | options),
        )

    def sql(self, query: str, *values: object) -> pd.DataFrame:
        """Run a query on the release being served."""
        with duckdb.connect(str(self.store.current_path()), read_only=True) as connection:
            return connection.execute(query, list(values)).df()

    def row(self, query: str, *values: object) -> dict[str, Any]:
        """The only row of a query on the release being served."""
        frame = self.sql(query, *values)
        assert len(frame) == 1, frame
        return dict(frame.iloc[0])

    def served(self) -> dict[str, bytes]:
        """What a reader of the home can see: the pointer and every release, byte for byte."""
        releases = sorted(self.store.releases_dir.glob("*.duckdb*"))
        seen = [self.store.pointer, *(path for path in releases if path.name[0] != ".")]
        return {str(path.relative_to(self.store.home)): path.read_bytes() for path in seen}


@pytest.fixture(scope="session")
def small_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The catalogue of the invented country's files."""
    return load_catalogue(builders.write_catalogue(tmp_path_factory.mktemp("catalogue")))


@pytest.fixture(scope="session")
def small_reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The reference tables of the invented country."""
    return load_reference(builders.write_reference(tmp_path_factory.mktemp("reference")))


@pytest.fixture(scope="session")
def small_template(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder and a home with one good release, made once and copied for each test."""
    root = tmp_path_factory.mktemp("small")
    builders.write_files(root / "published", builders.all_files())
    refresh(
        ReleaseStore(root / "home"),
        root / "published",
        small_catalogue,
        small_reference,
        now=NOW,
        actor="an analyst",
    )
    return root


@pytest.fixture
def small(
    small_template: Path, small_catalogue: Catalogue, small_reference: Reference, tmp_path: Path
) -> Small:
    """The invented country with its files in a folder and one good release being served."""
    shutil.copytree(small_template, tmp_path, dirs_exist_ok=True)
    store = ReleaseStore(tmp_path / "home")
    return Small(small_catalogue, small_reference, tmp_path / "published", store)


@pytest.fixture
def bare(small: Small) -> Small:
    """The invented country with its files in a folder and nothing in its home yet."""
    shutil.rmtree(small.store.home)
    return small


@pytest.fixture(scope="session")
def small_sql(small_template: Path) -> Iterator[Callable[..., pd.DataFrame]]:
    """Runs a query on the good release of the invented country (never changed by a test)."""
    path = ReleaseStore(small_template / "home").current_path()
    with duckdb.connect(str(path), read_only=True) as connection:
        yield lambda sql, *values: connection.execute(sql, list(values)).df()
