"""Local returns: submissions, versions and figures, which triggers refuse to change or delete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alliance.store.base import Document, Identity

revision = "local_return_1"
down_revision = "account_1"
branch_labels = None
depends_on = None

_TABLES = ("return_submission", "return_version", "return_figure")
_KEYS = {
    "return_submission": "id = NEW.id",
    "return_version": "id = NEW.id",
    "return_figure": "version_id = NEW.version_id AND measure = NEW.measure",
}
_FUNCTION = """
CREATE FUNCTION refuse_to_change_returns() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'local returns are never changed or deleted'; END $$
"""


def upgrade() -> None:
    """Make the tables and what guards them."""
    _create_tables()
    if op.get_bind().dialect.name == "sqlite":
        _guard_in_sqlite()
    else:
        _guard_in_postgresql()


def _create_tables() -> None:
    op.create_table(
        "return_submission",
        sa.Column("id", Identity, nullable=False),
        sa.Column("return_id", sa.String(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("alliance", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("warnings", Document, nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_return_submission"),
    )
    op.create_table(
        "return_version",
        sa.Column("id", Identity, nullable=False),
        sa.Column("submission_id", Identity, nullable=True),
        sa.Column("return_id", sa.String(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("alliance", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("quarter_end", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_return_version"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["return_submission.id"],
            name="fk_return_version_submission_id_return_submission",
        ),
        sa.UniqueConstraint(
            "alliance", "return_id", "authority_code", "quarter", "version",
            name="uq_return_version_alliance",
        ),
        sa.CheckConstraint(
            "state IN ('given', 'withdrawn')", name="ck_return_version_known_state"
        ),
        sa.CheckConstraint(
            "(state = 'given') = (submission_id IS NOT NULL)",
            name="ck_return_version_given_by_a_submission",
        ),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_return_version_newest", "return_version", ["alliance", "return_id", "id"])
    op.create_table(
        "return_figure",
        sa.Column("version_id", Identity, nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("version_id", "measure", name="pk_return_figure"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["return_version.id"],
            name="fk_return_figure_version_id_return_version",
        ),
        sa.CheckConstraint(
            "(value IS NULL) = (status <> 'reported')", name="ck_return_figure_value_or_status"
        ),
    )  # fmt: skip


def _guard_in_sqlite() -> None:
    refusal = "BEGIN SELECT RAISE(ABORT, 'local returns are never changed or deleted'); END"
    for table in _TABLES:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{what.lower()} BEFORE {what} ON {table} {refusal}"
            )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replacement BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_KEYS[table]}) {refusal}"
        )


def _guard_in_postgresql() -> None:
    op.execute(_FUNCTION)
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_returns()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncation BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_returns()"
        )
