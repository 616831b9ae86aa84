"""A refresh that is killed at any moment leaves nothing that is taken for whole, and the next run
finishes the job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.live import EditionCache
from ingest.live.content import hash_file
from tests.conftest import REPOSITORY
from tests.ingest.live import samples
from tests.ingest.live.conftest import NOW, Home, bodies
from tests.ingest.live.samples import CARE, MOVES, TOOL_BASE
from tests.ingest.live.server import CONTENT, RAW, Page, Publisher, stall

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(publisher: Publisher, home: Home, tmp_path: Path) -> Start:
    """Starts a fetch in a process of its own."""
    catalogue = samples.write_catalogue(tmp_path / "catalogue")

    def run(source: str, route: str, kill_at: int = 0) -> subprocess.Popen[bytes]:
        words = {
            "catalogue": str(catalogue),
            "cache": str(home.cache.root),
            "source": source,
            "route": route,
            "port": publisher.port,
            "authority": publisher.authority.cert_pem.bytes().decode(),
            "now": (NOW + timedelta(minutes=90)).isoformat(),
            "kill_at": kill_at,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.ingest.live.child", json.dumps(words)],
            cwd=REPOSITORY,
            stderr=subprocess.PIPE,
        )

    return run


def assert_whole(cache: EditionCache) -> None:
    """Every edition that a reader can see has all its files, as their manifests say."""
    for edition in cache.editions():
        assert edition.files
        for file in edition.files:
            assert hash_file(file.path) == file.sha256
    for folder in cache.root.glob("[!.]*/*"):
        assert (folder / "edition.json").is_file(), f"{folder} is seen and not whole"


def kill_while_it_downloads(
    publisher: Publisher, home: Home, start: Start, place: tuple[str, str], after: int, *words: str
) -> None:
    """Kill a fetch once it has that many bytes of the file."""
    held, released = threading.Event(), threading.Event()
    publisher.fail(*place, stall(after, released, held))
    process = start(*words)
    assert held.wait(60)
    while sum(path.stat().st_size for path in home.cache.work.glob("*.part")) < after:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    released.set()


@pytest.mark.parametrize("after", [0, 9_000])
def test_killed_while_a_table_downloads(
    after: int, publisher: Publisher, home: Home, start: Start
) -> None:
    release = samples.release("2025")
    release.publish(publisher)
    path = release.path_of(release.tables[1])
    kill_while_it_downloads(publisher, home, start, (CONTENT, path), after, "care", "ees_content")
    assert home.cache.editions() == []
    assert home.stored() == {}
    publisher.log.clear()
    folder = home.only("care", routes=("ees_content",)).fetch()
    assert bodies(folder) == {CARE: release.tables[0].body, MOVES: release.tables[1].body}
    asked = [seen.path for seen in publisher.bodies_asked()]
    assert asked == [path], "the table that had come whole is not fetched again"
    assert_whole(home.cache)
    assert home.left_over() in ([], [".lock"])


def test_killed_while_an_archive_downloads(publisher: Publisher, home: Home, start: Start) -> None:
    release = samples.release("2025")
    release.publish(publisher)
    place = (CONTENT, release.archive_path)
    kill_while_it_downloads(publisher, home, start, place, 4_000, "care", "ees_release_page")
    assert home.cache.editions() == []
    publisher.log.clear()
    folder = home.only("care", routes=("ees_release_page",)).fetch()
    assert bodies(folder) == {CARE: release.tables[0].body, MOVES: release.tables[1].body}
    resumed = publisher.asked("GET", CONTENT, "/files")[0].headers.get("range", "")
    assert resumed == "bytes=4000-", "it goes on with what had come"
    assert_whole(home.cache)


def test_killed_while_a_new_edition_downloads_the_old_one_stays_as_it_was(
    publisher: Publisher, home: Home, start: Start
) -> None:
    tool = home.only("tool")
    samples.publish_tool(publisher, samples.tool_files("a"), "a")
    tool.fetch()
    before = home.stored()
    samples.publish_tool(publisher, samples.tool_files("b"), "b")
    place = (RAW, TOOL_BASE + samples.DICTIONARY)
    kill_while_it_downloads(publisher, home, start, place, 700, "tool", "lait")
    assert home.stored() == before
    assert {
        file.spec: file.path.read_bytes() for file in home.cache.newest_files(home.catalogue)
    } == (samples.tool_files("a"))
    assert bodies(tool.fetch()) == samples.tool_files("b")
    after = home.stored()
    assert {name: after[name] for name in before} == before
    assert_whole(home.cache)


def test_a_file_that_changes_between_the_killed_run_and_the_next_is_not_joined(
    publisher: Publisher, home: Home, start: Start
) -> None:
    samples.publish_tool(publisher, samples.tool_files("a"), "a")
    place = (RAW, TOOL_BASE + samples.DICTIONARY)
    kill_while_it_downloads(publisher, home, start, place, 700, "tool", "lait")
    samples.publish_tool(publisher, samples.tool_files("b"), "b")
    assert bodies(home.only("tool").fetch()) == samples.tool_files("b")
    assert_whole(home.cache)


@pytest.mark.parametrize("step", [1, 2, 3, 5, 9, 10, 11, 12, 13])
def test_killed_whenever_something_is_made_durable(
    step: int, publisher: Publisher, home: Home, start: Start
) -> None:
    release = samples.release("2025")
    release.publish(publisher)
    publisher.put(CONTENT, release.archive_path, Page(release.archive, etag='"zip"'))
    process = start("care", "ees_release_page", kill_at=step)
    _, error = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, error.decode()
    assert_whole(home.cache)
    folder = home.only("care", routes=("ees_release_page",)).fetch()
    assert bodies(folder) == {CARE: release.tables[0].body, MOVES: release.tables[1].body}
    assert len(home.cache.editions("care")) == 1
    assert_whole(home.cache)
    assert home.left_over() in ([], [".lock"])


def test_killed_again_and_again_it_still_gets_there(
    publisher: Publisher, home: Home, start: Start
) -> None:
    release = samples.release("2025")
    release.publish(publisher)
    for kill_at in (4, 3, 0):
        process = start("care", "ees_content", kill_at=kill_at)
        _, error = process.communicate(timeout=60)
        assert process.returncode in {0, -signal.SIGKILL}, error.decode()
        assert_whole(home.cache)
    newest = {file.spec: file.path.read_bytes() for file in home.cache.newest_files(home.catalogue)}
    assert newest == {CARE: release.tables[0].body, MOVES: release.tables[1].body}


def test_what_a_killed_run_left_is_cleared_away_once_everything_has_been_brought(
    publisher: Publisher, home: Home
) -> None:
    samples.publish_tool(publisher, samples.tool_files("a"), "a")
    (home.cache.work / "by-hand" / "0a1b2c3d").mkdir(parents=True)
    (home.cache.work / "by-hand" / "0a1b2c3d" / "moves.csv").write_bytes(b"a,b")
    (home.cache.work / "old.part").write_bytes(b"a")
    home.only("tool").fetch()
    assert home.left_over() in ([], [".lock"])
