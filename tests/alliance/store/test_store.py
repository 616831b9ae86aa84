"""The store keeps what was written, whole or not at all, on SQLite and on PostgreSQL."""

from __future__ import annotations

import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alliance.settings import Settings
from alliance.store import ConflictError, Store, StoreError, open_store
from alliance.store.accounts import add_account, change_account, find_account
from alliance.store.events import list_events
from alliance.store.tables.account import AccountRow

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(store: Store, number: int = 1, **more: object) -> None:
    with store.write(now=NOW, actor="an analyst") as unit:
        unit.record("published", "release", f"r{number}", **more)  # type: ignore[arg-type]


def test_an_event_is_given_back_as_it_was_recorded(store: Store) -> None:
    record(store, reason="It’s right.\n", details={"rows": 3, "of": ["a", None], "é": 0.5})
    (event,) = store.events("release")
    assert (event.actor, event.action) == ("an analyst", "published")
    assert (event.subject_kind, event.subject_id) == ("release", "r1")
    assert event.reason == "It’s right.\n"
    assert event.details == {"rows": 3, "of": ["a", None], "é": 0.5}
    assert event.at == NOW
    assert event.at.tzinfo is UTC


def test_events_are_listed_by_kind_and_subject_with_the_newest_last(store: Store) -> None:
    for number in (2, 1, 2):
        record(store, number, reason=str(number))
    with store.write(now=NOW, actor="x") as unit:
        unit.record("added", "account", "r1")
    assert [event.subject_id for event in store.events("release")] == ["r2", "r1", "r2"]
    assert [event.subject_id for event in store.events("release", "r1")] == ["r1"]
    assert store.events("nothing") == []


def test_a_time_of_another_zone_is_kept_as_the_same_moment(store: Store) -> None:
    summer = timezone(timedelta(hours=1))
    with store.write(now=NOW.astimezone(summer), actor="x") as unit:
        unit.record("published", "release", "r1")
    (event,) = store.events("release")
    assert event.at == NOW
    assert event.at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with (
        pytest.raises(StoreError, match="time zone"),
        store.write(now=NOW.replace(tzinfo=None), actor="x") as unit,
    ):
        unit.record("published", "release", "r1")
    assert store.events("release") == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"action": ""}, "needs its action"),
        ({"subject_id": ""}, "needs its subject id"),
        ({"reason": "a\x00b"}, "NUL"),
        ({"details": {"said": "a\x00b"}}, "NUL"),
    ],
)
def test_an_event_that_cannot_be_kept_as_it_stands_is_refused(
    store: Store, words: dict[str, object], fault: str
) -> None:
    whole = {"action": "published", "subject_kind": "release", "subject_id": "r1"} | words
    with pytest.raises(StoreError, match=fault), store.write(now=NOW, actor="x") as unit:
        unit.record(**whole)  # type: ignore[arg-type]
    assert store.events("release") == []


def test_a_text_that_only_looks_like_a_nul_is_kept(store: Store) -> None:
    record(store, reason="\\u0000", details={"said": "\\u0000"})
    (event,) = store.events("release")
    assert (event.reason, event.details) == ("\\u0000", {"said": "\\u0000"})


def test_what_raises_halfway_leaves_nothing(store: Store) -> None:
    record(store)

    def write_and_fail() -> None:
        with store.write(now=NOW, actor="x") as unit:
            unit.record("published", "release", "r2")
            unit.session.flush()
            raise RuntimeError("a fault of the caller's")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert [event.subject_id for event in store.events("release")] == ["r1"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET reason = 'another' WHERE subject_id = 'r1'",
        "UPDATE event SET id = 7",
        "DELETE FROM event",
        "DELETE FROM event WHERE subject_id = 'r1'",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_event(store: Store, statement: str) -> None:
    record(store)
    before = store.events("release")
    with (
        pytest.raises((DBAPIError, StoreError), match="never"),
        store.write(now=NOW, actor="x") as unit,
    ):
        unit.session.execute(text(statement))
    assert store.events("release") == before


_OTHER = (
    "INTO event (id, at, actor, action, subject_kind, subject_id, reason, details) VALUES "
    "(1, '2026-01-01 00:00:00', 'x', 'forged', 'release', 'r1', '', '{}')"
)


def test_the_database_refuses_to_put_another_event_in_the_place_of_one(store: Store) -> None:
    record(store)
    before = store.events("release")
    sqlite = store.engine.dialect.name == "sqlite"
    statements = (
        [f"INSERT OR REPLACE {_OTHER}", f"REPLACE {_OTHER}"]
        if sqlite
        else ["TRUNCATE event", f"INSERT {_OTHER} ON CONFLICT (id) DO UPDATE SET action = 'x'"]
    )
    for statement in statements:
        with (
            pytest.raises((DBAPIError, StoreError), match="never"),
            store.write(now=NOW, actor="x") as unit,
        ):
            unit.session.execute(text(statement))
    assert store.events("release") == before


def test_even_a_connection_of_its_own_cannot_change_an_event_in_sqlite(tmp_path: Path) -> None:
    import sqlite3

    store = open_store(Settings(tmp_path))
    record(store)
    store.close()
    for statement in ("DELETE FROM event", f"REPLACE {_OTHER}", "UPDATE event SET actor = 'x'"):
        connection = sqlite3.connect(tmp_path / "alliance.sqlite")
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
        connection.close()


def test_nothing_can_be_written_while_reading(store: Store) -> None:
    record(store)
    with pytest.raises(StoreError, match=r"read-?only"), store.read() as session:
        session.execute(text("DELETE FROM account"))
    record(store, 2)
    assert len(store.events("release")) == 2


def test_a_reader_sees_one_state_however_many_statements_it_runs(store: Store) -> None:
    count = text("SELECT COUNT(*) FROM event")
    record(store)
    with store.read() as session:
        assert session.execute(count).scalar_one() == 1
        record(store, 2)
        assert session.execute(count).scalar_one() == 1
    assert len(store.events("release")) == 2


def add(store: Store, username: str = "j.ashby") -> None:
    with store.write(now=NOW, actor="root") as unit:
        add_account(
            unit, username=username, display_name="Jo Ashby", password_hash="hash",
            authority_code="873", alliance="Eastern triad", roles=["analyst"],
        )  # fmt: skip


def test_the_later_of_two_changes_of_one_record_is_refused(store: Store) -> None:
    add(store)
    with store.read() as session:
        first = second = find_account(session, "j.ashby")
    assert first is not None
    assert second is not None
    with store.write(now=NOW, actor="one") as unit:
        change_account(unit, first, action="renamed", display_name="One")
    with (
        pytest.raises(ConflictError, match="Somebody else"),
        store.write(now=NOW, actor="two") as unit,
    ):
        change_account(unit, second, action="renamed", display_name="Two")
    with store.read() as session:
        now = find_account(session, "j.ashby")
    assert now is not None
    assert (now.display_name, now.version) == ("One", 2)
    assert [event.actor for event in store.events("account", "j.ashby")] == ["root", "one"]


def test_of_many_changes_at_once_each_is_kept_or_told_to_have_come_too_late(store: Store) -> None:
    add(store)
    together = threading.Barrier(4)

    def change(writer: int) -> tuple[int, int]:
        kept = refused = 0
        together.wait()
        for _ in range(20):
            with store.read() as session:
                account = find_account(session, "j.ashby")
            assert account is not None
            try:
                with store.write(now=NOW, actor=f"w{writer}") as unit:
                    change_account(
                        unit, account, action="renamed", display_name=f"{account.version}"
                    )
                kept += 1
            except ConflictError:
                refused += 1
        return kept, refused

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(change, range(4)))
    kept = sum(number for number, _ in done)
    assert kept + sum(number for _, number in done) == 0 + 80
    assert kept >= 20, "at least one writer succeeds in each round"
    with store.read() as session:
        assert session.get_one(AccountRow, 1).version == 1 + kept
    assert len(store.events("account", "j.ashby")) == 1 + kept


def test_two_writers_of_two_connections_wait_for_each_other(store_settings: Settings) -> None:
    stores = [open_store(store_settings) for _ in range(2)]

    def write(number: int) -> None:
        for turn in range(25):
            record(stores[number], reason=f"{number} {turn}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    reasons = [event.reason for event in stores[0].events("release")]
    for store in stores:
        store.close()
    assert sorted(reasons) == sorted(f"{n} {turn}" for n in range(2) for turn in range(25))
    assert [r for r in reasons if r[0] == "0"] == [f"0 {turn}" for turn in range(25)]


def test_a_writer_reads_all_that_was_kept_before_its_turn(store_settings: Settings) -> None:
    stores = [open_store(store_settings) for _ in range(4)]
    together = threading.Barrier(len(stores))

    def count_and_add(store: Store) -> int:
        together.wait()
        with store.write(now=NOW, actor="an analyst") as unit:
            seen = len(list_events(unit.session, "release"))
            time.sleep(0.05)
            unit.record("published", "release", "r1")
        return seen

    with ThreadPoolExecutor(len(stores)) as pool:
        seen = list(pool.map(count_and_add, stores))
    for store in stores:
        store.close()
    assert sorted(seen) == [0, 1, 2, 3]


def test_sqlite_is_durable_and_waits_for_others(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path))
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    with store.read() as session:
        found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in expected}
    store.close()
    assert found == expected


def test_the_file_of_the_store_is_its_owners_alone(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path / "a" / "home"))
    record(store)
    files = sorted((tmp_path / "a" / "home").glob("alliance.sqlite*"))
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    store.close()


def test_a_home_that_cannot_be_written_to_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError, match=r"cannot be written to.*--home DIR"):
        open_store(Settings(tmp_path / "home"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "alliance.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(Settings(tmp_path))


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("mysql://root:hunter2@localhost/x", "begins with mysql://"),
        ("somewhere else", "is not a database address"),
        ("postgresql://alliance:hunter2@127.0.0.1:1/x", "does not take this"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    tmp_path: Path, address: str, fault: str
) -> None:
    with pytest.raises(StoreError, match=fault) as raised:
        open_store(Settings(tmp_path, database_url=address))
    assert "hunter2" not in str(raised.value)
    assert not (tmp_path / "alliance.sqlite").exists()
