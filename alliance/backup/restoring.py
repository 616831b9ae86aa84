"""Puts a backup back, into an empty home or one where a restore was stopped: whatever is there and
is not as in the backup is left alone, and nothing is restored beside it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from alliance.backup.archive import Manifest, Member, Opened, opened
from alliance.backup.errors import BackupError
from alliance.backup.making import POINTER, TABLES
from alliance.backup.rows import dump_table, is_empty, load_table, tables_of
from alliance.settings import Settings
from alliance.store import open_store
from alliance.store.engine import WRITES, connect
from alliance.store.migrate import upgrade
from ingest.durable import write_whole
from ingest.release import ReleaseStore, sha256_of

RESTORED = "restored"
KIND = "home"
STEPS = ("every byte of the backup", "files", "the log", "the release served")
_PRIVATE = ("secret.key", "settings.toml")
_ELSEWHERE = "Restore into a folder where nothing is yet, with --home DIR."


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and how much of it was there already from a restore that was stopped."""

    manifest: Manifest
    files: int
    were_there: int
    log_was_there: bool


def restore(
    settings: Settings, path: Path, *, now: datetime, actor: str, key_file: Path | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Restored:  # fmt: skip
    """Put a backup back into the home (and the database) that settings name. The release served
    comes last: until then nothing is served. Stopped on the way, the same again goes on.

    Raises `BackupError` where the backup is not whole, or something else is there; `StoreError`,
    `ReleaseError` where the home or database cannot be written to.
    """
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home))
    except OSError as error:
        raise BackupError(f"{home} cannot be written to: {error.strerror}.") from error
    try:
        progress(STEPS[0])
        with opened(path, key_file, scratch) as found, ReleaseStore(home).exclusive():
            return _restore(found, settings, now=now, actor=actor, progress=progress)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def try_restore(
    settings: Settings, path: Path, *, now: datetime, actor: str, key_file: Path | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Restored:  # fmt: skip
    """Restore a backup into a folder that is removed again, to see that it can be: the log into a
    database of its own, every release opened. Raises as `restore`."""
    with tempfile.TemporaryDirectory(prefix="alliance-restore-") as folder:
        trial = replace(settings, home=Path(folder) / "home", database_url="")
        found = restore(trial, path, now=now, actor=actor, key_file=key_file, progress=progress)
        for member in found.manifest.within("releases/"):
            ReleaseStore(trial.home).verify(Path(member.name).stem)
        return found


def _restore(
    found: Opened, settings: Settings, *, now: datetime, actor: str, progress: Callable[[str], None]
) -> Restored:
    home, manifest = settings.home, found.manifest
    files = [m for m in manifest.members if not m.name.startswith(TABLES) and m.name != POINTER]
    pointer = [m for m in manifest.members if m.name == POINTER]
    there = {m.name for m in (*files, *pointer) if _is_there(home, m)}
    _refuse_others(home, manifest)
    with _log_of(settings, manifest) as (connection, loaded):
        progress(STEPS[1])
        for member in files:
            if member.name not in there:
                _put(found, member, home)
        progress(STEPS[2])
        if connection is not None and not loaded:
            _load(found, connection)
    if manifest.schema:
        open_store(settings).close()
    progress(STEPS[3])
    for member in pointer:
        _put(found, member, home)
    _note(settings, manifest, now=now, actor=actor)
    return Restored(manifest, len(files), len(there), log_was_there=loaded)


def _is_there(home: Path, member: Member) -> bool:
    """Whether a file is there as it is in the backup. Raises `BackupError` where it is another."""
    path = home / member.name
    if not path.exists():
        return False
    if not path.is_file() or sha256_of(path) != member.sha256:
        raise BackupError(f"{path} is there and is not as in the backup. {_ELSEWHERE}")
    return True


def _refuse_others(home: Path, manifest: Manifest) -> None:
    """Refuse a home that has releases which the backup has not."""
    known = {member.name for member in manifest.members}
    others = [
        p for p in (home / "releases").glob("[!.]*.duckdb") if f"releases/{p.name}" not in known
    ]
    if others or ((home / POINTER).exists() and POINTER not in known):
        raise BackupError(f"{home} holds releases that are not in the backup. {_ELSEWHERE}")


def _put(found: Opened, member: Member, home: Path) -> None:
    path = home / member.name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, found.chunks(member))
        if member.name in _PRIVATE:
            path.chmod(0o600)
        if member.name.startswith("releases/"):
            path.chmod(0o444)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error


# The log ------------------------------------------------------------------------------------------


@contextmanager
def _log_of(settings: Settings, manifest: Manifest) -> Iterator[tuple[Connection | None, bool]]:
    """A transaction on a log with the schema of the backup, and whether its rows are there already;
    None of a backup without a log. Raises `BackupError` where other rows are."""
    if not manifest.schema:
        yield None, False
        return
    engine = connect(settings)
    try:
        upgrade(engine, settings.home, to=manifest.schema)
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection, _holds(connection, manifest, settings)
    finally:
        engine.dispose()


def _holds(connection: Connection, manifest: Manifest, settings: Settings) -> bool:
    tables = tables_of(connection)
    if is_empty(connection, tables):
        return False
    expected = {m.name: m.sha256 for m in manifest.within(TABLES)}
    for table in tables:
        digest = hashlib.sha256()
        for line in dump_table(connection, table):
            digest.update(line)
        if expected.get(f"{TABLES}{table.name}.jsonl") != digest.hexdigest():
            where = "the database" if settings.database_url else f"the log in {settings.home}"
            raise BackupError(f"{where.capitalize()} holds something else already. {_ELSEWHERE}")
    return True


def _load(found: Opened, connection: Connection) -> None:
    """Every row of every table. Raises `BackupError` where a table is not known."""
    tables = {f"{TABLES}{table.name}.jsonl": table for table in tables_of(connection)}
    members = {member.name: member for member in found.manifest.within(TABLES)}
    if members.keys() != tables.keys():
        raise BackupError(
            "The backup holds other tables than its schema has. Nothing was restored."
        )
    for name, table in tables.items():
        load_table(connection, table, found.lines(members[name]))


def _note(settings: Settings, manifest: Manifest, *, now: datetime, actor: str) -> None:
    """Say in the log that it is a restored one."""
    if not manifest.schema:
        return
    store = open_store(settings)
    try:
        with store.write(now=now, actor=actor) as unit:
            unit.record(RESTORED, KIND, manifest.served or "nothing", details={
                "made_at": manifest.made_at, "made_by": manifest.made_by})  # fmt: skip
    finally:
        store.close()
