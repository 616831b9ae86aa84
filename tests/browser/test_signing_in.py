"""Signing in, and being somebody else in the demonstration, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from alliance.access import Role
from alliance.people.accounts import create_account
from alliance.settings import load_settings
from alliance.store import open_store
from tests.browser.conftest import NewReader, _serve
from tests.browser.reader import DESK, NARROW, PHONE, Reader, describe, rules_that_failed
from tests.conftest import Small

PASSWORD = "three words together"
SIZES = {"desk": DESK, "phone": PHONE}


@pytest.fixture
def visitor(browser: Browser, small: Small) -> Iterator[Reader]:
    """Somebody who opens a home with real figures, in which Jo Ashby has an account."""
    store = open_store(load_settings(small.store.home, {}))
    create_account(
        store, username="j.ashby", display_name="Jo Ashby", password=PASSWORD,
        authority_code=None, alliance=None, roles=[Role.ANALYST],
        now=datetime.now(UTC), actor="tests",
    )  # fmt: skip
    store.close()
    for address in _serve(Path(small.store.home)):
        reader = Reader(browser, address, DESK)
        yield reader
        reader.leave()


def assert_accessible(reader: Reader, place: str) -> None:
    for name, size in SIZES.items():
        reader.resize(size)
        found = reader.run_axe()
        assert describe(found["violations"]) == [], f"{place}, {name}"
        assert rules_that_failed(found) == [], f"{place}, {name}"
        assert reader.sideways() <= 0, f"{place}, {name}"
    reader.resize(NARROW)
    assert reader.sideways() <= 0, place
    reader.resize(DESK)


def test_signing_in_by_keyboard_leads_back_to_the_page_and_shows_who_one_is(
    visitor: Reader,
) -> None:
    page = visitor.open("/help")
    page.get_by_role("link", name="Sign in").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title("Sign in – Alliance")
    assert_accessible(visitor, "the form")

    page.get_by_label("Username").focus()
    page.keyboard.type("j.ashby")
    page.keyboard.press("Tab")
    page.keyboard.type("a wrong guess")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Error: Sign in – Alliance")
    expect(page.get_by_role("alert")).to_contain_text("The username or the password is wrong")
    expect(page.get_by_label("Username")).to_have_value("j.ashby")
    expect(page.get_by_label("Password")).to_have_value("")
    assert_accessible(visitor, "the form after a failure")

    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visitor.address}/help")
    visitor.drawn()
    expect(page.locator(".person-name")).to_have_text("Jo Ashby, analyst")
    assert_accessible(visitor, "a page of somebody who is signed in")

    page.get_by_role("link", name="Indicators").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Indicators")
    page.get_by_role("button", name="Sign out").press("Enter")
    visitor.drawn()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    refused = f"403 for {visitor.address}/sign-in"
    others = [p for p in visitor.problems if p != refused and "status of 403" not in p]
    assert (refused in visitor.problems, others) == (True, [])


def test_a_page_that_lost_its_token_is_refused_and_loads_itself_anew(visitor: Reader) -> None:
    page = visitor.open("/help")
    page.context.clear_cookies()
    with page.expect_response(lambda r: "/_dash-update-component" in r.url) as answer:
        page.get_by_role("link", name="Indicators").click()
    assert answer.value.status == 400
    visitor.drawn()
    expect(page.get_by_role("heading", level=1)).to_have_text("Indicators")
    assert page.url.startswith(f"{visitor.address}/indicator")


def test_a_browser_that_keeps_no_cookies_is_told_so(visitor: Reader) -> None:
    visitor.page.add_init_script("Object.defineProperty(document, 'cookie', { get: () => '' })")
    visitor.page.goto(f"{visitor.address}/help")
    heading = visitor.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("This page needs cookies")


def open_menu(page: Page) -> None:
    """On a telephone who one is lies behind the header's button; at a desk there is none."""
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.focus()
        page.keyboard.press("Enter")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_who_one_is_in_the_demonstration_is_changed_by_keyboard(
    new_reader: NewReader, size: tuple[int, int]
) -> None:
    reader = new_reader(size)
    page = reader.open("/authority/629?topic=all")
    switch = page.locator(".person-switch summary")
    expect(switch).to_have_text("You are Morgan Ashby, director, Fenshire Change")
    open_menu(page)
    switch.focus()
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="Alliance manager")
    expect(choice).to_be_visible()
    found = reader.run_axe()
    assert describe(found["violations"]) == []
    assert reader.sideways() <= 0
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(choice).to_be_focused()
    page.keyboard.press("Enter")
    expect(switch).to_have_text("You are Tom Hale, alliance manager Change")
    reader.drawn()
    assert page.url == f"{reader.address}/authority/629?topic=all", "the page is the same"

    open_menu(page)
    switch.click()
    page.get_by_role("button", name="Not signed in").click()
    expect(switch).to_have_text("You are not signed in Change")
    assert reader.drawn().locator("h1").inner_text() == "Fenshire"
