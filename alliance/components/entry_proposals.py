"""What somebody has proposed of an entry and waits for the word of another: how it ends, and who
else may see it. Nobody should confirm what they cannot read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from alliance.components.entry_thread import quote
from alliance.log.entry import Entry
from alliance.log.fields import Field
from alliance.log.words import Names, is_final, kind_of
from indicators.words import format_day


def entry_proposals(entry: Entry, names: Names, *, prefix: str) -> list[html.Section]:
    """The section with what is proposed; none where nothing is, or the entry has ended."""
    if is_final(entry):
        return []
    closing, wider = entry.content.get("closing"), entry.content.get("wider")
    parts = [
        *(_closing(entry, closing, names) if closing else []),
        *(_wider(entry, wider, names) if wider else []),
    ]
    if not parts:
        return []
    heading = html.H2("Proposed, not decided")
    return [html.Section([heading, *parts], className="card", id=f"{prefix}proposals")]


def _closing(entry: Entry, closing: Mapping[str, Any], names: Names) -> list[Any]:
    """How it is to end, by whose word, and whose word is missing."""
    outcome = names.words(_field(entry, "outcome"), closing["outcome"])
    day = format_day(date.fromisoformat(closing["on"]))
    who = names.author(closing["by"], closing["authority"] or None)
    return [
        html.H3(f"To close it: {outcome}", className="field-label"),
        quote(str(closing["finding"])),
        html.P(f"Proposed by {who}, on {day}. It is closed when somebody else confirms it.",
               className="small"),
    ]  # fmt: skip


def _wider(entry: Entry, wider: Mapping[str, Any], names: Names) -> list[Any]:
    """Who else is to see it, by whose word."""
    audience = names.words(_field(entry, "wider"), wider["audience"])
    triad = names.list_authorities(wider["triad"])
    agreed = names.list_authorities(wider["agreed"])
    return [
        html.H3("To let more people see it", className="field-label"),
        html.P(f"{audience}{f': {triad}' if triad else ''}."),
        html.P(f"Wanted by {agreed}. It is so when every authority with a part in it wants it.",
               className="small"),
    ]  # fmt: skip


def _field(entry: Entry, key: str) -> Field:
    return kind_of(entry).fields[key]
