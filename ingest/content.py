"""What a release holds, as a hash: the same of the same figures wherever it was built."""

from __future__ import annotations

import duckdb

CONTENT_TABLES = (
    "area", "indicator", "neighbour", "observation", "inspection", "comparison", "signal"
)  # fmt: skip
"""The tables whose content the release id's hash stands for (not when or by whom it was built)."""

PLACE_COLUMNS = ("source_file_id", "source_row")
"""Columns that say where a figure was read, which is not part of what it says."""


def content_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """The content hash of the release that the connection uses: 64 hex digits. A release of an
    earlier version may lack a table, which its own hash then did not know either."""
    held = {row[0] for row in connection.execute("SHOW TABLES").fetchall()}
    digests = [_digest(connection, table) for table in CONTENT_TABLES if table in held]
    row = connection.execute("SELECT sha256(?)", ["\n".join(digests)]).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return str(row[0])


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    names = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    # File ids hold the file's hash: the same figures from a renamed file are the same content.
    cells = ", ".join(f'"{name}"' for name in names if name not in PLACE_COLUMNS)
    row = connection.execute(
        f"SELECT count(*), sum(md5_number_lower(text)), sum(md5_number_upper(text)) "  # noqa: S608
        f"FROM (SELECT CAST(row({cells}) AS VARCHAR) AS text FROM {table})"
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has one row
    return f"{table} {row[0]} {row[1]} {row[2]}"
