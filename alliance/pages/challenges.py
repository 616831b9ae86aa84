"""The challenge log: what waits for the reader first, then every challenge that they may see, as
the address filters them."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from alliance.components.entry_frame import for_others
from alliance.components.entry_list import entry_list, filter_form, waiting_list
from alliance.components.frame import page_frame, page_layout
from alliance.log.addresses import export_address, list_address
from alliance.log.asking import Asking, asking, may_have_entries
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.filtering import Filters, filtered, read_filters
from alliance.log.kinds.challenge import CHALLENGE
from alliance.log.waiting import may_begin, waiting_for
from alliance.log.words import count
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, address, link, parse_view

URL, PREFIX = "challenges-url", "challenges-"
NAMED: dict[str, Any] = {URL: dcc.Location}
TITLE = "Challenges"
LEAD = (
    "Neighbours ask each other, on the evidence, why a figure is as it is, agree what to do, and "
    "look later whether it worked. Each challenge is seen only by those that it is shared with."
)
PARTS = ("challenge", "action")
"""What waits for somebody on this page: challenges, and the actions that belong to one."""


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `state`, `authority`, `indicator` and `q`."""
    view = parse_view(served, query)
    person = asking_person()
    if not may_have_entries(person):
        content = for_others(served, person, TITLE, LEAD, list_address("challenge"))
        return page_frame(served, view, "challenges", content, url_id=URL)
    filters = read_filters(CHALLENGE, query)
    with asking(served) as asked:
        content = [_head(asked, view), _waiting(asked), _log(asked, view, filters)]
    return page_frame(served, view, "challenges", content, url_id=URL)


def register(_app: Any) -> None:
    """Nothing: links and plain forms need no callback."""


def _head(asked: Asking, view: View) -> html.Div:
    raising = [
        html.A("Raise a challenge", href=link("/challenges/new", view), className="form-button")
        for move in CHALLENGE.begins
        if may_begin(asked.person, CHALLENGE, move)
    ]
    return html.Div(
        [html.Div([html.H1(TITLE), html.P(LEAD, className="lead")]), *raising],
        className="log-head",
    )


def _waiting(asked: Asking) -> html.Section:
    found = list_entries(asked.session, asked.person)
    mine = [entry for entry in found if entry.kind in PARTS]
    waiting = waiting_for(asked.session, asked.person, mine, asked.today)
    return html.Section(
        [
            html.H2(f"Waits for you ({len(waiting)})" if waiting else "Waits for you"),
            waiting_list(
                waiting,
                asked.names,
                asked.today,
                nothing="✓ Nothing waits for you. What others do next is in the log below.",
            ),
        ],
        className="card",
        id=f"{PREFIX}waiting",
    )


def _log(asked: Asking, view: View, filters: Filters) -> html.Section:
    everything = list_entries(asked.session, asked.person, CHALLENGE.id)
    shown = filtered(asked.session, asked.person, CHALLENGE.id, filters, asked.names)
    unseen = {"alliance": view.alliance.key, "us": view.us}
    export = address(export_address(CHALLENGE.id), filters.query)
    parts: list[Any] = [
        html.H2("The log"),
        filter_form(
            CHALLENGE, filters, list_address(CHALLENGE.id), _places(asked, everything),
            _measures(asked, everything), prefix=PREFIX, unseen=unseen,
        ),
        html.P(_count(shown, filters), className="log-count", role="status"),
        entry_list(shown, asked.names, asked.today, nothing=_nothing(everything, filters)),
    ]  # fmt: skip
    if shown:
        parts.append(html.P(html.A("Download this list (CSV)", href=export, className="download")))
    return html.Section(parts, className="card", id=f"{PREFIX}log")


def _places(asked: Asking, entries: list[Entry]) -> dict[str, str]:
    codes = {code for entry in entries for _, code in entry.parties}
    return {code: asked.names.authority(code) for code in sorted(codes, key=asked.names.authority)}


def _measures(asked: Asking, entries: list[Entry]) -> list[tuple[str, str]]:
    keys = {entry.indicator_id for entry in entries if entry.indicator_id}
    return sorted(
        ((key, asked.names.indicators.get(key, key)) for key in keys), key=lambda pair: pair[1]
    )


def _count(shown: list[Entry], filters: Filters) -> str:
    how = " as you chose" if filters.is_narrow else ""
    return f"{count(len(shown), 'challenge')}{how}."


def _nothing(everything: list[Entry], filters: Filters) -> str:
    if not everything:
        return (
            "There is no challenge that you can see yet. Raise one from a chart, or with “Raise a "
            "challenge”."
        )
    if filters.is_narrow:
        return "No challenge is as you chose. Choose fewer things, or “Every state”."
    return "None is open. Choose “Every state” to see those that have ended."
