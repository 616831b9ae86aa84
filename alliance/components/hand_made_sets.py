"""Comparator sets made by hand: choose authorities, compare with them at once, keep them under a
name; and those that are kept already, one's own and the alliance's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.access import Person, is_left_behind
from alliance.comparison_set import hand_made
from alliance.components.pickers import PICKER_LIST
from alliance.components.saved_views import (
    name_field,
    post_form,
    sharing_field,
    stop_sharing_form,
    whose_words,
)
from alliance.components.set_links import set_links
from alliance.people.routes import SIGN_IN
from alliance.saved.asking import asking_person, keepers, saved_of
from alliance.saved.records import SET, Saved
from alliance.saved.routes import change_address, keep_address
from alliance.scope import ALLIANCE, MOST_CODES
from alliance.service import Served
from alliance.store.accounts import Account
from alliance.view import View, link

SECTION, LIST = "neighbours-hand-made", "neighbours-saved"
CODES, LINKS = "neighbours-codes", "neighbours-links"
LINK_IDS = tuple(f"{LINKS}-{number}" for number in (1, 2, 3))


def hand_made_section(
    served: Served, view: View, codes: Sequence[str], edited: Saved | None
) -> html.Section:
    """Where a set is chosen; `edited` is the kept one that is being changed."""
    person = asking_person()
    title = f"Change the set “{edited.name}”" if edited else "A set of your own"
    return html.Section(
        [
            html.H2(title),
            html.P(
                "Choose any authorities to be compared with. The choice is in this page’s address: "
                "who opens the link sees the same.",
                className="lead",
            ),
            _form(served, view, codes, edited, person)
            if person.roles
            else html.Div([_choice(served, codes), _signed_out()]),
            _links(served, view, codes),
        ],
        className="card",
        id=SECTION,
    )


def _choice(served: Served, codes: Sequence[str]) -> dmc.MultiSelect:
    current = [
        {"value": code, "label": served.name(code)}
        for code, area in served.authorities.items()
        if area["valid_to"] is None or code in codes
    ]
    return dmc.MultiSelect(
        id=CODES,
        name="codes",
        label="Authorities in the set",
        data=current,
        value=list(codes),
        searchable=True,
        clearable=True,
        hidePickedOptions=True,
        openOnFocus=False,
        maxValues=MOST_CODES,
        nothingFoundMessage="Nothing found",
        withScrollArea=False,
        attributes=PICKER_LIST,
        placeholder="Type a name",
        className="choose-codes",
        comboboxProps={"withinPortal": True},
        clearButtonProps={"aria-label": "Take all out of the set"},
    )


def _links(served: Served, view: View, codes: Sequence[str]) -> html.Div:
    """Where the choice leads before it is kept; shown once somebody is chosen."""
    scope = hand_made(codes) if codes else ALLIANCE
    return html.Div(
        set_links(served, view, scope, "the authorities chosen", ids=LINK_IDS),
        id=LINKS,
        className="" if codes else "none-chosen",
    )


def _signed_out() -> html.P:
    return html.P(
        [
            html.A("Sign in", href=SIGN_IN),
            " to keep the set under a name and to share it. Without signing in you can compare "
            "with it below, and pass on the link.",
        ],
        className="small",
    )


def _form(
    served: Served, view: View, codes: Sequence[str], edited: Saved | None, person: Person
) -> html.Form:
    here = link(f"/neighbours/{view.us}", view)
    action = change_address(SET, edited.id) if edited else keep_address(SET)
    hidden = {"next": f"{here}#{LIST}"}
    if edited:
        hidden["version"] = str(edited.version)
    buttons: list[Any] = [html.Button("Save", type="submit", className="act")]
    if edited:
        buttons.append(dcc.Link("Leave it as it was", href=f"{here}#{LIST}"))
    return post_form(
        action,
        [
            _choice(served, codes),
            html.Div(
                [
                    name_field("Name of the set", edited.name if edited else ""),
                    sharing_field(person, shared=bool(edited and edited.shared)),
                    html.Div(buttons, className="form-buttons"),
                ],
                className="form-row",
            ),
        ],
        css="set-form",
        **hidden,
    )


# What is kept -----------------------------------------------------------------------------------


def saved_sets_section(served: Served, view: View) -> html.Section:
    """The kept sets that the person may see."""
    person = asking_person()
    kept = saved_of(SET)
    content: list[Any] = [html.P(_lead(person, kept), className="lead")]
    owners = keepers(kept)
    content += [_kept(served, view, saved, person, owners) for saved in kept]
    return html.Section([html.H2("Saved sets"), *content], className="card", id=LIST)


def _lead(person: Person, kept: Sequence[Saved]) -> str:
    if not person.roles:
        return "Sign in to see the sets that you and your alliance keep."
    if not kept:
        return "No set is kept yet. Choose authorities above, give them a name and save."
    own = sum(saved.owner == person.username for saved in kept)
    shared = len(kept) - own
    parts = [f"{own} of your own"] if own else []
    parts += [f"{shared} shared with your alliance"] if shared else []
    return f"Kept: {' and '.join(parts)}. Each can be chosen wherever figures are compared."


def _kept(
    served: Served, view: View, saved: Saved, person: Person, owners: Mapping[str, Account]
) -> html.Div:
    known = [code for code in saved.content if code in served.authorities]
    gone = len(saved.content) - len(known)
    listed = ", ".join(served.name(code) for code in known)
    lost = f" Not in this release: {gone}." if gone else ""
    return html.Div(
        [
            html.H3(saved.name),
            html.P(f"{listed}.{lost}" if listed else f"No authority of it is here.{lost}"),
            html.P(whose_words(served, saved, person, owners), className="small"),
            *([set_links(served, view, f"set-{saved.id}", saved.name)] if known else []),
            *([_own(view, saved, person)] if saved.owner == person.username else []),
        ],
        className="kept",
    )


def _own(view: View, saved: Saved, person: Person) -> html.Div:
    """What its owner may do with it."""
    here = link(f"/neighbours/{view.us}", view)
    edit = link(f"/neighbours/{view.us}", view, set=str(saved.id))
    change = (
        stop_sharing_form(SET, saved, f"{here}#{LIST}")
        if is_left_behind(person, saved.subject)
        else dcc.Link(
            ["Change", html.Span(f" the set {saved.name}", className="vh")],
            href=f"{edit}#{SECTION}",
        )
    )
    return html.Div(
        [
            change,
            post_form(
                change_address(SET, saved.id, "delete"),
                [
                    html.Button(
                        ["Delete", html.Span(f" the set {saved.name}", className="vh")],
                        type="submit",
                        className="quiet",
                    )
                ],
                version=str(saved.version),
                next=f"{here}#{LIST}",
            ),
        ],
        className="form-buttons",
    )
