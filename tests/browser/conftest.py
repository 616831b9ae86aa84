"""A served demonstration, one browser for the session, and a reader of his own for each test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.find_browser import NoBrowserError, find_browser, launch_arguments
from tests.browser.reader import DESK, Reader
from tests.demonstration import Figures, demonstration_home, figures_of


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(home: Path) -> Iterator[str]:
    """Run `alliance serve` on that home; gives the address that it prints."""
    words = ["serve", "--home", str(home), "--port", str(free_port())]
    command = [sys.executable, "-c", "from alliance.cli import main; main()", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert "http://" in line, f"the server did not start: {line!r}"
            yield line.split()[2].rstrip("/")
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's home."""
    return demonstration_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def figures(home: Path) -> Iterator[Figures]:
    """The figures of the release that is served."""
    with figures_of(home) as found:
        yield found


@pytest.fixture(scope="session")
def address(home: Path) -> Iterator[str]:
    """Where the demonstration is served."""
    yield from _serve(home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of the session. Where there is none, the tests fail and say what to do."""
    try:
        program = find_browser(os.environ)
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=launch_arguments())
        yield started
        started.close()


NewReader = Callable[..., Reader]


@pytest.fixture
def new_reader(browser: Browser, address: str) -> Iterator[NewReader]:
    """Makes readers, each with a browser profile of their own and a screen of that size.

    When the test is over, nothing may have gone wrong in any of their browsers.
    """
    readers: list[Reader] = []

    def make(size: tuple[int, int] = DESK) -> Reader:
        readers.append(Reader(browser, address, size))
        return readers[-1]

    yield make
    problems = [problem for reader in readers for problem in reader.problems]
    for reader in readers:
        reader.leave()
    assert problems == []


@pytest.fixture(scope="session")
def looker(browser: Browser, address: str) -> Iterator[Reader]:
    """Backs `onlooker`."""
    looking = Reader(browser, address, DESK)
    yield looking
    looking.leave()


@pytest.fixture
def onlooker(looker: Reader) -> Iterator[Reader]:
    """A reader at a desk whom several tests share, for those that open an address and look: the
    scripts need not be fetched anew for each."""
    looker.begin_anew()
    looker.problems.clear()
    looker.resize(DESK)
    yield looker
    assert looker.problems == []


@pytest.fixture
def reader(new_reader: NewReader) -> Reader:
    """One reader at a desk."""
    return new_reader()
