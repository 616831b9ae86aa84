"""Brings the schema of a store to that of this version. Steps forward only: a store of what
people wrote is never taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from alliance.store.engine import WRITES, place_of
from alliance.store.errors import StoreError

_FOLDER = Path(__file__).with_name("migrations")
_LOCK = "SELECT pg_advisory_lock(:key)"
_UNLOCK = "SELECT pg_advisory_unlock(:key)"
_KEY = 0x414C4C49
"""Any number that no other program uses for a lock of its own."""
SECONDS_TO_WAIT = 120


def upgrade(engine: Engine, home: Path, to: Collection[str] | None = None) -> None:
    """Take every migration that this store has not had, or those alone that lead to the schema
    `to`. Processes that start together take turns; the first does the work. Raises `StoreError` if
    a later version has been at this store, or `to` is of one."""
    script = ScriptDirectory.from_config(_config())
    known = {revision.revision for revision in script.walk_revisions()}
    heads = set(script.get_heads()) if to is None else set(to)
    with engine.connect() as connection:
        current = _current(connection)
    strangers = sorted((current | heads) - known)
    if strangers:
        raise StoreError(
            f"The store {place_of(engine)} was made by a later version of this product "
            f"(it has {', '.join(strangers)}). Install that version again."
        )
    if current == heads:
        return
    with _one_at_a_time(engine, home):
        writer = engine.execution_options(**{WRITES: True})
        with writer.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            for head in sorted(heads):
                command.upgrade(config, head)


def schema_of(connection: Connection) -> tuple[str, ...]:
    """The migrations that a store has had, the last of each line."""
    return tuple(sorted(_current(connection)))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _current(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


@contextmanager
def _one_at_a_time(engine: Engine, home: Path) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        try:
            with FileLock(home / ".alliance.sqlite.lock", timeout=SECONDS_TO_WAIT):
                yield
        except Timeout as error:
            raise StoreError(
                f"Another program has been upgrading {place_of(engine)} for {SECONDS_TO_WAIT} "
                "seconds. Wait until it has finished."
            ) from error
        return
    holding = engine.execution_options(isolation_level="AUTOCOMMIT", **{WRITES: True})
    with holding.connect() as holder:
        holder.execute(text(_LOCK), {"key": _KEY})
        try:
            yield
        finally:
            holder.execute(text(_UNLOCK), {"key": _KEY})
