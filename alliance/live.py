"""A refresh from the publishers: what is new, brought into the home's cache, ready to be loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.errors import AllianceError
from ingest.folder import Folder, Origin, gather_files
from ingest.live import (
    EditionCache,
    LiveClient,
    SourceState,
    check_sources,
    fetch_sources,
    load_states,
)

Progress = Callable[[str], None]


def editions_of(home: Path) -> EditionCache:
    """The home's cache of editions."""
    return EditionCache(home / "editions")


def look_for_news(
    home: Path, catalogue: Catalogue, client: LiveClient, *, now: datetime, progress: Progress
) -> list[SourceState]:
    """What each publisher has that the cache has not; downloads no file."""
    return check_sources(catalogue, editions_of(home), client, now=now, progress=progress)


def last_look(home: Path) -> dict[str, SourceState]:
    """What was known of each source when its publisher was last asked; empty before."""
    return load_states(editions_of(home).root)


def bring_editions(
    home: Path, catalogue: Catalogue, client: LiveClient, *, now: datetime, progress: Progress
) -> tuple[Folder, tuple[SourceState, ...]]:
    """Download what changed; the newest edition of every file, and how each source fared.

    Where a publisher could not be reached the edition in the cache stands. Raises `AllianceError`
    if there is no file at all.
    """
    cache = editions_of(home)
    brought = fetch_sources(catalogue, cache, client, now=now, progress=progress)
    if not brought.files:
        why = "\n".join(state.sentence for state in brought.states)
        raise AllianceError(
            f"No publisher could be reached and nothing is in the cache.\n{why}\n"
            "Try again, or download the files by hand and use --from DIR."
        )
    origins = {
        file.path: Origin(file.address, file.retrieved_at, file.published_on)
        for file in brought.files
    }
    folder = gather_files(brought.pairs(catalogue), origins, str(brought.root))
    return folder, brought.states
