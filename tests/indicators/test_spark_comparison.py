"""The Spark engine: what is missing for it is told before anybody waits, and nothing that a worker
wrote is taken for the whole unseen. Its figures: tests/alliance/test_spark_refresh.py."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from indicators.comparison import INPUTS
from indicators.spark_comparison import SparkEngine, SparkError, find_java, java_version, take
from tests.indicators.spark_cluster import run_cluster

# On a cluster --------------------------------------------------------------------------------


def test_a_master_without_a_worker_does_not_keep_a_refresh_waiting(
    tmp_path: Path, two_figures: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in INPUTS:
        if name not in {"area", "observation"}:
            two_figures.execute(f"CREATE TABLE {name} AS SELECT 1 AS z95")
    (tmp_path / "cluster").mkdir()
    with run_cluster(os.environ, tmp_path / "cluster") as cluster:
        for name, value in cluster.environment.items():
            monkeypatch.setenv(name, value)
        engine = SparkEngine(cluster.master, tmp_path / "spark", patience=1)
        engine.check(os.environ)
        with pytest.raises(SparkError, match="no worker took a task within 1 seconds"):
            engine(two_figures)
    assert [path.name for path in engine.folder.iterdir()] == ["spark.log"]


# What is missing ---------------------------------------------------------------------------------


@pytest.fixture
def no_master() -> str:
    """The address of a master that is not there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"spark://127.0.0.1:{held.getsockname()[1]}"


def refusal(master: str, folder: Path, environment: dict[str, str]) -> str:
    with pytest.raises(SparkError) as caught:
        SparkEngine(master, folder / "spark").check(environment)
    assert not (folder / "spark").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    "master",
    ["", "cluster:7077", "http://cluster:7077", "spark://cluster", "spark://a:b", "sc://a"],
)
def test_an_address_that_is_no_spark_cluster_s_is_told_apart(master: str, tmp_path: Path) -> None:
    said = refusal(master, tmp_path, dict(os.environ))
    assert f"“{master}” is not the address of a Spark cluster" in said
    assert "spark://HOST:PORT" in said


def test_without_pyspark_the_extra_to_install_is_named(
    tmp_path: Path, no_master: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pyspark" else found(name)
    )
    said = refusal(no_master, tmp_path, dict(os.environ))
    assert f"pyspark, which is not installed for {sys.executable}" in said
    assert "alliance[spark]" in said


def test_without_java_it_says_where_it_looked_and_what_to_install(
    tmp_path: Path, no_master: str
) -> None:
    assert "no java on the PATH" in refusal(no_master, tmp_path, {"PATH": str(tmp_path)})
    said = refusal(no_master, tmp_path, {**os.environ, "JAVA_HOME": str(tmp_path / "gone")})
    assert f"no java in JAVA_HOME ({tmp_path / 'gone'})" in said
    assert "default-jre-headless" in said


def java_that_says(folder: Path, words: str, status: int = 0) -> str:
    """A folder with a program that answers as a Java does."""
    path = folder / "bin" / "java"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ('openjdk version "1.8.0_392"', 0, "is Java 8"),
        ('openjdk version "11.0.21" 2023-10-17', 0, "is Java 11"),
        ('openjdk version "17.0.1"', 1, "does not start"),
        ("not a Java", 0, "does not start"),
    ],
)
def test_a_java_that_spark_does_not_run_on_is_told(
    words: str, status: int, told: str, tmp_path: Path, no_master: str
) -> None:
    home = java_that_says(tmp_path, words, status)
    said = refusal(no_master, tmp_path, {**os.environ, "JAVA_HOME": home})
    assert f"{home}/bin/java {told}" in said
    assert "Install Java 17 or later" in said


@pytest.mark.parametrize(("words", "version"), [('"17.0.15" 2025', 17), ('"21" 2023', 21)])
def test_the_java_of_java_home_goes_before_the_one_on_the_path(
    words: str, version: int, tmp_path: Path
) -> None:
    home = java_that_says(tmp_path, f"openjdk version {words}")
    found = find_java({"JAVA_HOME": home, "PATH": os.environ["PATH"]})
    assert found == f"{home}/bin/java"
    assert java_version(found) == version


def test_a_master_that_does_not_answer_is_named_with_the_reason(
    tmp_path: Path, no_master: str
) -> None:
    home = java_that_says(tmp_path, 'openjdk version "17.0.15"')
    said = refusal(no_master, tmp_path, {**os.environ, "JAVA_HOME": home})
    assert f"No Spark master answers at {no_master}" in said
    assert "refused" in said
    assert "correct --master" in said


def test_of_several_masters_one_that_answers_is_enough(tmp_path: Path, no_master: str) -> None:
    home = java_that_says(tmp_path, 'openjdk version "17.0.15"')
    with socket.create_server(("127.0.0.1", 0)) as server:
        both = f"{no_master},127.0.0.1:{server.getsockname()[1]}"
        SparkEngine(both, tmp_path / "spark").check({**os.environ, "JAVA_HOME": home})


# The folder that is shared -----------------------------------------------------------------------


@pytest.fixture
def two_figures() -> duckdb.DuckDBPyConnection:
    """A connection in which two comparisons are due."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE area AS FROM (VALUES ('1', 'authority'), ('9', 'region')) "
                       "AS a(area_code, area_level)")  # fmt: skip
    connection.execute("CREATE TABLE observation AS FROM (VALUES ('1', 'a'), ('1', 'b'), "
                       "('9', 'a')) AS o(area_code, indicator_id)")  # fmt: skip
    connection.execute("CREATE TABLE comparison (indicator_id VARCHAR, area_code VARCHAR, "
                       "period_end DATE)")  # fmt: skip
    return connection


def write_result(folder: Path, *indicators: str) -> None:
    folder.mkdir()
    frame = pd.DataFrame({"indicator_id": indicators, "area_code": "1", "period_end": None})
    for number, row in enumerate(frame.to_dict("records")):
        pd.DataFrame([row]).to_parquet(folder / f"part-{number}.parquet")


@pytest.mark.parametrize("indicators", [[], ["a"]])
def test_rows_that_a_worker_wrote_to_a_folder_of_its_own_are_missed(
    indicators: list[str], tmp_path: Path, two_figures: duckdb.DuckDBPyConnection
) -> None:
    write_result(tmp_path / "comparison", *indicators)
    with pytest.raises(SparkError, match=r"Not every Spark worker sees .*spark\. The home must be"):
        take(two_figures, tmp_path / "comparison", tmp_path / "spark")


def test_what_all_workers_wrote_lies_in_the_order_of_the_release(
    tmp_path: Path, two_figures: duckdb.DuckDBPyConnection
) -> None:
    write_result(tmp_path / "comparison", "b", "a")
    take(two_figures, tmp_path / "comparison", tmp_path / "spark")
    rows = two_figures.execute("SELECT indicator_id FROM comparison").fetchall()
    assert rows == [("a",), ("b",)]
