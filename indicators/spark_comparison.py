"""The comparisons worked out by an Apache Spark cluster: hands the tables over as Parquet, has the
same SQL run there (`indicators.spark_job`), and takes the result into the release.

Never changes a figure: the two engines are equal to the last bit (docs/spark.md, docs/adr/0019).
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from indicators.comparison import INPUTS
from indicators.spark_job import FAILED, NO_WORKER, NOT_CONNECTED
from ingest.errors import AllianceError

LEAST_JAVA = 17
SECONDS_TO_ANSWER = 5
SECONDS_FOR_A_WORKER = 120
OTHERWISE = "Or leave --engine out: the embedded engine gives the same figures."
_MASTER = re.compile(r"spark://[^\s/,]+:\d+(,[^\s/,]+:\d+)*|local(\[.+\])?|yarn|k8s://\S+")
_ROWS_DUE = (
    "SELECT COUNT(*) FROM observation JOIN area USING (area_code) WHERE area_level = 'authority'"
)
_TAKE = (
    "INSERT INTO comparison BY NAME SELECT * FROM read_parquet(?) "
    "ORDER BY indicator_id, period_end, area_code"
)


class SparkError(AllianceError):
    """The cluster cannot be used, or failed at the comparison. Nothing was published."""


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """A comparison engine (`indicators.comparison.Engine`).

    master: the cluster's address, as Spark writes it. folder: where tables are handed over; all
    workers see it under this same path. patience: seconds that a worker may take to begin.
    """

    master: str
    folder: Path
    patience: float = SECONDS_FOR_A_WORKER

    def check(self, environment: Mapping[str, str]) -> None:
        """Raises `SparkError` where something is missing that can be seen without a cluster at
        work: before files are read, so that nobody waits for nothing."""
        if not _MASTER.fullmatch(self.master):
            raise SparkError(
                f"“{self.master}” is not the address of a Spark cluster. --master takes "
                "spark://HOST:PORT (as the master's log prints it), yarn, k8s://HOST:PORT or, "
                "to try it on this machine, local[2]."
            )
        if importlib.util.find_spec("pyspark") is None:
            raise SparkError(
                "--engine spark needs the package pyspark, which is not installed for "
                f"{sys.executable}. Install the extra: python -m pip install 'alliance[spark]', "
                f"in a checkout uv sync --extra spark. {OTHERWISE}"
            )
        _check_java(environment)
        _check_answers(self.master)

    def __call__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Fill `comparison`. Raises `SparkError`."""
        with self._handover() as place:
            _hand_over(connection, place / "in")
            self._run(place)
            take(connection, place / "comparison", self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _handover(self) -> Iterator[Path]:
        """An empty folder, gone afterwards. What a refresh that was killed left goes too."""
        if self.folder.is_dir():
            for left in self.folder.iterdir():
                shutil.rmtree(left, ignore_errors=True)
        place = self.folder.resolve() / uuid.uuid4().hex
        try:
            (place / "in").mkdir(parents=True)
        except OSError as error:
            raise SparkError(
                f"The tables for Spark cannot be written to {self.folder} ({error}). Make room or "
                "mend its rights, and refresh again."
            ) from error
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _run(self, place: Path) -> None:
        """The job in a process of its own, as Java's memory and words are its own affair."""
        log = self.folder / "spark.log"
        command = [sys.executable, "-m", "indicators.spark_job", str(place), self.master]
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(  # noqa: S603 - this interpreter, our module
                [*command, str(self.patience)], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        if done.returncode:
            raise SparkError(f"{self._why(place, done.returncode)} Spark's log: {log}.")

    def _why(self, place: Path, status: int) -> str:
        try:
            told = json.loads((place / "failure.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            told = {"kind": "", "detail": f"its process ended with status {status}"}
        kind, detail = told["kind"], told["detail"]
        if kind == NO_WORKER:
            return (
                f"The Spark master at {self.master} answers, but no worker took a task within "
                f"{self.patience:g} seconds. Start workers, or end the application that holds them "
                f"all, and refresh again. {OTHERWISE}"
            )
        if kind == NOT_CONNECTED:
            return (
                f"No session could be opened on the Spark cluster at {self.master} ({detail}). "
                "Its Spark must be of the same version as the pyspark that is installed here, and "
                f"its workers must reach this machine. Mend that, and refresh again. {OTHERWISE}"
            )
        if kind == FAILED and "FILE_NOT_EXIST" in detail:
            return _not_shared(self.folder)
        return (
            f"The comparisons failed on the Spark cluster at {self.master} ({detail}). See the log "
            f"and refresh again. {OTHERWISE}"
        )


def find_java(environment: Mapping[str, str]) -> str | None:
    """The `java` that Spark would start: that of `JAVA_HOME`, else the one on the PATH."""
    home = environment.get("JAVA_HOME", "")
    if home:
        return shutil.which(str(Path(home) / "bin" / "java"))
    return shutil.which("java", path=environment.get("PATH", os.defpath))


def java_version(path: str) -> int | None:
    """The major version that a `java` says it is, or None where it does not start."""
    try:
        done = subprocess.run(  # noqa: S603
            [path, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=60, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(said[1]) if said and not done.returncode else None


def _check_java(environment: Mapping[str, str]) -> None:
    what = (
        f"Install Java {LEAST_JAVA} or later (on Debian: sudo apt-get install "
        f"default-jre-headless), or name one in the environment variable JAVA_HOME. {OTHERWISE}"
    )
    path = find_java(environment)
    if path is None:
        home = environment.get("JAVA_HOME", "")
        where = f"in JAVA_HOME ({home})" if home else "on the PATH"
        raise SparkError(f"--engine spark needs Java, and there is no java {where}. {what}")
    version = java_version(path)
    if version is None:
        raise SparkError(f"--engine spark needs Java, and {path} does not start. {what}")
    if version < LEAST_JAVA:
        raise SparkError(f"--engine spark needs a later Java: {path} is Java {version}. {what}")


def _check_answers(master: str) -> None:
    """At least one of a standalone cluster's masters takes a connection; others are not asked."""
    if not master.startswith("spark://"):
        return
    troubles = []
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_ANSWER).close()
        except (OSError, OverflowError) as error:
            troubles.append(f"{address}: {error}")
        else:
            return
    raise SparkError(
        f"No Spark master answers at {master} ({'; '.join(troubles)}). Start it, or correct "
        f"--master: the master's log and its page print its address. {OTHERWISE}"
    )


def _hand_over(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name in INPUTS:
        target = _quoted(folder / f"{name}.parquet")
        connection.execute(f"COPY (SELECT * FROM {name}) TO {target} (FORMAT parquet)")  # noqa: S608


def take(connection: duckdb.DuckDBPyConnection, result: Path, shared: Path) -> None:
    """Append what the cluster wrote, in the order in which the embedded engine writes. Workers
    that do not see the shared folder write elsewhere and say that all went well: rows are counted.
    Raises `SparkError`."""
    due = connection.execute(_ROWS_DUE).fetchone()
    if any(result.glob("*.parquet")):
        connection.execute(_TAKE, [str(result / "*.parquet")])
    if connection.execute("SELECT COUNT(*) FROM comparison").fetchone() != due:
        raise SparkError(_not_shared(shared))


def _not_shared(folder: Path) -> str:
    return (
        f"Not every Spark worker sees {folder}. The home must be a folder that this machine and "
        "all workers have under the same path and may write to. Choose another with --home, and "
        "refresh again."
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
