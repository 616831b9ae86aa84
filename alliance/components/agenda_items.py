"""The agenda of a meeting in its pieces: its items, what is proposed for it, the item that is being
talked about with what it rests on, and what was decided. Shows what it is handed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from dash import dcc, html

from alliance.components.entry_facts import due_mark, entry_link, entry_words, state_badge
from alliance.components.entry_form import Offered, entry_form, move_form
from alliance.components.entry_thread import quote
from alliance.components.frozen_evidence import frozen_evidence
from alliance.components.tables import plain_table
from alliance.log.addresses import begin_address, entry_address
from alliance.log.agenda import ABOUT, Gathering, Listed, Proposal, neutral_title
from alliance.log.entry import Entry, FrozenEvidence
from alliance.log.fields import Known
from alliance.log.kinds.meeting import ITEM
from alliance.log.words import count, state_words
from alliance.log.workflow import Move
from indicators.words import format_day

NOTHING = Offered(Known({}, {}, {}), {})
OF_A_MINUTE = "minute"


def hours(listed: Listed) -> str:
    """“10:00 to 10:15, 15 minutes”, as far as it is known."""
    length = count(listed.minutes, OF_A_MINUTE) if listed.minutes else "no time given"
    if listed.begins is None or listed.ends is None or not listed.minutes:
        return length
    return f"{_clock(listed.begins)} to {_clock(listed.ends)}, {length}"


def sum_words(agenda: Sequence[Listed], given: int | None) -> str:
    """How long the items take together, and what that is of the meeting's own time."""
    total = sum(listed.minutes for listed in agenda)
    words = f"{count(len(agenda), 'item')}, {count(total, OF_A_MINUTE)} in all"
    if given is None:
        return f"{words}."
    left = given - total
    if left < 0:
        return f"⚠ {words}: {count(-left, OF_A_MINUTE)} more than the meeting has."
    return f"{words} of {given}: {count(left, OF_A_MINUTE)} to spare."


def agenda_list(
    agenda: Sequence[Listed], moves: Mapping[int, Sequence[Move]], offers: Offered, *,
    prefix: str, onward: str,
) -> Any:  # fmt: skip
    """The items in their order, each with the moves that are open to the reader, by its number."""
    if not agenda:
        return html.P("Nothing is on the agenda yet.", className="empty")
    rows = [_item(one, moves.get(one.item.id, ()), offers, prefix, onward) for one in agenda]
    return html.Ol(rows, className="agenda")


def _item(
    listed: Listed, moves: Sequence[Move], offers: Offered, prefix: str, onward: str
) -> html.Li:
    item = listed.item
    forms = [
        html.Details([
            html.Summary(move.label),
            move_form(move, item, offers, prefix=f"{prefix}{item.ref}-", onward=onward,
                      second=True),
        ], className="other-step")
        for move in moves
    ]  # fmt: skip
    return html.Li(
        [
            html.P([html.Strong(listed.title), " ", state_badge(item)], className="agenda-title"),
            html.P(hours(listed), className="agenda-hours"),
            *([html.P(["About ", entry_link(listed.about)])] if listed.about else []),
            *([quote(str(item.content["why"]))] if item.content.get("why") else []),
            *decided(item),
            *([html.Details([html.Summary("Change, decide or leave it"), *forms])]
              if forms else []),
        ],
        className="agenda-item",
    )  # fmt: skip


def decided(item: Entry) -> list[Any]:
    """What was decided of an item, and what was said, as it was typed."""
    parts: list[Any] = []
    left = item.state == "left"
    for key, label in (("decision", "Why it is left" if left else "Decided"),
                       ("discussion", "Said")):  # fmt: skip
        if item.content.get(key):
            parts += [html.H4(label, className="field-label"), quote(str(item.content[key]))]
    return parts


def proposals_list(
    proposals: Sequence[Proposal], meeting: Entry, *, may_add: bool, onward: str
) -> Any:
    """What is proposed, each with its reasons and, where the reader may, the button that puts it
    on the agenda."""
    if not proposals:
        return html.P("Nothing more is proposed.", className="empty")
    rows = []
    for one in proposals:
        entry = one.entry
        body: list[Any] = [
            html.P(entry_link(entry), className="log-title"),
            html.Ul([html.Li(words) for words in one.reasons]),
            html.P(f"Suggested: {count(one.minutes, OF_A_MINUTE)}.", className="agenda-hours"),
        ]
        if may_add:
            body.append(_put_on(one, meeting, onward))
        rows.append(html.Li(body, className="agenda-item"))
    return html.Ul(rows, className="proposals")


def _put_on(proposal: Proposal, meeting: Entry, onward: str) -> html.Form:
    """The button: the item is linked to the entry and holds none of its words."""
    entry = proposal.entry
    return entry_form(
        begin_address(ITEM.id, "list"), "Put on the agenda", (), NOTHING, prefix="",
        unseen={
            "parent": meeting.ref, "about": f"{ABOUT}:{entry.ref}", "next": onward,
            "title": neutral_title(entry), "minutes": str(proposal.minutes),
        },
        second=True,
    )  # fmt: skip


def what_it_is_about(
    gathering: Gathering,
    about: Entry,
    evidence: Sequence[FrozenEvidence],
    drift: Mapping[int, Sequence[str]],
) -> list[Any]:
    """What an item is about, for the shared screen: its question beside the figures that it rests
    on, with what became of each since."""
    due = due_mark(about, gathering.today)
    return [
        html.P([entry_link(about), " ", state_badge(about), *([" ", due] if due else [])]),
        *entry_words(about, gathering.names),
        *(frozen_evidence(one, drift.get(one.id, ())) for one in evidence),
    ]


def action_table(actions: Sequence[Entry], gathering: Gathering) -> Any:
    """What was agreed to be done: what, who, for whom, by when, how far it is."""
    if not actions:
        return html.P("No action belongs to what was talked about.", className="empty")
    names = gathering.names
    rows = [
        [
            dcc.Link(action.title, href=entry_address(action.kind, action.ref)),
            names.author(action.owner) if action.owner else "Nobody yet",
            names.list_authorities(action.on_side("doing")),
            format_day(action.due_on) if action.due_on else "No day",
            state_words(action),
        ]
        for action in actions
    ]
    head = ["Action", "Who", "For", "By", "State"]
    return plain_table("Actions of what was talked about", head, {"": rows})


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
