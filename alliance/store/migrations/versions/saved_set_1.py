"""Comparator sets that people keep under a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alliance.store.base import Document, Identity

revision = "saved_set_1"
down_revision = "account_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "saved_set",
        sa.Column("id", Identity, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("alliance", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("codes", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_set"),
        sa.CheckConstraint(
            "NOT shared OR alliance IS NOT NULL", name="ck_saved_set_shared_with_an_alliance"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_set_owner", "saved_set", ["owner"])
    op.create_index("ix_saved_set_alliance", "saved_set", ["alliance"])
