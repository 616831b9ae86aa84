"""The `[mail]` section: no password and no word goes where it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance.mail.settings import PASSWORD_VARIABLE
from alliance.settings import Settings, load_settings
from ingest.errors import AllianceError

GOOD = {
    "host": '"smtp.council.example"', "from": '"alliance@council.example"',
    "base_url": '"https://alliance.example/"',
}  # fmt: skip


def load(folder: Path, secret: str = "", **changed: str) -> Settings:
    lines = [f"{key} = {value}" for key, value in (GOOD | changed).items() if value]
    (folder / "settings.toml").write_text("[mail]\n" + "\n".join(lines), encoding="utf-8")
    return load_settings(folder, {PASSWORD_VARIABLE: secret})


def test_a_server_is_reached_by_an_encrypted_line_unless_told_otherwise(tmp_path: Path) -> None:
    mail = load(tmp_path).mail
    assert mail is not None
    assert (mail.security, mail.port, mail.base_url) == (
        "starttls", 587, "https://alliance.example",
    )  # fmt: skip
    assert (mail.every_seconds, mail.timeout_seconds) == (0, 30)
    ssl = load(tmp_path, security='"ssl"').mail
    assert ssl is not None
    assert ssl.port == 465


def test_the_password_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    settings = load(tmp_path, "hunter two", user='"alliance"')
    assert settings.mail is not None
    assert settings.mail.password == "hunter two"
    assert "hunter" not in repr(settings)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"host": ""}, "host is missing"),
        ({"from": ""}, "from is missing"),
        ({"from": '"nobody"'}, "from must be an email address"),
        ({"from": '"a@b.example\\nBcc: c@d.example"'}, "from must be an email address"),
        ({"base_url": ""}, "base_url is missing"),
        ({"base_url": '"http://alliance.example"'}, "must be an address that begins with https"),
        ({"base_url": '"https://u:p@alliance.example"'}, "must be an address that begins"),
        ({"security": '"none"'}, "only for a server on this machine"),
        ({"security": '"tls"'}, "security must be one of starttls, ssl, none"),
        ({"port": '"25"'}, "port must be a whole number"),
        ({"port": "true"}, "port must be a whole number"),
        ({"port": "70000"}, "port must be between"),
        ({"every_seconds": "1"}, "every_seconds must be 10 or more"),
        ({"timeout_seconds": "600"}, "timeout_seconds must be between 1 and 60"),
        ({"user": '"alliance"'}, "no password is given in ALLIANCE_MAIL_PASSWORD"),
        ({"password": '"x"'}, "has unknown password"),
    ],
)
def test_a_fault_names_the_file_and_what_is_wrong(
    tmp_path: Path, changed: dict[str, str], fault: str
) -> None:
    with pytest.raises(AllianceError, match=fault) as raised:
        load(tmp_path, **changed)
    assert str(tmp_path / "settings.toml") in str(raised.value)


def test_a_section_that_is_none_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("mail = true", encoding="utf-8")
    with pytest.raises(AllianceError, match=r"\[mail\] must be a section of its own"):
        load_settings(tmp_path, {})
