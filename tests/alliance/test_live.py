"""A refresh from the publishers, over the real files served as their publishers serve them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from alliance.live import bring_editions, look_for_news
from alliance.refresh import refresh
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import AllianceError
from ingest.live import LiveClient
from ingest.release import ReleaseStore
from tests.ingest.live.conftest import (  # noqa: F401 - fixtures
    NOW,
    client,
    listening,
    patience,
    publisher,
    waits,
)
from tests.ingest.live.server import Publisher
from tests.ingest.live.test_published_editions import publish


def test_what_the_publishers_have_becomes_a_release_that_says_where_it_is_from(
    publisher: Publisher,  # noqa: F811
    client: LiveClient,  # noqa: F811
    catalogue: Catalogue,
    reference: Reference,
    published: Path,
    tmp_path: Path,
) -> None:
    hashes = publish(publisher, catalogue, published)
    news = look_for_news(tmp_path, catalogue, client, now=NOW, progress=lambda _: None)
    assert any(state.is_new for state in news)
    folder, states = bring_editions(tmp_path, catalogue, client, now=NOW, progress=lambda _: None)
    assert not [state for state in states if state.outcome == "failed"]
    report = refresh(ReleaseStore(tmp_path), folder, catalogue, reference, now=NOW, actor="a test")
    assert report.n_headline == 55
    with duckdb.connect(str(report.path), read_only=True) as release:
        rows = release.execute(
            "SELECT file_name, sha256, retrieved_from, published_on FROM source_file"
        ).fetchall()
    assert {name: sha256 for name, sha256, _, _ in rows} == hashes
    assert all(address.startswith("https://") for _, _, address, _ in rows)
    assert all(day is not None for *_, day in rows)
    again = look_for_news(tmp_path, catalogue, client, now=NOW, progress=lambda _: None)
    assert not any(state.is_new for state in again)


def test_where_no_publisher_answers_and_nothing_is_kept_the_analyst_is_told_what_to_do(
    publisher: Publisher,  # noqa: F811
    client: LiveClient,  # noqa: F811
    catalogue: Catalogue,
    tmp_path: Path,
) -> None:
    with pytest.raises(AllianceError, match="--from DIR"):
        bring_editions(tmp_path, catalogue, client, now=NOW, progress=lambda _: None)
