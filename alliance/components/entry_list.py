"""A list of entries: what each is, whose, how far and by when; with what waits for the reader first
and what the address filters by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from alliance.components.entry_facts import due_mark, parties_words, state_badge
from alliance.components.native import Input, Option, Select, hidden
from alliance.log.addresses import entry_address
from alliance.log.entry import Entry
from alliance.log.filtering import GROUPS, Filters
from alliance.log.waiting import Step
from alliance.log.words import Names, capital, in_a_list, kind_of, marking
from alliance.log.workflow import EntryKind
from indicators.words import format_day

More = Callable[[Entry], Sequence[str]]
"""What a list says of an entry beside what it says of all: a line each."""


def nothing_more(_entry: Entry) -> Sequence[str]:
    """A list that says nothing beside."""
    return ()


def entry_list(
    entries: Sequence[Entry],
    names: Names,
    today: date,
    *,
    nothing: str,
    more: More = nothing_more,
) -> Any:
    """The entries as rows; `nothing` is said where there is none, `more` of each one."""
    if not entries:
        return html.P(nothing, className="empty")
    rows = [_row(entry, names, today, more=more(entry)) for entry in entries]
    return html.Ul(rows, className="log-rows")


def waiting_list(
    waiting: Sequence[tuple[Entry, Step | None]],
    names: Names,
    today: date,
    *,
    nothing: str,
    more: More = nothing_more,
) -> Any:
    """What waits for the reader, each with the step that it waits for, if there is one."""
    if not waiting:
        return html.P(nothing, className="nothing-waits")
    return html.Ul(
        [_row(entry, names, today, step=step, more=more(entry)) for entry, step in waiting],
        className="log-rows log-rows-waiting",
    )


def _row(
    entry: Entry,
    names: Names,
    today: date,
    *,
    step: Step | None = None,
    more: Sequence[str] = (),
) -> html.Li:
    title = entry.title or capital(kind_of(entry).words)
    address = entry_address(entry.kind, entry.ref)
    indicator = names.indicators.get(entry.indicator_id or "", "")
    about = [part for part in (parties_words(entry, names), indicator) if part]
    due = due_mark(entry, today)
    changed = f"Last changed {format_day(entry.changed_at.date())}"
    return html.Li(
        [
            html.Div(
                [
                    html.P([dcc.Link(title, href=address)], className="log-title"),
                    html.P(" · ".join(about), className="log-about") if about else None,
                    *(html.P(line, className="log-about") for line in more),
                    html.P(
                        [html.Span(entry.ref, className="log-ref"), f" · {marking(entry, names)}"],
                        className="log-small",
                    ),
                ],
                className="log-what",
            ),
            html.Div(
                [
                    html.P(state_badge(entry)),
                    html.P(due if due is not None else changed, className="log-when"),
                    html.P(dcc.Link([step.move.label, html.Span(f" – {title}", className="vh")],
                                    href=address, className="step-link")) if step else None,
                ],
                className="log-how",
            ),
        ],
        className="log-row",
    )  # fmt: skip


def filter_form(
    kinds: Sequence[EntryKind],
    filters: Filters,
    action: str,
    authorities: Mapping[str, str],
    indicators: Iterable[tuple[str, str]],
    *,
    prefix: str,
    unseen: Mapping[str, str],
) -> html.Form:
    """The filters of a list, sent with the address. `authorities`, `indicators`: those that there
    is anything of for this reader, with their names."""
    states: list[Option] = [(key, words, "") for key, words in GROUPS.items()]
    one = {state.id: state.words for kind in kinds for state in kind.states}
    states += [(key, words, "One state") for key, words in one.items()]
    places: list[Option] = [
        ("", "Any", ""),
        *((code, name, "") for code, name in authorities.items()),
    ]
    measures: list[Option] = [("", "Any", ""), *((key, title, "") for key, title in indicators)]
    return html.Form(
        [
            *(hidden(name, value) for name, value in unseen.items() if value),
            _choice("state", "State", states, filters.state, prefix),
            _choice("authority", "Authority", places, filters.authority, prefix),
            _choice("indicator", "Indicator", measures, filters.indicator, prefix),
            html.Div(
                [
                    html.Label("Words", htmlFor=f"{prefix}words"),
                    Input(type="search", id=f"{prefix}words", name="q", value=filters.words,
                          mark=filters.words),
                ],
                className="filter",
            ),
            html.Button("Show", type="submit", className="act"),
        ],
        action=action,
        method="get",
        className="filters",
        **{"aria-label": f"Filter {in_a_list([kind.plural.lower() for kind in kinds])}"},
    )  # fmt: skip


def _choice(name: str, label: str, options: list[Option], chosen: str, prefix: str) -> html.Div:
    ident = f"{prefix}{name}"
    return html.Div(
        [
            html.Label(label, htmlFor=ident),
            Select(id=ident, name=name, options=options, value=chosen, mark=chosen),
        ],
        className="filter",
    )
