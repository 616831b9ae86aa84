"""Which engine works the comparisons out sooner, and at what size: `python -m
tests.benchmarks.engines --home DIR [--times 1 --times 10]` prints a Markdown table of ratios.

The release's own rows, and generated ones: every indicator so many times, under other names. Both
engines take turns on one machine; a standalone cluster of two workers of a core each runs beside.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from indicators.comparison import Engine, compare_here, write_comparisons
from indicators.spark_comparison import SparkEngine
from ingest.release import ReleaseStore
from ingest.release_writer import ReleaseWriter
from tests.indicators.spark_cluster import run_cluster

TABLES = ("area", "neighbour")
RENAMED = "i.* REPLACE (i.indicator_id || '_' || n.n AS indicator_id)"
HEAD = "| rows compared | Spark’s time over the embedded engine’s | sooner |\n|---:|---:|---|"


def write_rows(release: Path, writer: ReleaseWriter, times: int) -> None:
    """The rows of a release, each indicator so many times."""
    execute = writer.connection.execute
    execute(f"ATTACH '{release}' AS made (READ_ONLY)")
    for table in TABLES:
        execute(f"INSERT INTO {table} BY NAME FROM made.{table}")
    for table in ("indicator", "observation"):
        execute(
            f"INSERT INTO {table} BY NAME SELECT {RENAMED} FROM made.{table} AS i, "
            f"range({times}) AS n(n)"
        )


def seconds(release: Path, times: int, engine: Engine) -> tuple[float, int]:
    """How long the comparisons take, and how many rows they are."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ReleaseWriter(Path(folder) / "candidate.duckdb") as writer,
    ):
        write_rows(release, writer, times)
        taken = 0.0

        def timed(connection: object) -> None:
            nonlocal taken
            start = time.perf_counter()
            engine(connection)  # type: ignore[arg-type]
            taken = time.perf_counter() - start

        return (number := write_comparisons(writer, timed)) and taken, number


def compare_engines(release: Path, sizes: Sequence[int]) -> str:
    """The table, a line for each size."""
    lines = [HEAD]
    with tempfile.TemporaryDirectory() as folder, run_cluster(os.environ, Path(folder)) as cluster:
        os.environ.update(cluster.environment)
        cluster.start_worker()
        cluster.start_worker()
        shared = Path(folder) / "shared"
        for times in sizes:
            here, number = seconds(release, times, compare_here)
            there, same = seconds(release, times, SparkEngine(cluster.master, shared))
            assert number == same
            sooner = "embedded" if here < there else "Spark"
            lines.append(f"| {number:,} | {there / here:.1f} | {sooner} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", required=True, type=Path)
    parser.add_argument("--times", type=int, action="append")
    asked = parser.parse_args(arguments)
    release = ReleaseStore(asked.home).current_path()
    sys.stdout.write(compare_engines(release, asked.times or [1, 3, 10]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
