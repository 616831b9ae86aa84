"""Finds nginx, and has Debian's installed where that may be done.

Never leaves a test without a proxy unseen: where there is none, it says what to install.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.browser.find_browser import OS_RELEASE, install_package

VARIABLE = "ALLIANCE_NGINX"
PACKAGE = "nginx-light"
BESIDE_THE_PATH = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")
"""Where it lies on machines that leave the programs of the superuser out of the PATH."""
WHAT_TO_DO = (
    f"Install nginx (on Debian: sudo apt-get install {PACKAGE}), or name one that is there in the "
    f"environment variable {VARIABLE}."
)


class NoNginxError(Exception):
    """There is no nginx that can be run; the message says what to do."""


def find_nginx(
    environment: Mapping[str, str],
    *,
    beside: tuple[str, ...] = BESIDE_THE_PATH,
    os_release: Path = OS_RELEASE,
    root: bool | None = None,
) -> str:
    """Path of nginx: the one that `ALLIANCE_NGINX` names, the one on the PATH or beside it, or
    Debian's, which is installed for it. Raises `NoNginxError`."""
    chosen = environment.get(VARIABLE, "")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise NoNginxError(f"{VARIABLE} names {chosen}, which cannot be run. {WHAT_TO_DO}")
        return chosen
    found = _look(environment, beside)
    if found is None:
        root = os.geteuid() == 0 if root is None else root
        trouble = install_package(PACKAGE, environment, os_release, root=root)
        found = _look(environment, beside)
        if found is None:
            raise NoNginxError(f"There is no nginx. {trouble}{WHAT_TO_DO}")
    return found


def _look(environment: Mapping[str, str], beside: tuple[str, ...]) -> str | None:
    places = os.pathsep.join((environment.get("PATH", ""), *beside))
    return shutil.which("nginx", path=places)
