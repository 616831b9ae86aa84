"""The challenge log: entries, who has a part in them, and what is only ever added to them, which
triggers refuse to change or delete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alliance.store.base import Document, Identity

revision = "entry_1"
down_revision = "account_1"
branch_labels = None
depends_on = None

_ONLY_ADDED = {
    "entry_note": "id = NEW.id",
    "entry_evidence": "id = NEW.id",
    "entry_history": "entry_id = NEW.entry_id AND version = NEW.version",
}
_REFUSAL = "what is written of an entry is never changed or deleted"
_FUNCTION = f"""
CREATE FUNCTION refuse_to_change_the_log() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$
"""


def upgrade() -> None:
    """Make the tables and what guards them."""
    _create_entry()
    _create_parts()
    _create_only_added()
    if op.get_bind().dialect.name == "sqlite":
        _guard_in_sqlite()
    else:
        _guard_in_postgresql()


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", Identity, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("alliance", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", Document, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("indicator_id", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("parent_id", Identity, nullable=True),
        sa.Column("root_id", Identity, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("ref", name="uq_entry_ref"),
        sa.ForeignKeyConstraint(["parent_id"], ["entry.id"], name="fk_entry_parent_id_entry"),
        sa.ForeignKeyConstraint(["root_id"], ["entry.id"], name="fk_entry_root_id_entry"),
        sa.CheckConstraint(
            "audience IN ('authorities', 'triad', 'alliance')", name="ck_entry_known_audience"
        ),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (root_id IS NULL)", name="ck_entry_root_of_a_part"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entry_alliance", "entry", ["alliance", "kind", "state"])
    op.create_index("ix_entry_parent", "entry", ["parent_id"])
    op.create_index("ix_entry_root", "entry", ["root_id"])


def _to_entry(table: str, column: str = "entry_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["entry.id"], name=f"fk_{table}_{column}_entry")


def _create_parts() -> None:
    op.create_table(
        "entry_party",
        sa.Column("entry_id", Identity, nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "side", "authority_code", name="pk_entry_party"),
        _to_entry("entry_party"),
    )
    op.create_table(
        "entry_reader",
        sa.Column("entry_id", Identity, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "username", name="pk_entry_reader"),
        _to_entry("entry_reader"),
    )
    op.create_table(
        "entry_link",
        sa.Column("from_id", Identity, nullable=False),
        sa.Column("to_id", Identity, nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("from_id", "to_id", "relation", name="pk_entry_link"),
        _to_entry("entry_link", "from_id"),
        _to_entry("entry_link", "to_id"),
    )


def _create_only_added() -> None:
    op.create_table(
        "entry_note",
        sa.Column("id", Identity, nullable=False),
        sa.Column("entry_id", Identity, nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=True),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_note"),
        _to_entry("entry_note"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entry_note_entry", "entry_note", ["entry_id"])
    op.create_table(
        "entry_evidence",
        sa.Column("id", Identity, nullable=False),
        sa.Column("entry_id", Identity, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("indicator_id", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("frozen", Document, nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_evidence"),
        _to_entry("entry_evidence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entry_evidence_entry", "entry_evidence", ["entry_id"])
    op.create_table(
        "entry_history",
        sa.Column("entry_id", Identity, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("snapshot", Document, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "version", name="pk_entry_history"),
        _to_entry("entry_history"),
    )


def _guard_in_sqlite() -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for table, same in _ONLY_ADDED.items():
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table} {refusal}"
            )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replacement BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refusal}"
        )


def _guard_in_postgresql() -> None:
    op.execute(_FUNCTION)
    for table in _ONLY_ADDED:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_log()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncation BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_log()"
        )
