"""Every page is drawn for every authority and every indicator, and reads well."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from dash import Dash

from alliance.pages import PAGES, Page
from alliance.view import SCOPES
from ingest.release import ReleaseStore
from tests.alliance.conftest import make_app
from tests.alliance.drawn import Drawn, draw, judgements, text_of, walk
from tests.demonstration import (
    ABOLISHED,
    CITY,
    FENSHIRE,
    JOINT,
    MEMBERS,
    NAMED_ALLIANCE,
    SUCCESSORS,
    Figures,
)

AUTHORITIES = "SELECT area_code FROM area WHERE area_level = 'authority' ORDER BY area_code"
INDICATORS = "SELECT indicator_id, title, polarity FROM indicator ORDER BY indicator_order"
REAL = {
    "201": "City of London",
    "420": "Isles of Scilly",
    "909": "Cumbria",
    "928": "Northamptonshire",
    "835": "Dorset until 2019",
    "838": "Dorset",
    "314": "Kingston upon Thames",
    "940": "North Northamptonshire",
    "204": "Hackney",
    "825": "Buckinghamshire",
    "815": "North Yorkshire",
    "873": "Cambridgeshire",
}
"""Authorities that make real files hard: tiny, abolished, new, joint, in London, renumbered."""


def faults_of(pages: Iterable[Drawn], theirs: Iterable[str] = ()) -> dict[str, list[str]]:
    """What is wrong with each page that has anything wrong with it. Of an odd word in a text of
    the publisher's (`theirs`) nothing is said."""
    found = {drawn.path: drawn.faults() for drawn in pages}
    assert found
    known = [repr(text)[1:-1] for text in theirs]
    return {
        path: faults
        for path, all_faults in found.items()
        if (faults := [f for f in all_faults if not any(text in f for text in known)])
    }


def ask(**query: str) -> str:
    return f"?{urlencode(query)}"


UNUSUAL = (CITY, ABOLISHED, *SUCCESSORS, *JOINT)


def some_authorities(figures: Figures) -> list[str]:
    """Those that make figures hard, and every eighth."""
    codes = figures.column(AUTHORITIES)
    assert len(codes) > 150
    return sorted({FENSHIRE, *UNUSUAL, *codes[::8]})


# The demonstration -----------------------------------------------------------------------------


def test_an_authority_s_profile_is_whole(demo_app: Dash, demo_figures: Figures) -> None:
    """Those that make figures hard and some of the others; the walk of the real release takes
    every one."""
    codes = some_authorities(demo_figures)
    assert faults_of(draw(demo_app, f"/authority/{code}") for code in codes) == {}


def test_the_overview_is_whole_from_any_authority(demo_app: Dash, demo_figures: Figures) -> None:
    codes = some_authorities(demo_figures)
    topics = demo_figures.column("SELECT DISTINCT domain FROM indicator ORDER BY domain")
    assert len(topics) > 8
    pages = (
        draw(demo_app, "/", ask(us=code, topic=topic))
        for code, topic in zip(codes, cycle(topics), strict=False)
    )
    assert faults_of(pages) == {}


@pytest.mark.parametrize("us", [FENSHIRE, *UNUSUAL])
def test_the_overview_of_all_topics_is_whole(demo_app: Dash, us: str) -> None:
    drawn = draw(demo_app, "/", ask(us=us))
    assert drawn.faults() == []
    titles = {text_of(part) for cell in drawn.find(css="rug-title") for part in links_in(cell)}
    assert len(titles) == 74


@pytest.mark.parametrize("scope", SCOPES)
def test_every_indicator_is_whole_in_every_scope(
    demo_app: Dash, demo_figures: Figures, scope: str
) -> None:
    """As charts and as tables in turn: those with charts in one scope have tables in the next."""
    ids = [row["indicator_id"] for row in demo_figures.rows(INDICATORS)]
    assert len(ids) == 75
    tabs = islice(cycle(["chart", "table"]), [*SCOPES].index(scope) % 2, None)
    seen = zip(ids, cycle([FENSHIRE, *UNUSUAL]), tabs, strict=False)
    pages = (
        draw(demo_app, f"/indicator/{key}", ask(scope=scope, us=us, ranked=tab, trend=tab))
        for key, us, tab in seen
    )
    assert faults_of(pages) == {}


def test_every_indicator_is_whole_from_an_unusual_authority(
    demo_app: Dash, demo_figures: Figures
) -> None:
    ids = [row["indicator_id"] for row in demo_figures.rows(INDICATORS)]
    for us in (CITY, ABOLISHED):
        assert faults_of(draw(demo_app, f"/indicator/{key}", ask(us=us)) for key in ids) == {}


def test_every_period_of_an_indicator_is_whole(demo_app: Dash, demo_figures: Figures) -> None:
    for us in (FENSHIRE, ABOLISHED, SUCCESSORS[1]):
        periods = demo_figures.column(
            "SELECT DISTINCT period FROM comparison WHERE indicator_id = 'cla_rate'"
        )
        assert len(periods) > 4
        assert (
            faults_of(
                draw(demo_app, "/indicator/cla_rate", ask(period=period, us=us))
                for period in periods
            )
            == {}
        )


def test_a_context_measure_is_never_judged(demo_app: Dash, demo_figures: Figures) -> None:
    ids = [r["indicator_id"] for r in demo_figures.rows(INDICATORS) if r["polarity"] == "none"]
    assert len(ids) > 10
    found = {
        (key, us): judgements(draw(demo_app, f"/indicator/{key}", ask(us=us)))
        for key in ids
        for us in (FENSHIRE, CITY, JOINT[0])
    }
    assert {key: texts for key, texts in found.items() if texts} == {}


def test_a_measure_with_a_better_direction_is_judged(demo_app: Dash) -> None:
    assert judgements(draw(demo_app, "/indicator/cpp_repeat_pct"))


@pytest.mark.parametrize("key", [NAMED_ALLIANCE, "X12000007", "X12000001"])
def test_an_overview_shows_the_members_of_its_alliance(
    demo_app: Dash, demo_figures: Figures, key: str
) -> None:
    drawn = draw(demo_app, "/", ask(alliance=key))
    heads = [text_of(part) for head in drawn.find("Thead") for part in walk(head)
             if part["type"] == "Th"]  # fmt: skip
    if key == NAMED_ALLIANCE:
        codes = sorted(MEMBERS)
    else:
        codes = demo_figures.column(
            "SELECT area_code FROM area WHERE region_code = ? AND area_level = 'authority'"
            " AND valid_to IS NULL",
            key,
        )
    names = {
        demo_figures.column("SELECT name FROM area WHERE area_code = ?", code)[0] for code in codes
    }
    assert set(heads) == {"Indicator", "Aldermark", *names}
    assert len(heads) == len(names) + 2
    assert drawn.faults() == []


def links_in(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [inner for inner in walk(part) if inner["type"] == "Link"]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Overview – Alliance"),
        ("/indicator", "Indicators – Alliance"),
        ("/indicator/cla_rate", "Children looked after per 10,000 children – Alliance"),
        ("/indicator/nothing", "Indicator – Alliance"),
        (f"/authority/{FENSHIRE}", "Fenshire – Alliance"),
        ("/authority/999", "Authority – Alliance"),
        ("/help", "Help – Alliance"),
        ("/challenges", "Challenges – Alliance"),
        ("/challenges/new", "Raise a challenge – Alliance"),
        ("/challenges/C-22222", "C-22222 – Challenges – Alliance"),
        ("/priorities", "Priorities – Alliance"),
        ("/priorities/P-22222", "P-22222 – Priorities – Alliance"),
        ("/support", "Support and practice – Alliance"),
        ("/assessments", "Self-assessments – Alliance"),
        ("/meetings", "Meetings – Alliance"),
        ("/meetings/M-22222", "M-22222 – Meetings – Alliance"),
        ("/nowhere", "Page not found – Alliance"),
    ],
)
def test_every_page_has_its_own_title_and_says_that_all_is_invented(
    demo_app: Dash, path: str, title: str
) -> None:
    drawn = draw(demo_app, path)
    assert drawn.title == title
    assert drawn.faults() == []
    (banner,) = drawn.find(css="demo-banner")
    assert text_of(banner) == "Demonstration: invented authorities and figures"
    (footer,) = drawn.find("Footer")
    assert "Not official statistics" in text_of(footer)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/indicator/nothing", "Indicator"),
        ("/authority/999", "Authority"),
        ("/nowhere", "Page"),
        ("/a/b/c", "Page"),
    ],
)
def test_what_is_not_there_says_so_and_where_to_go(demo_app: Dash, path: str, what: str) -> None:
    drawn = draw(demo_app, path, ask(us=CITY))
    assert drawn.headings == [f"{what} not found"]
    (main,) = drawn.find("Main")
    links = {text_of(part): part["props"]["href"] for part in links_in(main)}
    assert set(links) == {"all indicators", "overview"}
    assert all(f"us={CITY}" in address for address in links.values())


HOSTILE = [
    "?us=999&alliance=nowhere",
    "?us=629&us=500",
    "?served=1&self=2&args=3",
    "?us=%3Cscript%3Ealert(1)%3C/script%3E",
    "?period=%27%3B%20DROP%20TABLE%20observation--&scope=../../etc&ranked=%00&trend=x",
    f"?alliance={'x' * 10_000}",
    "?topic=nowhere&q=%F0%9F%90%9D",
    "?=&&==&us",
    "?us=&alliance=&period=&scope=",
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_whatever_an_address_holds_a_whole_page_is_drawn(
    demo_app: Dash, page: Page, query: str
) -> None:
    assert draw(demo_app, address_of(page), query).faults() == []


def address_of(page: Page) -> str:
    """An address of the page; of an indicator's, one that has every section."""
    return {
        "indicator": "/indicator/factor_neglect",
        "authority": f"/authority/{FENSHIRE}",
        "neighbours": f"/neighbours/{FENSHIRE}",
    }.get(page.id, page.path or page.template.replace("<ref>", "C-22222"))


def test_an_unknown_authority_or_alliance_is_noted_in_plain_words(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/", f"?us={quote('<b>x</b>' * 50)}&alliance={'y' * 500}")
    notes = [text_of(part) for part in drawn.find("Alert")]
    assert len(notes) == 2
    assert all(note.endswith("so another is shown.") and len(note) < 120 for note in notes)


# Callbacks --------------------------------------------------------------------------------------


def callback_components(app: Dash) -> dict[str, set[tuple[str, str]]]:
    """For each callback of ours, the ids and properties that it names."""
    app.server.test_client().get("/_dash-dependencies")
    named: dict[str, set[tuple[str, str]]] = {}
    for output, callback in app.callback_map.items():
        parts = [(part["id"], part["property"]) for part in callback["inputs"] + callback["state"]]
        if callback["output"] is not None and not callback.get("no_output"):
            outputs = callback["output"]
            parts += [
                (part.component_id, part.component_property)
                for part in (outputs if isinstance(outputs, list | tuple) else [outputs])
            ]
        if not any(name.startswith("_pages") for name, _ in parts):
            named[output] = set(parts)
    return named


def test_every_callback_names_components_and_properties_of_one_page(demo_app: Dash) -> None:
    callbacks = callback_components(demo_app)
    assert len(callbacks) > 5
    pages = {page.id: draw(demo_app, address_of(page)).ids for page in PAGES}
    for output, parts in callbacks.items():
        owners = [
            name for name, ids in pages.items() if {component for component, _ in parts} <= set(ids)
        ]
        assert len(owners) == 1, f"{output} is of the pages {owners}"
        for component, name in parts:
            found = pages[owners[0]][component]
            kinds = {
                "Location": {"href", "pathname", "search"}, "AgGrid": {"dashGridOptions"},
                "Link": {"href"}, "Div": {"className", "children"}, "Store": {"data"},
                "Button": {"n_clicks"},
            }  # fmt: skip
            known = kinds.get(found["type"], {"value"})
            assert name in known, f"{component} has no {name}"


def test_every_callback_names_components_that_dash_checks_it_against(demo_app: Dash) -> None:
    named = {name for parts in callback_components(demo_app).values() for name, _ in parts}
    assert len(named) > 12
    assert {name for name in named if name not in demo_app.validation_layout} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_what_a_page_declares_for_its_callbacks_is_what_it_draws(
    demo_app: Dash, page: Page
) -> None:
    drawn = draw(demo_app, address_of(page)).ids
    assert {name: kind.__name__ for name, kind in page.named.items()} == {
        name: drawn[name]["type"] for name in page.named
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_every_component_id_has_the_prefix_of_its_page(demo_app: Dash, page: Page) -> None:
    prefixes = {"indicator_list": "indicators-", "not_found_404": "not-found-"}
    prefix = prefixes.get(page.id, f"{page.id}-")
    shared = {
        "main-content", "rug-heading", "ranked", "evidence", "evidence-title", "trend", "funnel",
        "spread", "map", "breakdown", "about", "set-figures", "header-menu",
    }  # fmt: skip
    ids = set(draw(demo_app, address_of(page)).ids) - shared
    assert {name for name in ids if not name.startswith(prefix)} == set()


# A home without a release ------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_before_the_first_refresh_every_page_says_what_to_do(tmp_path: Path, page: Page) -> None:
    app = make_app(tmp_path)
    assert app.server.test_client().get(address_of(page)).status_code == 200
    drawn = draw(app, address_of(page))
    assert drawn.headings == ["There is nothing to show yet"]
    assert "alliance refresh --from DIR" in text_of(drawn.tree)


def test_a_pointer_to_a_release_that_is_gone_says_what_to_do(tmp_path: Path) -> None:
    store = ReleaseStore(tmp_path)
    store.pointer.write_text("20260101T000000Z-00000000\n", encoding="ascii")
    drawn = draw(make_app(tmp_path), "/")
    assert "20260101T000000Z-00000000" in text_of(drawn.tree)
    assert "alliance releases" in text_of(drawn.tree)


def test_the_server_says_what_a_browser_must_not_do(demo_app: Dash) -> None:
    headers = demo_app.server.test_client().get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


# The real published files ------------------------------------------------------------------------


@pytest.mark.parametrize("scope", SCOPES)
def test_every_real_headline_indicator_is_whole_as_a_table(
    real_app: Dash, real_figures: Figures, scope: str
) -> None:
    ids = real_figures.column("SELECT indicator_id FROM indicator WHERE headline")
    assert len(ids) == 63
    pages = (
        draw(real_app, f"/indicator/{key}", ask(us=us, scope=scope, ranked="table", trend="table"))
        for key, us in zip(ids, cycle(REAL), strict=False)
    )
    assert faults_of(pages) == {}


def test_no_real_context_measure_is_judged(real_app: Dash, real_figures: Figures) -> None:
    ids = [r["indicator_id"] for r in real_figures.rows(INDICATORS) if r["polarity"] == "none"]
    assert len(ids) > 50
    found = {
        key: judgements(draw(real_app, f"/indicator/{key}", ask(us=us)))
        for key, us in zip(ids, cycle(["873", "204", "314"]), strict=False)
    }
    assert {key: texts for key, texts in found.items() if texts} == {}


def test_a_joint_return_is_said_to_be_one_for_both(real_app: Dash) -> None:
    for us, other in (("314", "Richmond upon Thames"), ("940", "West Northamptonshire")):
        drawn = draw(real_app, "/indicator/sw_turnover", ask(us=us))
        assert "a joint return" in drawn.sentences[0]
        assert any(other in text for text in drawn.notes if "Joint return" in text)


@pytest.mark.parametrize("code", ["909", "928", "835"])
def test_an_authority_that_is_no_more_names_its_successors(real_app: Dash, code: str) -> None:
    lead, *_ = draw(real_app, f"/authority/{code}").find(css="lead")
    successors = {
        "909": ("Cumberland", "Westmorland and Furness"),
        "928": ("North Northamptonshire", "West Northamptonshire"),
        "835": ("Dorset",),
    }[code]
    words = text_of(lead)
    assert "It ceased on 31 March" in words
    assert all(name in words.split("became")[1] for name in successors)


def test_the_help_page_attributes_every_real_file(real_app: Dash, real_figures: Figures) -> None:
    words = text_of(draw(real_app, "/help").tree)
    assert "Open Government Licence v3.0" in words
    files = real_figures.rows("SELECT publisher, publication, file_name FROM source_file")
    assert len(files) > 15
    for row in files:
        assert all(str(value) in words for value in row.values())
