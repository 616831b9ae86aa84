"""The glossary is whole, and the help page shows all of it with the charts and methods."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dash import Dash

from alliance.charts import CHARTS
from alliance.glossary import TOPICS, Term, load_glossary, open_glossary
from alliance.methods import METHODS
from alliance.pages.help_page import CHART_ANCHOR, METHOD_ANCHOR, SECTIONS, TERM_ANCHOR
from ingest.errors import CatalogueError
from tests.alliance.drawn import draw, text_of, walk

GOOD = """[[term]]
id = "rate"
term = "Rate"
topic = "Figures"
meaning = "So many of so many."
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD + GOOD, r"rate is declared twice"),
        (GOOD.replace("Figures", "Weather"), r"topic “Weather”; known: "),
        (GOOD + 'see = ["ratio"]\n', r"rate leads to “ratio”, which is the id of no term"),
        (GOOD.replace('"rate"', '"The rate"'), r"glossary.toml.*id"),
        (GOOD.replace("So many of so many.", "no sentence"), r"glossary.toml.*meaning"),
        (GOOD + 'colour = "red"\n', r"glossary.toml.*colour"),
        (GOOD.replace('term = "Rate"\n', ""), r"glossary.toml.*term"),
        ("[[term]\n", r"not valid TOML"),
    ],
)
def test_a_fault_in_the_glossary_is_reported_with_its_place(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.compile(fault, re.DOTALL)):
        load_glossary(path)


def test_a_good_glossary_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(GOOD + GOOD.replace("rate", "ratio") + 'see = ["rate"]\n', encoding="utf-8")
    assert [term.id for term in load_glossary(path)] == ["rate", "ratio"]


def test_every_chart_has_words_that_explain_it_and_every_topic_has_terms() -> None:
    terms = open_glossary()
    assert {chart for term in terms for chart in term.charts} == set(CHARTS)
    assert {term.topic for term in terms} == set(TOPICS)


@pytest.mark.parametrize(
    "term",
    [
        "authority", "indicator", "polarity", "statistical-neighbour", "suppressed",
        "confidence-interval", "funnel-plot", "over-dispersion", "xmr-chart", "quartile-band",
        "provisional", "cla", "cin", "cpp", "rank-interval", "recent-trend", "gap-in-children",
    ],
)  # fmt: skip
def test_the_words_that_readers_ask_for_are_there(term: str) -> None:
    assert term in {found.id for found in open_glossary()}


def test_the_help_page_has_every_chart_method_and_term_at_an_anchor(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/help")
    terms: tuple[Term, ...] = open_glossary()
    for chart in CHARTS.values():
        assert text_of(drawn.ids[f"{CHART_ANCHOR}{chart.id}"]) == chart.title
    for method in METHODS:
        assert text_of(drawn.ids[f"{METHOD_ANCHOR}{method.id}"]) == method.title
    for term in terms:
        assert text_of(drawn.ids[f"{TERM_ANCHOR}{term.id}"]).startswith(term.term)
    words = text_of(drawn.tree)
    assert all(chart.how_to_read in words for chart in CHARTS.values())
    assert all(term.meaning in words for term in terms)
    assert drawn.faults() == []


def test_every_link_within_the_help_page_leads_to_something(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/help")
    jumps = {
        str(part["props"]["href"])[1:]
        for part in walk(drawn.tree)
        if str(part["props"].get("href", "")).startswith("#")
    }
    assert {anchor for anchor, _ in SECTIONS} <= jumps
    assert sum(jump.startswith(TERM_ANCHOR) for jump in jumps) > 20
    assert jumps - set(drawn.ids) == set()


def test_the_sources_of_the_methods_are_at_addresses_of_their_own() -> None:
    named = {(words, place) for method in METHODS for words, place in method.links if place}
    places = [place for _, place in named]
    assert len(set(places)) == len({words for words, _ in named}) == len(places) > 6
    assert all(place.startswith("https://doi.org/10.") for place in places)
