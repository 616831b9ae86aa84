"""Every page is walked with the tab key alone: all that can be used is reached, in order, seen and
left again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.reader import DESK, NARROW, PHONE, Reader, describe
from tests.demonstration import FENSHIRE

WALKED = {
    "overview": f"/?topic={quote('Child protection')}",
    "list of indicators": "/indicator?q=care+leavers",
    "indicator": "/indicator/cla_rate",
    "indicator, table": "/indicator/cla_rate?trend=table",
    "authority": f"/authority/{FENSHIRE}",
    "comparison": "/compare?show=scatter&x=referral_rate&y=rereferral_pct",
    "neighbours": f"/neighbours/{FENSHIRE}",
    "inspections": "/inspections",
    "views": "/views",
    "returns": "/returns",
    "data": "/data",
    "help": "/help",
    "page not found": "/nowhere",
}

_USABLE = """() => {
    const usable =
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    window.walked = [];
    window.unseen = [];
    return [...document.querySelectorAll(usable)].filter((part) =>
        part.tabIndex >= 0 && !part.disabled && part.checkVisibility({ visibilityProperty: true })
    ).map((part, number) => { part.dataset.stop = number; return number; });
}"""
"""Marks all that the tab key should reach with its place in the page; gives the places."""

_WATCH = """() => document.addEventListener("focusin", (event) => {
    const part = event.target, style = getComputedStyle(part);
    window.walked.push(part.dataset.stop === undefined ? part.outerHTML.slice(0, 90)
        : Number(part.dataset.stop));
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    requestAnimationFrame(() => {
        const box = part.getBoundingClientRect();
        const beyond = box.bottom <= 0 || box.top >= innerHeight || box.right <= 0
            || box.left >= innerWidth;
        if (!ring || (beyond && part === document.activeElement)) {
            window.unseen.push(part.outerHTML.slice(0, 120));
        }
    });
})"""
"""Notes each part that has the focus, and those that show no ring or lie outside the screen."""


def walk(reader: Reader) -> dict[str, Any]:
    """Press the tab key from the top of the page to its end; what should be reached, what was, and
    what of it could not be seen."""
    page = reader.page
    usable = page.evaluate(_USABLE)
    page.evaluate(_WATCH)
    for _ in range(len(usable)):
        page.keyboard.press("Tab")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return {
        "usable": usable,
        "walked": page.evaluate("window.walked"),
        "unseen": page.evaluate("window.unseen"),
    }


@pytest.mark.parametrize("view", WALKED)
def test_the_tab_key_reaches_all_that_can_be_used_in_the_order_of_the_page(
    onlooker: Reader, view: str
) -> None:
    onlooker.open(WALKED[view])
    found = walk(onlooker)
    assert len(found["usable"]) > 10
    assert found["walked"] == found["usable"]
    assert found["unseen"] == []


def test_on_a_telephone_the_focus_is_seen_too(onlooker: Reader) -> None:
    onlooker.resize(PHONE)
    onlooker.open("/indicator/cla_rate")
    found = walk(onlooker)
    onlooker.resize(DESK)
    assert found["walked"] == found["usable"]
    assert found["unseen"] == []


def test_a_walk_sees_a_trap_and_a_part_without_a_ring(onlooker: Reader) -> None:
    page = onlooker.open("/nowhere")
    page.add_style_tag(content="main a:focus-visible { outline: none !important; }")
    page.evaluate("document.querySelector('main a').onkeydown = () => false")
    found = walk(onlooker)
    assert len(found["walked"]) < len(found["usable"])
    assert any("/indicator" in part for part in found["unseen"])


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["phone", "narrow"])
def test_on_a_telephone_the_header_is_one_row_whose_button_opens_the_rest(
    onlooker: Reader, size: tuple[int, int]
) -> None:
    onlooker.resize(size)
    page = onlooker.open("/inspections")
    header, button = page.locator("header.header"), page.get_by_role("button", name="Menu")
    menu = page.locator("#header-menu")
    expect(menu).to_be_hidden()
    assert header.evaluate("part => part.getBoundingClientRect().height") <= 64
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(menu.get_by_role("link", name="Indicators")).to_be_visible()
    expect(menu.get_by_role("searchbox")).to_be_visible()
    assert onlooker.sideways() == 0
    assert describe(onlooker.run_axe()["violations"]) == []
    page.keyboard.press("Tab")
    assert menu.evaluate("part => part.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Space")
    menu.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    expect(menu).to_be_hidden()


def test_at_a_desk_the_header_hides_nothing_and_has_no_menu_button(onlooker: Reader) -> None:
    onlooker.resize(DESK)
    page = onlooker.open("/inspections")
    expect(page.get_by_role("link", name="Indicators", exact=True)).to_be_visible()
    expect(page.locator(".menu-button")).to_be_hidden()
