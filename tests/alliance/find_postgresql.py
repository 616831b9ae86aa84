"""Finds PostgreSQL's programs, has Debian's installed where that may be done, and runs a private
cluster of it.

Never leaves a test without a server unseen: where there is none, it says what to install.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from tests.browser.find_browser import OS_RELEASE, install_package

VARIABLE = "ALLIANCE_POSTGRESQL"
DEBIAN = Path("/usr/lib/postgresql")
PACKAGE = "postgresql"
PROGRAMS = ("initdb", "postgres")
WHAT_TO_DO = (
    f"Install PostgreSQL (on Debian: sudo apt-get install {PACKAGE}), or name the folder of its "
    f"programs in the environment variable {VARIABLE}."
)
UNPRIVILEGED = ("postgres", "nobody")
"""Who may run it where the tests are the superuser's: PostgreSQL refuses to run for that one."""
SECONDS_TO_START = 60


class NoPostgresqlError(Exception):
    """There is no PostgreSQL that can be run; the message says what to do."""


def find_programs(
    environment: Mapping[str, str],
    *,
    debian: Path = DEBIAN,
    os_release: Path = OS_RELEASE,
    root: bool | None = None,
) -> Path:
    """The folder with `initdb` and `postgres`: the one that `ALLIANCE_POSTGRESQL` names, Debian's
    newest, the one on the PATH, or Debian's, which is installed for it.

    Raises `NoPostgresqlError`.
    """
    chosen = environment.get(VARIABLE, "")
    if chosen:
        if not _has_programs(Path(chosen)):
            raise NoPostgresqlError(f"{VARIABLE} names {chosen}, which has no initdb. {WHAT_TO_DO}")
        return Path(chosen)
    found = _look(environment, debian)
    if found is None:
        root = os.geteuid() == 0 if root is None else root
        trouble = install_package(PACKAGE, environment, os_release, root=root)
        found = _look(environment, debian)
        if found is None:
            raise NoPostgresqlError(f"There is no PostgreSQL. {trouble}{WHAT_TO_DO}")
    return found


def _look(environment: Mapping[str, str], debian: Path) -> Path | None:
    folders = sorted(debian.glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb", path=environment.get("PATH", ""))
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if _has_programs(folder)), None)


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.parent.name)]


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in PROGRAMS)


@dataclass
class Cluster:
    """A running server. Only this machine reaches it, by a socket in a folder of its own."""

    folder: Path

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._given_back: list[str] = []

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the cluster's superuser."""
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        )

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """The address of an empty database, which nobody else has until the block ends. Databases
        are used again: each is hundreds of files, which take longer to delete than to empty."""
        name = self._given_back.pop() if self._given_back else self._make()
        yield f"postgresql://postgres@/{name}?host={self.folder}"
        with self.connect(name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        self._given_back.append(name)

    def _make(self) -> str:
        name = f"alliance_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return name


@contextmanager
def run_cluster(environment: Mapping[str, str]) -> Iterator[Cluster]:
    """Make a cluster in a folder with a short name and run it until the block ends. Raises
    `NoPostgresqlError` if that cannot be done."""
    programs = find_programs(environment)
    folder = Path(tempfile.mkdtemp(prefix="al-pg-"))
    try:
        user = _choose_user(folder)
        data = folder / "data"
        words = [
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        made = subprocess.run(
            [programs / "initdb", f"--pgdata={data}", *words],
            user=user, group=_group(user), extra_groups=_no_groups(user), cwd=folder,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgresqlError(f"initdb failed: {made.stderr.strip()} {WHAT_TO_DO}")
        options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off"}
        given = [f"--{name}={value}" for name, value in options.items()]
        with subprocess.Popen(
            [programs / "postgres", "-D", data, *given],
            user=user, group=_group(user), extra_groups=_no_groups(user), cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as server:  # fmt: skip
            try:
                yield _wait_for(Cluster(folder), server)
            finally:
                server.terminate()
                server.send_signal(2)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _choose_user(folder: Path) -> int | None:
    """Who runs it: this user, or one without privileges, to whom the folder is then given."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next((known[name] for name in UNPRIVILEGED if name in known), None)
    if entry is None:
        raise NoPostgresqlError(
            "PostgreSQL does not run for the superuser, and there is no other user: run the tests "
            "as another one."
        )
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return entry.pw_uid


def _group(user: int | None) -> int | None:
    return None if user is None else pwd.getpwuid(user).pw_gid


def _no_groups(user: int | None) -> list[int] | None:
    return None if user is None else []


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes]) -> Cluster:
    for _ in range(SECONDS_TO_START * 10):
        if server.poll() is not None:
            raise NoPostgresqlError(f"PostgreSQL stopped at once. {WHAT_TO_DO}")
        try:
            cluster.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return cluster
    raise NoPostgresqlError("PostgreSQL does not answer.")
