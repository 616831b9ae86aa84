"""The tree is as docs say: who imports whom, what lies where, what a layer must not do."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LAYERS = ("ingest", "indicators", "alliance")
"""Each may import itself and those before it."""

TOP_LEVEL = {
    "alliance", "ingest", "indicators", "app.py", "data", "tests", "docs", "pyproject.toml",
    "uv.lock", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".ci", ".gitignore",
    ".github", ".gitattributes", "ATTRIBUTION.md", ".python-version",
}  # fmt: skip


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (REPOSITORY / folder).rglob("*.py"))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a tree imports, at the top or inside a function, by name or by text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and getattr(node.func, "attr", getattr(node.func, "id", ""))
            in {"import_module", "__import__"}
        ):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def breaches(layer: str, source: str) -> list[str]:
    """What a module of that layer imports and must not."""
    above = LAYERS[LAYERS.index(layer) + 1 :]
    forbidden = {*above, "app", "tests"}
    return [name for name in imported(ast.parse(source)) if name.split(".")[0] in forbidden]


def test_the_layers_are_there() -> None:
    for layer in LAYERS:
        assert modules(layer), layer


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_imports_one_above_it(layer: str) -> None:
    found = {
        str(path.relative_to(REPOSITORY)): breach
        for path in modules(layer)
        if (breach := breaches(layer, path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("ingest", "import indicators.queries"),
        ("ingest", "from alliance.settings import Settings"),
        ("ingest", "def f():\n    from indicators import comparison"),
        ("ingest", "import importlib\nimportlib.import_module('alliance.cli')"),
        ("indicators", "import os, alliance"),
        ("indicators", "if True:\n    import app"),
        ("alliance", "import tests.builders"),
    ],
)
def test_the_import_check_sees_a_breach(layer: str, source: str) -> None:
    assert breaches(layer, source)


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("ingest", "import duckdb\nfrom ingest.errors import Finding"),
        ("indicators", "from ingest.release import read_info"),
        ("alliance", "from indicators.queries import Release\nimport ingest.load"),
        ("ingest", "import indicatorsish"),
    ],
)
def test_the_import_check_lets_the_layers_below_through(layer: str, source: str) -> None:
    assert breaches(layer, source) == []


def name_of(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def needs(path: Path, known: set[str]) -> set[str]:
    """The modules of ours that a module needs before it can run: what it imports at its top, the
    packages that those lie in, but not the packages that it lies in itself."""
    found = set()
    for node in parse(path).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            found |= {".".join(parts[:i]) for i in range(1, len(parts) + 1)}
    own = name_of(path)
    return {name for name in found & known if not f"{own}.".startswith(f"{name}.")}


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle of imports, or none."""
    left = dict(graph)
    while free := [name for name, needed in left.items() if not needed & set(left)]:
        for name in free:
            del left[name]
    return sorted(left)


def test_no_circle_of_imports_makes_their_order_matter() -> None:
    paths = {name_of(path): path for path in modules(*LAYERS)}
    assert cycle_in({name: needs(path, set(paths)) for name, path in paths.items()}) == []


def test_the_circle_check_sees_a_circle() -> None:
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "d"]
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_the_app_module_has_no_query_and_no_callback() -> None:
    tree = parse(REPOSITORY / "app.py")
    assert not {name.split(".")[0] for name in imported(tree)} & {"duckdb", "sqlite3", "sqlalchemy"}
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}
    assert not names & {"callback", "clientside_callback", "execute", "sql", "Input", "Output"}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and "select " in text.casefold()]


def test_nothing_prints() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in [*modules(*LAYERS), REPOSITORY / "app.py"]
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert found == []


def test_no_exception_is_swallowed_unseen() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in modules(*LAYERS)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or [type(step) for step in node.body] == [ast.Pass])
    ]
    assert found == []


def test_every_module_opens_with_what_it_owns() -> None:
    assert [path for path in modules(*LAYERS) if not ast.get_docstring(parse(path))] == []


def top_level_names() -> set[str]:
    """Names at the top of the tree, but for what version control ignores (caches, environments)."""
    git = shutil.which("git")
    if git and (REPOSITORY / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        return {line.split("/")[0] for line in listed.stdout.splitlines()}
    return {path.name for path in REPOSITORY.iterdir() if path.name[0] not in "._"} - {"dist"}


def test_the_top_level_holds_what_the_architecture_names() -> None:
    names = top_level_names()
    assert {"alliance", "ingest", "indicators", "app.py", "data", "tests"} <= names
    assert {"pyproject.toml", "README.md"} <= names
    assert names <= TOP_LEVEL


def test_the_data_folder_holds_no_code() -> None:
    suffixes = {path.suffix for path in (REPOSITORY / "data").rglob("*") if path.is_file()}
    assert suffixes
    assert not suffixes & {".py", ".sql", ".js", ".ipynb", ".sh"}


def test_pyproject_is_the_only_configuration_file() -> None:
    others = ("setup.cfg", "setup.py", "pytest.ini", "tox.ini", "mypy.ini", "ruff.toml", ".flake8")
    assert [name for name in others if (REPOSITORY / name).exists()] == []
