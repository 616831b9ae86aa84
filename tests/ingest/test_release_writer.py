"""The release file: the tables and columns that analysts' queries rely on, and the content hash."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ingest.errors import Finding, IngestError
from ingest.release_writer import ReleaseWriter, findings_frame
from tests.conftest import Small

CONTRACT = {
    "area": [
        "area_code", "area_level", "name", "gss_code", "region_code", "region", "authority_type",
        "valid_from", "valid_to", "successor_codes",
    ],
    "indicator": [
        "indicator_id", "title", "domain", "unit", "polarity", "decimals", "numerator_label",
        "denominator_label", "source_id", "source_key", "headline", "definition", "caveats",
        "cadence", "next_update",
    ],
    "observation": [
        "indicator_id", "area_code", "period", "period_start", "period_end", "value", "numerator",
        "denominator", "status", "symbol", "provisional", "source_file_id",
    ],
    "comparison": [
        "indicator_id", "area_code", "period", "value", "england", "region", "neighbours_mean",
        "neighbours_median", "neighbours_n", "rank_england", "n_england", "rank_region",
        "n_region", "rank_neighbours", "n_neighbours", "quartile_band", "change", "ci95_low",
        "ci95_high", "ci998_low", "ci998_high", "vs_england",
    ],
    "neighbour": ["model", "area_code", "position", "neighbour_code", "closeness"],
    "source_file": [
        "source_file_id", "source_id", "file_name", "sha256", "bytes", "rows", "publisher",
        "publication", "licence", "retrieved_from", "retrieved_at", "published_on",
    ],
    "finding": [
        "check_id", "severity", "source_file_id", "indicator_id", "area_code", "period", "message",
        "rows",
    ],
    "signal": [
        "area_code", "indicator_id", "period", "rule", "sentence", "p_value", "q_value", "kind",
        "evidence",
    ],
    "release": [
        "release_id", "built_at", "built_by", "tool_version", "demo", "n_observations",
        "n_indicators", "previous_release_id",
    ],
}  # fmt: skip
"""The tables of ARCHITECTURE.md with the columns that each has at least."""

KEYS = {
    "area": "area_code",
    "indicator": "indicator_id",
    "observation": "indicator_id, area_code, period",
    "comparison": "indicator_id, area_code, period",
    "neighbour": "model, area_code, position",
    "source_file": "source_file_id",
}

Sql = Callable[..., pd.DataFrame]


@pytest.mark.parametrize(
    ("table", "column"), [(t, c) for t, columns in CONTRACT.items() for c in columns]
)
def test_the_release_has_the_table_and_column_of_the_contract(
    table: str, column: str, small_sql: Sql
) -> None:
    columns = small_sql(
        "SELECT column_name FROM information_schema.columns WHERE table_name = ?", table
    )
    assert column in set(columns["column_name"])


@pytest.mark.parametrize("table", [name for name in CONTRACT if name != "signal"])
def test_every_table_of_a_release_is_filled(table: str, small_sql: Sql) -> None:
    rows = small_sql(f"SELECT count(*) AS n FROM {table}")
    assert rows["n"].item() > 0


@pytest.mark.parametrize(("table", "key"), KEYS.items())
def test_every_key_is_unique(table: str, key: str, small_sql: Sql) -> None:
    repeated = small_sql(f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1")
    assert repeated.empty


def test_the_release_table_has_one_row_that_says_when_and_by_whom(small_sql: Sql) -> None:
    row = small_sql("SELECT * FROM release")
    assert len(row) == 1
    assert row["built_by"].item() == "an analyst"
    assert row["built_at"].item() == pd.Timestamp("2026-03-02 09:30:00")
    assert not row["demo"].item()
    assert row["previous_release_id"].isna().item()
    counts = small_sql("SELECT count(*) AS n FROM observation")
    assert row["n_observations"].item() == counts["n"].item()
    counts = small_sql("SELECT count(*) AS n FROM indicator")
    assert row["n_indicators"].item() == counts["n"].item()


def storage_version(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute(
            "SELECT tags FROM duckdb_databases() WHERE path IS NOT NULL"
        ).fetchone()
    assert row is not None
    return str(row[0]["storage_version"])


@pytest.mark.parametrize(("version", "same"), [("v1.5.0", True), ("v1.4.0", False)])
def test_the_file_is_written_with_the_storage_version_that_later_engines_open(
    version: str, same: bool, small: Small, tmp_path: Path
) -> None:
    other = tmp_path / "other.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{other}' AS other (STORAGE_VERSION '{version}')")
        connection.execute("CREATE TABLE other.t (x INTEGER)")
    assert (storage_version(small.store.current_path()) == storage_version(other)) == same


def writer(path: Path, small: Small) -> tuple[ReleaseWriter, duckdb.DuckDBPyConnection]:
    """A writer that holds a copy of the served release's content."""
    target = ReleaseWriter(path).__enter__()
    connection = target.connection
    connection.execute(f"ATTACH '{small.store.current_path()}' AS served (READ_ONLY)")
    for table in ("area", "indicator", "neighbour", "observation", "comparison"):
        connection.execute(f"INSERT INTO {table} SELECT * FROM served.{table}")
    return target, connection


def close(target: ReleaseWriter) -> None:
    target.connection.execute("DETACH served")
    target.__exit__(None, None, None)


def test_the_hash_does_not_depend_on_the_order_of_rows(small: Small, tmp_path: Path) -> None:
    target, connection = writer(tmp_path / "a.duckdb", small)
    before = target.content_hash()
    for table in ("observation", "comparison", "neighbour"):
        connection.execute(f"CREATE TEMP TABLE held AS SELECT * FROM {table} ORDER BY random()")
        connection.execute(f"DELETE FROM {table}")
        connection.execute(f"INSERT INTO {table} SELECT * FROM held")
        connection.execute("DROP TABLE held")
    assert target.content_hash() == before
    close(target)


CHANGES = [
    "UPDATE observation SET value = value + 1e-9 WHERE area_code = '701' AND period = '2025'",
    "UPDATE observation SET symbol = 'x' WHERE symbol = 'c'",
    "UPDATE observation SET status = 'missing' WHERE status = 'suppressed'",
    "UPDATE observation SET provisional = true WHERE area_code = '701'",
    "UPDATE observation SET joint_with = NULL",
    "UPDATE observation SET period_end = period_end + INTERVAL 1 DAY WHERE area_code = '701'",
    "DELETE FROM observation WHERE area_code = '701' AND period = '2025'",
    "INSERT INTO observation SELECT * FROM observation WHERE area_code = '701'",
    "UPDATE comparison SET rank_england = 1",
    "UPDATE comparison SET quartile_band = 'A' WHERE quartile_band = 'B'",
    "UPDATE comparison SET ci95_low = NULL",
    "UPDATE indicator SET title = title || '.' WHERE indicator_id = 'need_rate'",
    "UPDATE indicator SET headline = NOT headline",
    "UPDATE area SET name = 'Ashby-on-Sea' WHERE area_code = '701'",
    "UPDATE area SET successor_codes = []",
    "UPDATE neighbour SET closeness = 'Close' WHERE position = 1",
    "DELETE FROM neighbour WHERE model = '2021'",
    "INSERT INTO signal VALUES ('701', 'need_rate', '2025', 'r', 's', 0.1, 0.2, 'data', '{}', "
    "NULL, NULL, 'f')",
]


@pytest.mark.parametrize("change", CHANGES, ids=[" ".join(c.split()[:4]) for c in CHANGES])
def test_the_hash_depends_on_every_cell_of_the_content(
    change: str, small: Small, tmp_path: Path
) -> None:
    target, connection = writer(tmp_path / "a.duckdb", small)
    before = target.content_hash()
    connection.execute(change)
    assert target.content_hash() != before
    close(target)


def test_the_hash_tells_two_changes_that_a_plain_sum_would_not(
    small: Small, tmp_path: Path
) -> None:
    # Swapping two authorities' figures keeps every sum and every set of values.
    target, connection = writer(tmp_path / "a.duckdb", small)
    before = target.content_hash()
    connection.execute(
        "UPDATE observation SET area_code = CASE area_code WHEN '701' THEN '702' ELSE '701' END "
        "WHERE area_code IN ('701', '702') AND indicator_id = 'need_rate' AND period = '2025'"
    )
    assert target.content_hash() != before
    close(target)


def test_a_writer_that_fails_removes_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with pytest.raises(duckdb.CatalogException), ReleaseWriter(path) as target:
        target.connection.execute("SELECT * FROM no_such_table")
    assert list(tmp_path.iterdir()) == []


def test_a_home_with_a_quotation_mark_in_its_name_works(tmp_path: Path) -> None:
    folder = tmp_path / "the analyst's home"
    folder.mkdir()
    with ReleaseWriter(folder / "a.duckdb"):
        pass
    assert (folder / "a.duckdb").is_file()


def test_a_frame_that_breaks_a_rule_is_refused_and_not_inserted(tmp_path: Path) -> None:
    bad = pd.DataFrame(
        {
            "model": ["2025", "2025"],
            "area_code": ["701", "701"],
            "position": [0, 0],
            "neighbour_code": ["701", "702"],
            "closeness": ["Close", "Close"],
        }
    )
    with ReleaseWriter(tmp_path / "a.duckdb") as target:
        with pytest.raises(IngestError) as caught:
            target.insert("neighbour", bad)
        assert target.connection.execute("SELECT count(*) FROM neighbour").fetchone() == (0,)
    assert len(caught.value.findings) == 3
    assert {f.check_id for f in caught.value.findings} == {"release_shape"}
    assert {f.file_name for f in caught.value.findings} == {"table neighbour"}


def test_findings_become_rows_with_the_id_of_their_file() -> None:
    finding = Finding("name_known", "warning", "Odd.", "a.csv", (7, 9), "la_name", area_code="701")
    frame = findings_frame([finding, Finding("file_absent", "info", "Not there.")], {"a.csv": "id"})
    first, second = frame.to_dict("records")
    assert first["source_file_id"] == "id"
    assert (first["rows"], first["column"], first["area_code"]) == ("7 9", "la_name", "701")
    assert pd.isna(second["source_file_id"])
    assert pd.isna(second["rows"])


def test_no_findings_make_an_empty_frame_with_every_column() -> None:
    full = findings_frame([Finding("file_absent", "info", "Not there.")], {})
    assert list(findings_frame([], {}).columns) == list(full.columns)


def test_the_contract_is_walked_whole() -> None:
    assert len(list(itertools.chain.from_iterable(CONTRACT.values()))) > 90
