"""The `alliance` command as an analyst uses it: words, exit status, what it prints and where."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from alliance.cli import main

COMMANDS = (
    "demo", "refresh", "check", "serve", "backup", "restore", "releases", "releases current",
    "users add", "users list", "users disable", "users enable", "users set-password",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def alliance(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Said]:
    """Run the command in this process, with no home but the one that it is given."""
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.delenv("ALLIANCE_HOME", raising=False)

    def run(*words: object) -> Said:
        try:
            main([str(word) for word in words])
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return run


@pytest.fixture
def home(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration's home, to be changed."""
    return Path(shutil.copytree(demonstration, tmp_path / "home"))


@pytest.fixture
def table(demonstration: Path) -> Path:
    """One of the demonstration's files."""
    return next((demonstration / "published" / "latest").glob("b1_*.csv"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(
    alliance: Callable[..., Said], command: str
) -> None:
    said = alliance(*command.split(), "--help")
    assert said.status == 0
    assert "Example: " in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("refresh", "--check", "--from", "."),
        ("refresh", "--from", "/nowhere/at/all"),
        ("check",),
        ("check", "/nowhere.csv"),
        ("serve", "--port", "many"),
        ("sing",),
        ("releases", "former"),
    ],
)
def test_wrong_words_end_with_status_2_and_say_which(
    alliance: Callable[..., Said], words: tuple[str, ...]
) -> None:
    said = alliance(*words)
    assert said.status == 2
    assert "Error" in said.err
    assert "Traceback" not in said.err


def test_current_prints_a_path_that_duckdb_opens(
    alliance: Callable[..., Said], demonstration: Path
) -> None:
    said = alliance("releases", "current", "--path", "--home", demonstration)
    path = Path(said.out.strip())
    assert said.status == 0
    with duckdb.connect(str(path), read_only=True) as release:
        assert release.execute("SELECT release_id FROM release").fetchall() == [(path.stem,)]


def test_releases_lists_the_newest_first_and_marks_the_one_served(
    alliance: Callable[..., Said], demonstration: Path
) -> None:
    lines = alliance("releases", "--home", demonstration).out.splitlines()
    listed = json.loads(alliance("releases", "--home", demonstration, "--json").out)
    assert [entry["current"] for entry in listed] == [True, False]
    assert [line.split()[-1] == "(served)" for line in lines] == [True, False]
    assert [entry["release_id"] in line for entry, line in zip(listed, lines, strict=True)] == [
        True,
        True,
    ]


def test_the_home_may_be_said_before_the_command_after_it_or_in_the_environment(
    alliance: Callable[..., Said], demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = alliance("releases", "current", "--home", demonstration)
    before = alliance("--home", demonstration, "releases", "current")
    between = alliance("releases", "--home", demonstration, "current")
    monkeypatch.setenv("ALLIANCE_HOME", str(demonstration))
    environment = alliance("releases", "current")
    assert after.out == before.out == between.out == environment.out != ""


def test_a_home_without_a_release_says_what_to_do(
    alliance: Callable[..., Said], tmp_path: Path
) -> None:
    said = alliance("releases", "current", "--home", tmp_path / "new")
    assert said.status == 1
    assert "alliance refresh --from" in said.err


def test_a_good_file_is_said_to_be_good(
    alliance: Callable[..., Said], demonstration: Path, table: Path
) -> None:
    said = alliance("check", "--home", demonstration, table)
    assert (said.status, said.err) == (0, "")
    assert "no fault in 2,123 rows, periods 2013 to 2025; 2 indicators" in said.out


def test_a_faulty_file_ends_with_status_1_naming_file_row_and_column(
    alliance: Callable[..., Said], demonstration: Path, table: Path, tmp_path: Path
) -> None:
    lines = table.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    cells = lines[30].rstrip("\r\n").split(",")
    cells[-2] = "many"
    lines[30] = ",".join(cells) + "\n"
    bad = tmp_path / "renamed.csv"
    bad.write_text("".join(lines), encoding="utf-8")
    said = alliance("check", "--home", demonstration, "--as", table.name, bad)
    column = lines[0].strip().split(",")[-2]
    assert said.status == 1
    assert f"renamed.csv, row 31, column {column}: “many”" in said.err
    result = json.loads(
        alliance("check", "--home", demonstration, "--as", table.name, bad, "--json").out
    )
    assert result["ok"] is False
    assert [(item["rows"], item["column"]) for item in result["findings"]] == [([31], column)]


def test_an_unknown_file_name_is_told_how_to_be_named(
    alliance: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "ks4_la_final.csv").write_text("a,b\n1,2\n")
    said = alliance("check", tmp_path / "ks4_la_final.csv")
    assert said.status == 1
    assert "Did you mean ks4_la.csv?" in said.err
    assert "--as" in said.err


def test_a_failed_refresh_leaves_the_release_served_and_says_so(
    alliance: Callable[..., Said], home: Path
) -> None:
    before = alliance("releases", "current", "--path", "--home", home).out
    files = home / "published" / "latest"
    said = alliance("refresh", "--home", home, "--from", files)
    assert said.status == 1
    assert "demonstration" in said.err
    assert Path(before.strip()).stem in said.err
    assert "is still served" in said.err
    assert alliance("releases", "current", "--path", "--home", home).out == before


def test_real_figures_never_go_into_the_home_of_a_demonstration_nor_the_other_way(
    alliance: Callable[..., Said], home: Path, tmp_path: Path
) -> None:
    said = alliance("refresh", "--home", home, "--from", home / "published" / "latest", "--json")
    assert said.status == 1
    assert "never go into the same home" in json.loads(said.out)["error"]


def test_progress_stays_off_what_is_not_a_terminal(
    alliance: Callable[..., Said], home: Path
) -> None:
    said = alliance("demo", "--home", home, "--no-serve")
    assert said.err == ""
    assert "%" not in said.out


def test_files_that_are_not_given_are_carried_forward_unless_they_are_meant_to_go(
    alliance: Callable[..., Said], published: Path, tmp_path: Path
) -> None:
    ees = published / "ees"
    whole, part, home = tmp_path / "whole", tmp_path / "part", tmp_path / "home"
    for folder, patterns in ((whole, ("b1_*", "ons_*", "d3_*")), (part, ("b1_*", "ons_*"))):
        folder.mkdir()
        for path in (path for pattern in patterns for path in ees.glob(pattern)):
            (folder / path.name).symlink_to(path)
    first = alliance("refresh", "--home", home, "--from", whole, "--json")
    assert json.loads(first.out)["indicators"] == 5
    again = alliance("refresh", "--home", home, "--from", whole)
    assert again.out.startswith("Nothing has changed")
    carried = alliance("refresh", "--home", home, "--from", part, "--verbose")
    assert carried.status == 0
    assert carried.out.startswith("Nothing has changed")
    assert "d3_cpps_subsequent_plan_2013_to_2025.csv: The file was not given" in carried.out
    meant = alliance("refresh", "--home", home, "--from", part, "--allow-loss")
    assert meant.status == 0
    assert "indicators no longer there: 2" in meant.out


_HEED_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""A shell that starts the tests in the background has its programs ignore interrupts."""


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_its_address_answers_and_stops_when_told(
    demonstration: Path, ending: signal.Signals
) -> None:
    words = ["serve", "--home", str(demonstration), "--port", "0"]
    command = [sys.executable, "-c", "from alliance.cli import main; main()", *words]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 2, "port 0 is no port to give to a director"
    words[-1] = str(_free_port())
    command = [
        sys.executable,
        "-c",
        f"{_HEED_INTERRUPTS}; from alliance.cli import main; main()",
        *words,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[2]
            with urllib.request.urlopen(address, timeout=30) as answer:
                assert answer.status == 200
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
            server.send_signal(ending)
            server.wait(timeout=30)
        finally:
            server.kill()
    assert server.returncode not in (None, -signal.SIGKILL)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
