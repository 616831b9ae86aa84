"""An analyst reads what a held release would change, goes back and forth, by keyboard and
mouse; on a desk and on a phone nothing is wrong with the page that asks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ingest.release import ReleaseStore
from tests.browser.conftest import _serve
from tests.browser.reader import DESK, PHONE, Reader, describe, rules_that_failed
from tests.demonstration import copy_home


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """A demonstration that may be changed."""
    return copy_home(home, tmp_path / "own")


@pytest.fixture
def analyst(browser: Browser, own_home: Path) -> Iterator[Reader]:
    """Somebody who is the demonstration's analyst."""
    for address in _serve(own_home):
        reader = Reader(browser, address, DESK)
        reader.page.goto(f"{address}/data")
        reader.page.locator(".person-switch summary").click()
        reader.page.get_by_role("button", name="Analyst", exact=False).first.click()
        expect(reader.page.get_by_role("heading", level=1)).to_have_text("Data")
        yield reader
        assert reader.problems == []
        reader.leave()


def test_a_release_is_rolled_back_and_published_again(analyst: Reader, own_home: Path) -> None:
    store = ReleaseStore(own_home)
    latest = str(store.current_id())
    [before] = [name for name in store.ids() if name != latest]
    page = analyst.open(f"/data?release={before}")
    for size in (PHONE, DESK):
        analyst.resize(size)
        assert analyst.sideways() <= 0
        found = analyst.run_axe()
        assert describe(found["violations"]) == []
        assert rules_that_failed(found) == []
    page.locator("#data-roll-back-reason").fill("the publisher withdrew a table")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Release {before} is served again.")).to_be_visible()
    assert store.current_id() == before
    page = analyst.open(f"/data?release={latest}")
    expect(page.get_by_role("heading", name=f"What release {latest}")).to_be_visible()
    page.locator("#data-roll-back-reason").fill("the table is right after all")
    page.get_by_role("button", name="Roll back to this release").click()
    expect(page.get_by_text(f"Release {latest} is served again.")).to_be_visible()
    assert store.current_id() == latest
    page.get_by_text("Who did what, when and why").click()
    expect(page.get_by_role("cell", name="the publisher withdrew a table").first).to_be_visible()


def test_a_figure_is_followed_to_its_row_from_the_page_of_its_indicator(analyst: Reader) -> None:
    page = analyst.open("/indicator/cla_rate")
    page.get_by_role("link", name="stands in").click()
    expect(page.get_by_role("heading", name="Where a figure comes from")).to_be_visible()
    analyst.drawn()
    expect(page.locator("#data-figure dd").first).to_have_text(
        "cla_number_and_rate_per_10k_children.csv"
    )


def test_the_command_line_and_the_page_tell_the_same_release(
    analyst: Reader, own_home: Path
) -> None:
    words = ["releases", "current", "--path", "--home", str(own_home)]
    command = [sys.executable, "-c", "from alliance.cli import main; main()", *words]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    expect(analyst.page.locator(".lead").first).to_contain_text(Path(told).stem)
