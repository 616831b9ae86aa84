"""“Did it work?” as its section says it of every measure, and where the log shows it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alliance.components.chart_frame import text_of
from alliance.components.did_it_work_section import MARKS, did_it_work_section, read_review
from alliance.service import Served
from indicators.did_it_work import Verdict
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, Drawn, draw_for, grammar_faults
from tests.alliance.drawn import text_of as words_of
from tests.alliance.people.homes import Home, home_of
from tests.demonstration import CITY, FENSHIRE

AGREED = date(2023, 3, 31)


def test_every_verdict_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(Verdict)
    assert len(set(MARKS.values())) == len(MARKS)


def test_every_measure_is_told_in_whole_sentences_and_none_of_context_is_judged(
    demo_served: Served,
) -> None:
    verdicts = set()
    for indicator_id, indicator in demo_served.indicators.items():
        for code in (FENSHIRE, CITY):
            for aim in (-1.0, 1.0):
                found = read_review(demo_served, code, indicator_id, AGREED, aim)
                verdicts.add(found.verdict)
                section = did_it_work_section(
                    demo_served, code, indicator_id, AGREED, aim, prefix="x-"
                )
                _, verdict, *rest, _ = section.children
                sentences = [text_of(verdict).removeprefix(f"{MARKS[found.verdict]} ").strip()]
                sentences += [text_of(item) for part in rest for item in part.children]
                for text in sentences:
                    assert grammar_faults(text) == [], text
                    assert not UNREADABLE.search(text), text
                    if indicator["polarity"] == "none":
                        assert not JUDGEMENT.search(text), text
                        assert "improved" not in text.lower(), text
    assert {Verdict.NO_MORE, Verdict.CANNOT_TELL} <= verdicts


@pytest.fixture(scope="module")
def home(demonstration: Path) -> Home:
    return home_of(demonstration)


def pages_of(home: Home, place: str) -> list[Drawn]:
    """Every entry of a place of the log, as the demonstration's own director sees it."""
    browser = home.browser()

    def page(path: str, query: str = "") -> Drawn:
        return draw_for(browser.client, path, query, token=browser.token())

    found = page(f"/{place}", "state=all").find("Link")
    links = {part["props"]["href"] for part in found if f"/{place}/" in part["props"]["href"]}
    return [page(path) for path in sorted(links)]


@pytest.mark.parametrize(
    ("place", "kept"), [("priorities", ("Proposed", "Draft")), ("challenges", ("Draft",))]
)
def test_it_is_asked_of_what_is_agreed_and_of_nothing_else(
    home: Home, place: str, kept: tuple[str, ...]
) -> None:
    told = 0
    for page in pages_of(home, place):
        asked = "Did it work?" in page.headings
        (state, *_) = [words_of(part) for part in page.find(css="state")]
        told += asked
        assert not (asked and state in kept), page.path
    assert told
