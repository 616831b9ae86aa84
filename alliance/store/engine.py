"""Connections to the store's database: SQLite in the home, or PostgreSQL by its address.

Owns what is particular to each of the two. No table, no query of the product's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from alliance.settings import DATABASE_VARIABLE, Settings
from alliance.store.errors import StoreError

FILE = "alliance.sqlite"
BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another one before it gives up."""
WRITES = "alliance_writes"
"""Execution option of a connection that may change something."""
_POSTGRESQL = "postgresql+psycopg"
_WRITERS = 7_302_019
"""The advisory lock of a PostgreSQL database that whoever writes to the store holds."""
_PUBLISHERS = 7_302_020
"""The advisory lock that whoever refreshes or publishes holds."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
)


def connect(settings: Settings) -> Engine:
    """An engine on the store that settings name; makes the home and an empty SQLite file in it,
    readable by its owner alone. Raises `StoreError` for an address that cannot be used."""
    if settings.database_url:
        return _server_engine(_read_address(settings.database_url))
    path = settings.home / FILE
    _make_private_file(path)
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def place_of(engine: Engine) -> str:
    """Where the store lies, for a person to read; without the password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)


@contextmanager
def only_publisher(engine: Engine) -> Iterator[bool]:
    """Whether nobody else who has this database refreshes or publishes; if so, nobody begins to
    until the block ends. A SQLite file is for one machine, where the home's own lock is enough."""
    if engine.dialect.name == "sqlite":
        yield True
        return
    holding = engine.execution_options(isolation_level="AUTOCOMMIT", **{WRITES: True})
    with holding.connect() as connection:
        query = f"SELECT pg_try_advisory_lock({_PUBLISHERS})"
        alone = bool(connection.exec_driver_sql(query).scalar_one())
        try:
            yield alone
        finally:
            # A lock whose connection has broken is let go of by the server.
            with suppress(DBAPIError):
                if alone:
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_PUBLISHERS})")


def _read_address(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StoreError(
            f"{DATABASE_VARIABLE} is not a database address, such as "
            "postgresql://alliance@localhost/alliance."
        ) from error
    if url.drivername not in {"postgresql", "postgres", _POSTGRESQL}:
        raise StoreError(
            f"{DATABASE_VARIABLE} begins with {url.drivername}://. It must begin with "
            "postgresql://; without it the store is a file in the home."
        )
    return url.set(drivername=_POSTGRESQL)


def _server_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _make_private_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"The store {path} cannot be written to: {error.strerror}. Choose another home with "
            f"--home DIR, or a PostgreSQL database with {DATABASE_VARIABLE}."
        ) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """The driver begins no transaction of its own (`_begin_sqlite` does)."""
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once, so that what it reads first is what it then changes."""
    writes = _writes(connection)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(not writes)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """As on SQLite, one writer at a time: it waits for its turn before it reads anything, and each
    of its statements sees all that was kept before them."""
    if _writes(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(WRITES, False))
