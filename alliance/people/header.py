"""Who one is, at the top of every page: the way in and out, and the demonstration's switch.

Plain forms, which work by keyboard and leave every decision to the server.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from alliance.access import ANONYMOUS, ROLE_NAMES, Person
from alliance.mail.letter import SETTINGS
from alliance.people.current import current_part, current_person
from alliance.people.demonstration import NOT_SIGNED_IN, PARTS
from alliance.people.routes import CHANGE_PART, SIGN_IN, SIGN_OUT
from alliance.service import Served


def signed_in_header(served: Served) -> html.Div:
    """Who is signed in, and how to change that."""
    if served.info.demo and not served.settings.database_url:
        return html.Div(_switch(served, current_part()), className="person")
    person = current_person()
    if person == ANONYMOUS:
        return html.Div(html.A("Sign in", href=SIGN_IN, className="nav-link"), className="person")
    return html.Div(
        [
            html.Span(describe_person(person, served), className="person-name"),
            html.A("Your email", href=SETTINGS, className="nav-link"),
            _form(SIGN_OUT, [html.Button("Sign out", type="submit", className="person-button")]),
        ],
        className="person",
    )


def describe_person(person: Person, served: Served) -> str:
    """“Morgan Ashby, director, Fenshire”."""
    roles = [name for role, name in ROLE_NAMES.items() if role in person.roles]
    code = person.authority_code
    place = [served.name(code)] if code is not None and code in served.authorities else []
    return ", ".join([person.display_name, *roles, *place])


def _switch(served: Served, part: str) -> html.Details:
    person = current_person()
    is_anyone = person == ANONYMOUS
    who = "You are not signed in" if is_anyone else f"You are {describe_person(person, served)}"
    choices = [(entry.key, entry.label) for entry in PARTS] + [(NOT_SIGNED_IN, "Not signed in")]
    return html.Details(
        [
            html.Summary([who, " ", html.Span("Change", className="person-change")]),
            _form(
                CHANGE_PART,
                [
                    html.P("In this demonstration you can be:", className="person-lead"),
                    *(_choice(key, label, here=key == part) for key, label in choices),
                ],
            ),
        ],
        className="person-switch",
    )


def _choice(key: str, label: str, *, here: bool) -> html.Button:
    marked: dict[str, Any] = {"aria-current": "true"} if here else {}
    return html.Button(
        label, type="submit", name="part", value=key, className="person-choice", **marked
    )


def _form(action: str, children: list[Any]) -> html.Form:
    token = dcc.Input(type="hidden", name="csrf_token", value=generate_csrf())
    return html.Form([token, *children], action=action, method="post")
