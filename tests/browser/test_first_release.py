"""The app before its first release, and when one is published while it is served."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import free_port
from tests.browser.reader import DESK, SECONDS, Reader, describe
from tests.conftest import REPOSITORY


@pytest.fixture
def bare_address(tmp_path: Path) -> Iterator[str]:
    """Where `app:server` is served from a home without a release, as a WSGI server would."""
    port = free_port()
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "app:server"]
    environment = {**os.environ, "ALLIANCE_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(SECONDS * 10):
        assert server.poll() is None, "the server stopped"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_the_first_release_is_shown_without_starting_anew(
    browser: Browser, bare_address: str, home: Path, tmp_path: Path
) -> None:
    reader = Reader(browser, bare_address, DESK)
    try:
        page = reader.open("/indicator/cla_rate")
        assert page.locator("h1").inner_text() == "There is nothing to show yet"
        assert "alliance refresh --from DIR" in page.locator("main").inner_text()
        assert describe(reader.run_axe()["violations"]) == []

        shutil.copytree(home, tmp_path / "home", dirs_exist_ok=True)
        page.reload()
        reader.drawn()
        assert page.locator("h1").inner_text() == "Children looked after per 10,000 children"
        reader.choose("indicator-us", "Wenbridge")
        assert reader.query()["us"] == "537"
        assert reader.problems == []
    finally:
        reader.leave()
