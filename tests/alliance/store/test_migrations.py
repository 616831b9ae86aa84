"""Every store comes to the schema of this version, once, whoever asks and however often."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from alliance.settings import Settings
from alliance.store import StoreError, migrate, open_store, tables
from alliance.store.base import Base
from alliance.store.engine import WRITES, connect

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
VERSIONS = Path(migrate.__file__).with_name("migrations") / "versions"


def test_the_migrations_make_what_the_tables_declare(store_settings: Settings) -> None:
    store = open_store(store_settings)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)
        names = set(inspect(connection).get_table_names())
    store.close()
    assert difference == []
    assert names == {*Base.metadata.tables, "alembic_version"}
    assert {"event", "account", "sign_in_session", "sign_in_attempt"} <= names


def test_opening_a_store_again_changes_nothing(store_settings: Settings) -> None:
    first = open_store(store_settings)
    with first.write(now=NOW, actor="x") as unit:
        unit.record("published", "release", "r1")
    first.close()
    again = open_store(store_settings)
    assert [event.subject_id for event in again.events("release")] == ["r1"]
    again.close()


def test_programs_that_start_together_make_one_schema(store_settings: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(store_settings), range(4)))
    for store in stores:
        with store.write(now=NOW, actor="x") as unit:
            unit.record("published", "release", "r1")
    assert len(stores[0].events("release")) == 4
    for store in stores:
        store.close()


def test_a_store_of_a_later_version_is_left_as_it_is(store_settings: Settings) -> None:
    store = open_store(store_settings)
    later = store.engine.execution_options(**{WRITES: True})
    with later.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('vision_9')"))
    store.close()
    with pytest.raises(StoreError, match=r"later version.*vision_9"):
        open_store(store_settings)


def test_a_migration_that_fails_halfway_leaves_nothing(
    store_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    copy = Path(shutil.copytree(VERSIONS.parent, tmp_path / "migrations"))
    (copy / "versions" / "broken_1.py").write_text(
        "from alembic import op\n"
        "revision, down_revision, branch_labels, depends_on = 'broken_1', 'event_1', None, None\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (id INTEGER)')\n"
        "    op.execute('CREATE NONSENSE')\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_FOLDER", copy)
        with pytest.raises(StoreError):
            open_store(store_settings)
    engine = connect(store_settings)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    open_store(store_settings).close()


def test_no_migration_can_be_taken_back_and_each_says_what_it_makes() -> None:
    files = sorted(VERSIONS.glob("*.py"))
    assert len(files) >= 2
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert "upgrade" in functions, path
        assert "downgrade" not in functions, path
        (name,) = [
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "revision"
        ]
        assert name == path.stem


def test_every_module_of_tables_is_part_of_the_metadata() -> None:
    modules = {path.stem for path in Path(tables.__file__).parent.glob("*.py")} - {"__init__"}
    assert modules == set(tables.__all__)
