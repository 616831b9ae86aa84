"""Scripts and styles leave the server small and stay with the browser; what is one reader's never
goes with them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from alliance.server import create_app
from alliance.settings import load_settings
from alliance.static_files import FOR_GOOD, KEPT, StaticFiles

SCRIPT = "/_dash-component-suites/some/thing.v1m5f.min.js"
CONTENT = b"var answer = 42;\n" * 100


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A browser at an app whose home is empty."""
    return create_app(load_settings(tmp_path_factory.mktemp("home"), {})).server.test_client()


@pytest.fixture
def asked() -> list[str]:
    """What reaches the server behind."""
    return []


@pytest.fixture
def small(asked: list[str]) -> FlaskClient:
    """A server of one answer, which sets a cookie with it."""
    server = Flask("small", static_folder=None)

    @server.get("/<path:path>")
    def answer(path: str) -> Response:
        asked.append(request.full_path)
        found = Response(CONTENT, status=404 if "missing" in path else 200, mimetype="text/css")
        found.set_cookie("session", "somebody’s".encode().hex())
        found.headers["Vary"] = "Cookie"
        return found

    server.wsgi_app = StaticFiles(server.wsgi_app)  # type: ignore[method-assign]
    return server.test_client()


def get(client: FlaskClient, path: str, accepted: str = "", **headers: str) -> Any:
    return client.get(path, headers={"Accept-Encoding": accepted, **headers})


def addresses(client: FlaskClient) -> Iterator[str]:
    yield from re.findall(r'(?:src|href)="(/(?:_dash-c|assets)[^"]+)"', client.get("/").text)


def test_every_script_and_style_of_the_first_page_is_for_good_and_nobodys(
    client: FlaskClient,
) -> None:
    found = list(addresses(client))
    assert len(found) > 20
    for path in found:
        answer = get(client, path, "br, gzip")
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == FOR_GOOD, path
        assert answer.headers["Vary"] == "Accept-Encoding", path
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_the_first_page_needs_less_than_700_kb_and_no_grid(client: FlaskClient) -> None:
    found = list(addresses(client))
    assert sum(len(get(client, path, "br").data) for path in found) < 700_000
    assert not [path for path in found if "dash_ag_grid" in path]


def test_the_page_names_the_script_of_the_grids_and_it_is_there(client: FlaskClient) -> None:
    named = re.search(r'data-grid-script="([^"]+)"', client.get("/").text)
    assert named
    answer = get(client, named[1], "br")
    assert answer.headers["Cache-Control"] == FOR_GOOD
    assert b"AgGrid" in brotli.decompress(answer.data)


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("gzip, deflate, br, zstd", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress),
     ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress), ("", None, bytes), ("zstd", None, bytes)],
)  # fmt: skip
def test_an_answer_is_as_small_as_the_browser_takes_it(
    small: FlaskClient, accepted: str, encoding: str | None, unpack: Any
) -> None:
    for _ in range(2):
        answer = get(small, SCRIPT, accepted)
        assert answer.headers.get("Content-Encoding") == encoding
        assert unpack(answer.data) == CONTENT
        assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_the_same_is_asked_for_once_and_without_a_cookie(
    small: FlaskClient, asked: list[str]
) -> None:
    answers = [get(small, path, "br") for path in (SCRIPT, SCRIPT, "/assets/a.css?m=1.5") * 2]
    assert len(asked) == 2
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]


@pytest.mark.parametrize(
    "path",
    ["/assets/a.css", "/assets/a.css?m=1&n=2", "/_dash-component-suites/some/thing.js", "/page",
     "/page?m=1", "/_dash-component-suites/some/missing.v1m5f.js"],
)  # fmt: skip
def test_what_has_no_version_or_is_not_there_is_never_kept(
    small: FlaskClient, asked: list[str], path: str
) -> None:
    answers = [get(small, path) for _ in range(2)]
    assert len(asked) == 2
    assert "Set-Cookie" in answers[1].headers
    assert answers[1].headers.get("Cache-Control") != FOR_GOOD


def test_a_part_of_a_file_is_left_to_the_server(small: FlaskClient, asked: list[str]) -> None:
    get(small, SCRIPT, Range="bytes=0-3")
    get(small, SCRIPT, Range="bytes=0-3")
    assert len(asked) == 2


def test_what_is_kept_is_bounded(small: FlaskClient, asked: list[str]) -> None:
    for version in range(KEPT + 1):
        get(small, f"/assets/a.css?m={version}")
    get(small, f"/assets/a.css?m={KEPT}")
    assert len(asked) == KEPT + 1
    get(small, "/assets/a.css?m=0")
    assert len(asked) == KEPT + 2


def test_the_grids_stand_in_fetches_what_the_page_names() -> None:
    script = Path(__file__).parents[2] / "alliance" / "assets" / "grid.js"
    assert "dataset.gridScript" in script.read_text(encoding="utf-8")
