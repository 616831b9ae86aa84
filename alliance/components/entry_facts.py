"""What an entry is at a glance: its state and what that means, who may see it, who has a part in
it, what is due, and what it belongs to and is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from alliance.components.entry_thread import quote
from alliance.log.addresses import entry_address
from alliance.log.entry import Entry
from alliance.log.fields import FieldKind
from alliance.log.words import (
    SIDE_WORDS,
    Names,
    capital,
    due_of,
    is_final,
    kind_of,
    marking,
    seen_by_words,
    written_in,
)
from alliance.view import View, link
from indicators.words import format_day

RELATIONS: Mapping[str, str] = {
    "carries_on": "Carries on",
    "by-carries_on": "Carried on by",
    "about": "About",
    "by-about": "Taken up in",
    "follows_from": "Follows from",
    "by-follows_from": "Led to",
    "comes_from": "Comes from",
    "by-comes_from": "Led to",
    "for": "For",
    "by-for": "Holds",
    "in": "Part of",
    "by-in": "Holds",
    "helps": "Helps",
    "by-helps": "Helped by",
}
"""How an entry is related to another, as a person reads it; others by their own word."""


def marking_band(entry: Entry, names: Names) -> html.P:
    """The confidentiality of what is shown, on screen and on paper."""
    return html.P(marking(entry, names), className="marking")


def entry_head(entry: Entry, names: Names, today: date) -> html.Div:
    """What stands at the top of an entry's page: its marking, title and reference, its state with
    what that means, and what is due."""
    due = due_mark(entry, today)
    meaning = kind_of(entry).state(entry.state).meaning
    return html.Div(
        [
            marking_band(entry, names),
            html.H1(entry.title or capital(kind_of(entry).words), className="entry-title-line"),
            html.P(
                [
                    html.Span(entry.ref, className="log-ref"),
                    state_badge(entry),
                    html.Span(meaning),
                    *([due] if due is not None else []),
                ],
                className="entry-standing",
            ),
        ],
        className="entry-head",
    )


def state_badge(entry: Entry) -> html.Span:
    """The state as a word in a frame, which says by its form whether it is a draft, open or
    ended."""
    state = kind_of(entry).state(entry.state)
    how = "draft" if state.private else "ended" if state.final else "open"
    return html.Span(state.words, className=f"state state-{how}")


def due_mark(entry: Entry, today: date, *, labelled: bool = True) -> Any:
    """What is due and how that stands: late in words and with a mark before it is a colour. None
    where there is no day."""
    due = due_of(entry, today)
    if due is None:
        return None
    before = f"{due.label}: " if labelled else ""
    if due.late:
        mark = html.Span("⚠ ", **{"aria-hidden": "true"})
        return html.Span([mark, before, due.words], className="due due-late")
    return html.Span([before, due.words], className="due due-soon" if due.soon else "due")


def entry_facts(
    entry: Entry,
    names: Names,
    today: date,
    view: View,
    *,
    linked: Iterable[tuple[str, Entry]] = (),
    parent: Entry | None = None,
    indicators: Mapping[str, Any] | None = None,
) -> html.Dl:
    """The facts of an entry as a list of terms, but for its state (`entry_head`). `linked`,
    `parent`: only what the reader may see. `indicators` are those that there is a page for."""
    rows: list[tuple[str, Any]] = [
        ("Who may see it", seen_by_words(entry, names)),
        *parties_rows(entry, names),
        ("Owner", names.author(entry.owner) if entry.owner else "Nobody yet"),
    ]
    due = due_of(entry, today)
    if due is not None:
        rows.append((due.label, due_mark(entry, today, labelled=False)))
    if entry.indicator_id:
        rows.append(("Indicator", _indicator(entry.indicator_id, names, view, indicators or {})))
    if parent is not None:
        rows.append(("Part of", entry_link(parent)))
    for relation, other in linked:
        words = RELATIONS.get(relation) or capital(relation.removeprefix("by-").replace("_", " "))
        rows.append((words, entry_link(other)))
    rows.append(
        ("Begun", f"{format_day(entry.created_at.date())}, by {names.author(entry.created_by)}")
    )
    return html.Dl(
        [part for term, words in rows for part in (html.Dt(term), html.Dd(words))],
        className="facts",
    )  # fmt: skip


def parties_rows(entry: Entry, names: Names) -> list[tuple[str, str]]:
    """The authorities with a part in it, side by side."""
    sides = sorted({side for side, _ in entry.parties}, key=list(SIDE_WORDS).index)
    return [(SIDE_WORDS[side], names.list_authorities(entry.on_side(side))) for side in sides]


def parties_words(entry: Entry, names: Names) -> str:
    """“Fenshire to Hillshire and Coastland”, or who has a part in it."""
    lead = names.list_authorities(entry.on_side("raising"))
    asked = names.list_authorities(entry.on_side("responding"))
    if lead and asked:
        return f"{lead} to {asked}"
    return names.list_authorities({code for _, code in entry.parties})


def entry_link(entry: Entry) -> dcc.Link:
    """The way to an entry: its title and reference."""
    title = entry.title or capital(kind_of(entry).words)
    return dcc.Link(f"{title} ({entry.ref})", href=entry_address(entry.kind, entry.ref))


def entry_words(
    entry: Entry,
    names: Names,
    *,
    but: Collection[str] = frozenset(),
    said: Mapping[str, str] | None = None,
) -> list[Any]:
    """What is written in the entry itself: each field that holds something, as it was typed, but
    for those that the page lays out otherwise (`but`) or says in words of its own (`said`)."""
    parts: list[Any] = []
    for asked, kept in written_in(entry, names, but=but):
        words = (said or {}).get(asked.id) or kept
        long = asked.kind == FieldKind.TEXT
        parts += [html.H3(asked.label, className="field-label"),
                  quote(words) if long else _short(asked.kind, words)]  # fmt: skip
    return parts


def _short(kind: FieldKind, words: str) -> html.P:
    if kind == FieldKind.ADDRESS:
        return html.P(html.A(words, href=words, rel="noopener noreferrer nofollow"))
    return html.P(words, className="typed-line")


def entry_parts(
    parts: Sequence[Entry], names: Names, today: date, *, nothing: str = "Nothing yet."
) -> Any:
    """The parts of an entry as a list: what, whose, by when, and how far it is."""
    if not parts:
        return html.P(nothing, className="empty")
    return html.Ul([_part(part, names, today) for part in parts], className="parts")


def _part(part: Entry, names: Names, today: date) -> html.Li:
    about = [names.author(part.owner)] if part.owner else []
    places = names.list_authorities(code for _, code in part.parties)
    about += [f"for {places}"] if places else []
    return html.Li(
        [
            html.Div([state_badge(part), " ", dcc.Link(part.title, href=entry_address(
                part.kind, part.ref))], className="part-title"),
            html.Div([", ".join(about), ". " if about else "", due_mark(part, today)],
                     className="part-about"),
        ],
        className="part part-ended" if is_final(part) else "part",
    )  # fmt: skip


def _indicator(indicator_id: str, names: Names, view: View, indicators: Mapping[str, Any]) -> Any:
    title = names.indicators.get(indicator_id, indicator_id)
    if indicator_id not in indicators:
        return f"{title} (not in this release)"
    return dcc.Link(title, href=link(f"/indicator/{indicator_id}", view))
