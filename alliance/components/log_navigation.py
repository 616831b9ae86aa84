"""The pages of the challenge log, as a line of links of its own below the product's navigation."""

from __future__ import annotations

from dash import dcc, html

from alliance.log.places import NAVIGATION, PLACES
from alliance.view import View, link


def log_navigation(view: View, here: str) -> html.Nav:
    """A link to each page of the log; `here` is the id of the page, or of an entry's page."""
    lists = {place.entry_id: place.id for place in PLACES}
    marked = lists.get(here, here)
    return html.Nav(
        html.Ul(
            [
                html.Li(
                    dcc.Link(
                        words,
                        href=link(path, view),
                        className="log-nav-link log-nav-here" if key == marked else "log-nav-link",
                    )
                )
                for key, words, path in NAVIGATION
            ]
        ),
        className="log-nav",
        **{"aria-label": "Challenge log"},
    )
