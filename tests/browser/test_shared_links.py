"""A link shows another reader the same view, selection and place on every page: whatever its
controls were set to, a new browser shows the same from the address alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from alliance.pages import PAGES
from tests.browser.conftest import NewReader
from tests.browser.reader import Reader
from tests.demonstration import FENSHIRE, NAMED_ALLIANCE

SEEN = """() => {
    const all = (selector) => [...document.querySelectorAll(`#main-content ${selector}`)];
    const shown = (part) => part.offsetParent !== null;
    return {
        headings: all("h1, h2, h3").filter(shown).map((part) => part.innerText),
        fields: all("input:not([type=hidden]), select").filter(shown).map((part) => part.value),
        chosen: all(".mantine-Pill-label").map((part) => part.innerText),
        tabs: all("[role=tab][aria-selected=true]").map((part) => part.innerText),
        open: all("details[open] > summary").map((part) => part.innerText),
        sorted: all(".ag-header-cell[aria-sort]").filter(
            (part) => part.ariaSort !== "none").map((part) => [part.innerText, part.ariaSort]),
        names: all("th[scope=row], .ag-cell[col-id=name]").filter(shown)
            .map((part) => part.innerText),
        sentences: all(".sentence").filter(shown).map((part) => part.innerText),
        values: all(".ag-cell[col-id=value]").filter(shown).map((part) => part.innerText),
    };
}"""
"""What a reader sees of a page's choices, without what follows from the size of the window."""
TOP = "(id) => Math.round(document.getElementById(id).getBoundingClientRect().top)"


def seen(reader: Reader) -> dict[str, Any]:
    """The choices that the page shows, once nothing moves any more."""
    reader.drawn()
    reader.page.wait_for_timeout(500)
    return reader.page.evaluate(SEEN)


def sort_by(reader: Reader, heading: str) -> None:
    reader.page.locator(".ag-header-cell", has_text=heading).last.click()
    reader.page.wait_for_url("**sort=**")


def open_table(reader: Reader, place: int, parameter: str) -> None:
    reader.page.get_by_role("tab", name="Table").nth(place).click()
    reader.page.wait_for_url(f"**{parameter}=table**")


def set_indicator(reader: Reader) -> None:
    reader.choose("indicator-us", "Broadshire")
    reader.choose("indicator-period", "2023")
    reader.choose("indicator-scope", "The whole country")
    open_table(reader, 0, "ranked")
    sort_by(reader, "Rank in region")
    open_table(reader, 1, "trend")


def set_authority(reader: Reader) -> None:
    reader.choose("authority-us", "Broadshire")
    reader.choose("authority-topic", "Child protection")
    open_table(reader, 0, "profile")


def set_overview(reader: Reader) -> None:
    reader.choose("overview-alliance", NAMED_ALLIANCE)
    reader.choose("overview-scope", "Nearest by context measures")
    reader.choose("overview-topic", "Child protection")


def set_compare(reader: Reader) -> None:
    reader.choose("compare-scope", "Nearest by context measures")
    sort_by(reader, "2025")
    reader.choose("compare-cells", "Figures and 95% intervals")


def set_inspections(reader: Reader) -> None:
    reader.choose("inspections-scope", "The whole country")
    reader.choose("inspections-judgement", "Children in care")


def set_worth_discussing(reader: Reader) -> None:
    reader.choose("worth_discussing-us", "Broadshire")


def set_neighbours(reader: Reader) -> None:
    page = reader.page
    page.get_by_text("Choose measures and weights").click()
    page.get_by_label("Weight of Children aged 0 to 17").select_option("3")
    reader.mark()
    page.get_by_role("button", name="Find the nearest again").click()
    page.wait_for_url("**weights=**")
    reader.drawn()
    page.locator("#neighbours-codes").click()
    page.get_by_role("option", name="Wenbridge", exact=True).click()
    page.wait_for_url("**codes=**")
    page.keyboard.press("Escape")
    reader.choose("neighbours-us", "Broadshire")


def set_data(reader: Reader) -> None:
    page = reader.page
    reader.mark()
    page.locator("a[href*='release=']").first.click()
    reader.redrawn()
    reader.choose("data-severity", "Warnings")
    reader.choose("data-us", "Broadshire")


def search_list(reader: Reader) -> None:
    reader.page.get_by_label("Find an indicator or an authority").fill("chidren in care")
    reader.page.wait_for_url("**q=chidren**")


def set_challenges(reader: Reader) -> None:
    page = reader.page
    page.locator("#challenges-state").select_option("ended")
    page.get_by_label("Words").fill("care")
    page.locator("#challenges-log").get_by_role("button", name="Show").click()
    page.wait_for_url("**state=ended**")


def nothing(_reader: Reader) -> None:
    """A page without a control of its own."""


CASES: dict[str, tuple[str, Callable[[Reader], None], str, frozenset[str]]] = {
    "overview": (f"/?us={FENSHIRE}", set_overview, "", frozenset({"scope", "topic"})),
    "indicator": (
        f"/indicator/cla_rate?us={FENSHIRE}", set_indicator, "set-figures",
        frozenset({"period", "scope", "ranked", "trend", "sort"}),
    ),
    "indicator_list": ("/indicator", search_list, "", frozenset({"q"})),
    "authority": (
        f"/authority/{FENSHIRE}", set_authority, "authority-programmes",
        frozenset({"topic", "profile"}),
    ),
    "compare": (
        f"/compare?us={FENSHIRE}&indicators=cla_rate,rereferral_pct", set_compare, "",
        frozenset({"indicators", "scope", "cells", "sort"}),
    ),
    "neighbours": (
        f"/neighbours/{FENSHIRE}", set_neighbours, "neighbours-hand-made",
        frozenset({"measures", "weights", "codes"}),
    ),
    "inspections": (
        f"/inspections?us={FENSHIRE}", set_inspections, "inspections-over-time",
        frozenset({"scope", "judgement"}),
    ),
    "data": (
        f"/data?us={FENSHIRE}", set_data, "data-findings", frozenset({"release", "severity"}),
    ),
    "worth_discussing": (
        f"/worth-discussing?us={FENSHIRE}", set_worth_discussing, "", frozenset({"us"}),
    ),
    "views": ("/views", nothing, "views-own", frozenset()),
    "returns": ("/returns", nothing, "", frozenset()),
    "challenges": ("/challenges", set_challenges, "challenges-log", frozenset({"state", "q"})),
    "challenge": ("/challenges/C-22222", nothing, "", frozenset()),
    "challenge_new": ("/challenges/new", nothing, "", frozenset()),
    "you": ("/you", nothing, "you-meeting", frozenset()),
    "priorities": ("/priorities", nothing, "priorities-log", frozenset()),
    "priority": ("/priorities/P-22222", nothing, "", frozenset()),
    "support": ("/support", nothing, "support-practice", frozenset()),
    "support_entry": ("/support/S-22222", nothing, "", frozenset()),
    "assessments": ("/assessments", nothing, "assessments-log", frozenset()),
    "assessment": ("/assessments/E-22222", nothing, "", frozenset()),
    "meetings": ("/meetings", nothing, "meetings-next", frozenset()),
    "meeting": ("/meetings/M-22222", nothing, "", frozenset()),
    "help": ("/help", nothing, "help-words", frozenset()),
    "not_found_404": ("/not-found", nothing, "", frozenset()),
}  # fmt: skip
"""For each page where a reader begins, what they choose there, the section to go to, and what the
address then holds at least."""


def test_every_page_is_among_the_cases() -> None:
    assert set(CASES) == {page.id for page in PAGES}


@pytest.mark.parametrize("case", CASES)
def test_a_new_browser_shows_what_its_sender_saw(
    onlooker: Reader, new_reader: NewReader, case: str
) -> None:
    path, choose, section, held = CASES[case]
    sender = onlooker
    sender.open(path)
    before = seen(sender)
    choose(sender)
    after = seen(sender)
    assert choose is nothing or after != before
    address = sender.page.url.removeprefix(sender.address).split("#")[0]
    assert held <= sender.query().keys()
    receiver = new_reader()
    receiver.open(f"{address}#{section}" if section else address)
    if section:
        rests_at_its_section(receiver.page, section)
    assert seen(receiver) == after
    assert receiver.page.url.removeprefix(receiver.address).split("#")[0] == address


def rests_at_its_section(page: Page, section: str) -> None:
    """The section is at the top of the window, or as near as the page's end allows."""
    page.wait_for_function(
        f"""Math.abs(({TOP})('{section}')) < 40 ||
            window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2"""
    )
    assert page.evaluate("(id) => document.getElementById(id) !== null", section)
