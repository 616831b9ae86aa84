"""What the reader may do with an entry: the step that it waits for first, the others behind a
disclosure. Whoever may do nothing is told whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from alliance.access import Person, offices_in_words
from alliance.components.entry_form import Offered, begin_form, entry_form, move_form
from alliance.log.addresses import observers_address
from alliance.log.entry import Entry
from alliance.log.fields import Field, FieldKind, Known
from alliance.log.waiting import NEXT, Step
from alliance.log.words import capital, is_final, kind_of
from alliance.log.workflow import EntryKind, Move


def entry_moves(
    entry: Entry,
    main: Step | None,
    others: Sequence[Step],
    offers: Offered,
    *,
    prefix: str,
    onward: str = "",
) -> html.Section:
    """The steps that are open to the reader, each with its form. `onward`: the page to go on to."""
    parts: list[Any] = []
    if main is not None:
        parts += [html.H2(main.move.label), *_step(main, entry, offers, prefix, onward)]
    else:
        parts += [html.H2("What happens next"), html.P(whose_turn(entry), className="lead")]
    if others:
        parts.append(
            html.Details(
                [
                    html.Summary("Other steps"),
                    *(_other(step, entry, offers, prefix, onward) for step in others),
                ],
                className="other-steps",
            )
        )
    return html.Section(parts, className="card moves", id=f"{prefix}moves")


def whose_turn(entry: Entry) -> str:
    """Who may take the next step, in words."""
    kind = kind_of(entry)
    if is_final(entry):
        return f"{kind.state(entry.state).meaning} Nothing more happens to it."
    for key in NEXT[entry.kind].get(entry.state, ()):
        move = kind.move(key)
        if move is not None:
            who = capital(offices_in_words(move.offices))
            return f"“{move.label}” is the next step. {who} may take it."
    return kind.state(entry.state).meaning


def begin_steps(
    begins: Sequence[tuple[EntryKind, Move]],
    offers: Offered,
    person: Person,
    *,
    prefix: str,
    parent: str = "",
    onward: str = "",
) -> list[Any]:
    """The forms that begin something, each behind a disclosure."""
    return [
        html.Details(
            [
                html.Summary(move.label),
                begin_form(kind, move, offers, person, prefix=prefix, parent=parent,
                           onward=onward),
            ],
            className="begin-step",
            id=f"{prefix}begin-{kind.id}-{move.id}",
        )
        for kind, move in begins
    ]  # fmt: skip


def sharing(entry: Entry, observers: dict[str, str], *, prefix: str) -> html.Details:
    """Who reads it by name, and the form by which another observer may. `observers`: those of the
    alliance, name by username."""
    readers = [(name, observers.get(name, name)) for name in sorted(entry.readers)]
    others = {name: words for name, words in observers.items() if name not in entry.readers}
    asked = Field("username", "Observer", FieldKind.PERSON, required=True)
    action = observers_address(entry.ref)
    unseen = {"version": str(entry.version)}
    form: Any = html.P(
        "There is no observer in your alliance that does not read it already."
        if observers
        else "Your alliance has no observer. Whoever runs Alliance for your area adds accounts."
    )
    if others:
        form = entry_form(
            action, "Let them read it", (asked,), Offered(Known({}, others, {}), {}),
            prefix=f"{prefix}observer-", unseen={**unseen, "shared": "yes"},
            hint="They see this entry and what belongs to it, and nothing else. They can change "
            "nothing.",
            second=True,
        )  # fmt: skip
    return html.Details(
        [
            html.Summary("Share with an observer"),
            *(_reader(action, entry, name, words) for name, words in readers),
            form,
        ],
        className="sharing",
    )


def _reader(action: str, entry: Entry, username: str, words: str) -> Any:
    form = entry_form(
        action, f"No longer share with {words}", (), Offered(Known({}, {}, {}), {}), prefix="",
        unseen={"version": str(entry.version), "username": username}, second=True,
    )  # fmt: skip
    return html.Div([html.P(f"{words} can read it."), form], className="reader")


def _step(step: Step, entry: Entry, offers: Offered, prefix: str, onward: str) -> list[Any]:
    if step.obstacles:
        return [
            html.P("Before this can be done:", className="before-this"),
            html.Ul([html.Li(words) for words in step.obstacles], className="obstacles"),
        ]
    return [move_form(step.move, entry, offers, prefix=prefix, onward=onward)]


def _other(step: Step, entry: Entry, offers: Offered, prefix: str, onward: str) -> html.Details:
    form = (
        _step(step, entry, offers, prefix, onward)
        if step.obstacles
        else [move_form(step.move, entry, offers, prefix=prefix, onward=onward, second=True)]
    )
    return html.Details([html.Summary(step.move.label), *form], className="other-step")
