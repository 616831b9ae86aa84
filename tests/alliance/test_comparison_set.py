"""Who is in each comparator set, and that no address breaks a page or names a set that is none."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st

from alliance.comparison_set import (
    RESOLVERS,
    choose_set,
    computed_neighbours,
    hand_made,
    members_of,
    read_scope,
    scope_name,
    scope_options,
)
from alliance.context_measures import choosable_measures, context_values
from alliance.scope import KINDS, MOST_CODES
from alliance.service import Served
from alliance.settings import Settings
from alliance.view import parse_view
from indicators.queries import Release
from tests.alliance.drawn import draw, text_of
from tests.builders import neighbours_of
from tests.conftest import Small
from tests.demonstration import (
    ABOLISHED,
    CAPITAL,
    CITY,
    EASTMERE,
    FENSHIRE,
    MEMBERS,
    NAMED_ALLIANCE,
    SUCCESSORS,
)

MEASURES = "population_0_17,cs_spend_per_child"


@pytest.fixture
def small_served(small: Small) -> Iterator[Served]:
    """The invented country's release, which has two models of neighbours."""
    with Release(small.store.current_path()) as release:
        yield Served(release, Settings(small.store.home))


def members(served: Served, **query: str) -> tuple[str, ...]:
    view = parse_view(served, query)
    assert view.notes == ()
    return members_of(served, view, read_scope(served, view, query))


def current(served: Served, region: str = "") -> set[str]:
    return {
        code
        for code, area in served.authorities.items()
        if area["valid_to"] is None and region in {"", area["region_code"]}
    }


# Members ----------------------------------------------------------------------------------------


def test_every_kind_of_set_that_an_address_may_name_has_its_members() -> None:
    assert set(KINDS) == set(RESOLVERS)


def test_we_come_first_in_every_set_and_nobody_twice(demo_served: Served) -> None:
    scopes = [
        item["value"]
        for group in scope_options(demo_served, parse_view(demo_served, {}))
        for item in group["items"]
    ]
    assert {"alliance", "neighbours", "computed", "england"} <= set(scopes)
    for us in (FENSHIRE, CITY, ABOLISHED, *SUCCESSORS):
        for scope in (*scopes, f"codes-{CITY}-{FENSHIRE}", "region"):
            found = members(demo_served, us=us, scope=scope)
            assert found[0] == us
            assert len(found) == len(set(found))


def test_places_hold_the_authorities_that_there_are(demo_served: Served) -> None:
    assert set(members(demo_served, us=FENSHIRE)) == current(demo_served, EASTMERE)
    own = {"us": FENSHIRE, "alliance": NAMED_ALLIANCE}
    found = members(demo_served, **own)
    assert (found[0], set(found)) == (FENSHIRE, MEMBERS)
    assert set(members(demo_served, **own, scope="region")) == current(demo_served, EASTMERE)
    assert set(members(demo_served, us=CITY, scope="england")) == current(demo_served)


def test_an_older_model_of_neighbours_is_a_set_of_its_own(small_served: Served) -> None:
    assert small_served.neighbour_models == ("2025", "2021")
    for scope, model in (("neighbours", "2025"), ("neighbours-2025", "2025"),
                         ("neighbours-2021", "2021")):  # fmt: skip
        assert members(small_served, us="701", scope=scope) == ("701", *neighbours_of("701", model))
    view = parse_view(small_served, {"us": "701"})
    assert scope_name(small_served, view, "neighbours-2021") == (
        "the statistical neighbours of Ashby in the model of 2021"
    )


def test_the_computed_set_follows_the_measures_and_weights_of_the_address(
    demo_served: Served,
) -> None:
    usual = members(demo_served, us=FENSHIRE, scope="computed")
    assert len(usual) == 11
    one = {"us": FENSHIRE, "scope": "computed", "measures": "population_0_17"}
    sizes = {
        row["area_code"]: row["value"]
        for row in demo_served.release.latest_values(["population_0_17"])
    }
    others = [code for code in sizes if code != FENSHIRE and code in current(demo_served)]
    by_size = sorted(others, key=lambda code: (abs(sizes[code] - sizes[FENSHIRE]), code))
    assert members(demo_served, **one)[1:] == tuple(by_size[:10])
    both = {"us": FENSHIRE, "scope": "computed", "measures": MEASURES}
    heavy = members(demo_served, **both, weights="10,0.1")
    assert len(set(heavy) & set(by_size[:10])) > len(
        set(members(demo_served, **both, weights="0.1,10")) & set(by_size[:10])
    )


def test_without_a_figure_of_our_own_nobody_is_near(demo_served: Served) -> None:
    view = parse_view(demo_served, {"us": ABOLISHED})
    assert computed_neighbours(demo_served, view) == ()
    assert members_of(demo_served, view, "computed") == (ABOLISHED,)


def test_a_set_made_by_hand_is_in_the_address_and_named_by_its_members(
    demo_served: Served,
) -> None:
    view = parse_view(demo_served, {"us": FENSHIRE})
    scope = hand_made(["625", "640", "625"])
    assert scope == "codes-625-640"
    assert members_of(demo_served, view, scope) == (FENSHIRE, "625", "640")
    assert scope_name(demo_served, view, scope) == "Broadshire, Oxenshire"
    many = scope_name(demo_served, view, hand_made(["625", "640", "644", CITY, "537"]))
    assert many.endswith("and 2 more")


def test_a_programme_is_a_set_of_those_that_take_part(demo_served: Served) -> None:
    found = members(demo_served, us=FENSHIRE, scope="programme-partner-in-practice")
    assert found == (FENSHIRE, "633", "647", "513")


# Figures ----------------------------------------------------------------------------------------


def test_a_figure_is_shown_among_the_members_and_ourselves(demo_served: Served) -> None:
    figures = demo_served.release.figures("cla_rate", "2025")
    view = parse_view(demo_served, {"us": FENSHIRE})
    chosen = choose_set(demo_served, view, "codes-625-640", figures)
    assert chosen.codes == {FENSHIRE, "625", "640"}
    assert (chosen.key, chosen.former) == ("codes-625-640", ())


def test_of_a_region_those_that_have_ceased_since_are_peers_of_their_time(
    demo_served: Served,
) -> None:
    figures = demo_served.release.figures("cla_rate", "2021")
    view = parse_view(demo_served, {"us": SUCCESSORS[0], "alliance": EASTMERE})
    for scope, there in (("region", True), ("england", True), ("alliance", False),
                         ("neighbours", False)):  # fmt: skip
        chosen = choose_set(demo_served, view, scope, figures)
        assert (ABOLISHED in chosen.codes) is there, scope
        assert (ABOLISHED in chosen.former) is there, scope


# Reading an address -----------------------------------------------------------------------------

KEYS = st.one_of(
    st.text(max_size=60),
    st.builds("-".join, st.lists(st.sampled_from([*KINDS, "629", "999", "", "2025", "1", "٣"]))),
)


@given(scope=KEYS, measures=st.text(max_size=80), weights=st.text(max_size=40))
def test_whatever_an_address_asks_for_a_set_is_shown_and_notes_say_what_was_wrong(
    demo_served: Served, scope: str, measures: str, weights: str
) -> None:
    query = {"us": FENSHIRE, "scope": scope, "measures": measures, "weights": weights}
    view = parse_view(demo_served, query)
    read = read_scope(demo_served, view, query)
    assert read == view.scope
    assert read in {scope, "alliance"}
    assert read == scope or not scope or view.notes
    assert members_of(demo_served, view, read)[0] == FENSHIRE
    assert all(note.endswith(".") and len(note) < 120 for note in view.notes)
    values = [item["value"] for g in scope_options(demo_served, view) for item in g["items"]]
    assert values.count(read) == 1
    assert len(values) == len(set(values))


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("nearby", "There is no comparator set “nearby”"),
        ("england-2", "There is no comparator set “england-2”"),
        ("neighbours-1999", "There is no neighbour model “1999” in this release"),
        ("codes", "The address names no authorities to compare with"),
        ("codes-629-999", "There is no authority 999 to compare with"),
        ("programme-none", "There is no programme “none” to compare within"),
        ("set-1", "There is no saved set of that number that you can see"),
        ("set-one", "There is no saved set of that number that you can see"),
    ],
)
def test_a_set_that_is_none_is_noted_and_the_alliance_shown(
    demo_served: Served, scope: str, words: str
) -> None:
    view = parse_view(demo_served, {"scope": scope})
    assert view.notes == (f"{words}, so the alliance is shown.",)
    assert view.scope == "alliance"


def test_a_set_by_hand_has_a_most(demo_served: Served) -> None:
    codes = list(demo_served.authorities)
    assert parse_view(demo_served, {"scope": hand_made(codes[:MOST_CODES])}).notes == ()
    (note,) = parse_view(demo_served, {"scope": hand_made(codes[: MOST_CODES + 1])}).notes
    assert note.startswith(f"A set may have {MOST_CODES} authorities at most")


def test_the_region_is_offered_beside_an_alliance_that_is_another_set(demo_served: Served) -> None:
    def offered(**query: str) -> list[str]:
        view = parse_view(demo_served, query)
        return [i["value"] for group in scope_options(demo_served, view) for i in group["items"]]

    assert "region" not in offered(us=FENSHIRE)
    assert "region" in offered(us=FENSHIRE, alliance=NAMED_ALLIANCE)
    assert "region" in offered(us=FENSHIRE, alliance=CAPITAL)
    assert "codes-625" in offered(us=FENSHIRE, scope="codes-625")


@pytest.mark.parametrize("path", ["/", "/indicator/cla_rate", "/compare", "/inspections"])
def test_a_page_without_neighbours_by_context_names_the_measure_that_is_missing_and_why(
    demo_app: Dash, demo_served: Served, path: str
) -> None:
    measure, period = unmeasured(demo_served, CITY)
    asked = {"us": CITY, "scope": "computed", "measures": f"population_0_17,{measure}"}
    title = demo_served.indicators[measure]["title"]
    notes = [text_of(part) for part in draw(demo_app, path, f"?{urlencode(asked)}").find("Alert")]
    (note,) = [text for text in notes if "no neighbours by context" in text]
    assert f"for “{title}” ({period}: " in note
    assert "Children aged 0 to 17" not in note
    fine = draw(demo_app, path, f"?{urlencode(asked | {'measures': 'population_0_17'})}")
    assert not [part for part in fine.find("Alert") if "by context" in text_of(part)]


def unmeasured(served: Served, code: str) -> tuple[str, str]:
    """A measure that may be chosen without a figure of that authority's, and its latest period."""
    for key in choosable_measures(served):
        if code not in context_values(served, [key])[key]:
            return key, served.periods[key][-1]["period"]
    raise AssertionError(f"{code} has a figure for every measure")
