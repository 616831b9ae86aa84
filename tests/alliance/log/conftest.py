"""A store on SQLite alone, for what does not depend on the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from alliance.settings import Settings
from alliance.store import Store, open_store


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An open store on SQLite with nothing in it, which does not wait for the disk: nothing that
    uses it asks what a loss of power leaves."""
    opened = open_store(Settings(tmp_path / "store-home"))
    event.listen(opened.engine, "connect", _do_not_wait)
    opened.engine.dispose()
    yield opened
    opened.close()


def _do_not_wait(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")
