"""Finds the browser that the tests drive, and has Debian's installed where that may be done.

Never leaves a test without a browser unseen: where there is none, it says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from filelock import FileLock

VARIABLE = "ALLIANCE_BROWSER"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
)
PACKAGE = "chromium"
OS_RELEASE = Path("/etc/os-release")
WHAT_TO_DO = (
    f"Install Chromium, Chrome or Edge (on Debian: sudo apt-get install {PACKAGE}), "
    f"or name one that is there in the environment variable {VARIABLE}."
)
SECONDS_TO_START = 60


class NoBrowserError(Exception):
    """There is no browser that can be started; the message says what to do."""


def find_browser(
    environment: Mapping[str, str], *, os_release: Path = OS_RELEASE, root: bool | None = None
) -> str:
    """Path of a browser that starts: the one that `ALLIANCE_BROWSER` names, one of `NAMES` on the
    PATH, or Debian's, which is installed for it. `root`: whether this user is the superuser.

    Raises `NoBrowserError`.
    """
    chosen = environment.get(VARIABLE, "")
    if chosen:
        path = _start(chosen, environment)
        if path is None:
            raise NoBrowserError(f"{VARIABLE} names {chosen}, which does not start. {WHAT_TO_DO}")
        return path
    found = _look(environment)
    if found is None:
        root = root if root is not None else _is_root()
        trouble = install_package(PACKAGE, environment, os_release, root=root)
        found = _look(environment)
        if found is None:
            raise NoBrowserError(f"There is no browser that starts. {trouble}{WHAT_TO_DO}")
    return found


def launch_arguments(*, root: bool | None = None) -> list[str]:
    """What the browser is started with: no sandbox where the superuser runs it (it refuses
    otherwise), and nothing that calls home."""
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return ["--no-sandbox", *quiet] if (_is_root() if root is None else root) else quiet


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _look(environment: Mapping[str, str]) -> str | None:
    return next((path for name in NAMES if (path := _start(name, environment))), None)


def _start(name: str, environment: Mapping[str, str]) -> str | None:
    """Path of that program if it says its version (Ubuntu's stand-in for a snap does not)."""
    path = shutil.which(name, path=environment.get("PATH", ""))
    return path if path and _succeeds([path, "--version"], environment) else None


def _succeeds(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    try:
        done = subprocess.run(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS_TO_START,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install_package(
    package: str, environment: Mapping[str, str], os_release: Path, *, root: bool
) -> str:
    """Install Debian's package if this user may; tests that run side by side take turns. Returns
    what went wrong, with a space after it."""
    apt = shutil.which("apt-get", path=environment.get("PATH", ""))
    if apt is None or not _is_debian(os_release):
        return ""
    sudo = shutil.which("sudo", path=environment.get("PATH", ""))
    if root:
        command = [apt]
    elif sudo and _succeeds([sudo, "-n", "true"], environment):
        command = [sudo, "-n", apt]
    else:
        return "This user may not install one. "
    with FileLock(Path(tempfile.gettempdir()) / "alliance-tests-install.lock"):
        steps = (["update"], ["install", "-y", "--no-install-recommends", package])
        return "".join(_run_apt(command, words, environment) for words in steps)


def _run_apt(command: Sequence[str], words: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [*command, *words],
        env={**environment, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if not done.returncode:
        return ""
    last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
    return f"“apt-get {' '.join(words)}” failed: {last} "


def _is_debian(os_release: Path) -> bool:
    if not os_release.is_file():
        return False
    entries = dict(
        line.split("=", 1)
        for line in os_release.read_text(encoding="utf-8").splitlines()
        if "=" in line
    )
    kinds = f"{entries.get('ID', '')} {entries.get('ID_LIKE', '')}".replace('"', "").split()
    return bool({"debian", "ubuntu"} & set(kinds))
