"""A link shows another reader the same view, selection and place on the page; a view that is saved
opens as it was; a set is chosen with the keyboard, kept, deleted and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewReader, _serve
from tests.browser.reader import DESK, PHONE, Reader
from tests.demonstration import CITY, FENSHIRE, copy_home

TOP = "(id) => Math.round(document.getElementById(id).getBoundingClientRect().top)"


@pytest.fixture(scope="module")
def writable(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served demonstration of one's own, to write in."""
    yield from _serve(copy_home(home, tmp_path_factory.mktemp("views") / "home"))


@pytest.fixture
def writer(browser: Browser, writable: str) -> Iterator[Reader]:
    """The demonstration's director at a desk."""
    reader = Reader(browser, writable, DESK)
    yield reader
    problems = reader.problems
    reader.leave()
    assert problems == []


def rests_at_the_top(page: Page, section: str) -> None:
    """The section has come to the top of the window and stays there."""
    page.wait_for_function(f"Math.abs(({TOP})('{section}')) < 40 && window.scrollY > 100")
    page.wait_for_timeout(300)
    assert abs(page.evaluate(TOP, section)) < 40


def test_a_link_shows_another_reader_the_same_view_selection_and_place(
    new_reader: NewReader,
) -> None:
    sender = new_reader()
    page = sender.open(f"/indicator/cla_rate?us={FENSHIRE}")
    sender.choose("indicator-scope", "Nearest by context measures")
    page.get_by_role("tab", name="Table").first.click()
    page.wait_for_url("**ranked=table**")
    page.get_by_role("link", name="Link to this section: Over time").focus()
    page.keyboard.press("Enter")
    section = page.evaluate("location.hash.slice(1)")
    rests_at_the_top(page, section)

    receiver = new_reader()
    other = receiver.open(page.url.removeprefix(sender.address))
    rests_at_the_top(other, section)
    assert other.url == page.url
    assert receiver.picked() == sender.picked()
    assert receiver.picked()["Compare with"] == "Nearest by context measures"
    assert receiver.open_tabs() == sender.open_tabs()
    assert receiver.grid("indicator-ranked-grid") == sender.grid("indicator-ranked-grid")


def test_a_reader_who_scrolls_is_not_brought_back(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate#indicator-trend-title")
    page.mouse.wheel(0, -5000)
    page.wait_for_function("window.scrollY === 0")
    page.evaluate("document.querySelector('main').append(document.createElement('p'))")
    page.wait_for_timeout(300)
    assert page.evaluate("window.scrollY") == 0


def test_a_view_saved_with_the_keyboard_opens_as_it_was(writer: Reader) -> None:
    page = writer.open(f"/indicator/cla_rate?us={FENSHIRE}&scope=england")
    page.get_by_role("tab", name="Table").first.click()
    page.wait_for_url("**ranked=table**")
    here = page.url
    page.locator(".view-save > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Care in the country")
    page.keyboard.press("Tab")
    page.keyboard.type("Members")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".saved-note")).to_contain_text("“Care in the country” is saved.")
    writer.drawn()
    assert page.url == here
    page.get_by_role("link", name="Saved views").click()
    page.get_by_role("link", name="Care in the country", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Children looked after per 10,000")
    writer.drawn()
    assert page.url == here
    assert writer.open_tabs()[0] == "Table"


def test_a_set_is_chosen_with_the_keyboard_kept_deleted_and_brought_back(writer: Reader) -> None:
    page = writer.open(f"/neighbours/{FENSHIRE}")
    links = page.locator("#neighbours-links")
    expect(links).to_be_hidden()
    page.locator("#neighbours-codes").focus()
    for name in ("Wenbridge", "Broadshire"):
        page.keyboard.type(name)
        expect(page.get_by_role("option", name=name, exact=True)).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    page.wait_for_url("**codes=537-625**")
    page.keyboard.press("Escape")
    expect(links.get_by_role("link").first).to_have_attribute(
        "href", f"/?alliance=X12000006&us={FENSHIRE}&scope=codes-537-625"
    )
    page.get_by_label("Name of the set").fill("Two of them")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".saved-note")).to_contain_text("The set “Two of them” is saved.")
    writer.drawn()
    kept = page.locator("#neighbours-saved")
    expect(kept).to_contain_text("Wenbridge, Broadshire.")
    kept.get_by_role("button", name="Delete the set Two of them").click()
    expect(page.locator(".saved-note")).to_contain_text("is deleted.")
    expect(kept).not_to_contain_text("Two of them")
    page.get_by_role("button", name="Undo").click()
    expect(kept).to_contain_text("Two of them")
    writer.open(f"/indicator/cla_rate?us={FENSHIRE}")
    writer.choose("indicator-scope", "Two of them")
    names = {row["name"] for row in _rows(writer)}
    assert names == {"Fenshire", "Wenbridge", "Broadshire"}


def _rows(reader: Reader) -> list[dict[str, str]]:
    reader.page.get_by_role("tab", name="Table").first.click()
    reader.page.wait_for_url("**ranked=table**")
    return reader.grid("indicator-ranked-grid")


def test_weights_are_chosen_in_a_plain_form_and_stand_in_the_address(reader: Reader) -> None:
    page = reader.open(f"/neighbours/{FENSHIRE}")
    page.get_by_text("Choose measures and weights").click()
    page.get_by_label("Weight of Children aged 0 to 17").select_option("3")
    page.get_by_label("Weight of Spending on children’s social care per child").select_option("0")
    reader.mark()
    page.get_by_role("button", name="Find the nearest again").click()
    page.wait_for_url("**measures=population_0_17**")
    reader.drawn()
    assert reader.query()["weights"] == "3,1"
    rests_at_the_top(page, "neighbours-computed")
    assert page.get_by_label("Weight of Children aged 0 to 17").input_value() == "3"
    reader.mark()
    page.locator("#neighbours-computed").get_by_role("link", name="One indicator").click()
    reader.redrawn()
    assert reader.query()["weights"] == "3,1"
    assert reader.picked()["Compare with"] == "Nearest by context measures"


def test_the_form_of_a_view_fits_a_phone(new_reader: NewReader) -> None:
    phone = new_reader(PHONE)
    page = phone.open(f"/neighbours/{CITY}")
    page.get_by_text("Save this view").click()
    expect(page.get_by_label("Name of the view")).to_be_visible()
    assert phone.sideways() <= 0
    assert phone.run_axe()["violations"] == []
