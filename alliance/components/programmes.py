"""The programmes and structures that one authority takes or took part in, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.components.tables import plain_table
from alliance.programmes import (
    KINDS,
    OVER,
    RUNNING,
    UNKNOWN,
    Taken,
    kind_key,
    programmes_by_key,
    programmes_of,
    state_words,
    when_words,
)
from alliance.service import Served
from alliance.view import View, link
from indicators.words import format_day

SECTION = "authority-programmes"
_RECORDED = (
    "Recorded from published pages, read on the days that stand beside them. Where no end is "
    "recorded it is not known whether it still runs. What is not listed may still have been: no "
    "source was found for it."
)
_INVENTED = "Invented for the demonstration, as its authorities are."


def programmes_section(served: Served, view: View, area: Mapping[str, Any]) -> list[Any]:
    """The section of an authority's profile, in a list; of an authority of which nothing is
    recorded it says so."""
    taken = [item for item in programmes_of(served) if item.area_code == area["area_code"]]
    return [
        html.Section(
            [
                html.H2("Programmes and structures"),
                html.P(_sentence(area["name"], taken), className="lead"),
                *([_table(served, taken), *_others(served, view, taken)] if taken else []),
                html.P(_INVENTED if served.info.demo else _RECORDED, className="small"),
            ],
            className="card",
            id=SECTION,
        )
    ]


def _sentence(name: str, taken: Sequence[Taken]) -> str:
    if not taken:
        return f"{name}: no programme or structure is recorded."
    kinds = {words: [item for item in taken if item.kind == kind] for kind, words in KINDS.items()}
    said = [f"{words} ({_state(items)})" for words, items in kinds.items() if items]
    return f"{name}: {'; '.join(said)}."


def _state(items: Sequence[Taken]) -> str:
    """What is known of the parts of one kind: of those running, the latest that a source saw."""
    running = sorted((i for i in items if i.state == RUNNING), key=lambda item: item.running_on)
    if running:
        return state_words(running[-1])
    return UNKNOWN if any(item.state == UNKNOWN for item in items) else OVER


def _table(served: Served, taken: Sequence[Taken]) -> html.Div:
    groups = {
        words: [_row(served, item) for item in taken if item.kind == kind]
        for kind, words in KINDS.items()
    }
    return plain_table(
        "Programmes and structures",
        ["Programme or structure", "When", "Source"],
        {words: rows for words, rows in groups.items() if rows},
    )


def _others(served: Served, view: View, taken: Sequence[Taken]) -> list[Any]:
    """Links to a comparison with the others of each kind of which there are any."""
    sets = programmes_by_key(served)
    kinds = dict.fromkeys(kind_key(item.kind) for item in taken)
    found = [key for kind in kinds for key in (kind, f"{kind}-{RUNNING}") if key in sets]
    links = [
        html.Li(dcc.Link(sets[key].label, href=link("/compare", view, scope=f"programme-{key}")))
        for key in found
    ]
    return [html.P("Compare with the others:"), html.Ul(links)] if links else []


def _row(served: Served, item: Taken) -> list[Any]:
    when = when_words(item)
    return [item.programme, f"{when[:1].upper()}{when[1:]}", _source(served, item)]


def _source(served: Served, item: Taken) -> Any:
    read = f"read on {format_day(item.read_on)}"
    if served.info.demo:
        return f"{item.source_title} (invented), {read}"
    later = [", then ", html.A(item.later_title, href=item.later_url)] if item.later_url else []
    return [html.A(item.source_title, href=item.source_url), *later, f", {read}"]
