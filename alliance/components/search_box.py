"""The search box in the header of every page: a plain form that leads to the list of indicators."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from alliance.view import View


def search_box(view: View) -> html.Form:
    """A form that asks `/indicator` for its words, with the view in hidden fields."""
    hidden: list[Any] = [
        dcc.Input(type="hidden", name=name, value=value)
        for name, value in (("alliance", view.alliance.key), ("us", view.us))
    ]
    return html.Form(
        [
            *hidden,
            html.Label(
                [
                    html.Span("Find an indicator or authority", className="vh"),
                    dcc.Input(
                        type="search", name="q", className="search-field", autoComplete="off",
                        placeholder="Indicator or authority", maxLength=100,
                    ),
                ],
                className="search-label",
            ),
            html.Button("Search", type="submit", className="search-button"),
        ],
        action="/indicator",
        method="get",
        role="search",
        className="header-search",
    )  # fmt: skip
