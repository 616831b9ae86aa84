"""The list page of every place of the challenge log: what waits for the reader first, then every
entry of its kinds that they may see, as the address filters them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import dcc, html

from alliance.components.entry_frame import for_others
from alliance.components.entry_list import entry_list, filter_form, waiting_list
from alliance.components.entry_more import more_of
from alliance.components.frame import page_frame, page_layout
from alliance.log.addresses import begin_address, export_address
from alliance.log.asking import Asking, asking, is_insider, may_have_entries
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.filtering import Filters, filtered, read_filters
from alliance.log.kinds import KINDS
from alliance.log.places import Button, Listed, Place
from alliance.log.waiting import may_begin, waiting_for
from alliance.log.words import count
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, address, link, parse_view


def layout_for(place: Place) -> Callable[..., Any]:
    """The page for a query of `alliance`, `us`, `state`, `authority`, `indicator` and `q`."""

    @page_layout
    def layout(served: Served, /, **query: str | None) -> Any:
        view = parse_view(served, query)
        person = asking_person()
        if not may_have_entries(person):
            content = for_others(served, person, place.title, place.lead, place.path)
            return page_frame(served, view, place.id, content, url_id=_url(place))
        filters = read_filters([KINDS[kind] for kind in place.kinds], query)
        with asking(served) as asked:
            content = [
                _head(place, asked, view),
                _waiting(place, asked),
                *_lists(place, asked, view, filters),
            ]
        return page_frame(served, view, place.id, content, url_id=_url(place))

    return layout


def named_for(place: Place) -> dict[str, Any]:
    """The components that the page's frame names."""
    return {_url(place): dcc.Location}


def register(_app: Any) -> None:
    """Nothing: links and plain forms need no callback."""


def _url(place: Place) -> str:
    return f"{place.id}-url"


def _head(place: Place, asked: Asking, view: View) -> html.Div:
    begins = [
        html.A(button.label, href=_begins_at(button, view), className="form-button")
        for button in place.buttons
        if _may_press(asked, button)
    ]
    papers = place.papers if is_insider(asked.person) else ()
    files = [html.A(paper.label, href=paper.address, className="download") for paper in papers]
    return html.Div(
        [
            html.Div(
                [
                    html.H1(place.title),
                    html.P(place.lead, className="lead"),
                    *([html.P(files)] if files else []),
                ]
            ),
            *([html.Div(begins, className="log-begins")] if begins else []),
        ],
        className="log-head",
    )


def _begins_at(button: Button, view: View) -> str:
    return link(button.address or begin_address(button.kind, button.move), view)


def _may_press(asked: Asking, button: Button) -> bool:
    kind = KINDS[button.kind]
    return any(
        move.id == button.move and may_begin(asked.person, kind, move) for move in kind.begins
    )


def _waiting(place: Place, asked: Asking) -> html.Section:
    everything = list_entries(asked.session, asked.person)
    roots = {entry.id: entry for entry in everything}
    mine = [
        entry for entry in everything if _root(entry, roots).kind in place.kinds
    ]  # a part waits where the entry is that it belongs to
    waiting = waiting_for(asked.session, asked.person, mine, asked.today)
    return html.Section(
        [
            html.H2(f"Waits for you ({len(waiting)})" if waiting else "Waits for you"),
            waiting_list(
                waiting,
                asked.names,
                asked.today,
                nothing="✓ Nothing waits for you. What others do next is in the lists below.",
            ),
        ],
        className="card",
        id=f"{place.id}-waiting",
    )


def _root(entry: Entry, known: dict[int, Entry]) -> Entry:
    return known.get(entry.parent_id, entry) if entry.parent_id is not None else entry


def _lists(place: Place, asked: Asking, view: View, filters: Filters) -> list[html.Section]:
    """Every list of the page under one choice of what is listed: within the list where there is
    one."""
    form = _filters(place, asked, view, filters)
    if len(place.lists) == 1:
        return [_list(place, place.lists[0], asked, filters, form)]
    choice = html.Section(
        [html.H2("What is listed"), form], className="card", id=f"{place.id}-choice"
    )
    return [choice, *(_list(place, listed, asked, filters) for listed in place.lists)]


def _filters(place: Place, asked: Asking, view: View, filters: Filters) -> html.Form:
    found = list_entries(asked.session, asked.person)
    entries = [entry for entry in found if entry.kind in place.kinds]
    return filter_form(
        [KINDS[kind] for kind in place.kinds],
        filters,
        place.path,
        _places(asked, entries),
        _measures(asked, entries),
        prefix=f"{place.id}-",
        unseen={"alliance": view.alliance.key, "us": view.us},
    )


def _list(
    place: Place, listed: Listed, asked: Asking, filters: Filters, *form: html.Form
) -> html.Section:
    everything = list_entries(asked.session, asked.person, listed.kind)
    everything = [entry for entry in everything if _is_listed(listed, entry)]
    found = filtered(asked.session, asked.person, listed.kind, filters, asked.names)
    shown = [entry for entry in found if _is_listed(listed, entry)]
    parts: list[Any] = [
        html.H2(listed.heading),
        *form,
        html.P(_count(listed, shown, filters), className="log-count", role="status"),
        entry_list(
            shown, asked.names, asked.today, nothing=_nothing(listed, everything, filters),
            more=more_of(listed.kind, asked),
        ),
    ]  # fmt: skip
    if shown:
        export = address(export_address(listed.kind), filters.query)
        words = f"Download {KINDS[listed.kind].plural.lower()} (CSV)"
        parts.append(html.P(html.A(words, href=export, className="download")))
    return html.Section(parts, className="card", id=f"{place.id}-{listed.id}")


def _is_listed(listed: Listed, entry: Entry) -> bool:
    return not listed.states or entry.state in listed.states


def _places(asked: Asking, entries: list[Entry]) -> dict[str, str]:
    codes = {code for entry in entries for _, code in entry.parties}
    return {code: asked.names.authority(code) for code in sorted(codes, key=asked.names.authority)}


def _measures(asked: Asking, entries: list[Entry]) -> list[tuple[str, str]]:
    keys = {entry.indicator_id for entry in entries if entry.indicator_id}
    return sorted(
        ((key, asked.names.indicators.get(key, key)) for key in keys), key=lambda pair: pair[1]
    )


def _count(listed: Listed, shown: list[Entry], filters: Filters) -> str:
    how = " as you chose" if filters.is_narrow else ""
    return f"{count(len(shown), listed.one, listed.many)}{how}."


def _nothing(listed: Listed, everything: list[Entry], filters: Filters) -> str:
    if not everything:
        return listed.nothing
    if filters.is_narrow:
        return f"No {listed.one} is as you chose. Choose fewer things, or “Every state”."
    return "None is open. Choose “Every state” to see those that have ended."
