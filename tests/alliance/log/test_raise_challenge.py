"""A challenge can be raised from every chart by whoever may raise one; the address names the very
figure that is seen, and nobody else is offered the way."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from alliance.access import Person, Role
from alliance.log.freezing import QUERY, preview
from alliance.log.kinds.challenge import CHALLENGE
from alliance.log.waiting import may_begin
from alliance.people.demonstration import people_of
from alliance.service import Served
from alliance.view import parse_view
from tests.alliance.drawn import Drawn, draw_for, text_of
from tests.alliance.log.frozen_figures import served_of
from tests.alliance.people.homes import Home, home_of
from tests.conftest import Small

TRIAD = "Test triad"
PLACES = (
    ("/indicator/stable_pct", "?us=701&scope=neighbours&period=2024", 3),
    ("/authority/702", "?us=702&profile=table", 4),
    ("/compare", "?us=701&indicators=stable_pct,need_rate&areas=701,702,703", 2),
)
"""A page, its query and how many figures of it can be questioned."""


@pytest.fixture
def home(small: Small) -> Iterator[Home]:
    (small.store.home / "settings.toml").write_text(
        f'authority = "701"\n[alliances]\n"{TRIAD}" = ["701", "702", "711"]\n', encoding="utf-8"
    )
    made = home_of(small.store.home)
    for name, role in (("ana", Role.ANALYST), ("dee", Role.DIRECTOR), ("mem", Role.MEMBER),
                       ("root", Role.ADMINISTRATOR), ("obs", Role.OBSERVER)):  # fmt: skip
        made.add(name, role, alliance=TRIAD, authority_code="701")
    made.add("max", Role.MANAGER, alliance=TRIAD)
    made.add("own", Role.DIRECTOR, authority_code="701")
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


def page(home: Home, who: str, path: str, query: str) -> Drawn:
    browser = home.browser()
    if who:
        assert browser.sign_in(who).status_code == 303
    return draw_for(browser.client, path, query, token=browser.token())


def queries(drawn: Drawn) -> list[dict[str, str]]:
    """What each link to raise a challenge names."""
    links = list(drawn.find("Link", css="raise-link"))
    for part in links:
        assert text_of(part).startswith("Raise")
    found = [urlsplit(part["props"]["href"]) for part in links]
    assert {place.path for place in found} <= {"/challenges/new"}
    return [dict(parse_qsl(place.query)) for place in found]


def test_every_link_names_a_figure_that_can_be_frozen_and_leads_back(
    home: Home, small: Small
) -> None:
    served: Served = served_of(small)
    for path, query, least in PLACES:
        for who in ("ana", "dee"):
            named = queries(page(home, who, path, query))
            assert len(named) >= least, path
            for asked in named:
                assert set(asked) <= set(QUERY)
                figure = preview(served, parse_view(served, asked), asked)
                assert figure is not None
                assert (figure.indicator_id, figure.area_code) == (asked["indicator"], asked["us"])
                assert figure.period == asked["period"]
                assert figure.frozen["set"]["scope"] == asked.get("scope", "alliance")
                assert figure.address == asked["from"]
                assert urlsplit(figure.address).path == path


def test_the_figure_is_the_one_that_the_page_shows(home: Home) -> None:
    (first, *_) = queries(page(home, "ana", *PLACES[0][:2]))
    assert (first["us"], first["period"], first["scope"]) == ("701", "2024", "neighbours")
    assert {asked["us"] for asked in queries(page(home, "ana", *PLACES[1][:2]))} == {"702"}
    assert queries(page(home, "ana", *PLACES[2][:2]))[0]["scope"] == "codes-702-703"


def test_nobody_is_offered_what_they_may_not_do(home: Home) -> None:
    for who in ("", "mem", "root", "obs", "max", "own"):
        for path, query, _ in PLACES:
            assert queries(page(home, who, path, query)) == [], (who, path)


def test_who_may_raise_in_the_demonstration(demo_served: Served) -> None:
    people = people_of(demo_served.settings)
    (move,) = CHALLENGE.begins
    may = {key for key, found in people.items() if may_begin(found, CHALLENGE, move)}
    assert may == {"director", "analyst", "neighbour"}
    nowhere = Person("x", "X", None, TRIAD, frozenset({Role.DIRECTOR}))
    assert not may_begin(nowhere, CHALLENGE, move)
