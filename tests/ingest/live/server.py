"""Publishers on loopback: a real HTTPS server that answers under the publishers' names, and fails
in the ways that publishers do.

`pages` are what it serves, by host and path; `faults` are what happens instead, one for each
request to a path, in order. Everything that is asked is in `log`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import trustme

CONTENT = "content.explore-education-statistics.service.gov.uk"
SITE = "explore-education-statistics.service.gov.uk"
API = "api.education.gov.uk"
RAW = "raw.githubusercontent.com"
ELSEWHERE = "elsewhere.example"
HOSTS = (CONTENT, SITE, API, RAW, ELSEWHERE)


@dataclass(frozen=True)
class Page:
    """What is served at an address."""

    body: bytes
    kind: str = "application/octet-stream"
    etag: str = ""
    last_modified: str = ""
    encoding: str = ""
    status: int = 200
    ranges: bool = True
    headers: tuple[tuple[str, str], ...] = ()


Query = dict[str, str]
Source = Page | Callable[[Query], Page]


def as_json(data: Any, status: int = 200) -> Page:
    """A page of JSON."""
    return Page(json.dumps(data).encode(), "application/json; charset=utf-8", status=status)


def as_html(text: str, status: int = 200) -> Page:
    """A web page."""
    return Page(text.encode(), "text/html; charset=utf-8", status=status)


def as_gzip(body: bytes, etag: str = "") -> Page:
    """A page that is always sent gzip-encoded."""
    return Page(gzip.compress(body, mtime=0), "text/csv", etag=etag, encoding="gzip")


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    method: str
    host: str
    path: str
    query: Query
    headers: dict[str, str]
    connection: int


Fault = Callable[["Handler", Page | None], None]


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 20
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host = self.headers["Host"].split(":")[0]
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        headers = {key.lower(): value for key, value in self.headers.items()}
        publisher = self.server.publisher
        with publisher.lock:
            connection = self.client_address[1]
            seen = Seen(self.command, host, parts.path, query, headers, connection)
            publisher.log.append(seen)
            source = publisher.pages.get((host, parts.path))
            page = source(query) if callable(source) else source
            faults = publisher.faults.get((host, parts.path))
            fault = faults.pop(0) if faults and self.command == "GET" else None
        if fault is not None:
            fault(self, page)
        elif page is None:
            self.send_page(as_json({"title": "Not Found", "status": 404}, 404))
        else:
            self.send_page(page)

    do_HEAD = do_GET  # noqa: N815 - the name that the standard library calls

    def send_page(self, page: Page) -> None:
        """Send a page as a good server does: conditions, ranges, HEAD."""
        start, status, body = 0, page.status, page.body
        if status == 200 and self.is_unchanged(page):
            status, body = 304, b""
        elif status == 200 and page.ranges and self.range_start(page) is not None:
            start = self.range_start(page) or 0
            status = 206 if start < len(body) else 416
        headers = {"Content-Type": page.kind, "ETag": page.etag}
        headers["Last-Modified"] = page.last_modified
        headers["Content-Encoding"] = page.encoding
        headers["Accept-Ranges"] = "bytes" if page.ranges else "none"
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            body = body[start:]
        if status == 416:
            headers["Content-Range"] = f"bytes */{len(body)}"
            body = b""
        self.send_head(status, {**headers, **dict(page.headers)}, len(body))
        if self.command != "HEAD" and status != 304:
            self.send(body)

    def is_unchanged(self, page: Page) -> bool:
        if "If-None-Match" in self.headers:
            return bool(page.etag) and self.headers["If-None-Match"] == page.etag
        since = self.headers.get("If-Modified-Since")
        if not since or not page.last_modified:
            return False
        return parsedate_to_datetime(page.last_modified) <= parsedate_to_datetime(since)

    def range_start(self, page: Page) -> int | None:
        wanted = self.headers.get("Range", "")
        condition = self.headers.get("If-Range")
        if not wanted or (condition and condition not in {page.etag, page.last_modified}):
            return None
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    def send_head(self, status: int, headers: dict[str, str], length: int | None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        if length is not None and status != 304:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def send(self, body: bytes) -> None:
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self) -> None:
        """Break the connection, now."""
        self.close_connection = True
        self.wfile.flush()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


class Server(ThreadingHTTPServer):
    """The listening socket."""

    daemon_threads = True
    publisher: Publisher

    def handle_error(self, *_: object) -> None:
        """A client that goes away is part of the tests."""


@dataclass
class Publisher:
    """Every publisher, on one port of loopback. Use it in a `with` statement."""

    authority: trustme.CA
    pages: dict[tuple[str, str], Source] = field(default_factory=dict)
    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=dict)
    log: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0
    in_api: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*HOSTS).configure_cert(context)
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.publisher = self
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def resolve(self, _host: str, _port: int) -> list[tuple[str, int]]:
        """Every name leads here."""
        return [("127.0.0.1", self.port)]

    def context(self) -> ssl.SSLContext:
        """What trusts this server's certificates and no others."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.authority.configure_trust(context)
        return context

    def clear(self) -> None:
        """Serve nothing, fail at nothing, remember nothing."""
        with self.lock:
            self.pages.clear()
            self.faults.clear()
            self.log.clear()
            self.in_api.clear()

    def put(self, host: str, path: str, page: Source) -> None:
        """Serve a page at an address."""
        self.pages[host, path] = page

    def change(self, host: str, path: str, **changes: Any) -> None:
        """Change what is served at an address."""
        page = self.pages[host, path]
        assert isinstance(page, Page)
        self.pages[host, path] = replace(page, **changes)

    def fail(self, host: str, path: str, *faults: Fault) -> None:
        """Have the next GET requests to an address fail, one after the other."""
        self.faults.setdefault((host, path), []).extend(faults)

    def asked(self, method: str = "", host: str = "", path: str = "") -> list[Seen]:
        """The requests that came, of that method, to that host, whose path ends so."""
        return [
            seen
            for seen in self.log
            if method in {"", seen.method} and host in {"", seen.host} and seen.path.endswith(path)
        ]

    def bodies_asked(self) -> list[Seen]:
        """The requests for data files."""
        marks = ("/download", "/files", "/csv", ".parquet", ".xlsx")
        gets = self.asked("GET")
        return [seen for seen in gets if seen.path.endswith(marks) or seen.host == RAW]


# Faults ---------------------------------------------------------------------------------------


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer with a status."""

    def fault(handler: Handler, _: Page | None) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send_head(code, named, len(body))
        if handler.command != "HEAD":
            handler.send(body)

    return fault


def instead(page: Page) -> Fault:
    """Send another page."""
    return lambda handler, _: handler.send_page(page)


def truncate(after: int, *, chunked: bool = False) -> Fault:
    """Announce the whole body (or what the request's range leaves), send a part, hang up."""

    def fault(handler: Handler, page: Page | None) -> None:
        assert page is not None
        start = handler.range_start(page) or 0
        rest = page.body[start:]
        headers = {"ETag": page.etag, "Last-Modified": page.last_modified}
        headers["Content-Encoding"] = page.encoding
        if "Range" in handler.headers:
            headers["Content-Range"] = f"bytes {start}-{len(page.body) - 1}/{len(page.body)}"
        code = 206 if "Range" in handler.headers else 200
        if chunked:
            handler.send_head(code, {**headers, "Transfer-Encoding": "chunked"}, None)
            handler.send(b"%x\r\n" % after + rest[:after] + b"\r\n")
        else:
            handler.send_head(code, headers, len(rest))
            handler.send(rest[:after])
        handler.hang_up()

    return fault


def announce(length: int) -> Fault:
    """Announce another length than the body's, send the body, hang up."""

    def fault(handler: Handler, page: Page | None) -> None:
        assert page is not None
        handler.send_head(200, {"ETag": page.etag}, length)
        handler.send(page.body)
        handler.hang_up()

    return fault


def stall(after: int, released: threading.Event, held: threading.Event | None = None) -> Fault:
    """Send a part, then nothing until released."""

    def fault(handler: Handler, page: Page | None) -> None:
        assert page is not None
        headers = {"ETag": page.etag, "Last-Modified": page.last_modified}
        handler.send_head(200, headers, len(page.body))
        handler.send(page.body[:after])
        if held is not None:
            held.set()
        released.wait(20)
        handler.hang_up()

    return fault


def refuse_range(handler: Handler, page: Page | None) -> None:
    """Answer as a server that has no ranges: send all of it."""
    assert page is not None
    handler.send_page(replace(page, ranges=False))


def swap(
    publisher: Publisher, host: str, path: str, page: Page, then: Fault | None = None
) -> Fault:
    """Replace the file, as a publisher does in the middle of a download, then answer."""

    def fault(handler: Handler, old: Page | None) -> None:
        publisher.pages[host, path] = page
        if then is None:
            handler.send_page(page)
        else:
            then(handler, old)

    return fault


def ignore_if_range(page: Page) -> Fault:
    """Send the rest of another state of the file, as a careless cache does."""

    def fault(handler: Handler, _: Page | None) -> None:
        start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        size = len(page.body)
        headers = {"ETag": page.etag, "Content-Range": f"bytes {start}-{size - 1}/{size}"}
        headers["Content-Encoding"] = page.encoding
        handler.send_head(206, headers, size - start)
        handler.send(page.body[start:])

    return fault


# The statistics service -----------------------------------------------------------------------


def moment(text: str) -> str:
    """A date as a Last-Modified header writes it."""
    return format_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC), usegmt=True)


@dataclass(frozen=True)
class Table:
    """A table of a release: its file name, its bytes, and its columns for the API."""

    name: str
    body: bytes
    filters: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    versions: tuple[str, ...] = ("1.0",)
    in_api: bool = True


@dataclass(frozen=True)
class Release:
    """A release of a publication as the statistics service serves it, by every route."""

    slug: str
    release: str
    version_id: str
    published: str
    tables: tuple[Table, ...]
    next_release: Any = None
    archive: bytes = b""

    @property
    def title(self) -> str:
        return f"Reporting year {self.release}"

    def path_of(self, table: Table) -> str:
        """Where the content service has that table."""
        return f"/api/data-set-files/{self.id_of(table)}/download"

    @property
    def archive_path(self) -> str:
        """Where the content service has everything."""
        return f"/api/releases/{self.version_id}/files"

    @property
    def publication_id(self) -> str:
        """The publication's id, which is not its name."""
        return hashlib.sha256(self.slug.encode()).hexdigest()[:32]

    def id_of(self, table: Table) -> str:
        """A data set file's id, which changes at every release."""
        return f"{table.name.split('.')[0].replace('_', '-')}-{self.version_id}"

    def api_path_of(self, table: Table) -> str:
        """Where the API has that table."""
        return f"/statistics/v1/data-sets/{self.api_id(table)}/csv"

    def api_id(self, table: Table) -> str:
        """A data set's id in the API, which stays."""
        return f"api-{table.name.split('.')[0].replace('_', '-')}"

    def publish(self, publisher: Publisher, *, etags: bool = True) -> None:
        """Serve it as the latest release."""
        self._content(publisher, etags)
        self._page(publisher)
        self._api(publisher)

    def _summary(self) -> dict[str, Any]:
        return {
            "id": self.version_id,
            "releaseId": f"r-{self.release}",
            "isLatestRelease": True,
            "slug": self.release,
            "title": self.title,
            "published": self.published,
            "lastUpdated": self.published,
        }

    def _publication(self) -> dict[str, Any]:
        return {
            "id": self.publication_id,
            "slug": self.slug,
            "title": self.slug,
            "latestRelease": {"id": "r", "slug": self.release, "title": self.title},
            "nextReleaseDate": self.next_release,
        }

    def _content(self, publisher: Publisher, etags: bool) -> None:
        base = f"/api/publications/{self.slug}"
        publisher.put(CONTENT, base, as_json(self._publication()))
        publisher.put(
            CONTENT, f"{base}/releases/{self.release}/version-summary", as_json(self._summary())
        )
        rows = [
            {
                "id": self.id_of(table),
                "fileId": f"f-{self.id_of(table)}",
                "filename": table.name,
                "fileSize": "1 KB",
                "title": f"A title that changes, {self.release}",
                "published": self.published,
                "lastUpdated": self.published,
                "release": {"id": self.version_id, "title": self.title},
            }
            for table in self.tables
        ]
        publisher.put(CONTENT, "/api/data-set-files", listing({self.publication_id: rows}))
        for table in self.tables:
            etag = f'"{hashlib.sha256(table.body).hexdigest()[:16]}"' if etags else ""
            page = Page(table.body, "text/csv", etag=etag, last_modified=moment("2025-11-20"))
            publisher.put(CONTENT, self.path_of(table), page)
        publisher.put(
            CONTENT,
            self.archive_path,
            Page(self.archive, "application/zip", last_modified=moment("2025-11-20")),
        )

    def _page(self, publisher: Publisher) -> None:
        props = {
            "publicationSummary": self._publication(),
            "releaseVersionSummary": self._summary(),
        }
        data = json.dumps({"props": {"pageProps": props}, "page": "/find-statistics"})
        script = f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'
        html = f"<!DOCTYPE html><html><body><h1>{self.slug}</h1>{script}</body></html>"
        publisher.put(SITE, f"/find-statistics/{self.slug}", as_html(html))

    def _api(self, publisher: Publisher) -> None:
        base = "/statistics/v1"
        served = [table for table in self.tables if table.in_api]
        others = [{"id": f"other-{i}", "slug": f"other-{i}"} for i in range(25)]
        publisher.in_api[self.publication_id] = {"id": self.publication_id, "slug": self.slug}
        publisher.put(API, f"{base}/publications", listing([*others, *publisher.in_api.values()]))
        publisher.put(
            API,
            f"{base}/publications/{self.publication_id}/data-sets",
            listing(
                [
                    {"id": self.api_id(t), "title": f"Title of {t.name}", "status": "Published"}
                    for t in served
                ]
            ),
        )
        for table in served:
            own = f"{base}/data-sets/{self.api_id(table)}"
            publisher.put(API, f"{own}/meta", as_json(meta_of(table)))
            publisher.put(API, f"{own}/versions", listing(self._versions(table)))
            publisher.put(API, f"{own}/csv", self._csv(table))

    def _versions(self, table: Table) -> list[dict[str, Any]]:
        return [
            {
                "version": version,
                "status": "Published",
                "published": self.published,
                "release": {"title": self.title, "slug": self.release},
                "timePeriods": {"start": "2013", "end": self.release},
                "file": {"id": "f"},
            }
            for version in table.versions
        ]

    def _csv(self, table: Table) -> Callable[[Query], Page]:
        def page(query: Query) -> Page:
            if query.get("dataSetVersion") not in table.versions:
                return as_json(UNKNOWN_VERSION, 404)
            return as_gzip(table.body, etag='"api"')

        return page


UNKNOWN_VERSION = {
    "title": "Not Found",
    "type": "https://tools.ietf.org/html/rfc9110#section-15.5.5",
    "status": 404,
    "errors": [
        {
            "message": "The data set version does not exist.",
            "code": "DataSetVersionNotFound",
            "path": "dataSetVersion",
            "detail": {"value": "9.9"},
        }
    ],
}


def meta_of(table: Table) -> dict[str, Any]:
    """What the API tells of a table's columns."""
    return {
        "filters": [
            {
                "id": f"i{i}",
                "column": name,
                "label": name,
                "options": [
                    {"id": label, "label": label}
                    for column, label in table.options
                    if column == name
                ],
            }
            for i, name in enumerate(table.filters)
        ],
        "indicators": [
            {"id": f"j{i}", "column": c, "label": c} for i, c in enumerate(table.indicators)
        ],
    }


def listing(
    rows: list[dict[str, Any]] | dict[str, list[dict[str, Any]]],
) -> Callable[[Query], Page]:
    """A paged list; where it is a dict, of the publication that is asked for."""

    def page(query: Query) -> Page:
        mine = rows.get(query.get("publicationId", ""), []) if isinstance(rows, dict) else rows
        number, size = int(query.get("page", 1)), int(query.get("pageSize", 10))
        first = (number - 1) * size
        paging = {
            "page": number,
            "pageSize": size,
            "totalResults": len(mine),
            "totalPages": max(1, -(-len(mine) // size)),
        }
        return as_json({"results": mine[first : first + size], "paging": paging})

    return page


def put_fixed_files(publisher: Publisher, base: str, files: Iterable[tuple[str, Page]]) -> None:
    """Serve files at fixed addresses."""
    for name, page in files:
        publisher.put(RAW, base + name, page)
