"""A served home in which meetings are planned and held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alliance.log.served import Served, serve


@pytest.fixture(scope="module")
def served(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One home for all the tests of a module: each writes entries of its own."""
    yield from serve(small_template, tmp_path_factory.mktemp("packs"))
