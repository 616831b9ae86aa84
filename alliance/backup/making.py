"""Makes a backup of a home that is in use: what people write as of one moment, the release served
at that moment, and every file that either rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from alliance import __version__
from alliance.backup.archive import CHUNK, Manifest, Writer, written
from alliance.backup.errors import BackupError
from alliance.backup.rows import dump_table, tables_of
from alliance.people.secret import FILE as SECRET
from alliance.settings import Settings
from alliance.store import Store, open_store
from alliance.store.engine import FILE as STORE
from alliance.store.migrate import schema_of
from ingest.release import ReleaseStore

SETTINGS, POINTER, RELEASES, FILES, TABLES = (
    "settings.toml", "current", "releases/", "files/", "store/",
)  # fmt: skip
"""What lies where in a backup; the same as in a home, but for `TABLES`."""
SECONDS_TO_WAIT = 600
"""How long a backup waits for a refresh or a publication to end."""
STEPS = ("the log", "settings", "releases", "published files")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where, how large, and what it holds."""

    path: Path
    size: int
    manifest: Manifest


def make_backup(
    settings: Settings, path: Path, *, now: datetime, actor: str, to_key: str = "",
    progress: Callable[[str], None] = lambda _step: None,
) -> Made:  # fmt: skip
    """Write a backup of the home to `path`, encrypted to the age public key `to_key` where there is
    one. `now` is in UTC. While it begins no release is published; everything else goes on.

    Raises `BackupError` where there is no home, or `path` is there already or cannot be written;
    `StoreError`, `ReleaseError` where the home cannot be read.
    """
    if not settings.home.is_dir():
        raise BackupError(f"{settings.home} is not there. Say which home with --home DIR.")
    with written(path, now, to_key) as writer, _snapshot(settings) as held:
        progress(STEPS[0])
        schema = _add_tables(writer, held.connection)
        progress(STEPS[1])
        for name in (SETTINGS, SECRET):
            if (settings.home / name).is_file():
                writer.add(name, [(settings.home / name).read_bytes()])
        if held.served:
            writer.add(POINTER, [f"{held.served}\n".encode()])
        progress(STEPS[2])
        for name, file in held.releases:
            writer.add(f"{RELEASES}{name}", _chunks(file))
        progress(STEPS[3])
        for kept in _kept_files(settings.home):
            with kept.open("rb") as file:
                writer.add(kept.relative_to(settings.home).as_posix(), _chunks(file))
        manifest = Manifest(
            now.isoformat(timespec="seconds"), actor, __version__, held.served, schema,
            tuple(writer.members),
        )  # fmt: skip
        writer.finish(manifest)
    return Made(path, path.stat().st_size, manifest)


@dataclass(frozen=True, slots=True)
class _Held:
    """One moment of a home: its releases stay readable though somebody discards one."""

    served: str
    releases: tuple[tuple[str, IO[bytes]], ...]
    connection: Connection | None


@contextmanager
def _snapshot(settings: Settings) -> Iterator[_Held]:
    store = ReleaseStore(settings.home)
    with ExitStack() as held:
        log = _store_of(settings)
        connection = None
        with store.exclusive(wait=SECONDS_TO_WAIT):
            if log is not None:
                held.callback(log.close)
                connection = held.enter_context(log.read()).connection()
                schema_of(connection)  # what is read from now on is of this moment
            releases = tuple(
                (path.name, held.enter_context(path.open("rb")))
                for path in sorted(store.releases_dir.glob("[!.]*.duckdb"))
            )
            served = store.current_id() or ""
        yield _Held(served, releases, connection)


def _store_of(settings: Settings) -> Store | None:
    """The log, where the home has one."""
    if settings.database_url or (settings.home / STORE).exists():
        return open_store(settings)
    return None


def _add_tables(writer: Writer, connection: Connection | None) -> tuple[str, ...]:
    if connection is None:
        return ()
    for table in tables_of(connection):
        writer.add(f"{TABLES}{table.name}.jsonl", dump_table(connection, table), rows=True)
    return schema_of(connection)


def _kept_files(home: Path) -> list[Path]:
    """Published files that were kept; none that is being written."""
    found = (path for path in (home / FILES).rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
