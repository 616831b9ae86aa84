"""A director raises a challenge and shares it, a neighbour answers, and both read the same thread:
by mouse and by keyboard, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import _serve
from tests.browser.reader import DESK, NARROW, PHONE, Reader, describe, rules_that_failed
from tests.demonstration import copy_home

TITLE = "Why do more children come back to care?"
HOSTILE = "<script>document.title = 'taken'</script> **not bold** <b>nor this</b>"
RESPONSE = f"We looked at 40 plans.\n\n{HOSTILE}"
DIRECTOR = "Director"
"""Whom one is at first."""
NEIGHBOUR, OBSERVER = "Somebody from a neighbouring authority", "Observer, from a department"
OPEN = "document.querySelectorAll('section details').forEach((part) => { part.open = true; })"
Come = Callable[..., Reader]


@pytest.fixture(scope="module")
def own_address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a demonstration is served that may be changed."""
    yield from _serve(copy_home(home, tmp_path_factory.mktemp("challenges") / "home"))


@pytest.fixture
def come(browser: Browser, own_address: str) -> Iterator[Come]:
    """Makes readers who are somebody in the demonstration; nothing may go wrong in any browser but
    what a form refuses, which has status 400 or 409."""
    readers: list[Reader] = []

    def make(part: str, size: tuple[int, int] = DESK) -> Reader:
        reader = Reader(browser, own_address, size)
        readers.append(reader)
        reader.open("/challenges")
        if part != DIRECTOR:
            reader.page.locator(".person-switch summary").click()
            reader.page.get_by_role("button", name=part, exact=True).click()
        expect(reader.page.get_by_role("heading", level=1)).to_have_text("Challenges")
        reader.drawn()
        return reader

    yield make
    refused = ("400 for", "409 for", "status of 400", "status of 409")
    problems = [
        problem
        for reader in readers
        for problem in reader.problems
        if not any(words in problem for words in refused)
    ]
    for reader in readers:
        reader.leave()
    assert problems == []


def assert_accessible(reader: Reader, place: str) -> None:
    """Nothing that axe finds at either size; nothing wider than the screen at the narrowest."""
    for size in (DESK, PHONE):
        reader.resize(size)
        reader.page.evaluate(OPEN)
        found = reader.run_axe()
        assert describe(found["violations"]) == [], f"{place}, {size}"
        assert rules_that_failed(found) == [], f"{place}, {size}"
        assert reader.sideways() <= 0, f"{place}, {size}"
    reader.resize(NARROW)
    assert reader.sideways() <= 0, place
    reader.resize(DESK)


def raise_by_keyboard(page: Page) -> None:
    """Raise a challenge to Broadshire without a mouse."""
    page.get_by_role("link", name="Raise a challenge").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Raise a challenge")
    page.get_by_label("Key line of enquiry").focus()
    page.keyboard.type(TITLE)
    page.keyboard.press("Tab")
    page.keyboard.type("More than a third come back within a year.")
    page.get_by_role("group", name="Which authorities is it for?").get_by_label(
        "Broadshire"
    ).focus()
    page.keyboard.press("Space")
    page.get_by_label("What it rests on").focus()
    page.keyboard.type("Our joint audit of the autumn.")
    page.get_by_role("button", name="Save as a draft").press("Enter")


def test_a_challenge_is_raised_shared_and_answered_by_two_who_read_the_same_thread(
    come: Come,
) -> None:
    ana = come(DIRECTOR)
    page = ana.page
    assert_accessible(ana, "an empty log")
    raise_by_keyboard(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator(".marking")).to_have_text("Draft: Fenshire only")
    ana.drawn()
    assert_accessible(ana, "a draft")
    page.reload()
    ana.drawn()
    page.get_by_role("button", name="Share it", exact=True).press("Enter")
    expect(page.locator(".saved-note")).to_contain_text("You shared it.")
    expect(page.locator(".marking")).to_have_text("Confidential: Broadshire and Fenshire only")
    address = page.url.removeprefix(ana.address)

    ben = come(NEIGHBOUR)
    there = ben.page
    expect(there.locator("#challenges-waiting")).to_contain_text(TITLE)
    there.get_by_role("link", name=re.compile(f"^Respond.*{re.escape(TITLE)}")).click()
    there.get_by_role("button", name="Respond", exact=True).click()
    expect(there.get_by_role("alert")).to_contain_text("There is something to put right")
    assert_accessible(ben, "a form with a fault")
    there.get_by_role("alert").get_by_role("link").click()
    expect(there.get_by_label("Your response")).to_be_focused()
    there.get_by_label("Your response").fill(RESPONSE)
    there.get_by_role("button", name="Respond", exact=True).click()
    expect(there.locator(".saved-note")).to_contain_text("You responded.")
    thread = there.locator("#challenge-thread")
    expect(thread.locator("blockquote")).to_have_text(RESPONSE, use_inner_text=True)
    assert there.title() != "taken"
    ben.drawn()
    assert_accessible(ben, "a thread")

    ana.open(address)
    expect(page.locator("#challenge-thread")).to_contain_text("Jo Lister, Broadshire responded")
    seen = come("Alliance manager")
    expect(seen.page.get_by_role("main")).not_to_contain_text(TITLE)
    seen.open(address)
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("Not found")
    outsider = come(OBSERVER)
    expect(outsider.page.get_by_role("main")).not_to_contain_text(TITLE)


def test_of_two_at_once_the_later_sees_the_first_and_keeps_her_words(come: Come) -> None:
    first, second = come(DIRECTOR), come(DIRECTOR)
    raise_by_keyboard(first.page)
    expect(first.page.locator(".marking")).to_be_visible()
    address = first.page.url.removeprefix(first.address)
    second.open(address)
    for reader, words in ((first, "First words"), (second, "Second words, long thought about")):
        page = reader.page
        page.get_by_text("Other steps").click()
        page.get_by_text("Change the draft").first.click()
        page.get_by_label("What do you want to understand?").fill(words)
        page.get_by_role("button", name="Change the draft").click()
    expect(first.page.locator(".saved-note")).to_contain_text("You changed the draft.")
    page = second.page
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(page.locator(".changed-since")).to_contain_text(
        "Morgan Ashby, Fenshire changed the draft"
    )
    expect(page.locator(".changed-since")).to_contain_text("First words")
    words = page.get_by_label("What do you want to understand?")
    expect(words).to_have_value("Second words, long thought about")
    assert_accessible(second, "a conflict")
    page.get_by_role("button", name="Change the draft").click()
    expect(page.locator(".entry-words")).to_contain_text("Second words, long thought about")


def test_what_was_typed_for_one_entry_never_stands_in_the_form_of_another(come: Come) -> None:
    reader = come(DIRECTOR)
    page = reader.page
    raise_by_keyboard(page)
    expect(page.locator(".marking")).to_be_visible()
    page.get_by_text("Other steps").click()
    page.get_by_text("Change the draft").first.click()
    page.get_by_label("Key line of enquiry").fill("Typed and never sent")
    page.get_by_role("link", name="Challenges", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Challenges")
    page.get_by_role("link", name="Raise a challenge").click()
    expect(page.get_by_label("Key line of enquiry")).to_have_value("")
