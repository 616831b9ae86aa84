"""Fills a release's `comparison` table (every authority against England, its region and its
statistical neighbours) and its `change` table (against the release before).

The arithmetic is in `figure.sql`, `comparison.sql`, `changes.sql`; the methods in docs/methods.md.
Which engine runs the first two is the caller's choice and changes no figure (docs/adr/0019).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from indicators.intervals import (
    CONFIDENCE_95,
    CONFIDENCE_998,
    small_count_table,
    standard_normal_quantile,
)
from ingest.catalogue import SCALE_OF_UNIT
from ingest.errors import IngestError, ReleaseError
from ingest.release_writer import ReleaseWriter
from ingest.schemas.faults import collect_faults
from ingest.schemas.release import COMPARISON

_RULED_COLUMNS = (
    "value", "england", "region", "neighbours_mean", "neighbours_median", "neighbours_n",
    "rank_england", "n_england", "rank_region", "n_region", "rank_neighbours", "n_neighbours",
    "change", "ci95_low", "ci95_high", "ci998_low", "ci998_high",
)  # fmt: skip
FIGURE_SQL = Path(__file__).with_name("figure.sql").read_text(encoding="utf-8")
COMPARISON_SQL = Path(__file__).with_name("comparison.sql").read_text(encoding="utf-8")
INPUTS = (
    "observation", "area", "indicator", "nearest", "small_count", "constant", "unit_scale"
)  # fmt: skip
"""What the two texts read, `figure` apart, which the first of them makes."""

Engine = Callable[[duckdb.DuckDBPyConnection], None]
"""Fills `comparison` from the `INPUTS`, all by those names in the connection that it is handed."""

_CHANGES_SQL = Path(__file__).with_name("changes.sql").read_text(encoding="utf-8")
_CHECKED_SQL = (
    f"SELECT {', '.join([*COMPARISON.columns, *_RULED_COLUMNS])}, "  # noqa: S608
    "unit = 'grade' AS is_grade "
    "FROM comparison JOIN indicator USING (indicator_id)"
)
_NEAREST = """
CREATE OR REPLACE TEMP VIEW nearest AS
SELECT area_code, neighbour_code FROM neighbour
WHERE model = (SELECT MAX(model) FROM neighbour)
"""


def compare_here(connection: duckdb.DuckDBPyConnection) -> None:
    """The embedded engine: DuckDB, in the connection itself."""
    connection.execute(f"CREATE TEMP TABLE figure AS {FIGURE_SQL}")
    connection.execute(f"INSERT INTO comparison BY NAME {COMPARISON_SQL}")
    connection.execute("DROP TABLE figure")


def write_comparisons(writer: ReleaseWriter, engine: Engine = compare_here) -> int:
    """Compute the comparisons from the tables already written; returns how many rows there are.

    The statistical neighbours are those of the newest model. Raises `IngestError` if a row breaks
    a rule of the table's schema (a fault of the product, never of the data), and what the engine
    raises.
    """
    connection = writer.connection
    helpers = {
        "small_count": small_count_table(),
        "constant": pd.DataFrame(
            [
                {
                    "z95": standard_normal_quantile(CONFIDENCE_95),
                    "z998": standard_normal_quantile(CONFIDENCE_998),
                }
            ]
        ),
        "unit_scale": pd.DataFrame(SCALE_OF_UNIT.items(), columns=["unit", "scale"]),
    }
    for name, frame in helpers.items():
        connection.register(name, frame)
    connection.execute(_NEAREST)
    engine(connection)
    frame = connection.execute(_CHECKED_SQL).df()
    for name in helpers:
        connection.unregister(name)
    faults = collect_faults(COMPARISON, frame, file_name="table comparison", describe={})
    if faults:
        raise IngestError(faults)
    return len(frame)


def write_changes(writer: ReleaseWriter, before: Path | None) -> None:
    """Compare the release being written with the release file before it, where there is one."""
    if before is None:
        return
    path = str(before).replace("'", "''")
    try:
        writer.connection.execute(f"ATTACH '{path}' AS before (READ_ONLY)")
    except duckdb.Error as error:
        raise ReleaseError(
            f"The release being served, {before}, cannot be read ({error}). Put the name of "
            "another kept release into the file “current” (alliance releases lists them), and "
            "refresh again."
        ) from error
    writer.connection.execute(_CHANGES_SQL)
    writer.connection.execute("DETACH before")
