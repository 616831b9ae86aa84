"""The files that the release being served was made of, as the home keeps them.

They stand in for a file that is not given, that has a fault, or that is older than they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb

from ingest.catalogue import Catalogue, FileSpec
from ingest.errors import ReleaseError
from ingest.folder import Origin
from ingest.kept_files import KeptFiles
from ingest.release import ReleaseStore

_FILES = """
SELECT file_name, sha256, last_year, retrieved_from, retrieved_at, published_on FROM source_file
"""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One of them. `last_year`: in which its last period ends, None where it has no periods."""

    path: Path
    spec: FileSpec
    sha256: str
    last_year: int | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Held:
    """`files` by `FileSpec.key`; `superseded`: hashes of files that a later edition replaced;
    `release_id` of the release that is served."""

    files: Mapping[str, HeldFile]
    superseded: frozenset[str] = frozenset()
    release_id: str = ""


NOTHING_HELD = Held({})


def read_held(store: ReleaseStore, catalogue: Catalogue) -> Held:
    """The files of the release being served, and those that the releases it was built upon had in
    their place.

    Raises `ReleaseError` where the served release cannot be read.
    """
    current = store.current_id()
    if current is None:
        return NOTHING_HELD
    kept = KeptFiles(store.home)
    files: dict[str, HeldFile] = {}
    used: dict[str, str] = {}
    for name, sha256, last_year, place, at, published_on in _files_of(
        store.path_of(current), must=True
    ):
        spec, path = catalogue.file_for(name), kept.find(sha256, name)
        if spec is None:
            continue
        key = spec.key(last_year)
        used[key] = sha256
        if path is not None:
            origin = Origin(place, at.replace(tzinfo=UTC), published_on)
            files[key] = HeldFile(path, spec, sha256, last_year, origin)
    superseded = {
        sha256
        for release_id in _built_upon(store, current)
        for name, sha256, last_year, *_ in _files_of(store.path_of(release_id), must=False)
        if (spec := catalogue.file_for(name)) is not None
        and used.get(spec.key(last_year), sha256) != sha256
    }
    return Held(files, frozenset(superseded), current)


def _built_upon(store: ReleaseStore, current: str) -> Iterator[str]:
    """The kept releases that the served one was built upon, the newest first."""
    previous = {info.release_id: info.previous_release_id for info in store.infos()}
    seen = {current}
    before = previous.get(current)
    while before in previous and before not in seen:
        seen.add(before)
        yield before
        before = previous[before]


def _files_of(path: Path, *, must: bool) -> list[tuple]:  # type: ignore[type-arg]
    """The rows of a release's files; none where it cannot be read, or was built before releases
    said in which year a file ends."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(_FILES).fetchall()
    except duckdb.BinderException:
        return []
    except duckdb.Error as error:
        if must:
            raise ReleaseError(
                f"{path} cannot be read as a release ({error}). Refresh again, or remove the file."
            ) from error
        return []
