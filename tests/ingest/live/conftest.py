"""What the tests of the live refresh share: the publishers, a client that trusts them, a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from ingest.catalogue import Catalogue
from ingest.live import (
    EditionCache,
    FetchedFolder,
    LiveClient,
    Patience,
    SourceState,
    check_sources,
    fetch_sources,
)
from tests.ingest.live import samples
from tests.ingest.live.server import Publisher

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def listening() -> Iterator[Publisher]:
    """The publishers' server."""
    with Publisher(trustme.CA()) as publisher:
        yield publisher


@pytest.fixture
def publisher(listening: Publisher) -> Iterator[Publisher]:
    """The publishers, serving nothing yet."""
    listening.clear()
    yield listening
    listening.clear()


@dataclass
class Waits:
    """A sleep that takes no time and remembers."""

    seconds: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    """The waits of a client, none of which took any time."""
    return Waits()


@pytest.fixture
def patience(waits: Waits) -> Patience:
    """Gives up quickly on a server that is on this machine, and never sleeps."""
    return Patience(
        attempts=4,
        connect_seconds=5,
        read_seconds=5,
        sleep=waits.sleep,
        draw=lambda: 1.0,
        clock=lambda: NOW,
    )


@pytest.fixture
def client(publisher: Publisher, patience: Patience) -> Iterator[LiveClient]:
    """A client to which every publisher is on loopback."""
    with LiveClient(
        patience=patience, resolve=publisher.resolve, context=publisher.context()
    ) as client:
        yield client


@dataclass
class Home:
    """A cache of editions and the means to fill it."""

    catalogue: Catalogue
    cache: EditionCache
    client: LiveClient
    now: datetime = NOW
    told: list[str] = field(default_factory=list)

    def only(self, *source_ids: str, routes: tuple[str, ...] = ()) -> Home:
        """The same with these sources alone, by these routes."""
        sources = tuple(
            replace(source, routes=routes or source.routes)
            for source in self.catalogue.sources
            if source.id in source_ids
        )
        files = tuple(spec for spec in self.catalogue.files if spec.source in source_ids)
        names = {spec.name for spec in files}
        indicators = tuple(i for i in self.catalogue.indicators if i.file in names)
        return replace(self, catalogue=Catalogue(sources, files, indicators, self.catalogue.routes))

    def fetch(self, progress: Callable[[str], None] | None = None) -> FetchedFolder:
        """Fetch, an hour after the fetch before."""
        self.now += timedelta(hours=1)
        return fetch_sources(
            self.catalogue,
            self.cache,
            self.client,
            now=self.now,
            progress=progress or self.told.append,
        )

    def check(self) -> dict[str, SourceState]:
        """Check, and the state of each source."""
        states = check_sources(
            self.catalogue, self.cache, self.client, now=self.now, progress=self.told.append
        )
        return {state.source_id: state for state in states}

    def stored(self) -> dict[str, bytes]:
        """Every file of every whole edition."""
        root = self.cache.root
        paths = [path for path in root.glob("[!.]*/*/*") if path.is_file()]
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(paths)}

    def left_over(self) -> list[str]:
        """What lies in the cache beside its editions."""
        root = self.cache.root
        found = [path for path in root.glob(".*/**/*") if path.is_file()]
        return sorted(str(path.relative_to(root)) for path in found)


@pytest.fixture(scope="session")
def live_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A small catalogue with every route."""
    return samples.make_catalogue(tmp_path_factory.mktemp("live") / "catalogue")


@pytest.fixture
def home(live_catalogue: Catalogue, client: LiveClient, tmp_path: Path) -> Home:
    """An empty cache."""
    return Home(live_catalogue, EditionCache(tmp_path / "editions"), client)


def bodies(folder: FetchedFolder) -> dict[str, bytes]:
    """What the newest file of each name holds."""
    return {file.spec: file.path.read_bytes() for file in folder.files}


def states(folder: FetchedFolder) -> dict[str, SourceState]:
    """The state of each source."""
    return {state.source_id: state for state in folder.states}
