"""A write that ends between any two of its steps leaves all or nothing, on both databases; what is
only ever added is guarded by the databases themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from alliance.log.entry import Entry
from alliance.log.writing import add_evidence, share_with
from alliance.settings import Settings
from alliance.store import Store, StoreError, open_store
from tests.alliance.log.crasher import COMMITTED
from tests.alliance.log.world import (
    DIRECTOR,
    FIGURE,
    NOW,
    OBSERVER,
    OTHER_DIRECTOR,
    add_accounts,
    begin_in,
    dump,
    make,
    make_in,
    now_of,
    reach,
)
from tests.conftest import REPOSITORY

ONLY_ADDED = ("entry_note", "entry_evidence", "entry_history", "event")


class CrashError(Exception):
    """The process ends here, for all that the database knows."""


@contextmanager
def crash_at(store: Store, number: int) -> Iterator[list[str]]:
    """Raise before the statement of that number; the statements that were begun."""
    begun: list[str] = []

    def before(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        begun.append(statement)
        if len(begun) == number:
            raise CrashError

    event.listen(store.engine, "before_cursor_execute", before)
    try:
        yield begun
    finally:
        event.remove(store.engine, "before_cursor_execute", before)


def crash_everywhere(store: Store, write: Callable[[], object]) -> int:
    """Try a write until it ends without a crash; after each crash nothing of it may be there. How
    many statements it has."""
    before = dump(store)
    for number in range(1, 200):
        with crash_at(store, number) as begun:
            try:
                write()
            except CrashError:
                ended = False
            else:
                ended = True
        if ended:
            assert len(begun) == number - 1
            return len(begun)
        assert dump(store) == before, begun[-1]
    raise AssertionError("it never ends")


def test_a_crash_between_any_two_steps_of_a_write_leaves_all_or_nothing(store: Store) -> None:
    add_accounts(store)
    ready = reach(store, "challenge", "responded")
    writes: list[Callable[[Any, Entry], Entry]] = [
        lambda unit, _: begin_in(
            unit, DIRECTOR, "challenge", figures=[FIGURE], about=[("follows", ready.ref)]
        ),
        lambda unit, entry: make_in(unit, DIRECTOR, entry, "carry_forward"),
        lambda unit, entry: add_evidence(unit, DIRECTOR, entry.ref, FIGURE, version=entry.version),
        lambda unit, entry: share_with(
            unit, DIRECTOR, entry.ref, OBSERVER.username, version=entry.version
        ),
    ]
    for write in (writes[0], writes[2], writes[3], writes[1]):
        entry = now_of(store, DIRECTOR, ready)
        before = dump(store)

        def once(write: Callable[[Any, Entry], Entry] = write, entry: Entry = entry) -> None:
            with store.write(now=NOW, actor=DIRECTOR.username) as unit:
                write(unit, entry)

        assert crash_everywhere(store, once) > 8
        after = dump(store)
        for table in ("entry_history", "event"):
            assert len(after[table]) > len(before[table])


def test_a_process_that_is_killed_at_any_step_leaves_all_or_nothing(
    store_settings: Settings,
) -> None:
    store = open_store(store_settings)
    entry = reach(store, "challenge", "shared")
    before = dump(store)
    store.close()
    words = [str(store_settings.home), store_settings.database_url, entry.ref]
    steps = ["3", "8", "12", "15", "0"]
    for number in steps:
        command = [sys.executable, "-m", "tests.alliance.log.crasher", *words, number]
        ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        store = open_store(store_settings)
        now = dump(store)
        store.close()
        if number == "0":
            assert ended.stdout.strip() == COMMITTED, ended.stderr
            assert len(now["entry_note"]) == len(before["entry_note"]) + 1
            assert len(now["entry_history"]) == len(before["entry_history"]) + 1
        else:
            assert (ended.returncode, ended.stdout) == (-9, ""), ended.stderr
            assert now == before, number


@pytest.fixture
def written(store: Store) -> Store:
    """A store with a row in each table that is only ever added to."""
    entry = reach(store, "challenge", "shared")
    with store.write(now=NOW, actor=DIRECTOR.username) as unit:
        add_evidence(unit, DIRECTOR, entry.ref, FIGURE, version=entry.version)
    make(store, OTHER_DIRECTOR, entry, "respond")
    rows = dump(store)
    assert all(rows[table] for table in ONLY_ADDED)
    return store


def test_the_database_refuses_to_change_or_delete_what_is_only_added(written: Store) -> None:
    before = dump(written)
    sqlite = written.engine.dialect.name == "sqlite"
    for table in ONLY_ADDED:
        column = "reason" if table == "event" else "move" if table != "entry_evidence" else "by"
        column = f'"{column}"'
        statements = [
            f"UPDATE {table} SET {column} = 'x'",
            f"DELETE FROM {table}",
            *(
                [
                    f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
                    f"REPLACE INTO {table} SELECT * FROM {table}",
                ]
                if sqlite
                else [f"TRUNCATE {table}", f"TRUNCATE {table} CASCADE"]
            ),
        ]
        for statement in statements:
            with (
                pytest.raises((DBAPIError, StoreError), match="never"),
                written.write(now=NOW, actor="x") as unit,
            ):
                unit.session.execute(text(statement))
    assert dump(written) == before


def test_an_entry_cannot_be_deleted_under_its_history(written: Store) -> None:
    before = dump(written)
    with (
        pytest.raises((DBAPIError, StoreError)),
        written.write(now=NOW, actor="x") as unit,
    ):
        unit.session.execute(text("DELETE FROM entry"))
    assert dump(written) == before
