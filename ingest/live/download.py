"""Fetches one file into a work folder, going on where a broken download stopped.

What has come is kept beside a note of which state of the file it is part of, so that neither a
broken connection nor a killed process loses it, and no two states are ever joined.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from ingest.catalogue import Route
from ingest.live.client import LiveClient, Validators
from ingest.live.errors import LiveError, RefusedError, UnavailableError

Progress = Callable[[str], None]

_REPORT_EVERY = 4 * 1024 * 1024
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Download:
    """A whole body in the work folder, still encoded as it was sent."""

    path: Path
    validators: Validators
    encoding: str
    discard: Callable[[], None]
    """Removes it; for when it is kept elsewhere, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class _Note:
    """Which state of which file a partial body is part of."""

    address: str
    etag: str
    last_modified: str
    encoding: str
    total: int | None

    @property
    def validators(self) -> Validators:
        return Validators(self.etag, self.last_modified)


class Partial:
    """The body of one address as far as it has come, and the note beside it."""

    def __init__(self, work: Path, address: str) -> None:
        stem = hashlib.sha256(address.encode()).hexdigest()[:24]
        self.address = address
        self.path = work / f"{stem}.part"
        self._note_path = work / f"{stem}.part.json"

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def note(self) -> _Note | None:
        """The note, if the partial body can be gone on with."""
        try:
            note = _Note(**json.loads(self._note_path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return note if note.validators.for_range and self.size else None

    def begin(self, note: _Note) -> None:
        """Forget what there was and note what comes now."""
        self.discard()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._note_path.write_text(json.dumps(asdict(note)), encoding="utf-8")

    def discard(self) -> None:
        """Remove body and note; the body first, so that a note never describes another body."""
        self.path.unlink(missing_ok=True)
        self._note_path.unlink(missing_ok=True)


def download(
    client: LiveClient,
    route: Route,
    address: str,
    work: Path,
    *,
    max_bytes: int,
    known: Validators | None = None,
    progress: Progress = lambda _: None,
) -> Download | None:
    """Fetch a file into the work folder; None where it has not changed since `known`.

    Goes on with what an earlier run left (Range with If-Range; a server that has no ranges, or
    whose file has changed, sends it whole). Raises `RefusedError` above `max_bytes`,
    `UnavailableError` when every attempt failed, and other `LiveError`s; all but a refusal keep
    what has come.
    """
    one = _OneFile(client, route, Partial(work, address), max_bytes, known, progress)
    return client.patience.retry(one.attempt)


class _OneFile:
    """The attempts at one file."""

    def __init__(
        self,
        client: LiveClient,
        route: Route,
        partial: Partial,
        max_bytes: int,
        known: Validators | None,
        progress: Progress,
    ) -> None:
        self._client = client
        self._route = route
        self._partial = partial
        self._max_bytes = max_bytes
        self._known = known
        self._progress = progress
        self._deadline = client.deadline()
        self._name = partial.address.split("?")[0].rstrip("/").rsplit("/", 1)[-1]

    def attempt(self) -> Download | None:
        note = self._partial.note()
        headers = {}
        if note is not None:
            start = f"bytes={self._partial.size}-"
            headers = {"Range": start, "If-Range": note.validators.for_range}
        elif self._known is not None:
            headers = self._known.conditions
        try:
            with self._client.open(
                self._route, "GET", self._partial.address, headers=headers
            ) as response:
                if response.status_code == 304:
                    self._check_asked(headers)
                    return None
                note = self._take(response, note)
        except RefusedError:
            self._partial.discard()
            raise
        partial = self._partial
        return Download(partial.path, note.validators, note.encoding, partial.discard)

    def _check_asked(self, headers: dict[str, str]) -> None:
        if "If-None-Match" not in headers and "If-Modified-Since" not in headers:
            raise LiveError(f"{self._partial.address}: the publisher answered 304 unasked.")

    def _take(self, response: httpx.Response, note: _Note | None) -> _Note:
        if response.status_code == 416:
            return self._already_whole(note, response)
        continues = response.status_code == 206
        note = self._continued(note, response) if continues else self._started(response)
        self._receive(response, note)
        return note

    def _already_whole(self, note: _Note | None, response: httpx.Response) -> _Note:
        """Nothing lies beyond what has come: it is whole if that is the size the server gives."""
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if note is None or match is None or match[2] != str(self._partial.size):
            raise self._start_again("the publisher's file is not as long as it said")
        return note

    def _continued(self, note: _Note | None, response: httpx.Response) -> _Note:
        """Check that the rest that comes belongs to what there is."""
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        etag = response.headers.get("ETag", "")
        if (
            note is None
            or match is None
            or match[1] != str(self._partial.size)
            or (etag and note.etag and etag != note.etag)
            or _encoding(response) != note.encoding
            or (match[2] != "*" and note.total is not None and int(match[2]) != note.total)
        ):
            raise self._start_again("the rest of the file is not of the part that had come")
        return note

    def _start_again(self, why: str) -> UnavailableError:
        self._partial.discard()
        return UnavailableError(f"{self._partial.address}: {why}; what had come was dropped.")

    def _started(self, response: httpx.Response) -> _Note:
        length = response.headers.get("Content-Length", "")
        validators = Validators.of(response)
        note = _Note(
            self._partial.address,
            validators.etag,
            validators.last_modified,
            _encoding(response),
            int(length) if length.isdigit() else None,
        )
        if note.encoding not in {"", "gzip"}:
            raise RefusedError(
                f"{note.address}: encoded as {note.encoding}, which was not asked for."
            )
        self._refuse_large(note.total or 0)
        self._partial.begin(note)
        return note

    def _receive(self, response: httpx.Response, note: _Note) -> None:
        # Unbuffered: what has come outlives a killed process.
        with self._partial.path.open("ab", buffering=0) as file:
            size = file.tell()
            reported = size
            for chunk in response.iter_raw():
                size += len(chunk)
                self._refuse_large(size)
                file.write(chunk)
                self._client.check_deadline(self._deadline, note.address)
                if size - reported >= _REPORT_EVERY:
                    reported = size
                    self._progress(_tell(self._name, size, note.total))
            os.fsync(file.fileno())
        if note.total is not None and size != note.total:
            raise UnavailableError(
                f"{note.address}: {size:,} bytes came where {note.total:,} were announced."
            )

    def _refuse_large(self, size: int) -> None:
        if size > self._max_bytes:
            raise RefusedError(
                f"{self._partial.address}: larger than the {self._max_bytes:,} bytes allowed: it "
                "was not kept. If the publisher's file grew, raise max_megabytes in "
                "data/catalogue/sources.toml."
            )


def _encoding(response: httpx.Response) -> str:
    encoding = str(response.headers.get("Content-Encoding", "")).strip().lower()
    return "" if encoding == "identity" else encoding


def _tell(name: str, size: int, total: int | None) -> str:
    of = f" of {total / 1e6:,.0f}" if total else ""
    return f"{name}: {size / 1e6:,.0f}{of} MB"
