"""Whether what came is what its name says, and unpacking that cannot fill the disk.

Looks at the outside of a file only; what its figures say is for the readers and checks.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from ingest.live.errors import RefusedError, UnavailableError

CHUNK = 1024 * 1024
MOST_RATIO = 200
"""Unpacked to packed. Published tables pack 4 to 25 times smaller; bombs a thousand times."""
_RATIO_FROM_BYTES = 1024 * 1024
_EDGE = 4096


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


def copy_within(
    packed: Readable, target: IO[bytes], *, what: str, packed_bytes: int, max_bytes: int
) -> int:
    """Copy unpacked bytes, stopping at the cap. Returns how many. Raises `RefusedError` beyond
    `max_bytes`, or beyond `MOST_RATIO` times the packed size."""
    size = 0
    while chunk := packed.read(CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise RefusedError(
                f"{what}: more than {max_bytes:,} bytes once unpacked: it was not kept. If the "
                "publisher's file grew, raise max_megabytes in data/catalogue/sources.toml."
            )
        if size > _RATIO_FROM_BYTES and size > MOST_RATIO * max(packed_bytes, 1):
            raise RefusedError(
                f"{what}: unpacks to more than {MOST_RATIO} times its size, as no table does: "
                "it was not kept."
            )
        target.write(chunk)
    return size


def gunzip(packed: Path, target: Path, *, what: str, max_bytes: int) -> None:
    """Unpack a gzip-encoded body. Raises `UnavailableError` where it is damaged or cut short."""
    try:
        with gzip.open(packed, "rb") as source, target.open("wb") as file:
            copy_within(
                source, file, what=what, packed_bytes=packed.stat().st_size, max_bytes=max_bytes
            )
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnavailableError(f"{what}: the packed file is damaged ({error}).") from error


def check_content(path: Path, name: str) -> None:
    """Raise `RefusedError` unless the file is of the kind that its name says."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(_EDGE)
        file.seek(max(0, size - _EDGE))
        end = file.read()
    fault = _fault(path, name.lower(), start, end)
    if fault:
        raise RefusedError(f"{name}: {fault}. It was not kept; look at the publisher's page.")


def _fault(path: Path, name: str, start: bytes, end: bytes) -> str:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return "the file is empty"
    if text[:1] in {b"<", b"{"}:
        other = "a web page" if text[:1] == b"<" else f"a message ({_message(text)})"
        return f"{other} came in place of the file"
    if name.endswith(".parquet"):
        whole = start[:4] == end[-4:] == b"PAR1"
        return "" if whole else "it is not a whole Parquet file"
    if name.endswith((".xlsx", ".ods", ".zip")):
        return "" if zipfile.is_zipfile(path) else "it is not a whole workbook or archive"
    if b"\0" in start + end or b"," not in text.splitlines()[0]:
        return "it is not a CSV file"
    return ""


def _message(text: bytes) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        return text[:80].decode("utf-8", errors="replace")
    return str(answer.get("title", answer))[:200] if isinstance(answer, dict) else str(answer)[:200]


def hash_file(path: Path) -> str:
    """The file's sha256, in hex."""
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
