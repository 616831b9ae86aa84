"""An alliance with a store in a file, and one on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.settings import Settings
from alliance.store import Store, open_store
from tests.alliance.mail.post_office import PostOffice
from tests.alliance.mail.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An alliance that writes into a file."""
    store = open_store(Settings(tmp_path / "town"))
    yield Town(store)
    store.close()


@pytest.fixture
def each_town(store: Store) -> Town:
    """The same on SQLite and on PostgreSQL."""
    return Town(store)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()
