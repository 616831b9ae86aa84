"""The real files, served as their publishers serve them, come through every route byte for byte."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ingest.catalogue import Catalogue, RouteId, Source
from ingest.live import EditionCache, LiveClient, fetch_sources
from ingest.live.names import match_name
from tests import published as raw
from tests.ingest.live.conftest import NOW
from tests.ingest.live.samples import release_archive
from tests.ingest.live.server import CONTENT, RAW, Page, Publisher, Release, Table, truncate

STANDARD = {
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "old_la_code", "new_la_code", "la_name",
}  # fmt: skip


def tables_of(slug: str, catalogue: Catalogue, published: Path) -> tuple[Table, ...]:
    """The real tables of a publication."""
    sources = {source.id for source in catalogue.sources if source.slug == slug}
    specs = [spec for spec in catalogue.files if spec.source in sources]
    tables = []
    for path in sorted((published / "ees").iterdir()):
        spec = match_name(path.name, specs)
        if spec is not None:
            body = path.read_bytes()
            rows = raw.read_text(path)
            others = tuple(c for c in rows.columns if c not in {*STANDARD, *spec.filters})
            options = tuple((c, label) for c in spec.filters for label in rows[c].unique())
            tables.append(Table(path.name, body, spec.filters, others, options))
    return tuple(tables)


def publish(publisher: Publisher, catalogue: Catalogue, published: Path) -> dict[str, str]:
    """Serve every real file that a route leads to; returns the sha256 of each by name."""
    hashes = {}
    slugs = dict.fromkeys(source.slug for source in catalogue.sources if source.slug)
    for number, slug in enumerate(slugs):
        tables = tables_of(slug, catalogue, published)
        archive = release_archive(tables)
        Release(
            slug, "2025", f"version-{number}", "2025-11-20T09:30:00Z", tables, None, archive
        ).publish(publisher)
        hashes |= {table.name: hashlib.sha256(table.body).hexdigest() for table in tables}
    base = urlsplit(next(r.address for r in catalogue.routes if r.id == "lait")).path
    for spec in catalogue.files:
        if spec.address:
            body = (published / "lait" / spec.name).read_bytes()
            etag = hashlib.sha256(body).hexdigest()
            publisher.put(RAW, base + spec.address, Page(body, etag=f'"{etag}"'))
            hashes[spec.name] = etag
    return hashes


def by_route(source: Source, route: RouteId) -> Source:
    return replace(source, routes=(route,)) if source.slug else source


@pytest.mark.parametrize("route", ["ees_content", "ees_release_page"])
def test_every_real_file_comes_whole(
    route: RouteId,
    publisher: Publisher,
    client: LiveClient,
    catalogue: Catalogue,
    published: Path,
    tmp_path: Path,
) -> None:
    hashes = publish(publisher, catalogue, published)
    release = Release("children-in-need", "2025", "version-0", "", ())
    publisher.fail(CONTENT, release.archive_path, truncate(100_000))
    sources = tuple(by_route(source, route) for source in catalogue.sources)
    used = replace(catalogue, sources=sources)
    cache = EditionCache(tmp_path / "editions")
    folder = fetch_sources(used, cache, client, now=NOW)
    assert {file.name: file.sha256 for file in folder.files} == hashes
    assert len(hashes) > 15
    assert {state.outcome for state in folder.states} == {"fetched"}
    assert folder.files[0].published_at == datetime(2025, 11, 20, 9, 30, tzinfo=UTC)
    again = fetch_sources(used, cache, client, now=NOW)
    assert {state.outcome for state in again.states} == {"up_to_date"}
    assert again.files == folder.files


def test_the_api_s_tables_are_the_real_files(
    publisher: Publisher,
    client: LiveClient,
    catalogue: Catalogue,
    published: Path,
    tmp_path: Path,
) -> None:
    hashes = publish(publisher, catalogue, published)
    sources = tuple(by_route(source, "ees_api") for source in catalogue.sources if source.slug)
    folder = fetch_sources(
        replace(catalogue, sources=sources), EditionCache(tmp_path / "editions"), client, now=NOW
    )
    found = {file.spec: file.sha256 for file in folder.files}
    expected = {
        spec.name: sha256
        for name, sha256 in hashes.items()
        if (spec := match_name(name, catalogue.files)) and spec.kind == "ees"
    }
    assert found == expected
    assert [note for state in folder.states for note in state.notes] == []
