"""Two replicas of `alliance serve`, each a process of its own, behind a real nginx that runs the
configuration of docs/nginx; and a browser without a screen that knows the proxy alone."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alliance.settings import DATABASE_VARIABLE
from tests.alliance.drawn import page_body
from tests.alliance.people.homes import PASSWORD
from tests.alliance.replicas.find_nginx import find_nginx
from tests.browser.conftest import free_port
from tests.conftest import REPOSITORY

CONFIGURATION = REPOSITORY / "docs" / "nginx" / "alliance.conf"
QUESTION = "X-Question"
SECONDS_TO_START = 60
_MAIN = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    log_format told '$http_x_question $status $upstream_addr';
    access_log {folder}/access.log told;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/alliance.conf;
}}
"""


@dataclass
class Replica:
    """One server process, which can be started again on the same port after it has gone."""

    home: Path
    database_url: str
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def begin(self) -> None:
        """Start the process; `wait` says when it serves."""
        words = ["serve", "--home", str(self.home), "--port", str(self.port)]
        command = [sys.executable, "-c", "from alliance.cli import main; main()", *words]
        self.process = subprocess.Popen(
            [*command, "--behind-proxy", "127.0.0.1"],
            env={**os.environ, DATABASE_VARIABLE: self.database_url},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait(self) -> None:
        """Wait until it serves."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, f"a replica did not start: {line!r}"

    def runs(self) -> bool:
        """False where it has gone."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        """SIGTERM, as whoever installs a new version sends it; the exit status."""
        assert self.process is not None
        self.process.terminate()
        self.process.communicate(timeout=30)
        return self.process.returncode


@dataclass
class Replicas:
    """The two, and the proxy before them. `folder` holds what the proxy writes."""

    home: Path
    database_url: str
    folder: Path
    both: tuple[Replica, Replica]
    port: int
    plain_port: int
    trust: ssl.SSLContext
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def address(self) -> str:
        """Where members reach the product."""
        return f"https://127.0.0.1:{self.port}"

    def revive(self) -> None:
        """Start again whichever has gone, and wait until the proxy asks it."""
        gone = [replica for replica in self.both if not replica.runs()]
        for replica in gone:
            replica.begin()
        for replica in gone:
            replica.wait()
        if gone:
            reader = self.browser()
            self.by_each(lambda: reader.get("/sign-in"))

    def browser(self, username: str = "") -> Browser:
        """A browser that has opened the overview; with a name, one that is signed in."""
        browser = Browser(self)
        if username:
            assert browser.sign_in(username).status_code == 303
            browser.get("/")
        return browser

    def asked(self, question: str) -> tuple[str, ...]:
        """Which replicas the proxy asked that question, in order, once it has written it down."""
        log = self.folder / "access.log"
        for _ in range(200):
            found = re.findall(rf"^{question} \d+ (.+)$", log.read_text(), re.MULTILINE)
            if found:
                return tuple(str(found[0]).split(", "))
            time.sleep(0.02)
        raise AssertionError(f"nginx has not written down {question}")

    def by_each(self, ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
        """The answers of both replicas to the same question, asked until each has answered."""
        found: dict[str, httpx.Response] = {}
        for _ in range(20):
            answer = ask()
            found.setdefault(self.asked(answer.request.headers[QUESTION])[-1], answer)
            if len(found) == len(self.both):
                return [found[replica.address] for replica in self.both]
            time.sleep(0.5)
        raise AssertionError(f"only {', '.join(found)} answered")


class Browser:
    """Sends what a browser sends to the proxy: its cookies, and the token of the page it shows."""

    def __init__(self, replicas: Replicas) -> None:
        self.replicas = replicas
        self.client = httpx.Client(
            base_url=replicas.address, verify=replicas.trust, trust_env=False, timeout=30,
            headers={"Referer": f"{replicas.address}/"},
        )  # fmt: skip
        assert self.get("/").status_code == 200

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._send("GET", path, **more)

    def post(
        self, path: str, *, files: Mapping[str, Any] | None = None, **values: Any
    ) -> httpx.Response:
        """Send a form."""
        return self._send("POST", path, data={"csrf_token": self.token(), **values}, files=files)

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        number = f"q{next(self.replicas.numbers)}"
        headers = {QUESTION: number, **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def token(self) -> str:
        """What a script in the page reads from the cookie."""
        names = [name for name in self.client.cookies if name.startswith("_csrf_token_")]
        return self.client.cookies[names[0]]

    def sign_in(self, username: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        data = {"csrf_token": self.token(), "username": username, "password": password}
        return self._send("POST", "/sign-in", data=data, headers=headers)

    def page(self, path: str, query: str = "") -> httpx.Response:
        """What Dash fetches to draw a page."""
        headers = {"X-CSRFToken": self.token()}
        return self._send(
            "POST", "/_dash-update-component", json=page_body(path, query), headers=headers
        )


@contextmanager
def run_replicas(home: Path, database_url: str, folder: Path) -> Iterator[Replicas]:
    """Run both over that home and database, and the proxy, until the block ends."""
    both = (
        Replica(home, database_url, free_port()),
        Replica(home, database_url, free_port()),
    )
    port, plain_port = free_port(), free_port()
    trust = _make_certificate(folder)
    main = _configure(folder, both, port, plain_port)
    try:
        for replica in both:
            replica.begin()
        with subprocess.Popen([find_nginx(os.environ), "-c", main, "-p", folder]) as proxy:
            try:
                for replica in both:
                    replica.wait()
                _wait_for(folder / "nginx.pid", proxy)
                yield Replicas(home, database_url, folder, both, port, plain_port, trust)
            finally:
                proxy.terminate()
    finally:
        for replica in both:
            if replica.process is not None:
                replica.kill()


def _configure(folder: Path, both: tuple[Replica, Replica], port: int, plain_port: int) -> Path:
    """The product's own configuration with the addresses of this run, and what includes it."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    changes = {
        "10.0.0.11:8050": both[0].address,
        "10.0.0.12:8050": both[1].address,
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/nginx/alliance.crt": str(folder / "alliance.crt"),
        "/etc/nginx/alliance.key": str(folder / "alliance.key"),
    }
    for written, here in changes.items():
        assert text.count(written) == 1, written
        text = text.replace(written, here)
    (folder / "alliance.conf").write_text(text, encoding="utf-8")
    main = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    main.write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
    return main


def _make_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of this run alone, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(place, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "alliance.crt").write_bytes(pem)
    (folder / "alliance.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ssl.create_default_context(cadata=pem.decode())


def _wait_for(pid_file: Path, proxy: subprocess.Popen[bytes]) -> None:
    for _ in range(SECONDS_TO_START * 20):
        assert proxy.poll() is None, "nginx stopped at once"
        if pid_file.exists() and pid_file.read_text().strip():
            return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")
