"""Any authorities on any indicators over any years: as a table, small multiples or a scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html

from alliance.compare import choosing
from alliance.compare.examples import examples_for
from alliance.compare.multiples import PREFIX, multiples_section
from alliance.compare.rows import Compared
from alliance.compare.scatter_section import scatter_section
from alliance.compare.selection import (
    EVERY,
    MULTIPLES,
    SCATTER,
    Selection,
    compare_address,
    read_selection,
)
from alliance.compare.table_section import about_section, table_section
from alliance.components.frame import page_frame, page_layout
from alliance.components.navigation import carried, shown_query
from alliance.components.pickers import chosen as fitting
from alliance.components.pickers import pickers
from alliance.service import Served, current_release
from alliance.view import CHART, TABLE, View, parse_view

URL, ALLIANCE, US = "compare-url", "compare-alliance", "compare-us"
PICKERS = {
    "scope": choosing.SCOPE, "from": choosing.FROM, "to": choosing.TO,
    "cells": choosing.CELLS, "of": choosing.OF, "x": choosing.X, "y": choosing.Y,
}  # fmt: skip
"""The pickers of one thing, by parameter."""
PICKED_TOGETHER = (("from", "to"), ("cells",), ("of",), ("x", "y"))
"""Parameters that a choice of any one of them puts into the address."""
KEPT = ("show", "periods", "tab", *(key for group in PICKED_TOGETHER for key in group))
TAB = f"{PREFIX}-tab"
NAMED: dict[str, Any] = {
    URL: dcc.Location,
    **dict.fromkeys((ALLIANCE, US, *PICKERS.values()), dmc.Select),
    **dict.fromkeys((choosing.INDICATORS, choosing.NAMED_AREAS), dmc.MultiSelect),
    choosing.APPLY: html.Button,
    TAB: dmc.Tabs,
}


NO_TABS = html.Div(dmc.Tabs([], id=TAB), hidden=True)
"""For the callback that names them, where nothing with tabs is shown."""


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `areas` or `scope`, `indicators`, `from`, `to` or `periods`, `show`,
    `cells`, `of`, `x`, `y`, `tab`, `alliance` and `us`."""
    view = parse_view(served, query)
    selection = read_selection(served, view, query)
    tab = TABLE if query.get("tab") == TABLE else CHART
    notes = [dmc.Alert(note, color="orange", className="note") for note in selection.notes]
    return page_frame(
        served,
        view,
        "compare",
        [
            *notes,
            html.H1("Compare"),
            html.P(
                "Any authorities, on any indicators, over any years. The address holds all that "
                "you choose: send it, and it shows the same.",
                className="lead",
            ),
            pickers(served, view, alliance_id=ALLIANCE, us_id=US),
            choosing.choose_what(served, view, selection),
            choosing.choose_how(served, view, selection),
            *_shown(served, view, selection, tab),
        ],
        url_id=URL,
    )


def _shown(served: Served, view: View, selection: Selection, tab: str) -> list[Any]:
    """What is chosen, shown as chosen; examples where nothing is."""
    if selection.show == SCATTER:
        if not (selection.x and selection.y):
            lead = "Choose one indicator to go across and one to go up."
            return [_examples(served, view, lead), NO_TABS]
        return [
            scatter_section(served, view, selection, tab),
            about_section(served, view, selection, (selection.x, selection.y)),
        ]
    if selection.empty:
        lead = "Choose indicators above, or begin with one of these."
        return [_examples(served, view, lead), NO_TABS]
    if selection.show == MULTIPLES:
        keys = selection.indicators if selection.of == EVERY else (selection.of,)
        section = multiples_section(served, view, Compared(served, selection, keys), tab)
    else:
        keys = selection.indicators
        section = table_section(served, view, Compared(served, selection, keys))
        return [section, about_section(served, view, selection, keys), NO_TABS]
    return [section, about_section(served, view, selection, keys)]


def _examples(served: Served, view: View, lead: str) -> html.Section:
    found = [
        html.Li(
            dcc.Link(
                [html.Span(title, className="example-title"), html.Span(words)],
                href=href,
                className="example",
            )
        )
        for title, words, href in examples_for(served, view)
    ]
    return html.Section(
        [html.H2("Nothing is chosen yet"), html.P(lead), html.Ul(found, className="examples")],
        className="card compare-empty",
    )


def register(app: Any) -> None:
    """A choice of one thing leads to its address at once; indicators and names wait for Show."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(URL, "href"),
        inputs={
            "alliance": Input(ALLIANCE, "value"),
            "us": Input(US, "value"),
            "choice": {key: Input(component, "value") for key, component in PICKERS.items()},
            "clicks": Input(choosing.APPLY, "n_clicks"),
            "indicators": State(choosing.INDICATORS, "value"),
            "areas": State(choosing.NAMED_AREAS, "value"),
            "search": State(URL, "search"),
        },
        prevent_initial_call=True,
    )
    def navigate(
        alliance: str, us: str, choice: dict[str, str | None], clicks: int,
        indicators: list[str] | None, areas: list[str] | None, search: str | None,
    ) -> str:  # fmt: skip
        served = current_release()
        view = fitting(served, ctx.triggered_id, alliance, us, alliance_id=ALLIANCE, us_id=US)
        query = follow_choice(
            ctx.triggered_id,
            choice,
            indicators=indicators or [],
            areas=areas or [],
            before=shown_query(search),
        )
        return compare_address({**query, **carried(search), **view})

    app.clientside_callback(
        ClientsideFunction("compare", "keep_tab"),
        Input(TAB, "value"),
        prevent_initial_call=True,
    )


def follow_choice(
    triggered: str | None,
    choice: Mapping[str, str | None],
    *,
    indicators: Sequence[str],
    areas: Sequence[str],
    before: Mapping[str, str],
) -> dict[str, str | None]:
    """The parameters that a choice leads to from those of the address before.

    A set replaces names and names replace a set, whichever was chosen last; years replace single
    periods. What was not in the address and is not chosen now stays out of it, so that it goes on
    following from the rest.
    """
    query: dict[str, str | None] = {key: before[key] for key in KEPT if key in before}
    for together in PICKED_TOGETHER:
        if triggered in {PICKERS[key] for key in together}:
            query |= {key: choice[key] for key in together}
    if triggered in {choosing.FROM, choosing.TO}:
        query["periods"] = None
    scope = choice["scope"]
    by_set = triggered == choosing.SCOPE and scope != choosing.NAMED_SCOPE
    named = [] if by_set else areas
    query["areas"] = ",".join(named)
    query["scope"] = None if named or scope == choosing.NAMED_SCOPE else scope
    query["indicators"] = ",".join(indicators)
    return query
