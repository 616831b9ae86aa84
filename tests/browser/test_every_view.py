"""Every page in every state, on a desk's screen and on a phone's."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest

from alliance.pages import PAGES
from alliance.view import SCOPES
from tests.browser.reader import (
    BANNER,
    DESK,
    NARROW,
    PHONE,
    ZOOMED,
    Reader,
    describe,
    rules_that_failed,
)
from tests.demonstration import (
    ABOLISHED,
    CITY,
    FENSHIRE,
    JOINT,
    NAMED_ALLIANCE,
)

TOPIC = quote("Child protection")
VIEWS = {
    "overview of all topics": "/",
    "overview of one topic": f"/?topic={TOPIC}",
    "overview of the capital with 33 authorities": f"/?us={CITY}&topic={TOPIC}",
    "overview of a named alliance": f"/?alliance={quote(NAMED_ALLIANCE)}&topic={TOPIC}",
    "overview with an unknown authority and alliance": f"/?us=999&alliance=nowhere&topic={TOPIC}",
    "list of indicators": "/indicator",
    "list of indicators, none found": "/indicator?q=zebra",
    "list of indicators, found": "/indicator?q=chidren+in+care",
    "comparison, nothing chosen": "/compare",
    "comparison, table": "/compare?indicators=cla_rate,cl_eet_17,ofsted_overall&cells=intervals",
    "comparison, small multiples": "/compare?indicators=cla_rate&show=multiples",
    "comparison, scatter": "/compare?show=scatter&x=referral_rate&y=rereferral_pct",
    **{f"indicator, {scope}": f"/indicator/cla_rate?scope={scope}" for scope in SCOPES},
    "indicator, table": "/indicator/cla_rate?ranked=table&trend=table",
    "indicator, table of all": "/indicator/cla_rate?scope=england&ranked=table&trend=table",
    "indicator with quarters, table": "/indicator/cpp_repeat_pct?ranked=table&trend=table",
    "indicator of an abolished authority": f"/indicator/cla_rate?us={ABOLISHED}",
    "indicator of a joint return": f"/indicator/sw_agency?us={JOINT[0]}&trend=table",
    "indicator suppressed in every period": f"/indicator/cl_eet_17?us={CITY}",
    "judgements": "/indicator/ofsted_overall?scope=england",
    "judgements, table": "/indicator/ofsted_care_leavers?ranked=table&trend=table",
    "indicator suppressed, table": f"/indicator/cl_eet_17?us={CITY}&ranked=table&trend=table",
    "unknown indicator": "/indicator/nothing",
    "authority": f"/authority/{FENSHIRE}",
    "authority of a small city": f"/authority/{CITY}",
    "authority that is no more": f"/authority/{ABOLISHED}",
    "authority with a joint return": f"/authority/{JOINT[1]}",
    "unknown authority": "/authority/999",
    "who is like us": f"/neighbours/{FENSHIRE}",
    "who is like us, other measures": f"/neighbours/{FENSHIRE}?measures=cla_rate&weights=2",
    "who is like us, authorities chosen": f"/neighbours/{FENSHIRE}?codes={CITY}-{ABOLISHED}",
    "who is like an authority that is no more": f"/neighbours/{ABOLISHED}",
    "saved views": "/views",
    "worth discussing": "/worth-discussing",
    "worth discussing of a small city": f"/worth-discussing?us={CITY}",
    "challenges": "/challenges",
    "challenges, none as chosen": "/challenges?state=all&q=zebra",
    "raising a challenge": "/challenges/new?indicator=cla_rate",
    "for you": "/you",
    "priorities": "/priorities",
    "a priority that is not there": "/priorities/P-22222",
    "support": "/support",
    "support that is not there": "/support/S-22222",
    "assessments": "/assessments",
    "an assessment that is not there": "/assessments/E-22222",
    "meetings": "/meetings",
    "a meeting that is not there": "/meetings/M-22222",
    "a challenge that is not there": "/challenges/C-22222",
    "inspections": "/inspections",
    "inspections of the country": f"/inspections?scope=england&us={CITY}",
    "data": "/data",
    "data, only warnings": "/data?severity=warning",
    "data, a figure that is suppressed": f"/data?us={CITY}&indicator=cl_eet_17",
    "data, nothing of that kind": "/data?severity=error",
    "local returns": "/returns",
    "help": "/help",
    "page not found": "/not-found",
    "unknown address": "/nowhere/at/all",
}
SIZES = {"desk": DESK, "phone": PHONE}
SAME_COLOURS = {
    *(f"indicator, {scope}" for scope in SCOPES if scope != "alliance"),
    "indicator, table of all",
    "indicator with quarters, table",
    "indicator suppressed in every period",
    "indicator of an abolished authority",
    "overview of the capital with 33 authorities",
    "overview of a named alliance",
    "authority of a small city",
    "who is like us, other measures",
    "inspections of the country",
}
"""Other authorities, or more of them, in the colours that another view of the page has."""


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_whole_and_accessible_on_every_screen(onlooker: Reader, view: str) -> None:
    """Contrast costs axe most, and is asked for once for each set of colours, on a desk's screen:
    the colours are the same on both. A view in the colours of another is made of the same parts,
    and is looked at on a phone, where they have least room, and at 200 %."""
    sizes = SIZES if view not in SAME_COLOURS else {"phone": PHONE}
    for name, size in sizes.items():
        onlooker.resize(size)
        page = onlooker.open(VIEWS[view])
        assert page.locator(".demo-banner").inner_text() == BANNER, name
        assert page.locator(".demo-banner").is_visible(), name
        assert onlooker.sideways() <= 0, name
        assert onlooker.unreadable() == [], name
        found = onlooker.run_axe(contrast=size == DESK)
        assert describe(found["violations"]) == [], name
        assert rules_that_failed(found) == [], name
        assert onlooker.problems == [], name
    for size in (NARROW, ZOOMED):
        onlooker.resize(size)
        onlooker.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
        assert onlooker.unreadable() == [], size


OPENED = {
    "an indicator, all tables": "/indicator/cla_rate?funnel=table&spread=table&map=table",
    "a breakdown, table": "/indicator/factor_neglect?breakdown=table",
    "an authority": f"/authority/{FENSHIRE}",
    "an authority, table": f"/authority/{FENSHIRE}?profile=table",
    "an abolished authority, table": f"/authority/{ABOLISHED}?profile=table",
    "who is like us": f"/neighbours/{FENSHIRE}",
    "overview": f"/?topic={TOPIC}",
    "comparison, nothing chosen": "/compare",
    "inspections over time": "/inspections?judgement=care",
    "local returns": "/returns",
    "data": "/data",
}


@pytest.mark.parametrize("view", OPENED)
def test_a_view_with_all_that_opens_open_is_accessible(onlooker: Reader, view: str) -> None:
    """Details are opened one after another where they would lie over each other."""
    onlooker.resize(PHONE)
    page = onlooker.open(OPENED[view])
    floating = ".view-save, .person-switch"
    page.eval_on_selector_all(
        "details", f"(all) => all.forEach((d) => {{ d.open = !d.matches('{floating}'); }})"
    )
    assert onlooker.sideways() <= 0
    found = onlooker.run_axe()
    assert describe(found["violations"]) == []
    assert rules_that_failed(found) == []


def test_a_picker_that_is_open_and_a_form_that_is_open_are_accessible(onlooker: Reader) -> None:
    page = onlooker.open("/indicator/cla_rate")
    page.locator("#indicator-scope").click()
    page.get_by_role("option", name="Statistical neighbours").wait_for()
    assert describe(onlooker.run_axe()["violations"]) == []
    page.keyboard.press("Escape")
    page.get_by_text("Save this view").click()
    assert describe(onlooker.run_axe()["violations"]) == []


def test_a_chart_s_words_that_are_cut_or_lie_over_others_are_seen(onlooker: Reader) -> None:
    page = onlooker.open("/indicator/cla_rate")
    assert onlooker.unreadable() == []
    page.evaluate(
        """() => {
            const names = document.querySelectorAll("#indicator-ranked-graph .ytick text");
            const [first, second] = names;
            first.setAttribute("transform", "translate(-60, 0)");
            second.textContent = "one name above another ".repeat(2);
            const copy = second.cloneNode(true);
            second.parentNode.append(copy);
        }"""
    )
    found = onlooker.unreadable()
    assert any(": cut: " in fault for fault in found)
    assert any(": over one another: " in fault for fault in found)


def test_axe_sees_what_is_wrong(onlooker: Reader) -> None:
    page = onlooker.open("/help")
    page.evaluate(
        """() => {
            document.documentElement.removeAttribute("lang");
            document.querySelector(".demo-banner").style.color = "#a04060";
            const small = (at) => `<button aria-label="${at}" style="position:absolute;padding:0;
                border:0;width:9px;height:9px;left:${at}px;top:300px"></button>`;
            document.querySelector("main").insertAdjacentHTML("beforeend", small(0) + small(10));
        }"""
    )
    rules = {rule["id"] for rule in onlooker.run_axe()["violations"]}
    assert {"html-has-lang", "color-contrast", "target-size"} <= rules


def test_contrast_is_asked_for_on_every_page() -> None:
    assert VIEWS.keys() > SAME_COLOURS
    asked = {urlsplit(VIEWS[view]).path for view in VIEWS if view not in SAME_COLOURS}
    left_out = {urlsplit(VIEWS[view]).path for view in SAME_COLOURS}
    assert {path.split("/")[1] for path in left_out} <= {path.split("/")[1] for path in asked}


def test_every_page_is_among_the_views() -> None:
    paths = {urlsplit(address).path for address in VIEWS.values()}
    for page in PAGES:
        pattern = re.sub(r"<\w+>", "[^/]+", page.template or page.path)
        assert any(re.fullmatch(pattern, path) for path in paths), page.id
