"""An analyst downloads the template, fills it, is answered cell by cell, corrects it and is heard
by the neighbours; nobody outside the alliance sees a word of it. On a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import _serve
from tests.browser.reader import DESK, NARROW, PHONE, Reader, describe, rules_that_failed
from tests.demonstration import copy_home

NOTE = "A new duty team began in July."
OF = "Contacts per 10,000 children, annualised"


@pytest.fixture
def own_address(home: Path, tmp_path: Path) -> Iterator[str]:
    """Where a demonstration is served that may be changed."""
    yield from _serve(copy_home(home, tmp_path / "own"))


@pytest.fixture
def come(browser: Browser, own_address: str) -> Iterator[Callable[..., Page]]:
    """Makes readers who are somebody in the demonstration; nothing may go wrong in any browser."""
    readers: list[Reader] = []

    def make(part: str, size: tuple[int, int] = DESK) -> Page:
        reader = Reader(browser, own_address, size)
        readers.append(reader)
        reader.page.goto(f"{own_address}/returns")
        reader.page.locator(".person-switch summary").click()
        reader.page.get_by_role("button", name=part, exact=True).click()
        expect(reader.page.get_by_role("heading", level=1)).to_have_text("Local returns")
        return reader.page

    yield make
    # A refusal has status 422 or 413, which the browser notes in its console too.
    problems = [
        p for reader in readers for p in reader.problems if "422" not in p and "413" not in p
    ]
    for reader in readers:
        reader.leave()
    assert problems == []


def fill(page: Page, to: Path, **cells: object) -> Path:
    """Download the template and fill it with what was given for the last quarter."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    path = to / "return.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book["Return"]
    for at in range(3, sheet.max_column + 1):
        sheet.cell(2, at).value = cells.get(str(sheet.cell(1, at).value), 10)
    book.save(path)
    return path


def test_from_the_template_to_the_neighbours_screen(
    come: Callable[..., Page], tmp_path: Path
) -> None:
    page = come("Analyst")
    path = fill(page, tmp_path, contacts="many", referrals="=1+1", rereferrals=11)
    page.get_by_role("link", name="Give a return").click()
    page.get_by_label("The filled template").set_input_files(path)
    page.get_by_label("Comment").fill(NOTE)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was stored")
    rows = page.get_by_role("region", name="To be corrected").get_by_role("row")
    expect(rows.filter(has_text="C2")).to_contain_text("“many” is not a number")
    expect(rows.filter(has_text="D2").first).to_contain_text("formula")
    expect(page.get_by_label("Comment")).to_have_value(NOTE)

    book = openpyxl.load_workbook(path)
    for cell, value in (("C2", 24_000), ("D2", 40), ("E2", 9)):
        book["Return"][cell] = value
    book.save(path)
    page.get_by_label("The corrected file").set_input_files(path)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("status")).to_contain_text("The return is stored")
    expect(page.get_by_role("status")).to_contain_text("version 2")

    neighbour = come("Somebody from a neighbouring authority")
    expect(neighbour.get_by_role("main")).to_contain_text(NOTE)
    table = neighbour.get_by_role("region", name=OF)
    given = table.get_by_role("row").filter(has_text="Fenshire").inner_text().split()[-1]
    assert given[0].isdigit()

    for part in ("Administrator", "Not signed in"):
        outsider = come(part)
        expect(outsider.get_by_role("main")).not_to_contain_text(NOTE)
        expect(outsider.get_by_role("main")).not_to_contain_text("Fenshire")
        expect(outsider.get_by_role("region", name=OF)).to_have_count(0)


def test_a_file_that_is_far_too_large_is_refused_with_a_page(
    come: Callable[..., Page], tmp_path: Path
) -> None:
    page = come("Analyst")
    path = tmp_path / "large.xlsx"
    with path.open("wb") as stream:
        stream.truncate(60_000_000)
    page.get_by_role("link", name="Give a return").click()
    page.get_by_label("The filled template").set_input_files(path)
    with page.expect_response(lambda r: r.request.method == "POST") as answer:
        page.get_by_role("button", name="Submit").click()
    assert answer.value.status == 413
    expect(page.get_by_role("heading", level=1)).to_have_text("The file is too large")


@pytest.mark.parametrize("size", [DESK, PHONE, NARROW], ids=["desk", "phone", "narrow"])
def test_the_pages_are_accessible_and_fit_the_screen(
    new_reader: Callable[..., Reader], size: tuple[int, int], tmp_path: Path
) -> None:
    reader = new_reader(size)
    for address in ("/returns", "/returns/give/quarterly_childrens_services"):
        assert_sound(reader, reader.open(address))
    path = tmp_path / "wrong.csv"
    path.write_text("authority_code,quarter,contacts\n629,soon,many\n", encoding="utf-8")
    reader.page.get_by_label("The filled template").set_input_files(path)
    reader.page.get_by_role("button", name="Check only").click()
    expect(reader.page.get_by_role("alert")).to_contain_text("Nothing was stored")
    assert_sound(reader, reader.page)
    reader.problems[:] = [problem for problem in reader.problems if "422" not in problem]


def assert_sound(reader: Reader, page: Page) -> None:
    """Nothing that axe minds, and no need to scroll sideways."""
    found = reader.run_axe()
    assert describe(found["violations"]) == []
    assert rules_that_failed(found) == []
    assert reader.sideways() <= 0, page.url
