"""A backup holds all of a home as of one moment, and is put back whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from alliance.backup.archive import MANIFEST, new_key
from alliance.backup.errors import BackupError
from alliance.backup.making import make_backup
from alliance.backup.restoring import restore, try_restore
from alliance.backup.rows import LEFT_OUT, dump_table, tables_of
from alliance.people.secret import load_secret_key
from alliance.settings import Settings
from alliance.store import Store, open_store
from alliance.store.engine import connect
from alliance.store.migrate import upgrade
from ingest.release import ReleaseStore
from tests.alliance.find_postgresql import Cluster
from tests.conftest import NOW, REPOSITORY

WHO = "an administrator"
ODD = {"at": "2026-03-02T09:30:00", "n": [1, 2.5, 1e-9, None, True], "é": {"$": ""}}
"""What might be taken for something else on its way."""


@contextmanager
def place(kind: str, home: Path, postgresql: Cluster) -> Iterator[Settings]:
    """Settings of a home whose log is in a database of that kind."""
    if kind == "sqlite":
        yield Settings(home)
        return
    with postgresql.new_database() as address:
        yield Settings(home, database_url=address)


@pytest.fixture(scope="session")
def lived_in(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's home with all that its people wrote, and a few of its files."""
    home = Path(shutil.copytree(demonstration, tmp_path_factory.mktemp("backup") / "home"))
    shutil.rmtree(home / "published")
    releases = ReleaseStore(home)
    for number, path in enumerate(sorted((home / "files").iterdir())):
        if number > 2:
            shutil.rmtree(path)
    for release in releases.ids():
        if release != releases.current_id():
            releases.path_of(release).unlink()
    load_secret_key(Settings(home))
    store = open_store(Settings(home))
    with store.write(now=NOW, actor="ana") as unit:
        unit.record("said", "thing", "1", reason="“Zoë’s” — £5\n\t\u2028😀", details=ODD)
    store.close()
    return home


@pytest.fixture(scope="session")
def archive(lived_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it. Not to be changed."""
    path = tmp_path_factory.mktemp("archive") / "backup.zip"
    make_backup(Settings(lived_in), path, now=NOW, actor=WHO)
    return path


def rows_of(chosen: Settings) -> dict[str, list[bytes]]:
    """All that was written, by table; what is left out of a backup, and the restore's own note, are
    not in it."""
    store = open_store(chosen)
    with store.read() as session:
        connection = session.connection()
        found = {t.name: list(dump_table(connection, t)) for t in tables_of(connection)}
    store.close()
    found["event"] = [line for line in found["event"] if json.loads(line)["action"] != "restored"]
    return found


def files_of(home: Path) -> dict[str, bytes]:
    """What a reader of a home can see, but for its log and its locks."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith(("alliance.sqlite", ".", "refresh.lock"))
    }


def again(path: Path, chosen: Settings, **more: Path) -> None:
    restore(chosen, path, now=NOW, actor=WHO, **more)


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
@pytest.mark.parametrize("of", ["sqlite", "postgresql"])
def test_what_is_put_back_is_what_was_there_from_either_database_into_either(
    archive: Path, lived_in: Path, tmp_path: Path, postgresql: Cluster, of: str, to: str
) -> None:
    with place(of, tmp_path / "first", postgresql) as first:
        again(archive, first)
        path = tmp_path / "again.zip"
        made = make_backup(first, path, now=NOW, actor=WHO)
        with place(to, tmp_path / "second", postgresql) as second:
            again(path, second)
            assert files_of(second.home) == files_of(lived_in)
            expected = rows_of(Settings(lived_in))
            assert rows_of(second) == expected
            assert sum(len(rows) for rows in expected.values()) > 1_000
            assert ReleaseStore(second.home).current_id() == made.manifest.served
            store = open_store(second)
            with store.write(now=NOW, actor=WHO) as unit:
                unit.record("went on", "thing", "2")
            ids = [event.id for event in store.events("thing")]
            store.close()
            assert ids[-1] > max(json.loads(line)["id"] for line in expected["event"])


def test_who_is_signed_in_is_not_part_of_it(archive: Path) -> None:
    with zipfile.ZipFile(archive) as pack:
        names = set(pack.namelist())
    assert not {f"store/{name}.jsonl" for name in LEFT_OUT} & names
    assert {"store/event.jsonl", "store/entry.jsonl", "secret.key", "current"} <= names


def test_what_was_taken_before_it_began_is_in_it_while_others_write(
    lived_in: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(lived_in, tmp_path / "home"))
    store, taken, stop = open_store(Settings(home)), [], threading.Event()

    def write() -> None:
        while not stop.is_set():
            number = len(taken)
            with store.write(now=NOW, actor="ana") as unit:
                for half in ("first", "second"):
                    unit.record(half, "pair", str(number))
            taken.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(taken) < 5:
            pass
        before = len(taken)
        make_backup(Settings(home), tmp_path / "backup.zip", now=NOW, actor=WHO)
    finally:
        stop.set()
        writer.join()
        store.close()
    again(tmp_path / "backup.zip", Settings(tmp_path / "back"))
    back = open_store(Settings(tmp_path / "back"))
    pairs = [event.subject_id for event in back.events("pair")]
    back.close()
    assert {str(number) for number in range(before)} <= set(pairs)
    assert all(pairs.count(one) == 2 for one in pairs), "no half of what was kept together"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255), st.booleans())
def test_a_backup_with_a_byte_changed_or_cut_off_is_refused_or_is_the_same(
    archive: Path, tmp_path_factory: pytest.TempPathFactory, at: float, change: int, cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(archive.read_bytes())
    place_of_fault = int(at * len(whole))
    if cut:
        del whole[place_of_fault:]
    else:
        whole[place_of_fault] ^= change
    (folder / "damaged.zip").write_bytes(whole)
    fault = ""
    try:
        again(folder / "damaged.zip", Settings(folder / "home"))
    except BackupError as error:
        fault = str(error)
    if fault:
        assert "damaged.zip" in fault
        assert files_of(folder / "home") == {}
        assert not (folder / "home" / "alliance.sqlite").exists()
    else:
        assert not cut
        with zipfile.ZipFile(archive) as pack, zipfile.ZipFile(folder / "damaged.zip") as other:
            assert pack.read(MANIFEST) == other.read(MANIFEST)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "files/../../outside", "a\\b", "."])
def test_no_member_is_written_outside_the_home(archive: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(archive) as pack:
        said = json.loads(pack.read(MANIFEST))
        contents = {info.filename: pack.read(info) for info in pack.infolist()}
    said["members"][0]["name"], moved = name, said["members"][0]["name"]
    contents[name] = contents.pop(moved)
    contents[MANIFEST] = json.dumps(said).encode()
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as pack:
        for member, content in contents.items():
            pack.writestr(member, content)
    with pytest.raises(BackupError, match="damaged"):
        again(tmp_path / "bad.zip", Settings(tmp_path / "home"))
    assert not (tmp_path / "outside").exists()
    assert files_of(tmp_path / "home") == {}


def test_an_encrypted_backup_is_read_with_its_key_alone(lived_in: Path, tmp_path: Path) -> None:
    public = new_key(tmp_path / "key.txt")
    new_key(tmp_path / "other.txt")
    path = tmp_path / "backup.zip.age"
    make_backup(Settings(lived_in), path, now=NOW, actor=WHO, to_key=public)
    held = path.read_bytes()
    assert b"PK\x03\x04" not in held[:200]
    assert b"manifest.json" not in held
    assert (tmp_path / "key.txt").stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0
    for key, fault in (
        (None, "is encrypted"),
        (tmp_path / "other.txt", "not encrypted to the key"),
    ):
        with pytest.raises(BackupError, match=fault):
            restore(Settings(tmp_path / "home"), path, now=NOW, actor=WHO, key_file=key)
    again(path, Settings(tmp_path / "home"), key_file=tmp_path / "key.txt")
    assert rows_of(Settings(tmp_path / "home")) == rows_of(Settings(lived_in))
    assert [p for p in (tmp_path / "home").rglob("*") if p.suffix == ".zip"] == []
    (tmp_path / "short.age").write_bytes(held[: len(held) // 2])
    with pytest.raises(BackupError, match="damaged"):
        again(tmp_path / "short.age", Settings(tmp_path / "new"), key_file=tmp_path / "key.txt")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_there_already_is_not_written_over(
    archive: Path, tmp_path: Path, postgresql: Cluster, kind: str
) -> None:
    with place(kind, tmp_path / "home", postgresql) as chosen:
        store = open_store(chosen)
        with store.write(now=NOW, actor="somebody") as unit:
            unit.record("wrote", "thing", "mine")
        store.close()
        before = rows_of(chosen)
        with pytest.raises(BackupError, match="something else already"):
            again(archive, chosen)
        assert rows_of(chosen) == before
        assert "current" not in files_of(chosen.home)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "settings.toml").write_text('authority = "701"\n', encoding="utf-8")
    with pytest.raises(BackupError, match=r"settings\.toml is there and is not as in the backup"):
        again(archive, Settings(tmp_path / "other"))
    assert list(files_of(tmp_path / "other")) == ["settings.toml"]


_KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from alliance.backup import restoring
from alliance.people.secret import load_secret_key
from alliance.settings import Settings

left = int(sys.argv[3])

def count(*_):
    global left
    left -= 1
    if not left:
        os._exit(9)

for name in ("write_whole", "load_table", "open_store"):
    whole = getattr(restoring, name)
    def counted(*args, _whole=whole):
        count()
        done = _whole(*args)
        count()
        return done
    setattr(restoring, name, counted)
restoring.restore(Settings(Path(sys.argv[2]), database_url=sys.argv[4]), Path(sys.argv[1]),
    now=datetime(2026, 3, 2, tzinfo=UTC), actor="x")
"""


def kill_at(step: int, archive: Path, chosen: Settings) -> int:
    words = [str(archive), str(chosen.home), str(step), chosen.database_url]
    return subprocess.run(
        [sys.executable, "-c", _KILLED, *words], cwd=REPOSITORY, check=False, timeout=120
    ).returncode


@pytest.mark.parametrize(
    ("kind", "step"),
    [*(("sqlite", n) for n in (1, 13, 30, 46, 49)),
     *(("postgresql", n) for n in (30, 46, 49))],
)  # fmt: skip
def test_a_restore_that_is_killed_serves_nothing_and_goes_on_when_it_is_asked_again(
    archive: Path, lived_in: Path, tmp_path: Path, postgresql: Cluster, step: int, kind: str
) -> None:
    with place(kind, tmp_path / "home", postgresql) as chosen:
        ended = kill_at(step, archive, chosen)
        assert ended == 9, "it is killed on the way"
        if "current" in files_of(chosen.home):
            assert rows_of(chosen) == rows_of(Settings(lived_in)), "served is what is whole"
        again(archive, chosen)
        assert rows_of(chosen) == rows_of(Settings(lived_in))
        assert files_of(chosen.home) == files_of(lived_in)


def test_a_backup_of_an_earlier_schema_is_taken_on_to_this_one(tmp_path: Path) -> None:
    old = Settings(tmp_path / "old")
    engine = connect(old)
    upgrade(engine, old.home, to=("account_1",))
    engine.dispose()
    store = Store(connect(old))
    with store.write(now=NOW, actor="ana") as unit:
        unit.record("said", "thing", "1")
    from alliance.backup import making  # the version of then did not take its log further

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(making, "open_store", lambda _settings: store)
        made = make_backup(old, tmp_path / "old.zip", now=NOW, actor=WHO)
    assert made.manifest.schema == ("account_1",)
    again(tmp_path / "old.zip", Settings(tmp_path / "new"))
    new = open_store(Settings(tmp_path / "new"))
    assert [event.subject_id for event in new.events("thing")] == ["1"]
    with new.read() as session:
        assert session.scalar(text("SELECT COUNT(*) FROM entry")) == 0
    new.close()


def test_trying_a_restore_leaves_nothing_and_sees_a_release_that_is_not_what_it_says(
    archive: Path, lived_in: Path, tmp_path: Path
) -> None:
    chosen = Settings(tmp_path / "home")
    done = try_restore(chosen, archive, now=NOW, actor=WHO)
    assert done.manifest.served == ReleaseStore(lived_in).current_id()
    assert not chosen.home.exists()


def test_nothing_is_written_over_and_a_backup_that_fails_leaves_nothing(
    lived_in: Path, tmp_path: Path
) -> None:
    path = tmp_path / "backup.zip"
    path.write_bytes(b"mine")
    with pytest.raises(BackupError, match="is there already"):
        make_backup(Settings(lived_in), path, now=NOW, actor=WHO)
    assert path.read_bytes() == b"mine"
    with pytest.raises(BackupError, match="is not there"):
        make_backup(Settings(tmp_path / "nowhere"), tmp_path / "b.zip", now=NOW, actor=WHO)
    with pytest.raises(BackupError, match="no public key of age"):
        make_backup(Settings(lived_in), tmp_path / "b.zip", now=NOW, actor=WHO, to_key="age1x")
    with pytest.raises(BackupError, match="cannot be written"):
        make_backup(Settings(lived_in), Path("/dev/full/b.zip"), now=NOW, actor=WHO)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup.zip"]


def test_a_disk_that_fills_while_it_is_encrypted_leaves_nothing(
    lived_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(source: IO[bytes], _sink: IO[bytes], _to: object) -> None:
        source.read(10_000)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pyrage.encrypt_io", fill)
    public = new_key(tmp_path / "key.txt")
    with pytest.raises(BackupError, match="cannot be written: No space left"):
        make_backup(Settings(lived_in), tmp_path / "b.age", now=NOW, actor=WHO, to_key=public)
    assert [path.name for path in tmp_path.iterdir()] == ["key.txt"]
