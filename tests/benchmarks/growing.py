"""What growth does: releases of several times the real rows (generated: the same figures under
other indicator ids), their comparison step, file size, memory, and the queries of a page.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

from indicators.comparison import write_comparisons
from indicators.queries import KEPT, Release
from ingest.release import ReleaseStore
from ingest.release_writer import ReleaseWriter
from tests.benchmarks.querying import questions
from tests.benchmarks.registry import Asked, Result, at_most, middle

GOAL_LINEAR, GOAL_QUERY = 1.25, 2.0
"""Time, memory and size of a row may grow by a quarter; a page's queries may take twice as long."""
_COPIED = ("area", "neighbour", "source_file", "release")
_TIMES = "CREATE TEMP TABLE times AS SELECT UNNEST(RANGE($times)) AS n"
_NUMBERED = (
    "INSERT INTO {table} BY NAME SELECT t.* REPLACE "
    "(CASE WHEN n = 0 THEN indicator_id ELSE indicator_id || '_' || n END AS indicator_id) "
    "FROM real.{table} AS t CROSS JOIN times ORDER BY {order}"
)
_ORDER = {
    "indicator": "indicator_order, indicator_id",
    "observation": "indicator_id, period_end, area_code",
}


@dataclass(frozen=True, slots=True)
class Grown:
    """A release of so many times the rows: seconds and most memory (MB) of making it, its size
    (MB), and milliseconds of a page's queries."""

    times: int
    rows: int
    seconds: float
    memory_mb: float
    size_mb: float
    query_ms: float


def measure_growth(asked: Asked) -> list[Result]:
    """Time, memory, file size and queries of each size beside those of the smallest, by row."""
    real = ReleaseStore(asked.home).current_path()
    sizes = sorted({1, *asked.sizes})
    grown = [grow_apart(real, times) for times in sizes]
    return [result for larger in grown[1:] for result in _beside(grown[0], larger)]


def _beside(small: Grown, large: Grown) -> list[Result]:
    more = large.rows / small.rows
    name = f"{large.times} times the rows ({large.rows / 1e6:.1f} million)"
    parts = (
        ("time", large.seconds, small.seconds, "s"),
        ("memory", large.memory_mb, small.memory_mb, "MB"),
        ("file size", large.size_mb, small.size_mb, "MB"),
    )
    results = [
        at_most(f"growth, {what} by row, {name}", big / more, little, GOAL_LINEAR,
                f"{big:.0f} beside {little:.0f} {unit}")
        for what, big, little, unit in parts
    ]  # fmt: skip
    words = f"{large.query_ms:.1f} beside {small.query_ms:.1f} ms"
    queries = f"growth, a page's queries, {name}"
    return [*results, at_most(queries, large.query_ms, small.query_ms, GOAL_QUERY, words)]


def grow_apart(real: Path, times: int) -> Grown:
    """The same in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.growing", str(real), str(times)],
        check=True,
        capture_output=True,
        text=True,
    )
    rows, *figures = done.stdout.split()
    return Grown(times, int(rows), *map(float, figures))


def grow(real: Path, times: int, folder: Path) -> tuple[Path, int]:
    """A release with every indicator that many times, compared; its path and its observations."""
    path = folder / f"{real.stem}.duckdb"
    with ReleaseWriter(path) as writer:
        connection = writer.connection
        connection.execute(f"ATTACH '{real}' AS real (READ_ONLY)")
        connection.execute(_TIMES, {"times": times})
        for table in _COPIED:
            connection.execute(f"INSERT INTO {table} BY NAME FROM real.{table}")
        for table, order in _ORDER.items():
            connection.execute(_NUMBERED.format(table=table, order=order))
        write_comparisons(writer)
        rows = connection.execute("SELECT COUNT(*) FROM observation").fetchone()
        connection.execute("DETACH real")
    return path, int(rows[0]) if rows else 0


def ask_pages(path: Path) -> float:
    """Milliseconds of the queries that the pages ask most, each of other figures."""
    taken = []
    with Release(path) as release:
        for q in islice(questions(release), KEPT + 8):
            begun = perf_counter()
            release.figures(q.indicator_id, q.period)
            release.series(q.indicator_id, q.area_code)
            release.series_of(q.indicator_id, q.some)
            taken.append((perf_counter() - begun) * 1000)
    return middle(taken)


def main(words: Sequence[str]) -> None:
    """Print rows, seconds, memory, size and queries of one size."""
    folder = Path(tempfile.mkdtemp())
    try:
        begun = perf_counter()
        path, rows = grow(Path(words[0]), int(words[1]), folder)
        seconds = perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = path.stat().st_size / 1e6
        sys.stdout.write(f"{rows} {seconds} {memory} {size} {ask_pages(path)}\n")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
