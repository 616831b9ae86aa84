"""The open entries of the log about an indicator or an authority, which the reader may see, on the
page of that indicator or authority; nothing for anybody who may see none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from alliance.components.entry_list import entry_list
from alliance.log.asking import asking, may_have_entries
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.kinds import KINDS
from alliance.log.words import capital, in_a_list, is_final
from alliance.saved.asking import asking_person
from alliance.service import Served

NOUNS = {
    "challenge": ("a challenge", "challenges"),
    "priority": ("a priority", "priorities"),
    "support": ("support", "pieces of support"),
    "practice": ("a practice", "practices"),
    "assessment": ("a self-assessment", "self-assessments"),
}
"""Kinds that are about an indicator or an authority: one of them, and more."""


def about_indicator(served: Served, indicator_id: str, *, prefix: str) -> list[Any]:
    """The section of an indicator's page."""
    return _section(served, lambda entry: entry.indicator_id == indicator_id, prefix)


def about_authority(served: Served, code: str, *, prefix: str) -> list[Any]:
    """The section of an authority's profile: what it has a part in."""
    return _section(served, lambda entry: entry.side_of(code) is not None, prefix)


def _section(served: Served, is_about: Callable[[Entry], bool], prefix: str) -> list[Any]:
    if not may_have_entries(asking_person()):
        return []
    with asking(served) as asked:
        found = [
            entry
            for entry in list_entries(asked.session, asked.person)
            if entry.kind in NOUNS and not is_final(entry) and is_about(entry)
        ]
        if not found:
            return []
        rows = entry_list(found, asked.names, asked.today, nothing="")
    return [
        html.Section(
            [
                html.H2("In the challenge log"),
                html.P(about_words(found)),
                html.Details([html.Summary("Show them"), rows]),
            ],
            className="card",
            id=f"{prefix}log",
        )
    ]


def about_words(entries: Sequence[Entry]) -> str:
    """“2 challenges and a priority are about this.”"""
    counts = {kind: sum(entry.kind == kind for entry in entries) for kind in KINDS}
    parts = [
        NOUNS[kind][0] if n == 1 else f"{n} {NOUNS[kind][1]}"
        for kind, n in counts.items()
        if n and kind in NOUNS
    ]
    return f"{capital(in_a_list(parts))} {'is' if len(entries) == 1 else 'are'} about this."
