"""Takes the catalogue's files, and nothing else, out of a release archive (zip).

Trusts nothing that the archive says of itself: names are matched, never followed as paths, and
sizes are counted as bytes come out.
"""

from __future__ import annotations

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.catalogue import FileSpec
from ingest.live.content import copy_within
from ingest.live.errors import RefusedError
from ingest.live.names import match_name

MOST_MEMBERS = 5_000
_MEGABYTE = 1_000_000
_SUPPORTING = "supporting-files"
"""Where a release archive of the statistics service keeps what is not its tables."""

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError,
    struct.error,
)  # fmt: skip
"""What reading a damaged archive raises, beside an OSError for an impossible place in the file."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive that the catalogue names."""

    spec: FileSpec
    name: str
    info: zipfile.ZipInfo


class ReleaseArchive:
    """An open archive that has been looked through: `members` are the files the catalogue names,
    `names` is everything that it holds beside its supporting files."""

    def __init__(
        self, archive: zipfile.ZipFile, specs: Sequence[FileSpec], what: str, max_bytes: int
    ) -> None:
        self._archive = archive
        self._what = what
        self._left = max_bytes
        self.names = tuple(i.filename for i in archive.infolist() if not _is_aside(i))
        self.members = tuple(_members(archive, specs, what))

    def take(self, member: Member, target: Path) -> None:
        """Unpack one member to a file. Raises `RefusedError` where it is too large, packed too
        tightly, damaged, encrypted or packed in a way that is not understood."""
        if member.info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _damaged(f"{self._what}: {member.name}", "packed in an unknown way")
        cap = min(member.spec.max_megabytes * _MEGABYTE, self._left)
        what = f"{self._what}: {member.name}"
        if member.info.file_size > cap:
            raise RefusedError(
                f"{what}: says it unpacks to {member.info.file_size:,} bytes, more than the "
                f"{cap:,} allowed: it was not unpacked."
            )
        try:
            with self._archive.open(member.info) as packed, target.open("wb") as file:
                packed_bytes = member.info.compress_size
                self._left -= copy_within(
                    packed, file, what=what, packed_bytes=packed_bytes, max_bytes=cap
                )
        except _DAMAGE as error:
            raise _damaged(what, error) from error
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise _damaged(what, error) from error


@contextmanager
def open_archive(
    path: Path, specs: Sequence[FileSpec], *, what: str, max_bytes: int
) -> Iterator[ReleaseArchive]:
    """Open a release archive. `max_bytes` caps all that comes out of it. Raises `RefusedError`
    where it is damaged, or holds a name that leads out of the folder."""
    try:
        archive = zipfile.ZipFile(path)
    except (*_DAMAGE, OSError) as error:
        raise RefusedError(f"{what}: it is not a whole archive ({error}).") from error
    with archive:
        yield ReleaseArchive(archive, specs, what, max_bytes)


def _members(archive: zipfile.ZipFile, specs: Sequence[FileSpec], what: str) -> Iterable[Member]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise RefusedError(f"{what}: {len(infos):,} files, where a release has a few dozen.")
    found: dict[str, list[Member]] = {}
    for info in infos:
        _refuse_stray(info, what)
        spec = None if _is_aside(info) else match_name(info.filename, specs)
        if spec is not None:
            found.setdefault(spec.name, []).append(Member(spec, info.filename, info))
    return [_only(members, what) for members in found.values()]


def _is_aside(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or _SUPPORTING in PurePosixPath(info.filename).parts[:-1]


def _damaged(what: str, error: object) -> RefusedError:
    return RefusedError(f"{what}: cannot be unpacked ({error}). Nothing of it was kept.")


def _refuse_stray(info: zipfile.ZipInfo, what: str) -> None:
    path = PurePosixPath(info.orig_filename.replace("\\", "/"))
    stray = path.is_absolute() or ".." in path.parts or ":" in info.orig_filename
    if stray or stat.S_ISLNK(info.external_attr >> 16):
        raise RefusedError(
            f"{what}: holds {info.orig_filename!r}, which leads out of the folder: an archive of "
            "a publisher never does, and nothing of it was kept."
        )


def _only(members: list[Member], what: str) -> Member:
    if len(members) > 1:
        names = ", ".join(member.name for member in members)
        raise RefusedError(f"{what}: {len(members)} files are {members[0].spec.name}: {names}.")
    return members[0]
