"""Choosing: the address holds the whole state of a view, and the focus stays where it was."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Reader
from tests.demonstration import ABOLISHED, CAPITAL, FENSHIRE, NAMED_ALLIANCE, Figures

CHOICES = [
    ("/", "overview-alliance", "Crownhaven", {"alliance": CAPITAL}),
    ("/", "overview-alliance", NAMED_ALLIANCE, {"alliance": NAMED_ALLIANCE, "us": FENSHIRE}),
    ("/", "overview-us", "Wenbridge", {"us": "537"}),
    ("/", "overview-topic", "Child protection", {"topic": "Child protection"}),
    ("/indicator/cla_rate", "indicator-alliance", "Crownhaven", {"alliance": CAPITAL}),
    ("/indicator/cla_rate", "indicator-us", "Wenbridge", {"us": "537"}),
    ("/indicator/cla_rate", "indicator-period", "2023", {"period": "2023"}),
    (
        f"/indicator/cla_rate?us={ABOLISHED}",
        "indicator-period",
        "2021",
        {"period": "2021", "us": ABOLISHED},
    ),
    ("/indicator/cla_rate", "indicator-scope", "Statistical neighbours", {"scope": "neighbours"}),
    (f"/authority/{FENSHIRE}", "authority-alliance", "Crownhaven", {"alliance": CAPITAL}),
]


@pytest.mark.parametrize(("path", "picker", "label", "query"), CHOICES)
def test_a_choice_is_in_the_address_and_the_back_button_undoes_it(
    onlooker: Reader, path: str, picker: str, label: str, query: dict[str, str]
) -> None:
    page = onlooker.open(path)
    before = (onlooker.picked(), page.locator("h1").inner_text(), page.locator(".table").count())
    onlooker.choose(picker, label)
    assert query.items() <= onlooker.query().items()
    onlooker.mark()
    page.go_back()
    onlooker.redrawn()
    assert page.url == onlooker.address + path
    assert (onlooker.picked(), page.locator("h1").inner_text(), page.locator(".table").count()) == (
        before
    )


def test_a_choice_changes_what_the_page_shows(reader: Reader, figures: Figures) -> None:
    page = reader.open("/indicator/cla_rate?period=2025")
    reader.choose("indicator-us", "Wenbridge")
    value = figures.column(
        "SELECT value FROM comparison"
        " WHERE indicator_id = 'cla_rate' AND area_code = '537' AND period = '2025'"
    )[0]
    expect(page.locator(".sentence").first).to_contain_text(f"Wenbridge: {value:.0f} per 10,000")
    reader.choose("indicator-period", "2022")
    value = figures.column(
        "SELECT value FROM comparison"
        " WHERE indicator_id = 'cla_rate' AND area_code = '537' AND period = '2022'"
    )[0]
    expect(page.locator(".sentence").first).to_contain_text(
        f"Wenbridge: {value:.0f} per 10,000 on 31 March 2022"
    )


def test_an_authority_chosen_on_a_profile_leads_to_its_own_profile(reader: Reader) -> None:
    page = reader.open(f"/authority/{FENSHIRE}")
    reader.choose("authority-us", "Wenbridge")
    assert page.url.startswith(f"{reader.address}/authority/537")
    expect(page.locator("h1")).to_have_text("Wenbridge")
    expect(page).to_have_title("Wenbridge – Alliance")


def test_an_alliance_without_our_authority_brings_one_of_its_own(
    reader: Reader, figures: Figures
) -> None:
    reader.open("/")
    reader.choose("overview-alliance", "Crownhaven")
    first = figures.column(
        "SELECT name FROM area WHERE region_code = ? AND area_level = 'authority' ORDER BY name",
        CAPITAL,
    )[0]
    assert reader.picked() == {
        "Alliance": "Crownhaven",
        "Our authority": first,
        "Topic": "All topics",
        "Show": "Alliance",
    }


def test_a_link_between_pages_carries_the_view_on(reader: Reader) -> None:
    page = reader.open(f"/?{urlencode({'alliance': NAMED_ALLIANCE, 'us': '625'})}")
    picked = reader.picked()
    reader.mark()
    page.get_by_role("link", name="Children looked after per 10,000 children").click()
    reader.redrawn()
    assert page.locator("h1").inner_text() == "Children looked after per 10,000 children"
    assert {key: reader.picked()[key] for key in ("Alliance", "Our authority")} == {
        key: picked[key] for key in ("Alliance", "Our authority")
    }
    reader.mark()
    page.get_by_role("link", name="Our authority").click()
    reader.redrawn()
    assert page.locator("h1").inner_text() == picked["Our authority"]


def test_an_open_tab_is_in_the_address_and_outlives_a_reload_and_a_choice(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate")
    for frame, name in ((0, "ranked"), (1, "trend")):
        page.get_by_role("tab", name="Table").nth(frame).click()
        page.wait_for_url(f"**{name}=table**")
    assert reader.query() == {"ranked": "table", "trend": "table"}
    page.reload()
    reader.drawn()
    assert reader.open_tabs()[:2] == ["Table", "Table"]
    reader.choose("indicator-us", "Wenbridge")
    assert reader.open_tabs()[:2] == ["Table", "Table"]
    assert {"ranked": "table", "trend": "table"}.items() <= reader.query().items()
    reader.mark()
    page.go_back()
    reader.redrawn()
    assert reader.picked()["Our authority"] == "Fenshire"
    assert reader.open_tabs()[:2] == ["Table", "Table"]
    page.get_by_role("tab", name="Chart").first.click()
    page.wait_for_url("**/indicator/cla_rate?trend=table")


def test_words_typed_into_the_list_are_in_the_address_and_outlive_a_reload(
    reader: Reader, figures: Figures
) -> None:
    page = reader.open("/indicator")
    page.locator("#indicators-search").fill("persistant absence")
    page.wait_for_url("**q=persistant+absence**")
    titles = figures.column("SELECT title FROM indicator WHERE title ILIKE 'persistent absence%'")
    assert len(titles) == 3
    expect(page.locator(".found-count")).to_contain_text("indicators found")
    page.reload()
    reader.drawn()
    expect(page.locator("#indicators-search")).to_have_value("persistant absence")
    assert set(titles) <= set(page.locator(".entry-title a").all_inner_texts())
    page.get_by_role("link", name=titles[0], exact=True).click()
    expect(page.locator("h1")).to_have_text(titles[0])


def test_words_that_nothing_has_are_answered_with_what_to_do(reader: Reader) -> None:
    page = reader.open("/indicator")
    page.locator("#indicators-search").fill("zebra")
    expect(page.locator("#indicators-found")).to_contain_text("Nothing found for “zebra”. Try")
    page.locator("#indicators-search").fill("")
    expect(page.locator(".entry").first).to_be_visible()


def test_the_search_in_the_header_leads_to_what_it_found(reader: Reader) -> None:
    page = reader.open("/help")
    page.get_by_role("searchbox").fill("fnshire")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/indicator?**q=fnshire**")
    expect(page.locator(".places a")).to_have_text("Fenshire")


def test_indicators_chosen_by_keyboard_are_compared_when_asked(reader: Reader) -> None:
    page = reader.open("/compare")
    picker = page.locator("#compare-indicators")
    picker.focus()
    page.keyboard.type("LAC", delay=20)
    option = page.get_by_role("option", name="Children looked after per 10,000 children")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#compare-apply").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**indicators=**")
    reader.drawn()
    assert reader.query()["indicators"].startswith("cla_")
    assert "Fenshire" in {row["name"] for row in reader.grid("compare-grid")}


def test_the_skip_link_leads_past_the_navigation(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main#main-content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_tab_key_reaches_the_pickers_and_opens_none_of_them(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate")
    page.locator("#indicator-alliance").focus()
    seen = [reader.focused()]
    for _ in range(3):
        page.keyboard.press("Tab")
        seen.append(reader.focused())
    assert seen == [f"input#indicator-{name}" for name in ("alliance", "us", "period", "scope")]
    expect(page.locator("[role=option]:visible")).to_have_count(0)


WITH_PICKERS = [
    ("/", "overview-us", "us=537"),
    ("/indicator/cla_rate", "indicator-us", "us=537"),
    (f"/authority/{FENSHIRE}", "authority-us", "/authority/537"),
]


@pytest.mark.parametrize(("path", "picker", "place"), WITH_PICKERS)
def test_an_authority_chosen_with_the_keyboard_is_shown_and_the_focus_stays(
    reader: Reader, path: str, picker: str, place: str
) -> None:
    page = reader.open(path)
    page.locator(f"#{picker}").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Wenbr")
    expect(page.get_by_role("option", name="Wenbridge")).to_be_visible()
    reader.mark()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    reader.redrawn()
    assert place in page.url
    assert page.locator(f"#{picker}").input_value() == "Wenbridge"
    expect(page.locator(f"input#{picker}")).to_be_focused()
    expect(page.locator("[role=option]:visible")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Wenbridge")
    page.keyboard.press("Tab")
    assert reader.focused() != "body#"


def test_a_choice_is_opened_walked_and_left_with_the_keyboard(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate")
    page.locator("#indicator-scope").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Statistical neighbours")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[role=option]:visible")).to_have_count(0)
    expect(page.locator("input#indicator-scope")).to_be_focused()
    assert page.url == f"{reader.address}/indicator/cla_rate"


def test_a_link_followed_with_the_keyboard_takes_the_focus_to_the_new_page(reader: Reader) -> None:
    page = reader.open("/")
    page.get_by_role("link", name="Help", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Help")
    expect(page.locator("main#main-content")).to_be_focused()


def test_tabs_are_changed_with_the_arrow_keys(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate")
    page.get_by_role("tab", name="Chart").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Table").first).to_be_focused()
    page.wait_for_url("**ranked=table**")
    reader.drawn()
    expect(page.locator("#indicator-ranked-grid")).to_be_visible()


def test_a_click_on_nothing_does_not_bring_the_focus_back(reader: Reader) -> None:
    page = reader.open("/indicator/cla_rate")
    page.locator("#indicator-us").click()
    page.keyboard.press("Escape")
    page.locator("footer p").first.click()
    page.get_by_role("tab", name="Table").first.hover()
    page.evaluate("document.querySelector('main').append(document.createElement('p'))")
    assert reader.focused() == "body#"
