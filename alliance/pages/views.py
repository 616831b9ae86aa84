"""Saved views: pages with all that was chosen on them, kept under a name, one's own and those that
members of the alliance share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from dash import dcc, html

from alliance.access import Person, is_left_behind
from alliance.components.frame import page_frame, page_layout
from alliance.components.saved_views import (
    name_field,
    post_form,
    sharing_field,
    stop_sharing_form,
    whose_words,
)
from alliance.people.routes import SIGN_IN
from alliance.saved.asking import asking_person, keepers, saved_of
from alliance.saved.records import VIEW, Saved
from alliance.saved.routes import change_address
from alliance.service import Served
from alliance.store.accounts import Account
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
    content = _kept(served, person) if person.roles else _signed_out()
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


def _kept(served: Served, person: Person) -> list[Any]:
    kept = saved_of(VIEW)
    owners = keepers(kept)

    def entries(found: Sequence[Saved]) -> list[html.Li]:
        return [_view(served, saved, person, owners) for saved in found]

    own = [saved for saved in kept if saved.owner == person.username]
    shared = [saved for saved in kept if saved.owner != person.username]
    return [
        html.P(
            "A saved view keeps which page it is and all that was chosen on it. Figures are those "
            "of the release that is served when it is opened.",
            className="lead",
        ),
        _section("views-own", "Yours", entries(own)),
        _section("views-shared", "Shared with your alliance", entries(shared)),
    ]


def _section(section: str, title: str, entries: Sequence[html.Li]) -> html.Section:
    return html.Section(
        [
            html.H2(title),
            *(
                [html.Ul(entries, className="views")]
                if entries
                else [html.P(NOTHING[section], className="empty")]
            ),
        ],
        className="card",
        id=section,
    )


def _view(served: Served, saved: Saved, person: Person, owners: Mapping[str, Account]) -> html.Li:
    mine = saved.owner == person.username
    whose = whose_words(served, saved, person, owners)
    return html.Li(
        [
            html.P(dcc.Link(saved.name, href=saved.content), className="view-name"),
            html.P(f"{_page(saved)}. {whose} {_when(saved)}", className="small"),
            *([_change(saved, person)] if mine else []),
        ],
        className="kept",
    )


def _page(saved: Saved) -> str:
    """What kind of page it leads to."""
    return PAGE_WORDS.get(urlsplit(saved.content).path.split("/")[1], "Page")


def _when(saved: Saved) -> str:
    return f"Saved {format_day(saved.changed_at.date())}."


def _change(saved: Saved, person: Person) -> html.Div:
    """What its owner may do with it."""
    unseen = {"version": str(saved.version), "next": "/views"}
    of_it = html.Span(f" the view {saved.name}", className="vh")
    return html.Div(
        [
            stop_sharing_form(VIEW, saved, "/views")
            if is_left_behind(person, saved.subject)
            else _rename(saved, person, of_it, unseen),
            post_form(
                change_address(VIEW, saved.id, "delete"),
                [html.Button(["Delete", of_it], type="submit", className="quiet")],
                **unseen,
            ),
        ],
        className="form-buttons",
    )


def _rename(
    saved: Saved, person: Person, of_it: html.Span, unseen: Mapping[str, str]
) -> html.Details:
    return html.Details(
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
    )
