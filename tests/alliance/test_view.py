"""A view is read from any address without failing, and an address gives the view back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st

from alliance.components.navigation import carried, shown_query
from alliance.components.pickers import chosen
from alliance.service import Served
from alliance.settings import Settings
from alliance.view import DEFAULTS, SCOPES, View, address, link, parse_view
from tests.alliance.drawn import client_of
from tests.demonstration import (
    ABOLISHED,
    CAPITAL,
    CITY,
    EASTMERE,
    FENSHIRE,
    NAMED_ALLIANCE,
    SUCCESSORS,
)

PARAMETERS = ("alliance", "us", "period", "scope", "ranked", "trend", "topic", "q")
ODD = st.sampled_from(
    [
        "<script>alert(1)</script>", "' OR 1=1 --", "x" * 10_000, "\x00", "629 ", " 629", "６２９",
        "../../etc/passwd", "{}", "%s", "None", "nan", FENSHIRE, EASTMERE, NAMED_ALLIANCE, "",
    ]
)  # fmt: skip
TEXTS = st.none() | st.text() | ODD


def query_of(path: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(path).query))


def served_with(served: Served, **settings: Any) -> Served:
    """The same release under other settings."""
    return Served(served.release, Settings(Path("home"), **settings))


# Reading an address -----------------------------------------------------------------------------


@given(query=st.dictionaries(st.sampled_from(PARAMETERS) | st.text(), TEXTS))
def test_any_query_is_read_as_a_view_of_what_there_is(
    demo_served: Served, query: dict[str, str | None]
) -> None:
    view = parse_view(demo_served, query)
    assert view.us in demo_served.authorities
    assert view.alliance is demo_served.alliances[view.alliance.key]
    assert view.peers[0] == view.us
    assert len(set(view.peers)) == len(view.peers)
    assert set(view.alliance.members) <= set(view.peers)
    assert all(len(note) < 120 and note.endswith(".") for note in view.notes)


@pytest.mark.parametrize(
    ("query", "alliance", "us", "notes"),
    [
        ({}, EASTMERE, FENSHIRE, 0),
        ({"us": CITY}, CAPITAL, CITY, 0),
        ({"us": ABOLISHED}, "X12000004", ABOLISHED, 0),
        ({"us": SUCCESSORS[0]}, "X12000004", SUCCESSORS[0], 0),
        ({"alliance": NAMED_ALLIANCE}, NAMED_ALLIANCE, FENSHIRE, 0),
        ({"alliance": NAMED_ALLIANCE, "us": "640"}, NAMED_ALLIANCE, "640", 0),
        ({"alliance": CAPITAL, "us": FENSHIRE}, CAPITAL, FENSHIRE, 0),
        ({"us": "999"}, EASTMERE, FENSHIRE, 1),
        ({"us": "999", "alliance": "nowhere"}, EASTMERE, FENSHIRE, 2),
        ({"us": CITY, "alliance": "nowhere"}, CAPITAL, CITY, 1),
        ({"us": EASTMERE}, EASTMERE, FENSHIRE, 1),
        ({"us": None, "alliance": None}, EASTMERE, FENSHIRE, 0),
    ],
)
def test_what_is_absent_or_unknown_follows_from_the_rest(
    demo_served: Served, query: Mapping[str, str | None], alliance: str, us: str, notes: int
) -> None:
    view = parse_view(demo_served, query)
    assert (view.alliance.key, view.us, len(view.notes)) == (alliance, us, notes)


def test_an_alliance_alone_is_seen_from_our_authority_if_it_is_in_it_else_from_its_first(
    demo_served: Served,
) -> None:
    assert parse_view(demo_served, {"alliance": EASTMERE}).us == FENSHIRE
    other = parse_view(demo_served, {"alliance": CAPITAL})
    assert other.us == other.alliance.members[0]


def test_settings_say_what_an_address_without_a_view_shows(demo_served: Served) -> None:
    ours = served_with(demo_served, alliance="Pair", alliances={"Pair": (CITY, FENSHIRE)})
    assert parse_view(ours, {}).alliance.key == "Pair"
    assert parse_view(ours, {}).us == CITY
    mine = served_with(demo_served, authority=FENSHIRE, alliance="Pair",
                       alliances={"Pair": (CITY, FENSHIRE)})  # fmt: skip
    assert parse_view(mine, {}).us == FENSHIRE
    assert parse_view(mine, {"us": ABOLISHED}).alliance.key == "X12000004"


def test_settings_that_name_what_is_not_there_are_noted_and_something_is_shown(
    demo_served: Served,
) -> None:
    wrong = served_with(
        demo_served, authority="999", alliance="Nobody", alliances={"Pair": ("998", CITY)}
    )
    view = parse_view(wrong, {})
    assert view.us in wrong.authorities
    notes = " ".join(view.notes)
    assert len(view.notes) == 3
    assert all(name in notes for name in ("999", "Nobody", "998", "settings.toml"))
    assert wrong.alliances["Pair"].members == (CITY,)


def test_an_alliance_of_which_no_authority_is_there_is_left_out(demo_served: Served) -> None:
    assert "Ghosts" not in served_with(demo_served, alliances={"Ghosts": ("998",)}).alliances


def test_regions_are_alliances_of_the_authorities_that_there_are_now(demo_served: Served) -> None:
    midvale = demo_served.alliances["X12000004"]
    assert midvale.name == "Midvale"
    assert set(SUCCESSORS) <= set(midvale.members)
    assert ABOLISHED not in midvale.members
    regions = {key: found for key, found in demo_served.alliances.items() if key.startswith("X")}
    assert len(regions) == 9
    members = [code for found in regions.values() for code in found.members]
    current = [c for c, area in demo_served.authorities.items() if area["valid_to"] is None]
    assert sorted(members) == sorted(current)


# Writing one ------------------------------------------------------------------------------------


@st.composite
def views(draw: st.DrawFn, served: Served) -> View:
    """Any view that a reader can choose."""
    alliance = draw(st.sampled_from(list(served.alliances.values())))
    return View(alliance, draw(st.sampled_from(list(served.authorities))))


@given(data=st.data())
def test_a_link_gives_the_same_view_back(demo_served: Served, data: st.DataObject) -> None:
    view = data.draw(views(demo_served))
    assert parse_view(demo_served, query_of(link("/", view))) == view


@given(query=st.dictionaries(st.sampled_from(PARAMETERS), st.text(min_size=1)))
def test_whatever_is_in_an_address_is_read_back(query: dict[str, str]) -> None:
    path = address("/indicator/x", query)
    assert path.isascii()
    assert urlsplit(path).path == "/indicator/x"
    assert query_of(path) == {k: v for k, v in query.items() if v != DEFAULTS.get(k)}


def test_an_address_leaves_out_what_is_absent_empty_or_the_default() -> None:
    assert address("/", {}) == "/"
    assert address("/", {**DEFAULTS, "us": None, "alliance": ""}) == "/"
    assert address("/", {"scope": "england", "us": "629"}) == "/?scope=england&us=629"
    assert address("/", {"topic": "Fen & coast"}) == "/?topic=Fen+%26+coast"


def test_every_default_is_one_of_the_choices() -> None:
    assert DEFAULTS["scope"] in SCOPES
    assert next(iter(SCOPES)) == DEFAULTS["scope"]


# Choosing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("triggered", "alliance", "us", "expected"),
    [
        ("us", EASTMERE, FENSHIRE, (EASTMERE, FENSHIRE)),
        ("us", EASTMERE, CITY, (None, CITY)),
        ("alliance", CAPITAL, FENSHIRE, (CAPITAL, None)),
        ("alliance", NAMED_ALLIANCE, FENSHIRE, (NAMED_ALLIANCE, FENSHIRE)),
        ("period", "X12000004", ABOLISHED, ("X12000004", ABOLISHED)),
        ("topic", CAPITAL, FENSHIRE, (CAPITAL, FENSHIRE)),
        (None, CAPITAL, FENSHIRE, (CAPITAL, FENSHIRE)),
        ("us", "nowhere", FENSHIRE, ("nowhere", FENSHIRE)),
    ],
)
def test_of_an_alliance_and_an_authority_that_do_not_fit_the_one_just_chosen_stands(
    demo_served: Served,
    triggered: str | None,
    alliance: str,
    us: str,
    expected: tuple[str | None, str | None],
) -> None:
    view = chosen(demo_served, triggered, alliance, us, alliance_id="alliance", us_id="us")
    assert (view["alliance"], view["us"]) == expected


def navigate(app: Dash, page: str, path: str, changed: str, **values: str) -> str:
    """The address that a page leads to when a picker was changed."""
    (callback,) = [
        entry
        for entry in app.server.test_client().get("/_dash-dependencies").get_json()
        if entry["output"] == f"{page}-url.href"
    ]
    place, _, search = path.partition("?")
    parts = {"pathname": place, "search": f"?{search}" if search else "", **values}

    def filled(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for entry in entries:
            key = entry["id"] if entry["property"] == "value" else entry["property"]
            key = key.removeprefix(f"{page}-").removesuffix("-tab")
            yield entry | {"value": parts.get(key)}

    body = {
        "output": callback["output"],
        "outputs": {"id": f"{page}-url", "property": "href"},
        "inputs": list(filled(callback["inputs"])),
        "state": list(filled(callback["state"])),
        "changedPropIds": [f"{page}-{changed}.value"],
    }
    answer = client_of(app).post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return str(answer.get_json()["response"][f"{page}-url"]["href"])


def test_a_choice_on_the_indicator_page_leads_to_the_address_of_the_whole_view(
    demo_app: Dash,
) -> None:
    found = navigate(
        demo_app, "indicator", "/indicator/cla_rate", "period", alliance="X12000004",
        us=ABOLISHED, period="2021", scope="england", ranked="table", trend="chart",
    )  # fmt: skip
    assert urlsplit(found).path == "/indicator/cla_rate"
    assert query_of(found) == {
        "alliance": "X12000004",
        "us": ABOLISHED,
        "period": "2021",
        "scope": "england",
        "ranked": "table",
    }


def test_an_authority_chosen_on_a_profile_leads_to_its_own(demo_app: Dash) -> None:
    found = navigate(
        demo_app, "authority", f"/authority/{FENSHIRE}", "us", alliance=EASTMERE, us=CITY
    )
    assert found == f"/authority/{CITY}?us={CITY}"


def test_a_choice_leaves_the_measures_of_the_computed_set_as_they_are(demo_app: Dash) -> None:
    measures = "measures=population_0_17%2Ccs_spend_per_child&weights=1%2C2"
    found = navigate(
        demo_app, "authority", f"/authority/{FENSHIRE}?{measures}&us=1", "us", alliance=EASTMERE,
        us=FENSHIRE,
    )  # fmt: skip
    assert query_of(found) == query_of(f"/?{measures}") | {"alliance": EASTMERE, "us": FENSHIRE}


def test_an_alliance_chosen_on_a_profile_stays_on_the_profile(demo_app: Dash) -> None:
    found = navigate(
        demo_app, "authority", f"/authority/{FENSHIRE}", "alliance", alliance=CAPITAL, us=FENSHIRE
    )
    assert found == f"/authority/{FENSHIRE}?alliance={CAPITAL}"


def test_what_the_browser_put_into_the_address_itself_outlives_the_next_choice(
    demo_app: Dash,
) -> None:
    stale, shown = "?us=629", "us=629&sort=compare-grid.v0_0.desc&release=x&other=1"
    with demo_app.server.test_request_context(
        "/", headers={"Referer": f"http://localhost/?{shown}"}
    ):
        assert carried(stale, ("release",)) == {"sort": "compare-grid.v0_0.desc", "release": "x"}
    for elsewhere in (f"http://elsewhere.example/?{shown}", "http://[", ""):
        with demo_app.server.test_request_context("/", headers={"Referer": elsewhere}):
            assert shown_query(stale) == {"us": "629"}
    assert shown_query(stale) == {"us": "629"}
