"""What every table of the store has in common: its metadata and how times are kept.

No table is declared here: each record type has a module in `alliance.store.tables`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Float, Integer, MetaData, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints are named alike on both databases, so that a migration can name them."""

Identity = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives: SQLite counts only in a column of type INTEGER."""

Document = JSON().with_variant(JSONB, "postgresql")
"""A value of JSON."""


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and given back in UTC. A time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is written."""
        if value is not None and value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone, so its moment is not known.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is read: SQLite keeps no zone, PostgreSQL gives its own."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table of the store."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcTime(),
        dict[str, Any]: Document,
        float: Float(),
    }
