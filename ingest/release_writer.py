"""Fills one candidate release file, each table checked against its schema before it is appended."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from ingest.content import content_hash
from ingest.errors import Finding, IngestError, ReleaseError
from ingest.schemas.faults import collect_faults
from ingest.schemas.release import SCHEMAS

STORAGE_VERSION = "v1.5.0"
_DDL = Path(__file__).with_name("release.sql")


class ReleaseWriter:
    """Fills one candidate release file. Use as a context manager: an exception removes the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = duckdb.connect()
        self.connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> ReleaseWriter:
        target = str(self.path).replace("'", "''")
        try:
            self.connection.execute(
                f"ATTACH '{target}' AS release_file (STORAGE_VERSION '{STORAGE_VERSION}')"
            )
            self.connection.execute("USE release_file")
            self.connection.execute(_DDL.read_text(encoding="utf-8"))
        except duckdb.Error as error:
            self._discard()
            raise self._cannot_write(error) from error
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            try:
                self.connection.execute("USE memory")
                self.connection.execute("DETACH release_file")
                self.connection.close()
            except duckdb.Error as failure:
                self._discard()
                raise self._cannot_write(failure) from failure
            return
        self._discard()
        if isinstance(error, duckdb.IOException):
            raise self._cannot_write(error) from error

    def _discard(self) -> None:
        """Give the candidate up: close whatever can be closed, remove its files."""
        self.connection.close()
        self.path.unlink(missing_ok=True)
        self.path.with_name(self.path.name + ".wal").unlink(missing_ok=True)

    def _cannot_write(self, error: duckdb.Error) -> ReleaseError:
        return ReleaseError(
            f"The release cannot be written to {self.path.parent} ({error}). "
            "Make room or choose another home, and refresh again."
        )

    def insert(self, table: str, frame: pd.DataFrame, order_by: str = "") -> None:
        """Check a frame against the table's schema and append it, by column name.

        Raises `IngestError` with every fault that pandera reports.
        """
        faults: list[Finding] = collect_faults(
            SCHEMAS[table], frame, file_name=f"table {table}", describe={}
        )
        if faults:
            raise IngestError(faults)
        self.insert_unchecked(table, frame, order_by)

    def insert_unchecked(self, table: str, frame: pd.DataFrame, order_by: str = "") -> None:
        """Append a frame by column name; columns that it lacks are left null."""
        self.connection.register("incoming", frame)
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        order = f" ORDER BY {order_by}" if order_by else ""
        self.connection.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming{order}"  # noqa: S608
        )
        self.connection.unregister("incoming")

    def content_hash(self) -> str:
        """64 hex digits that depend on what the content tables hold and on nothing else: not on
        the order of rows, the time, the person or the machine."""
        return content_hash(self.connection)


def findings_frame(findings: Iterable[Finding], file_ids: dict[str, str]) -> pd.DataFrame:
    """Findings as rows of the `finding` table; `file_ids` gives the id of each file read."""
    rows = [
        {
            "check_id": item.check_id,
            "severity": item.severity,
            "source_file_id": file_ids.get(item.file_name),
            "file_name": item.file_name or None,
            "column": item.column or None,
            "indicator_id": item.indicator_id,
            "area_code": item.area_code,
            "period": item.period,
            "message": item.message,
            "rows": " ".join(str(row) for row in item.rows) or None,
        }
        for item in findings
    ]
    return pd.DataFrame(rows, columns=[
        "check_id", "severity", "source_file_id", "file_name", "column",
        "indicator_id", "area_code", "period", "message", "rows",
    ])  # fmt: skip
