"""The meetings of an alliance: the next one first, then what else is to come and what was, and the
cycles with their triads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from alliance.components.entry_frame import for_others
from alliance.components.entry_list import entry_list
from alliance.components.frame import page_frame, page_layout
from alliance.log.addresses import FORMS, begin_address, entry_address, list_address
from alliance.log.agenda import when_words
from alliance.log.asking import Asking, asking, is_insider, may_have_entries
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.kinds.cycle import CYCLE, triads_of
from alliance.log.kinds.meeting import MEETING
from alliance.log.waiting import may_begin
from alliance.log.words import Names, state_words
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import parse_view
from indicators.words import format_day

URL, PREFIX = "meetings-url", "meetings-"
NAMED: dict[str, Any] = {URL: dcc.Location}
TITLE = "Meetings"
LEAD = (
    "Where challenges are talked about and agreed. An agenda shows what everybody at the meeting "
    "may see, and nothing else."
)
AHEAD = ("planned", "running")


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance` and `us`."""
    view = parse_view(served, query)
    person = asking_person()
    if not may_have_entries(person):
        content = for_others(served, person, TITLE, LEAD, list_address(MEETING.id))
        return page_frame(served, view, "meetings", content, url_id=URL)
    with asking(served) as asked:
        meetings = list_entries(asked.session, asked.person, MEETING.id)
        cycles = list_entries(asked.session, asked.person, CYCLE.id)
        content = [_head(asked), *_meetings(asked, meetings), _cycles(asked, cycles)]
    return page_frame(served, view, "meetings", content, url_id=URL)


def register(_app: Any) -> None:
    """Nothing: links and plain forms need no callback."""


def in_order(meetings: Sequence[Entry], today: date) -> tuple[list[Entry], list[Entry]]:
    """The meetings to come, the next one first, and those that were, the latest first. One that is
    under way is to come; one that was planned for a day that has passed was not held, and is not
    lost."""
    ahead = [m for m in meetings if m.state == "running" or (
        m.state == "planned" and (m.due_on or date.max) >= today)]  # fmt: skip
    before = [meeting for meeting in meetings if meeting not in ahead]
    ahead.sort(key=lambda m: (m.state != "running", m.due_on or date.max, m.id))
    before.sort(key=lambda m: (m.due_on or date.min, m.id), reverse=True)
    return ahead, before


def _head(asked: Asking) -> html.Div:
    begins = [
        html.A(move.label, href=begin_address(kind.id, move.id),
               className="form-button" if kind is MEETING else "act act-second")
        for kind in (MEETING, CYCLE)
        for move in kind.begins
        if may_begin(asked.person, kind, move)
    ]  # fmt: skip
    return html.Div(
        [html.Div([html.H1(TITLE), html.P(LEAD, className="lead")]),
         *([html.P(begins, className="meeting-begins")] if begins else [])],
        className="log-head",
    )  # fmt: skip


def _meetings(asked: Asking, meetings: Sequence[Entry]) -> list[html.Section]:
    ahead, before = in_order(meetings, asked.today)
    sections = [_next(asked, ahead[0] if ahead else None)]
    for key, heading, found in (("ahead", "Also to come", ahead[1:]), ("past", "Before", before)):
        if found:
            rows = entry_list(found, asked.names, asked.today, nothing="")
            section = html.Section([html.H2(heading), rows], className="card", id=f"{PREFIX}{key}")
            sections.append(section)
    return sections


def _next(asked: Asking, meeting: Entry | None) -> html.Section:
    body: list[Any] = [html.P("No meeting is planned that you can see.", className="empty")]
    if meeting is not None:
        address = entry_address(meeting.kind, meeting.ref)
        body = [
            html.P(dcc.Link(meeting.title, href=address), className="log-title"),
            html.P(f"{when_words(meeting)}. {state_words(meeting)}.", className="meeting-when"),
            html.P(["Chair: ", asked.names.author(meeting.owner)]),
        ]
    days = html.A("Days on which your actions are due (calendar file)",
                  href=f"{FORMS}/my-days.ics", className="download")  # fmt: skip
    own = [html.P(days)] if is_insider(asked.person) else []
    return html.Section(
        [html.H2("The next meeting"), *body, *own], className="card", id=f"{PREFIX}next"
    )


def _cycles(asked: Asking, cycles: Sequence[Entry]) -> html.Section:
    shown = sorted(cycles, key=lambda c: (c.state != "open", -(c.due_on or date.min).toordinal()))
    parts = [part for cycle in shown for part in _cycle(cycle, asked.names)]
    return html.Section(
        [html.H2("Cycles"), *(parts or [html.P("No cycle has been opened.", className="empty")])],
        className="card",
        id=f"{PREFIX}cycles",
    )


def _cycle(cycle: Entry, names: Names) -> list[Any]:
    begins = cycle.content.get("starts_on")
    first = f"{format_day(date.fromisoformat(begins))} to " if begins else ""
    last = format_day(cycle.due_on) if cycle.due_on else ""
    triads = [
        html.Li([html.Strong(f"Triad {number}: "), names.list_authorities(triad)])
        for number, triad in enumerate(triads_of(dict(cycle.content)), 1)
    ]
    return [
        html.H3(dcc.Link(cycle.title, href=entry_address(cycle.kind, cycle.ref))),
        html.P(f"{first}{last}. {state_words(cycle)}."),
        html.Ul(triads) if triads else html.P("No triads are named."),
    ]
