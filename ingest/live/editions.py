"""Editions: what a publisher offers, what the cache holds, and which of the two is newer.

An edition is one state of one publication. Pure data and comparison; the cache itself is in
`ingest.live.cache`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from ingest.catalogue import FileSpec
from ingest.live.client import Validators
from ingest.live.errors import LiveError
from ingest.live.names import match_name

DatedBy = Literal["publisher", "retrieval", "analyst"]
"""Who says when an edition came out: its publisher, the day it was first seen, or an analyst."""


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that an edition offers; an archive holds files whose names are not known yet."""

    name: str
    address: str
    bytes: int | None = None
    validators: Validators = field(default_factory=Validators)
    published_at: datetime | None = None
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """The latest edition of a source, as a route tells of it.

    `version` is the publisher's own mark of this very state, under a prefix for its kind; it is
    empty where the publisher gives none. `next_release` is an ISO date, year and month, or year.
    """

    source_id: str
    route: str
    slug: str
    title: str
    version: str
    files: tuple[OfferedFile, ...]
    published_at: datetime | None = None
    next_release: str = ""
    notes: tuple[str, ...] = ()

    @property
    def published_on(self) -> date | None:
        """The day on which it came out, where the publisher says."""
        return self.published_at.date() if self.published_at else None


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A whole file of the cache and where it is from. `spec` is its name in the catalogue;
    `member` is its path in the archive at `address`, empty where it did not come in one."""

    path: Path
    name: str
    spec: str
    source_id: str
    address: str
    member: str
    etag: str
    last_modified: str
    sha256: str
    bytes: int
    retrieved_at: datetime
    published_at: datetime
    dated_by: DatedBy

    @property
    def published_on(self) -> date:
        """The day on which it came out."""
        return self.published_at.date()

    @property
    def validators(self) -> Validators:
        """What to ask with whether it has changed."""
        return Validators(self.etag, self.last_modified)


@dataclass(frozen=True, slots=True)
class CachedEdition:
    """A whole edition of the cache. `members`: everything its archive held (empty: no archive)."""

    folder: Path
    source_id: str
    route: str
    slug: str
    title: str
    version: str
    published_at: datetime
    dated_by: DatedBy
    next_release: str
    members: tuple[str, ...]
    files: tuple[CachedFile, ...]

    @property
    def published_on(self) -> date:
        """The day on which it came out."""
        return self.published_at.date()


def short_hash(*parts: str) -> str:
    """Eight hex digits that stand for these texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def newest_of_each(editions: Iterable[CachedEdition]) -> dict[str, CachedFile]:
    """The newest file for each catalogue name: by publication, then by retrieval."""
    newest: dict[str, CachedFile] = {}
    for file in (file for edition in editions for file in edition.files):
        rival = newest.get(file.spec)
        if rival is None or _age(file) > _age(rival):
            newest[file.spec] = file
    return newest


def _age(file: CachedFile) -> tuple[datetime, datetime]:
    return file.published_at, file.retrieved_at


def files_by_spec(edition: Edition, specs: Sequence[FileSpec]) -> dict[str, OfferedFile]:
    """The offered file for each catalogue name that the edition has. Raises `LiveError` where two
    files go by one name."""
    found: dict[str, OfferedFile] = {}
    for offer in edition.files:
        spec = None if offer.is_archive else match_name(offer.name, specs)
        if spec is None:
            continue
        if spec.name in found:
            both = f"{found[spec.name].name}, {offer.name}"
            raise LiveError(f"{edition.title}: two files are {spec.name}: {both}.")
        found[spec.name] = offer
    return found


def find_additions(
    edition: Edition, specs: Sequence[FileSpec], cached: Sequence[CachedEdition]
) -> tuple[FileSpec, ...]:
    """The files that the edition would bring: those it offers (for an archive: may hold) that the
    cache does not have from this very edition, nor from one as new or newer."""
    same = [held for held in cached if edition.version and held.version == edition.version]
    have = {file.spec for held in same for file in held.files}
    newest = newest_of_each(cached)
    family = {file.path: _family(held.version) for held in cached for file in held.files}
    return tuple(
        spec
        for spec in _offered(edition, specs, same)
        if spec.name not in have
        and (
            spec.name not in newest
            or _is_later(edition, newest[spec.name], family[newest[spec.name].path])
        )
    )


def _offered(
    edition: Edition, specs: Sequence[FileSpec], same: Sequence[CachedEdition]
) -> Iterator[FileSpec]:
    names = files_by_spec(edition, specs)
    may_hold = any(offer.is_archive for offer in edition.files)
    looked_through = [held.members for held in same if held.members]
    for spec in specs:
        known = [any(match_name(name, [spec]) for name in names) for names in looked_through]
        if spec.name in names or (may_hold and (any(known) or not known)):
            yield spec


def _is_later(edition: Edition, held: CachedFile, family: str) -> bool:
    """True where the edition came out after the file held. Two ways to one release tell of slightly
    different moments, so across them only the day counts. An undated offer is the publisher's
    present state."""
    if edition.published_at is None:
        return True
    if _family(edition.version) == family:
        return edition.published_at > held.published_at
    return edition.published_at.date() > held.published_on


def _family(version: str) -> str:
    return version.partition(":")[0]
