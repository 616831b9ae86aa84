"""The door: a request that is too large is answered politely and never kept, neither in memory nor
on disk. For the server that `alliance serve` runs; any other is held by `MAX_CONTENT_LENGTH`.
"""

from __future__ import annotations

import html
from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.utilities import RequestEntityTooLarge

from ingest.returns.container import MAX_UPLOAD, MEGABYTE

MAX_REQUEST = MAX_UPLOAD + MEGABYTE
"""Bytes of the largest request of any kind: the largest upload, and what a form adds to it."""
MAX_DISCARDED = 500 * MEGABYTE
"""A request up to this size is read to its end and thrown away piece by piece: a browser shows the
answer only when it has sent all. A larger one is cut off at once."""
TOO_LARGE = (
    "The file is too large",
    f"The most that is taken is {MAX_UPLOAD // MEGABYTE} MB, and a filled return is far smaller. "
    "Nothing was stored. Go back and choose the filled template, or a CSV file with one row for "
    "each quarter.",
)
_PAGE = (
    '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>{heading} – Alliance</title></head>"
    '<body style="font-family: sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; '
    'line-height: 1.5"><main><h1>{heading}</h1><p>{reason}</p>'
    '<p><a href="/returns">Go to local returns</a></p></main></body></html>'
)


class _TooLarge(RequestEntityTooLarge):  # type: ignore[misc]
    """The answer to a request that is too large: a page that says so."""

    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        heading, reason = TOO_LARGE
        page = _PAGE.format(heading=html.escape(heading), reason=html.escape(reason))
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return f"{self.code} {self.reason}", headers, page.encode()


class _Nowhere:
    """A buffer that keeps nothing."""

    def append(self, _data: bytes) -> None:
        """Throw it away."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def __len__(self) -> int:
        return 0


class _DoorParser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request; the body of one that is too large goes nowhere."""

    discarding = False
    expect_continue: bool

    def received(self, data: bytes) -> int:
        if self.discarding:
            return self._discard(data)
        taken: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self._turn_away()
        return taken

    def _turn_away(self) -> None:
        self.error = _TooLarge("")
        waits = self.expect_continue or self.chunked
        self.expect_continue = False
        if not waits and self.content_length <= MAX_DISCARDED:
            self.discarding, self.completed = True, False
            self.body_rcv = FixedStreamReceiver(self.content_length, _Nowhere())

    def _discard(self, data: bytes) -> int:
        taken: int = self.body_rcv.received(data)
        self.completed = bool(self.body_rcv.completed)
        return taken


class _DoorChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read by the door."""

    parser_class = _DoorParser


def polite_server(application: Any, **options: Any) -> Any:
    """A waitress server for the application that keeps to `MAX_REQUEST`. `options` as
    `waitress.create_server` takes them; raises `OSError` where the port cannot be had."""
    server = waitress.create_server(application, max_request_body_size=MAX_REQUEST, **options)
    for one in [server] if hasattr(server, "channel_class") else server.map.values():
        one.channel_class = _DoorChannel
    return server
