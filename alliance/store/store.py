"""The store itself: opening it, reading, and the one path by which anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from alliance.settings import Settings
from alliance.store.base import Base
from alliance.store.engine import WRITES, connect, only_publisher, place_of
from alliance.store.errors import ConflictError, StoreError
from alliance.store.events import Event, add_event, list_events


@dataclass(frozen=True, slots=True)
class Unit:
    """One change and its events: all of it is kept, or nothing. Within `Store.write` alone."""

    session: Session
    now: datetime
    actor: str

    def record(
        self,
        action: str,
        subject_kind: str,
        subject_id: str,
        *,
        reason: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Append the event that tells of this change. Raises `StoreError` if it cannot be kept."""
        add_event(
            self.session,
            at=self.now,
            actor=self.actor,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            reason=reason,
            details=details,
        )

    def claim(self, record: type[Base], key: int, version: int) -> int:
        """Say that the record of that `id` is changed, having been read at `version`; its
        `version` column becomes the next number, which is returned.

        Raises `ConflictError` if somebody else changed it since: the unit must then be given up.
        """
        table = record.__table__
        statement = (
            update(record)
            .where(table.c.id == key, table.c.version == version)
            .values(version=version + 1)
        )
        done = self.session.execute(statement, execution_options={"synchronize_session": False})
        if isinstance(done, CursorResult) and done.rowcount == 1:
            return version + 1
        raise ConflictError(
            "Somebody else changed this while you had it open. Nothing of yours was written: "
            "look at what they changed, then save again."
        )


class Store:
    """What people write, in one database. Safe to share between threads; each process opens its
    own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def place(self) -> str:
        """Where the store lies, for a person to read."""
        return place_of(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session of one consistent transaction in which nothing can be changed.

        Raises `StoreError` if the database does not answer.
        """
        with self._told(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self, *, now: datetime, actor: str) -> Iterator[Unit]:
        """A transaction: what it changes and the events that tell of it are kept together when the
        block ends, and nothing of it where the block raises.

        `now` has a time zone; `actor` is the username of who does it, whose permission the caller
        has asked for. Raises `StoreError` if `now` has none, or the database does not answer or is
        busy for too long.
        """
        if now.utcoffset() is None:
            raise StoreError(f"{now} has no time zone, so its moment is not known.")
        writer = self.engine.execution_options(**{WRITES: True})
        with self._told(), Session(writer) as session, session.begin():
            yield Unit(session, now, actor)

    def events(self, subject_kind: str, subject_id: str | None = None) -> list[Event]:
        """The events of one subject, or of every subject of that kind; newest last."""
        with self.read() as session:
            return list_events(session, subject_kind, subject_id)

    @contextmanager
    def publishing(self) -> Iterator[bool]:
        """Whether this is the only one of those who share the store that refreshes or publishes; it
        is until the block ends. Raises `StoreError` if the database does not answer."""
        with ExitStack() as held:
            with self._told():
                alone = held.enter_context(only_publisher(self.engine))
            yield alone

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database says into words, but for a broken rule of its tables, which the
        module of that record type knows how to tell."""
        try:
            yield
        except IntegrityError:
            raise
        except (OperationalError, DBAPIError) as error:
            raise StoreError(
                f"The store {self.place} does not take this: {_first_line(error)}. "
                "Nothing was written. Try again; if it stays so, look whether the database runs, "
                "its disk is full or another program holds it."
            ) from error


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip().splitlines() or ["it gave no reason"])[0]


def open_store(settings: Settings) -> Store:
    """The store that settings name, brought to the schema of this version of the product.

    Raises `StoreError` if it cannot be reached, or was made by a later version.
    """
    from alliance.store.migrate import upgrade  # noqa: PLC0415

    engine = connect(settings)
    store = Store(engine)
    try:
        with store._told():
            upgrade(engine, settings.home)
    except StoreError:
        engine.dispose()
        raise
    return store
