"""`alliance refresh --hold` and `alliance releases`: an analyst's morning on the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alliance.cli import main
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from tests.alliance.test_command import write_looked_after
from tests.alliance.waiting import BUILDER, COLLEAGUE, HELD_REASON, Waiting, build_waiting

COMMANDS = ("history", "impact", "publish", "roll-back", "discard")
SECOND_PERSON = "[publishing]\nsecond_person = true\n"


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command as somebody, in this process."""
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    for name in ("ALLIANCE_HOME", "ALLIANCE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: object, by: str = COLLEAGUE) -> Said:
        monkeypatch.setenv("LOGNAME", by)
        try:
            main([str(word) for word in words])
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


@pytest.fixture(scope="module")
def waiting_template(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Waiting:
    return build_waiting(tmp_path_factory.mktemp("waiting"), small_catalogue, small_reference)


@pytest.fixture
def waiting(waiting_template: Waiting, tmp_path: Path) -> Waiting:
    return waiting_template.copy(tmp_path / "waiting")


@pytest.fixture
def releases(run: Run, waiting: Waiting) -> Run:
    """Run `alliance releases …` on that home."""

    def call(*words: object, by: str = COLLEAGUE) -> Said:
        return run("releases", *words, "--home", waiting.home, by=by)

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str, run: Run) -> None:
    said = run("releases", command, "--help")
    assert said.status == 0
    assert "Example: " in said.out
    assert "--json" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("publish",),
        ("publish", "2026"),
        ("publish", "2026", "--reason", " "),
        ("roll-back",),
        ("roll-back", "--reason", ""),
        ("discard", "2026"),
        ("impact",),
    ],
)
def test_wrong_words_end_with_status_2(words: tuple[str, ...], waiting: Waiting, run: Run) -> None:
    words = tuple(waiting.second if word == "2026" else word for word in words)
    said = run("releases", *words, "--home", waiting.home)
    assert said.status == 2
    assert "Error" in said.err
    assert waiting.store.current_id() == waiting.first


def test_the_list_says_what_each_release_is(releases: Run, waiting: Waiting) -> None:
    lines = releases().out.splitlines()
    assert [line[2:].split()[0] for line in lines] == [waiting.second, waiting.first]
    assert lines[0].endswith("(held for review)")
    assert lines[1].startswith("* ")
    assert lines[1].endswith("(served)")
    listed = releases("--json").json
    assert [(item["state"], item["current"]) for item in listed] == [
        ("held", False),
        ("served", True),
    ]


def test_the_impact_is_printed_in_the_order_in_which_it_is_read(
    releases: Run, waiting: Waiting
) -> None:
    said = releases("impact", waiting.second)
    assert said.status == 0
    assert f"Impact of {waiting.second} against release {waiting.first}" in said.out
    assert said.out.index("What was revised") < said.out.index("Whose position changes")
    assert "Cedarham, Re-referrals, 2025: " in said.out
    assert " → 55%" in said.out
    as_json = releases("impact", waiting.second, "--json").json
    assert as_json["against"] == waiting.first
    assert as_json["counts"]["revised"] == 1
    (line,) = next(s for s in as_json["sections"] if s["section"] == "revised")["lines"]
    assert (line["area_code"], line["changes"][0]["new"]) == ("703", 55.0)


def test_the_impact_is_for_some_authorities_where_they_are_named(
    releases: Run, waiting: Waiting
) -> None:
    def counts(*words: str) -> Any:
        return releases("impact", waiting.second, "--json", *words).json["counts"]

    assert counts("--authority", "704")["revised"] == 0
    assert counts("--authority", "704", "--authority", "703")["revised"] == 1
    assert counts("--alliance", "Northland")["revised"] == 1
    assert counts("--alliance", "T12000002")["revised"] == 0
    (waiting.home / "settings.toml").write_text('[alliances]\n"Ours" = ["703"]\n')
    assert counts("--alliance", "Ours")["revised"] == 1
    for words in (("--authority", "999"), ("--alliance", "Nowhere")):
        said = releases("impact", waiting.second, *words)
        assert said.status == 2
        assert words[1] in said.err


def test_the_impact_can_be_written_as_csv(releases: Run, waiting: Waiting, tmp_path: Path) -> None:
    file = tmp_path / "impact.csv"
    said = releases("impact", waiting.second, "--csv", file)
    assert said.status == 0
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert f"Wrote {len(rows)} rows to {file}" in said.out
    assert [row["new"] for row in rows if row["section"] == "revised"] == ["55.0"]
    refused = releases("impact", waiting.second, "--csv", tmp_path / "nowhere" / "impact.csv")
    assert refused.status == 1
    assert "cannot be written" in refused.err


def test_a_release_is_named_by_the_beginning_of_its_name(releases: Run, waiting: Waiting) -> None:
    several = releases("publish", "2026", "--reason", "Checked")
    assert several.status == 1
    assert "More than one release" in several.err
    none = releases("publish", "1999", "--reason", "Checked")
    assert none.status == 1
    assert "There is no release" in none.err
    done = releases("publish", waiting.second[:14], "--reason", "Checked", "--json")
    assert done.json == {
        "release_id": waiting.second, "replaced": waiting.first, "done": True,
    }  # fmt: skip


def test_publishing_rolling_back_and_their_history(releases: Run, waiting: Waiting) -> None:
    done = releases("publish", waiting.second, "--reason", "Checked")
    assert done.out == (f"Published release {waiting.second}; {waiting.first} was served before\n")
    again = releases("publish", waiting.second, "--reason", "Checked")
    assert (again.status, again.out) == (
        0, f"Release {waiting.second} is served already: nothing was left to do.\n",
    )  # fmt: skip
    back = releases("roll-back", "--reason", "Regions are wrong", by="c.cedar")
    assert back.out.startswith(f"Rolled back to release {waiting.first}; ")
    assert releases().out.splitlines()[0].endswith("(kept, rolled back)")
    lines = releases("history").out.splitlines()
    assert [line.split("  ")[1] for line in lines] == [BUILDER, BUILDER, COLLEAGUE, "c.cedar"]
    assert lines[1].endswith(f"held for review {waiting.second}  “{HELD_REASON}”")
    assert lines[3].endswith(
        f"rolled back to {waiting.first} in place of {waiting.second}  “Regions are wrong”"
    )
    events = releases("history", waiting.second, "--json").json
    assert [event["action"] for event in events] == ["held", "publication begun", "published"]
    assert {event["subject_id"] for event in events} == {waiting.second}


def test_a_second_person_publishes_where_settings_say_so(releases: Run, waiting: Waiting) -> None:
    (waiting.home / "settings.toml").write_text(SECOND_PERSON)
    refused = releases("publish", waiting.second, "--reason", "Mine", by=BUILDER)
    assert refused.status == 1
    assert "a second person must publish it" in refused.err
    assert waiting.store.current_id() == waiting.first
    assert releases("publish", waiting.second, "--reason", "Seen").status == 0


def test_what_was_compared_with_another_release_is_shown_anew_and_refused(
    releases: Run, waiting: Waiting
) -> None:
    waiting.store.publish(waiting.second)
    said = releases("publish", waiting.first, "--reason", "Back")
    assert said.status == 1
    assert "Look at the impact again" in said.err
    assert f"Impact of {waiting.first} against release {waiting.second}" in said.out
    assert releases(
        "publish", waiting.first, "--reason", "Back", "--against", waiting.second
    ).status == 0  # fmt: skip


def test_a_held_release_is_discarded(releases: Run, waiting: Waiting) -> None:
    said = releases("discard", waiting.second, "--reason", "The file was withdrawn")
    assert (said.status, said.out) == (0, f"Discarded release {waiting.second}\n")
    assert len(releases().out.splitlines()) == 1
    assert "The file was withdrawn" in releases("history").out
    refused = releases("discard", waiting.first, "--reason", "Room", "--json")
    assert refused.status == 1
    assert "never served" in refused.json["error"]


def test_listing_and_history_make_nothing_in_a_home_without_a_record(
    run: Run, tmp_path: Path
) -> None:
    home = tmp_path / "empty"
    assert run("releases", "--home", home).status == 0
    assert run("releases", "history", "--home", home).out == "Nothing is recorded.\n"
    assert not home.exists()


# alliance refresh --hold --------------------------------------------------------------------------


def test_refresh_holds_says_what_would_change_and_what_to_do_next(run: Run, tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    words = ("refresh", "--from", files, "--home", home)
    first = run(*words, "--json").json
    write_looked_after(files, rate="71", row=900)
    held = run(*words, "--hold", "--reason", "Publication day")
    assert held.status == 0
    assert held.out.startswith("Held release ")
    release_id = held.out.split()[2]
    assert f"Impact of {release_id} against release {first['release']['release_id']}" in held.out
    assert "1 figure revised" in held.out
    assert f"alliance releases publish {release_id} --reason" in held.out
    assert run("releases", "current", "--home", home, "--json").json["release_id"] != release_id
    again = run(*words, "--hold")
    assert again.out.startswith(f"Release {release_id} holds these figures and waits for review")
    as_json = run(*words, "--json").json
    assert (as_json["outcome"], as_json["published"]) == ("already held", False)
    assert as_json["impact"]["counts"]["revised"] == 1
    assert "Publication day" in run("releases", "history", "--home", home).out
    published = run("releases", "publish", release_id, "--reason", "Seen", "--home", home)
    assert published.status == 0
    assert run(*words, "--hold").out.startswith("Nothing has changed: release ")
    run("releases", "roll-back", "--reason", "Wrong", "--home", home)
    back = run(*words)
    assert "was rolled back: no second was made" in back.out
    assert back.status == 0


def test_a_plain_refresh_holds_where_settings_ask_for_a_second_person(
    run: Run, tmp_path: Path
) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    home.mkdir()
    (home / "settings.toml").write_text(SECOND_PERSON)
    held = run("refresh", "--from", files, "--home", home, by=BUILDER)
    assert held.status == 0
    assert held.out.startswith("Held release ")
    assert f"What next, by somebody other than {BUILDER}" in held.out
    release_id = held.out.split()[2]
    assert run("releases", "current", "--home", home).status == 1
    words = ("releases", "publish", release_id, "--reason", "Seen", "--home", home)
    assert run(*words, by=BUILDER).status == 1
    assert run(*words).status == 0
    assert release_id in run("releases", "current", "--home", home).out


@pytest.mark.parametrize("words", [("--hold",), ("--reason", "Why")])
def test_looking_for_news_holds_nothing(words: tuple[str, ...], run: Run) -> None:
    said = run("refresh", "--check", *words)
    assert said.status == 2
    assert "--check builds nothing" in said.err
