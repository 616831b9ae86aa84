"""Email addresses of accounts, links to set a password anew, and what people want to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alliance.store.base import Identity

revision = "account_2"
down_revision = "account_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and make the tables."""
    op.add_column("account", sa.Column("email", sa.String(), nullable=True))
    op.create_index("ix_account_email", "account", ["email"], unique=True)
    op.create_table(
        "reset_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", Identity, nullable=False),
        sa.Column("account_version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_reset_link"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_reset_link_account_id_account"
        ),
    )
    op.create_index("ix_reset_link_account_id", "reset_link", ["account_id"])
    op.create_table(
        "mail_choice",
        sa.Column("account_id", Identity, nullable=False),
        sa.Column("messages", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_mail_choice"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_mail_choice_account_id_account"
        ),
    )
