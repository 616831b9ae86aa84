"""What an address that is no page leads to."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from alliance.components.frame import page_frame, page_layout
from alliance.service import Served
from alliance.view import View, link, parse_view

URL = "not-found-url"
NAMED: dict[str, Any] = {URL: dcc.Location}


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for any address that is no page."""
    return page(served, parse_view(served, query), "page", url_id=URL)


def page(served: Served, view: View, what: str, *, url_id: str) -> Any:
    """The page that says there is no such indicator, authority or page, and where to go."""
    return page_frame(
        served,
        view,
        "",
        [
            html.H1(f"{what.capitalize()} not found"),
            html.P(
                f"There is no such {what} in this release. It may have been renamed or dropped, or "
                "the address was not copied whole.",
                className="lead",
            ),
            html.P(
                [
                    "Search above, or go on to ",
                    dcc.Link("all indicators", href=link("/indicator", view)),
                    " or the ",
                    dcc.Link("overview", href=link("/", view)),
                    ".",
                ]
            ),
        ],
        url_id=url_id,
        can_be_kept=False,
    )


def register(app: Any) -> None:
    """No callbacks."""
