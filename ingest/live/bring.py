"""Brings one edition's files into the cache: downloads, unpacks, checks the outside, keeps.

Every file is checked before it gets its name, and the edition gets its name once it is whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.catalogue import FileSpec, Route
from ingest.live.archive import open_archive
from ingest.live.cache import EditionCache, Stage
from ingest.live.client import LiveClient, Validators
from ingest.live.content import check_content, gunzip, hash_file
from ingest.live.download import Download, Progress, download
from ingest.live.editions import (
    CachedFile,
    DatedBy,
    Edition,
    OfferedFile,
    files_by_spec,
    newest_of_each,
)
from ingest.live.errors import LiveError
from ingest.live.names import kept_name

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Brought:
    """The catalogue names of the files that came, and of those that an archive turned out not to
    hold. A file that had not changed is in neither."""

    fetched: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass
class Bringer:
    """One run over all sources. An archive that two sources share is downloaded once."""

    cache: EditionCache
    client: LiveClient
    now: datetime
    progress: Progress
    archives: dict[str, Download] = field(default_factory=dict)

    def bring(
        self, route: Route, edition: Edition, specs: Sequence[FileSpec], wanted: Sequence[FileSpec]
    ) -> Brought:
        """Bring the wanted files of an edition (of an archive: all of `specs`) and make it a whole
        edition of the cache. Raises `LiveError`; then the edition is not there, and files that came
        whole are kept for the next try."""
        stage = self.cache.stage(edition.source_id, edition.version)
        if not edition.version:
            stage.clear()
        archive = next((offer for offer in edition.files if offer.is_archive), None)
        one = _OneEdition(self, route, edition, stage)
        members: tuple[str, ...] = ()
        unchanged: set[str] = set()
        if archive is not None:
            members = one.take_archive(archive, specs)
        else:
            offers = files_by_spec(edition, specs)
            unchanged = {s.name for s in wanted if not one.take_file(offers[s.name], s)}
        held = {file.spec for file in stage.files()}
        if not edition.version and held == unchanged:
            stage.clear()
            return Brought()
        self.progress(f"{edition.title}: keeping")
        when, dated_by = one.dated(edition.published_at)
        stage.commit(edition, published_at=when, dated_by=dated_by, members=members)
        absent = [spec.name for spec in specs if archive and spec.name not in held]
        return Brought(tuple(s.name for s in specs if s.name in held - unchanged), tuple(absent))

    def clear(self) -> None:
        """Remove the archives that were downloaded."""
        for archive in self.archives.values():
            archive.discard()

    def fetch_archive(self, route: Route, offer: OfferedFile) -> Download:
        """The archive, from this run or the publisher."""
        if offer.address not in self.archives:
            self.progress(offer.name)
            limit = route.max_megabytes * MEGABYTE
            got = self._download(route, offer.address, limit)
            if got is None or got.encoding:
                raise LiveError(f"{offer.address}: the archive came in another form than expected.")
            self.archives[offer.address] = got
        return self.archives[offer.address]

    def drop_archive(self, offer: OfferedFile) -> None:
        """Forget an archive that is not what it should be."""
        self.archives.pop(offer.address).discard()

    def fetch_file(
        self, route: Route, offer: OfferedFile, spec: FileSpec, known: Validators | None
    ) -> Download | None:
        """One file; None where it has not changed since `known`."""
        return self._download(route, offer.address, spec.max_megabytes * MEGABYTE, known)

    def _download(
        self, route: Route, address: str, max_bytes: int, known: Validators | None = None
    ) -> Download | None:
        return download(
            self.client,
            route,
            address,
            self.cache.work,
            max_bytes=max_bytes,
            known=known,
            progress=self.progress,
        )


@dataclass(frozen=True)
class _OneEdition:
    """The files of one edition on their way into its stage."""

    bringer: Bringer
    route: Route
    edition: Edition
    stage: Stage

    def take_archive(self, offer: OfferedFile, specs: Sequence[FileSpec]) -> tuple[str, ...]:
        """Stage the catalogue's files of an archive; returns the names of all that it holds."""
        got = self.bringer.fetch_archive(self.route, offer)
        limit = self.route.max_unpacked_megabytes * MEGABYTE
        temporary = self.stage.temporary()
        try:
            with open_archive(got.path, specs, what=offer.name, max_bytes=limit) as archive:
                for member in archive.members:
                    name = kept_name(member.name, member.spec)
                    self.bringer.progress(name)
                    archive.take(member, temporary)
                    check_content(temporary, name)
                    made = self._describe(name, member.spec, offer, got.validators, member.name)
                    self.stage.add(temporary, made)
                return archive.names
        except LiveError:
            self.bringer.drop_archive(offer)
            raise

    def take_file(self, offer: OfferedFile, spec: FileSpec) -> bool:
        """Stage one file, unless an earlier run did. False where it has not changed since the
        edition before."""
        if any(file.spec == spec.name for file in self.stage.files()):
            return True
        name = kept_name(offer.name, spec)
        self.bringer.progress(name)
        cached = self._cached_from(offer.address, spec)
        known = cached.validators if cached else None
        got = self.bringer.fetch_file(self.route, offer, spec, known)
        if got is not None:
            try:
                file = self._check(got, name, spec, offer)
            finally:
                got.discard()
            if cached is None or cached.sha256 != file.sha256:
                self.stage.add(self.stage.temporary(), file)
                return True
        if cached is None:
            raise LiveError(f"{offer.address}: the publisher answered 304 unasked.")
        self.stage.add_again(cached)
        return False

    def dated(self, moment: datetime | None) -> tuple[datetime, DatedBy]:
        """When something came out, and who says so."""
        if moment is None:
            return self.bringer.now.astimezone(UTC), "retrieval"
        return moment, "publisher"

    def _cached_from(self, address: str, spec: FileSpec) -> CachedFile | None:
        newest = newest_of_each(self.bringer.cache.editions(spec.source)).get(spec.name)
        return newest if newest is not None and newest.address == address else None

    def _check(self, got: Download, name: str, spec: FileSpec, offer: OfferedFile) -> CachedFile:
        """Unpack what came into the stage's temporary file and look at its outside."""
        temporary = self.stage.temporary()
        if got.encoding == "gzip":
            limit = spec.max_megabytes * MEGABYTE
            gunzip(got.path, temporary, what=offer.address, max_bytes=limit)
        else:
            shutil.copyfile(got.path, temporary)
        check_content(temporary, name)
        return self._describe(name, spec, offer, got.validators)

    def _describe(
        self,
        name: str,
        spec: FileSpec,
        offer: OfferedFile,
        validators: Validators,
        member: str = "",
    ) -> CachedFile:
        """What is known of the file that lies in the stage's temporary file."""
        temporary = self.stage.temporary()
        when, dated_by = self.dated(offer.published_at or self.edition.published_at)
        return CachedFile(
            path=temporary,
            name=name,
            spec=spec.name,
            source_id=spec.source,
            address=offer.address,
            member=member,
            etag=validators.etag,
            last_modified=validators.last_modified,
            sha256=hash_file(temporary),
            bytes=temporary.stat().st_size,
            retrieved_at=self.bringer.now.astimezone(UTC),
            published_at=when,
            dated_by=dated_by,
        )
