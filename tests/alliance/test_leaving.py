"""A server that is told to stop answers whoever came before, and takes nobody after."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.browser.conftest import free_port
from tests.conftest import REPOSITORY

SERVER = """
import sys, time
from alliance.leaving import run_until_told
from alliance.returns.door import polite_server

def application(environ, start_response):
    print("begun", flush=True)
    sys.stdin.readline()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]

server = polite_server(application, listen=sys.argv[1], threads=1)
print("serving", flush=True)
run_until_told(server)
server.close()
print("gone", flush=True)
"""


class Slow:
    """A server of one thread, which answers a request when it is told to."""

    def __init__(self, process: subprocess.Popen[str], ports: list[int]) -> None:
        self.process, self.ports = process, ports

    def says(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def let_answer(self, number: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n" * number)
        self.process.stdin.flush()

    def ask(self, port: int, path: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        return connection


@pytest.fixture(params=[1, 2], ids=["one port", "two ports"])
def slow(request: pytest.FixtureRequest) -> Iterator[Slow]:
    ports = [free_port() for _ in range(request.param)]
    listen = " ".join(f"127.0.0.1:{port}" for port in ports)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, listen], cwd=REPOSITORY, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        server = Slow(process, ports)
        assert server.says() == "serving"
        yield server
        process.kill()


def read(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(1000), b""))


def test_what_has_begun_and_what_waits_is_answered_before_it_goes(slow: Slow) -> None:
    begun = slow.ask(slow.ports[0], "/begun")
    assert slow.says() == "begun"
    waits = slow.ask(slow.ports[-1], "/waits")
    slow.process.send_signal(signal.SIGTERM)
    for port in slow.ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=30).close()
            except ConnectionRefusedError:
                break
    slow.let_answer(2)
    assert read(begun).endswith(b"/begun")
    assert read(waits).endswith(b"/waits")
    assert slow.process.wait(30) == 0
    assert slow.says() == "begun"
    assert slow.says() == "gone"


def test_a_connection_on_which_nothing_happens_holds_nobody_up(slow: Slow) -> None:
    with socket.create_connection(("127.0.0.1", slow.ports[0]), timeout=30) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.says() == "begun"
        slow.let_answer(1)
        assert b"200 OK" in idle.recv(1000)
        slow.process.send_signal(signal.SIGTERM)
        assert slow.process.wait(30) == 0
        assert slow.says() == "gone"
