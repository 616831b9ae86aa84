"""Who is like us: statistical neighbours, the nearest by context measures, sets made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html

from alliance.access import decide
from alliance.components.computed_set import computed_section
from alliance.components.frame import page_frame, page_layout, page_title
from alliance.components.hand_made_sets import (
    CODES,
    LINK_IDS,
    LINKS,
    hand_made_section,
    saved_sets_section,
)
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers
from alliance.components.statistical_neighbours import statistical_section
from alliance.pages import not_found
from alliance.saved.asking import asking_person
from alliance.saved.records import Saved
from alliance.scope import MOST_CODES, saved_set, split_codes
from alliance.service import Served
from alliance.view import parse_view

URL, ALLIANCE, US = "neighbours-url", "neighbours-alliance", "neighbours-us"
NAMED: dict[str, Any] = {
    URL: dcc.Location,
    ALLIANCE: dmc.Select,
    US: dmc.Select,
    CODES: dmc.MultiSelect,
    LINKS: html.Div,
    **dict.fromkeys(LINK_IDS, dcc.Link),
}


def title(code: str | None = None) -> str:
    """The browser's title for the page."""
    return page_title(lambda served: _named(served, code or ""), "Who is like us")


def _named(served: Served, code: str) -> str | None:
    found = served.authorities.get(code)
    return f"Who is like {found['name']}" if found else None


@page_layout
def layout(served: Served, /, code: str | None = None, **query: str | None) -> Any:
    """The page for a query of `alliance`, `measures` and `weights` (the computed set), `codes`
    (authorities chosen by hand) and `set` (a kept set that is changed)."""
    view = parse_view(served, query if code is None else {**query, "us": code})
    if code is not None and code not in served.authorities:
        return not_found.page(served, parse_view(served, query), "authority", url_id=URL)
    edited = _edited(query)
    return page_frame(
        served,
        view,
        "neighbours",
        [
            html.H1(f"Who is like us: {served.name(view.us)}"),
            html.P(
                "A comparison is as good as the company it is made in. Three ways to choose it, "
                "each to be used on every page that compares.",
                className="lead",
            ),
            pickers(served, view, alliance_id=ALLIANCE, us_id=US),
            statistical_section(served, view),
            computed_section(served, view),
            hand_made_section(served, view, _codes(served, query, edited), edited),
            saved_sets_section(served, view),
        ],
        url_id=URL,
    )


def _edited(query: Mapping[str, str | None]) -> Saved | None:
    """The kept set that is being changed, if the person may."""
    found = saved_set(query.get("set") or "")
    if found is None or not decide(asking_person(), "saved.change", found.subject).allowed:
        return None
    return found


def _codes(
    served: Served, query: Mapping[str, str | None], edited: Saved | None
) -> tuple[str, ...]:
    """The authorities chosen: those of the address, or of the set that is changed."""
    named = split_codes(query.get("codes") or "")
    codes = named or (tuple(edited.content) if edited else ())
    return tuple(code for code in codes if code in served.authorities)[:MOST_CODES]


def register(app: Any) -> None:
    """A choice leads to the address that shows it; a hand-made set needs no server."""
    register_navigation(
        app,
        url_id=URL,
        alliance_id=ALLIANCE,
        us_id=US,
        more={},
        path_of_us="/neighbours/{us}",
        keep=("codes", "set"),
    )
    app.clientside_callback(
        ClientsideFunction("alliance", "choose_codes"),
        Output(LINKS, "className"),
        *(Output(component, "href") for component in LINK_IDS),
        Input(CODES, "value"),
        *(State(component, "href") for component in LINK_IDS),
        prevent_initial_call=True,
    )
