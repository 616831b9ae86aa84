"""What a target would mean, said of every measure, and the page that comes before a draft."""

from __future__ import annotations

import re
from datetime import date
from statistics import median
from urllib.parse import parse_qs, urlsplit

import pytest

from alliance.components.chart_frame import text_of
from alliance.components.targets_section import targets_section
from alliance.prospects import read_prospects
from alliance.service import Served
from alliance.view import View, parse_view
from indicators.targets import NEIGHBOURS, QUARTER, TREND
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, grammar_faults
from tests.alliance.people.homes import Home, home_of
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, Figures

BY = date(2027, 12, 31)
PAGE = "/log/targets"


@pytest.fixture(scope="module")
def view(demo_served: Served) -> View:
    return parse_view(demo_served, {"us": FENSHIRE})


def sentences(served: Served, view: View, code: str, indicator_id: str) -> list[str]:
    """The sentences of the section, and the cells of its table as sentences."""
    section = targets_section(served, view, code, indicator_id, BY, prefix="x-")
    found = [text_of(part) for part in section.children if type(part).__name__ == "P"]
    return [text for text in found if text]


def test_every_measure_is_told_in_whole_sentences_and_none_of_context_is_judged(
    demo_served: Served, view: View
) -> None:
    told = 0
    for indicator_id, indicator in demo_served.indicators.items():
        for code in (FENSHIRE, CITY):
            section = targets_section(demo_served, view, code, indicator_id, BY, prefix="x-")
            words = [
                text.removeprefix(f"{indicator['title']}, ")
                for text in sentences(demo_served, view, code, indicator_id)
            ]
            assert words
            for text in words:
                assert not UNREADABLE.search(text), text
                assert grammar_faults(text) == [], text
            if indicator["polarity"] == "none":
                everything = text_of(section.children[:-1]).replace(indicator["title"], "")
                assert not JUDGEMENT.search(everything), everything
            told += len(words) > 1
    assert told > 60


def test_the_neighbours_median_is_that_of_their_published_figures(
    demo_served: Served, view: View, demo_figures: Figures
) -> None:
    found = read_prospects(demo_served, view, FENSHIRE, "cpp_repeat_pct", BY)
    assert found is not None
    level = next(t.level for t in found.targets if t.level.kind == NEIGHBOURS)
    values = demo_figures.column(
        "SELECT c.value FROM neighbour AS n JOIN comparison AS c ON c.area_code = n.neighbour_code "
        "WHERE n.area_code = ? AND n.model = (SELECT MAX(model) FROM neighbour) "
        "AND c.indicator_id = 'cpp_repeat_pct' AND c.period = ? AND c.value IS NOT NULL",
        FENSHIRE,
        found.row["period"],
    )
    assert level.value == pytest.approx(median(values))
    assert level.basis == f"{len(values)} of 10 with a figure for {found.row['period']}"
    assert {t.level.kind for t in found.targets} == {NEIGHBOURS, QUARTER, TREND}


def test_the_way_to_a_level_is_the_difference_of_the_figures_that_are_shown(
    demo_served: Served, view: View
) -> None:
    checked = 0
    for indicator_id, indicator in demo_served.indicators.items():
        if indicator["unit"] != "per_10000":
            continue
        section = targets_section(demo_served, view, FENSHIRE, indicator_id, BY, prefix="x-")
        found = read_prospects(demo_served, view, FENSHIRE, indicator_id, BY)
        assert found is not None
        now = round(found.row["value"], indicator["decimals"])
        for target in found.targets:
            if not target.reached:
                apart = abs(round(target.level.value, indicator["decimals"]) - now)
                assert f"{apart:,.{indicator['decimals']}f} per 10,000 " in text_of(section)
                checked += 1
    assert checked > 5


def test_a_context_measure_has_no_best_quarter(demo_served: Served, view: View) -> None:
    found = read_prospects(demo_served, view, FENSHIRE, "cla_rate", BY)
    assert found is not None
    assert QUARTER not in {target.level.kind for target in found.targets}


def test_without_a_day_no_history_is_told(demo_served: Served, view: View) -> None:
    section = targets_section(demo_served, view, FENSHIRE, "cla_rate", None, prefix="x-")
    assert "Give a day" in text_of(section)
    assert "like us" not in text_of(section)
    past = targets_section(demo_served, view, FENSHIRE, "cla_rate", date(2025, 4, 1), prefix="x-")
    assert "none can show a change by then" in text_of(past)


def test_a_grade_has_no_target(demo_served: Served, view: View) -> None:
    words = text_of(targets_section(demo_served, view, FENSHIRE, "ofsted_overall", BY, prefix="x-"))
    assert "Nothing can be said of a target here" in words


def test_who_is_no_more_is_told_from_its_last_figure(
    demo_served: Served, view: View, demo_figures: Figures
) -> None:
    found = read_prospects(demo_served, view, ABOLISHED, "cpp_repeat_pct", BY)
    assert found is not None
    last = demo_figures.row(
        "SELECT MAX(period_end) AS day FROM comparison WHERE value IS NOT NULL "
        "AND indicator_id = 'cpp_repeat_pct' AND area_code = ?",
        ABOLISHED,
    )
    assert found.row["period_end"] == last["day"]


@pytest.fixture(scope="module")
def home(demonstration: object) -> Home:
    return home_of(demonstration)  # type: ignore[arg-type]


def test_a_level_is_taken_into_a_draft_with_the_figure_that_it_starts_from(
    home: Home, demo_figures: Figures
) -> None:
    browser = home.browser()
    page = browser.get(f"{PAGE}?us={FENSHIRE}&indicator_id=cpp_repeat_pct&due_on=2027-12-31")
    assert page.status_code == 200
    links = re.findall(r'href="(/log/priority/begin/draft\?[^"]+)"', page.text)
    assert links
    address = links[0].replace("&amp;", "&")
    given = {key: texts[0] for key, texts in parse_qs(urlsplit(address).query).items()}
    row = demo_figures.row(
        "SELECT * FROM comparison WHERE indicator_id = 'cpp_repeat_pct' AND area_code = ? "
        "AND value IS NOT NULL ORDER BY period_end DESC LIMIT 1",
        FENSHIRE,
    )
    assert float(given["baseline"]) == pytest.approx(row["value"], abs=0.05)
    assert given["baseline_period"] == row["period"]
    form = browser.get(address).text
    for name, text in given.items():
        if name not in ("authorities", "indicator_id"):
            assert f'value="{text}"' in form, name
    # What is asked beside the form opens apart, so that nothing typed is lost.
    (finder,) = [tag for tag in re.findall(r"<form[^>]*>", form) if f'action="{PAGE}"' in tag]
    assert 'target="_blank"' in finder
    assert 'method="get"' in finder


def test_what_an_address_says_wrong_is_told_and_nothing_breaks(home: Home) -> None:
    browser = home.browser()
    for query in ("", "?indicator_id=nothing", "?us=999&indicator_id=cla_rate&due_on=soon"):
        page = browser.get(f"{PAGE}{query}")
        assert page.status_code == 200
    assert "“soon” is no day" in page.text


def test_whoever_writes_no_priority_is_told_so(home: Home) -> None:
    observer = home.browser()
    observer.post("/demonstration/part", part="observer")
    answer = observer.get(PAGE)
    assert answer.status_code in (403, 409)
    assert "may begin one" in answer.text
