"""The one way out to publishers: guarded requests with time-outs, size caps and retries.

Knows HTTP and nothing of publications; what an answer means is for the routes.
"""

from __future__ import annotations

import json
import ssl
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin
from urllib.request import getproxies

import httpx

from ingest.catalogue import Route
from ingest.live.errors import LiveError, NotThereError, RefusedError, UnavailableError
from ingest.live.guard import GuardedTransport, Resolve, resolve_public
from ingest.live.patience import Patience, read_retry_after

PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})
ANSWER_BYTES = 20 * 1024 * 1024
"""An answer that is not a data file (JSON, a web page) is refused above this."""
ERROR_BYTES = 64 * 1024

_LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=30)
_AS_IT_IS = {"Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Validators:
    """What a publisher says identifies one state of a file."""

    etag: str = ""
    last_modified: str = ""

    @property
    def for_range(self) -> str:
        """The value for If-Range: a strong entity tag, or else the date; empty where neither."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the file only if it has changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}

    @classmethod
    def of(cls, response: httpx.Response) -> Validators:
        """Those of an answer."""
        return cls(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))


@dataclass(frozen=True, slots=True)
class Head:
    """What a publisher tells of a file without sending it."""

    validators: Validators
    bytes: int | None


def _user_agent() -> str:
    try:
        return f"alliance/{version('alliance')}"
    except PackageNotFoundError:
        return "alliance"


def trusted_certificates() -> ssl.SSLContext:
    """The certificates of the system (with those of a council's own network, where it inspects
    traffic) beside the usual public ones; SSL_CERT_FILE is honoured."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def system_proxy() -> str | None:
    """The proxy that this machine is set to use for https (HTTPS_PROXY, or the system's own
    setting), for a `LiveClient`; None where there is none."""
    return getproxies().get("https") or None


class LiveClient:
    """Sends guarded requests along the catalogue's routes. Use it in a `with` statement.

    `resolve` and `context` are for tests, which serve the publishers' names from loopback; without
    them private and loopback addresses are refused. `proxy`: the address of the network's proxy.
    """

    def __init__(
        self,
        *,
        patience: Patience | None = None,
        resolve: Resolve = resolve_public,
        context: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ) -> None:
        self.patience = patience or Patience()
        connect, read = self.patience.connect_seconds, self.patience.read_seconds
        transport = GuardedTransport(
            resolve=resolve,
            context=context or trusted_certificates(),
            limits=_LIMITS,
            proxy=proxy,
        )
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(connect=connect, read=read, write=read, pool=connect),
            follow_redirects=True,
            max_redirects=5,
            trust_env=False,
            headers={"User-Agent": _user_agent(), **_AS_IT_IS},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    @contextmanager
    def open(
        self,
        route: Route,
        method: str,
        address: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        """One request, sent once; the body is still to be read. Yields an answer of 2xx, 304 or
        416. Raises `UnavailableError` (may pass), `NotThereError`, `RefusedError` or another
        `LiveError`."""
        try:
            with self._http.stream(
                method,
                urljoin(route.address, address),
                params=params,
                headers=headers,
                extensions={"hosts": route.hosts},
            ) as response:
                if not response.is_success and response.status_code not in {304, 416}:
                    raise self._failure(response)
                yield response
        except httpx.TooManyRedirects as error:
            raise RefusedError(f"{address}: the publisher redirects in a circle.") from error
        except httpx.TransportError as error:
            if _is_certificate_fault(error):
                raise RefusedError(
                    f"{address}: the certificate of the other end is not trusted ({error}). If "
                    "your network inspects traffic, name its certificates in SSL_CERT_FILE."
                ) from error
            raise UnavailableError(f"{address}: {_describe(error)}.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise LiveError(f"{address}: {_describe(error)}.") from error

    def get_bytes(
        self, route: Route, address: str, *, params: Mapping[str, Any] | None = None
    ) -> bytes:
        """A whole answer that is not a data file, unpacked; tried again where that may help."""

        def attempt() -> bytes:
            deadline = self.deadline()
            with self.open(route, "GET", address, params=params) as response:
                body = bytearray()
                for chunk in response.iter_raw():
                    body += chunk
                    if len(body) > ANSWER_BYTES:
                        raise RefusedError(f"{response.url}: the answer is larger than expected.")
                    self.check_deadline(deadline, address)
                return _unpack(bytes(body), response)

        return self.patience.retry(attempt)

    def get_json(
        self, route: Route, address: str, *, params: Mapping[str, Any] | None = None
    ) -> Any:
        """An answer in JSON. Raises `LiveError` where it is something else."""
        body = self.get_bytes(route, address, params=params)
        try:
            return json.loads(body)
        except ValueError as error:
            what = "a web page" if body.lstrip()[:1] == b"<" else "something else"
            raise LiveError(f"{address}: answered with {what} where JSON was expected.") from error

    def get_text(self, route: Route, address: str) -> str:
        """An answer in text (UTF-8; what is not is replaced)."""
        return self.get_bytes(route, address).decode("utf-8-sig", errors="replace")

    def head(self, route: Route, address: str) -> Head:
        """What the publisher tells of a file without sending it."""

        def attempt() -> Head:
            with self.open(route, "HEAD", address) as response:
                length = response.headers.get("Content-Length", "")
                return Head(Validators.of(response), int(length) if length.isdigit() else None)

        return self.patience.retry(attempt)

    def deadline(self) -> float:
        """The moment (of the monotonic clock) by which a download that starts now must be done."""
        return self.patience.monotonic() + self.patience.download_seconds

    def check_deadline(self, deadline: float, address: str) -> None:
        """Raise `LiveError` once the moment has passed."""
        if self.patience.monotonic() > deadline:
            raise LiveError(
                f"{address}: not finished after {self.patience.download_seconds:,.0f} seconds. "
                "What came is kept; run the refresh again to go on from there."
            )

    def _failure(self, response: httpx.Response) -> LiveError:
        status = response.status_code
        detail = _error_detail(response)
        message = f"{response.url}: the publisher answered {status}{detail}"
        if status in PASSING_STATUSES:
            now = self.patience.clock()
            return UnavailableError(
                message, read_retry_after(response.headers.get("Retry-After"), now)
            )
        return NotThereError(message) if status in {404, 410} else LiveError(message)


def _error_detail(response: httpx.Response) -> str:
    """What the error body says, where it has the statistics service's shape:
    `{title, type, status, errors: [{message, code, path}]}`."""
    body = b""
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > ERROR_BYTES:
            return "."
    try:
        answer = json.loads(_unpack(body, response))
    except (ValueError, LiveError):
        return "."
    if not isinstance(answer, dict):
        return "."
    errors = answer.get("errors")
    said = [str(answer.get("title", ""))] + [
        f"{item.get('message', '')} ({item.get('code', 'no code')}, {item.get('path') or 'whole'})"
        for item in (errors if isinstance(errors, list) else [])
        if isinstance(item, dict)
    ]
    text = " ".join(part for part in said if part)
    return f": {text[:300]}" if text else "."


def _unpack(body: bytes, response: httpx.Response) -> bytes:
    """Undo a gzip encoding, up to the cap; refuse any other."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise RefusedError(f"{response.url}: encoded as {encoding}, which was not asked for.")
    inflate = zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(body, ANSWER_BYTES)
    except zlib.error as error:
        raise UnavailableError(f"{response.url}: the answer is damaged ({error}).") from error
    if inflate.unconsumed_tail:
        raise RefusedError(f"{response.url}: the answer is larger than expected once unpacked.")
    if not inflate.eof:
        raise UnavailableError(f"{response.url}: the answer is cut short.")
    return plain


def _describe(error: Exception) -> str:
    kinds: dict[type[Exception], str] = {
        httpx.ConnectTimeout: "the connection could not be made in time",
        httpx.TimeoutException: "the publisher stopped sending",
        httpx.ConnectError: "the connection could not be made",
        httpx.ProxyError: "the proxy refused",
        httpx.NetworkError: "the connection broke",
        httpx.RemoteProtocolError: "the connection broke off before the end",
    }
    words = next((text for kind, text in kinds.items() if isinstance(error, kind)), "failed")
    return f"{words} ({error})" if str(error) else words


def _is_certificate_fault(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
