"""Servers in processes of their own, ours and a yardstick's, on loopback."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

from tests.browser.conftest import free_port

BARE = str(Path(__file__).with_name("bare.py"))
SECONDS_TO_START = 120.0
LOOK_EVERY = 0.005
ALLIANCE = ("-c", "from alliance.cli import main; main()", "serve", "--home")


@contextmanager
def running(words: Sequence[str], port: int) -> Iterator[float]:
    """A Python process with those words that serves at that port; gives the seconds from its start
    to its first answer. Raises `RuntimeError` where it ends before, or takes too long."""
    begun = perf_counter()
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}.")
                if perf_counter() - begun > SECONDS_TO_START:
                    raise RuntimeError(f"{' '.join(words)} did not answer.")
                sleep(LOOK_EVERY)
            yield perf_counter() - begun
        finally:
            process.terminate()


@contextmanager
def our_server(home: Path) -> Iterator[tuple[int, float]]:
    """`alliance serve` over that home: its port, and the seconds to its first answer."""
    port = free_port()
    with running([*ALLIANCE, str(home), "--port", str(port)], port) as seconds:
        yield port, seconds


@contextmanager
def bare_server(*page: Path) -> Iterator[tuple[int, float]]:
    """The bare app, or the default app of that page's tree and assets; gives the same."""
    port = free_port()
    with running([BARE, str(port), *map(str, page)], port) as seconds:
        yield port, seconds


def answers(port: int) -> bool:
    """True where the first page is answered at that port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()
