"""What pages of the challenge log have in common: what somebody sees who is not signed in, or has
no part in any alliance's log, in the same words whatever there is."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from alliance.access import ANONYMOUS, Person
from alliance.log.addresses import list_address
from alliance.log.errors import NoEntryError
from alliance.people.routes import SIGN_IN
from alliance.service import Served


def for_others(served: Served, person: Person, title: str, lead: str, here: str) -> list[Any]:
    """The page for whoever cannot have anything in the log. `here` is the page to come back to."""
    if person != ANONYMOUS:
        how: Any = html.P(
            "Your account has no part in an alliance’s log. Ask whoever runs Alliance for your "
            "area."
        )
    elif served.info.demo:
        how = html.P(
            "You are not signed in. At the top of the page you can be the director or the analyst "
            "of an authority, the alliance’s manager, or an observer."
        )
    else:
        how = html.P([html.A("Sign in", href=f"{SIGN_IN}?next={here}"), " to see it."])
    return [html.H1(title), html.P(lead, className="lead"), how]


def not_there(error: NoEntryError) -> list[Any]:
    """The page of an entry that is not there, or that the reader may not see."""
    return [
        html.H1("Not found"),
        html.P(str(error), className="lead"),
        html.P(dcc.Link("Go to the challenge log", href=list_address("challenge"))),
    ]


def crumbs(steps: list[tuple[str, str]], here: str) -> html.Nav:
    """Where one is, below which pages."""
    links: list[Any] = []
    for words, address in steps:
        links += [dcc.Link(words, href=address), " / "]
    return html.Nav([*links, here], className="crumbs", **{"aria-label": "Where you are"})
