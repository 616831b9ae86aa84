"""On the real release every page is whole: from every authority, for every indicator.

Not every authority with every indicator, which would be 78,000 pages: every authority's own pages,
and every indicator from one that makes figures hard (tiny, ceased, new) or another in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from dash import Dash

from alliance.service import Served, current_release
from tests.alliance.drawn import Drawn, draw, text_of
from tests.alliance.visits import (
    Visit,
    visits_of_authorities,
    visits_of_indicators,
    visits_of_the_rest,
)

NONSENSE = re.compile(
    r"\b0 (fewer|more) (children|young people|people)\b"
    r"|\bbetween (\d+)(st|nd|rd|th) and \3(st|nd|rd|th)\b"
    r"|\bNone\b|\bnan\b|\binf\b|\(\)|“”|\b1 children\b|\s[,.;:]"
)
OURS = ("sentence", "lead", "small", "note", "evidence")


@pytest.fixture(scope="module")
def real_served(real_app: Dash) -> Served:
    with real_app.server.app_context():
        return current_release()


def faults_of(app: Dash, visits: Iterable[Visit], served: Served) -> dict[str, list[str]]:
    """What is wrong with each page that has anything wrong with it. Of an odd word in a text of the
    publisher's nothing is said."""
    theirs = [repr(row["title"])[1:-1] for row in served.indicators.values()
              if re.search(r"\bNone\b", row["title"])]  # fmt: skip
    found: dict[str, list[str]] = {}
    seen = 0
    for place in visits:
        seen += 1
        drawn = draw(app, place.path, place.query)
        faults = [*drawn.faults(), *empty_charts(drawn), *nonsense(drawn)]
        if kept := [fault for fault in faults if not any(text in fault for text in theirs)]:
            found[drawn.path] = kept
    assert seen
    return found


def empty_charts(drawn: Drawn) -> list[str]:
    """Charts without a mark, and sections of charts that say nothing."""
    return [
        f"empty chart: {graph['props'].get('id')}"
        for graph in drawn.find("Graph")
        if not any(has_marks(trace) for trace in graph["props"]["figure"]["data"])
    ]


def has_marks(trace: dict[str, Any]) -> bool:
    """True where a trace draws anything."""
    values = [trace.get(axis) for axis in ("x", "y", "z")]
    known = [part for part in values if isinstance(part, list)]
    return bool(known) and all(any(value is not None for value in part) for part in known)


def nonsense(drawn: Drawn) -> list[str]:
    """Sentences of ours that are no sentences."""
    texts = {text_of(part) for css in OURS for part in drawn.find(css=css)}
    found = [f"nonsense: {text!r}" for text in texts if NONSENSE.search(text)]
    return found + [f"empty: {css}" for css in ("sentence", "lead")
                    for part in drawn.find(css=css) if not text_of(part).strip()]  # fmt: skip


def test_the_pages_of_every_authority_are_whole(real_app: Dash, real_served: Served) -> None:
    visits = list(visits_of_authorities(real_served))
    assert len(visits) >= 3 * 153
    assert faults_of(real_app, visits, real_served) == {}


def test_every_indicator_is_whole(real_app: Dash, real_served: Served) -> None:
    visits = list(visits_of_indicators(real_served))
    assert len({place.path for place in visits}) == len(real_served.indicators) >= 490
    assert faults_of(real_app, visits, real_served) == {}


def test_every_other_page_is_whole(real_app: Dash, real_served: Served) -> None:
    assert faults_of(real_app, visits_of_the_rest(real_served), real_served) == {}


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("0 fewer children would match the region.", True),
        ("between 3rd and 3rd of 153", True),
        ("A rank of None.", True),
        ("1 children", True),
        ("10 fewer children would match the region.", False),
        ("between 3rd and 13th of 153", False),
        ("information", False),
    ],
)
def test_the_walk_knows_nonsense_from_sense(text: str, odd: bool) -> None:
    assert bool(NONSENSE.search(text)) == odd


def test_the_walk_knows_an_empty_chart() -> None:
    assert not has_marks({"x": [None, None], "y": ["a", "b"]})
    assert not has_marks({"x": [], "y": []})
    assert not has_marks({})
    assert has_marks({"x": [1, None], "y": ["a", "b"]})
