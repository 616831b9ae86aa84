"""“Save this view” at the top of every page, what became of the last thing kept, and the fields
that the forms of kept things share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import dash_mantine_components as dmc
from dash import dcc, html
from flask import get_flashed_messages, has_request_context
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from alliance.access import Person, is_left_behind
from alliance.people.routes import SIGN_IN
from alliance.saved.asking import asking_person
from alliance.saved.records import LONGEST_NAME, VIEW, Kind, Saved
from alliance.saved.routes import DONE, FORMS, REFUSED, UNDO, change_address, keep_address
from alliance.service import Served
from alliance.store.accounts import Account
from alliance.view import View, link

COLOURS = {DONE: "teal", UNDO: "teal", REFUSED: "orange"}


def view_bar(view: View) -> html.Div:
    """The control that keeps the page under a name, and the way to what is kept."""
    person = asking_person()
    return html.Div(
        [
            html.Details(
                [html.Summary("Save this view"), _form(person) if person.roles else _signed_out()],
                className="view-save",
            ),
            dcc.Link("Saved views", href=link("/views", view)),
        ],
        className="view-bar",
    )


def _form(person: Person) -> html.Form:
    return post_form(
        keep_address(VIEW),
        [
            html.P("What is chosen on this page, kept under a name.", className="small"),
            name_field("Name of the view"),
            sharing_field(person),
            html.Button("Save", type="submit", className="act"),
        ],
        css="view-form save-view",
        address="",
    )


def _signed_out() -> html.Div:
    return html.Div(
        [
            html.P("The address of this page holds all that you have chosen: copy it, and whoever "
                   "opens it sees the same."),
            html.P([html.A("Sign in", href=SIGN_IN), " to keep views under a name."]),
        ],
        className="view-form",
    )  # fmt: skip


def post_form(action: str, children: list[Any], *, css: str = "", **hidden: str) -> html.Form:
    """A form of a kept thing, with the page's token and what it sends unseen."""
    fields = {"csrf_token": generate_csrf() if has_request_context() else "", **hidden}
    unseen = [dcc.Input(type="hidden", name=name, value=value) for name, value in fields.items()]
    return html.Form([*unseen, *children], action=action, method="post", className=css)


def name_field(label: str, value: str = "") -> html.Label:
    """What it is called."""
    return html.Label(
        [
            html.Span(label),
            dcc.Input(
                type="text", name="name", value=value, required=True, maxLength=LONGEST_NAME,
                autoComplete="off", className="typed",
            ),
        ],
        className="form-field",
    )  # fmt: skip


def sharing_field(person: Person, *, shared: bool = False) -> html.Label:
    """Who may see it. Somebody without an alliance has nobody to share it with."""
    choices = [("", "Only me")]
    if person.alliance:
        choices.append(("yes", "Members of my alliance"))
    return html.Label(
        [
            html.Span("Who may see it"),
            html.Select(
                [
                    html.Option(label, value=value, selected=(value == "yes") == shared)
                    for value, label in choices
                ],
                name="shared",
                className="chosen",
            ),
        ],
        className="form-field",
    )


def whose_words(served: Served, saved: Saved, person: Person, owners: Mapping[str, Account]) -> str:
    """Whose a kept thing is and who sees it, a sentence or two."""
    if saved.owner != person.username:
        owner = owners.get(saved.owner)
        name = owner.display_name if owner else saved.owner
        moved = owner is not None and owner.alliance != saved.alliance
        return f"Shared by {name}{', who has since left the alliance' if moved else ''}."
    if not saved.shared:
        return "Yours; nobody else sees it."
    key = saved.alliance or ""
    alliance = served.alliances[key].name if key in served.alliances else key
    if is_left_behind(person, saved.subject):
        return (
            f"Yours, shared with your former alliance, {alliance}: its members keep it as it is. "
            "To change it, stop sharing it first."
        )
    return f"Yours, shared with {alliance}."


def stop_sharing_form(kind: Kind, saved: Saved, onward: str) -> html.Form:
    """Takes one's own back from whom it is shared with, and changes nothing else."""
    return post_form(
        change_address(kind, saved.id),
        [
            html.Button(
                ["Stop sharing", html.Span(f" the {kind.words} {saved.name}", className="vh")],
                type="submit",
                className="quiet",
            )
        ],
        shared="",
        version=str(saved.version),
        next=onward,
    )


def told() -> list[Any]:
    """What became of the last thing that was kept, changed or deleted, with the way back."""
    if not has_request_context():
        return []
    found = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    return [_note(kind, text) for kind, text in found if kind in COLOURS]


def _note(category: str, text: str) -> dmc.Alert:
    content: Any = text
    if category == UNDO:
        kind, number, words = text.split(" ", 2)
        undo = post_form(
            change_address(FORMS[kind].kind, int(number), "restore"),
            [html.Button("Undo", type="submit", className="act act-second")],
            css="undo",
        )
        content = [html.Span(words), undo]
    return dmc.Alert(content, color=COLOURS[category], className="note saved-note")
