"""`alliance mail` as a timer and an administrator run it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alliance.cli import main
from alliance.settings import load_settings
from alliance.store import open_store
from tests.alliance.mail.post_office import PostOffice, running
from tests.alliance.mail.town import TITLE, Town

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A home in which two people are to be told of a challenge, just now."""
    from alliance.home import utc_now

    store = open_store(load_settings(home, {}))
    town = Town(store, clock=[utc_now()])
    town.raise_challenge()
    yield town
    store.close()


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ALLIANCE_HOME", str(home))
    monkeypatch.delenv("ALLIANCE_DATABASE_URL", raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        try:
            main(words)
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def set_up(home: Path, port: int) -> None:
    (home / "settings.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        'from = "alliance@council.example"\nbase_url = "https://alliance.example"\n'
        "timeout_seconds = 2\n",
        encoding="utf-8",
    )


def test_what_waits_is_sent_and_the_list_tells_how_it_went(
    run: Run, home: Path, filled: Town, office: PostOffice
) -> None:
    with running(office) as port:
        set_up(home, port)
        status, out, _ = run("mail", "send")
        assert (status, out) == (
            0, "2 messages sent, 0 to be tried again, 0 given up, 0 not wanted any more.\n",
        )  # fmt: skip
        assert json.loads(run("mail", "digest", "--json")[1])["sent"] == 1
    assert len(office.letters) == 3
    listed = run("mail", "list")[1]
    assert listed.startswith("0 waiting, 2 sent, 0 given up, 0 not wanted.\n")
    assert "jo  sent  1 try" in listed


def test_the_list_says_nothing_of_what_people_are_told(run: Run, filled: Town) -> None:
    (ref,) = {event.subject_id for event in filled.store.events("entry")}
    for words in (("mail", "list"), ("mail", "list", "--json")):
        status, out, _ = run(*words)
        assert status == 0
        assert "jo" in out
        for secret in (ref, TITLE, "share", "challenge", "Fenshire", "901"):
            assert secret not in out


def test_one_state_is_listed_and_an_unknown_one_is_a_fault(run: Run, filled: Town) -> None:
    assert len(json.loads(run("mail", "list", "--state", "waiting", "--json")[1])["messages"]) == 2
    assert json.loads(run("mail", "list", "--state", "sent", "--json")[1])["messages"] == []
    status, _, err = run("mail", "list", "--state", "lost")
    assert status == 1
    assert "There is no state “lost”; known: waiting, sent, given_up, not_wanted." in err


def test_a_server_that_is_away_ends_with_1_and_nothing_is_lost(
    run: Run, home: Path, filled: Town
) -> None:
    set_up(home, 1)
    status, out, err = run("mail", "send")
    assert status == 1
    assert "0 messages sent, 1 to be tried again" in out
    assert "The mail server 127.0.0.1:1 did not take the message" in err
    assert {state for _, state in filled.states()} == {"waiting"}


@pytest.mark.usefixtures("filled")
def test_without_a_server_the_reviews_are_called_all_the_same(run: Run) -> None:
    assert run("mail", "send")[:2] == (
        0, "0 reviews called. No mail is set up: docs/mail.md says what [mail] in settings.toml "
        "holds.\n",
    )  # fmt: skip
    status, _, err = run("mail", "digest")
    assert status == 1
    assert "No mail is set up" in err


def test_the_demonstration_sends_no_email(run: Run, demonstration: Path) -> None:
    for command in ("send", "digest"):
        status, _, err = run("mail", command, "--home", str(demonstration))
        assert status == 1
        assert "is a demonstration: it sends no email" in err


def test_the_server_sends_by_itself_as_often_as_settings_say(
    filled: Town, office: PostOffice
) -> None:
    from dataclasses import replace
    from time import monotonic, sleep

    from alliance.mail.background import begin_sending
    from tests.alliance.mail.post_office import settings_at

    with running(office) as port:
        settings = replace(settings_at(port), every_seconds=0.05)  # type: ignore[arg-type]
        end = begin_sending(filled.store, settings)
        until = monotonic() + 60
        while len(office.letters) < 2 and monotonic() < until:
            sleep(0.05)
        end()
    assert sorted(office.recipients) == ["ana@council.example", "jo@council.example"]
