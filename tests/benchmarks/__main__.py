"""Runs the benchmarks and prints ratios: `python -m tests.benchmarks [--json] [--home DIR]`; with
`false-flags` or `history-replayed` the table of what the signals keep of their promise.

On a release of the real published files where they are, else on the demonstration.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from alliance.home import build_demonstration, open_catalogue, open_reference
from alliance.refresh import refresh
from ingest.release import ReleaseStore
from tests.benchmarks.first_visit import measure_first_visit
from tests.benchmarks.growing import measure_growth
from tests.benchmarks.interactions import measure_interactions
from tests.benchmarks.load import measure_load
from tests.benchmarks.querying import measure_queries
from tests.benchmarks.refreshing import measure_refresh
from tests.benchmarks.registry import Asked, Benchmark, Result
from tests.benchmarks.signals import TABLES
from tests.benchmarks.starting import measure_start

BENCHMARKS: dict[str, Benchmark] = {
    benchmark.id: benchmark
    for benchmark in (
        Benchmark(
            "refresh",
            "A refresh of all published files, beside reading them as text and beside the same "
            "comparisons in plain pandas.",
            measure_refresh,
        ),
        Benchmark(
            "queries",
            "Each query of figures, beside filtering the whole long table in pandas at each click.",
            measure_queries,
        ),
        Benchmark(
            "growth",
            "Time, memory, file size and queries of releases of several times the rows.",
            measure_growth,
        ),
        Benchmark(
            "load",
            "Requests a second of each page's heaviest callback, beside a bare Dash callback with "
            "150 bars.",
            measure_load,
        ),
        Benchmark(
            "first-visit",
            "Bytes and time of the first page in a browser on slow lines, beside a Dash app of the "
            "same components with default settings.",
            measure_first_visit,
        ),
        Benchmark(
            "start",
            "The server's start to its first answer, beside a bare Dash app's.",
            measure_start,
        ),
        Benchmark(
            "interactions",
            "The server's time for each page and each callback, beside a bare Dash callback with "
            "150 bars.",
            measure_interactions,
        ),
    )
}
"""Every benchmark, by id."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 0 where every goal is met, else 1."""
    asked = _parse(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(asked.home) if asked.home else _build_home(Path(folder))
        if asked.table:
            sys.stdout.write(TABLES[asked.table](home) + "\n")
            return 0
        run = Asked(home, published_folder(), asked.rounds, tuple(asked.size or (1, 10)))
        results = [
            result for name in asked.only or BENCHMARKS for result in BENCHMARKS[name].measure(run)
        ]
    out = json.dumps([asdict(result) for result in results], indent=2)
    sys.stdout.write((out if asked.json else table(results)) + "\n")
    return 0 if all(result.met for result in results) else 1


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table."""
    head = "| what | ratio | goal | met | measured |\n|---|---:|---:|---|---|"
    rows = [
        f"| {r.name} | {r.ratio} | {r.goal} | {'yes' if r.met else 'no'} | {r.beside} |"
        for r in results
    ]
    return "\n".join([head, *rows])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("table", nargs="?", choices=sorted(TABLES), help="a table of the signals")
    parser.add_argument("--json", action="store_true", help="print a list of {name, ratio, …}")
    parser.add_argument("--home", help="a home with a release; without it, one is built")
    parser.add_argument("--rounds", type=int, default=2, help="how often to ask for everything")
    parser.add_argument(
        "--size", action="append", type=int, help="so many times the real rows (1 and 10)"
    )
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="one benchmark")
    return parser.parse_args(arguments)


def _build_home(folder: Path) -> Path:
    """A home with a release: of the real files where they are, else of the demonstration."""
    published = published_folder()
    home = folder / "home"
    if published is not None:
        sys.stderr.write(f"Building a release of {published}.\n")
        refresh(
            ReleaseStore(home), published, open_catalogue(), open_reference(),
            now=datetime.now(UTC), actor="benchmarks",
        )  # fmt: skip
    else:
        sys.stderr.write("Building the demonstration.\n")
        build_demonstration(home, actor="benchmarks", progress=lambda _: None)
    return home


def published_folder() -> Path | None:
    """Where the published files are, if they are anywhere."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "published"
    folder = Path(os.environ.get("ALLIANCE_PUBLISHED") or beside)
    return folder if folder.is_dir() else None


if __name__ == "__main__":
    sys.exit(main())
