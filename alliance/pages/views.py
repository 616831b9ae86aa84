"""Saved views: pages with all that was chosen on them, kept under a name, one's own and those that
members of the alliance share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from dash import dcc, html

from alliance.access import Person
from alliance.components.frame import page_frame, page_layout
from alliance.components.saved_views import name_field, post_form, sharing_field
from alliance.people.routes import SIGN_IN
from alliance.saved.asking import asking_person, keepers, saved_of
from alliance.saved.records import VIEW, Saved
from alliance.saved.routes import change_address
from alliance.service import Served
from alliance.view import parse_view
from indicators.words import format_day

URL = "views-url"
NAMED: dict[str, Any] = {URL: dcc.Location}
PAGE_WORDS: Mapping[str, str] = {
    "": "Overview",
    "authority": "Profile of an authority",
    "compare": "Comparison",
    "data": "Data",
    "help": "Help",
    "indicator": "Indicator",
    "inspections": "Inspections",
    "neighbours": "Who is like us",
    "returns": "Local returns",
    "views": "Saved views",
}
"""What kind of page an address leads to, by the first part of its path."""
NOTHING: Mapping[str, str] = {
    "views-own": "Nothing yet. On any page, choose what you want to see, then “Save this view”.",
    "views-shared": "Nothing yet. Whoever saves a view may share it with their alliance.",
}


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance` and `us`."""
    view = parse_view(served, query)
    person = asking_person()
    content = _kept(person) if person.roles else _signed_out()
    title = html.H1("Saved views")
    return page_frame(served, view, "views", [title, *content], url_id=URL, can_be_kept=False)


def register(app: Any) -> None:
    """The page has no callback: its forms are plain."""


def _signed_out() -> list[Any]:
    return [
        html.P(
            [
                html.A("Sign in", href=SIGN_IN),
                " to keep views under a name and to see those that your alliance shares.",
            ],
            className="lead",
        ),
        html.P(
            "Without signing in the address of a page still holds all that was chosen on it: "
            "copy it, and whoever opens it sees the same."
        ),
    ]


def _kept(person: Person) -> list[Any]:
    kept = saved_of(VIEW)
    names = keepers(kept)
    own = [saved for saved in kept if saved.owner == person.username]
    shared = [saved for saved in kept if saved.owner != person.username]
    return [
        html.P(
            "A saved view keeps which page it is and all that was chosen on it. Figures are those "
            "of the release that is served when it is opened.",
            className="lead",
        ),
        _section("views-own", "Yours", own, person, names),
        _section("views-shared", "Shared by your alliance", shared, person, names),
    ]


def _section(
    section: str, title: str, kept: Sequence[Saved], person: Person, names: Mapping[str, str]
) -> html.Section:
    return html.Section(
        [
            html.H2(title),
            *(
                [html.Ul([_view(saved, person, names) for saved in kept], className="views")]
                if kept
                else [html.P(NOTHING[section], className="empty")]
            ),
        ],
        className="card",
        id=section,
    )


def _view(saved: Saved, person: Person, names: Mapping[str, str]) -> html.Li:
    mine = saved.owner == person.username
    return html.Li(
        [
            html.P(dcc.Link(saved.name, href=saved.content), className="view-name"),
            html.P(_about(saved, names, mine=mine), className="small"),
            *([_change(saved, person)] if mine else []),
        ],
        className="kept",
    )


def _about(saved: Saved, names: Mapping[str, str], *, mine: bool) -> str:
    page = PAGE_WORDS.get(urlsplit(saved.content).path.split("/")[1], "Page")
    day = format_day(saved.changed_at.date())
    if not mine:
        return f"{page}. Shared by {names.get(saved.owner, saved.owner)}, {day}."
    who = "Shared with your alliance" if saved.shared else "Only you see it"
    return f"{page}. {who}. Saved {day}."


def _change(saved: Saved, person: Person) -> html.Div:
    """What its owner may do with it."""
    unseen = {"version": str(saved.version), "next": "/views"}
    of_it = html.Span(f" the view {saved.name}", className="vh")
    return html.Div(
        [
            html.Details(
                [
                    html.Summary(["Rename or share", of_it]),
                    post_form(
                        change_address(VIEW, saved.id),
                        [
                            name_field("Name of the view", saved.name),
                            sharing_field(person, shared=saved.shared),
                            html.Button("Save", type="submit", className="act"),
                        ],
                        css="form-row",
                        **unseen,
                    ),
                ]
            ),
            post_form(
                change_address(VIEW, saved.id, "delete"),
                [html.Button(["Delete", of_it], type="submit", className="quiet")],
                **unseen,
            ),
        ],
        className="form-buttons",
    )
