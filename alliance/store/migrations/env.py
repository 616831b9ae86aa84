"""Runs migrations on the connection that `alliance.store.migrate` hands over. It has no other."""

from __future__ import annotations

from alembic import context

from alliance.store import tables
from alliance.store.base import Base

assert tables.__all__  # noqa: S101  (the import is what makes the metadata whole)
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
