"""Every indicator of the release, by topic, and the search over them and over the authorities."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html

from alliance.components.frame import page_frame, page_layout
from alliance.components.indicator_entries import entries_for
from alliance.search import LONGEST_QUERY
from alliance.service import Served, current_release
from alliance.view import link, parse_view

URL, SEARCH, RESULTS = "indicators-url", "indicators-search", "indicators-found"
VIEW = "indicators-view"
NAMED: dict[str, Any] = {
    URL: dcc.Location, SEARCH: dmc.TextInput, RESULTS: html.Div, VIEW: dcc.Store,
}  # fmt: skip


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `q` (words to look for) and `all` (`yes`: however
    many are found)."""
    view = parse_view(served, query)
    words = (query.get("q") or "")[:LONGEST_QUERY]
    count = f"{len(served.indicators)} indicators, {len(served.headline)} of them headline."
    return page_frame(
        served,
        view,
        "indicator",
        [
            html.H1("Indicators"),
            html.P(
                [f"{count} To set several side by side, ",
                 dcc.Link("compare them", href=link("/compare", view)), "."],
                className="lead",
            ),
            dmc.TextInput(
                id=SEARCH,
                label="Find an indicator or an authority",
                description="By any of its names: LAC, children in care, NEET, agency, EHCP…",
                value=words,
                className="search",
                debounce=200,
            ),
            dcc.Store(id=VIEW, data={"alliance": view.alliance.key, "us": view.us}),
            html.Div(
                entries_for(served, view, words, all_of_them=query.get("all") == "yes"),
                id=RESULTS,
            ),
        ],
        url_id=URL,
    )  # fmt: skip


def register(app: Any) -> None:
    """Typing searches as it goes and keeps the words in the address."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(RESULTS, "children"),
        Input(SEARCH, "value"),
        State(VIEW, "data"),
        prevent_initial_call=True,
    )
    def show_found(words: str | None, chosen: dict[str, str]) -> list[Any]:
        served = current_release()
        view = parse_view(served, chosen)
        return entries_for(served, view, (words or "")[:LONGEST_QUERY])

    app.clientside_callback(
        ClientsideFunction("compare", "keep_words"),
        Input(SEARCH, "value"),
        prevent_initial_call=True,
    )
