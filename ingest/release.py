"""The release store: immutable DuckDB files, and the pointer to the one that is served.

A release is written beside the others under a name that no reader looks at, moved to its own name
when it is whole, and published by replacing the pointer file atomically. Nothing here changes a
release file; who may publish, and what is recorded of it, is not known here.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from ingest.content import content_hash
from ingest.durable import sync_file, sync_folder
from ingest.errors import ReleaseError

RELEASE_ID = re.compile(r"^\d{8}T\d{6}Z-[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """The one row of a release's `release` table."""

    release_id: str
    built_at: datetime
    built_by: str
    tool_version: str
    demo: bool
    n_observations: int
    n_indicators: int
    previous_release_id: str | None


class ReleaseStore:
    """The releases of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.releases_dir = home / "releases"
        self.pointer = home / "current"

    def path_of(self, release_id: str) -> Path:
        """Where that release's file is (it need not exist)."""
        return self.releases_dir / f"{release_id}.duckdb"

    def current_id(self) -> str | None:
        """Id of the release being served, or None before the first.

        Raises `ReleaseError` if the pointer names no release that is there.
        """
        try:
            release_id = self.pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            release_id = "(not text)"
        except OSError as error:
            raise ReleaseError(f"{self.pointer} cannot be read: {error.strerror}.") from error
        if not RELEASE_ID.match(release_id) or not self.path_of(release_id).is_file():
            raise ReleaseError(
                f"{self.pointer} names “{release_id[:60]}”, which is not in {self.releases_dir}. "
                'Put a kept release there: alliance releases roll-back ID --reason "…" '
                "(alliance releases history names them)."
            )
        return release_id

    def current_path(self) -> Path:
        """File of the release being served. Raises `ReleaseError` before the first refresh."""
        release_id = self.current_id()
        if release_id is None:
            raise ReleaseError(
                f"There is no release in {self.home} yet. "
                "Run “alliance refresh --from DIR” with a folder of published files, "
                "or “alliance demo” to try the product."
            )
        return self.path_of(release_id)

    def ids(self) -> list[str]:
        """Ids of the kept releases, newest first."""
        found = (path.stem for path in self.releases_dir.glob("*.duckdb"))
        return sorted((name for name in found if RELEASE_ID.match(name)), reverse=True)

    def find(self, beginning: str) -> str:
        """The id of the one release here whose id begins so.

        Raises `ReleaseError` where there is none, or more than one.
        """
        found = [name for name in self.ids() if beginning and name.startswith(beginning)]
        if len(found) == 1:
            return found[0]
        what = "There is no release whose name begins with" if not found else (
            "More than one release has a name that begins with"
        )  # fmt: skip
        names = ", ".join(found or self.ids()) or "none"
        raise ReleaseError(
            f"{what} “{beginning[:60]}” in {self.releases_dir}. Name one of these: {names}."
        )

    def info(self, release_id: str) -> ReleaseInfo:
        """A release's own row. Raises `ReleaseError` if the file is not a whole release, or is not
        the one that its name says."""
        path = self.path_of(release_id)
        info = read_info(path)
        if info.release_id != release_id:
            raise ReleaseError(
                f"{path} is not release {release_id} but a copy of {info.release_id}. Remove it."
            )
        return info

    def infos(self) -> list[ReleaseInfo]:
        """The kept releases that can be read, newest first."""
        return [info for info, _ in self._read_all() if info is not None]

    def damaged(self) -> list[str]:
        """Why each kept release that cannot be read cannot."""
        return [why for info, why in self._read_all() if info is None]

    def _read_all(self) -> Iterator[tuple[ReleaseInfo | None, str]]:
        for release_id in self.ids():
            try:
                yield self.info(release_id), ""
            except ReleaseError as error:
                yield None, str(error)

    @contextmanager
    def exclusive(self, *, wait: float = 0) -> Iterator[None]:
        """Hold the home for one refresh or publication, and clear away what a killed one left half
        done. Raises `ReleaseError` if another still holds it after `wait` seconds."""
        lock = FileLock(self.home / "refresh.lock")
        try:
            self.releases_dir.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise ReleaseError(
                f"Another refresh is running in {self.home}, or a release is being published "
                "there. Wait until it has finished."
            ) from error
        except OSError as error:
            raise ReleaseError(
                f"{self.home} cannot be written to: {error.strerror}. "
                "Choose another with --home DIR."
            ) from error
        try:
            for left_over in (
                *self.releases_dir.glob(".building-*"),
                *self.home.glob(".current-*"),
            ):
                left_over.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def publish(self, release_id: str) -> None:
        """Make that release the one that is served, atomically and durably.

        Raises `ReleaseError` if it is not there or the pointer cannot be replaced.
        """
        if not self.path_of(release_id).is_file():
            raise ReleaseError(f"There is no release {release_id} in {self.releases_dir}.")
        temporary = self.pointer.with_name(f".current-{uuid.uuid4().hex}")
        try:
            with temporary.open("w", encoding="ascii") as file:
                file.write(release_id + "\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.pointer)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise ReleaseError(
                f"{self.pointer} cannot be replaced: {error.strerror}. What it named is still "
                "served. Make room or give leave to write there, and try again."
            ) from error
        sync_folder(self.home)

    def keep(self, candidate: Path, release_id: str) -> Path:
        """Move a finished candidate to its own name. Raises `ReleaseError` if that cannot be."""
        path = self.path_of(release_id)
        try:
            sync_file(candidate)
            candidate.replace(path)
        except OSError as error:
            candidate.unlink(missing_ok=True)
            raise ReleaseError(
                f"{path} cannot be written: {error.strerror}. Make room or give leave to write "
                "there, and refresh again."
            ) from error
        sync_folder(self.releases_dir)
        return path

    def discard(self, release_id: str) -> None:
        """Remove the file of a release that is not served. Raises `ReleaseError` if it is served,
        is not there, or cannot be removed."""
        if self.current_id() == release_id:
            raise ReleaseError(f"Release {release_id} is served, so it cannot be discarded.")
        path = self.path_of(release_id)
        try:
            path.unlink()
        except OSError as error:
            raise ReleaseError(f"{path} cannot be removed: {error.strerror}.") from error
        sync_folder(self.releases_dir)

    def verify(self, release_id: str, sha256: str | None = None) -> ReleaseInfo:
        """Read a whole release file and see that it is what it was when it was built: by the file's
        sha256 where that is known, else by the content that its name stands for.

        Raises `ReleaseError` if it cannot be read, or is not.
        """
        path = self.path_of(release_id)
        info = self.info(release_id)
        if sha256:
            same = sha256_of(path) == sha256
        else:
            same = read_content_hash(path)[:8] == release_id.rsplit("-", 1)[1]
        if not same:
            raise ReleaseError(
                f"{path} is not as it was built: it has been changed or damaged since. It cannot "
                "be served. Refresh again, or restore the file from a backup."
            )
        return info

    def new_candidate(self) -> Path:
        """A path for a release being built, which no reader looks at."""
        return self.releases_dir / f".building-{uuid.uuid4().hex}.duckdb"


def make_release_id(built_at: datetime, content_hash: str) -> str:
    """`YYYYMMDDTHHMMSSZ-<8 hex of content>`; `built_at` is in UTC."""
    return f"{built_at:%Y%m%dT%H%M%SZ}-{content_hash[:8]}"


def read_info(path: Path) -> ReleaseInfo:
    """Read a release's own row. Raises `ReleaseError` if the file is not a whole release."""
    columns = ", ".join(ReleaseInfo.__dataclass_fields__)
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute(f"SELECT {columns} FROM release").fetchone()  # noqa: S608
    except duckdb.Error as error:
        raise ReleaseError(
            f"{path} cannot be read as a release ({error}). Refresh again, or remove the file."
        ) from error
    if row is None:
        raise ReleaseError(f"{path} has no row in its release table: it was never finished.")
    return ReleaseInfo(*row)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hex. Raises `ReleaseError` if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}.") from error


def read_content_hash(path: Path) -> str:
    """The content hash of a release file, computed anew from every table. Raises `ReleaseError` if
    any of it cannot be read."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            for (table,) in connection.execute("SHOW TABLES").fetchall():
                connection.execute(f'SELECT bit_xor(hash(t)) FROM "{table}" AS t').fetchone()  # noqa: S608
            return content_hash(connection)
    except duckdb.Error as error:
        raise ReleaseError(
            f"{path} cannot be read as a release ({error}). Refresh again, or remove the file."
        ) from error
