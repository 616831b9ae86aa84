"""For you: what waits for whoever is signed in, what drifted, and the next meeting; and the strip
that says on the overview that there is something."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from alliance.components.entry_frame import for_others
from alliance.components.entry_list import waiting_list
from alliance.components.frame import page_frame, page_layout
from alliance.log.addresses import entry_address
from alliance.log.agenda import when_words
from alliance.log.asking import Asking, asking, may_have_entries
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.for_you import GROUPS, SHOWN, ForYou, for_you
from alliance.log.kinds.meeting import MEETING
from alliance.log.places import FOR_YOU
from alliance.log.words import in_a_list
from alliance.packs.addresses import pack_address
from alliance.pages.meetings import in_order
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, link, parse_view

URL, PREFIX = "you-url", "you-"
NAMED: dict[str, Any] = {URL: dcc.Location}
LEAD = (
    "What waits for you in the challenge log, what is due, and what became of figures that your "
    "entries rest on."
)


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance` and `us`."""
    view, (page_id, title, path) = parse_view(served, query), FOR_YOU
    person = asking_person()
    if not may_have_entries(person):
        content = for_others(served, person, title, LEAD, path)
        return page_frame(served, view, page_id, content, url_id=URL)
    with asking(served) as asked:
        found = for_you(asked)
        content = [
            html.H1(title),
            html.P(LEAD, className="lead"),
            *_groups(asked, found),
            *_drifted(asked, found),
            _meeting(asked),
        ]
    return page_frame(served, view, page_id, content, url_id=URL)


def register(_app: Any) -> None:
    """Nothing: links need no callback."""


def strip(served: Served, view: View) -> list[Any]:
    """A line on the overview for whoever is signed in and has anything waiting, with the next
    meeting; nothing for anybody else."""
    if not may_have_entries(asking_person()):
        return []
    with asking(served) as asked:
        found, meeting = for_you(asked), _next_meeting(asked)
        if found.is_empty:
            return []
        words = f"{in_a_list(_counted(found))}. "
        page_id, title, path = FOR_YOU
        parts: list[Any] = [html.Strong(dcc.Link(title, href=link(path, view))), f": {words}"]
        if meeting is not None:
            parts += ["Next meeting: ", *_meeting_words(meeting), "."]
    return [html.P(parts, className="for-you-strip", id=f"overview-{page_id}")]


def _counted(found: ForYou) -> list[str]:
    groups = {group.id: group for group in GROUPS}
    counted = []
    for key in SHOWN:
        n = len(found.groups[key])
        if n:
            counted.append(f"{n} {groups[key].one if n == 1 else groups[key].many}")
    if found.drifted:
        counted.append(f"{len(found.drifted)} with a figure that drifted")
    return counted


def _groups(asked: Asking, found: ForYou) -> list[Any]:
    groups = {group.id: group for group in GROUPS}
    sections = [
        html.Section(
            [
                html.H2(f"{groups[key].heading} ({len(found.groups[key])})"),
                waiting_list(found.groups[key], asked.names, asked.today, nothing=""),
            ],
            className="card",
            id=f"{PREFIX}{key}",
        )
        for key in SHOWN
        if found.groups[key]
    ]
    if sections:
        return sections
    words = "✓ Nothing waits for you. What others do next is in the lists of the log."
    return [html.P(words, className="nothing-waits")]


def _drifted(asked: Asking, found: ForYou) -> list[Any]:
    if not found.drifted:
        return []
    sentences = {entry.id: said for entry, said in found.drifted}
    rows = waiting_list(
        [(entry, None) for entry, _ in found.drifted], asked.names, asked.today, nothing="",
        more=lambda entry: sentences[entry.id],
    )  # fmt: skip
    heading = html.H2(f"Figures that drifted ({len(found.drifted)})")
    return [html.Section([heading, rows], className="card", id=f"{PREFIX}drifted")]


def _next_meeting(asked: Asking) -> Entry | None:
    ahead, _ = in_order(list_entries(asked.session, asked.person, MEETING.id), asked.today)
    return ahead[0] if ahead else None


def _meeting(asked: Asking) -> html.Section:
    meeting = _next_meeting(asked)
    words: Any = html.P("No meeting is planned that you can see.", className="empty")
    if meeting is not None:
        pack = html.A("Pack for the meeting (PDF)", href=pack_address(meeting.ref, "pack", "pdf"),
                      className="download")  # fmt: skip
        words = html.P([*_meeting_words(meeting), ". ", pack])
    return html.Section([html.H2("Next meeting"), words], className="card", id=f"{PREFIX}meeting")


def _meeting_words(meeting: Entry) -> list[Any]:
    way = dcc.Link(meeting.title, href=entry_address(meeting.kind, meeting.ref))
    return [way, f", {when_words(meeting)}"]
