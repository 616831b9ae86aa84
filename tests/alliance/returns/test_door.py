"""A request of 200 MB is answered politely and is held neither in memory nor on disk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from alliance.returns.door import MAX_DISCARDED, MAX_REQUEST

MEGABYTE = 1_000_000
PIECE = bytes(MEGABYTE)


@dataclass(frozen=True)
class Served:
    """A server in a process of its own, with a folder for whatever it writes on the way."""

    port: int
    pid: int
    folder: Path

    def memory(self) -> int:
        """The most memory that it has had so far, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


@pytest.fixture(scope="module")
def served(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`alliance serve` over the demonstration."""
    folder = tmp_path_factory.mktemp("door")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["serve", "--home", str(demonstration), "--port", str(port)]
    command = [sys.executable, "-c", "from alliance.cli import main; main()", *words]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            assert "http://" in server.stdout.readline()
            yield Served(port, server.pid, folder)
        finally:
            server.terminate()


def head(length: int | None, **more: str) -> bytes:
    lines = ["POST /returns/give/quarterly_childrens_services HTTP/1.1", "Host: 127.0.0.1"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_answer(connection: socket.socket) -> str:
    found = b""
    while piece := connection.recv(65_536):
        found += piece
    return found.decode()


def assert_polite(answer: str) -> None:
    assert answer.startswith("HTTP/1.1 413 ")
    assert "text/html; charset=utf-8" in answer
    assert "The file is too large" in answer
    assert "20 MB" in answer
    assert "Nothing was stored" in answer
    assert "waitress" not in answer.split("\r\n\r\n", 1)[1]


def test_200_megabytes_are_answered_politely_and_kept_nowhere(served: Served) -> None:
    with served.connect() as first:
        first.sendall(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert read_answer(first).startswith("HTTP/1.1 200")
    before = served.memory()
    with served.connect() as connection:
        connection.sendall(head(200 * MEGABYTE))
        for _ in range(200):
            connection.sendall(PIECE)
        assert_polite(read_answer(connection))
    assert served.memory() - before < 10 * MEGABYTE
    assert [path for path in served.folder.rglob("*") if path.is_file()] == []


def test_whoever_asks_before_sending_is_told_at_once(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(head(200 * MEGABYTE, Expect="100-continue"))
        assert_polite(read_answer(connection))


def test_what_is_larger_still_is_cut_off_at_once(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(head(MAX_DISCARDED + 1))
        assert_polite(read_answer(connection))


def test_a_request_that_does_not_say_its_size_is_cut_off_at_the_limit(served: Served) -> None:
    before = served.memory()
    sent = 0
    with served.connect() as connection:
        connection.sendall(head(None, Transfer_Encoding="chunked"))
        try:
            for _ in range(100):
                connection.sendall(b"f4240\r\n" + PIECE + b"\r\n")
                sent += 1
        except OSError:
            pass
    assert sent * MEGABYTE < MAX_REQUEST + 20 * MEGABYTE
    assert served.memory() - before < 2 * MAX_REQUEST


def test_a_request_of_the_usual_size_goes_through_the_door(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(head(MEGABYTE, Connection="close"))
        connection.sendall(PIECE)
        answer = read_answer(connection)
    assert answer.startswith("HTTP/1.1 400 ")
    assert "This page has been open too long" in answer


def test_the_server_goes_on_serving(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert read_answer(connection).startswith("HTTP/1.1 200 ")
