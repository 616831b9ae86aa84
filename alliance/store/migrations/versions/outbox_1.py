"""What people are to be told of entries of the challenge log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alliance.store.base import Identity

revision = "outbox_1"
down_revision = "entry_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "outbox",
        sa.Column("id", Identity, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("entry_id", Identity, nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_outbox_entry_id_entry"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'given_up', 'not_wanted')", name="ck_outbox_known_state"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "next_try_at"])
    op.create_index("ix_outbox_username", "outbox", ["username", "at"])
