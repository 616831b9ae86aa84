"""A download ends whole, whatever breaks on the way, and never joins two states of a file."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.catalogue import Catalogue, Route
from ingest.live import LiveClient, LiveError, Patience
from ingest.live.client import Validators
from ingest.live.content import hash_file
from ingest.live.download import Download, Partial, download
from ingest.live.errors import RefusedError, UnavailableError
from tests.ingest.live.conftest import Waits
from tests.ingest.live.server import (
    CONTENT,
    Page,
    Publisher,
    announce,
    ignore_if_range,
    moment,
    refuse_range,
    stall,
    status,
    swap,
    truncate,
)

PATH = "/api/file"
ADDRESS = f"https://{CONTENT}{PATH}"
BODY = bytes(range(256)) * 800
NEWER = bytes(reversed(range(256))) * 850
PAGE = Page(BODY, etag='"one"', last_modified=moment("2025-11-20"))
NEWER_PAGE = Page(NEWER, etag='"two"', last_modified=moment("2025-11-21"))


@pytest.fixture
def route(live_catalogue: Catalogue) -> Route:
    """The content service's route."""
    return next(item for item in live_catalogue.routes if item.id == "ees_content")


@pytest.fixture(autouse=True)
def served(publisher: Publisher) -> None:
    """What is served when nothing fails."""
    publisher.put(CONTENT, PATH, PAGE)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The work folder."""
    return tmp_path / "work"


def fetch(
    client: LiveClient,
    route: Route,
    work: Path,
    known: Validators | None = None,
    max_bytes: int = 1_000_000,
) -> Download | None:
    return download(client, route, ADDRESS, work, max_bytes=max_bytes, known=known)


def body_of(got: Download | None) -> bytes:
    assert got is not None
    return got.path.read_bytes()


def ranges(publisher: Publisher) -> list[str]:
    """The Range of each request, empty where the whole file was asked for."""
    return [seen.headers.get("range", "") for seen in publisher.log]


def test_a_file_comes_whole_with_what_marks_its_state(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    got = fetch(client, route, work)
    assert body_of(got) == BODY
    assert got is not None
    assert got.validators == Validators('"one"', moment("2025-11-20"))
    assert ranges(publisher) == [""]


@pytest.mark.parametrize("after", [1, 1_000, 100_000, len(BODY) - 1])
def test_a_broken_download_goes_on_where_it_stopped(
    after: int, publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(after))
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", f"bytes={after}-"]
    assert publisher.log[1].headers["if-range"] == '"one"'


def test_a_download_that_breaks_again_and_again_still_ends_whole(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(50_000), truncate(60_000), truncate(70_000))
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", "bytes=50000-", "bytes=110000-", "bytes=180000-"]


def test_a_chunked_download_that_breaks_off_is_noticed_and_gone_on_with(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(50_000, chunked=True))
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", "bytes=50000-"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    breaks=st.lists(st.integers(0, 60_000), max_size=3),
    resumes=st.lists(st.sampled_from([None, refuse_range, status(503)]), max_size=1),
)
def test_whatever_breaks_the_file_that_ends_up_is_the_publisher_s(
    breaks: list[int],
    resumes: list[object],
    publisher: Publisher,
    client: LiveClient,
    route: Route,
    work: Path,
) -> None:
    publisher.faults.clear()
    faults = [truncate(after) for after in breaks[:2]]
    publisher.fail(CONTENT, PATH, *faults, *[fault for fault in resumes if fault])
    got = fetch(client, route, work)
    assert body_of(got) == BODY
    assert got is not None
    got.discard()


def test_a_later_run_goes_on_with_what_an_earlier_one_left(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(90_000), *[status(500)] * 3)
    with pytest.raises(UnavailableError, match="answered 500"):
        fetch(client, route, work)
    publisher.log.clear()
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["bytes=90000-"]


def test_a_server_without_ranges_sends_it_all_again(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.change(CONTENT, PATH, ranges=False)
    publisher.fail(CONTENT, PATH, truncate(90_000))
    assert body_of(fetch(client, route, work)) == BODY


def test_a_file_that_changes_while_it_is_fetched_is_fetched_anew(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, swap(publisher, CONTENT, PATH, NEWER_PAGE, truncate(90_000)))
    got = fetch(client, route, work)
    assert body_of(got) == NEWER
    assert got is not None
    assert got.validators.etag == '"two"'


SAME_SIZE = replace(PAGE, body=bytes(reversed(BODY)), etag='"two"')
UNMARKED = replace(NEWER_PAGE, etag="")
PACKED = replace(SAME_SIZE, etag='"one"', encoding="gzip")


@pytest.mark.parametrize("newer", [NEWER_PAGE, SAME_SIZE, UNMARKED, PACKED])
def test_a_cache_that_joins_two_states_is_seen_through(
    newer: Page, publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.put(CONTENT, PATH, newer)
    publisher.fail(
        CONTENT,
        PATH,
        lambda handler, _: truncate(90_000)(handler, PAGE),
        ignore_if_range(newer),
    )
    assert body_of(fetch(client, route, work)) == newer.body
    assert ranges(publisher) == ["", "bytes=90000-", ""]


def test_without_an_entity_tag_the_date_marks_the_state(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.change(CONTENT, PATH, etag="")
    publisher.fail(CONTENT, PATH, truncate(90_000))
    assert body_of(fetch(client, route, work)) == BODY
    assert publisher.log[1].headers["if-range"] == moment("2025-11-20")


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_mark_that_serves_for_ranges_nothing_is_gone_on_with(
    etag: str, publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.change(CONTENT, PATH, etag=etag, last_modified="")
    publisher.fail(CONTENT, PATH, truncate(90_000))
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", ""]


def test_a_length_that_is_too_long_is_noticed_and_the_server_asked_for_the_rest(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, announce(len(BODY) + 1_000))
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", f"bytes={len(BODY)}-"]


def test_a_part_that_is_longer_than_the_file_is_dropped(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(90_000), status(416, Content_Range="bytes */80000"))
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", "bytes=90000-", ""]


def test_a_whole_file_left_by_a_killed_run_is_not_sent_again(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    fetch(client, route, work)
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == ["", f"bytes={len(BODY)}-"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b'{"address": 1}'])
def test_a_note_that_cannot_be_read_means_starting_again(
    damage: bytes, publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(90_000), *[status(500)] * 3)
    with pytest.raises(UnavailableError):
        fetch(client, route, work)
    next(work.glob("*.json")).write_bytes(damage)
    publisher.log.clear()
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == [""]


def test_a_stalled_download_is_timed_out_and_gone_on_with(
    publisher: Publisher, patience: Patience, route: Route, work: Path
) -> None:
    hurried = Patience(attempts=3, read_seconds=0.15, sleep=patience.sleep)
    released = threading.Event()
    publisher.fail(CONTENT, PATH, stall(90_000, released))
    with LiveClient(
        patience=hurried, resolve=publisher.resolve, context=publisher.context()
    ) as client:
        assert body_of(fetch(client, route, work)) == BODY
    released.set()
    assert ranges(publisher) == ["", "bytes=90000-"]


def test_a_download_that_trickles_past_the_limit_is_left_for_the_next_run(
    publisher: Publisher, client: LiveClient, patience: Patience, route: Route, work: Path
) -> None:
    clock = iter([0.0, 900.0, *[1_900.0] * 1_000])
    slow = Patience(monotonic=lambda: next(clock), sleep=patience.sleep)
    with (
        LiveClient(
            patience=slow, resolve=publisher.resolve, context=publisher.context()
        ) as hurried,
        pytest.raises(LiveError, match="What came is kept"),
    ):
        fetch(hurried, route, work)
    kept = Partial(work, ADDRESS).size
    assert kept > 0
    publisher.log.clear()
    assert body_of(fetch(client, route, work)) == BODY
    assert ranges(publisher) == [f"bytes={kept}-"]


def test_a_file_that_has_not_changed_is_not_sent(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    for known in (Validators('"one"', ""), Validators("", moment("2025-11-20"))):
        assert fetch(client, route, work, known) is None
    assert list(work.glob("*")) == []
    assert "if-none-match" in publisher.log[0].headers
    assert "if-modified-since" in publisher.log[1].headers


def test_a_file_that_has_changed_is_sent(client: LiveClient, route: Route, work: Path) -> None:
    assert body_of(fetch(client, route, work, Validators('"zero"', ""))) == BODY


def test_not_modified_unasked_is_a_fault(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, status(304))
    with pytest.raises(LiveError, match="304 unasked"):
        fetch(client, route, work)


def test_a_file_that_is_announced_as_too_large_is_refused_before_it_comes(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    with pytest.raises(RefusedError, match=r"larger than the 100,000 bytes .* max_megabytes"):
        fetch(client, route, work, max_bytes=100_000)
    assert list(work.glob("*")) == []
    assert len(publisher.log) == 1


def test_a_file_that_turns_out_too_large_is_refused_as_it_comes(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(150_000, chunked=True))
    with pytest.raises(RefusedError, match="larger than"):
        fetch(client, route, work, max_bytes=100_000)
    assert list(work.glob("*")) == []


def test_the_limit_counts_what_an_earlier_run_left(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.fail(CONTENT, PATH, truncate(90_000))
    with pytest.raises(RefusedError, match="larger than"):
        fetch(client, route, work, max_bytes=len(BODY) - 1)


def test_a_gzip_encoded_body_is_kept_as_it_was_sent_and_can_be_gone_on_with(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    packed = gzip.compress(BODY + NEWER, mtime=0)
    publisher.put(CONTENT, PATH, Page(packed, etag='"gz"', encoding="gzip"))
    publisher.fail(CONTENT, PATH, truncate(len(packed) // 2))
    got = fetch(client, route, work)
    assert got is not None
    assert got.encoding == "gzip"
    assert gzip.decompress(body_of(got)) == BODY + NEWER


def test_another_encoding_is_refused(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.change(CONTENT, PATH, encoding="br")
    with pytest.raises(RefusedError, match="encoded as br"):
        fetch(client, route, work)


def test_retry_after_is_honoured_in_the_middle_of_a_download(
    publisher: Publisher, client: LiveClient, route: Route, work: Path, waits: Waits
) -> None:
    publisher.fail(CONTENT, PATH, truncate(90_000), status(429, Retry_After="33"))
    got = fetch(client, route, work)
    assert got is not None
    assert hash_file(got.path) == hash_file(_written(work / "whole", BODY))
    assert waits.seconds == [1.0, 33.0]


def _written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def test_progress_is_told_in_megabytes(
    publisher: Publisher, client: LiveClient, route: Route, work: Path
) -> None:
    publisher.put(CONTENT, PATH, Page(b"0123456789" * 1_000_000))
    told: list[str] = []
    download(client, route, ADDRESS, work, max_bytes=10**8, progress=told.append)
    assert told[0].startswith("file: 4")
    assert told[-1].endswith("of 10 MB")


def test_a_download_that_is_discarded_leaves_nothing(
    client: LiveClient, route: Route, work: Path
) -> None:
    got = fetch(client, route, work)
    assert got is not None
    got.discard()
    assert list(work.glob("*")) == []
