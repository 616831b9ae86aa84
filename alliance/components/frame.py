"""The frame of every page: skip link, header with navigation, notes, main content, footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.comparison_set import no_set_note
from alliance.components.log_navigation import log_navigation
from alliance.components.saved_views import told, view_bar
from alliance.components.search_box import search_box
from alliance.components.sections import link_sections
from alliance.log.asking import may_have_entries
from alliance.log.places import FOR_YOU
from alliance.log.places import IDS as LOG_PAGES
from alliance.people.header import signed_in_header
from alliance.saved.asking import asking_person
from alliance.service import DEMONSTRATION, Served, current_release
from alliance.view import View, link
from indicators.words import format_day
from ingest.errors import AllianceError

OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
MAIN = "main-content"
MENU = "header-menu"
"""What a telephone keeps behind one button (menu.js): search, who one is and the pages."""

Layout = Callable[..., Any]


def page_layout(layout: Layout) -> Layout:
    """Give a page's layout the release being served as its first argument.

    Where there is none, or what it needs is not there, the page says so and what to do. Of a
    parameter that an address repeats, the first stands.
    """

    @wraps(layout)
    def wrapped(**query: Any) -> Any:
        once = {k: v[0] if isinstance(v, list) else v for k, v in query.items()}
        try:
            return layout(current_release(), **once)
        except AllianceError as error:
            return html.Div(
                html.Main(
                    [html.H1("There is nothing to show yet"), html.P(str(error))],
                    id=MAIN,
                    className="page",
                )
            )

    return wrapped


def page_title(find: Callable[[Served], str | None], otherwise: str) -> str:
    """The browser's title for a page: what `find` finds in the release being served, else
    `otherwise`, as where there is no release."""
    try:
        found = find(current_release())
    except AllianceError:
        found = None
    return f"{found or otherwise} – Alliance"


def page_frame(
    served: Served,
    view: View,
    here: str,
    children: Sequence[Any],
    *,
    url_id: str,
    can_be_kept: bool = True,
) -> html.Div:
    """A whole page. `here` is the id of the navigation entry to mark; `url_id` the page's own
    address component, through which its pickers navigate; `can_be_kept` false where there is
    nothing on it that anybody would keep as a view."""
    in_log = here in LOG_PAGES and may_have_entries(asking_person())
    beside = [log_navigation(view, here)] if in_log else []
    said = [*view.notes, *filter(None, [no_set_note(served, view)])]
    notes = [dmc.Alert(note, color="orange", className="note") for note in said]
    sections = link_sections(children, prefix=url_id.removesuffix("url"))
    return html.Div(
        [
            dcc.Location(id=url_id, refresh="callback-nav"),
            html.A("Skip to main content", href=f"#{MAIN}", className="skip-link"),
            *_banner(served),
            _header(served, view, "log" if here in LOG_PAGES else here),
            html.Main(
                [*beside, *([view_bar(view)] if can_be_kept else []), *told(), *notes, *sections],
                id=MAIN,
                className="page",
                tabIndex=-1,
            ),
            _footer(served, view),
        ]
    )


def _banner(served: Served) -> list[Any]:
    if not served.info.demo:
        return []
    return [html.Div(DEMONSTRATION, className="demo-banner", role="note")]


def _header(served: Served, view: View, here: str) -> html.Header:
    entries = (
        ("overview", "Overview", link("/", view)),
        ("authority", "Our authority", link(f"/authority/{view.us}", view)),
        ("worth_discussing", "Worth discussing", link("/worth-discussing", view)),
        ("neighbours", "Who is like us", link(f"/neighbours/{view.us}", view)),
        ("indicator", "Indicators", link("/indicator", view)),
        ("compare", "Compare", link("/compare", view)),
        ("inspections", "Inspections", link("/inspections", view)),
        ("returns", "Returns", link("/returns", view)),
        *(
            [("log", "Challenge log", link(FOR_YOU[2], view))]
            if may_have_entries(asking_person())
            else []
        ),
        ("data", "Data", link("/data", view)),
        ("help", "Help", link("/help", view)),
    )
    return html.Header(
        html.Div(
            [
                dcc.Link("Alliance", href=link("/", view), className="brand"),
                html.Button(
                    "Menu", type="button", className="menu-button",
                    **{"aria-expanded": "false", "aria-controls": MENU},
                ),
                html.Div(
                    [
                        html.Div(
                            [search_box(view), signed_in_header(served)], className="header-tools"
                        ),
                        html.Nav(
                            [_nav_link(label, to, here=key == here) for key, label, to in entries],
                            **{"aria-label": "Main"},
                        ),
                    ],
                    id=MENU,
                    className="header-menu",
                ),
            ],
            className="header-inner",
        ),
        className="header",
    )  # fmt: skip


def _nav_link(label: str, address: str, *, here: bool) -> dcc.Link:
    return dcc.Link(label, href=address, className="nav-link nav-here" if here else "nav-link")


def _footer(served: Served, view: View) -> html.Footer:
    info = served.info
    built = f"{format_day(info.built_at.date())} at {info.built_at:%H:%M} UTC"
    if served.info.demo:
        rights: list[Any] = [f"{DEMONSTRATION}. Not official statistics."]
    else:
        rights = [
            "Contains public sector information licensed under the ",
            html.A("Open Government Licence v3.0", href=OGL),
            ". Publishers and publications are listed on the ",
            dcc.Link("help page", href=link("/help", view)),
            ".",
        ]
    return html.Footer(
        html.Div(
            [html.P(f"Release {info.release_id}, built {built}."), html.P(rights)],
            className="footer-inner",
        ),
        className="footer",
    )
