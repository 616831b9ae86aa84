"""Scripts and styles as they leave the server: compressed once and kept, to be held by browsers for
good. Their addresses change with their content. Knows no page and no person.
"""

from __future__ import annotations

import gzip
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import brotli
import dash_ag_grid as dag
from dash import Dash
from dash.fingerprint import build_fingerprint
from werkzeug.test import run_wsgi_app

Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

KEPT = 128
"""So many answers are kept, the last asked for."""
FOR_GOOD = "public, max-age=31536000, immutable"
SMALLEST = 500
"""Bytes from which compressing pays."""
_SUITES, _ASSETS = "/_dash-component-suites/", "/assets/"
_FINGERPRINT = re.compile(r"\.v[\w-]+m[0-9a-fA-F]+\.")
_CHANGED_AT = re.compile(r"m=[0-9.]+")
_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: bytes(brotli.compress(content, quality=9)),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
    "identity": lambda content: content,
}
"""How an answer may be compressed, the smallest first."""
_OF_ONE_READER = frozenset({"set-cookie", "vary", "etag", "last-modified", "expires", "date"})
_ANEW = frozenset({"cache-control", "content-length", "content-encoding"})

GRID_SCRIPT = "dash_ag_grid.min.js"


@dataclass(frozen=True, slots=True)
class _Kept:
    headers: Headers
    content: bytes


class StaticFiles:
    """A WSGI application before another: answers for scripts and styles whose address names their
    version from what it kept, and hands everything else on."""

    def __init__(self, inner: Wsgi) -> None:
        self._inner = inner
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._lock = Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """The answer to one request."""
        if not _has_version(environ):
            return self._inner(environ, start_response)
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = (encoding, *(environ.get(name, "") for name in ("PATH_INFO", "QUERY_STRING")))
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is None:
            plain = {name: v for name, v in environ.items() if name != "HTTP_ACCEPT_ENCODING"}
            parts, status, headers = run_wsgi_app(self._inner, plain, buffered=True)
            if not status.startswith("200"):
                start_response(status, list(headers))
                return parts
            kept = _keep(b"".join(parts), list(headers), encoding)
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        start_response("200 OK", list(kept.headers))
        return [kept.content]


def load_grid_when_drawn(app: Dash) -> str:
    """Leave the script of the grids out of the pages: `grid.js` fetches it where the first grid is
    drawn. Gives its address."""
    for part in dag.AgGrid._js_dist:
        if part["relative_package_path"] == GRID_SCRIPT:
            part["async"] = True
    changed = int((Path(dag.__file__).parent / GRID_SCRIPT).stat().st_mtime)
    name = build_fingerprint(GRID_SCRIPT, dag.__version__, changed)
    return f"{app.config.requests_pathname_prefix}{_SUITES[1:]}dash_ag_grid/{name}"


def _has_version(environ: dict[str, Any]) -> bool:
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("HTTP_RANGE"):
        return False
    if path.startswith(_SUITES):
        return bool(_FINGERPRINT.search(path))
    return path.startswith(_ASSETS) and bool(_CHANGED_AT.fullmatch(query))


def _encoding(accepted: str) -> str:
    """The smallest that the browser takes."""
    taken = set()
    for part in accepted.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if not re.fullmatch(r"0(\.0*)?", quality):
            taken.add(name)
    return next((name for name in _ENCODINGS if name in taken), "identity")


def _keep(content: bytes, headers: Headers, encoding: str) -> _Kept:
    """The answer for everybody: without what is one reader's."""
    if len(content) < SMALLEST:
        encoding = "identity"
    packed = _ENCODINGS[encoding](content)
    kept = [(n, v) for n, v in headers if n.lower() not in _OF_ONE_READER | _ANEW]
    kept += [
        ("Cache-Control", FOR_GOOD),
        ("Vary", "Accept-Encoding"),
        ("Content-Length", str(len(packed))),
    ]
    if encoding != "identity":
        kept.append(("Content-Encoding", encoding))
    return _Kept(kept, packed)
