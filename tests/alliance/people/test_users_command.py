"""`alliance users` as an administrator uses it at a terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from alliance.cli import main
from alliance.people.passwords import verify_password
from alliance.settings import Settings, load_settings
from alliance.store import open_store
from alliance.store.accounts import Account, list_accounts

PASSWORD = "three words together"
ADD = (
    "users", "add", "J.Ashby", "--display-name", "Jo Ashby", "--authority", "873",
    "--alliance", "Eastern triad", "--role", "analyst", "--role", "director", "--password-stdin",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    text = '[alliances]\n"Eastern triad" = ["873", "874", "926"]\n'
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ALLIANCE_HOME", str(home))
    monkeypatch.delenv("ALLIANCE_DATABASE_URL", raising=False)

    def run(*words: str, typed: str = "") -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        try:
            main(words)
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return run


def accounts(home: Path) -> list[Account]:
    store = open_store(load_settings(home, {}))
    with store.read() as session:
        found = list_accounts(session)
    store.close()
    return found


def test_an_account_is_added_with_its_password_from_standard_input(run: Run, home: Path) -> None:
    said = run(*ADD, typed=f"{PASSWORD}\n")
    assert (said.status, said.out) == (0, "Added j.ashby.\n")
    (account,) = accounts(home)
    assert account.username == "j.ashby"
    assert account.roles == ("analyst", "director")
    assert (account.authority_code, account.alliance) == ("873", "Eastern triad")
    assert verify_password(account.password_hash, PASSWORD)


def test_the_list_shows_who_there_is(run: Run) -> None:
    assert "There is no account yet" in run("users", "list").out
    run(*ADD, typed=PASSWORD)
    assert run("users", "list").out == (
        "j.ashby  Jo Ashby  analyst, director  873, Eastern triad\n"
    )
    run("users", "disable", "j.ashby")
    assert "(out of use)" in run("users", "list").out


def test_json_tells_everything_but_the_password(run: Run) -> None:
    said = run(*ADD, "--json", typed=PASSWORD)
    added = json.loads(said.out)
    assert added["username"] == "j.ashby"
    assert added["roles"] == ["analyst", "director"]
    assert added["active"] is True
    assert "password_hash" not in added
    (listed,) = json.loads(run("users", "list", "--json").out)
    assert listed == added
    assert json.loads(run("users", "disable", "j.ashby", "--json").out)["active"] is False
    assert "argon2" not in said.out


def test_an_account_is_taken_out_of_use_and_put_back(run: Run, home: Path) -> None:
    run(*ADD, typed=PASSWORD)
    said = run("users", "disable", "J.ASHBY", "--reason", "Left the council")
    assert said.out == "j.ashby is out of use.\n"
    assert run("users", "disable", "j.ashby").out == "j.ashby was already out of use.\n"
    assert run("users", "enable", "j.ashby").out == "j.ashby is in use.\n"
    store = open_store(Settings(home))
    events = store.events("account", "j.ashby")
    store.close()
    assert [(e.action, e.reason) for e in events] == [
        ("added", ""), ("disabled", "Left the council"), ("enabled", ""),
    ]  # fmt: skip
    assert {event.actor for event in events} != {""}


def test_a_password_is_set_anew(run: Run, home: Path) -> None:
    run(*ADD, typed=PASSWORD)
    said = run("users", "set-password", "j.ashby", "--password-stdin", typed="another three words")
    assert (said.status, said.out) == (0, "j.ashby has a new password.\n")
    (account,) = accounts(home)
    assert verify_password(account.password_hash, "another three words")


@pytest.mark.parametrize(
    ("words", "typed", "fault"),
    [
        (ADD, "", "There is no password on standard input"),
        (ADD, "short\n", "12 characters or more"),
        (ADD, "j.ashby-j.ashby\n", "must not hold the username"),
        (ADD[:-1], PASSWORD, "add --password-stdin"),
        ((*ADD, "--authority", "999"), PASSWORD, "There is no authority 999"),
        ((*ADD, "--authority", "201"), PASSWORD, "201 does not belong to the alliance"),
        ((*ADD, "--alliance", "Nowhere"), PASSWORD, "There is no alliance “Nowhere”"),
        ((*ADD[:2], "J Ashby", *ADD[3:]), PASSWORD, "cannot be a username"),
        (("users", "disable", "nobody"), "", "There is no account “nobody”"),
        (("users", "set-password", "nobody", "--password-stdin"), PASSWORD, "There is no account"),
    ],
)
def test_what_cannot_be_done_says_why_and_ends_with_1(
    run: Run, home: Path, words: tuple[str, ...], typed: str, fault: str
) -> None:
    said = run(*words, typed=typed)
    assert (said.status, said.out) == (1, "")
    assert fault in said.err
    told = run(*words, "--json", typed=typed)
    assert fault in json.loads(told.out)["error"]
    assert accounts(home) == []


@pytest.mark.parametrize(
    "words",
    [
        ("users", "add", "j.ashby", "--role", "analyst"),
        ("users", "add", "j.ashby", "--display-name", "Jo"),
        ("users", "add", "j.ashby", "--display-name", "Jo", "--role", "emperor"),
        ("users", "add", "j.ashby", "--display-name", "Jo", "--role", "analyst", "--password", "x"),
        ("users", "nonsense"),
        ("users", "disable"),
    ],
)
def test_wrong_words_end_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).status == 2


def test_a_name_that_is_taken_is_told(run: Run, home: Path) -> None:
    run(*ADD, typed=PASSWORD)
    said = run(*ADD, typed=PASSWORD)
    assert said.status == 1
    assert "There is an account “j.ashby” already" in said.err
    assert len(accounts(home)) == 1


def test_the_demonstration_takes_no_accounts(run: Run, demonstration: Path) -> None:
    said = run(*ADD[:2], "--home", str(demonstration), *ADD[2:], typed=PASSWORD)
    assert said.status == 1
    assert "is a demonstration: nobody signs in there" in said.err
    listed = run("users", "list", "--home", str(demonstration))
    assert listed.status == 0
    assert "m.ashby  Morgan Ashby  director  629" in listed.out


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(
    home: Path,
) -> None:
    import os
    import pty
    import subprocess
    import sys
    import time

    child, parent = pty.openpty()
    command = [sys.executable, "-c", "from alliance.cli import main; main()", *ADD[:-1]]
    environment = {**os.environ, "ALLIANCE_HOME": str(home)}
    with subprocess.Popen(
        command, env=environment, stdin=parent, stdout=parent, stderr=parent, start_new_session=True
    ) as process:
        os.close(parent)
        said = b""
        answers = {b"Password": PASSWORD, b"Repeat for confirmation": PASSWORD}
        for question, answer in answers.items():
            while question not in said:
                said += os.read(child, 1000)
            said = b""
            time.sleep(0.2)
            os.write(child, answer.encode() + b"\n")
        rest = b""
        while b"Added" not in rest:
            rest += os.read(child, 1000)
        process.wait(timeout=60)
    os.close(child)
    assert process.returncode == 0
    assert PASSWORD.encode() not in rest
    (account,) = accounts(home)
    assert verify_password(account.password_hash, PASSWORD)


# People move -----------------------------------------------------------------------------------


def test_an_observer_may_have_no_authority_and_has_no_other_role(run: Run, home: Path) -> None:
    observer = (
        "users", "add", "obi", "--display-name", "Obi Vane", "--role", "observer",
        "--password-stdin",
    )  # fmt: skip
    refused = run(*observer, typed=PASSWORD)
    assert refused.status == 1
    assert "An observer belongs to an alliance" in refused.err
    both = run(*observer, "--alliance", "Eastern triad", "--role", "analyst", typed=PASSWORD)
    assert "so has no other role" in both.err
    assert run(*observer, "--alliance", "Eastern triad", typed=PASSWORD).status == 0
    (account,) = accounts(home)
    assert (account.roles, account.authority_code) == (("observer",), None)


def test_an_account_is_changed_in_what_is_given_and_its_sessions_end(run: Run, home: Path) -> None:
    run(*ADD, "--email", "Jo@Council.example", typed=PASSWORD)
    (before,) = accounts(home)
    assert before.email == "jo@council.example"
    said = run(
        "users", "change", "j.ashby", "--authority", "874", "--role", "director",
        "--reason", "New post",
    )  # fmt: skip
    assert said.out == "j.ashby is changed (authority, roles), and signed out.\n"
    (after,) = accounts(home)
    assert (after.authority_code, after.roles) == ("874", ("director",))
    assert (after.display_name, after.alliance, after.email) == (
        "Jo Ashby", "Eastern triad", "jo@council.example",
    )  # fmt: skip
    assert after.version == before.version + 1, "which is what ends its sessions"
    store = open_store(Settings(home))
    event = store.events("account", "j.ashby")[-1]
    store.close()
    assert (event.action, event.reason) == ("changed", "New post")
    assert event.details == {
        "authority_code": {"before": "873", "after": "874"},
        "roles": {"before": ["analyst", "director"], "after": ["director"]},
    }
    assert run("users", "change", "j.ashby", "--role", "director").out == "j.ashby is as it was.\n"


def test_an_address_is_told_as_changed_and_never_itself(run: Run, home: Path) -> None:
    run(*ADD, typed=PASSWORD)
    run("users", "change", "j.ashby", "--email", "jo@council.example")
    run("users", "change", "j.ashby", "--email", "none", "--alliance", "none")
    (account,) = accounts(home)
    assert (account.email, account.alliance) == (None, None)
    store = open_store(Settings(home))
    events = store.events("account")
    store.close()
    assert [event.details.get("email") for event in events[1:]] == ["changed", "changed"]
    assert "jo@council.example" not in repr(events)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--email", "nonsense"), "cannot be an email address"),
        (("--authority", "201"), "201 does not belong to the alliance"),
        (("--alliance", "Nowhere"), "There is no alliance"),
        (("--role", "observer", "--alliance", "none"), "An observer belongs to an alliance"),
        (("--email", "priya@council.example"), "one with that address"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    run: Run, home: Path, words: tuple[str, ...], fault: str
) -> None:
    run(*ADD, typed=PASSWORD)
    run("users", "add", "priya", "--display-name", "Priya", "--role", "member",
        "--email", "priya@council.example", "--no-password")  # fmt: skip
    before = accounts(home)
    said = run("users", "change", "j.ashby", *words)
    assert said.status == 1
    assert fault in said.err
    assert accounts(home) == before


def test_nobody_is_called_as_the_product_itself(run: Run) -> None:
    said = run("users", "add", "Alliance", *ADD[3:], typed=PASSWORD)
    assert said.status == 1
    assert "is the name of no person" in said.err


def test_a_link_is_printed_for_whoever_runs_the_machine(run: Run, home: Path) -> None:
    run(*ADD, typed=PASSWORD)
    assert "add --address" in run("users", "reset-link", "j.ashby").err
    said = run("users", "reset-link", "j.ashby", "--address", "https://alliance.example/")
    assert said.out.startswith("https://alliance.example/reset/")
    assert len(said.out.strip().rpartition("/")[2]) >= 40
    run("users", "disable", "j.ashby")
    assert "out of use" in run("users", "reset-link", "j.ashby", "--address", "https://a.b").err
    assert "There is no account" in run("users", "reset-link", "nobody", "--address", "x").err
