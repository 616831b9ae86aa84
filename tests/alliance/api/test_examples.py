"""What docs/api.md tells an analyst to type works as it stands."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from werkzeug.serving import make_server

from alliance.api.endpoints import LISTINGS
from tests.conftest import REPOSITORY
from tests.demonstration import Figures

TEXT = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8050"


@pytest.fixture(scope="module")
def address(demo_app: Dash) -> Iterator[str]:
    """Where the demonstration is served, over a real socket."""
    server = make_server("127.0.0.1", 0, demo_app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found, language
    return found[1]


def test_the_python_example_gives_the_figures(
    address: str, demo_figures: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = example("python")
    assert ADDRESS in code
    found: dict[str, Any] = {}
    exec(compile(code.replace(ADDRESS, address), "docs/api.md", "exec"), found)
    expected = demo_figures.rows(
        "SELECT area_code, value FROM comparison WHERE indicator_id = 'cla_rate'"
        " AND period = (SELECT max_by(period, period_end) FROM comparison"
        " WHERE indicator_id = 'cla_rate' AND value IS NOT NULL) ORDER BY area_code"
    )
    named = found["named"].sort_values("area_code")
    assert list(named["area_code"]) == [row["area_code"] for row in expected]
    assert named["value"].count() == sum(row["value"] is not None for row in expected)
    whole = demo_figures.column(
        "SELECT COUNT(*) FROM observation JOIN area USING (area_code)"
        " WHERE indicator_id = 'cla_rate' AND area_level = 'authority'"
    )[0]
    assert len(found["series"]) == whole
    assert set(found["series"]["area_code"].str.len()) == {3}
    assert (
        len(found["newest_first"])
        == demo_figures.column(
            "SELECT COUNT(value) FROM comparison WHERE indicator_id = 'cla_rate'"
        )[0]
    )


def test_the_r_example_asks_for_addresses_that_there_are() -> None:
    code = example("r")
    paths = {"/" + "/".join(re.findall(r'"(\w+)"', call))
             for call in re.findall(r"req_url_path_append\(([^)]*)\)", code)}  # fmt: skip
    assert paths == {"/comparisons", "/release/file"}


def test_the_table_of_addresses_names_them_all() -> None:
    named = set(re.findall(r"^\| `(/[^`]+)`", TEXT, re.MULTILINE))
    assert {listing.path for listing in LISTINGS} <= named
    for listing in LISTINGS:
        (row,) = re.findall(rf"^\| `{re.escape(listing.path)}` \|(.*)\|$", TEXT, re.MULTILINE)
        named_filters = {*(item.name for item in listing.filters), *(listing.extra or {})}
        assert named_filters <= set(re.findall(r"`(\w+)`", row)), listing.path
