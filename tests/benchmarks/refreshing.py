"""A refresh of all the published files, beside reading the same files with pandas as text and
beside the comparisons alone worked out plainly in pandas.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pandas as pd

from alliance.home import open_catalogue, open_reference
from alliance.refresh import refresh
from indicators.queries import Release
from ingest.release import ReleaseStore
from tests.benchmarks.plain import Long
from tests.benchmarks.registry import Asked, Result, at_least, at_most

GOAL_OF_READING, GOAL_OF_PLAIN = 8.0, 5.0
SHARE = 0.1
"""So much of the plain comparison is done and reckoned up: the whole takes minutes."""


def measure_refresh(asked: Asked) -> list[Result]:
    """Two results; none where the published files are not here."""
    if asked.published is None:
        return []
    read_as_text(asked.published)
    begun = perf_counter()
    read_as_text(asked.published)
    reading = perf_counter() - begun
    taken = _refresh(asked.published)
    with Release(ReleaseStore(asked.home).current_path()) as release:
        plain = reading + compare_plainly(Long(release), SHARE)
    beside = f"{taken:.1f} s beside {reading:.1f} s"
    return [
        at_most("refresh beside reading", taken, reading, GOAL_OF_READING, beside),
        at_least(
            "refresh beside plain pandas", plain / taken, GOAL_OF_PLAIN,
            f"{taken:.1f} s beside {plain:.1f} s (reading and comparing only, reckoned from "
            f"{SHARE:.0%} of the measures and periods)",
        ),
    ]  # fmt: skip


def read_as_text(folder: Path) -> int:
    """Read every data file of the folder with every cell as text; gives how many there were."""
    files = sorted(path for path in folder.rglob("*.*") if path.is_file())
    return sum(_read(path) for path in files)


def _read(path: Path) -> int:
    match path.suffix:
        case ".csv":
            pd.read_csv(path, dtype=str, keep_default_na=False, encoding_errors="replace")
        case ".parquet":
            pd.read_parquet(path).astype(str)
        case ".xlsx" | ".ods":
            pd.read_excel(path, sheet_name=None, dtype=str, header=None, engine="calamine")
        case _:
            return 0
    return 1


def _refresh(published: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        refresh(
            ReleaseStore(Path(folder) / "home"), published, open_catalogue(), open_reference(),
            now=datetime.now(UTC), actor="benchmarks",
        )  # fmt: skip
        return perf_counter() - begun


def compare_plainly(long: Long, share: float) -> float:
    """Seconds that it takes to compare every measure and period in pandas, one after another, from
    that share of them at even steps. Kinder to pandas than it deserves: the observations are given,
    and nothing is checked."""
    groups = [group for _, group in long.rows.groupby(["indicator_id", "period"], sort=False)]
    chosen = groups[:: round(1 / share)]
    begun = perf_counter()
    for group in chosen:
        long.compared(group)
    return (perf_counter() - begun) * len(groups) / len(chosen)
