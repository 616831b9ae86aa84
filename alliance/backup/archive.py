"""The file that a backup is: a ZIP that anything opens, whose last member says what each of the
others must be. Encrypted, it is that ZIP in the age format (age-encryption.org/v1).

Knows nothing of what the members mean.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import IO, Any

import pyrage

from alliance.backup.errors import BackupError

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
AGE = b"age-encryption.org/v1"
_SAFE = re.compile(r'(?!/)(?!.*(?:^|/)\.*(?:/|$))[^\x00-\x1f\x7f\\:*?"<>|]+')
"""Names of members: relative, within the folder, and of a kind that every system takes."""
_STORED = (".duckdb", ".xlsx", ".parquet", ".zip")
"""What is packed already, or read in place."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it must be; `rows` where it is a table."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `schema` are the migrations that its tables have had."""

    made_at: str
    made_by: str
    tool_version: str
    served: str
    schema: tuple[str, ...]
    members: tuple[Member, ...]
    format: int = FORMAT

    def within(self, folder: str) -> list[Member]:
        """The members whose names begin so."""
        return [member for member in self.members if member.name.startswith(folder)]


class Writer:
    """Adds members to a ZIP and remembers what they were."""

    def __init__(self, pack: zipfile.ZipFile, at: datetime) -> None:
        self._pack = pack
        self._moment = at.astimezone(UTC).timetuple()[:6]
        self.members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes], *, rows: bool = False) -> None:
        """Write a member piece by piece; of a table each piece is a row."""
        if not _SAFE.fullmatch(name):
            raise BackupError(f"A backup cannot hold a file of the name “{name}”. Rename it.")
        info = zipfile.ZipInfo(name, self._moment)
        packed = not name.endswith(_STORED)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size, number = hashlib.sha256(), 0, 0
        with self._pack.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                number += 1
        self.members.append(Member(name, size, digest.hexdigest(), number if rows else None))

    def finish(self, manifest: Manifest) -> None:
        """Write what all of them must be."""
        words = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
        self._pack.writestr(zipfile.ZipInfo(MANIFEST, self._moment), words.encode())


@contextmanager
def written(path: Path, at: datetime, to_key: str) -> Iterator[Writer]:
    """A backup being written: at `path` when the block ends well, and nothing there else. With
    `to_key` (an age public key) nothing of it is ever on disk unencrypted.

    Raises `BackupError` where the file is there already or cannot be written, or the key is none.
    """
    recipient = _recipient(to_key) if to_key else None
    if path.exists():
        raise BackupError(f"{path} is there already, and no backup is written over. Name another.")
    draft = path.with_name(f".{path.name}.part")
    try:
        with _private(draft, "xb") as file:
            encrypting = _encrypting(file, recipient) if recipient else _plainly(file)
            with encrypting as sink, zipfile.ZipFile(sink, "w", compresslevel=6) as pack:
                yield Writer(pack, at)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except FileExistsError as error:
        raise BackupError(
            f"{draft} is there: another backup to this place runs, or one was stopped. If none "
            "runs, remove it."
        ) from error
    except OSError as error:
        _remove(draft)
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error
    except BaseException:
        _remove(draft)
        raise


def _remove(draft: Path) -> None:
    with suppress(OSError):
        draft.unlink()


def _private(path: Path, mode: str) -> IO[bytes]:
    """Open a file that its owner alone can read."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def _recipient(key: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        raise BackupError(f"“{key[:80]}” is no public key of age, such as age1….") from error


@contextmanager
def _plainly(file: IO[bytes]) -> Iterator[IO[bytes]]:
    yield file


@contextmanager
def _encrypting(file: IO[bytes], recipient: pyrage.x25519.Recipient) -> Iterator[IO[bytes]]:
    """A pipe whose other end is encrypted into the file as it comes."""
    ends, failed = os.pipe(), []

    def encrypt() -> None:
        with os.fdopen(ends[0], "rb") as source:
            try:
                pyrage.encrypt_io(source, file, [recipient])
            except OSError as error:
                failed.append(error)

    thread = Thread(target=encrypt)
    thread.start()
    try:
        # The other end goes away where it fails, and its failure says why.
        with suppress(BrokenPipeError), os.fdopen(ends[1], "wb") as sink:
            yield sink
    finally:
        thread.join()
    if failed:
        raise failed[0]


# Reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A backup whose every byte was found to be as its manifest says."""

    pack: zipfile.ZipFile
    manifest: Manifest

    def chunks(self, member: Member) -> Iterator[bytes]:
        """A member piece by piece."""
        with self.pack.open(member.name) as source:
            while chunk := source.read(CHUNK):
                yield chunk

    def lines(self, member: Member) -> Iterator[bytes]:
        """A table row by row."""
        with self.pack.open(member.name) as source:
            yield from source


@contextmanager
def opened(path: Path, key_file: Path | None, scratch: Path) -> Iterator[Opened]:
    """A backup, checked whole before anything of it is believed. One that is encrypted is decrypted
    into `scratch`, a folder that its owner alone can read.

    Raises `BackupError` where it is not whole, is no backup, or the key does not fit.
    """
    with _plain(path, key_file, scratch) as source:
        try:
            with zipfile.ZipFile(source) as pack:
                manifest = _read_manifest(pack, path)
                found = Opened(pack, manifest)
                _check(found, path)
                yield found
        except (zipfile.BadZipFile, EOFError) as error:
            raise _damaged(path, str(error)) from error


@contextmanager
def _plain(path: Path, key_file: Path | None, scratch: Path) -> Iterator[Path]:
    try:
        with path.open("rb") as file:
            encrypted = file.read(len(AGE)) == AGE
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    if not encrypted:
        yield path
        return
    if key_file is None:
        raise BackupError(f"{path} is encrypted. Give the file of its secret key: --key-file FILE.")
    plain = scratch / "backup.zip"
    try:
        with path.open("rb") as source, _private(plain, "wb") as sink:
            pyrage.decrypt_io(source, sink, [_identity(key_file)])
        yield plain
    except pyrage.DecryptError as error:
        raise BackupError(f"{path} is not encrypted to the key in {key_file}: {error}.") from error
    except OSError as error:
        raise _damaged(path, str(error)) from error
    finally:
        plain.unlink(missing_ok=True)


def _identity(key_file: Path) -> pyrage.x25519.Identity:
    """The secret key of a file; lines that begin with # are notes."""
    try:
        lines = key_file.read_text(encoding="utf-8").splitlines()
        (key,) = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return pyrage.x25519.Identity.from_str(key)
    except (OSError, UnicodeDecodeError, ValueError, pyrage.IdentityError) as error:
        raise BackupError(f"{key_file} does not hold one secret key of age.") from error


def _damaged(path: Path, why: str) -> BackupError:
    return BackupError(
        f"{path} is damaged ({why}). Nothing was restored from it: take another backup."
    )


def _read_manifest(pack: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(pack.read(MANIFEST))
        members = tuple(Member(**member) for member in said.pop("members"))
        manifest = Manifest(members=members, schema=tuple(said.pop("schema")), **said)
    except (KeyError, ValueError, TypeError) as error:
        raise BackupError(
            f"{path} is no backup of this product: {MANIFEST} is not there."
        ) from error
    if manifest.format != FORMAT:
        raise BackupError(
            f"{path} was made by a later version of this product ({manifest.tool_version}). "
            "Restore it with that version."
        )
    return manifest


def _check(found: Opened, path: Path) -> None:
    """Every member that there must be, as it must be, and no other."""
    named = [member.name for member in found.manifest.members]
    if sorted([*named, MANIFEST]) != sorted(found.pack.namelist()):
        raise _damaged(path, "it does not hold what it says that it holds")
    for member in found.manifest.members:
        if not _SAFE.fullmatch(member.name):
            raise _damaged(path, f"“{member.name}” is no name of a file in a home")
        digest, size = hashlib.sha256(), 0
        for chunk in found.chunks(member):
            digest.update(chunk)
            size += len(chunk)
            if size > member.bytes:
                break
        if (size, digest.hexdigest()) != (member.bytes, member.sha256):
            raise _damaged(path, f"{member.name} is not as it was")


def new_key(path: Path) -> str:
    """Make a pair of keys: the secret one into a file that its owner alone can read, the public one
    returned. Raises `BackupError` where the file is there already or cannot be written."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with _private(path, "xb") as file:
            file.write(f"# public key: {public}\n{identity}\n".encode("ascii"))
    except FileExistsError as error:
        raise BackupError(f"{path} is there already, and no key is written over.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error
    return public
