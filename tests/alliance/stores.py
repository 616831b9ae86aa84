"""The store on both of its databases: what uses `store` or `store_settings` runs on SQLite and on
PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.settings import Settings
from alliance.store import Store, open_store
from tests.alliance.find_postgresql import Cluster, NoPostgresqlError, run_cluster

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A private PostgreSQL. Where there is none, the tests fail and say what to do."""
    try:
        with run_cluster(os.environ) as cluster:
            yield cluster
    except NoPostgresqlError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(params=DATABASES)
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a home without a store, one for each database."""
    if request.param == "sqlite":
        yield Settings(tmp_path / "store-home")
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.new_database() as address:
        yield Settings(tmp_path / "store-home", database_url=address)


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    """An open store with nothing in it."""
    opened = open_store(store_settings)
    yield opened
    opened.close()
