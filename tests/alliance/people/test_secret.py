"""The key that signs sessions is made once, whole, and is its owner's alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alliance.people.secret import load_secret_key
from alliance.settings import Settings
from ingest.errors import AllianceError


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    key = load_secret_key(Settings(home))
    assert len(key) == 64
    assert load_secret_key(Settings(home)) == key
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_two_homes_have_different_keys(tmp_path: Path) -> None:
    keys = {load_secret_key(Settings(tmp_path / name)) for name in "ab"}
    assert len(keys) == 2


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_secret_key(Settings(tmp_path / "home")), range(32)))
    assert len(keys) == 1


def test_the_environments_key_stands_before_the_files(tmp_path: Path) -> None:
    assert load_secret_key(Settings(tmp_path / "home", secret_key="k" * 32)) == "k" * 32
    assert not (tmp_path / "home").exists()


def test_a_short_key_is_refused_without_being_told(tmp_path: Path) -> None:
    with pytest.raises(AllianceError, match="ALLIANCE_SECRET_KEY holds a key of 7") as raised:
        load_secret_key(Settings(tmp_path, secret_key="hunter2"))
    assert "hunter2" not in str(raised.value)
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(AllianceError, match=r"secret\.key holds a key of 0 characters"):
        load_secret_key(Settings(tmp_path))


def test_a_home_that_cannot_hold_a_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(AllianceError, match="ALLIANCE_SECRET_KEY"):
        load_secret_key(Settings(tmp_path / "home"))
