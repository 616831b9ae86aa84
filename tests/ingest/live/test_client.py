"""Answers that are not data files: whole or not at all, and tried again where that may help."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import zlib

import pytest

from ingest.catalogue import Catalogue, Route
from ingest.live import LiveClient, LiveError, Patience
from ingest.live import client as client_module
from ingest.live.errors import NotThereError, RefusedError, UnavailableError
from tests.ingest.live.conftest import NOW, Waits
from tests.ingest.live.server import (
    CONTENT,
    UNKNOWN_VERSION,
    Page,
    Publisher,
    as_html,
    as_json,
    moment,
    stall,
    status,
    truncate,
)

PATH = "/api/answer"


@pytest.fixture
def route(live_catalogue: Catalogue) -> Route:
    """The content service's route."""
    return next(item for item in live_catalogue.routes if item.id == "ees_content")


@pytest.fixture(autouse=True)
def answer(publisher: Publisher) -> None:
    """What is served when nothing fails."""
    publisher.put(CONTENT, PATH, as_json({"fine": True}))


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_tried_again(
    code: int, publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, status(code), status(code))
    assert client.get_json(route, "answer") == {"fine": True}
    assert waits.seconds == [1.0, 2.0]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 410, 418, 501])
def test_another_status_is_not_tried_again(
    code: int, publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, status(code))
    with pytest.raises(LiveError, match=f"answered {code}") as caught:
        client.get_json(route, "answer")
    assert isinstance(caught.value, NotThereError) == (code in {404, 410})
    assert (len(publisher.log), waits.seconds) == (1, [])


def test_retry_after_in_seconds_is_honoured(
    publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, status(429, Retry_After="17"))
    client.get_json(route, "answer")
    assert waits.seconds == [17.0]


def test_retry_after_as_a_date_is_honoured(
    publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, status(503, Retry_After=moment("2026-01-05T08:00:42")))
    client.get_json(route, "answer")
    assert waits.seconds == [42.0]


@pytest.mark.parametrize("asked", ["86400", moment("2027-01-05")])
def test_a_long_retry_after_is_capped(
    asked: str, publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, status(429, Retry_After=asked))
    client.get_json(route, "answer")
    assert waits.seconds == [client.patience.longest_wait_seconds]


def test_a_retry_after_that_cannot_be_read_is_passed_over(
    publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, status(429, Retry_After="after tea"))
    client.get_json(route, "answer")
    assert waits.seconds == [1.0]


def test_a_server_that_never_recovers_is_given_up_on(
    publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, *[status(500)] * 9)
    with pytest.raises(UnavailableError, match="answered 500"):
        client.get_json(route, "answer")
    assert len(publisher.log) == client.patience.attempts
    assert waits.seconds == [1.0, 2.0, 4.0]


def test_a_refused_connection_is_tried_again_and_named(
    publisher: Publisher, patience: Patience, route: Route, waits: Waits
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()
    with (
        LiveClient(
            patience=patience, resolve=lambda *_: [closed], context=publisher.context()
        ) as client,
        pytest.raises(UnavailableError, match="connection could not be made"),
    ):
        client.get_json(route, "answer")
    assert len(waits.seconds) == patience.attempts - 1


def test_a_server_that_says_nothing_is_timed_out(
    publisher: Publisher, patience: Patience, route: Route
) -> None:
    hurried = Patience(attempts=2, read_seconds=0.1, sleep=patience.sleep)
    released = threading.Event()
    publisher.fail(CONTENT, PATH, stall(3, released), stall(3, released))
    with LiveClient(
        patience=hurried, resolve=publisher.resolve, context=publisher.context()
    ) as client:
        with pytest.raises(UnavailableError, match="stopped sending"):
            client.get_json(route, "answer")
        released.set()
        assert client.get_json(route, "answer") == {"fine": True}


def test_an_answer_that_trickles_on_for_ever_is_cut_off(
    publisher: Publisher, patience: Patience, route: Route
) -> None:
    clock = iter(range(0, 10_000, 400))
    slow = Patience(download_seconds=1_000, monotonic=lambda: float(next(clock)))
    body = b"[" + b"1," * 400_000 + b"1]"
    publisher.put(CONTENT, PATH, Page(body))
    with (
        LiveClient(patience=slow, resolve=publisher.resolve, context=publisher.context()) as client,
        pytest.raises(LiveError, match="not finished after 1,000 seconds"),
    ):
        client.get_json(route, "answer")


def test_an_answer_that_breaks_off_is_asked_for_again(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.fail(CONTENT, PATH, truncate(4), truncate(4, chunked=True))
    assert client.get_json(route, "answer") == {"fine": True}


def test_a_web_page_in_place_of_json_is_said_to_be_one(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.put(CONTENT, PATH, as_html("<html>Sorry, there is a problem</html>"))
    with pytest.raises(LiveError, match="web page where JSON was expected"):
        client.get_json(route, "answer")


def test_the_errors_of_the_statistics_service_are_passed_on_in_words(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.put(CONTENT, PATH, as_json(UNKNOWN_VERSION, 404))
    with pytest.raises(NotThereError) as caught:
        client.get_json(route, "answer")
    assert "Not Found" in str(caught.value)
    assert "The data set version does not exist. (DataSetVersionNotFound, dataSetVersion)" in str(
        caught.value
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"[1]", b'"text"', b'{"title": 5, "errors": "none"}', b"\xff\xfe{",
     b'{"errors": [1, {"message": null}]}', b'{"title": "' + b"x" * 100_000 + b'"}'],
)  # fmt: skip
def test_an_error_of_any_other_shape_is_still_an_error(
    body: bytes, publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.fail(CONTENT, PATH, status(400, body))
    with pytest.raises(LiveError, match="answered 400"):
        client.get_json(route, "answer")


def test_a_gzip_encoded_answer_is_unpacked(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    packed = gzip.compress(json.dumps({"packed": True}).encode())
    publisher.put(CONTENT, PATH, Page(packed, encoding="gzip"))
    assert client.get_json(route, "answer") == {"packed": True}


def test_a_gzip_bomb_for_an_answer_is_refused(
    publisher: Publisher, client: LiveClient, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ANSWER_BYTES", 100_000)
    bomb = gzip.compress(b" " * 5_000_000)
    publisher.put(CONTENT, PATH, Page(bomb, encoding="gzip"))
    with pytest.raises(RefusedError, match="larger than expected once unpacked"):
        client.get_json(route, "answer")


def test_an_answer_above_the_cap_is_refused_as_it_comes(
    publisher: Publisher, client: LiveClient, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ANSWER_BYTES", 1_000)
    publisher.put(CONTENT, PATH, Page(b" " * 1_001))
    with pytest.raises(RefusedError, match="larger than expected"):
        client.get_json(route, "answer")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"{}"),
        ("deflate", zlib.compress(b"{}")),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
    ],
)
def test_an_encoding_that_was_not_asked_for_is_refused(
    encoding: str, body: bytes, publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.put(CONTENT, PATH, Page(body, encoding=encoding))
    with pytest.raises(RefusedError, match="was not asked for"):
        client.get_json(route, "answer")


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"{}")[:-4]])
def test_a_damaged_gzip_answer_may_be_whole_the_next_time(
    body: bytes, publisher: Publisher, client: LiveClient, route: Route, waits: Waits
) -> None:
    publisher.put(CONTENT, PATH, Page(body, encoding="gzip"))
    with pytest.raises(UnavailableError):
        client.get_json(route, "answer")
    assert len(waits.seconds) == client.patience.attempts - 1


def test_a_head_request_tells_size_and_state_without_the_file(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.put(CONTENT, PATH, Page(b"12345", etag='"e"', last_modified=moment("2025-11-20")))
    head = client.head(route, "answer")
    assert head.bytes == 5
    assert head.validators.etag == '"e"'
    assert head.validators.last_modified == moment("2025-11-20")
    assert [seen.method for seen in publisher.log] == ["HEAD"]


def test_every_request_says_who_asks_and_takes_nothing_packed(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    client.get_json(route, "answer")
    headers = publisher.log[0].headers
    assert headers["user-agent"].startswith("alliance")
    assert headers["accept-encoding"] == "identity"


def test_the_clock_of_the_client_is_the_one_that_it_was_given(client: LiveClient) -> None:
    assert client.patience.clock() == NOW
