"""The cache of editions: `<root>/<source>/<edition>/<file>`, each file with its manifest beside it.

An edition is put together in a folder that no reader looks at and renamed to its own name once it
is whole; after that nothing in it is ever written to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from ingest.catalogue import Catalogue
from ingest.durable import sync_file, sync_folder, write_whole
from ingest.live.content import hash_file
from ingest.live.editions import (
    CachedEdition,
    CachedFile,
    DatedBy,
    Edition,
    newest_of_each,
    short_hash,
)
from ingest.live.errors import LiveError

EDITION_MANIFEST = "edition.json"
FILE_MANIFEST = ".manifest.json"
"""What a file's manifest is called after the file's own name."""

_FILE = TypeAdapter(CachedFile)
_EDITION = TypeAdapter(CachedEdition)


class EditionCache:
    """The editions under one folder (`<home>/editions`)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / ".work"

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the cache for one fetch. Raises `LiveError` if another holds it, or if it cannot be
        written to."""
        lock = FileLock(self.root / ".lock")
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout as error:
            raise LiveError(
                f"Another refresh is downloading into {self.root}. Wait until it has finished."
            ) from error
        except OSError as error:
            raise LiveError(f"{self.root} cannot be written to: {error.strerror}.") from error
        try:
            yield
        except OSError as error:
            raise LiveError(
                f"{error.filename or self.root}: {error.strerror or error}. Whole editions are "
                "untouched; put it right and run again."
            ) from error
        finally:
            lock.release()

    def editions(self, source_id: str | None = None) -> list[CachedEdition]:
        """The whole editions of one source, or of all, newest first."""
        pattern = f"{source_id or '[!.]*'}/[!.]*/{EDITION_MANIFEST}"
        found = [_read_edition(path.parent) for path in self.root.glob(pattern)]
        whole = [edition for edition in found if edition is not None]
        return sorted(whole, key=lambda item: (item.published_at, item.folder.name), reverse=True)

    def newest_files(self, catalogue: Catalogue) -> tuple[CachedFile, ...]:
        """The newest edition of each file that the catalogue names, in the catalogue's order."""
        newest = newest_of_each(self.editions())
        return tuple(newest[spec.name] for spec in catalogue.files if spec.name in newest)

    def set_aside_damaged(self) -> list[str]:
        """Move every edition whose newest files are not as their manifests say out of the way, so
        that it is fetched again. Returns a sentence for each."""
        sentences = []
        while damaged := [f for f in newest_of_each(self.editions()).values() if _is_damaged(f)]:
            for folder in {file.path.parent for file in damaged}:
                shown = f"{folder.parent.name}/{folder.name}"
                aside = _free_name(self.root / ".damaged" / folder.parent.name / folder.name)
                aside.parent.mkdir(parents=True, exist_ok=True)
                folder.rename(aside)
                sentences.append(f"The cached edition {shown} was damaged: it was set aside.")
        return sentences

    def clear_work(self) -> None:
        """Remove what downloads left: for when every source has been brought."""
        shutil.rmtree(self.work)
        self.work.mkdir()

    def stage(self, source_id: str, version: str) -> Stage:
        """Where an edition of that version is put together; holds what an earlier run left."""
        return Stage(self, source_id, self.root / ".staging" / source_id / short_hash(version))


class Stage:
    """An edition being put together."""

    def __init__(self, cache: EditionCache, source_id: str, folder: Path) -> None:
        self._cache = cache
        self._source_id = source_id
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Forget what is staged."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def temporary(self) -> Path:
        """A path for a file that is still to be checked."""
        return self.folder / ".new"

    def files(self) -> tuple[CachedFile, ...]:
        """The files that are whole. One that is not as its manifest says is not among them."""
        paths = sorted(self.folder.glob(f"[!.]*{FILE_MANIFEST}"))
        found = [_read_file(path) for path in paths]
        return tuple(file for file in found if file is not None and not _is_damaged(file))

    def add(self, temporary: Path, file: CachedFile) -> CachedFile:
        """Give a checked file its name and write its manifest."""
        kept = replace(file, path=self.folder / file.name)
        sync_file(temporary)
        temporary.replace(kept.path)
        sync_folder(self.folder)
        write_whole(_manifest_of(kept.path), _to_json(kept, "path"))
        return kept

    def add_again(self, file: CachedFile) -> CachedFile:
        """Take over a file that has not changed since an earlier edition."""
        temporary = self.temporary()
        temporary.unlink(missing_ok=True)
        try:
            os.link(file.path, temporary)
        except OSError:
            shutil.copyfile(file.path, temporary)
        return self.add(temporary, file)

    def commit(
        self,
        edition: Edition,
        *,
        published_at: datetime,
        dated_by: DatedBy,
        members: tuple[str, ...] = (),
    ) -> CachedEdition:
        """Make what is staged a whole edition, at once. Raises `LiveError` where nothing is."""
        files = self.files()
        if not files:
            raise LiveError(f"{edition.title} holds none of the files that the catalogue names.")
        whole = CachedEdition(
            self.folder,
            self._source_id,
            edition.route,
            edition.slug,
            edition.title,
            edition.version,
            published_at,
            dated_by,
            edition.next_release,
            members,
            files,
        )
        self.temporary().unlink(missing_ok=True)
        write_whole(self.folder / EDITION_MANIFEST, _to_json(whole, "folder", "files"))
        target = _free_name(self._cache.root / self._source_id / _key(whole))
        target.parent.mkdir(parents=True, exist_ok=True)
        self.folder.rename(target)
        sync_folder(target.parent)
        shutil.rmtree(self.folder.parent, ignore_errors=True)
        kept = tuple(replace(file, path=target / file.name) for file in files)
        return replace(whole, folder=target, files=kept)


def _key(edition: CachedEdition) -> str:
    """The edition's folder: when it came out, what its publisher calls it, and which state."""
    slug = re.sub(r"[^a-z0-9]+", "-", edition.slug.lower()).strip("-")[:60]
    mark = short_hash(edition.version, *(file.sha256 for file in edition.files))
    return "_".join(part for part in (f"{edition.published_on}", slug, mark) if part)


def _free_name(path: Path) -> Path:
    tries = (path.with_name(f"{path.name}-{number}") for number in range(2, 1_000))
    return path if not path.exists() else next(item for item in tries if not item.exists())


def _manifest_of(path: Path) -> Path:
    return path.with_name(path.name + FILE_MANIFEST)


def _to_json(item: CachedFile | CachedEdition, *left_out: str) -> str:
    values = {key: value for key, value in asdict(item).items() if key not in left_out}
    return json.dumps(values, indent=2, default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def _read_file(manifest: Path) -> CachedFile | None:
    path = manifest.with_name(manifest.name.removesuffix(FILE_MANIFEST))
    try:
        values = json.loads(manifest.read_text(encoding="utf-8"))
        file = _FILE.validate_python({**values, "path": path, "name": path.name})
    except (OSError, ValueError, TypeError, ValidationError):
        return None
    return file if path.is_file() else None


def _read_edition(folder: Path) -> CachedEdition | None:
    """An edition of the cache; None where its own manifest cannot be read."""
    manifests = sorted(folder.glob(f"[!.]*{FILE_MANIFEST}"))
    files = [file for file in map(_read_file, manifests) if file is not None]
    try:
        values = json.loads((folder / EDITION_MANIFEST).read_text(encoding="utf-8"))
        return _EDITION.validate_python({**values, "folder": folder, "files": tuple(files)})
    except (OSError, ValueError, TypeError, ValidationError):
        return None


def _is_damaged(file: CachedFile) -> bool:
    return file.path.stat().st_size != file.bytes or hash_file(file.path) != file.sha256
