"""The `alliance` command in a process of its own: from a folder of files to a served release."""

from __future__ import annotations

import csv
import json
import os
import pty
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.paths import data_dir
from tests.demonstration import copy_home, said_of_demonstration

LOOKED_AFTER = "cla_number_and_rate_per_10k_children.csv"
KINDS = (
    "Children ceasing to be looked after each year",
    "Children looked after on 31 March each year",
    "Children starting to be looked after each year",
)
COLUMNS = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "old_la_code", "la_name", "new_la_code", "population_type",
    "population_estimate", "children_count", "rate_per_10000",
)  # fmt: skip
ALLIANCE = (sys.executable, "-c", "from alliance.cli import main; main()")


@dataclass(frozen=True)
class Ran:
    """How a process ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Analyst:
    """Runs the command with a home folder of their own."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        mine = {k: v for k, v in os.environ.items() if k not in {"ALLIANCE_HOME", "HOME"}}
        return mine | {"HOME": str(self.folder)} | more

    def run(self, *words: object, **environment: str) -> Ran:
        done = subprocess.run(
            [*ALLIANCE, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env=self.environment(**environment),
            cwd=self.folder,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def run_on_a_terminal(self, *words: object) -> tuple[int, str]:
        """The same with standard error on a terminal; gives status and what the terminal got."""
        master, slave = pty.openpty()
        with subprocess.Popen(
            [*ALLIANCE, *map(str, words)],
            stdout=subprocess.DEVNULL,
            stderr=slave,
            env=self.environment(TERM="xterm"),
        ) as process:
            os.close(slave)
            shown = b"".join(iter(lambda: _read(master), b""))
        os.close(master)
        return process.returncode, shown.decode(errors="replace")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so where nothing holds the other end any more
        return b""


@pytest.fixture
def analyst(tmp_path: Path) -> Analyst:
    return Analyst(tmp_path)


@pytest.fixture
def demo_home(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration's home, to be changed."""
    return copy_home(demonstration, tmp_path / "demo-home")


def reference(name: str) -> list[dict[str, str]]:
    with (data_dir() / "reference" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_looked_after(folder: Path, *, rate: str = "70", row: int = 0) -> Path:
    """A whole table of made-up equal figures, in the publisher's form; `rate` in that row."""
    areas: list[tuple[str, ...]] = [("National", "", "", "", "", "")]
    areas += [
        ("Regional", area["area_code"], area["name"], "", "", "")
        for area in reference("regions.csv")
        if area["area_level"] == "region"
    ]
    gss = {r["area_code"]: r["gss_code"] for r in reference("gss_codes.csv") if not r["valid_to"]}
    areas += [
        ("Local authority", a["subregion_code"] or a["region_code"], "", a["area_code"],
         a["name"], gss[a["area_code"]])
        for a in reference("authorities.csv")
        if not a["valid_to"]
    ]  # fmt: skip
    folder.mkdir(exist_ok=True)
    path = folder / LOOKED_AFTER
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        number = 1
        for year in (2024, 2025):
            for level, *codes in areas:
                for kind in KINDS:
                    number += 1
                    cell = rate if number == row else "70"
                    writer.writerow(
                        [year, "Reporting year", level, "E92000001", "England", *codes, kind,
                         10_000, 70, cell]
                    )  # fmt: skip
    return path


# From files to a release -------------------------------------------------------------------------


def test_a_folder_becomes_a_release_and_the_same_folder_no_other(
    analyst: Analyst, tmp_path: Path
) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    first = analyst.run("refresh", "--from", files, "--home", home)
    assert (first.status, first.err) == (0, "")
    assert first.out.startswith("Published release ")
    assert "1 of the" in first.out
    assert "3 (3 headline, 0 others)" in first.out
    assert "everything: this is the first release here" in first.out
    again = analyst.run("refresh", "--from", files, "--home", home)
    assert (again.status, again.err) == (0, "")
    assert again.out.startswith("Nothing has changed: release ")
    current = analyst.run("releases", "current", "--home", home, "--json").json
    assert current["release_id"] in first.out
    assert current["release_id"] in again.out
    assert current["demo"] is False
    with duckdb.connect(current["path"], read_only=True) as release:
        (count,) = release.execute("SELECT count(*) FROM observation").fetchall()[0]
    assert count == current["n_observations"] == 2 * 3 * (153 + 11 + 1)


def test_what_a_refresh_prints_as_json_says_what_was_done(analyst: Analyst, tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    first = analyst.run("refresh", "--from", files, "--home", home, "--json").json
    assert first["published"] is True
    assert (first["files"], first["rows"], first["headline_indicators"]) == (1, 990, 3)
    assert Path(first["path"]).is_file()
    write_looked_after(files, rate="71", row=900)
    second = analyst.run("refresh", "--from", files, "--home", home, "--json").json
    assert second["release"]["previous_release_id"] == first["release"]["release_id"]
    assert [(row["kind"], row["figures"]) for row in second["changes"]] == [("revised", 1)]
    assert analyst.run("refresh", "--from", files, "--home", home, "--json").json["published"] is (
        False
    )


def test_a_fault_ends_with_status_1_names_the_cell_and_leaves_the_release_served(
    analyst: Analyst, tmp_path: Path
) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    assert analyst.run("refresh", "--from", files, "--home", home).status == 0
    before = {path: path.read_bytes() for path in home.rglob("*") if path.suffix == ".duckdb"}
    served = (home / "current").read_text()
    write_looked_after(files, rate="seventy", row=321)
    failed = analyst.run("refresh", "--from", files, "--home", home)
    assert failed.status == 1
    assert failed.out.startswith(f"Nothing has changed: release {served.strip()}")
    assert "Stopped: Children looked after in England" in failed.err
    assert f"Error: {LOOKED_AFTER}, row 321, column rate_per_10000: “seventy”" in failed.err
    assert (home / "current").read_text() == served
    assert {p: p.read_bytes() for p in home.rglob("*") if p.suffix == ".duckdb"} == before
    as_json = analyst.run("refresh", "--from", files, "--home", home, "--json")
    assert as_json.status == 1
    (finding,) = [item for item in as_json.json["findings"] if item["severity"] == "error"]
    (stopped,) = as_json.json["stopped"]
    assert stopped["kept"] == [LOOKED_AFTER]
    assert (finding["file_name"], finding["rows"], finding["column"]) == (
        LOOKED_AFTER,
        [321],
        "rate_per_10000",
    )


def test_a_first_refresh_that_fails_leaves_no_release(analyst: Analyst, tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files, rate="seventy", row=2)
    failed = analyst.run("refresh", "--from", files, "--home", home)
    assert failed.status == 1
    assert "There is no release yet." in failed.err
    assert not list(home.rglob("*.duckdb"))
    assert analyst.run("releases", "--home", home, "--json").json == []


def test_a_file_is_checked_by_its_name_or_by_the_name_that_is_said(
    analyst: Analyst, tmp_path: Path
) -> None:
    path = write_looked_after(tmp_path / "files")
    good = analyst.run("check", path, "--json")
    assert (good.status, good.json["ok"], good.json["rows"]) == (0, True, 990)
    assert good.json["periods"] == ["2024", "2025"]
    assert len(good.json["indicators"]) == 3
    other = path.rename(tmp_path / "download.csv")
    assert analyst.run("check", other).status == 1
    assert analyst.run("check", other, "--as", LOOKED_AFTER).status == 0


# Homes --------------------------------------------------------------------------------------------


def test_the_demonstration_is_made_from_nothing_in_one_command(
    tmp_path_factory: pytest.TempPathFactory, demonstration: Path
) -> None:
    home, made = said_of_demonstration(tmp_path_factory.getbasetemp())
    assert made["home"] == str(home)
    assert made["demo"] is True
    assert Path(made["path"]).parent == home / "releases"
    assert made["previous_release_id"] is not None
    assert (demonstration / "releases" / Path(made["path"]).name).is_file()


def test_the_demonstration_lies_in_a_home_of_its_own_and_is_found_there(
    analyst: Analyst, demonstration: Path, tmp_path: Path
) -> None:
    home = copy_home(demonstration, tmp_path / ".alliance-demonstration")
    again = analyst.run("demo", "--no-serve")
    assert again.out.startswith("Found the demonstration (invented authorities and figures)")
    listed = analyst.run("releases", ALLIANCE_HOME=str(home)).out.splitlines()
    assert len(listed) == 2
    assert all(", demonstration" in line for line in listed)


def test_the_home_that_is_said_stands_before_that_of_the_environment(
    analyst: Analyst, demonstration: Path, tmp_path: Path
) -> None:
    words = ("releases", "current", "--path")
    elsewhere = {"ALLIANCE_HOME": str(tmp_path / "empty")}
    path = analyst.run(*words, "--home", demonstration, **elsewhere)
    assert path.status == 0
    assert Path(path.out.strip()).parent.parent == demonstration
    assert analyst.run("--home", demonstration, *words, **elsewhere).out == path.out
    assert analyst.run(*words, ALLIANCE_HOME=str(demonstration)).out == path.out
    missing = analyst.run(*words, **elsewhere)
    assert (missing.status, missing.out) == (1, "")
    assert str(tmp_path / "empty") in missing.err


def test_a_demonstration_is_never_made_in_a_home_of_real_figures(
    analyst: Analyst, tmp_path: Path
) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    analyst.run("refresh", "--from", files, "--home", home)
    before = sorted(path.relative_to(home) for path in home.rglob("*"))
    refused = analyst.run("demo", "--no-serve", "--home", home)
    assert refused.status == 1
    assert "holds real figures; demonstration figures never go into the same home" in refused.err
    assert sorted(path.relative_to(home) for path in home.rglob("*")) == before


def test_real_figures_never_go_into_the_home_of_a_demonstration(
    analyst: Analyst, demo_home: Path, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    write_looked_after(files)
    served = (demo_home / "current").read_text()
    refused = analyst.run("refresh", "--from", files, "--home", demo_home)
    assert refused.status == 1
    assert "holds demonstration figures; real figures never go into the same home" in refused.err
    assert (demo_home / "current").read_text() == served


def test_a_fault_in_the_settings_is_said_and_not_worked_round(
    analyst: Analyst, demo_home: Path
) -> None:
    (demo_home / "settings.toml").write_text("authority = 629\n")
    for words in (("serve",), ("releases",), ("demo", "--no-serve")):
        said = analyst.run(*words, "--home", demo_home)
        assert said.status == 1
        assert "settings.toml: authority must be in quotes" in said.err
        assert "Traceback" not in said.err


# On a terminal and off one ------------------------------------------------------------------------


def test_progress_is_shown_on_a_terminal_and_nowhere_else(analyst: Analyst, tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_looked_after(files)
    status, shown = analyst.run_on_a_terminal("refresh", "--from", files, "--home", home)
    assert status == 0
    assert "%" in shown
    assert LOOKED_AFTER in shown or "comparisons" in shown
    piped = analyst.run("refresh", "--from", files, "--home", home)
    assert (piped.status, piped.err) == (0, "")
    assert "\x1b" not in piped.out


def test_no_words_print_the_help_with_status_2(analyst: Analyst) -> None:
    said = analyst.run()
    assert said.status == 2
    assert "Usage: " in said.out + said.err
    assert "demo" in said.out + said.err


# Serving ------------------------------------------------------------------------------------------


def test_a_home_without_a_release_is_not_served(analyst: Analyst, tmp_path: Path) -> None:
    said = analyst.run("serve", "--home", tmp_path / "empty")
    assert said.status == 1
    assert "There is no release" in said.err
    assert "alliance demo" in said.err


def test_a_port_that_is_taken_is_said_with_what_to_do(
    analyst: Analyst, demonstration: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = analyst.run("serve", "--home", demonstration, "--port", port)
    assert said.status == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in said.err
    assert "--port" in said.err


def test_a_demonstration_finds_a_free_port_and_is_served(analyst: Analyst, demo_home: Path) -> None:
    command = [*ALLIANCE, "demo", "--home", str(demo_home)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=analyst.environment()
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Found the demonstration")
        line = server.stdout.readline()
        assert line.startswith("Serving at http://127.0.0.1:80")
        with urllib.request.urlopen(line.split()[2], timeout=60) as answer:
            assert answer.status == 200
        server.terminate()
