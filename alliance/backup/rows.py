"""What people wrote as lines of JSON, table by table, the same from SQLite and from PostgreSQL: a
backup of either can be put back into the other.

Tables are read as they lie in the database, so that a backup of an earlier version is put back as
it was and taken on from there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
)

LEFT_OUT = frozenset({"alembic_version", "sign_in_session", "sign_in_attempt", "reset_link"})
"""Who is signed in, who tried, and links that let somebody in: after a restore all sign in anew."""
BATCH = 500


def tables_of(connection: Connection) -> list[Table]:
    """The tables of which a backup is made, each after those that it points to."""
    metadata = MetaData()
    metadata.reflect(connection)
    found = [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]
    for table in found:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return found


def dump_table(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row as a line of JSON, in the order of the table's key."""
    rows = connection.execution_options(yield_per=BATCH).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for row in rows.mappings():
        cells = {column.name: _to_json(column.type, row[column.name]) for column in table.columns}
        yield json.dumps(cells, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def load_table(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Put rows into an empty table; how many there were. Numbers that the database gives go on
    after the last of them."""
    known = {column.name: column.type for column in table.columns}
    loaded, left = 0, iter(lines)
    while rows := [_row(known, json.loads(line)) for line in islice(left, BATCH)]:
        connection.execute(insert(table), rows)
        loaded += len(rows)
    if loaded and connection.dialect.name == "postgresql":
        _count_on(connection, table)
    return loaded


def is_empty(connection: Connection, tables: Iterable[Table]) -> bool:
    """Whether none of these tables has a row."""
    return not any(connection.scalar(select(func.count()).select_from(t)) for t in tables)


def _row(known: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _from_json(known[name], value) for name, value in cells.items()}


def _to_json(kind: Any, value: Any) -> Any:
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _from_json(kind: Any, value: Any) -> Any:
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value


def _count_on(connection: Connection, table: Table) -> None:
    for column in table.primary_key.columns:
        named = {"table": table.name, "column": column.name}
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
        if sequence is not None:
            last = connection.scalar(select(func.max(column)))
            connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": last})
