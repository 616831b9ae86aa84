"""The release store: immutable files, an atomic pointer, clear errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ReleaseError
from ingest.release import (
    ReleaseStore,
    make_release_id,
    read_content_hash,
    read_info,
    sha256_of,
)
from tests.conftest import Small

ID = "20260302T093000Z-0123abcd"
OTHER = "20260303T093000Z-0123abcd"


@pytest.fixture
def store(tmp_path: Path) -> ReleaseStore:
    """A store in an empty home."""
    store = ReleaseStore(tmp_path / "home")
    store.releases_dir.mkdir(parents=True)
    return store


def test_before_the_first_release_there_is_none_and_the_error_says_what_to_do(
    tmp_path: Path,
) -> None:
    store = ReleaseStore(tmp_path)
    assert store.current_id() is None
    assert store.ids() == []
    assert store.infos() == []
    with pytest.raises(ReleaseError, match="alliance refresh --from DIR"):
        store.current_path()


def test_publishing_changes_the_pointer_and_leaves_nothing_beside_it(store: ReleaseStore) -> None:
    for release_id in (ID, OTHER):
        store.path_of(release_id).write_bytes(b"whole")
        store.publish(release_id)
        assert store.current_id() == release_id
        assert store.current_path() == store.path_of(release_id)
    assert store.pointer.read_bytes() == f"{OTHER}\n".encode()
    assert {path.name for path in store.home.iterdir()} == {"current", "releases"}


def test_a_release_that_is_not_there_cannot_be_published(store: ReleaseStore) -> None:
    store.path_of(ID).write_bytes(b"whole")
    store.publish(ID)
    with pytest.raises(ReleaseError, match=OTHER):
        store.publish(OTHER)
    assert store.current_id() == ID


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"nonsense\n", b"../../etc/passwd\n", b"\xff\xfe\x00", b"caf\xc3\xa9\n",
        OTHER.encode(), ID.upper().encode(), b"x" * 5_000, f"{ID}\n{OTHER}\n".encode(),
        "２0260302T093000Z-0123abcd".encode(),
    ],
)  # fmt: skip
def test_a_corrupt_pointer_is_a_clear_error_and_never_a_guess(
    content: bytes, store: ReleaseStore
) -> None:
    store.path_of(ID).write_bytes(b"whole")
    store.pointer.write_bytes(content)
    with pytest.raises(ReleaseError) as caught:
        store.current_id()
    assert str(store.pointer) in str(caught.value)
    assert len(str(caught.value)) < 500
    with pytest.raises(ReleaseError):
        store.current_path()


def test_a_pointer_that_is_a_folder_is_a_clear_error(store: ReleaseStore) -> None:
    store.pointer.mkdir()
    with pytest.raises(ReleaseError, match="current"):
        store.current_id()


@given(content=st.binary(max_size=60))
def test_no_content_of_the_pointer_leads_out_of_the_releases(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = ReleaseStore(tmp_path_factory.mktemp("home"))
    store.pointer.write_bytes(content)
    with pytest.raises(ReleaseError):
        store.current_id()


def test_the_pointer_may_have_white_space_around_the_name(store: ReleaseStore) -> None:
    store.path_of(ID).write_bytes(b"whole")
    store.pointer.write_bytes(f" {ID}\r\n".encode())
    assert store.current_id() == ID


def test_releases_are_listed_newest_first_and_unfinished_ones_never(store: ReleaseStore) -> None:
    for name in (ID, OTHER, ".building-0123", "notes", ID[:-1], ID + "0"):
        (store.releases_dir / f"{name}.duckdb").write_bytes(b"")
    (store.releases_dir / f"{ID}.duckdb.wal").write_bytes(b"")
    assert store.ids() == [OTHER, ID]


def test_a_candidate_lies_where_no_reader_looks(store: ReleaseStore) -> None:
    candidate = store.new_candidate()
    candidate.write_bytes(b"half")
    assert candidate.parent == store.releases_dir
    assert candidate != store.new_candidate()
    assert store.ids() == []
    assert store.keep(candidate, ID) == store.path_of(ID)
    assert store.ids() == [ID]
    assert not candidate.exists()
    assert store.current_id() is None


def test_only_one_may_hold_the_home_and_the_next_may_after_it(store: ReleaseStore) -> None:
    with (
        store.exclusive(),
        pytest.raises(ReleaseError, match="Another refresh is running"),
        ReleaseStore(store.home).exclusive(),
    ):
        pass
    with ReleaseStore(store.home).exclusive():
        pass


def test_the_home_is_free_again_after_an_error(store: ReleaseStore) -> None:
    with pytest.raises(ZeroDivisionError), store.exclusive():
        raise ZeroDivisionError
    with store.exclusive():
        pass


def test_holding_the_home_clears_what_a_killed_refresh_left(store: ReleaseStore) -> None:
    candidate = store.new_candidate()
    candidate.write_bytes(b"half")
    candidate.with_name(candidate.name + ".wal").write_bytes(b"log")
    store.path_of(ID).write_bytes(b"whole")
    with store.exclusive():
        assert [path.name for path in store.releases_dir.iterdir()] == [f"{ID}.duckdb"]


def test_a_home_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    with (
        pytest.raises(ReleaseError, match="cannot be written to"),
        ReleaseStore(home).exclusive(),
    ):
        pass


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a database" * 300),
        lambda path: duckdb.connect(str(path)).execute("CREATE TABLE t (x INTEGER)").close(),
        lambda path: None,
        lambda path: path.mkdir(),
    ],
    ids=["empty", "junk", "another database", "absent", "folder"],
)
def test_a_file_that_is_no_release_is_a_clear_error(make: object, tmp_path: Path) -> None:
    path = tmp_path / f"{ID}.duckdb"
    make(path)  # type: ignore[operator]
    with pytest.raises(ReleaseError) as caught:
        read_info(path)
    assert str(path) in str(caught.value)


def test_a_release_that_was_never_finished_is_a_clear_error(small: Small) -> None:
    path = small.store.current_path()
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM release")
    with pytest.raises(ReleaseError, match="never finished"):
        read_info(path)


def test_a_cut_release_file_is_a_clear_error(small: Small) -> None:
    path = small.store.current_path()
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ReleaseError, match="cannot be read as a release"):
        read_info(path)


def test_a_release_id_is_its_time_in_utc_and_eight_digits_of_its_content() -> None:
    moment = datetime(2026, 3, 2, 9, 5, 7, tzinfo=UTC)
    assert make_release_id(moment, "0123abcd" + "f" * 56) == "20260302T090507Z-0123abcd"


moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(moment=moments, digest=st.binary(min_size=32, max_size=32))
def test_every_release_id_is_one_that_a_store_lists_in_order_of_time(
    moment: datetime, digest: bytes
) -> None:
    release_id = make_release_id(moment, digest.hex())
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", release_id)
    later = make_release_id(moment + timedelta(seconds=1), "0" * 64)
    assert sorted([later, release_id]) == [release_id, later]


# Held, discarded, verified ------------------------------------------------------------------------


def test_a_release_is_found_by_the_beginning_of_its_name(store: ReleaseStore) -> None:
    for release_id in (ID, OTHER):
        store.path_of(release_id).write_bytes(b"whole")
    assert store.find(ID) == ID
    assert store.find("20260303") == OTHER


@pytest.mark.parametrize(
    ("beginning", "words"),
    [("202603", "More than one"), ("1999", "There is no"), ("", "There is no"), ("*", "There is")],
)
def test_a_beginning_of_no_release_or_of_several_is_a_clear_error(
    beginning: str, words: str, store: ReleaseStore
) -> None:
    for release_id in (ID, OTHER):
        store.path_of(release_id).write_bytes(b"whole")
    with pytest.raises(ReleaseError, match=words) as caught:
        store.find(beginning)
    assert ID in str(caught.value)
    assert OTHER in str(caught.value)


def test_a_discarded_release_is_gone_but_the_one_that_is_served_never(
    store: ReleaseStore,
) -> None:
    for release_id in (ID, OTHER):
        store.path_of(release_id).write_bytes(b"whole")
    store.publish(ID)
    store.discard(OTHER)
    assert store.ids() == [ID]
    with pytest.raises(ReleaseError, match="is served"):
        store.discard(ID)
    with pytest.raises(ReleaseError, match="cannot be removed"):
        store.discard(OTHER)
    assert store.ids() == [ID]


def test_holding_the_home_clears_a_pointer_that_was_never_put_in_place(
    store: ReleaseStore,
) -> None:
    (store.home / ".current-0123").write_text(ID)
    with store.exclusive():
        assert not list(store.home.glob(".current-*"))


@pytest.mark.parametrize("what", ["publish", "keep"])
def test_a_disk_that_is_full_is_a_clear_error_and_leaves_nothing_behind(
    what: str, store: ReleaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.path_of(ID).write_bytes(b"whole")
    store.publish(ID)
    candidate = store.new_candidate()
    candidate.write_bytes(b"whole")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(ReleaseError, match="No space left on device"):
            store.publish(ID) if what == "publish" else store.keep(candidate, OTHER)
    assert store.current_id() == ID
    assert store.ids() == [ID]
    assert not list(store.home.glob(".current-*"))
    assert candidate.exists() == (what == "publish")


def test_a_release_is_as_it_was_built_by_its_bytes_or_by_its_content(small: Small) -> None:
    release_id = str(small.store.current_id())
    path = small.store.path_of(release_id)
    sha256 = sha256_of(path)
    assert small.store.verify(release_id, sha256).release_id == release_id
    assert small.store.verify(release_id).release_id == release_id
    assert read_content_hash(path)[:8] == release_id[-8:]
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE finding SET message = 'another'")
    with pytest.raises(ReleaseError, match="not as it was built"):
        small.store.verify(release_id, sha256)
    assert small.store.verify(release_id), "findings are no part of the content"
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM comparison WHERE area_code = '703'")
    with pytest.raises(ReleaseError, match="not as it was built"):
        small.store.verify(release_id)


def test_a_copy_under_another_name_is_told_of_and_not_listed(small: Small) -> None:
    release_id = str(small.store.current_id())
    copy = small.store.path_of("20270101T000000Z-" + release_id[-8:])
    copy.write_bytes(small.store.path_of(release_id).read_bytes())
    assert [info.release_id for info in small.store.infos()] == [release_id]
    assert [str(copy) in why for why in small.store.damaged()] == [True]


def test_a_file_that_is_not_there_has_no_hash(tmp_path: Path) -> None:
    for read in (sha256_of, read_content_hash):
        with pytest.raises(ReleaseError, match="cannot be read"):
            read(tmp_path / "absent.duckdb")
