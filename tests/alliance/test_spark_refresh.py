"""`alliance refresh --engine spark` on a real cluster makes the release that the embedded engine
makes; without a cluster it publishes nothing and says why."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from alliance.refresh import RefreshReport
from tests.indicators.spark_cluster import run_cluster

ALLIANCE = (sys.executable, "-c", "from alliance.cli import main; main()")


def run(environment: Mapping[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ALLIANCE, *map(str, words)], env=dict(environment), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def bits(alias: str) -> str:
    """All comparisons in the order in which they lie, nothing rounded: a double is written so that
    the same one is read back, and minus nought is not nought."""
    return f"SELECT CAST(c AS VARCHAR) AS row FROM {alias}.comparison AS c ORDER BY c.rowid"


def test_a_cluster_of_two_workers_makes_the_release_of_the_real_files_bit_for_bit(
    published_report: RefreshReport, published: Path, tmp_path: Path
) -> None:
    place, home = tmp_path / "cluster", tmp_path / "home"
    place.mkdir()
    with run_cluster(os.environ, place) as cluster:
        cluster.start_worker()
        cluster.start_worker()
        ran = run(
            cluster.environment, "refresh", "--home", home, "--from", published,
            "--engine", "spark", "--master", cluster.master, "--json",
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
    for number in (1, 2):
        assert list((place / f"work-{number}").glob("app-*/*/stderr"))
    told = json.loads(ran.stdout)
    assert told["release"]["release_id"].split("-")[1] == published_report.info.release_id[-8:]
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published_report.path}' AS here (READ_ONLY)")
        connection.execute(f"ATTACH '{told['path']}' AS there (READ_ONLY)")
        rows, differing = connection.execute(
            "SELECT count(*), count(*) FILTER (h.row IS DISTINCT FROM t.row) "
            f"FROM ({bits('here')}) AS h POSITIONAL JOIN ({bits('there')}) AS t"
        ).fetchall()[0]
        assert connection.execute("SELECT count(*) FROM there.comparison").fetchone() == (rows,)
    assert rows > 600_000
    assert differing == 0
    assert not (home / "spark").exists()


@pytest.fixture
def no_master() -> str:
    """The address of a master that is not there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"spark://127.0.0.1:{held.getsockname()[1]}"


def test_a_refresh_whose_cluster_does_not_answer_publishes_nothing_and_says_what_to_do(
    tmp_path: Path, no_master: str
) -> None:
    home = tmp_path / "home"
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.15\"' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    words = ("refresh", "--home", home, "--from", tmp_path, "--engine", "spark")
    environment = {**os.environ, "JAVA_HOME": str(tmp_path)}
    ran = run(environment, *words, "--master", no_master)
    assert ran.returncode == 1
    assert f"No Spark master answers at {no_master}" in ran.stderr
    assert "leave --engine out" in ran.stderr
    assert "Nothing was published. There is no release yet." in ran.stderr
    assert not (home / "releases").exists()
    as_json = run(environment, *words, "--master", no_master, "--json")
    assert as_json.returncode == 1
    assert f"No Spark master answers at {no_master}" in json.loads(as_json.stdout)["error"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--engine", "spark"], "go together"),
        (["--master", "spark://a:7077"], "go together"),
        (["--engine", "spark", "--master", "spark://a:7077", "--check"], "--check builds nothing"),
        (["--engine", "hadoop"], "'embedded', 'spark'"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(
    words: list[str], told: str, tmp_path: Path
) -> None:
    folder = [] if "--check" in words else ["--from", tmp_path]
    ran = run(os.environ | {"COLUMNS": "200"}, "refresh", "--home", tmp_path, *folder, *words)
    assert ran.returncode == 2
    assert told in ran.stderr
