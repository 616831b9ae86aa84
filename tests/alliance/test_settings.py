"""Settings come from one file and the environment, and a fault in them is named."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from alliance.settings import (
    DATABASE_VARIABLE,
    HOME_VARIABLE,
    KNOWN_SETTINGS,
    SECRET_VARIABLE,
    Settings,
    load_settings,
)
from ingest.errors import AllianceError


def write(home: Path, text: str) -> Path:
    path = home / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_home_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings(tmp_path, "", "", {})


def test_the_file_says_whose_figures_come_first_and_names_sets_of_authorities(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        'authority = "873"\nalliance = "Eastern triad"\n'
        '[alliances]\n"Eastern triad" = ["873", "874", "926", "873"]\n',
    )
    settings = load_settings(tmp_path, {})
    assert settings.authority == "873"
    assert settings.alliance == "Eastern triad"
    assert dict(settings.alliances) == {"Eastern triad": ("873", "874", "926")}


def test_the_home_given_stands_before_the_environment_and_that_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    named = {HOME_VARIABLE: str(tmp_path / "named")}
    assert load_settings(tmp_path / "given", named).home == tmp_path / "given"
    assert load_settings(None, named).home == tmp_path / "named"
    assert load_settings(None, {}).home == tmp_path / ".alliance"
    assert load_settings("", {HOME_VARIABLE: ""}).home == tmp_path / ".alliance"
    assert load_settings("~/mine", {}).home == tmp_path / "mine"


def test_a_home_is_an_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings("here", {}).home == tmp_path / "here"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("authority = 873", 'authority must be in quotes, such as authority = "873"'),
        ("alliance = []", "alliance must be in quotes"),
        ("authorty = '873'", "unknown setting authorty; known: authority, alliance, alliances"),
        ("publishing = true", "[publishing] may hold second_person = true or false"),
        ("[publishing]\nsecond_person = 'yes'", "[publishing] may hold second_person = true or"),
        ("[publishing]\nsecond = true", "[publishing] may hold second_person = true or false"),
        ("alliances = ['873']", "alliances must be a table"),
        ("[alliances]\nEast = '873'", "alliance “East” must be a list of DfE numbers in quotes"),
        ("[alliances]\nEast = []", "alliance “East” must be a list"),
        ("[alliances]\nEast = [873]", "alliance “East” must be a list"),
        ("authority = ", "cannot be read"),
    ],
)
def test_a_fault_names_the_file_and_what_is_wrong(tmp_path: Path, text: str, fault: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(AllianceError) as raised:
        load_settings(tmp_path, {})
    assert str(path) in str(raised.value)
    assert fault in str(raised.value)


def test_a_file_in_another_encoding_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes('authority = "é"'.encode("latin-1"))
    with pytest.raises(AllianceError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    write(tmp_path, '[alliances]\nEast = ["873"]\n')
    settings = load_settings(tmp_path, {})
    with pytest.raises(FrozenInstanceError):
        settings.authority = "1"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.alliances["West"] = ("1",)  # type: ignore[index]


def test_a_second_person_publishes_where_settings_say_so(tmp_path: Path) -> None:
    assert not load_settings(tmp_path, {}).second_person
    write(tmp_path, "[publishing]\n")
    assert not load_settings(tmp_path, {}).second_person
    write(tmp_path, "[publishing]\nsecond_person = true\n")
    assert load_settings(tmp_path, {}).second_person


@pytest.mark.parametrize("file", ["", 'authority = "873"\n'])
def test_the_database_and_the_key_come_from_the_environment_and_are_never_shown(
    tmp_path: Path, file: str
) -> None:
    if file:
        write(tmp_path, file)
    address = "postgresql://alliance:hunter2@localhost/alliance"
    environment = {DATABASE_VARIABLE: address, SECRET_VARIABLE: "k" * 40}
    settings = load_settings(tmp_path, environment)
    assert settings.database_url == address
    assert settings.secret_key == "k" * 40
    assert "hunter2" not in repr(settings)
    assert "kkk" not in repr(settings)


def test_every_known_setting_is_a_field() -> None:
    of_the_file = set(KNOWN_SETTINGS) - {"publishing"} | {"second_person"}
    of_the_environment = {"database_url", "secret_key"}
    assert of_the_file | of_the_environment | {"home"} == set(Settings.__dataclass_fields__)
